from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from loyalty_admin.accounts import resets, services
from loyalty_admin.accounts.models import Invitation, PasswordReset, Role, User
from tests.leaks import Lines
from tests.pages import Page

PASSPHRASE = "three unrelated words"


@pytest.fixture
def link(manager: User) -> str:
    _invitation, token = services.invite_person(
        actor=manager, email="Nina@example.com", role=Role.EDITOR
    )
    return f"/join/{token}/"


def join(client: Client, link: str, **other: str) -> Any:
    return client.post(
        link,
        {"name": "Nina New", "password": PASSPHRASE, "password_again": PASSPHRASE, **other},
    )


@pytest.mark.django_db
def test_joins_in_the_invited_role_and_is_signed_in(client: Client, link: str) -> None:
    assert "nina@example.com" in client.get(link).content.decode()
    response = join(client, link, email="other@example.com", role="manager")
    assert (response.status_code, response["Location"]) == (302, "/")
    nina = User.objects.get(email="nina@example.com")
    assert (nina.name, nina.role) == ("Nina New", "editor")
    assert nina.check_password(PASSPHRASE)
    assert "Nina New" in client.get("/account/").content.decode()


@pytest.mark.django_db
def test_works_once(client: Client, link: str) -> None:
    join(client, link)
    again = Client()
    assert again.get(link).status_code == 404
    assert join(again, link).status_code == 404
    assert again.get("/account/").status_code == 302
    assert User.objects.filter(email="nina@example.com").count() == 1


@pytest.mark.django_db
def test_reading_the_page_does_not_use_the_link(client: Client, link: str) -> None:
    client.get(link)
    client.head(link)
    assert join(client, link).status_code == 302


@pytest.mark.django_db
def test_ends_after_seven_days(client: Client, link: str) -> None:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(link).status_code == 404
    assert join(client, link).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.EDITOR}])
def test_ends_with_the_rights_of_who_made_it(
    client: Client, link: str, manager: User, change: dict[str, Any]
) -> None:
    User.objects.filter(pk=manager.pk).update(**change)
    assert join(client, link).status_code == 404


@pytest.mark.django_db
def test_a_made_up_link_leads_nowhere(client: Client, link: str) -> None:
    response = client.get("/join/made-up/")
    assert response.status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"password": "short", "password_again": "short"}, "password"),
        ({"password": "nina@example.com", "password_again": "nina@example.com"}, "password"),
        ({"password_again": "something else"}, "password_again"),
    ],
)
def test_refuses_without_using_the_link(
    client: Client, link: str, wrong: dict[str, str], field: str
) -> None:
    response = join(client, link, **wrong)
    assert response.status_code == 422
    errors = Page(response).all("ul", class_="field-errors")
    assert [one.attrs["id"] for one in errors] == [f"id_{field}_error"]
    assert PASSPHRASE not in response.content.decode()
    assert join(client, link).status_code == 302


@pytest.mark.django_db
def test_who_is_signed_in_does_not_use_up_a_link_for_somebody_else(
    sign_in: Callable[[User], Client], manager: User, link: str
) -> None:
    client = sign_in(manager)
    assert client.get(link).status_code == 409
    assert join(client, link).status_code == 409
    assert join(Client(), link).status_code == 302


@pytest.mark.django_db
def test_somebody_who_got_a_sign_in_meanwhile_keeps_it(client: Client, link: str) -> None:
    User.objects.create_user("nina@example.com", "the first password", role=Role.VIEWER)
    assert join(client, link).status_code == 404
    assert User.objects.get(email="nina@example.com").check_password("the first password")


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_joins(link: str) -> None:
    token = link.split("/")[2]
    outcome: list[object] = []

    def second() -> None:
        try:
            outcome.append(services.accept_invitation(token=token, name="B", password=PASSPHRASE))
        except services.InvitationEnded as error:
            outcome.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        services.accept_invitation(token=token, name="A", password=PASSPHRASE)
        thread.start()
        thread.join(0.3)
        assert not outcome
    thread.join(30)
    assert [type(o) for o in outcome] == [services.InvitationEnded]
    assert User.objects.get(email="nina@example.com").name == "A"


@pytest.mark.django_db
def test_the_token_is_in_no_log_line(client: Client, link: str, log_lines: Lines) -> None:
    assert join(client, link, name="").status_code == 422
    assert join(Client(enforce_csrf_checks=True), link).status_code == 403
    events = {line["event"] for line in log_lines.parsed()}
    assert "Unprocessable Content: /join/…/" in events
    assert "Forbidden (CSRF cookie not set.): /join/…/" in events
    assert not [line for line in log_lines.lines if link in line]


def test_links_and_e_mails_are_forgotten_a_month_after_their_time(
    manager: User, viewer: User
) -> None:
    services.invite_person(actor=manager, email="nina@example.com", role="viewer")
    _, token = services.invite_person(actor=manager, email="otto@example.com", role="viewer")
    services.accept_invitation(token=token, name="Otto", password="whatever it may be")
    resets.make_reset(person=viewer)
    for ended, left in ((timedelta(days=29), 3), (timedelta(days=31), 0)):
        Invitation.objects.update(expires_at=timezone.now() - ended)
        PasswordReset.objects.update(expires_at=timezone.now() - ended)
        services.forget_ended_links()
        assert Invitation.objects.count() + PasswordReset.objects.count() == left
    assert User.objects.filter(email="otto@example.com").exists()
