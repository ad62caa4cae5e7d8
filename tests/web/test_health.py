from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client


def test_healthz_needs_no_database_host_or_https(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    response = client.get("/healthz", headers={"host": "not.allowed.example"})
    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_readyz_when_the_database_is_migrated(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    response = client.get("/readyz", headers={"host": "not.allowed.example"})
    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db(transaction=True)
def test_not_ready_while_a_migration_waits(client: Client) -> None:
    call_command("migrate", "web", "zero", verbosity=0)
    try:
        response = client.get("/readyz")
        assert (response.status_code, response.content) == (503, b"not ready")
        assert client.get("/healthz").status_code == 200
    finally:
        call_command("migrate", "web", verbosity=0)
    assert client.get("/readyz").status_code == 200


def test_not_ready_without_the_database(client: Client) -> None:
    # pytest-django refuses every query of a test that did not ask for the database.
    response = client.get("/readyz")
    assert response.status_code == 503
    assert connection.vendor not in response.content.decode()


@pytest.mark.django_db
def test_health_says_nothing_about_the_deployment(client: Client) -> None:
    for path in ("/healthz", "/readyz"):
        response = client.get(path)
        assert len(response.content) < 12
        assert response["Cache-Control"] == "no-store"
        assert not response.cookies


@pytest.mark.django_db
def test_only_those_two_paths(client: Client) -> None:
    assert client.get("/healthz/").status_code == 404
    assert client.get("/readyz/x").status_code == 404
