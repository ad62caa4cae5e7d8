"""Altegio's rules, checked on terms before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.altegio.notification_templates import Notification
from loyalty_admin.altegio.promotion_kinds import Rule
from loyalty_admin.altegio.promotions import Terms
from loyalty_admin.promotions.rules import is_falling, problems
from tests.promotions.terms import terms as any_terms

TEN = Decimal(10)
STATIC = Terms(title="Fine", kind="discount_static", rules=(Rule(0, TEN),))
TIERS = replace(STATIC, kind="discount_accumulative_visits")
PACKAGE = replace(STATIC, kind="package_discount", rules=(Rule(0, TEN, 7),))
UNKNOWN = replace(STATIC, kind="discount_lottery", rules=(Rule(5, TEN, 3), Rule(9, TEN, 3)))


def names(terms: Terms) -> set[str]:
    return {problem.name for problem in problems(terms)}


@given(any_terms())
def test_terms_that_altegio_takes_break_none(terms: Terms) -> None:
    assert problems(terms) == []


KEEPING: list[Terms] = [
    STATIC,
    replace(STATIC, rules=(Rule(0, Decimal(100)),)),
    replace(STATIC, rules=(Rule(0, Decimal(0)),)),
    # A threshold says nothing to this type.
    replace(STATIC, rules=(Rule(9, TEN),)),
    replace(STATIC, value_unit="amount", rules=(Rule(0, Decimal("5000.5")),)),
    replace(STATIC, title=""),
    replace(STATIC, services="not_allowed"),
    replace(STATIC, products="not_allowed"),
    replace(STATIC, services="custom_allowed", service_ids=(1,)),
    replace(STATIC, products="custom_allowed", product_ids=(1,)),
    replace(STATIC, products="custom_allowed", product_category_ids=(1,)),
    replace(STATIC, expiration=1, expiration_unit="week", expiration_notice=6),
    replace(STATIC, expiration=0, expiration_unit="decade", expiration_notice=400),
    replace(STATIC, on_changed=Notification("huge")),
    replace(TIERS, rules=(Rule(3, TEN), Rule(0, TEN), Rule(4, Decimal(3)))),
    replace(PACKAGE, rules=(Rule(0, TEN, 7), Rule(0, TEN, 8))),
    UNKNOWN,
]


def test_terms_that_keep_the_rules() -> None:
    assert [terms for terms in KEEPING if names(terms)] == []


BREAKING: list[tuple[Terms, set[str]]] = [
    (replace(STATIC, rules=()), {"rules"}),
    (replace(STATIC, rules=(Rule(0, TEN), Rule(0, TEN))), {"rules"}),
    (replace(STATIC, rules=(Rule(0, Decimal("-0.01")),)), {"rules"}),
    (replace(STATIC, rules=(Rule(0, Decimal("100.01")),)), {"rules"}),
    (replace(TIERS, rules=(Rule(-1, TEN),)), {"rules"}),
    (replace(TIERS, rules=(Rule(3, TEN), Rule(3, Decimal(12)))), {"rules"}),
    (replace(PACKAGE, rules=(Rule(0, TEN, 7), Rule(0, TEN, 7))), {"rules"}),
    (replace(PACKAGE, rules=(Rule(0, TEN),)), {"rules"}),
    (replace(STATIC, services="not_allowed", products="not_allowed"), {"services"}),
    (replace(STATIC, services="custom_allowed"), {"service_ids"}),
    (replace(STATIC, products="custom_allowed"), {"product_ids"}),
    (replace(STATIC, expiration=1), {"expiration_unit"}),
    (replace(STATIC, expiration=1, expiration_unit="hour"), {"expiration_unit"}),
    (
        replace(STATIC, expiration=2, expiration_unit="day", expiration_notice=2),
        {"expiration_notice"},
    ),
    (
        replace(STATIC, expiration=1, expiration_unit="year", expiration_notice=365),
        {"expiration_notice"},
    ),
    (replace(STATIC, visit_multiplicity=0), {"visit_multiplicity"}),
    (replace(PACKAGE, sold_items_multiplicity=0), {"sold_items_multiplicity"}),
    (replace(STATIC, on_changed=Notification("custom", " \n")), {"on_changed"}),
    (replace(STATIC, on_expiration=Notification("custom")), {"on_expiration"}),
    (
        replace(STATIC, rules=(), services="custom_allowed", expiration=1),
        {"rules", "service_ids", "expiration_unit"},
    ),
]


def test_terms_that_break_them() -> None:
    assert [(terms, names(terms)) for terms, broken in BREAKING if names(terms) != broken] == []


MENDING: list[tuple[dict[str, Any], set[str]]] = [
    ({"rules": (Rule(0, Decimal(101)),)}, {"rules", "value_unit"}),
    ({"services": "not_allowed", "products": "not_allowed"}, {"services", "products"}),
    ({"services": "custom_allowed"}, {"service_ids", "services"}),
    (
        {"products": "custom_allowed"},
        {"product_ids", "product_category_ids", "products"},
    ),
    ({"expiration": 3}, {"expiration", "expiration_unit"}),
    (
        {"expiration": 3, "expiration_unit": "day", "expiration_notice": 5},
        {"expiration", "expiration_unit", "expiration_notice"},
    ),
]


def test_problem_names_the_terms_that_can_mend_it() -> None:
    for terms, mended_by in MENDING:
        (problem,) = problems(replace(STATIC, **terms))
        assert problem.involved >= mended_by
        assert problem.text


FALLING: list[tuple[list[tuple[int, int]], bool]] = [
    ([(0, 1), (5, 2), (9, 3)], False),
    ([(9, 3), (0, 1), (5, 2)], False),
    ([(0, 1), (5, 1)], False),
    ([(0, 2), (5, 1)], True),
    ([(5, 1), (0, 2)], True),
    ([(0, 1), (5, 7), (9, 6)], True),
    ([], False),
]


def test_higher_tier_that_gives_less_is_noticed() -> None:
    for rules, falls in FALLING:
        tiers = tuple(Rule(threshold, Decimal(value)) for threshold, value in rules)
        assert is_falling(replace(TIERS, rules=tiers)) == falls, rules


@given(st.lists(st.integers(0, 100), max_size=4))
def test_services_of_a_package_have_no_order_to_fall_in(values: list[int]) -> None:
    rules = tuple(Rule(0, Decimal(value), place) for place, value in enumerate(values, 1))
    assert not is_falling(replace(PACKAGE, rules=rules))
