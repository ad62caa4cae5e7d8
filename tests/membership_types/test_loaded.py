"""The list after waiting for Altegio: a cold one whole, an old one again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, LIST, grow_old, listed
from tests.pages import HTMX, Page, page_of

TYPES = f"/chain/{CHAIN}/loyalty/abonement_types"


def test_thousand_types_come_in_two_round_trips(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    sandbox.reset(types=1000)
    before = len(sandbox.calls())
    page = page_of(edith, f"{LIST}loaded/", htmx=True)
    asked = sandbox.calls()[before:]
    assert {(call["method"], call["path"]) for call in asked} == {("GET", TYPES)}
    assert {call["query"]["limit"][0] for call in asked} == {"250"}
    # The first page of either kind side by side, then all the others.
    pages = [(call["query"]["is_archived"][0], call["query"]["page"][0]) for call in asked]
    assert set(pages[:2]) == {("0", "1"), ("1", "1")}
    assert set(pages[2:]) == {("0", "2"), ("0", "3"), ("0", "4")}
    active = sum(not raw["is_archived"] for raw in listed(sandbox))
    assert f"{active} types" in page.text


@pytest.mark.parametrize("known_chains", ["fresh", "old"])
def test_latency_is_paid_twice_at_most(
    sandbox: Sandbox, edith: Client, connection: Connection, known_chains: str
) -> None:
    sandbox.reset(types=1000)
    if known_chains == "old":
        connection.chains_read_at = timezone.now() - timedelta(hours=3)
        connection.save()
    sandbox.fault(kind="latency", seconds=3, times=None, match={"method": "GET"})
    started = timezone.now()
    page_of(edith, f"{LIST}loaded/", htmx=True)
    assert timezone.now() - started < timedelta(seconds=8.9)  # three in sequence take 9
    connection.refresh_from_db()
    assert connection.chains_read_at and connection.chains_read_at > started - timedelta(minutes=1)


@pytest.mark.parametrize("htmx", [False, True])
def test_fresh_list_is_not_read_again(sandbox: Sandbox, loaded: Client, htmx: bool) -> None:
    before = len(sandbox.calls())
    assert page_of(loaded, f"{LIST}loaded/?q=spa", htmx=htmx).titles()
    assert len(sandbox.calls()) == before


@pytest.mark.parametrize("htmx", [False, True])
def test_old_list_is_read_again(
    sandbox: Sandbox, loaded: Client, connection: Connection, htmx: bool
) -> None:
    grow_old(connection, minutes=12)
    sandbox.put_type(CHAIN, {"title": "Made since", "cost": 1})
    page = page_of(loaded, f"{LIST}loaded/?q=since", htmx=htmx)
    assert page.titles() == ["Made since"]


@pytest.mark.parametrize("kind", ["status", "reset", "html"])
def test_old_list_stays_with_its_age_while_altegio_is_down(
    sandbox: Sandbox, loaded: Client, connection: Connection, kind: str
) -> None:
    grow_old(connection, minutes=12)
    sandbox.fault(kind=kind, status=503, times=None, match={"path": "abonement_types"})
    page = page_of(loaded, f"{LIST}loaded/?q=manicure", htmx=True)
    assert page.titles() == ["Manicure × 5"]
    assert "12\xa0minutes ago" in page.text
    assert page.all("div", class_="notice warn", role="alert")
    # It says so once, and does not ask again and again.
    assert not page.all("span", hx_trigger="load")


@pytest.mark.parametrize("htmx", [False, True])
def test_cold_list_while_altegio_is_down_says_so(
    sandbox: Sandbox, edith: Client, htmx: bool
) -> None:
    sandbox.fault(kind="html", status=502, times=None, match={"path": "abonement_types"})
    response = edith.get(f"{LIST}loaded/", headers=HTMX if htmx else {})
    assert response.status_code == 502
    page = Page(response)
    assert page.all("section", role="alert")
    assert "Bad gateway" not in page.html
    assert page.all("a", text="Try again")


def test_address_stays_what_it_is(edith: Client) -> None:
    response = edith.get(f"{LIST}loaded/?q=spa", headers=HTMX)
    assert "HX-Push-Url" not in response
    assert "HX-Request" in response["Vary"]


def test_whole_page_without_javascript(profile: str, edith: Client) -> None:
    page = page_of(edith, f"{LIST}loaded/?sort=-sold")
    assert page.titles()[0] == "Gift of ten treatments"
    assert page.form(id="filters").attrs["action"] == LIST
    assert page.one("a", text="Price").attrs["href"] == f"{LIST}?sort=price"


def test_stranger_finds_nothing(edith: Client) -> None:
    assert edith.get(f"{LIST}loaded/".replace(str(CHAIN), "9999")).status_code == 404


def test_known_list_still_shows_while_the_account_must_sign_in(
    loaded: Client, connection: Connection
) -> None:
    connection.needs_sign_in = True
    connection.save()
    assert "Manicure × 5" in page_of(loaded, LIST).titles()
    grow_old(connection, minutes=12)
    page = page_of(loaded, f"{LIST}loaded/", htmx=True)
    assert "Manicure × 5" in page.titles()
    assert page.all("div", class_="notice warn", role="alert")
