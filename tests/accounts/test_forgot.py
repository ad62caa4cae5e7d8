"""Asking for a link for a new password."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from loyalty_admin.accounts import resets
from loyalty_admin.accounts.mail import NotSent
from loyalty_admin.accounts.models import PasswordReset, User
from tests.accounts.conftest import PUBLIC_URL

pytestmark = pytest.mark.django_db

Outbox = list[mail.EmailMessage]


def ask(email: str, **options: Any) -> Any:
    return Client().post("/reset/", {"email": email}, **options)


def link_in(message: mail.EmailMessage) -> str:
    found = re.search(rf"{PUBLIC_URL}(/reset/[\w-]+/)", str(message.body))
    assert found, message.body
    return found[1]


def test_a_link_goes_to_the_persons_own_e_mail(viewer: User, mail_server: Outbox) -> None:
    assert ask(" VERA@example.com ")["Location"] == "/login/"
    (message,) = mail_server
    assert message.to == ["vera@example.com"]
    assert message.from_email == "Loyalty Admin <loyalty@example.com>"
    assert Client().get(link_in(message)).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_link_is_at_the_configured_address_whatever_the_host_header(
    viewer: User, mail_server: Outbox, host: str
) -> None:
    ask(viewer.email, headers={"host": host, "x-forwarded-host": "evil.example"})
    assert str(mail_server[0].body).count("http") == 1
    assert link_in(mail_server[0])


def test_an_unknown_host_is_refused(viewer: User, mail_server: Outbox) -> None:
    assert ask(viewer.email, headers={"host": "evil.example"}).status_code == 400
    assert mail_server == []


def test_nobody_learns_whether_the_e_mail_is_known(
    viewer: User, editor: User, mail_server: Outbox
) -> None:
    User.objects.filter(pk=editor.pk).update(is_active=False)
    answers = set()
    for email in ("vera@example.com", "nobody@example.com", "edith@example.com"):
        client = Client()
        asked = client.post("/reset/", {"email": email})
        page = client.get(asked["Location"]).content.decode()
        text = re.sub(r'value="[^"]*"', "", page).replace(email, "…")
        answers.add((asked.status_code, asked["Location"], text))
    assert len(answers) == 1
    assert [message.to for message in mail_server] == [["vera@example.com"]]


def test_the_work_is_the_same_and_the_rest_is_the_workers(
    viewer: User, mail_server: Outbox, settings: Any
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    client = Client()
    client.get("/reset/")
    counts = set()
    for email in ("vera@example.com", "nobody@example.com"):
        with CaptureQueriesContext(connection) as queries:
            client.post("/reset/", {"email": email})
        counts.add(len(queries))
    assert len(counts) == 1
    assert mail_server == []
    assert not PasswordReset.objects.exists()
    queued = [row.args_kwargs for row in DBTaskResult.objects.all()]
    assert sorted(row["args"][0] for row in queued) == ["nobody@example.com", "vera@example.com"]


def test_three_in_an_hour_whether_or_not_anybody_has_the_e_mail(
    viewer: User, mail_server: Outbox
) -> None:
    for email in (viewer.email, "nobody@example.com"):
        answers = [ask(email, REMOTE_ADDR=f"192.0.2.{n}").status_code for n in range(5)]
        assert answers == [302] * 3 + [429] * 2
    assert len(mail_server) == 3


def test_one_address_asks_for_twenty_at_most(mail_server: Outbox, viewer: User) -> None:
    answers = [ask(f"{n}@example.com").status_code for n in range(22)]
    assert answers == [302] * 20 + [429] * 2


def test_without_a_mail_server_a_manager_is_to_be_asked(client: Client, viewer: User) -> None:
    page = client.get("/reset/").content.decode()
    assert "<form" not in page.split("<main")[1]
    assert client.post("/reset/", {"email": viewer.email}).status_code == 200
    assert not PasswordReset.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_what_is_no_e_mail_is_refused(
    mail_server: Outbox, viewer: User, subtests: pytest.Subtests
) -> None:
    for odd in ["", "no address", "a@b\r\nBcc: c@example.com"]:
        with subtests.test(odd=odd):
            assert ask(odd).status_code == 422
            assert mail_server == []


def test_a_mail_server_that_does_not_answer_fails_the_task_not_the_page(
    viewer: User, broken_mail_server: None, settings: Any
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    assert ask(viewer.email).status_code == 302
    with pytest.raises(NotSent):
        resets.send_reset(email=viewer.email)
