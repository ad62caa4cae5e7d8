"""The list after waiting for Altegio: all of it, in two round trips."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.catalog.listing import Query
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.connections.models import Connection
from loyalty_admin.gift_card_types import listing, presenting
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import CHAIN, LIST, PLAIN, listed
from tests.pages import page_of

TYPES = f"/chain/{CHAIN}/loyalty/certificate_types"


@pytest.mark.slow
def test_585_types_come_in_two_round_trips(
    sandbox: Sandbox, edith: Client, ctx: ChainContext
) -> None:
    sandbox.reset(certificate_types=585)
    before = len(sandbox.calls())
    page = page_of(edith, f"{LIST}loaded/", htmx=True)
    asked = sandbox.calls()[before:]
    assert {(call["method"], call["path"]) for call in asked} == {("GET", TYPES)}
    assert {call["query"]["page_size"][0] for call in asked} == {"100"}
    # The first page says how many there are, then come all the others.
    pages = [call["query"]["page"][0] for call in asked]
    assert pages[0] == "1"
    assert set(pages[1:]) == {"2", "3", "4", "5", "6"}
    active = sum(not raw["is_archived"] for raw in listed(sandbox))
    assert f"{active} types" in page.text
    kept = listing.kept(ctx)
    assert kept is not None and kept.is_complete


def test_whole_page_without_javascript(edith: Client) -> None:
    page = page_of(edith, f"{LIST}loaded/?sort=-issued")
    assert page.titles()[0] == "Gift card €50"
    assert page.form(id="filters").attrs["action"] == LIST
    assert page.one("a", text="Issued").attrs["href"] == f"{LIST}?sort=issued"


def test_incomplete_list_says_so(sandbox: Sandbox, edith: Client, ctx: ChainContext) -> None:
    raw = sandbox.certificate_type_of(CHAIN, PLAIN)
    body = {"success": True, "data": [raw], "meta": {"total_count": 2}}
    match = {"path": "certificate_types"}
    sandbox.fault(kind="status", status=200, body=body, times=None, match=match)
    page = page_of(edith, f"{LIST}loaded/")
    assert page.titles() == ["Подарок для мамы"]
    texts = presenting.list_context(ctx, Query(), [])["texts"]
    assert texts["incomplete"] in page.text


def test_known_list_still_shows_while_the_account_must_sign_in(
    loaded: Client, connection: Connection
) -> None:
    connection.needs_sign_in = True
    connection.save()
    assert "Gift card €50" in page_of(loaded, f"{LIST}loaded/").titles()
