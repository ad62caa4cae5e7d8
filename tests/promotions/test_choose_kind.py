"""Choosing what a new promotion gives: every type is explained, with an example."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.altegio.promotion_kinds import KINDS
from loyalty_admin.promotions.kinds import TEXTS
from loyalty_admin.sandbox.server import Sandbox
from tests.pages import page_of
from tests.promotions.common import LIST
from tests.promotions.submitting import form_of

pytestmark = pytest.mark.slow

URL = f"{LIST}new/"


def test_every_type_is_offered_explained_and_leads_to_its_form(edith: Client) -> None:
    page = page_of(edith, URL)
    cards = page.all("a", class_="card kind")
    assert {card.attrs["href"] for card in cards} == {f"{URL}{kind}/" for kind in KINDS}
    for card in cards:
        kind = card.attrs["href"].split("/")[-2]
        text = TEXTS[kind]
        for said in (text.title, text.about, text.example):
            assert str(said) in card.text
    (kind, *_others) = KINDS
    assert form_of(page_of(edith, f"{URL}{kind}/")).values["kind"] == [kind]


def test_discounts_stand_apart_from_bonuses(edith: Client) -> None:
    page = page_of(edith, URL)
    parts = {part.attrs["aria-labelledby"]: part.node.css("a.card") for part in page.all("section")}
    kinds = {
        name: {str(card.attributes["href"]).split("/")[-2] for card in cards}
        for name, cards in parts.items()
    }
    assert kinds["discounts"] == {one for one, kind in KINDS.items() if kind.gives == "discount"}
    assert kinds["bonuses"] == KINDS.keys() - kinds["discounts"]


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
