"""Membership types in words: what a person reads of each term."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty_admin.altegio.membership_services import CoveredService, UsableTime
from loyalty_admin.altegio.membership_types import SCHEMA, Terms
from loyalty_admin.membership_types import words
from loyalty_admin.membership_types.fields import FIELDS
from loyalty_admin.membership_types.words import Words

SAY = Words(
    activations={1: "First visit"}, locations={501: "Centre <b>", 502: "North"}, currency="€"
)
HAIR = CoveredService(id=7, is_category=False, visits=2, title="Haircut")
SPA = CoveredService(id=8, is_category=True, visits=0, is_unlimited=True, title="Spa")


SAID: list[tuple[str, dict[str, Any], str]] = [
    ("title", {"title": "Ten <i>"}, "Ten <i>"),
    ("price", {"price": Decimal("1234567.5")}, "1,234,567.50 €"),
    ("price", {"price": Decimal("120.00")}, "120 €"),
    ("online_price", {"online_price": None}, "not set"),
    ("location_ids", {"location_ids": (501, 599)}, "Centre <b>, location 599"),
    ("location_ids", {}, "none"),
    ("validity", {"validity": 1, "validity_unit": 3}, "1 month"),
    ("validity", {"validity": 2, "validity_unit": 4}, "2 years"),
    ("validity", {"validity": 2, "validity_unit": 9}, "2 (unit not set)"),
    ("validity", {"validity": 0, "validity_unit": 3}, "no end"),
    ("activation", {"activation": 1}, "First visit"),
    ("activation", {"activation": 2}, f"{words.DOCUMENTED_ACTIVATIONS[2]} (unconfirmed)"),
    ("activation", {"activation": 77}, "number 77"),
    ("auto_activation", {}, "never"),
    ("auto_activation", {"auto_activation": 5, "auto_activation_unit": 1}, "5 days"),
    ("sold_without_code", {"sold_without_code": True}, str(words.FLAGS["sold_without_code"][True])),
    ("is_pooled", {"is_pooled": False}, str(words.FLAGS["is_pooled"][False])),
    ("services", {"services": (HAIR, SPA)}, "Haircut (2 visits), Spa (unlimited)"),
    ("services", {"services": (HAIR, SPA), "is_pooled": True}, "Haircut, Spa"),
    ("freeze_limit", {}, "no limit"),
    ("freeze_limit", {"freeze_limit": 1, "freeze_limit_unit": 2}, "1 week"),
    ("balance_editing", {"balance_editing": 1}, str(words.BALANCE_EDITING[1])),
    ("balance_editing", {"balance_editing": 8}, "number 8"),
    ("usable_times", {}, "any time"),
    (
        "usable_times",
        {"usable_times": (UsableTime(days=(1, 7), intervals=((0, 34_230), (36_000, 86_400))),)},
        "Mon, Sun 00:00–09:30:30, 10:00–24:00",
    ),
    ("freezing", {"freezing": True}, "yes"),
    ("category_id", {"category_id": None}, "not set"),
    ("category_id", {"category_id": 3}, "3"),
]


def test_term_in_words() -> None:
    wrong = [
        (name, found, said)
        for name, terms, said in SAID
        if (found := SAY.of(Terms(**terms), name)) != said
    ]
    assert wrong == []


def test_every_term_has_a_label_and_words() -> None:
    assert set(FIELDS.by_name) >= set(SCHEMA.names)
    for name in SCHEMA.names:
        assert FIELDS.label(name)
        assert isinstance(SAY.of(Terms(), name), str)


def test_locked_terms_are_terms() -> None:
    assert set(SCHEMA.names) >= FIELDS.locked_once_sold


def test_words_without_a_chain_still_say_something() -> None:
    say = Words()
    assert say.location(5) == "location 5"
    assert str(words.DOCUMENTED_ACTIVATIONS[1]) in say.activation(1)
    assert say.money(Decimal(5)) == "5"


def test_visits_at_a_glance() -> None:
    def said(number: int, *, is_pooled: bool, is_unlimited: bool) -> str:
        return words.visits(number=number, is_pooled=is_pooled, is_unlimited=is_unlimited)

    assert said(5, is_pooled=False, is_unlimited=False) == "5"
    assert said(5, is_pooled=True, is_unlimited=False) == "5 shared"
    assert said(0, is_pooled=False, is_unlimited=True) == "unlimited"
    assert said(5, is_pooled=True, is_unlimited=True) == "unlimited"
    assert said(5, is_pooled=False, is_unlimited=True) == "5 + unlimited"


@settings(max_examples=50)
@given(st.integers(0, 86_400))
def test_clock_says_the_second(seconds: int) -> None:
    parts = [int(part) for part in words.clock(seconds).split(":")]
    assert parts[0] * 3600 + parts[1] * 60 + (parts[2] if len(parts) == 3 else 0) == seconds


def test_before_and_after_are_told_apart() -> None:
    before, after = Terms(price=Decimal(1)), Terms(price=Decimal(2), title="x")
    assert (SAY.of(before, "price"), SAY.of(after, "price")) == ("1 €", "2 €")
