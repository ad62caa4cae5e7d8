from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_admin.accounts import services, two_step
from loyalty_admin.accounts.models import Invitation, User
from tests.accounts.app import with_two_step
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_manager_sees_people_and_waiting_invitations(
    sign_in: Callable[[User], Client], manager: User, editor: User, viewer: User
) -> None:
    services.deactivate_person(actor=manager, person=viewer)
    services.invite_person(actor=manager, email="new@example.com", role="editor")
    text = sign_in(manager).get("/staff/").content.decode()
    for expected in ("Edith Editor", "edith@example.com", "Deactivated", "new@example.com"):
        assert expected in text
    assert 'value="reactivate"' in text


def test_shows_who_signs_in_with_two_steps(
    sign_in: Callable[[User], Client], manager: User, editor: User, viewer: User
) -> None:
    with_two_step(viewer)
    two_step.begin_set_up(person=editor)
    page = Page(sign_in(manager).get("/staff/"))
    for person, shown in ((viewer, True), (editor, False), (manager, False)):
        assert ("Two steps" in page.one("tr", id=f"person-{person.pk}").text) == shown


def test_only_managers(
    sign_in: Callable[[User], Client], viewer: User, editor: User, subtests: pytest.Subtests
) -> None:
    data = {"email": "new@example.com", "role": "manager", "action": "deactivate"}
    for method, url in [
        ("get", "/staff/"),
        ("get", "/staff/invite/"),
        ("post", "/staff/invite/"),
        ("post", "/staff/invitations/1/withdraw/"),
        ("get", "/staff/1/"),
        ("post", "/staff/1/"),
        ("post", "/staff/1/two-step-off/"),
        ("post", "/staff/1/reset-link/"),
        ("post", "/staff/1/sessions/1/end/"),
        ("post", "/staff/1/sessions/end/"),
    ]:
        for person in (viewer, editor):
            with subtests.test(url=url, method=method, person=person.name):
                assert getattr(sign_in(person), method)(url, data).status_code == 403
                assert not Invitation.objects.exists()
                assert User.objects.filter(role=person.role, is_active=True).exists()


def test_every_person_but_oneself_can_be_changed(
    sign_in: Callable[[User], Client], manager: User, editor: User, viewer: User
) -> None:
    text = sign_in(manager).get("/staff/").content.decode()
    for person in (editor, viewer):
        assert f'action="/staff/{person.pk}/"' in text
        assert f"Change {person.name}" in text
    assert f'action="/staff/{manager.pk}/"' not in text


def test_the_menu_shows_staff_to_managers_only(
    sign_in: Callable[[User], Client], manager: User, viewer: User
) -> None:
    assert 'href="/staff/"' in sign_in(manager).get("/account/").content.decode()
    assert 'href="/staff/"' not in sign_in(viewer).get("/account/").content.decode()


def test_one_query_for_all_people(
    sign_in: Callable[[User], Client], manager: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        User.objects.create_user(f"person{number}@example.com", None)
    client = sign_in(manager)
    with django_assert_max_num_queries(8):
        client.get("/staff/")


def test_last_seen_survives_signing_out(
    sign_in: Callable[[User], Client], manager: User, viewer: User
) -> None:
    client = sign_in(viewer)
    User.objects.filter(pk=viewer.pk).update(last_seen_at=timezone.now() - timedelta(days=400))
    client.get("/account/")
    client.post("/logout/")
    assert sign_in(manager).get("/staff/").content.decode().count("Never") == 0
