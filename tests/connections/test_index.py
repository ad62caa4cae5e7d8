"""The list of connections: everybody reads it, managers change it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.test import Client
from django.urls import reverse

from loyalty_admin.accounts.models import User
from loyalty_admin.connections import services
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.connections.common import ASSISTANT, DIRECTOR, link_assistant, spoil_token
from tests.pages import Element, Page, page_of

pytestmark = pytest.mark.django_db
URL = "/connections/"
SignIn = Callable[[User], Client]


def row_of(page: Page, connection: Connection) -> Element:
    return page.one("tr", id=f"connection-{connection.pk}")


def test_says_who_connected_what_and_when(
    connection: Connection, viewer: User, sign_in: SignIn
) -> None:
    Connection.objects.update(made_at=datetime(2026, 3, 1, 9, 30, tzinfo=UTC))
    row = row_of(page_of(sign_in(viewer), URL), connection).text
    expected = (
        DIRECTOR,
        "901",
        "Maria Manager",
        "1 Mar 2026, 09:30 UTC",
        "Aurora Salons & Spa",
        "Тұлпар Fitness",
    )
    for text in expected:
        assert text in row


def test_connection_outlives_the_person_who_made_it(
    connection: Connection, manager: User, viewer: User, sign_in: SignIn
) -> None:
    manager.delete()
    assert DIRECTOR in row_of(page_of(sign_in(viewer), URL), connection).text


@pytest.mark.parametrize("who", ["viewer", "editor"])
def test_only_managers_are_offered_changes(
    connection: Connection,
    manager: User,
    who: str,
    request: pytest.FixtureRequest,
    sign_in: SignIn,
) -> None:
    links = [
        reverse("connections:new"),
        reverse("connections:sign_in", args=[connection.pk]),
        reverse("connections:remove", args=[connection.pk]),
    ]
    of_manager = page_of(sign_in(manager), URL)
    of_other = page_of(sign_in(request.getfixturevalue(who)), URL)
    for link in links:
        assert of_manager.all("a", href=link)
        assert not of_other.all("a", href=link)


def test_ended_connection_is_marked(
    sandbox: Sandbox, connection: Connection, manager: User, sign_in: SignIn
) -> None:
    assistant = link_assistant(sandbox, manager)
    spoil_token(assistant)
    services.refresh_all_chains(force=True)
    page = page_of(sign_in(manager), URL)
    chips = [
        chip.attrs["class"] for chip in page.all("span") if "chip" in chip.attrs.get("class", "")
    ]
    assert chips == ["chip good", "chip bad"]
    assert row_of(page, assistant).node.css(".chip.bad")


def test_token_that_no_key_opens_is_marked(
    connection: Connection, viewer: User, sign_in: SignIn, settings: Any
) -> None:
    settings.TOKEN_KEYS = [Fernet.generate_key().decode()]
    assert row_of(page_of(sign_in(viewer), URL), connection).node.css(".chip.bad")


def test_connection_of_another_address_says_where_it_works(
    sandbox: Sandbox, connection: Connection, manager: User, sign_in: SignIn, settings: Any
) -> None:
    before = len(sandbox.calls())
    settings.ALTEGIO_API_URL = "http://127.0.0.1:9/api/v1"
    page = page_of(sign_in(manager), URL)
    assert sandbox.api_url in row_of(page, connection).text
    assert not page.all("a", href=reverse("connections:sign_in", args=[connection.pk]))
    # Its token can still be wiped.
    assert page.all("a", href=reverse("connections:remove", args=[connection.pk]))
    assert len(sandbox.calls()) == before


def test_removed_connection_is_not_listed(
    sandbox: Sandbox, connection: Connection, manager: User, sign_in: SignIn
) -> None:
    assistant = link_assistant(sandbox, manager)
    services.remove(connection=connection, person=manager)
    page = page_of(sign_in(manager), URL)
    assert ASSISTANT in row_of(page, assistant).text
    assert not page.all("tr", id=f"connection-{connection.pk}")


def test_nothing_connected_says_what_to_do(manager: User, viewer: User, sign_in: SignIn) -> None:
    link = reverse("connections:new")
    assert page_of(sign_in(manager), URL).all("a", href=link)
    page = page_of(sign_in(viewer), URL)
    assert not page.all("a", href=link)
    assert "manager" in page.text


def test_names_from_altegio_are_escaped(
    sandbox: Sandbox, connection: Connection, viewer: User, sign_in: SignIn
) -> None:
    Connection.objects.update(
        name="<script>alert(1)</script>",
        chains=[{"id": 1, "title": "<img src=x>", "locations": [], "access": {}}],
    )
    page = page_of(sign_in(viewer), URL)
    assert "<script>alert" not in page.html
    assert "<img src=x>" not in page.html
    assert "<script>alert(1)</script>" in row_of(page, connection).text


def test_asks_altegio_nothing(
    sandbox: Sandbox, connection: Connection, manager: User, sign_in: SignIn
) -> None:
    link_assistant(sandbox, manager)
    before = len(sandbox.calls())
    assert ASSISTANT in page_of(sign_in(manager), URL).text
    assert len(sandbox.calls()) == before
