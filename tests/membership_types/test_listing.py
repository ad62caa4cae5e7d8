"""Searching, sorting and filtering rows, and the address that asks for it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty_admin.altegio.membership_services import CoveredService
from loyalty_admin.altegio.membership_types import MembershipType
from loyalty_admin.catalog.attention import AttentionOnSale
from loyalty_admin.catalog.listing import PAGE_SIZES, Query
from loyalty_admin.membership_types.listing import (
    SHAPE,
    Row,
    activation_titles,
    row_of,
)

BLANK: dict[str, Any] = {
    "location_ids": (),
    "validity": 0,
    "validity_unit": 0,
    "is_pooled": False,
    "is_pool_unlimited": False,
    "visits": 1,
    "has_unlimited": False,
    "freezing": False,
    "online_sale": False,
    "online_price": None,
    "sold": 0,
    "activation": 1,
    "activation_title": "",
    "is_archived": False,
}


def row(number: int, title: str = "", price: int = 0, **fields: Any) -> Row:
    return Row(id=number, title=title, price=Decimal(price), **{**BLANK, **fields})


def ids(rows: list[Row], **asked: Any) -> list[int]:
    return [found.id for found in SHAPE.select(rows, Query(**asked), AttentionOnSale(rows).marks)]


def test_search_wants_every_word_in_any_case() -> None:
    rows = [row(1, "Straße der Ruhe"), row(2, "МАССАЖ спины"), row(3, "массаж лица")]
    assert ids(rows, search="массаж ЛИЦА") == [3]
    assert ids(rows, search="STRASSE") == [1]
    assert ids(rows, search="массаж") == [3, 2]


def test_what_is_searched_for_is_no_pattern() -> None:
    for pattern in (".", ".*", "ma%", "_assage", "(a+)+$", "[a-z]", "m|x", "\\w"):
        rows = [row(1, "massage"), row(2, f"named {pattern}")]
        assert ids(rows, search=pattern) == [2], pattern


def test_ties_are_in_the_order_of_titles_both_ways() -> None:
    rows = [row(1, "b", 5), row(2, "A", 5), row(3, "c", 1), row(4, "a", 5)]
    assert ids(rows, sort="price") == [3, 2, 4, 1]
    assert ids(rows, sort="price", descending=True) == [2, 4, 1, 3]


def test_no_end_and_no_limit_sort_as_most() -> None:
    rows = [
        row(1, validity=40, validity_unit=1),
        row(2),
        row(3, validity=1, validity_unit=3),
        row(4, validity=1, validity_unit=4),
        row(5, validity=2, validity_unit=2),
    ]
    assert ids(rows, sort="validity") == [5, 3, 1, 4, 2]
    visits = [row(1, visits=5), row(2, has_unlimited=True), row(3, visits=50)]
    assert ids(visits, sort="visits") == [1, 3, 2]


def test_filter_keeps_what_fits() -> None:
    rows = [
        row(1),
        row(2, online_sale=True, location_ids=(505,)),
        row(3, freezing=True, sold=4),
        row(4, is_pooled=True, sold=1, location_ids=(501, 505)),
    ]
    wanted: list[tuple[dict[str, Any], list[int]]] = [
        ({"filters": {"online": "on"}}, [2]),
        ({"filters": {"online": "off"}}, [1, 3, 4]),
        ({"filters": {"freezing": "yes"}}, [3]),
        ({"filters": {"freezing": "no"}}, [1, 2, 4]),
        ({"filters": {"sold": "yes"}}, [3, 4]),
        ({"filters": {"sold": "no"}}, [1, 2]),
        ({"filters": {"balance": "pooled"}}, [4]),
        ({"filters": {"balance": "split"}}, [1, 2, 3]),
        ({"location": 505}, [2, 4]),
        ({"location": 505, "filters": {"sold": "yes", "balance": "pooled"}}, [4]),
    ]
    wrong = [(asked, found) for asked, fit in wanted if (found := ids(rows, **asked)) != fit]
    assert wrong == []


def test_unknown_sold_count_is_neither_sold_nor_never_sold() -> None:
    rows = [row(1, sold=None), row(2, sold=0), row(3, sold=4)]
    assert ids(rows, filters={"sold": "yes"}) == [3]
    assert ids(rows, filters={"sold": "no"}) == [2]


def test_unlimited_filter_finds_pools_and_services() -> None:
    rows = [row(1), row(2, has_unlimited=True), row(3, is_pooled=True, is_pool_unlimited=True)]
    assert ids(rows, filters={"balance": "unlimited"}) == [2, 3]


def test_sorting_loses_nobody() -> None:
    rows = [row(number, str(number % 3), number % 5, sold=None) for number in range(30)]
    for sort in SHAPE.sorts:
        for descending in (False, True):
            assert sorted(ids(rows, sort=sort, descending=descending)) == list(range(30)), sort


queries = st.builds(
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


@settings(max_examples=50)
@given(queries)
def test_address_says_the_whole_query(query: Query) -> None:
    url = query.url(page=query.page)
    assert SHAPE.query(QueryDict(url[1:])) == query
    # What is the default is not said.
    defaults = {"tab": "active", "sort": "title", "size": "50", "page": "1"}
    said = parse_qs(url[1:], keep_blank_values=True)
    assert not [name for name, value in defaults.items() if said.get(name) == [value]]
    assert [""] not in said.values()


@settings(max_examples=50)
@given(queries)
def test_any_change_goes_to_the_first_page(query: Query) -> None:
    changed = SHAPE.query(QueryDict(query.url(sort="price", descending=True)[1:]))
    assert (changed.page, changed.sort, changed.descending) == (1, "price", True)
    assert changed.filters == query.filters


ASKED = ["q", "tab", "sort", "page", "size", "location", "attention", *SHAPE.filters]


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(ASKED), st.text(max_size=30)))
def test_any_address_makes_some_query(asked: dict[str, str]) -> None:
    data = QueryDict(mutable=True)
    data.update(asked)
    query = SHAPE.query(data)
    assert query.page >= 1
    assert query.size in PAGE_SIZES
    assert SHAPE.query(QueryDict(query.url(page=query.page)[1:])) == query


def test_row_counts_what_means_something() -> None:
    def made(**terms: Any) -> Row:
        read = MembershipType.from_api({"id": 1, "title": "x"})
        services = (
            CoveredService(id=1, is_category=False, visits=3),
            CoveredService(id=2, is_category=False, visits=9, is_unlimited=True),
            CoveredService(id=3, is_category=True, visits=4),
        )
        return row_of(replace(read, terms=replace(read.terms, services=services, **terms)))

    split = made(is_pooled=False, pool_visits=99, is_pool_unlimited=True)
    assert (split.visits, split.has_unlimited, split.is_pool_unlimited) == (7, True, False)
    pooled = made(is_pooled=True, pool_visits=20)
    assert (pooled.visits, pooled.has_unlimited, pooled.is_pool_unlimited) == (20, False, False)


def test_commonest_title_names_an_activation() -> None:
    titles = ["Sale", "Sale", "On sale", ""]
    rows = [row(n, activation_title=title) for n, title in enumerate(titles)]
    rows.append(row(9, activation=2, activation_title="First visit"))
    rows.append(row(10, activation=3))
    assert activation_titles(rows) == {1: "Sale", 2: "First visit"}
