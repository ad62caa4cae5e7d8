"""Choosing a chain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.connections.common import (
    ASSISTANT,
    CHAIN,
    DIRECTOR,
    OTHER_CHAIN,
    allow,
    link_assistant,
    paths,
)
from tests.pages import Page, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
URL = "/chains/"
LISTS = [f"/chains/{number}/" for number in (CHAIN, OTHER_CHAIN)]
SignIn = Callable[[User], Client]


@pytest.fixture
def vera(viewer: User, sign_in: SignIn) -> Client:
    """A viewer's browser."""
    return sign_in(viewer)


def offered(page: Page) -> list[str]:
    return [link.attrs["href"] for link in page.all("a") if link.attrs.get("href", "") in LISTS]


def through(page: Page) -> list[str]:
    """The accounts in the last column."""
    return [cell.text(strip=True) for cell in page.one("table").node.css("td:last-child")]


def grow_old() -> None:
    """Let the chains have been read eleven minutes ago."""
    Connection.objects.update(chains_read_at=timezone.now() - timedelta(minutes=11))


def test_several_chains_are_offered(
    profile: str, sandbox: Sandbox, connection: Connection, vera: Client
) -> None:
    page = page_of(vera, URL)
    assert offered(page) == LISTS
    assert [cell.text for cell in page.all("td", data_label="Locations")] == ["5", "2"]
    assert through(page) == [DIRECTOR, DIRECTOR]


def test_last_one_comes_first_and_is_marked(
    connection: Connection, vera: Client, editor: User, sign_in: SignIn
) -> None:
    page_of(vera, LISTS[1])
    page = page_of(vera, URL)
    assert offered(page) == LISTS[::-1]
    (marked,) = [cell for cell in page.all("td") if "Last used" in cell.text]
    assert "Тұлпар Fitness" in marked.text
    assert offered(page_of(sign_in(editor), URL)) == LISTS


def test_one_chain_is_entered_at_once(sandbox: Sandbox, manager: User, vera: Client) -> None:
    link_assistant(sandbox, manager)
    assert vera.get(URL)["Location"] == LISTS[0]


def test_acting_connection_stands_beside_each_chain(
    sandbox: Sandbox, connection: Connection, manager: User, sign_in: SignIn
) -> None:
    assistant = link_assistant(sandbox, manager)
    client = sign_in(manager)
    client.post(f"/chains/{CHAIN}/acting-connection/", {"connection": assistant.pk})
    assert through(page_of(client, URL)) == [ASSISTANT, DIRECTOR]


@pytest.mark.parametrize("who", ["manager", "editor", "viewer"])
def test_nothing_connected_says_what_to_do(
    request: pytest.FixtureRequest, sign_in: SignIn, who: str
) -> None:
    page = page_of(sign_in(request.getfixturevalue(who)), URL)
    assert bool(page.all("a", href="/connections/new/")) is (who == "manager")
    assert "manager" in page.text or who == "manager"
    assert not page.all("form", action=URL)


def test_account_without_a_chain_says_so(
    sandbox: Sandbox, connection: Connection, vera: Client
) -> None:
    allow(sandbox, sandbox.director, {})
    grow_old()
    page = page_of(vera, URL)
    assert offered(page) == []
    assert page.all("div", class_="empty")
    # Once a chain is there it is found on demand.
    allow(sandbox, sandbox.director, {CHAIN: {}, OTHER_CHAIN: {}})
    response = vera.post(URL, page.form(URL).data())
    assert response["Location"] == URL
    assert offered(page_of(vera, URL)) == LISTS


def test_known_chains_are_not_read_again(
    sandbox: Sandbox, connection: Connection, vera: Client
) -> None:
    before = len(sandbox.calls())
    page_of(vera, URL)
    assert len(sandbox.calls()) == before
    grow_old()
    page_of(vera, URL)
    page_of(vera, URL)
    assert paths(sandbox)[before:] == ["GET /groups"]


def test_outage_keeps_known_chains_on_screen(
    sandbox: Sandbox, connection: Connection, vera: Client
) -> None:
    grow_old()
    sandbox.fault(kind="status", status=500, times=None)
    page = page_of(vera, URL)
    assert offered(page) == LISTS
    assert page.all("div", class_="notice warn")
    before = len(sandbox.calls())
    # The next pages do not wait for the same failure.
    assert offered(page_of(vera, URL)) == LISTS
    assert len(sandbox.calls()) == before


def test_reading_again_says_what_failed(
    sandbox: Sandbox, connection: Connection, vera: Client
) -> None:
    sandbox.fault(kind="status", status=500, times=None)
    response = vera.post(URL)
    page = page_of(vera, response["Location"])
    assert "usable answer" in page.one("div", class_="notice warn").text
    assert offered(page) == LISTS


def test_ended_token_keeps_known_chains_on_screen(
    sandbox: Sandbox, connection: Connection, vera: Client
) -> None:
    grow_old()
    sandbox.revoke_tokens()
    page = page_of(vera, URL)
    assert offered(page) == LISTS
    assert DIRECTOR in page.all("div", class_="notice warn")[0].text
    connection.refresh_from_db()
    assert connection.needs_sign_in


def test_titles_from_altegio_are_escaped(connection: Connection, vera: Client) -> None:
    chains = [{**chain, "title": "<script>alert(1)</script>"} for chain in connection.chains]
    Connection.objects.update(chains=chains)
    page = page_of(vera, URL)
    assert "<script>alert" not in page.html
    assert page.all("a", text="<script>alert(1)</script>")


def test_stranger_is_asked_to_sign_in(db: None) -> None:
    assert Client().get(URL)["Location"].startswith("/login/")
