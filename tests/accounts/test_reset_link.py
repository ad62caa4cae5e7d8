"""A manager makes a link for a new password and hands it over."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.accounts.models import PasswordReset, User

pytestmark = pytest.mark.django_db


def make(client: Client, person: User) -> Any:
    return client.post(f"/staff/{person.pk}/reset-link/")


def link_in(response: Any, host: str = "http://testserver") -> str:
    found = re.search(rf"{host}(/reset/[\w-]+/)", response.content.decode())
    assert found
    return found[1]


def test_is_shown_once_and_works(
    sign_in: Callable[[User], Client], client: Client, manager: User, viewer: User
) -> None:
    staff = sign_in(manager)
    response = make(staff, viewer)
    link = link_in(response)
    assert "no-store" in response["Cache-Control"]
    for path in ("/staff/", f"/staff/{viewer.pk}/"):
        assert link not in staff.get(path).content.decode()
    assert link.split("/")[2] not in str(list(PasswordReset.objects.values()))
    new = {"new_password1": "quite another passphrase", "new_password2": "quite another passphrase"}
    assert client.post(link, new).status_code == 302
    viewer.refresh_from_db()
    assert viewer.check_password("quite another passphrase")


def test_is_at_the_public_address_where_there_is_one(
    sign_in: Callable[[User], Client], manager: User, viewer: User, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://loyalty.example.com"
    assert link_in(make(sign_in(manager), viewer), "https://loyalty.example.com")


def test_making_it_changes_nothing_yet(
    sign_in: Callable[[User], Client], manager: User, viewer: User
) -> None:
    theirs = sign_in(viewer)
    make(sign_in(manager), viewer)
    assert theirs.get("/account/").status_code == 200


def test_not_for_oneself_nor_for_the_deactivated(
    sign_in: Callable[[User], Client], manager: User, viewer: User
) -> None:
    User.objects.filter(pk=viewer.pk).update(is_active=False)
    staff = sign_in(manager)
    assert make(staff, manager)["Location"] == f"/staff/{manager.pk}/"
    assert make(staff, viewer)["Location"] == f"/staff/{viewer.pk}/"
    assert "reset-link" not in staff.get(f"/staff/{viewer.pk}/").content.decode()
    assert not PasswordReset.objects.exists()


def test_a_link_or_an_unknown_person_makes_none(
    sign_in: Callable[[User], Client], manager: User, viewer: User
) -> None:
    staff = sign_in(manager)
    assert staff.get(f"/staff/{viewer.pk}/reset-link/").status_code == 405
    assert staff.post("/staff/999999/reset-link/").status_code == 404
    assert not PasswordReset.objects.exists()
