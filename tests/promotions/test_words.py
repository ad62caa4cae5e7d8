"""Promotions in words: what a person reads of each term."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given

from loyalty_admin.altegio.notification_templates import Notification
from loyalty_admin.altegio.promotion_kinds import Rule
from loyalty_admin.altegio.promotions import NOT_KNOWN, SCHEMA, Terms
from loyalty_admin.promotions import kinds, words
from loyalty_admin.promotions.fields import FIELDS
from loyalty_admin.promotions.words import Words
from tests.promotions.terms import SAY, of_kind, percent, terms

NBSP = "\u00a0"
VISITS = {"kind": "discount_accumulative_visits"}
SUMS = {"kind": "cashback_accumulative_paid"}
SOME = {"services": "custom_allowed", "products": "custom_allowed"}


CASES: list[tuple[str, dict[str, Any], str]] = [
    ("title", {"title": "Fifty <i>"}, "Fifty <i>"),
    ("title", {}, "not set"),
    ("kind", {"kind": "cashback_static_paid"}, str(kinds.TEXTS["cashback_static_paid"].title)),
    ("kind", {"kind": "lottery"}, "lottery"),
    ("kind", {}, "not set"),
    ("location_ids", {"location_ids": (501, 599)}, "Centre <b>, location 599"),
    ("location_ids", {}, "none"),
    ("services", {}, "All"),
    ("services", {"services": "not_allowed"}, "None"),
    ("products", {"products": "custom_allowed"}, "Chosen ones"),
    ("products", {"products": "sometimes"}, "sometimes"),
    ("service_ids", {**SOME, "service_ids": (7, 99)}, "Haircut & <i>care</i>, number 99"),
    ("service_ids", {"service_ids": (7,)}, "not set"),
    ("product_ids", {**SOME, "product_ids": (31, 32)}, "Cream, number 32"),
    ("product_category_ids", SOME, "none"),
    ("value_unit", {"value_unit": "amount"}, str(words.VALUE_UNITS["amount"])),
    ("value_unit", {"value_unit": ""}, "not set"),
    ("rules", {}, "nothing"),
    ("rules", {"kind": "discount_static", "rules": (percent(2.5),)}, "2.5 %"),
    ("rules", {**VISITS, "rules": (percent(3), percent(5, 10))}, "3 %; 5 % from 10 visits"),
    ("rules", {**VISITS, "rules": (percent(3, 1),)}, "3 % from 1 visit"),
    (
        "rules",
        {**SUMS, "value_unit": "amount", "rules": (Rule(1000, Decimal("1234567.5")),)},
        "1,234,567.50 € from 1,000 €",
    ),
    (
        "rules",
        {"kind": "package_discount", "rules": (percent(50, 0, 8), percent(5, 0, 99))},
        "Peeling: 50 %; number 99: 5 %",
    ),
    ("usage_limit", {"kind": "cashback_static_paid"}, "no limit"),
    ("usage_limit", {"kind": "cashback_static_paid", "usage_limit": 2000}, "2,000"),
    ("usage_limit", {"kind": "discount_static", "usage_limit": 2000}, "not set"),
    ("visit_multiplicity", {"kind": "cashback_sold_visits", "visit_multiplicity": 5}, "5"),
    (
        "sold_items_multiplicity",
        {"kind": "package_discount", "sold_items_multiplicity": 3},
        "3",
    ),
    ("expiration", {}, "never"),
    ("expiration", {"expiration": 1, "expiration_unit": "month"}, "1 month"),
    ("expiration", {"expiration": 90, "expiration_unit": "day"}, "90 days"),
    ("expiration", {"expiration": 2, "expiration_unit": "moon"}, "2 (unit not set)"),
    ("expiration_unit", {"expiration": 1, "expiration_unit": "week"}, "weeks"),
    ("expiration_unit", {"expiration": 0, "expiration_unit": "week"}, "not set"),
    ("expiration_notice", {"expiration": 1, "expiration_notice": 7}, "7"),
    ("history_source", {**VISITS, "history_source": "chain"}, str(words.HISTORY_SOURCES["chain"])),
    ("history_source", {**VISITS, "history_source": "moon"}, "moon"),
    ("history_source", VISITS, "not set"),
    ("history_from", {**VISITS, "history_from": date(2025, 1, 9)}, "9 Jan 2025"),
    ("history_from", VISITS, "not set"),
    ("card_type_ids", {"card_type_ids": (41, 99)}, "Club, number 99"),
    ("on_changed", {}, str(words.SIZES["none"])),
    ("on_changed", {"on_changed": Notification("big")}, str(words.SIZES["big"])),
    (
        "on_expiration",
        {"on_expiration": Notification("custom", "<b>Soon</b>")},
        "its own text: “<b>Soon</b>”",
    ),
    ("on_expiration", {"on_expiration": Notification("huge")}, "huge"),
]


def test_each_term_is_said_in_words() -> None:
    wrong = {
        (name, said): SAY.of(Terms(**found), name)
        for name, found, said in CASES
        if SAY.of(Terms(**found), name).replace(NBSP, " ") != said
    }
    assert wrong == {}


def test_what_is_not_known_is_not_said_to_be_something() -> None:
    for name, mark in NOT_KNOWN.items():
        kind = "package_discount" if name == "sold_items_multiplicity" else "cashback_paid_visits"
        kind = VISITS["kind"] if name.startswith("history") else kind
        found = Terms(**{"kind": kind, name: mark})
        assert SAY.of(found, name) not in ("", str(mark), SAY.of(Terms(kind=kind), name))
    assert "%" not in SAY.of(
        of_kind("discount_static", percent(5), value_unit=NOT_KNOWN["value_unit"]), "rules"
    )


def test_every_term_has_a_label_and_words() -> None:
    assert set(FIELDS.by_name) == set(SCHEMA.names)
    assert len({FIELDS.label(name) for name in SCHEMA.names}) == len(SCHEMA.names)
    for name in SCHEMA.names:
        assert FIELDS.label(name)
        assert Words().of(Terms(), name)


@given(terms())
def test_every_term_of_any_promotion_has_words(found: Terms) -> None:
    for name in SCHEMA.names:
        said = SAY.of(found, name)
        assert said
        if name in SCHEMA.idle(found):
            assert said == "not set"


def test_percents_have_no_zeros_that_say_nothing() -> None:
    values = ["5.00", "12.50", "0", "1E+2", "0.005"]
    said = [words.percent(Decimal(value)).replace(NBSP, " ") for value in values]
    assert said == ["5 %", "12.5 %", "0 %", "100 %", "0.005 %"]


def test_numbers_are_counted_in_words() -> None:
    assert (words.promotions(1), words.promotions(2)) == ("1 promotion", "2 promotions")


def test_before_and_after_are_told_apart() -> None:
    before = Terms(kind="discount_static", rules=(percent(5),))
    after = replace(before, rules=(percent(7),), title="x")
    assert SAY.of(before, "rules") == f"5{NBSP}%"
    assert SAY.of(after, "rules") == f"7{NBSP}%"
