"""Choosing what a new promotion gives: every type is explained, with an example."""

from __future__ import annotations

from typing import Any

from django.test import Client

from loyalty_admin.altegio.promotion_terms import KINDS
from loyalty_admin.sandbox.server import Sandbox
from tests.pages import page_of
from tests.promotions.common import LIST, OTHER_CHAIN
from tests.promotions.submitting import at, form_of

URL = f"{LIST}new/"


def test_every_type_is_offered_explained_and_leads_to_its_form(edith: Client) -> None:
    page = page_of(edith, URL)
    cards = page.all("a", class_="card kind")
    assert {card.attrs["href"] for card in cards} == {f"{URL}{kind}/" for kind in KINDS}
    assert len(cards) == 13
    assert len({" ".join(card.text.split()) for card in cards}) == 13
    for card in cards:
        kind = card.attrs["href"].split("/")[-2]
        assert form_of(page_of(edith, card.attrs["href"])).values["kind"] == [kind]
    # Each says what it means, and then by an example.
    assert len(page.all("p", class_="muted")) >= 13


def test_discounts_stand_apart_from_bonuses(edith: Client) -> None:
    page = page_of(edith, URL)
    parts = {part.attrs["aria-labelledby"]: part.text for part in page.all("section")}
    assert "taken off every visit" in parts["discounts"]
    assert "taken off every visit" not in parts["bonuses"]
    assert "comes back" in parts["bonuses"]


def test_choosing_asks_altegio_nothing_about_promotions_and_writes_nothing(
    sandbox: Sandbox, loaded: Client
) -> None:
    before = len(sandbox.calls())
    page_of(loaded, URL)
    assert len(sandbox.calls()) == before


def test_types_that_there_are_not_are_not_found(sandbox: Sandbox, edith: Client) -> None:
    for kind in ("discount", "package", "x", "discount_static_", "DISCOUNT_STATIC"):
        assert edith.get(f"{URL}{kind}/").status_code == 404
        assert edith.post(f"{URL}{kind}/", {"form_id": "x" * 22}).status_code == 404


def test_nothing_is_posted_to_it(edith: Client) -> None:
    assert edith.post(URL, {}).status_code == 405


def test_missing_right_is_refused_with_its_reason(edith: Client) -> None:
    response = edith.get(at(OTHER_CHAIN, "new/"))
    assert response.status_code == 403


def test_only_who_may_write_comes_in(doors: Any) -> None:
    doors("new/", "get")
