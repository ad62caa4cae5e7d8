"""Filters of a search: what each leaves, and what makes no sense is left out."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from datetime import timezone as tz
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.altegio.membership_balance import Balance
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.memberships import searching
from loyalty_admin.memberships.searching import NAMES, Result, chosen, has_left, keeper
from loyalty_admin.sandbox.server import Sandbox
from tests.memberships.common import put
from tests.memberships.memberships import membership


def asked(**data: str) -> dict[str, str]:
    return chosen(QueryDict(urlencode(data)))


def test_nothing_asked_filters_nothing() -> None:
    assert asked() == {}
    assert asked(status="", type="", left="") == {}
    assert keeper({})(membership())


@given(
    st.dictionaries(st.sampled_from([*NAMES, "phone", "page"]), st.text(max_size=20), max_size=8)
)
def test_any_text_is_a_filter_or_left_out(data: Mapping[str, str]) -> None:
    filters = asked(**data)
    assert filters.keys() <= NAMES
    keep = keeper(filters)
    assert isinstance(keep(membership()), bool)


def test_filters_add_up() -> None:
    keep = keeper(asked(status="active", frozen="yes", type="11001"))
    assert keep(membership(is_frozen=True))
    assert not keep(membership())
    assert not keep(membership(is_frozen=True, status="expired"))
    assert not keep(membership(is_frozen=True, type_id=12))


def test_what_makes_no_sense_is_left_out() -> None:
    for name, value in (
        ("status", "'\"><b>"),
        ("type", "<script>"),
        ("type", "9" * 30),
        ("left", "maybe"),
        ("expiring", "0"),
        ("expiring", "soon"),
        ("expiring", "3661"),
    ):
        assert asked(**{name: value}) == {}, (name, value)


def test_expiring_within_days_to_come() -> None:
    for days, fits in (
        (-1, set[str]()),
        (3, {"7", "30", "90"}),
        (20, {"30", "90"}),
        (80, {"90"}),
        (92, set[str]()),
    ):
        one = membership(expires_at=timezone.now() + timedelta(days=days))
        found = {within for within in ("7", "30", "90") if keeper({"expiring": within})(one)}
        assert found == fits, days


def test_the_last_day_counts_whole_wherever_it_ends() -> None:
    for days, at, fits in ((7, time(23, 59, 59), True), (8, time(0), False)):
        for hours in (-9, 0, 9):
            there = tz(timedelta(hours=hours))
            ends = datetime.combine(datetime.now(there).date() + timedelta(days), at, there)
            one = membership(expires_at=ends)
            assert keeper({"expiring": "7"})(one) == fits, (days, hours)


def test_frozen_and_not() -> None:
    for is_frozen in (True, False):
        one = membership(is_frozen=is_frozen)
        assert keeper({"frozen": "yes"})(one) == is_frozen != keeper({"frozen": "no"})(one)


def test_what_never_expires_is_not_expiring() -> None:
    keep = keeper({"expiring": "90"})
    assert not keep(membership(expires_at=None))


LEFT: list[tuple[dict[str, Any], bool | None]] = [
    ({}, True),
    ({"balances": (Balance(7, False, "x", 0), Balance(8, False, "y", 1))}, True),
    ({"balances": (Balance(7, False, "x", 0),)}, False),
    ({"balances": (Balance(7, False, "x", 0, is_unlimited=True),)}, True),
    ({"balances": ()}, False),
    ({"is_pooled": True, "pool_left": 1}, True),
    ({"is_pooled": True, "pool_left": 0}, False),
    ({"is_pooled": True, "pool_left": 0, "is_pool_unlimited": True}, True),
    ({"is_pooled": True, "pool_left": None}, None),
    ({"balances": (), "unreadable": ("balance_container",)}, None),
]


def test_whether_a_visit_is_left() -> None:
    for fields, is_left in LEFT:
        one = membership(**fields)
        assert has_left(one) is is_left, fields
        # What Altegio does not say is neither.
        assert keeper({"left": "yes"})(one) == (is_left is True), fields
        assert keeper({"left": "no"})(one) == (is_left is False), fields


@pytest.mark.parametrize(("locations", "are_known"), [(3, True), (150, False)])
def test_address_of_what_was_found_is_never_too_long(
    sandbox: Sandbox, ctx: ChainContext, locations: int, are_known: bool
) -> None:
    """What does not fit is where each is known."""
    chance = random.Random(1)
    raws = [put(sandbox) for _ in range(30)]
    known_in = {raw["id"]: chance.sample(range(10**6, 10**7), locations) for raw in raws}
    rows = searching.by_numbers(ctx, known_in).rows
    signed = searching.sign_found(ctx, Result(rows=rows, locations_of=known_in, silent=[501]))
    assert len(signed) < 4000
    found = searching.found_before(ctx, signed)
    assert found is not None and {one.id for one in found.rows} == known_in.keys()
    assert found.silent == [501]
    assert found.locations_of == (known_in if are_known else {one: [] for one in known_in})
