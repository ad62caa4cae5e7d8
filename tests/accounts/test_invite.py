from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from loyalty_admin.accounts.models import Invitation, User
from tests.pages import Page

pytestmark = pytest.mark.django_db


def invite(client: Client, email: str = "New@Example.com", role: str = "editor") -> Any:
    return client.post("/staff/invite/", {"email": email, "role": role})


def link_in(response: Any) -> str:
    found = re.search(r"http://testserver(/join/[\w-]+/)", response.content.decode())
    assert found
    return found[1]


def test_the_link_is_shown_once_and_kept_nowhere(
    sign_in: Callable[[User], Client], manager: User
) -> None:
    client = sign_in(manager)
    response = invite(client)
    token = link_in(response).split("/")[2]
    assert "no-store" in response["Cache-Control"]
    assert token not in str(Invitation.objects.values().get())
    assert token not in client.get("/staff/").content.decode()
    assert token not in client.get("/staff/invite/").content.decode()


def test_it_works_for_seven_days_in_the_chosen_role(
    sign_in: Callable[[User], Client], manager: User
) -> None:
    invite(sign_in(manager))
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role) == ("new@example.com", "editor")
    assert invitation.made_by == manager
    left = invitation.expires_at - timezone.now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)


def test_a_second_invitation_ends_the_first(
    sign_in: Callable[[User], Client], manager: User
) -> None:
    client = sign_in(manager)
    first, second = link_in(invite(client)), link_in(invite(client, "new@example.com"))
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200


def test_refuses_and_keeps_what_was_typed(
    sign_in: Callable[[User], Client], manager: User, viewer: User, subtests: pytest.Subtests
) -> None:
    for email, role in [
        ("VERA@example.com", "viewer"),
        ("no address", "viewer"),
        ("", "viewer"),
        ("new@example.com", "owner"),
    ]:
        with subtests.test(email=email, role=role):
            response = invite(sign_in(manager), email, role)
            assert response.status_code == 422
            assert f'value="{email}"' in response.content.decode() or not email
            assert not Invitation.objects.exists()


def test_who_has_a_sign_in_is_named_as_the_reason(
    sign_in: Callable[[User], Client], manager: User, viewer: User
) -> None:
    page = Page(invite(sign_in(manager), "vera@example.com"))
    assert page.all(id="id_email_error")


def test_the_link_is_in_no_log(
    sign_in: Callable[[User], Client], manager: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        token = link_in(invite(sign_in(manager))).split("/")[2]
    assert token not in caplog.text


def test_with_a_mail_server_the_link_goes_to_the_person_and_is_not_shown(
    sign_in: Callable[[User], Client], manager: User, mail_server: list[mail.EmailMessage]
) -> None:
    client = sign_in(manager)
    response = invite(client)
    assert response["Location"] == "/staff/"
    (message,) = mail_server
    assert message.to == ["new@example.com"]
    assert "Maria Manager invites you" in str(message.body)
    found = re.search(r"https://loyalty\.example\.com(/join/[\w-]+/)", str(message.body))
    assert found
    assert Client().get(found[1]).status_code == 200
    assert found[1] not in client.get("/staff/").content.decode()


def test_a_message_that_was_not_sent_leaves_the_link_on_the_page(
    sign_in: Callable[[User], Client], manager: User, broken_mail_server: None
) -> None:
    response = invite(sign_in(manager))
    text = response.content.decode()
    found = re.search(r"https://loyalty\.example\.com(/join/[\w-]+/)", text)
    assert found
    assert Client().get(found[1]).status_code == 200


def test_a_name_in_a_message_is_text(
    sign_in: Callable[[User], Client], manager: User, mail_server: list[mail.EmailMessage]
) -> None:
    User.objects.filter(pk=manager.pk).update(name="O'Neil & <Sons>\r\nBcc: x@example.com")
    invite(sign_in(manager))
    (message,) = mail_server
    assert "O'Neil & <Sons>" in str(message.body)
    assert message.bcc == []
    assert message.recipients() == ["new@example.com"]
