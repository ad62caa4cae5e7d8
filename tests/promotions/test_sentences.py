"""What a promotion does, in one plain sentence: with every fact, and none that is not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from loyalty_admin.altegio.promotion_kinds import KINDS
from loyalty_admin.altegio.promotions import NOT_KNOWN, Terms, normal_rules
from loyalty_admin.promotions import rules as altegio_rules
from loyalty_admin.promotions import sentences
from tests.promotions.terms import SAY, of_kind, otherwise_idle, percent, terms

NBSP = "\u00a0"
TIERS = (percent(7, 30_000), percent(3))


def in_a_list(found: Terms) -> str:
    return sentences.in_a_list(found, SAY).replace(NBSP, " ")


def in_full(found: Terms) -> str:
    return sentences.in_full(found, SAY).replace(NBSP, " ")


def lacks(said: str, parts: Sequence[str]) -> str:
    """The first of the parts that does not follow on those before it; "" where none lacks."""
    place = 0
    for part in parts:
        place = said.casefold().find(part.casefold(), place) + len(part)
        if place < len(part):
            return part
    return ""


# The only whole sentences that the tests know, one for each way in which rules are said.
WHOLE = [
    (
        of_kind("cashback_accumulative_paid_visits", percent(3, 2), percent(7, 10)),
        "Cashback 3 % of paid from 2 visits, 7 % from 10",
    ),
    (
        of_kind("cashback_sold_visits", percent(20), visit_multiplicity=5, products="not_allowed"),
        "Cashback 20 % of the bill on every 5th visit on services only",
    ),
    (
        of_kind("package_discount", percent(50, service_id=8), sold_items_multiplicity=3),
        "With 3 paid services: 50 % off Peeling",
    ),
]


def test_sentences_read_well() -> None:
    assert [in_a_list(found) for found, _said in WHOLE] == [said for _found, said in WHOLE]


# Terms, and what their sentence names, in this order.
FACTS: list[tuple[Terms, list[str]]] = [
    (of_kind("discount_static", percent(12.5)), ["12.5 %"]),
    (of_kind("discount_static", percent(15), value_unit="amount"), ["15 €"]),
    (
        of_kind("discount_accumulative_visits", percent(10, 10), percent(5, 3)),
        ["5 %", "3 visits", "10 %", "10"],
    ),
    (of_kind("discount_accumulative_visits", percent(5, 1)), ["5 %", "1 visit"]),
    (of_kind("discount_accumulative_sold", *TIERS), ["3 %", "7 %", "30,000 €", "bought"]),
    (of_kind("discount_accumulative_paid", *TIERS), ["3 %", "7 %", "30,000 €", "paid"]),
    (of_kind("cashback_static_sold", percent(5)), ["cashback", "5 %", "bill"]),
    (of_kind("cashback_static_paid", percent(5)), ["cashback", "5 %", "paid"]),
    (of_kind("cashback_static_paid", percent(5), value_unit="amount"), ["cashback", "5 €"]),
    (
        of_kind("cashback_accumulative_sold", *TIERS),
        ["cashback", "3 %", "bill", "7 %", "30,000 €", "bought"],
    ),
    (
        of_kind("cashback_accumulative_paid", *TIERS),
        ["cashback", "3 %", "paid", "7 %", "30,000 €", "paid"],
    ),
    (
        of_kind("cashback_accumulative_sold_visits", percent(3), percent(7, 10)),
        ["cashback", "3 %", "bill", "7 %", "10 visits"],
    ),
    (of_kind("cashback_paid_visits", percent(20), visit_multiplicity=2), ["20 %", "paid", "2nd"]),
    (
        of_kind("package_discount", percent(50, service_id=77), percent(5, service_id=8)),
        ["1 paid service", "5 %", "Peeling", "50 %", "77"],
    ),
    (of_kind("lottery", percent(5)), ["lottery"]),
]  # fmt: skip


def test_each_type_names_its_values_and_thresholds() -> None:
    lacking = {in_a_list(found): lacks(in_a_list(found), parts) for found, parts in FACTS}
    assert {said: part for said, part in lacking.items() if part} == {}


def test_types_that_differ_are_said_differently() -> None:
    """Also in what they look at: the bill, or what is paid."""
    said = {in_a_list(of_kind(kind, *TIERS, visit_multiplicity=2)) for kind in KINDS}
    # Both with one value do the same on every so many visits.
    assert len(said) == len(KINDS) - 2
    nothing, unknown = in_a_list(of_kind("discount_static")), in_a_list(of_kind("lottery"))
    assert len({nothing, unknown} | said) == len(KINDS)


def test_every_visit_and_no_limit_need_no_words() -> None:
    every = of_kind("cashback_paid_visits", percent(20))
    assert in_a_list(every) == in_a_list(replace(every, kind="cashback_static_paid"))
    assert "1" not in in_a_list(every)
    # A limit of uses means something for bonuses only.
    static = of_kind("discount_static", percent(5))
    assert in_full(replace(static, usage_limit=3)) == in_full(static)
    bonus = in_full(of_kind("cashback_static_paid", percent(5), usage_limit=1))
    assert lacks(bonus, ["5 %", ".", "1 use"]) == ""


SCOPES = ("any_allowed", "not_allowed", "custom_allowed")


def test_what_it_counts_for_is_said() -> None:
    static = of_kind("discount_static", percent(5))
    said = {
        (services, products): in_a_list(replace(static, services=services, products=products))
        for services in SCOPES
        for products in SCOPES
    }
    assert len({*said.values()}) == len(said)
    plain = said["any_allowed", "any_allowed"]
    assert all(one.startswith(plain) for one in said.values())
    assert in_a_list(replace(static, services="something")) == plain
    lacking = [
        (one, scopes)
        for scopes, one in said.items()
        for scope, what in zip(scopes, ("services", "products"), strict=True)
        if len({*scopes}) == 2 and (what in one) != (scope != "not_allowed")
    ]
    assert lacking == []


def test_list_shows_the_first_tiers_and_the_last() -> None:
    tiers = [percent(number, number * 100) for number in range(1, 7)]
    found = of_kind("discount_accumulative_sold", *tiers)
    first = ["1 %", "100 €", "2 %", "200", "3 %", "300"]
    assert lacks(in_a_list(found), [*first, "…", "6 %", "600"]) == ""
    assert "400" not in in_a_list(found) and "500" not in in_a_list(found)
    # What would be left out is as short as the dots are.
    four = in_a_list(replace(found, rules=tuple(tiers[:4])))
    assert lacks(four, [*first, "4 %", "400"]) == "" and "…" not in four
    assert lacks(in_full(found), [*first, "4 %", "400", "5 %", "500", "6 %", "600"]) == ""
    assert "…" not in in_full(found)


def test_everything_that_it_does_is_said_in_full() -> None:
    static = of_kind("discount_static", percent(5))
    expected: list[tuple[dict[str, Any], list[str]]] = [
        ({"location_ids": (501,)}, ["Centre <b>"]),
        ({"location_ids": (501, 599)}, ["Centre <b>", "599"]),
        ({"location_ids": (501, 502, 503, 504)}, ["Centre <b>", "North", "South", "1"]),
        ({"location_ids": (501, 502, 503, 504, 505)}, ["5"]),
        ({"expiration": 6, "expiration_unit": "month"}, ["6 months"]),
        (
            {"expiration": 1, "expiration_unit": "week", "expiration_notice": 2},
            ["1 week", "2 days"],
        ),
    ]
    for others, parts in expected:
        said = in_full(replace(static, **others))
        assert said.startswith(f"{in_a_list(static)}. ") and said.endswith(".")
        assert lacks(said.removeprefix(in_a_list(static)), parts) == "", said
    assert in_full(static) == f"{in_a_list(static)}."
    # All of them are counted, not named.
    assert "North" not in in_full(replace(static, location_ids=(501, 502, 503, 504, 505)))


def test_sentence_claims_nothing_that_is_not_known() -> None:
    """What Altegio did not say is neither a number nor a word that it could have said."""
    for kind, name in (
        ("discount_static", "services"),
        ("discount_static", "products"),
        ("discount_static", "value_unit"),
        ("cashback_sold_visits", "visit_multiplicity"),
        ("package_discount", "sold_items_multiplicity"),
    ):
        known = of_kind(kind, percent(7, service_id=8), visit_multiplicity=2)
        said = in_a_list(replace(known, **{name: NOT_KNOWN[name]}))
        assert "7" in said and str(NOT_KNOWN[name]) not in said
        assert said != in_a_list(known)
        assert not {"%", "€"} & {*said} or name != "value_unit"
        assert "2nd" not in said or name != "visit_multiplicity"


# For all


@pytest.mark.slow
@given(terms())
def test_sentence_of_any_promotion_names_every_value(found: Terms) -> None:
    assert altegio_rules.problems(found) == []
    ordered = normal_rules(found)
    is_cut = KINDS[found.kind].rules == "tiers"
    for said, named in (
        (sentences.in_a_list(found, SAY), [*ordered[:3], ordered[-1]] if is_cut else ordered),
        (sentences.in_full(found, SAY), ordered),
    ):
        assert said and said[0] == said[0].upper()
        for rule in named:
            assert SAY.value(found, rule.value).casefold() in said.casefold()
            if rule.service_id:
                assert SAY.service(rule.service_id) in said
            if rule.threshold:
                assert f"{rule.threshold:,}" in said


@given(terms())
def test_sentence_does_not_depend_on_what_means_nothing(found: Terms) -> None:
    other = otherwise_idle(found)
    assert sentences.in_a_list(other, SAY) == sentences.in_a_list(found, SAY)
    assert sentences.in_full(other, SAY) == sentences.in_full(found, SAY)
    turned = replace(found, rules=found.rules[::-1])
    assert sentences.in_full(turned, SAY) == sentences.in_full(found, SAY)
