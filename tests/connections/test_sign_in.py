"""Signing a connection in at Altegio again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.connections import services
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PASSWORD
from tests.connections.common import ASSISTANT, DIRECTOR, everything_stored
from tests.pages import Page, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TYPED = "a password typed at Altegio"
SignIn = Callable[[User], Client]


@pytest.fixture
def maria(manager: User, sign_in: SignIn) -> Client:
    """A manager's browser."""
    return sign_in(manager)


@pytest.fixture
def url(sandbox: Sandbox, connection: Connection) -> str:
    """Where a connection signs in again that Altegio does not accept any more."""
    sandbox.revoke_tokens()
    services.refresh_all_chains(force=True)
    connection.refresh_from_db()
    assert connection.needs_sign_in
    return f"/connections/{connection.pk}/sign-in/"


def send(client: Client, url: str, **typed: str) -> Any:
    return client.post(url, page_of(client, url).form(class_="form").data(typed))


def test_connection_works_again(
    profile: str, sandbox: Sandbox, maria: Client, url: str, connection: Connection
) -> None:
    response = send(maria, url, login=sandbox.director, password=PASSWORD)
    page = page_of(maria, response.url)
    assert DIRECTOR in page.one("div", class_="notice good").text
    assert not page.all("div", class_="notice warn")
    connection.refresh_from_db()
    assert services.transport_for(connection).get("/groups").data


def test_connection_whose_key_is_lost_works_again(
    sandbox: Sandbox, maria: Client, connection: Connection, settings: Any
) -> None:
    settings.TOKEN_KEYS = [Fernet.generate_key().decode()]
    url = f"/connections/{connection.pk}/sign-in/"
    send(maria, url, login=sandbox.director, password=PASSWORD)
    connection.refresh_from_db()
    assert services.transport_for(connection).get("/groups").data


def test_page_names_the_account(maria: Client, url: str) -> None:
    page = page_of(maria, url)
    assert DIRECTOR in page.text
    assert "901" in page.text


def test_another_account_is_refused_by_name(
    sandbox: Sandbox, maria: Client, url: str, connection: Connection
) -> None:
    response = send(maria, url, login=sandbox.assistant, password=PASSWORD)
    assert response.status_code == 422
    page = Page(response)
    assert ASSISTANT in page.one("div", class_="notice bad").text
    assert page.one("input", name="login").attrs["value"] == sandbox.assistant
    assert PASSWORD not in page.html
    connection.refresh_from_db()
    assert connection.needs_sign_in
    assert Connection.objects.count() == 1


def test_refused_sign_in_keeps_the_login_and_never_the_password(
    sandbox: Sandbox, maria: Client, url: str, connection: Connection
) -> None:
    response = send(maria, url, login=sandbox.director, password=TYPED)
    page = Page(response)
    assert response.status_code == 422
    assert page.one("input", name="login").attrs["value"] == sandbox.director
    assert TYPED not in page.html
    assert TYPED not in everything_stored()
    connection.refresh_from_db()
    assert connection.needs_sign_in


def test_altegio_down_says_so(sandbox: Sandbox, maria: Client, url: str) -> None:
    sandbox.fault(kind="reset")
    response = send(maria, url, login=sandbox.director, password=TYPED)
    assert response.status_code == 502
    assert Page(response).all("div", class_="notice bad")


def test_only_managers_sign_in(
    sandbox: Sandbox,
    request: pytest.FixtureRequest,
    sign_in: SignIn,
    url: str,
    subtests: pytest.Subtests,
) -> None:
    for who in ["viewer", "editor"]:
        for method in ["get", "post"]:
            with subtests.test(who=who, method=method):
                client = sign_in(request.getfixturevalue(who))
                before = len(sandbox.calls())
                data = {"login": sandbox.director, "password": PASSWORD}
                assert getattr(client, method)(url, data).status_code == 403
                assert len(sandbox.calls()) == before


@pytest.mark.parametrize("method", ["get", "post"])
def test_removed_connection_has_no_sign_in(
    sandbox: Sandbox, maria: Client, manager: User, url: str, connection: Connection, method: str
) -> None:
    services.remove(connection=connection, person=manager)
    data = {"login": sandbox.director, "password": PASSWORD}
    assert getattr(maria, method)(url, data).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_connection_of_another_address_has_no_sign_in(
    sandbox: Sandbox,
    sandboxes: dict[str, Sandbox],
    maria: Client,
    url: str,
    method: str,
    settings: Any,
) -> None:
    other = sandboxes["observed"]
    other.reset()
    settings.ALTEGIO_API_URL = other.api_url
    data = {"login": sandbox.director, "password": PASSWORD}
    assert getattr(maria, method)(url, data).status_code == 404
    assert other.calls() == []
