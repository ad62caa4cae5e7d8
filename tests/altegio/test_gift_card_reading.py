"""Gift card types as answers give them: flat, in mixed types, with gaps."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.altegio import payloads
from loyalty_admin.altegio.errors import UnreadableAnswer
from loyalty_admin.altegio.gift_card_types import SCHEMA, GiftCardType, Terms, to_api
from tests.altegio.gift_cards import (
    ANYTHING,
    CHAIN,
    LASTING,
    MOMENT,
    RAW,
    UNTIL,
    read,
    without,
)


def test_every_term_is_read() -> None:
    assert read().terms == Terms(
        title="Fifty",
        face_value=Decimal("49.95"),
        location_ids=(501, 502),
        several_uses=True,
        covers=3,
        service_ids=(11, 12),
        balance_editing=2,
        online_sale=True,
        online_title="Fifty",
        online_description="For her",
        online_price=Decimal(45),
    )
    assert read().unreadable == ()


def test_what_stands_beside_the_terms_is_read() -> None:
    found = read(is_archived="1", date_archived="2026-03-31T18:00:00+03:00", released_total="7")
    assert (found.id, found.chain_id, found.issued) == (77, CHAIN, 7)
    assert (found.is_archived, found.archived_at) == (True, "2026-03-31T18:00:00+03:00")
    assert found.covers_title == "Named services"
    assert found.image_url == "https://images.example/1.jpg"
    bare = GiftCardType.from_api({"id": "5"})
    assert (bare.chain_id, bare.issued, bare.is_archived) == (None, None, False)
    assert (bare.archived_at, bare.image_url, bare.covers_title) == ("", "", "")


def test_fixed_date_is_read_with_its_offset() -> None:
    found = read(**UNTIL)
    assert (found.terms.validity_kind, found.terms.expires_at) == (1, MOMENT)
    assert found.terms.expires_at and found.terms.expires_at.utcoffset() == timedelta(hours=2)
    assert found.unreadable == ()


def test_period_is_read() -> None:
    terms = read(**LASTING).terms
    assert (terms.validity_kind, terms.validity, terms.validity_unit) == (2, 6, 3)
    assert read(**LASTING).unreadable == ()


def test_numbers_and_flags_may_come_as_text() -> None:
    mixed = read(
        balance="49.95",
        is_multi="1",
        is_allow_empty_code=0,
        balance_edit_type_id="2",
        expiration_type_id="0",
        online_sale_is_enabled="true",
        online_sale_price="45.00",
        item_type={"id": "3", "title": "Named services"},
        service_ids=["11", 12],
        salon_ids=[501, "502"],
    )
    assert mixed.terms == read().terms
    assert mixed.unreadable == ()


def test_covers_is_read_under_the_name_that_has_it() -> None:
    table: list[Any] = [None, {}, {"title": "?"}, "absent"]
    wrong = {}
    for item_type in table:
        both = {"item_type_id": "4", "item_type": item_type}
        found = without("item_type", item_type_id=4) if item_type == "absent" else read(**both)
        if (found.terms.covers, found.unreadable) != (4, ()):
            wrong[repr(item_type)] = found
    assert wrong == {}


def test_unknown_balance_editing_is_kept() -> None:
    found = read(balance_edit_type_id=7)
    assert found.unreadable == ()
    assert to_api(found.terms, read=found.raw)["balance_edit_type_id"] == 7


def relevant(name: str) -> Mapping[str, Any]:
    """The kind of validity in which the term means something."""
    kinds: dict[str, Mapping[str, Any]] = {"expires_at": UNTIL, "validity": LASTING}
    return kinds.get(name.removesuffix("_unit"), {})


def test_missing_term_is_named() -> None:
    wrong = {
        name: found
        for name, spec in SCHEMA.specs.items()
        if (found := without(*spec.keys, **relevant(name)).unreadable) != spec.keys[:1]
    }
    assert wrong == {}


def test_garbled_term_is_named_and_not_guessed() -> None:
    table: list[tuple[str, Any]] = [
        ("title", None),
        ("balance", None),
        ("balance", "a lot"),
        ("balance", float("nan")),
        ("is_multi", None),
        ("is_multi", 2),
        ("is_allow_empty_code", "perhaps"),
        ("item_type", None),
        ("item_type", {}),
        ("item_type", {"id": "all"}),
        ("service_ids", {"0": 11}),
        ("service_ids", [11, None]),
        ("salon_ids", "all"),
        ("salon_ids", [501, "everywhere"]),
        ("balance_edit_type_id", None),
        ("balance_edit_type_id", True),
        ("expiration_type_id", None),
        ("expiration_type_id", "never"),
        ("online_sale_is_enabled", "2"),
        ("online_sale_title", ["x"]),
        ("online_sale_price", {}),
        ("category_id", "x"),
    ]
    wrong = {
        repr((key, value)): found
        for key, value in table
        if (found := read(**{key: value}).unreadable) != (key,)
    }
    assert wrong == {}


def test_date_that_is_no_moment_is_named_where_it_counts() -> None:
    table: list[Any] = [
        None,
        "",
        "soon",
        0,
        "2030-12-31",
        "2030-12-31T23:59:59",
        "2030-02-30T00:00:00+02:00",
        "9999-12-31T23:59:59-05:00",
        ["2030-12-31T23:59:59+02:00"],
    ]
    wrong = {
        repr(date): found
        for date in table
        if (found := read(**UNTIL | {"expiration_date": date}).unreadable) != ("expiration_date",)
    }
    assert wrong == {}


def test_period_that_is_none_is_named_where_it_counts() -> None:
    values: list[Any] = [None, "long", 1.5]
    wrong = {
        (key, value): found
        for key, value in product(["expiration_timeout", "expiration_timeout_unit_id"], values)
        if (found := read(**LASTING | {key: value}).unreadable) != (key,)
    }
    assert wrong == {}


def test_what_means_nothing_may_be_anything() -> None:
    odds: list[Any] = [None, "", "0000-00-00", []]
    times = ("expiration_date", "expiration_timeout", "expiration_timeout_unit_id")
    assert without(*times).unreadable == ()
    wrong = {}
    for odd in odds:
        endless = {**dict.fromkeys(times, odd), "item_type": {"id": 0}, "service_ids": odd}
        found = (
            read(**endless).unreadable,
            read(**UNTIL, expiration_timeout=odd, expiration_timeout_unit_id=odd).unreadable,
            read(**LASTING, expiration_date=odd).unreadable,
        )
        if found != ((), (), ()):
            wrong[repr(odd)] = found
    assert wrong == {}


def test_null_is_a_term_that_is_not_set() -> None:
    table: list[tuple[str, str, Any]] = [
        ("category_id", "category_id", None),
        ("online_sale_title", "online_title", ""),
        ("online_sale_price", "online_price", None),
        ("online_sale_is_enabled", "online_sale", False),
        ("is_allow_empty_code", "sold_without_code", False),
        ("salon_ids", "location_ids", ()),
        ("service_ids", "service_ids", ()),
    ]
    wrong = {}
    for key, name, nothing in table:
        found = read(**{key: None})
        if (found.unreadable, getattr(found.terms, name)) != ((), nothing):
            wrong[key] = found
    assert wrong == {}


def test_no_type_at_all_is_said() -> None:
    table: list[Any] = [None, [], "type", {}, {"id": "x"}, {"id": True}]
    taken = []
    for raw in table:
        with suppress(UnreadableAnswer):
            taken.append((raw, GiftCardType.from_api(raw)))
    assert taken == []


def test_picture_is_linked_only_by_a_safe_address() -> None:
    assert read(online_sale_image="javascript:alert(1)").image_url == ""


@given(st.dictionaries(st.sampled_from(sorted(RAW.keys() - {"id"})), ANYTHING))
def test_no_answer_is_too_odd_to_read(changes: dict[str, Any]) -> None:
    found = read(**changes)
    # Whatever was understood can be sent and compared.
    payloads.encode(to_api(found.terms))
    assert SCHEMA.differing(found.terms, found.terms) == []
    assert set(found.unreadable) <= {
        *changes,
        # They count, where another key says so.
        *("expiration_date", "expiration_timeout", "expiration_timeout_unit_id"),
    }
