"""Connecting an account: the password goes to Altegio once and stays nowhere."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PASSWORD
from tests.connections.common import DIRECTOR, everything_stored, paths, token_at_altegio
from tests.pages import Page, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
URL = "/connections/new/"
TYPED = "a password typed at Altegio"
SignIn = Callable[[User], Client]


@pytest.fixture
def maria(manager: User, sign_in: SignIn) -> Client:
    """A manager's browser."""
    return sign_in(manager)


def send(client: Client, **typed: str) -> Any:
    form = page_of(client, URL).form(class_="form")
    return client.post(URL, form.data(typed))


def test_manager_connects_and_lands_among_the_chains(
    profile: str, sandbox: Sandbox, maria: Client, manager: User
) -> None:
    response = send(maria, login=f" {sandbox.director} ", password=PASSWORD)
    assert response.url == "/chains/"
    assert sandbox.calls()[0]["body"]["login"] == sandbox.director
    made = Connection.objects.get()
    assert (made.name, made.made_by) == (DIRECTOR, manager)
    page = page_of(maria, "/chains/")
    assert DIRECTOR in page.one("div", class_="notice good").text
    assert paths(sandbox) == ["POST /auth", "GET /groups"]


def test_form_asks_without_help_of_the_browser(maria: Client) -> None:
    page = page_of(maria, URL)
    password = page.one("input", name="password")
    assert password.attrs["type"] == "password"
    assert password.attrs["autocomplete"] == "off"
    assert "not stored" in page.text


def test_only_managers_connect(
    sandbox: Sandbox, request: pytest.FixtureRequest, sign_in: SignIn, subtests: pytest.Subtests
) -> None:
    for who in ["viewer", "editor"]:
        for method in ["get", "post"]:
            with subtests.test(who=who, method=method):
                client = sign_in(request.getfixturevalue(who))
                data = {"login": sandbox.director, "password": PASSWORD}
                assert getattr(client, method)(URL, data).status_code == 403
                assert sandbox.calls() == []
                assert not Connection.objects.exists()


def test_stranger_is_asked_to_sign_in(sandbox: Sandbox, db: None) -> None:
    response = Client().post(URL, {"login": sandbox.director, "password": PASSWORD})
    assert response["Location"].startswith("/login/")
    assert PASSWORD not in response["Location"]
    assert sandbox.calls() == []


def test_refused_sign_in_keeps_the_login_and_never_the_password(
    profile: str, sandbox: Sandbox, maria: Client
) -> None:
    response = send(maria, login="Director@sandbox.example", password=TYPED)
    assert response.status_code == 422
    page = Page(response)
    assert page.one("input", name="login").attrs["value"] == "Director@sandbox.example"
    assert "value" not in page.one("input", name="password").attrs
    assert TYPED not in page.html
    assert "Wrong login or password." in page.one("div", class_="notice bad").text
    assert paths(sandbox) == ["POST /auth"]
    assert not Connection.objects.exists()


def test_spaces_of_a_password_are_kept(sandbox: Sandbox, maria: Client) -> None:
    assert send(maria, login=sandbox.director, password=f" {PASSWORD}").status_code == 422


@pytest.mark.parametrize("missing", ["login", "password"])
def test_empty_field_asks_altegio_nothing(sandbox: Sandbox, maria: Client, missing: str) -> None:
    typed = {"login": sandbox.director, "password": TYPED} | {missing: ""}
    response = send(maria, **typed)
    assert response.status_code == 422
    assert TYPED not in response.content.decode()
    assert Page(response).one("input", name="login").attrs.get("value", "") == typed["login"]
    assert sandbox.calls() == []


