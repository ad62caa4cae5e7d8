"""Altegio's rules, checked on terms before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from loyalty_admin.altegio.gift_card_types import Terms
from loyalty_admin.gift_card_types.rules import problems

FINE = Terms(title="Fine", face_value=Decimal(1))
MOMENT = datetime(2030, 1, 1, tzinfo=UTC)


def names(terms: Terms) -> set[str]:
    return {problem.name for problem in problems(terms)}


KEPT: list[dict[str, Any]] = [
    {},
    {"title": "", "face_value": Decimal(0)},
    {"covers": 2, "service_ids": (1,)},
    {"covers": 3, "service_ids": (1,)},
    {"covers": 9},
    {"validity_kind": 1, "expires_at": MOMENT},
    {"validity_kind": 2, "validity": 1, "validity_unit": 4},
    {"validity_kind": 0, "validity": 5, "validity_unit": 9},
    {"validity_kind": 5},
    {"online_sale": True, "online_price": Decimal("0.01")},
    {"online_price": Decimal(0)},
    {"balance_editing": 7},
]
BROKEN: list[tuple[dict[str, Any], set[str]]] = [
    ({"covers": 3}, {"service_ids"}),
    ({"covers": 4}, {"service_ids"}),
    ({"validity_kind": 1}, {"expires_at"}),
    ({"validity_kind": 1, "expires_at": datetime(1999, 1, 1, tzinfo=UTC)}, {"expires_at"}),
    ({"validity_kind": 2}, {"validity"}),
    ({"validity_kind": 2, "validity_unit": 3}, {"validity"}),
    ({"validity_kind": 2, "validity": 3}, {"validity_unit"}),
    ({"validity_kind": 2, "validity": 3, "validity_unit": 5}, {"validity_unit"}),
    ({"online_sale": True}, {"online_price"}),
    ({"online_sale": True, "online_price": Decimal(0)}, {"online_price"}),
    (
        {"covers": 3, "validity_kind": 1, "online_sale": True},
        {"service_ids", "expires_at", "online_price"},
    ),
]
MENDED_BY: list[tuple[dict[str, Any], set[str]]] = [
    ({"covers": 3}, {"service_ids", "covers"}),
    ({"validity_kind": 1}, {"expires_at", "validity_kind"}),
    ({"validity_kind": 2}, {"validity", "validity_kind"}),
    ({"online_sale": True}, {"online_price", "online_sale"}),
]


def test_broken_rules_are_found_and_only_those() -> None:
    cases: list[tuple[dict[str, Any], set[str]]] = [(terms, set()) for terms in KEPT]
    wrong = [
        (terms, broken)
        for terms, broken in cases + BROKEN
        if names(replace(FINE, **terms)) != broken
    ]
    assert wrong == []


def test_problem_names_the_terms_that_can_mend_it() -> None:
    for terms, mended_by in MENDED_BY:
        (problem,) = problems(replace(FINE, **terms))
        assert problem.involved >= mended_by, terms
        assert problem.text
