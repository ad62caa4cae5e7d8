from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.accounts.models import Session, Tries, User
from tests.conftest import PASSWORD
from tests.pages import Page

pytestmark = pytest.mark.django_db


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/login/", {"username": email, "password": password, **more})


@pytest.mark.sqlite
def test_signs_in_and_goes_to_the_chains(client: Client, viewer: User) -> None:
    response = sign_in(client, "vera@example.com")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get("/account/").status_code == 200


@pytest.mark.sqlite
def test_case_and_spaces_of_the_email_do_not_matter(client: Client, viewer: User) -> None:
    assert sign_in(client, " Vera@EXAMPLE.com ").status_code == 302


def test_letters_that_only_fold_alike_are_other_people(client: Client, db: str) -> None:
    mike = User.objects.create_user("mike@example.com", PASSWORD)
    dotless = User.objects.create_user("mıke@example.com", "another long password")
    assert sign_in(client, "mıke@example.com").status_code == 200
    assert sign_in(client, "mike@example.com").status_code == 302
    assert Session.objects.get().person == mike != dotless


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("nobody@example.com", PASSWORD),
        ("vera@example.com", "not her password"),
        ("edith@example.com", PASSWORD),
    ],
    ids=["unknown", "wrong-password", "deactivated"],
)
@pytest.mark.sqlite
def test_every_refusal_reads_the_same(
    client: Client, viewer: User, editor: User, email: str, password: str
) -> None:
    User.objects.filter(pk=editor.pk).update(is_active=False)
    response = sign_in(client, email, password)
    assert response.status_code == 200
    page = Page(response)
    assert password not in page.html
    assert not Session.objects.exists()
    said = page.one("div", class_="notice bad", role="alert").text
    refused = sign_in(Client(), "somebody.else@example.com", "whatever they typed")
    assert said == Page(refused).one("div", class_="notice bad", role="alert").text


@pytest.mark.parametrize(
    ("email", "password"),
    [("x" * 250 + "@example.com", PASSWORD), ("vera@example.com", "x" * 1001)],
)
def test_what_no_account_can_have_is_compared_with_none(
    client: Client, viewer: User, email: str, password: str
) -> None:
    response = sign_in(client, email, password)
    assert "Ensure this value has at most" in response.content.decode()
    assert not Tries.objects.exists()


def test_goes_back_to_where_the_person_was(client: Client, viewer: User) -> None:
    page = client.get("/login/?next=/account/%3Fa%3D1")
    assert 'name="next" value="/account/?a=1"' in page.content.decode()
    assert sign_in(client, viewer.email, next="/account/?a=1")["Location"] == "/account/?a=1"


def test_next_leads_nowhere_else(viewer: User, subtests: pytest.Subtests) -> None:
    for elsewhere in [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "http:evil.example",
        "javascript:alert(1)",
        "/account/\r\nSet-Cookie: a=b",
        "/login/",
        "/login/?next=/account/",
        "/logout/",
    ]:
        with subtests.test(elsewhere=elsewhere):
            client = Client()
            response = sign_in(client, viewer.email, next=elsewhere)
            assert response["Location"] == "/" or (
                response["Location"].startswith("/account/") and "\n" not in response["Location"]
            )
            assert "Set-Cookie: a" not in str(response.headers)


def test_who_is_signed_in_goes_onwards(sign_in: Callable[[User], Client], viewer: User) -> None:
    client = sign_in(viewer)
    assert client.get("/login/")["Location"] == "/"
    assert client.get("/login/?next=/account/")["Location"] == "/account/"
    assert client.get("/login/?next=/login/")["Location"] == "/"


@pytest.mark.sqlite
def test_a_session_key_known_before_is_worthless_after(client: Client, viewer: User) -> None:
    client.get("/login/")
    session = client.session
    session["seen"] = "before"
    session.save()
    before = str(session.session_key)
    sign_in(client, viewer.email)
    assert client.session.session_key != before

    thief = Client()
    thief.cookies["sessionid"] = before
    assert thief.get("/account/").status_code == 302


def test_another_person_in_the_same_browser_gets_a_session_of_their_own(
    client: Client, viewer: User, editor: User
) -> None:
    client.force_login(viewer)
    first = client.session.session_key
    client.force_login(editor)
    assert client.session.session_key != first
    assert "Edith Editor" in client.get("/account/").content.decode()


def test_needs_the_csrf_token(viewer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, viewer.email).status_code == 403


def test_the_password_is_in_no_log(
    client: Client, viewer: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        sign_in(client, viewer.email, "a wrong passphrase")
        sign_in(client, viewer.email)
    assert PASSWORD not in caplog.text
    assert "a wrong passphrase" not in caplog.text


def test_each_sign_in_and_each_failed_one_is_in_the_log(
    client: Client, viewer: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "loyalty_admin.accounts")
    sign_in(client, viewer.email, "a wrong pass phrase")
    sign_in(client, "nobody@example.com", "a wrong pass phrase")
    sign_in(client, viewer.email)
    lines = [(line.levelname, line.getMessage()) for line in caplog.records
             if line.name == "loyalty_admin.accounts"]  # fmt: skip
    assert lines == [
        ("WARNING", f"A sign-in of person {viewer.pk} failed, from 127.0.0.1"),
        ("WARNING", "A sign-in of nobody here failed, from 127.0.0.1"),
        ("INFO", f"Person {viewer.pk} signed in from 127.0.0.1"),
    ]
    assert viewer.email not in caplog.text
    assert "wrong pass phrase" not in caplog.text
