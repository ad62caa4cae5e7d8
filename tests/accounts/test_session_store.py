"""The table of sessions: what stays in a row, what ends with it, and who may find it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import login
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client, RequestFactory
from django.utils import timezone

from loyalty_admin.accounts.models import Session, User
from loyalty_admin.accounts.session_store import SessionStore
from tests.accounts.app import with_two_step
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def row_of(person: User) -> dict[str, Any]:
    session = Session.objects.get(person=person)
    return {name: getattr(session, name) for name in ("id", "user_agent", "address")}


def test_saving_what_a_session_remembers_keeps_whose_it_is(viewer: User) -> None:
    client = Client(REMOTE_ADDR="192.0.2.7", headers={"user-agent": "Firefox/1 Linux"})
    client.post("/login/", {"username": viewer.email, "password": PASSWORD})
    before = row_of(viewer)
    session = client.session
    session["remembered"] = 1
    # Another request meanwhile.
    seen = timezone.now() - timedelta(minutes=5)
    Session.objects.update(last_seen=seen)
    session.save()
    assert row_of(viewer) == before
    assert (before["address"], before["user_agent"]) == ("192.0.2.7", "Firefox/1 Linux")
    assert Session.objects.get().last_seen == seen
    assert client.session["remembered"] == 1


def test_saving_does_not_bring_an_ended_session_back(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    session = sign_in(viewer).session
    session["remembered"] = 1
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        session.save()
    assert not Session.objects.exists()


def test_a_new_key_does_not_bring_an_ended_session_back(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    client = sign_in(viewer)
    session = client.session
    assert session["_auth_user_id"] == str(viewer.pk)
    Session.objects.all().delete()
    session.cycle_key()
    session.save()
    assert Session.objects.get().person is None
    client.cookies["sessionid"] = str(session.session_key)
    assert client.get("/account/").status_code == 302


def test_a_sign_in_works_when_another_one_gave_the_session_its_new_key(viewer: User) -> None:
    app, _codes = with_two_step(viewer)
    client = Client()
    client.post("/login/", {"username": viewer.email, "password": PASSWORD})
    session = client.session
    assert session["password_was_right"]
    client.post("/login/code/", {"code": app.code()})
    # A second form, sent at once with the first one, read the session before.
    request = RequestFactory().post("/login/code/")
    request.session = session
    login(request, viewer)
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    assert client.get("/account/").status_code == 200
    assert viewer.sessions.count() == 2


def test_a_new_key_keeps_the_row_and_ends_the_old_key(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    session = sign_in(viewer).session
    before, old = row_of(viewer), session.session_key
    session.cycle_key()
    session.save()
    assert row_of(viewer) == before
    assert not SessionStore(old).items()
    assert SessionStore(session.session_key)["_auth_user_id"] == str(viewer.pk)


def test_a_key_that_stands_for_nothing_is_never_used() -> None:
    session = SessionStore("planted0" * 4)
    session["remembered"] = 1
    session.save()
    assert session.session_key != "planted0" * 4
    assert Session.objects.count() == 1


def test_between_the_two_steps_a_session_is_nobodys(viewer: User, settings: Any) -> None:
    app, _codes = with_two_step(viewer)
    client = Client()
    client.post("/login/", {"username": viewer.email, "password": PASSWORD})
    assert Session.objects.get().person is None
    # The limits of a sign-in do not count yet, and begin with it.
    settings.SESSION_IDLE_AGE = 60
    ago = timezone.now() - timedelta(minutes=5)
    Session.objects.update(last_seen=ago, since=ago)
    client.post("/login/code/", {"code": app.code()})
    session = Session.objects.get()
    assert session.person == viewer
    assert min(session.since, session.last_seen) > ago
    assert client.get("/account/").status_code == 200


def test_signing_in_again_in_the_same_browser_lists_it_once(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    client = sign_in(viewer)
    client.force_login(viewer)
    assert viewer.sessions.count() == 1


def test_a_new_password_counts_the_limit_anew(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    client = sign_in(viewer)
    ago = timezone.now() - timedelta(hours=11)
    Session.objects.update(since=ago)
    new = "quite another passphrase"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/account/password/", form).status_code == 302
    assert Session.objects.get().since > ago
