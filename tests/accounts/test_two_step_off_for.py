"""A manager turns two-step sign-in off for somebody who lost the device."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client

from loyalty_admin.accounts import services
from loyalty_admin.accounts.models import User
from tests.accounts.app import with_two_step
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def test_the_person_signs_in_with_the_password_again_and_is_out_everywhere(
    sign_in: Callable[[User], Client], client: Client, manager: User, viewer: User
) -> None:
    with_two_step(viewer)
    theirs = sign_in(viewer)
    staff = sign_in(manager)
    assert f"/staff/{viewer.pk}/two-step-off/" in staff.get(f"/staff/{viewer.pk}/").content.decode()
    response = staff.post(f"/staff/{viewer.pk}/two-step-off/", follow=True)
    text = response.content.decode()
    assert "Vera Viewer signs in with the password alone now" in text
    assert "/two-step-off/" not in text
    assert theirs.get("/account/").status_code == 302
    client.post("/login/", {"username": viewer.email, "password": PASSWORD})
    assert client.get("/account/").status_code == 200


def test_not_for_oneself(sign_in: Callable[[User], Client], manager: User) -> None:
    with_two_step(manager)
    sign_in(manager).post(f"/staff/{manager.pk}/two-step-off/")
    assert manager.has_two_step


def test_a_manager_who_lost_the_role_turns_nothing_off(manager: User, viewer: User) -> None:
    with_two_step(viewer)
    User.objects.filter(pk=manager.pk).update(role="viewer")
    with pytest.raises(PermissionDenied):
        services.turn_two_step_off(actor=manager, person=viewer)
    assert viewer.has_two_step


def test_a_link_or_an_unknown_person_turns_nothing_off(
    sign_in: Callable[[User], Client], manager: User, viewer: User
) -> None:
    with_two_step(viewer)
    client = sign_in(manager)
    assert client.get(f"/staff/{viewer.pk}/two-step-off/").status_code == 405
    assert client.post("/staff/999999/two-step-off/").status_code == 404
    assert viewer.has_two_step


def test_the_only_manager_is_let_in_from_the_command_line(
    sign_in: Callable[[User], Client], manager: User
) -> None:
    with_two_step(manager)
    theirs = sign_in(manager)
    call_command("two_step_off", " Maria@example.com", stdout=StringIO())
    assert not manager.has_two_step
    assert theirs.get("/account/").status_code == 302
    for who, says in (("maria@example.com", "has not set"), ("nobody@example.com", "Nobody")):
        with pytest.raises(CommandError, match=says):
            call_command("two_step_off", who)
