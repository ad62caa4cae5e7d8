"""How long a browser stays signed in: an hour idle, twelve in all, both settings."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from loyalty_admin.accounts.models import Session, User

pytestmark = pytest.mark.django_db

BACKGROUND = {"X-Background": "1"}
HTMX = {"HX-Request": "true"}


def age(**how_long: timedelta) -> None:
    """Let this much time have passed since the sign-in, or since the last doing."""
    now = timezone.now()
    Session.objects.update(**{name: now - passed for name, passed in how_long.items()})


def last_seen() -> Any:
    return Session.objects.get().last_seen


def test_ends_after_an_idle_hour(sign_in: Callable[[User], Client], viewer: User) -> None:
    client = sign_in(viewer)
    age(last_seen=timedelta(minutes=59))
    assert client.get("/account/").status_code == 200
    age(last_seen=timedelta(minutes=61))
    assert client.get("/account/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_ends_twelve_hours_after_the_sign_in_however_busy(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    client = sign_in(viewer)
    age(since=timedelta(hours=11, minutes=59))
    assert client.get("/account/").status_code == 200
    age(since=timedelta(hours=12, minutes=1))
    assert client.get("/account/").status_code == 302


def test_both_limits_are_settings(
    sign_in: Callable[[User], Client], viewer: User, settings: Any
) -> None:
    client = sign_in(viewer)
    settings.SESSION_IDLE_AGE, settings.SESSION_COOKIE_AGE = 4 * 3600, 20 * 3600
    age(last_seen=timedelta(hours=3), since=timedelta(hours=19))
    assert client.get("/account/").status_code == 200
    settings.SESSION_COOKIE_AGE = 18 * 3600
    assert client.get("/account/").status_code == 302


def test_doing_something_extends_the_idle_time(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    client = sign_in(viewer)
    age(last_seen=timedelta(minutes=50))
    client.get("/account/")
    assert timezone.now() - last_seen() < timedelta(minutes=1)


def test_a_short_idle_limit_is_extended_in_time(
    sign_in: Callable[[User], Client], viewer: User, settings: Any
) -> None:
    settings.SESSION_IDLE_AGE = 60
    client = sign_in(viewer)
    age(last_seen=timedelta(seconds=10))
    client.get("/account/")
    assert timezone.now() - last_seen() < timedelta(seconds=5)


@pytest.mark.parametrize(
    "asked", [{"headers": BACKGROUND | HTMX}, {"query_params": {"background": ""}}]
)
def test_what_a_page_asks_by_itself_is_answered_and_extends_nothing(
    sign_in: Callable[[User], Client], viewer: User, asked: dict[str, Any]
) -> None:
    client = sign_in(viewer)
    age(last_seen=timedelta(minutes=50))
    before = last_seen()
    assert client.get("/account/", **asked).status_code == 200
    assert last_seen() == before
    age(last_seen=timedelta(minutes=61))
    answer = client.get("/account/", **asked)
    assert answer.get("HX-Redirect", answer.get("Location", "")).startswith("/login/")


def test_a_write_is_always_somebodys_doing(sign_in: Callable[[User], Client], viewer: User) -> None:
    client = sign_in(viewer)
    age(last_seen=timedelta(minutes=50))
    client.post("/account/", {"name": "Vera"}, headers=BACKGROUND)
    assert timezone.now() - last_seen() < timedelta(minutes=1)


def test_every_element_that_asks_again_and_again_says_that_it_does() -> None:
    polling = [
        tag
        for path in (django_settings.BASE_DIR / "templates").rglob("*.html")
        for tag in re.findall(r"<\w+[^<]*hx-trigger=\"every[^<]*", path.read_text())
    ]
    assert polling
    assert all("data-background" in tag for tag in polling)


def test_pages_of_signed_in_people_stay_in_no_cache(
    sign_in: Callable[[User], Client], viewer: User, client: Client
) -> None:
    theirs = sign_in(viewer)
    for path in ("/account/", "/connections/", "/activity/", "/staff/", "/chains/1/memberships/"):
        assert "no-store" in theirs.get(path)["Cache-Control"], path
        assert "no-store" in theirs.get(path, headers=HTMX)["Cache-Control"], path
