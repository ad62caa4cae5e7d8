"""The worked example: what a promotion does with a bill, computed from its terms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given

from loyalty_admin.altegio.promotion_kinds import KINDS
from loyalty_admin.altegio.promotions import NOT_KNOWN, Terms, normal_rules
from loyalty_admin.promotions import facts, kinds
from loyalty_admin.promotions.examples import CENT, Example, Line, example
from tests.promotions.terms import SAY, of_kind, otherwise_idle, percent, terms

pytestmark = pytest.mark.slow

DISCOUNTS = [name for name, kind in KINDS.items() if kind.gives == "discount"]
BONUSES = [name for name, kind in KINDS.items() if kind.gives == "bonus"]


def worked(found: Terms) -> Example:
    example_of_it = example(found, SAY)
    assert example_of_it is not None
    return example_of_it


def numbers(text: object) -> list[str]:
    return re.findall(r"[0-9][0-9,.]*[0-9]|[0-9]", str(text))


def lines(found: Terms) -> list[tuple[list[str], str, str]]:
    """Of each line: the numbers that say whose it is, the rate, and what is given."""
    return [
        (numbers(line.who), line.rate.replace("\u00a0", " "), f"{line.given:f}")
        for line in worked(found).lines
    ]


def ruled_lines(found: Terms) -> Sequence[Line]:
    """The lines of the rules; those before them are of clients who get nothing yet."""
    return worked(found).lines[-len(found.rules) :]


# Worked by hand


def test_discount_that_grows_has_a_line_for_each_kind_of_client() -> None:
    found = of_kind("discount_accumulative_visits", percent(10, 10), percent(5, 3))
    assert lines(found) == [
        (["3"], "0 %", "0.00"),
        (["3"], "5 %", "5.00"),
        (["10"], "10 %", "10.00"),
    ]
    assert worked(found).paid == worked(found).bill == 100


def test_tiers_from_nothing_begin_with_a_new_client() -> None:
    found = of_kind("cashback_accumulative_paid", percent(3), percent(7, 30_000))
    assert lines(found) == [
        ([], "3 %", "2.40"),
        (["30,000"], "7 %", "5.60"),
    ]


def test_bonuses_of_paid_leave_out_what_bonuses_paid() -> None:
    for kind, brings in (("cashback_static_paid", 4), ("cashback_static_sold", 5)):
        found = worked(of_kind(kind, percent(5)))
        assert found.bill == 100
        assert found.paid == 80
        assert found.lines[0].given == brings


def test_visits_between_bring_nothing() -> None:
    assert lines(of_kind("cashback_sold_visits", percent(20), visit_multiplicity=5)) == [
        (["1", "4"], "0 %", "0.00"),
        (["5"], "20 %", "20.00"),
    ]
    second = of_kind("cashback_sold_visits", percent(20), visit_multiplicity=2)
    assert [whose for whose, _rate, _given in lines(second)] == [["1"], ["2"]]
    assert lines(of_kind("cashback_sold_visits", percent(20))) == [([], "20 %", "20.00")]


def test_package_has_a_line_for_each_service() -> None:
    found = of_kind("package_discount", percent(50, service_id=8), percent(100, service_id=7))
    assert [line.who for line in worked(found).lines] == ["Haircut & <i>care</i>", "Peeling"]
    assert [given for _who, _rate, given in lines(found)] == ["100.00", "50.00"]


def test_caption_names_the_bill_and_what_of_it_is_paid_with_bonuses() -> None:
    captions = {
        kind: table["caption"]
        for kind in ("discount_static", "package_discount", "cashback_static_paid")
        if (table := facts.worked(of_kind(kind, percent(50, service_id=8)), SAY))
    }
    assert [numbers(caption) for caption in captions.values()] == [["100"], ["100"], ["100", "20"]]
    # In a package each service costs so much, not the bill.
    assert len({*captions.values()}) == 3


def test_bill_is_larger_than_any_sum_that_is_given() -> None:
    found = worked(of_kind("discount_static", percent(4321), value_unit="amount"))
    assert found.bill == 10_000
    assert found.lines[0].given == 4321


def test_cents_are_rounded() -> None:
    assert lines(of_kind("cashback_static_paid", percent(33.33)))[0][2] == "26.66"
    assert lines(of_kind("discount_static", percent(0.005)))[0][2] == "0.01"


def test_nothing_is_computed_where_nothing_is_known() -> None:
    for found in (Terms(), of_kind("discount_static"), of_kind("x", percent(5))):
        assert example(found, SAY) is None
        assert facts.worked(found, SAY) is None
    for name in ("value_unit", "visit_multiplicity"):
        found = of_kind("cashback_paid_visits", percent(5), **{name: NOT_KNOWN[name]})
        assert example(found, SAY) is None, name


# What the explanation of a type tells: of a bill what is given, or what is left to pay.
TOLD = {
    "discount_static": (10, "pays"),
    "discount_accumulative_visits": (10, "pays"),
    "discount_accumulative_sold": (10, "pays"),
    "discount_accumulative_paid": (10, "pays"),
    "cashback_static_sold": (5, "given"),
    "cashback_static_paid": (5, "given"),
    "cashback_accumulative_sold": (7, "given"),
    "cashback_accumulative_paid": (7, "given of 100 paid"),
    "cashback_accumulative_sold_visits": (7, "given"),
    "cashback_accumulative_paid_visits": (7, "given of 100 paid"),
    "cashback_sold_visits": (20, "given"),
    "cashback_paid_visits": (20, "given of 100 paid"),
}


def test_explanation_of_a_type_tells_what_the_example_computes() -> None:
    assert kinds.TEXTS.keys() == KINDS.keys()
    wrong = {}
    for kind, (rate, what) in TOLD.items():
        result = worked(of_kind(kind, percent(rate)))
        given = result.lines[-1].given
        figure = {
            "pays": result.bill - given,
            "given": given,
            "given of 100 paid": given / result.paid * 100,
        }[what]
        told = numbers(kinds.TEXTS[kind].example)
        if not {f"{rate}", "100", f"{figure:.0f}"} <= {*told}:
            wrong[kind] = told
    assert wrong == {}


# For all


@given(terms(DISCOUNTS))
def test_discount_and_what_is_paid_make_the_bill(found: Terms) -> None:
    table = facts.worked(found, SAY)
    assert table is not None
    for line in worked(found).lines:
        assert 0 <= line.given <= worked(found).bill
    for row, line in zip(table["rows"], worked(found).lines, strict=True):
        _who, _rate, given_away, pays = row
        assert given_away == SAY.money(line.given)
        assert pays == SAY.money(worked(found).bill - line.given)


@given(terms(BONUSES))
def test_bonuses_are_never_more_than_their_percentage_of_what_counts(found: Terms) -> None:
    result = worked(found)
    assert 0 < result.paid < result.bill
    reckoned = result.paid if KINDS[found.kind].reckons == "paid" else result.bill
    for rule, line in zip(normal_rules(found), ruled_lines(found), strict=True):
        if found.value_unit == "amount":
            assert line.given == rule.value <= result.bill
        else:
            assert abs(line.given - reckoned * rule.value / 100) <= CENT / 2
            assert 0 <= line.given <= reckoned


@given(terms())
def test_every_rule_has_its_line_and_whoever_has_nothing_yet_one_before(found: Terms) -> None:
    result = worked(found)
    for rule, line in zip(normal_rules(found), ruled_lines(found), strict=True):
        assert line.rate == SAY.value(found, rule.value)
    before = result.lines[: -len(found.rules)]
    assert len(before) <= 1
    assert all(line.given == 0 for line in before)


@given(terms())
def test_table_has_a_cell_for_each_column(found: Terms) -> None:
    table = facts.worked(found, SAY)
    assert table is not None
    for row in table["rows"]:
        assert len(row) == len(table["columns"])
        assert all(isinstance(cell, str) and cell for cell in row)


@given(terms())
def test_example_does_not_depend_on_what_means_nothing(found: Terms) -> None:
    assert facts.worked(otherwise_idle(found), SAY) == facts.worked(found, SAY)
    assert facts.worked(replace(found, rules=found.rules[::-1]), SAY) == facts.worked(found, SAY)
