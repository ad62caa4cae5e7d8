"""What people change about how they sign in, and what is tried, is in the log, without names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.accounts.models import User
from tests.accounts.app import with_two_step
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

NEW = {"new_password1": "quite another passphrase", "new_password2": "quite another passphrase"}
RIGHT, WRONG = {"password": PASSWORD}, {"password": "some other passphrase"}


@pytest.mark.parametrize(
    ("address", "sent", "line"),
    [
        ("/logout/", {}, "Person {} signed out"),
        (
            "/account/password/",
            NEW | {"old_password": PASSWORD},
            "Person {} changed their password",
        ),
        (
            "/account/password/",
            NEW | {"old_password": "x"},
            "A wrong password of person {}, who is signed in",
        ),
        (
            "/account/sessions/end-others/",
            RIGHT,
            "Person {} signed other browsers of theirs out: 1",
        ),
        (
            "/account/two-step/off/",
            WRONG,
            "A wrong password of person {}, who is signed in",
        ),
        ("/account/two-step/off/", RIGHT, "Two-step sign-in of person {} is off"),
        ("/account/two-step/recovery-codes/", RIGHT, "New recovery codes for person {}"),
    ],
)
def test_is_in_the_log(
    sign_in: Callable[[User], Client],
    viewer: User,
    caplog: pytest.LogCaptureFixture,
    address: str,
    sent: dict[str, str],
    line: str,
) -> None:
    with_two_step(viewer)
    here, _ = sign_in(viewer), sign_in(viewer)
    caplog.clear()
    caplog.set_level("INFO", "loyalty_admin.accounts")
    here.post(address, sent)
    lines = [one.getMessage() for one in caplog.records if one.name == "loyalty_admin.accounts"]
    assert lines == [line.format(viewer.pk)]


def test_one_browser_that_is_signed_out_from_another_is_in_the_log(
    sign_in: Callable[[User], Client], viewer: User, caplog: pytest.LogCaptureFixture
) -> None:
    here, _ = sign_in(viewer), sign_in(viewer)
    caplog.set_level("INFO", "loyalty_admin.accounts")
    there = viewer.sessions.order_by("pk").last()
    assert there
    here.post(f"/account/sessions/{there.pk}/end/", RIGHT)
    assert f"Person {viewer.pk} signed another browser of theirs out" in caplog.text


def test_whoever_tries_too_often_is_in_the_log(
    viewer: User, client: Client, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    settings.THROTTLES = settings.THROTTLES | {"account": (1, 60)}
    for _ in range(2):
        client.post("/login/", {"username": viewer.email, "password": "some other passphrase"})
    ours, refused = caplog.records[-2:]
    assert (ours.name, ours.levelname) == ("loyalty_admin.accounts", "WARNING")
    assert ours.getMessage() == "Too many tries of account, from 127.0.0.1"
    assert (refused.name, refused.levelname) == ("django.request", "WARNING")
    assert refused.getMessage() == "Too Many Requests: /login/"
