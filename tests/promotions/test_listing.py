"""What rows of promotions are sorted and narrowed by, and what is odd about them."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty_admin.altegio.promotions import Promotion, Terms, create_body
from loyalty_admin.catalog.listing import PAGE_SIZES, Query
from loyalty_admin.promotions.listing import SHAPE, Attention, Row, row_of
from tests.altegio.test_promotion_terms import FULL, answer_to, of_kind
from tests.promotions.terms import percent, terms


def row(number: int, title: str = "", **fields: Any) -> Row:
    about = {name: fields.pop(name) for name in ("reported_in", "is_whole") if name in fields}
    found = Terms(**{"title": title, "kind": "discount_static", "location_ids": (501,), **fields})
    return Row(id=number, terms=found, **{"reported_in": (501,), "is_whole": True, **about})


def ids(rows: list[Row], **asked: Any) -> list[int]:
    return [found.id for found in SHAPE.select(rows, Query(**asked), Attention(rows).marks)]


def marks(*rows: Row) -> list[tuple[str, ...]]:
    attention = Attention(rows)
    return [attention.marks(each) for each in rows]


def test_search_wants_every_word_in_any_case() -> None:
    rows = [row(1, "Straße der Ruhe"), row(2, "СКИДКА маме"), row(3, "скидка папе")]
    assert ids(rows, search="скидка ПАПЕ") == [3]
    assert ids(rows, search="STRASSE") == [1]


def test_expiry_is_sorted_by_how_long_it_is() -> None:
    rows = [
        row(1),
        row(2, expiration=40, expiration_unit="day"),
        row(3, expiration=1, expiration_unit="month"),
        row(4, expiration=1, expiration_unit="year"),
        row(5, expiration=5, expiration_unit="week"),
        # Never, whatever unit stands beside it.
        row(6, expiration=0, expiration_unit="day"),
    ]
    assert ids(rows, sort="expires") == [3, 5, 2, 4, 1, 6]
    assert ids(rows, sort="expires", descending=True) == [1, 6, 4, 2, 5, 3]


def test_sums_of_money_are_sorted_apart_from_percents() -> None:
    rows = [
        row(1, rules=(percent(90),)),
        row(2, rules=(percent(5), percent(50, 100))),
        row(3, rules=(percent(60),), value_unit="amount"),
        row(4, rules=(percent(7),), value_unit="amount"),
        row(5),
    ]
    assert ids(rows, sort="gives") == [4, 3, 5, 2, 1]


def test_type_that_is_not_known_gives_neither() -> None:
    rows = [row(1, kind="lottery"), row(2), row(3, kind="cashback_static_paid")]
    assert ids(rows, filters={"gives": "discount"}) == [2]
    assert ids(rows, filters={"gives": "bonus"}) == [3]
    assert ids(rows) == [1, 2, 3]


def test_location_is_where_it_is_valid_and_else_where_it_is_reported() -> None:
    rows = [
        row(1, location_ids=(502,), reported_in=(501,)),
        row(2, location_ids=(), reported_in=(501,), is_whole=False),
    ]
    assert ids(rows, location=501) == [2]
    assert ids(rows, location=502) == [1]


def test_ties_are_in_the_order_of_titles() -> None:
    same = [row(1, "b"), row(2, "A"), row(3, "a")]
    for sort in SHAPE.sorts.keys() - {"title"}:
        assert ids(same, sort=sort) == ids(same, sort=sort, descending=True) == [2, 3, 1], sort


# What is odd


FALLING = (percent(5), percent(3, 100))
PAID = "discount_accumulative_paid"


def test_each_oddity_is_marked_and_nothing_else() -> None:
    assert marks(row(1, "a", location_ids=(), reported_in=())) == [("no location",)]
    assert marks(row(1, "a", reported_in=())) == [("reported by no location",)]
    assert marks(row(1, "a", kind=PAID, rules=FALLING)) == [("a higher tier gives less",)]
    found = marks(row(1, "Five  percent"), row(2, " FIVE percent"), row(3, "five"))
    assert found == [("duplicate title",), ("duplicate title",), ()]


def test_what_is_not_known_or_means_nothing_is_not_odd() -> None:
    for one in (
        # What its locations are is not known, so nothing is said of them.
        row(1, "a", location_ids=(), is_whole=False),
        row(1, "a", kind=PAID, rules=FALLING[:1]),
        row(1, "a", kind="package_discount", rules=FALLING),
    ):
        assert marks(one) == [()]


# The address

QUERIES = st.builds(
    Query,
    tab=st.sampled_from(["active", "archived"]),
    search=st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), max_size=50),
    sort=st.sampled_from(list(SHAPE.sorts)),
    descending=st.booleans(),
    attention=st.booleans(),
    location=st.none() | st.integers(0, 10**12),
    filters=st.fixed_dictionaries(
        {},
        optional={name: st.sampled_from(list(choices)) for name, choices in SHAPE.filters.items()},
    ),
    page=st.integers(1, 10**6),
    size=st.sampled_from(PAGE_SIZES),
)


@given(QUERIES)
def test_address_says_the_whole_query(query: Query) -> None:
    assert SHAPE.query(QueryDict(query.url(page=query.page)[1:])) == query


ASKED = ["q", "tab", "sort", "page", "size", "location", "attention", *SHAPE.filters]


@given(st.dictionaries(st.sampled_from(ASKED), st.text(max_size=30)))
def test_any_address_makes_some_query(asked: dict[str, str]) -> None:
    data = QueryDict(mutable=True)
    data.update(asked)
    query = SHAPE.query(data)
    assert query.page >= 1
    assert query.size in PAGE_SIZES
    assert SHAPE.query(QueryDict(query.url(page=query.page)[1:])) == query


# Rows


def test_row_holds_what_was_read() -> None:
    found = of_kind("package_discount")
    raw = {**answer_to(create_body(found)), "id": "7"}
    made = row_of(Promotion.from_api(raw), (49,))
    assert (made.id, made.title, made.is_whole) == (7, FULL.title, True)
    assert (made.location_ids, made.reported_in) == (FULL.location_ids, (49,))
    assert made.terms.rules == FULL.rules
    del raw["rules"]
    partial = row_of(Promotion.from_api(raw), (49,))
    assert not partial.is_whole
    assert partial.location_ids == (49,)


@pytest.mark.slow
@settings(max_examples=20)
@given(st.lists(terms(), max_size=6))
def test_every_promotion_can_be_sorted_and_filtered(found: list[Terms]) -> None:
    rows = [
        Row(id=number, terms=one, reported_in=one.location_ids, is_whole=True)
        for number, one in enumerate(found)
    ]
    for sort in SHAPE.sorts:
        assert sorted(ids(rows, sort=sort)) == list(range(len(rows)))
    for name in ("gives", "kind"):
        kept = [one for value in SHAPE.filters[name] for one in ids(rows, filters={name: value})]
        assert sorted(kept) == list(range(len(rows)))
