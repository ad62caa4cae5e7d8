"""People sign their own browsers out, and give their password for that."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from loyalty_admin.accounts.models import Session, User
from tests.conftest import PASSWORD
from tests.pages import Page

pytestmark = pytest.mark.django_db

OTHERS = "/account/sessions/end-others/"
GIVEN = {"password": PASSWORD}


def test_ends_one_other_session_at_once(sign_in: Callable[[User], Client], viewer: User) -> None:
    here, there, third = sign_in(viewer), sign_in(viewer), sign_in(viewer)
    session = Session.objects.order_by("pk")[1]
    response = here.post(f"/account/sessions/{session.pk}/end/", GIVEN, follow=True)
    assert Page(response).all("div", class_="notice good")
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200
    assert third.get("/account/").status_code == 200


def test_an_ended_session_is_gone_for_good(sign_in: Callable[[User], Client], viewer: User) -> None:
    there = sign_in(viewer)
    cookie = there.cookies["sessionid"].value
    Session.objects.all().delete()
    there.get("/account/")
    there.cookies["sessionid"] = cookie
    assert there.get("/account/").status_code == 302


def test_the_session_of_somebody_else_is_not_found(
    sign_in: Callable[[User], Client], viewer: User, editor: User
) -> None:
    theirs = sign_in(editor)
    session = Session.objects.get()
    client = sign_in(viewer)
    assert client.post(f"/account/sessions/{session.pk}/end/", GIVEN).status_code == 404
    assert client.post("/account/sessions/999999/end/", GIVEN).status_code == 404
    assert theirs.get("/account/").status_code == 200


def test_ending_the_own_session_signs_out(sign_in: Callable[[User], Client], viewer: User) -> None:
    client = sign_in(viewer)
    session = Session.objects.get()
    response = client.post(f"/account/sessions/{session.pk}/end/", GIVEN, follow=True)
    assert response.redirect_chain[-1] == ("/login/?next=/account/", 302)


def test_ends_all_other_sessions(
    sign_in: Callable[[User], Client], viewer: User, editor: User
) -> None:
    here, there, third, theirs = (
        sign_in(viewer), sign_in(viewer), sign_in(viewer), sign_in(editor),
    )  # fmt: skip
    response = here.post(OTHERS, GIVEN, follow=True)
    assert "2 other sessions are ended." in response.content.decode()
    assert [c.get("/account/").status_code for c in (here, there, third, theirs)] == [
        200, 302, 302, 200,
    ]  # fmt: skip


@pytest.mark.parametrize("given", ["not her password", "", None])
@pytest.mark.parametrize("which", ["one", "others"])
def test_without_the_password_nothing_ends(
    sign_in: Callable[[User], Client], viewer: User, which: str, given: str | None
) -> None:
    here, there = sign_in(viewer), sign_in(viewer)
    session = Session.objects.latest("pk")
    url = OTHERS if which == "others" else f"/account/sessions/{session.pk}/end/"
    response = here.post(
        url, {"token": "of the form"} | ({} if given is None else {"password": given})
    )
    assert response.status_code == 422
    text = response.content.decode()
    assert Page(response).all(id="id_password_error")
    assert f"/account/sessions/{session.pk}/end/" in text
    assert given is None or not given or given not in text
    assert there.get("/account/").status_code == 200


def test_too_many_wrong_passwords_end_nothing_even_with_the_right_one(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    here, there = sign_in(viewer), sign_in(viewer)
    session = Session.objects.latest("pk")
    urls = [OTHERS, f"/account/sessions/{session.pk}/end/"] * 5
    assert {here.post(url, {"password": "a guess"}).status_code for url in urls} == {422}
    # The counter is the one that every page which asks for the password has.
    asking = [(url, "password") for url in [*urls[:2], "/account/two-step/"]]
    asking.append(("/account/password/", "old_password"))
    assert [here.post(url, {field: PASSWORD}).status_code for url, field in asking] == [429] * 4
    assert there.get("/account/").status_code == 200


def test_the_name_is_saved_from_the_page_that_refused(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    here, _there = sign_in(viewer), sign_in(viewer)
    text = here.post(OTHERS, {"password": "a guess"}).content.decode()
    assert '<form class="form" method="post" action="/account/">' in text
    assert 'value="Vera Viewer"' in text


def test_where_no_other_browser_is_signed_in_no_password_is_asked_for(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    here = sign_in(viewer)
    assert "end-sessions" not in here.get("/account/").content.decode()
    sign_in(viewer)
    text = here.get("/account/").content.decode()
    assert 'id="end-sessions"' in text and "autofocus" not in text


@pytest.mark.parametrize("which", ["one", "others"])
def test_a_link_ends_nothing(sign_in: Callable[[User], Client], viewer: User, which: str) -> None:
    client, _there = sign_in(viewer), sign_in(viewer)
    session = Session.objects.latest("pk")
    url = OTHERS if which == "others" else f"/account/sessions/{session.pk}/end/"
    assert client.get(url, GIVEN).status_code == 200
    assert Session.objects.count() == 2
