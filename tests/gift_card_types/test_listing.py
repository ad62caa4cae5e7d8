"""What rows of gift card types are sorted and narrowed by, and the address that asks for it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.altegio.gift_card_types import GiftCardType
from loyalty_admin.catalog.attention import AttentionOnSale
from loyalty_admin.catalog.listing import PAGE_SIZES, Query
from loyalty_admin.gift_card_types.listing import SHAPE, Row, row_of
from tests.altegio.gift_cards import RAW

BLANK: dict[str, Any] = {
    "location_ids": (),
    "several_uses": False,
    "covers": 0,
    "validity_kind": 0,
    "expires_at": None,
    "validity": 0,
    "validity_unit": 0,
    "online_sale": False,
    "online_price": None,
    "issued": 0,
    "archived_by_altegio": False,
}


def row(number: int, title: str = "", value: int = 0, **fields: Any) -> Row:
    return Row(id=number, title=title, face_value=Decimal(value), **{**BLANK, **fields})


def ids(rows: list[Row], **asked: Any) -> list[int]:
    return [found.id for found in SHAPE.select(rows, Query(**asked), AttentionOnSale(rows).marks)]


def until(text: str) -> dict[str, Any]:
    return {"validity_kind": 1, "expires_at": datetime.fromisoformat(text)}


def lasting(number: int, unit: int) -> dict[str, Any]:
    return {"validity_kind": 2, "validity": number, "validity_unit": unit}


def test_search_wants_every_word_in_any_case() -> None:
    rows = [row(1, "Straße der Ruhe"), row(2, "ПОДАРОК маме"), row(3, "подарок папе")]
    assert ids(rows, search="подарок ПАПЕ") == [3]
    assert ids(rows, search="STRASSE") == [1]


def test_validity_is_sorted_by_how_long_it_is() -> None:
    rows = [
        row(1),
        row(2, **until("2030-01-01T01:00:00+02:00")),
        row(3, **until("2030-01-01T00:30:00+01:00")),
        row(4, **lasting(40, 1)),
        row(5, **lasting(1, 3)),
        row(6, **lasting(1, 4)),
        row(7, **lasting(5, 2)),
        # A date that Altegio garbled ends nothing that is known.
        row(8, validity_kind=1),
        row(9, validity_kind=6),
    ]
    assert ids(rows, sort="validity") == [5, 7, 4, 6, 2, 3, 1, 8, 9]
    assert ids(rows, sort="validity", descending=True) == [1, 8, 9, 3, 2, 6, 4, 7, 5]


def test_unknown_count_is_neither_issued_nor_never_issued() -> None:
    rows = [row(1, issued=None), row(2, issued=0), row(3, issued=4)]
    assert ids(rows, filters={"issued": "yes"}) == [3]
    assert ids(rows, filters={"issued": "no"}) == [2]


def test_unknown_kind_of_validity_is_none_of_the_known() -> None:
    rows = [row(1, validity_kind=7), row(2)]
    found = [ids(rows, filters={"validity": value}) for value in SHAPE.filters["validity"]]
    assert found == [[2], [], []]


def test_either_archive_hides_a_type_from_the_active_ones() -> None:
    rows = [row(1), row(2, archived_by_altegio=True), row(3, archived_here=True)]
    assert ids(rows) == [1]
    assert ids(rows, tab="archived") == [2, 3]


def test_sorting_loses_nobody_and_ties_are_in_the_order_of_titles() -> None:
    rows = [
        row(n, str(n % 3), n % 5, issued=None, **(until("2030-01-01T00:00Z") if n % 2 else {}))
        for n in range(30)
    ]
    same = [row(1, "b"), row(2, "A"), row(3, "a")]
    for sort in SHAPE.sorts:
        for descending in (False, True):
            assert sorted(ids(rows, sort=sort, descending=descending)) == list(range(30)), sort
            if sort != "title":
                assert ids(same, sort=sort, descending=descending) == [2, 3, 1], sort


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


def test_row_holds_what_was_read() -> None:
    item = GiftCardType.from_api({**RAW, "released_total": "3", "is_archived": 1})
    made = row_of(item)
    for name in ("title", "face_value", "location_ids", "several_uses", "covers", "online_price"):
        assert getattr(made, name) == getattr(item.terms, name)
    assert made.price == item.terms.face_value
    assert (made.issued, made.archived_by_altegio, made.archived_here) == (3, True, False)
    assert made.is_archived
