"""Altegio's rules, checked on terms before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from loyalty_admin.altegio.membership_services import CoveredService, UsableTime
from loyalty_admin.altegio.membership_types import Terms
from loyalty_admin.membership_types.rules import DAY, problems

SERVICE = CoveredService(id=1, is_category=False, visits=5)
FINE = Terms(title="Fine", price=Decimal(1), services=(SERVICE,))


def time(*days: int, start: int = 0, end: int = DAY) -> UsableTime:
    return UsableTime(days=days, intervals=((start, end),))


def names(terms: Terms) -> set[str]:
    return {problem.name for problem in problems(terms)}


FINE_TOO: list[dict[str, Any]] = [
    {},
    {"validity": 3, "validity_unit": 4},
    {"validity_unit": 9},
    {"is_pooled": True, "pool_visits": 1},
    {"is_pooled": True, "is_pool_unlimited": True, "validity": 1, "validity_unit": 1},
    {"is_pooled": True, "pool_visits": 1, "services": (replace(SERVICE, visits=0),)},
    {"freezing": True, "validity": 1, "validity_unit": 1},
    {"freeze_limit": 5},
    {"online_sale": True, "online_price": Decimal("0.01")},
    {"online_price": Decimal(0)},
    {"usable_times": (time(1, start=0, end=10), time(1, start=10, end=20))},
    {"usable_times": (time(1), time(2))},
    {"recalculates_price": True},
    {"title": "", "price": Decimal(0)},
]


def test_terms_that_keep_the_rules() -> None:
    wrong = [(terms, found) for terms in FINE_TOO if (found := names(replace(FINE, **terms)))]
    assert wrong == []


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"services": ()}, "services"),
    ({"services": (replace(SERVICE, visits=0),)}, "services"),
    ({"validity": 3}, "validity_unit"),
    ({"validity": 3, "validity_unit": 5}, "validity_unit"),
    ({"auto_activation": 3}, "auto_activation_unit"),
    ({"is_pooled": True}, "pool_visits"),
    ({"is_pooled": True, "is_pool_unlimited": True}, "validity"),
    ({"services": (replace(SERVICE, is_unlimited=True),)}, "validity"),
    (
        {
            "is_pooled": True,
            "is_pool_unlimited": True,
            "validity": 1,
            "validity_unit": 1,
            "recalculates_price": True,
        },
        "recalculates_price",
    ),
    ({"freezing": True}, "freezing"),
    (
        {"freezing": True, "validity": 1, "validity_unit": 1, "freeze_limit": 5},
        "freeze_limit_unit",
    ),
    ({"online_sale": True}, "online_price"),
    ({"online_sale": True, "online_price": Decimal(0)}, "online_price"),
    ({"usable_times": (UsableTime(days=(), intervals=((0, 1),)),)}, "usable_times"),
    ({"usable_times": (UsableTime(days=(1,), intervals=()),)}, "usable_times"),
    ({"usable_times": (time(1, start=5, end=5),)}, "usable_times"),
    ({"usable_times": (time(1, start=0, end=DAY + 1),)}, "usable_times"),
    ({"usable_times": (time(1, 2, end=11), time(2, start=10, end=20))}, "usable_times"),
]


def test_terms_that_break_one() -> None:
    wrong = [
        (terms, broken, found)
        for terms, broken in BROKEN
        if (found := names(replace(FINE, **terms))) != {broken}
    ]
    assert wrong == []


def test_problem_names_the_terms_that_can_mend_it() -> None:
    (problem,) = problems(replace(FINE, is_pooled=True))
    assert problem.involved >= {"pool_visits", "is_pooled", "is_pool_unlimited"}
    assert problem.text
