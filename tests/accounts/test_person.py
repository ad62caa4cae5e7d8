from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test import Client

from loyalty_admin.accounts import services
from loyalty_admin.accounts.models import Role, User
from tests.conftest import PASSWORD
from tests.pages import Page

pytestmark = pytest.mark.slow


@pytest.fixture
def second_manager(db: None) -> User:
    return User.objects.create_user("mo@example.com", PASSWORD, name="Mo", role=Role.MANAGER)


@pytest.mark.django_db
def test_shows_a_person_with_their_sessions(
    sign_in: Callable[[User], Client], manager: User, viewer: User
) -> None:
    client = sign_in(manager)
    assert "/sessions/" not in client.get(f"/staff/{viewer.pk}/").content.decode()
    browser = Client(headers={"user-agent": "Firefox/150 Linux"})
    browser.post("/login/", {"username": viewer.email, "password": PASSWORD})
    text = client.get(f"/staff/{viewer.pk}/").content.decode()
    for shown in ("Vera Viewer", "vera@example.com", "Firefox on Linux", "127.0.0.1"):
        assert shown in text


@pytest.mark.django_db
def test_a_new_role_counts_at_once_and_signs_the_person_out_everywhere(
    sign_in: Callable[[User], Client], manager: User, viewer: User
) -> None:
    theirs, also_theirs = sign_in(viewer), sign_in(viewer)
    assert theirs.get("/staff/").status_code == 403
    response = sign_in(manager).post(f"/staff/{viewer.pk}/", {"role": "manager"}, follow=True)
    assert "The role of Vera Viewer is changed." in response.content.decode()
    assert [one.get("/staff/").status_code for one in (theirs, also_theirs)] == [302, 302]
    assert sign_in(viewer).get("/staff/").status_code == 200


@pytest.mark.django_db
def test_the_role_that_they_have_already_ends_no_session(
    sign_in: Callable[[User], Client], manager: User, viewer: User
) -> None:
    theirs = sign_in(viewer)
    answer = sign_in(manager).post(f"/staff/{viewer.pk}/", {"role": "viewer"}, follow=True)
    assert "Vera Viewer has that role already: nothing was changed." in answer.content.decode()
    assert theirs.get("/account/").status_code == 200


@pytest.mark.django_db
def test_refuses_a_role_that_is_none(
    sign_in: Callable[[User], Client], manager: User, viewer: User, subtests: pytest.Subtests
) -> None:
    for role in ["", "owner", "MANAGER"]:
        with subtests.test(role=role):
            sign_in(manager).post(f"/staff/{viewer.pk}/", {"role": role})
            viewer.refresh_from_db()
            assert viewer.role == Role.VIEWER


@pytest.mark.django_db
def test_deactivated_people_are_out_at_their_next_request(
    sign_in: Callable[[User], Client], client: Client, manager: User, viewer: User
) -> None:
    theirs = sign_in(viewer)
    sign_in(manager).post(f"/staff/{viewer.pk}/", {"action": "deactivate"})
    assert theirs.get("/account/").status_code == 302
    assert not viewer.sessions.exists()
    assert not client.login(username=viewer.email, password=PASSWORD)


@pytest.mark.django_db
def test_a_person_deactivated_by_other_means_is_out_too(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    theirs = sign_in(viewer)
    User.objects.filter(pk=viewer.pk).update(is_active=False)
    assert theirs.get("/account/").status_code == 302


@pytest.mark.django_db
def test_reactivated_people_sign_in_anew(
    sign_in: Callable[[User], Client], client: Client, manager: User, viewer: User
) -> None:
    theirs = sign_in(viewer)
    staff = sign_in(manager)
    staff.post(f"/staff/{viewer.pk}/", {"action": "deactivate"})
    staff.post(f"/staff/{viewer.pk}/", {"action": "reactivate"})
    assert theirs.get("/account/").status_code == 302
    assert client.login(username=viewer.email, password=PASSWORD)


@pytest.mark.django_db
@pytest.mark.parametrize("data", [{"role": "viewer"}, {"action": "deactivate"}])
def test_nobody_changes_their_own_rights(
    sign_in: Callable[[User], Client], manager: User, second_manager: User, data: dict[str, str]
) -> None:
    response = sign_in(manager).post(f"/staff/{manager.pk}/", data, follow=True)
    assert Page(response).all("div", class_="notice bad")
    manager.refresh_from_db()
    assert (manager.role, manager.is_active) == (Role.MANAGER, True)


@pytest.mark.django_db
def test_an_unknown_person_is_not_found(sign_in: Callable[[User], Client], manager: User) -> None:
    client = sign_in(manager)
    assert client.post("/staff/999999/", {"role": "viewer"}).status_code == 404
    assert client.get("/staff/999999/").status_code == 404


@pytest.mark.django_db
def test_a_manager_who_lost_the_role_changes_nobody(manager: User, second_manager: User) -> None:
    services.change_role(actor=manager, person=second_manager, role=Role.VIEWER)
    with pytest.raises(PermissionDenied):
        services.change_role(actor=second_manager, person=manager, role=Role.VIEWER)
    with pytest.raises(PermissionDenied):
        services.deactivate_person(actor=second_manager, person=manager)
    with pytest.raises(PermissionDenied):
        services.invite_person(actor=second_manager, email="x@example.com", role=Role.MANAGER)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["demote", "deactivate"])
def test_two_managers_who_remove_each_other_leave_one(
    manager: User, second_manager: User, change: str
) -> None:
    def remove(actor: User, person: User) -> None:
        if change == "demote":
            services.change_role(actor=actor, person=person, role=Role.VIEWER)
        else:
            services.deactivate_person(actor=actor, person=person)

    outcome: list[object] = []

    def second() -> None:
        try:
            remove(second_manager, manager)
            outcome.append(None)
        except PermissionDenied as error:
            outcome.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        remove(manager, second_manager)
        thread.start()
        thread.join(0.3)
        assert not outcome  # it waits for the first to end
    thread.join(30)
    assert [type(o) for o in outcome] == [PermissionDenied]
    assert User.objects.get(role=Role.MANAGER, is_active=True) == manager
