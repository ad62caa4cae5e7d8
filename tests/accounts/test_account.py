from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_admin.accounts.models import Session, User

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"


def browser(person: User, user_agent: str = FIREFOX) -> Client:
    client = Client(headers={"user-agent": user_agent})
    client.post("/login/", {"username": person.email, "password": "a long enough password"})
    return client


def test_shows_role_and_sessions_in_words(viewer: User) -> None:
    text = browser(viewer).get("/account/").content.decode()
    assert "Viewer" in text
    assert "Firefox on Linux" in text
    assert "127.0.0.1" in text
    assert "this one" in text
    assert 'id="end-sessions"' not in text


def test_changes_the_own_name(sign_in: Callable[[User], Client], viewer: User) -> None:
    client = sign_in(viewer)
    assert client.post("/account/", {"name": "Vera V."})["Location"] == "/account/"
    viewer.refresh_from_db()
    assert viewer.name == "Vera V."


def test_a_name_is_needed_and_an_empty_one_changes_nothing(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    response = sign_in(viewer).post("/account/", {"name": "  "})
    assert response.status_code == 422
    viewer.refresh_from_db()
    assert viewer.name == "Vera Viewer"


def test_nothing_but_the_name_can_be_changed(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    sign_in(viewer).post("/account/", {"name": "V", "role": "manager", "email": "x@example.com"})
    viewer.refresh_from_db()
    assert (viewer.role, viewer.email) == ("viewer", "vera@example.com")


def test_a_hostile_name_and_browser_stay_text(viewer: User) -> None:
    client = browser(viewer, "<script>alert(1)</script> Firefox/1")
    client.post("/account/", {"name": '<img src=x onerror="alert(1)">'})
    text = client.get("/account/").content.decode()
    assert "<script>alert" not in text
    assert "<img src=x" not in text


def test_sessions_that_ran_out_are_not_listed_and_go_at_the_next_sign_in(
    viewer: User, settings: Any
) -> None:
    client = browser(viewer)
    old = Session.objects.create(
        person=viewer,
        session_key="0" * 40,
        user_agent="Edg/1 Windows",
        expire_date=timezone.now() + timedelta(days=1),
    )
    ran_out = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE + 1)
    Session.objects.filter(pk=old.pk).update(since=ran_out)
    assert "Edge on Windows" not in client.get("/account/").content.decode()
    browser(viewer)
    assert not Session.objects.filter(pk=old.pk).exists()


def test_the_page_stays_in_no_cache(sign_in: Callable[[User], Client], viewer: User) -> None:
    assert "no-store" in sign_in(viewer).get("/account/")["Cache-Control"]


def test_session_keys_are_not_in_the_table_of_sessions(viewer: User) -> None:
    client = browser(viewer)
    assert str(client.session.session_key) not in str(Session.objects.values().get())
