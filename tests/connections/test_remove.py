"""Removing a connection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.connections.common import CHAIN, DIRECTOR
from tests.pages import page_of

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def url(connection: Connection) -> str:
    return f"/connections/{connection.pk}/remove/"


def test_asking_removes_nothing(
    connection: Connection, url: str, manager: User, sign_in: SignIn
) -> None:
    assert DIRECTOR in page_of(sign_in(manager), url).text
    connection.refresh_from_db()
    assert connection.removed_at is None
    assert bytes(connection.token)


def test_confirming_wipes_the_token_and_closes_its_chains(
    sandbox: Sandbox, connection: Connection, url: str, manager: User, sign_in: SignIn
) -> None:
    client = sign_in(manager)
    before = len(sandbox.calls())
    response = client.post(url, page_of(client, url).form(class_="form").data())
    assert response["Location"] == "/connections/"
    assert DIRECTOR in page_of(client, "/connections/").one("div", class_="notice good").text
    connection.refresh_from_db()
    assert bytes(connection.token) == b""
    assert client.get(f"/chains/{CHAIN}/membership-types/").status_code == 404
    assert client.post(url).status_code == 404
    assert len(sandbox.calls()) == before


def test_connection_of_another_address_can_be_removed(
    connection: Connection, url: str, manager: User, sign_in: SignIn, settings: Any
) -> None:
    settings.ALTEGIO_API_URL = "http://127.0.0.1:9/api/v1"
    sign_in(manager).post(url)
    connection.refresh_from_db()
    assert bytes(connection.token) == b""


def test_only_managers_remove(
    request: pytest.FixtureRequest,
    connection: Connection,
    url: str,
    sign_in: SignIn,
    subtests: pytest.Subtests,
) -> None:
    for who in ["viewer", "editor"]:
        for method in ["get", "post"]:
            with subtests.test(who=who, method=method):
                client = sign_in(request.getfixturevalue(who))
                assert getattr(client, method)(url).status_code == 403
                connection.refresh_from_db()
                assert connection.removed_at is None
                assert bytes(connection.token)


@pytest.mark.parametrize("number", ["9", "9" * 30])
def test_unknown_connection(manager: User, sign_in: SignIn, number: str) -> None:
    assert sign_in(manager).post(f"/connections/{number}/remove/").status_code == 404
