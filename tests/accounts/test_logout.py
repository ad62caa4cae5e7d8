from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from loyalty_admin.accounts.models import Session, User

pytestmark = pytest.mark.django_db


def test_signs_out_and_forgets_the_session(sign_in: Callable[[User], Client], viewer: User) -> None:
    client = sign_in(viewer)
    cookie = client.cookies["sessionid"].value
    response = client.post("/logout/")
    assert (response.status_code, response["Location"]) == (302, "/login/")
    assert not Session.objects.exists()

    replay = Client()
    replay.cookies["sessionid"] = cookie
    assert replay.get("/account/").status_code == 302


def test_a_link_cannot_sign_anybody_out(sign_in: Callable[[User], Client], viewer: User) -> None:
    client = sign_in(viewer)
    assert client.get("/logout/").status_code == 405
    assert client.get("/account/").status_code == 200


def test_who_is_signed_out_already_lands_on_the_sign_in_page(client: Client) -> None:
    assert client.post("/logout/")["Location"] == "/login/"