def test_password_is_nowhere_after_all(
    profile: str,
    sandbox: Sandbox,
    maria: Client,
    caplog: pytest.LogCaptureFixture,
    settings: Any,
) -> None:
    settings.DEBUG = True
    with caplog.at_level(logging.DEBUG):
        answers = [
            send(maria, login=sandbox.director, password=TYPED),
            send(maria, login=sandbox.director, password=PASSWORD),
            maria.get("/chains/"),
            maria.get("/connections/"),
        ]
    token = token_at_altegio(sandbox, Connection.objects.get())
    seen = [everything_stored(), caplog.text, *(str(vars(r)) for r in caplog.records)]
    for answer in answers:
        seen += [answer.content.decode(), str(answer.headers), str(answer.cookies)]
    for secret in (TYPED, PASSWORD, token):
        assert not [text for text in seen if secret in text]


@pytest.mark.parametrize("debug", [True, False])
def test_crash_shows_neither_password_nor_token(
    sandbox: Sandbox,
    maria: Client,
    settings: Any,
    debug: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.DEBUG = debug
    # Found out only when the new token is to be encrypted, with the password at hand.
    settings.TOKEN_KEYS = ["this is no key"]
    maria.raise_request_exception = False
    with caplog.at_level(logging.DEBUG):
        response = maria.post(URL, {"login": sandbox.director, "password": PASSWORD})
    assert response.status_code == 500
    assert paths(sandbox)[0] == "POST /auth"
    html = response.content.decode()
    assert ("Traceback" in html) is debug
    state = sandbox.state
    for secret in (PASSWORD, state.token_of(state.people[0]), "partner-of-the-tests"):
        assert secret not in html
        assert secret not in caplog.text
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [
        ({"kind": "status", "status": 429, "headers": {"Retry-After": "7"}}, 503, "7 seconds"),
        ({"kind": "reset"}, 502, ""),
        ({"kind": "null_data"}, 502, ""),
        ({"kind": "status", "status": 403, "body": "<html>blocked</html>"}, 422, ""),
        ({"kind": "success_false", "message": "Not today."}, 422, "Not today."),
    ],
)
def test_trouble_at_altegio_says_so_and_keeps_the_login(
    sandbox: Sandbox, maria: Client, fault: dict[str, Any], status: int, said: str
) -> None:
    sandbox.fault(match={"path": "/auth"}, **fault)
    response = send(maria, login=sandbox.director, password=TYPED)
    page = Page(response)
    assert (response.status_code, len(sandbox.calls())) == (status, 1)
    notice = page.one("div", class_="notice bad").text
    assert said in notice
    assert page.one("input", name="login").attrs["value"] == sandbox.director
    assert TYPED not in page.html
    assert not Connection.objects.exists()


def test_altegio_down_says_so_and_keeps_the_login(maria: Client) -> None:
    # Nothing listens at the address of the tests.
    response = send(maria, login="owner@example.com", password=TYPED)
    page = Page(response)
    assert response.status_code == 502
    assert page.all("div", class_="notice bad")
    assert page.one("input", name="login").attrs["value"] == "owner@example.com"
    assert TYPED not in page.html


def test_missing_partner_token_is_named(sandbox: Sandbox, maria: Client, settings: Any) -> None:
    settings.ALTEGIO_PARTNER_TOKEN = ""
    response = send(maria, login=sandbox.director, password=PASSWORD)
    assert response.status_code == 422
    assert "ALTEGIO_PARTNER_TOKEN" in Page(response).text


def test_chains_that_could_not_be_read_are_said(sandbox: Sandbox, maria: Client) -> None:
    sandbox.fault(kind="status", status=500, match={"path": "/groups"}, times=None)
    response = send(maria, login=sandbox.director, password=PASSWORD)
    page = page_of(maria, response.url)
    assert any(DIRECTOR in notice.text for notice in page.all("div", class_="notice warn"))


def test_words_of_altegio_are_escaped(sandbox: Sandbox, maria: Client) -> None:
    sandbox.fault(kind="success_false", message="<script>alert(1)</script>")
    response = send(maria, login="<b>me", password=TYPED)
    assert b"<script>alert" not in response.content
    assert b"<b>me" not in response.content
    assert "<script>alert(1)</script>" in Page(response).text
