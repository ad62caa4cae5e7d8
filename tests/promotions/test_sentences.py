"""What a promotion does, in one plain sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from loyalty_admin.altegio.promotion_terms import KINDS, Terms, normal_rules
from loyalty_admin.promotions import rules as altegio_rules
from loyalty_admin.promotions import sentences
from tests.promotions.terms import SAY, of_kind, otherwise_idle, percent, terms

NBSP = "\u00a0"
TIERS = (percent(3), percent(7, 30_000))


def in_a_list(found: Terms) -> str:
    return sentences.in_a_list(found, SAY).replace(NBSP, " ")


def in_full(found: Terms) -> str:
    return sentences.in_full(found, SAY).replace(NBSP, " ")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (of_kind("discount_static", percent(5)), "5 % off every visit"),
        (of_kind("discount_static", percent(12.5)), "12.5 % off every visit"),
        (of_kind("discount_static", percent(15), value_unit="amount"), "15 € off every visit"),
        (
            of_kind("discount_accumulative_visits", percent(5, 3), percent(10, 10)),
            "5 % off from 3 visits, 10 % from 10",
        ),
        (
            of_kind("discount_accumulative_visits", percent(5, 1)),
            "5 % off from 1 visit",
        ),
        (
            of_kind("discount_accumulative_sold", *TIERS),
            "3 % off, 7 % from 30,000 € bought",
        ),
        (
            of_kind("discount_accumulative_paid", *TIERS),
            "3 % off, 7 % from 30,000 € paid",
        ),
        (of_kind("cashback_static_sold", percent(5)), "Cashback 5 % of the bill"),
        (of_kind("cashback_static_paid", percent(5)), "Cashback 5 % of paid"),
        (
            of_kind("cashback_static_paid", percent(5), value_unit="amount"),
            "Cashback 5 €",
        ),
        (
            of_kind("cashback_accumulative_paid", *TIERS),
            "Cashback 3 % of paid, 7 % from 30,000 € paid",
        ),
        (
            of_kind("cashback_accumulative_sold", *TIERS),
            "Cashback 3 % of the bill, 7 % from 30,000 € bought",
        ),
        (
            of_kind("cashback_accumulative_sold_visits", percent(3), percent(7, 10)),
            "Cashback 3 % of the bill, 7 % from 10 visits",
        ),
        (
            of_kind("cashback_accumulative_paid_visits", percent(3, 2), percent(7, 10)),
            "Cashback 3 % of paid from 2 visits, 7 % from 10",
        ),
        (
            of_kind("cashback_sold_visits", percent(20), visit_multiplicity=5),
            "Cashback 20 % of the bill on every 5th visit",
        ),
        (
            of_kind("cashback_paid_visits", percent(20), visit_multiplicity=2),
            "Cashback 20 % of paid on every 2nd visit",
        ),
        (of_kind("cashback_paid_visits", percent(20)), "Cashback 20 % of paid"),
        (
            of_kind("package_discount", percent(50, service_id=8), sold_items_multiplicity=3),
            "With 3 paid services: 50 % off Peeling",
        ),
        (
            of_kind("package_discount", percent(50, service_id=77), percent(5, service_id=8)),
            "With 1 paid service: 5 % off Peeling, 50 % off number 77",
        ),
        (of_kind("discount_static"), "Gives nothing yet"),
        (of_kind("lottery", percent(5)), "Lottery: a type that this dashboard does not know"),
    ],
)
def test_each_type_is_said_plainly(found: Terms, said: str) -> None:
    assert in_a_list(found) == said


@pytest.mark.parametrize(
    ("services", "products", "said"),
    [
        ("any_allowed", "any_allowed", "5 % off every visit"),
        ("any_allowed", "not_allowed", "5 % off every visit on services only"),
        ("not_allowed", "any_allowed", "5 % off every visit on products only"),
        ("custom_allowed", "not_allowed", "5 % off every visit on chosen services"),
        ("not_allowed", "custom_allowed", "5 % off every visit on chosen products"),
        ("custom_allowed", "custom_allowed", "5 % off every visit on chosen services and products"),
        ("something", "any_allowed", "5 % off every visit"),
    ],
)
def test_what_it_counts_for_is_said(services: str, products: str, said: str) -> None:
    found = of_kind("discount_static", percent(5), services=services, products=products)
    assert in_a_list(found) == said


def test_list_shows_the_first_tiers_and_the_last() -> None:
    tiers = [percent(number, number * 100) for number in range(1, 7)]
    first = "1 % off from 100 € bought, 2 % from 200, 3 % from 300"
    found = of_kind("discount_accumulative_sold", *tiers)
    assert in_a_list(found) == f"{first}, …, 6 % from 600"
    # What would be left out is as short as the dots are.
    four = replace(found, rules=tuple(tiers[:4]))
    assert in_a_list(four) == f"{first}, 4 % from 400"
    assert "…" not in in_full(found)


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ({}, "5 % off every visit."),
        ({"location_ids": (501,)}, "5 % off every visit. Valid in Centre <b>."),
        ({"location_ids": (501, 599)}, "5 % off every visit. Valid in Centre <b>, location 599."),
        (
            {"location_ids": (501, 502, 503, 504)},
            "5 % off every visit. Valid in Centre <b>, North, South and 1 more.",
        ),
        (
            {"location_ids": (501, 502, 503, 504, 505)},
            "5 % off every visit. Valid in all 5 locations.",
        ),
        (
            {"expiration": 6, "expiration_unit": "month"},
            "5 % off every visit. What is given expires after 6 months.",
        ),
        (
            {"expiration": 1, "expiration_unit": "week", "expiration_notice": 1},
            "5 % off every visit. What is given expires after 1 week; "
            "a message goes out 1 day before.",
        ),
        ({"usage_limit": 3}, "5 % off every visit."),
    ],
)
def test_everything_that_it_does_is_said_in_full(others: dict[str, Any], said: str) -> None:
    assert in_full(of_kind("discount_static", percent(5), **others)) == said


def test_limit_of_uses_is_said_of_bonuses() -> None:
    found = of_kind("cashback_static_paid", percent(5), usage_limit=1)
    assert in_full(found) == "Cashback 5 % of paid. At most 1 use."


# For all


@pytest.mark.parametrize("kind", KINDS)
def test_sentence_of_any_promotion_names_every_value(kind: str) -> None:
    @given(terms([kind]))
    def check(found: Terms) -> None:
        assert altegio_rules.problems(found) == []
        ordered = normal_rules(found)
        shown = [*ordered[:3], ordered[-1]] if KINDS[kind].rules == "tiers" else ordered
        for said, named in (
            (sentences.in_a_list(found, SAY), shown),
            (sentences.in_full(found, SAY), ordered),
        ):
            assert said and said[0] == said[0].upper()
            for rule in named:
                assert SAY.value(found, rule.value).casefold() in said.casefold()
                if rule.service_id:
                    assert SAY.service(rule.service_id) in said
                if rule.threshold:
                    assert f"{rule.threshold:,}" in said

    check()


@given(terms())
def test_sentence_does_not_depend_on_what_means_nothing(found: Terms) -> None:
    other = otherwise_idle(found)
    assert sentences.in_a_list(other, SAY) == sentences.in_a_list(found, SAY)
    assert sentences.in_full(other, SAY) == sentences.in_full(found, SAY)


@given(terms())
def test_sentence_does_not_depend_on_the_order_of_rules(found: Terms) -> None:
    other = replace(found, rules=found.rules[::-1])
    assert sentences.in_full(other, SAY) == sentences.in_full(found, SAY)
