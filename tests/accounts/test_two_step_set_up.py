"""Turning two-step sign-in on, off, and getting new recovery codes: on the account page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.accounts import two_step
from loyalty_admin.accounts.models import User
from loyalty_admin.altegio.transport import Secret
from tests.accounts.app import App, with_two_step
from tests.conftest import PASSWORD
from tests.pages import Page

pytestmark = pytest.mark.django_db

START, SET_UP = "/account/two-step/", "/account/two-step/set-up/"


def begin(client: Client) -> App:
    """Through the first page; the app that has read the second."""
    assert client.post(START, {"password": PASSWORD})["Location"] == SET_UP
    return App(Page(client.get(SET_UP)).one(id="seed").text)


def codes_in(response: Any) -> list[str]:
    return Page(response).one(id="recovery-codes").text.split()


def test_the_password_then_the_code_turn_it_on(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    client = sign_in(viewer)
    assert "Two-step sign-in" in client.get("/account/").content.decode()
    app = begin(client)
    response = client.post(SET_UP, {"code": app.code()})
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert viewer.has_two_step
    codes = codes_in(response)
    assert len(codes) == 10
    two_step.use_recovery_code(person=viewer, code=codes[3])
    assert "9 recovery codes are left" in client.get("/account/").content.decode()


def test_recovery_codes_and_seed_are_shown_only_once(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    client = sign_in(viewer)
    app = begin(client)
    codes = codes_in(client.post(SET_UP, {"code": app.code()}))
    assert client.get(SET_UP)["Location"] == START
    for path in ("/account/", START, "/account/two-step/recovery-codes/"):
        text = client.get(path).content.decode()
        assert app.seed not in text
        assert codes[0] not in text


def test_the_picture_says_what_the_app_needs(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    client = sign_in(viewer)
    app = begin(client)
    address = two_step.address_for_app(person=viewer, seed=Secret(app.seed))
    assert address == (
        "otpauth://totp/Loyalty%20Admin%3Avera%40example.com"
        f"?secret={app.seed}&issuer=Loyalty%20Admin"
    )
    page = Page(client.get(SET_UP))
    drawing = page.one("svg", class_="qr")
    assert not any("style" in element.attrs for element in page.elements)
    path = page.elements[page.elements.index(drawing) + 1].attrs["d"]
    assert re.fullmatch(r"(M\d+ \d+h1v1h-1z)+", path)


@pytest.mark.parametrize("password", ["", "not her password"])
def test_needs_the_password_again(
    sign_in: Callable[[User], Client], viewer: User, password: str
) -> None:
    client = sign_in(viewer)
    for path in (START, "/account/two-step/off/"):
        assert client.post(path, {"password": password}).status_code == 422
    assert client.get(SET_UP)["Location"] == START
    assert not viewer.has_two_step
    assert not hasattr(viewer, "two_step")


def test_a_seed_that_waits_is_shown_only_to_who_gave_the_password_here(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    app = begin(sign_in(viewer))
    other = sign_in(viewer)
    assert other.get(SET_UP)["Location"] == START
    assert other.post(SET_UP, {"code": app.code()})["Location"] == START
    assert not viewer.has_two_step


def test_the_password_counts_for_a_quarter_of_an_hour(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    client = sign_in(viewer)
    begin(client)
    session = client.session
    session["password_given_at"] -= 15 * 60
    session.save()
    assert client.get(SET_UP)["Location"] == START


def test_a_wrong_code_turns_nothing_on(sign_in: Callable[[User], Client], viewer: User) -> None:
    client = sign_in(viewer)
    app = begin(client)
    response = client.post(SET_UP, {"code": "12345x"})
    assert response.status_code == 422
    assert not viewer.has_two_step
    assert client.post(SET_UP, {"code": app.code()}).status_code == 200


def test_turning_it_on_ends_the_other_sessions_and_renews_this_one(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    here, there = sign_in(viewer), sign_in(viewer)
    before = here.session.session_key
    here.post(SET_UP, {"code": begin(here).code()})
    assert here.session.session_key != before
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302


def test_turning_it_off_does_the_same(sign_in: Callable[[User], Client], viewer: User) -> None:
    with_two_step(viewer)
    here, there = sign_in(viewer), sign_in(viewer)
    before = here.session.session_key
    assert here.get("/account/two-step/off/").status_code == 200
    response = here.post("/account/two-step/off/", {"password": PASSWORD})
    assert response["Location"] == "/account/"
    assert not viewer.has_two_step
    assert two_step.recovery_codes_left(person=viewer) == 0
    assert here.session.session_key != before
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302


def test_new_recovery_codes_take_the_place_of_the_old(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    _app, old = with_two_step(viewer)
    client = sign_in(viewer)
    path = "/account/two-step/recovery-codes/"
    assert client.post(path, {"password": "wrong"}).status_code == 422
    new = codes_in(client.post(path, {"password": PASSWORD}))
    with pytest.raises(two_step.WrongCode):
        two_step.use_recovery_code(person=viewer, code=old[0])
    two_step.use_recovery_code(person=viewer, code=new[0])


def test_who_has_none_gets_no_recovery_codes(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    client = sign_in(viewer)
    path = "/account/two-step/recovery-codes/"
    assert client.post(path, {"password": PASSWORD})["Location"] == START
    assert two_step.recovery_codes_left(person=viewer) == 0
