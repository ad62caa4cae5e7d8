"""Managers sign out other people's browsers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from loyalty_admin.accounts.models import Session, User
from tests.pages import Page

pytestmark = pytest.mark.django_db


def test_a_manager_ends_one_session_of_somebody_else(
    sign_in: Callable[[User], Client], manager: User, viewer: User
) -> None:
    here, there = sign_in(viewer), sign_in(viewer)
    session = Session.objects.latest("pk")
    url = f"/staff/{viewer.pk}/sessions/{session.pk}/end/"
    response = sign_in(manager).post(url, follow=True)
    assert response.redirect_chain == [(f"/staff/{viewer.pk}/", 302)]
    assert Page(response).all("div", class_="notice good")
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302


def test_a_manager_ends_all_sessions_of_somebody_else(
    sign_in: Callable[[User], Client], manager: User, viewer: User, editor: User
) -> None:
    theirs = [sign_in(viewer), sign_in(viewer), sign_in(editor)]
    response = sign_in(manager).post(f"/staff/{viewer.pk}/sessions/end/", follow=True)
    assert "2 sessions are ended." in response.content.decode()
    assert [client.get("/account/").status_code for client in theirs] == [302, 302, 200]


def test_a_manager_ends_their_own_only_with_the_password(
    sign_in: Callable[[User], Client], manager: User
) -> None:
    here, there = sign_in(manager), sign_in(manager)
    session = Session.objects.latest("pk")
    page = f"/staff/{manager.pk}/"
    for path in (f"sessions/{session.pk}/end/", "sessions/end/"):
        response = here.post(f"{page}{path}", follow=True)
        assert Page(response).all("div", class_="notice bad")
    assert there.get("/account/").status_code == 200
    text = here.get(page).content.decode()
    assert '<a href="/account/">' in text
    assert "/end/" not in text


def test_a_session_of_another_person_than_the_address_says_is_not_found(
    sign_in: Callable[[User], Client], manager: User, viewer: User, editor: User
) -> None:
    theirs = sign_in(viewer)
    session = Session.objects.get()
    client = sign_in(manager)
    for url in (
        f"/staff/{editor.pk}/sessions/{session.pk}/end/",
        f"/staff/{viewer.pk}/sessions/999999/end/",
        "/staff/999999/sessions/end/",
    ):
        assert client.post(url).status_code == 404
    assert theirs.get("/account/").status_code == 200


@pytest.mark.parametrize("path", ["sessions/1/end/", "sessions/end/"])
def test_a_link_ends_nothing(
    sign_in: Callable[[User], Client], manager: User, viewer: User, path: str
) -> None:
    sign_in(viewer)
    assert sign_in(manager).get(f"/staff/{viewer.pk}/{path}").status_code == 405
    assert viewer.sessions.count() == 1
