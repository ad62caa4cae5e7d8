"""Sold memberships as answers give them: in mixed types, with gaps."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.altegio.errors import UnreadableAnswer
from loyalty_admin.altegio.membership_balance import Balance, Freezing
from loyalty_admin.altegio.memberships import Membership
from tests.altegio.gift_cards import ANYTHING

RAW: Mapping[str, Any] = {
    "id": 901,
    "number": "<b>AB-1</b>",
    "balance_string": "Cut (x3)",
    "is_frozen": True,
    "freeze_period": 5,
    "period": 6,
    "period_unit_id": 3,
    "created_date": "2026-09-21T10:00:00+02:00",
    "activated_date": "2026-09-22T10:00:00.000+0200",
    "expiration_date": "2027-03-27T23:59:59-05:00",
    "is_united_balance": False,
    "is_united_balance_unlimited": False,
    "united_balance_services_count": 0,
    "goods_transaction_id": 4,
    "status": {"id": 2, "slug": "active", "title": "Active", "extended_title": "Active till"},
    "balance_container": {
        "links": [
            {"count": 3, "is_unlimited": False, "service": {"id": 92, "title": "Cut"}},
            {"count": 0, "is_unlimited": True, "category": {"id": 53, "title": "Hair"}},
        ]
    },
    "type": {
        "id": 77,
        "title": "Ten cuts",
        "salon_group_id": 7,
        "allow_freeze": True,
        "freeze_limit": 2,
        "freeze_limit_unit_id": 2,
    },
}
POOL = {"is_united_balance": True, "united_balance_services_count": 8}
ENDLESS_POOL = {"is_united_balance": True, "is_united_balance_unlimited": True}
MOMENTS = ["created_date", "activated_date", "expiration_date", "freeze_till"]


def read(**changes: Any) -> Membership:
    return Membership.from_api({**RAW, **changes})


def without(*keys: str, **changes: Any) -> Membership:
    raw = {**RAW, **changes}
    return Membership.from_api({key: raw[key] for key in raw.keys() - {*keys}})


def links(*rows: Any) -> dict[str, Any]:
    return {"links": list(rows)}


def test_everything_is_read() -> None:
    assert read() == Membership(
        id=901,
        code="<b>AB-1</b>",
        type_id=77,
        type_title="Ten cuts",
        chain_id=7,
        status="active",
        status_title="Active",
        is_frozen=True,
        frozen_days=5,
        frozen_until=None,
        period=6,
        period_unit=3,
        created_at=datetime(2026, 9, 21, 8, tzinfo=UTC),
        activated_at=datetime(2026, 9, 22, 8, tzinfo=UTC),
        expires_at=datetime(2027, 3, 28, 4, 59, 59, tzinfo=UTC),
        is_pooled=False,
        is_pool_unlimited=False,
        pool_left=0,
        balances=(
            Balance(92, is_category=False, title="Cut", left=3),
            Balance(53, is_category=True, title="Hair", left=0, is_unlimited=True),
        ),
        balance_text="Cut (x3)",
        freezing=Freezing(allowed=True, limit=2, limit_unit=2),
        unreadable=(),
        raw=RAW,
    )


def test_numbers_and_flags_may_come_as_text() -> None:
    mixed = read(
        id="901",
        is_frozen="1",
        freeze_period="5",
        period=Decimal("6.0"),
        period_unit_id="3",
        is_united_balance=0,
        is_united_balance_unlimited="false",
        united_balance_services_count="0",
        status={**RAW["status"], "id": "2"},
        balance_container=links(
            {"count": "3", "is_unlimited": "0", "service": {"id": "92", "title": "Cut"}},
            {"count": None, "is_unlimited": 1, "service": None, "category": {"id": 53.0}},
        ),
        type={
            **RAW["type"],
            "id": "77",
            "salon_group_id": "7",
            "allow_freeze": 1,
            "freeze_limit": "2",
            "freeze_limit_unit_id": "2",
        },
    )
    assert mixed.unreadable == ()
    plain = read()
    differing = {key for key in vars(plain) if getattr(plain, key) != getattr(mixed, key)}
    assert differing == {"raw", "balances"}
    assert mixed.balances == (
        plain.balances[0],
        Balance(53, is_category=True, title="", left=None, is_unlimited=True),
    )


def test_category_may_come_as_a_service() -> None:
    row = {"count": 1, "service": {"id": 53, "is_category": "1", "title": "Hair"}}
    [found] = read(balance_container=links(row)).balances
    assert found == Balance(53, is_category=True, title="Hair", left=1)


def test_pool_is_read() -> None:
    found = read(**POOL)
    assert (found.is_pooled, found.is_pool_unlimited, found.pool_left) == (True, False, 8)
    assert read(**ENDLESS_POOL).is_pool_unlimited


def test_code_may_be_a_number_or_none() -> None:
    assert read(number=12).code == "12"
    assert read(number=None).code == read(number="").code == ""


def test_status_is_read_from_its_number_or_as_it_is() -> None:
    table: list[tuple[Any, str]] = [
        ({"id": 1}, "created"),
        ({"id": "3"}, "expired"),
        ({"slug": "lost"}, "lost"),
    ]
    wrong = {
        repr(status): found
        for status, slug in table
        if ((found := read(status=status)).status, found.status_title, found.unreadable)
        != (slug, "", ())
    }
    assert wrong == {}


def test_end_of_the_freezing_is_read_where_it_is_said() -> None:
    found = read(freeze_till="2026-12-01T00:00:00+00:00")
    assert found.frozen_until == datetime(2026, 12, 1, tzinfo=UTC)
    assert found.unreadable == ()


def test_moment_that_is_not_set_is_none() -> None:
    nothings: list[Any] = [None, ""]
    wrong = {}
    for key, nothing in product(["activated_date", "expiration_date", "freeze_till"], nothings):
        found = read(**{key: nothing})
        if found != read(**{key: nothing}, goods_transaction_id=5) or found.unreadable:
            wrong[key, nothing] = found
    assert wrong == {}


def test_moment_without_an_offset_is_not_guessed() -> None:
    odds: list[Any] = ["2026-09-21", "2026-09-21T10:00:00", "0000-00-00", "soon", 0, []]
    wrong = {}
    for key, odd in product(MOMENTS, odds):
        found = read(**{key: odd})
        moments = {
            "created_date": found.created_at,
            "activated_date": found.activated_at,
            "expiration_date": found.expires_at,
            "freeze_till": found.frozen_until,
        }
        if (found.unreadable, moments[key]) != ((key,), None):
            wrong[key, repr(odd)] = found
    assert wrong == {}


def test_what_is_missing_is_named() -> None:
    pool = {"is_united_balance_unlimited", "united_balance_services_count"}
    wrong = {}
    for key in sorted(RAW.keys() - {"id", "goods_transaction_id"}):
        found = without(key, **(POOL if key in pool else {})).unreadable
        if found != (() if key == "balance_string" else (key,)):
            wrong[key] = found
    assert wrong == {}


def test_garbled_field_is_named() -> None:
    table: list[tuple[str, Any]] = [
        ("number", {}),
        ("is_frozen", None),
        ("is_frozen", "perhaps"),
        ("freeze_period", "long"),
        ("period", 1.5),
        ("period_unit_id", []),
        ("created_date", None),
        ("status", None),
        ("status", "active"),
        ("status", {"id": 9, "title": "New"}),
        ("type", None),
        ("type", 77),
        ("type", {"title": "No id"}),
        ("is_united_balance", None),
        ("balance_string", ["x"]),
        ("balance_container", None),
        ("balance_container", {}),
        ("balance_container", links(None)),
        ("balance_container", links({"count": 3})),
        ("balance_container", links({"count": 3, "service": {"title": "No id"}})),
        ("balance_container", links({"count": None, "service": {"id": 92}})),
        ("balance_container", links({"count": 3, "is_unlimited": "?", "service": {"id": 92}})),
    ]
    wrong = {
        repr((key, value)): found
        for key, value in table
        if (found := read(**{key: value}).unreadable) != (key,)
    }
    assert wrong == {}


def test_what_means_nothing_may_be_anything() -> None:
    odds: list[Any] = [None, "?", {"links": "?"}]
    table: list[tuple[str, Mapping[str, Any]]] = [
        ("is_united_balance_unlimited", {}),
        ("united_balance_services_count", {}),
        ("united_balance_services_count", ENDLESS_POOL),
        ("balance_container", POOL),
        ("balance_container", ENDLESS_POOL),
    ]
    wrong = {
        repr((key, beside, odd)): found
        for (key, beside), odd in product(table, odds)
        if (found := read(**{**beside, key: odd}).unreadable) != ()
    }
    assert wrong == {}


def test_pool_that_does_not_say_what_is_left_is_named() -> None:
    found = read(**{**POOL, "united_balance_services_count": None})
    assert found.unreadable == ("united_balance_services_count",)
    assert found.pool_left is None


def test_freezing_is_what_the_type_says() -> None:
    table: list[tuple[Any, Freezing | None]] = [
        ({"allow_freeze": 0}, Freezing(False, None, None)),
        ({"allow_freeze": "?", "freeze_limit": "14"}, Freezing(None, 14, None)),
        ({}, None),
    ]
    wrong = {
        repr(said): found
        for said, freezing in table
        if (found := read(type={"id": 77, **said}).freezing) != freezing
    }
    assert wrong == {}


def test_no_membership_at_all_is_said() -> None:
    table: list[Any] = [None, [], "membership", {}, {"id": "x"}, {"id": True}]
    taken = []
    for raw in table:
        with suppress(UnreadableAnswer):
            taken.append((raw, Membership.from_api(raw)))
    assert taken == []


@given(st.dictionaries(st.sampled_from([*sorted(RAW.keys() - {"id"}), "freeze_till"]), ANYTHING))
def test_no_answer_is_too_odd_to_read(changes: dict[str, Any]) -> None:
    found = read(**changes)
    assert set(found.unreadable) <= changes.keys() | {"balance_container"}
    moments = (found.created_at, found.activated_at, found.expires_at, found.frozen_until)
    assert all(moment is None or moment.utcoffset() is not None for moment in moments)
    assert all(type(number) is int for number in (found.frozen_days, found.period, found.id))
    assert hash(found.balances) and repr(found)


@given(st.dictionaries(st.sampled_from(["id", "slug", "title", "links", "allow_freeze"]), ANYTHING))
def test_no_part_is_too_odd_to_read(part: dict[str, Any]) -> None:
    row = {**part, "service": part, "category": part, "count": part.get("id")}
    read(type=part, status=part, balance_container=part)
    read(balance_container=links(row))
