from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.test import Client

from loyalty_admin.accounts.models import Role, User
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def first_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", "First@Example.com")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)


def test_createsuperuser_makes_the_first_manager(client: Client, first_manager: None) -> None:
    call_command("createsuperuser", interactive=False)
    person = User.objects.get()
    assert (person.email, person.role, person.is_active) == (
        "first@example.com", Role.MANAGER, True,
    )  # fmt: skip
    assert client.login(username="first@example.com", password=PASSWORD)
    assert client.get("/staff/").status_code == 200


def test_createsuperuser_refuses_a_second_time(first_manager: None) -> None:
    call_command("createsuperuser", interactive=False)
    with pytest.raises(CommandError, match="taken"):
        call_command("createsuperuser", interactive=False)


def test_createsuperuser_takes_no_password_that_nobody_may_choose(
    first_manager: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = {
        "": "too short",
        "short": "too short",
        "first@example.com": "too similar",
        "passwordpassword": "common",
        "quite another passphrase" * 50: "at most 1000 characters",
    }
    for password, why in refused.items():
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
        with pytest.raises(CommandError, match=why):
            call_command("createsuperuser", interactive=False)
    assert not User.objects.exists()


def test_one_person_an_email_whatever_the_case(viewer: User) -> None:
    with pytest.raises(IntegrityError):
        User.objects.create(email="VERA@example.com")
