from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from loyalty_admin.accounts.models import StaffSession, User

pytestmark = pytest.mark.django_db


def test_ends_one_other_session_at_once(sign_in: Callable[[User], Client], viewer: User) -> None:
    here, there, third = sign_in(viewer), sign_in(viewer), sign_in(viewer)
    session = StaffSession.objects.order_by("pk")[1]
    response = here.post(f"/account/sessions/{session.pk}/end/", follow=True)
    assert "is signed out" in response.content.decode()
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200
    assert third.get("/account/").status_code == 200


def test_an_ended_session_is_gone_for_good(sign_in: Callable[[User], Client], viewer: User) -> None:
    there = sign_in(viewer)
    cookie = there.cookies["sessionid"].value
    StaffSession.objects.all().delete()
    there.get("/account/")
    there.cookies["sessionid"] = cookie
    assert there.get("/account/").status_code == 302


def test_the_session_of_somebody_else_is_not_found(
    sign_in: Callable[[User], Client], viewer: User, editor: User
) -> None:
    theirs = sign_in(editor)
    session = StaffSession.objects.get()
    client = sign_in(viewer)
    assert client.post(f"/account/sessions/{session.pk}/end/").status_code == 404
    assert client.post("/account/sessions/999999/end/").status_code == 404
    assert theirs.get("/account/").status_code == 200


def test_ending_the_own_session_signs_out(sign_in: Callable[[User], Client], viewer: User) -> None:
    client = sign_in(viewer)
    session = StaffSession.objects.get()
    response = client.post(f"/account/sessions/{session.pk}/end/", follow=True)
    assert response.redirect_chain[-1] == ("/login/?next=/account/", 302)


def test_ends_all_other_sessions(
    sign_in: Callable[[User], Client], viewer: User, editor: User
) -> None:
    here, there, third, theirs = (
        sign_in(viewer), sign_in(viewer), sign_in(viewer), sign_in(editor),
    )  # fmt: skip
    response = here.post("/account/sessions/end-others/", follow=True)
    assert "2 other sessions are ended." in response.content.decode()
    assert [c.get("/account/").status_code for c in (here, there, third, theirs)] == [
        200, 302, 302, 200,
    ]  # fmt: skip


@pytest.mark.parametrize("url", ["/account/sessions/1/end/", "/account/sessions/end-others/"])
def test_a_link_ends_nothing(sign_in: Callable[[User], Client], viewer: User, url: str) -> None:
    client = sign_in(viewer)
    assert client.get(url).status_code == 405
    assert StaffSession.objects.count() == 1
