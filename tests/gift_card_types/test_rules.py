"""Altegio's rules, checked on terms before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from loyalty_admin.altegio.gift_card_terms import Terms
from loyalty_admin.gift_card_types.rules import problems

FINE = Terms(title="Fine", face_value=Decimal(1))
MOMENT = datetime(2030, 1, 1, tzinfo=UTC)


def names(terms: Terms) -> set[str]:
    return {problem.name for problem in problems(terms)}


@pytest.mark.parametrize(
    "terms",
    [
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
    ],
)
def test_terms_that_keep_the_rules(terms: dict[str, Any]) -> None:
    assert names(replace(FINE, **terms)) == set()


@pytest.mark.parametrize(
    ("terms", "broken"),
    [
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
    ],
)
def test_terms_that_break_them(terms: dict[str, Any], broken: set[str]) -> None:
    assert names(replace(FINE, **terms)) == broken


@pytest.mark.parametrize(
    ("terms", "mended_by"),
    [
        ({"covers": 3}, {"service_ids", "covers"}),
        ({"validity_kind": 1}, {"expires_at", "validity_kind"}),
        ({"validity_kind": 2}, {"validity", "validity_kind"}),
        ({"online_sale": True}, {"online_price", "online_sale"}),
    ],
)
def test_problem_names_the_terms_that_can_mend_it(
    terms: dict[str, Any], mended_by: set[str]
) -> None:
    (problem,) = problems(replace(FINE, **terms))
    assert problem.involved >= mended_by
    assert problem.text
