"""The changes themselves: written down and read again, missed or not, said in words."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.altegio.membership_balance import Balance, Freezing
from loyalty_admin.memberships import actions
from loyalty_admin.memberships.changes import (
    Freeze,
    SetBalances,
    SetPeriod,
    SetPool,
    Unfreeze,
    Wanted,
    load,
    why_not_countable,
    why_not_freezable,
)
from loyalty_admin.memberships.dates import end_of
from loyalty_admin.memberships.reading import state_of
from tests.memberships.common import RIGA
from tests.memberships.memberships import membership

visits = st.integers(0, 100_000)
changes = st.one_of(
    st.builds(lambda day: Freeze(end_of(day, RIGA)), st.dates(date(2000, 1, 1), date(9000, 1, 1))),
    st.builds(Unfreeze),
    st.builds(SetPool, visits),
    st.builds(SetBalances, st.dictionaries(st.integers(1, 10**9), visits, max_size=5)),
    st.builds(SetPeriod, st.integers(1, 1000), st.sampled_from([1, 2, 3, 4])),
)


@given(changes)
def test_what_is_written_down_is_read_again(wanted: Wanted) -> None:
    again = load(wanted.action, json.loads(json.dumps(wanted.dump())))
    assert again == wanted
    assert type(again) is type(wanted)


@given(before=visits, after=visits)
def test_difference_of_visits_is_spelled_out(before: int, after: int) -> None:
    one = membership(is_pooled=True, pool_left=before)
    [change] = SetPool(after).changes(one)
    assert change["before"] == str(before)
    sign = "+" if after >= before else "-"
    assert change["after"] == f"{after} ({sign}{abs(after - before)})"


@given(st.dictionaries(st.sampled_from([7, 8]), visits))
def test_services_that_were_set_are_not_missed_and_others_are(left: dict[int, int]) -> None:
    """Of those that were asked for; the rest counts for nothing."""
    rows = (
        Balance(7, False, "Manicure", left.get(7, 99)),
        Balance(8, True, "Nails", left.get(8, 98)),
    )
    assert SetBalances(left).missed(membership(balances=rows)) == []
    missed = SetBalances(left).missed(membership(balances=()))
    assert len(missed) == len(left)
    assert all(each["kept"] == "not known" for each in missed)


def test_freezing_that_took_is_not_missed() -> None:
    wanted = Freeze(timezone.now() + timedelta(days=3))
    assert wanted.missed(membership(is_frozen=True)) == []
    assert [each["field"] for each in wanted.missed(membership())] == [
        "Frozen",
        "Expires",
        "Days of freezing left",
    ]


def test_service_that_is_not_covered_cannot_be_set() -> None:
    one = membership()
    assert SetBalances({7: 1}).why_not(one) == ""
    assert SetBalances({7: 1, 9: 1}).why_not(one) == "It does not cover that service."
    unlimited = membership(
        balances=(Balance(7, False, "Manicure", 0, is_unlimited=True), *one.balances[1:])
    )
    assert SetBalances({7: 1}).why_not(unlimited) == "It does not cover that service."


CANNOT_BE_FROZEN: list[tuple[dict[str, Any], str]] = [
    ({"is_frozen": True}, "It is frozen already."),
    ({"freezing": Freezing(False, None, None)}, "Its type does not allow freezing."),
    ({"status": "expired"}, "Only an issued or active membership can be frozen."),
    ({"status": "wasted"}, "Only an issued or active membership can be frozen."),
    ({"frozen_days": 14}, "All the days of freezing that its type allows are used up."),
]


@pytest.mark.parametrize(("fields", "reason"), CANNOT_BE_FROZEN)
def test_why_it_cannot_be_frozen(fields: dict[str, Any], reason: str) -> None:
    assert why_not_freezable(membership(**fields)) == reason


@pytest.mark.parametrize(
    "fields",
    [{}, {"status": "created"}, {"freezing": None}, {"freezing": Freezing(None, 0, None)}],
)
def test_what_altegio_may_allow_is_not_forbidden_here(fields: dict[str, Any]) -> None:
    assert why_not_freezable(membership(**fields)) == ""


def test_why_a_balance_cannot_be_changed() -> None:
    unlimited = (Balance(7, False, "Manicure", 0, is_unlimited=True),)
    limited = (Balance(8, False, "Pedicure", 3),)
    assert why_not_countable(membership(balances=unlimited))
    assert why_not_countable(membership(is_pooled=True, is_pool_unlimited=True))
    assert why_not_countable(membership(unreadable=("balance_container",)))
    assert why_not_countable(membership(balances=unlimited + limited)) == ""
    assert why_not_countable(membership(is_pooled=True, pool_left=3)) == ""


DECISIVE: list[dict[str, Any]] = [
    {"status": "expired"},
    {"is_frozen": True},
    {"frozen_days": 1},
    {"period": 7},
    {"period_unit": 4},
    {"activated_at": None},
    {"expires_at": datetime(2026, 8, 1, tzinfo=RIGA)},
]
DECISIVE_OF_BALANCES: list[dict[str, Any]] = [{"pool_left": 3}, {"balances": ()}]
OTHERS = [actions.FROZEN, actions.UNFROZEN, actions.VALIDITY_SET]


@pytest.mark.parametrize("action", OTHERS)
@pytest.mark.parametrize("fields", DECISIVE + DECISIVE_OF_BALANCES)
def test_what_a_person_decides_by_is_part_of_what_was_seen(
    fields: dict[str, Any], action: str
) -> None:
    changed, one = membership(**fields), membership()
    matters = fields in DECISIVE
    assert (state_of(changed, action) != state_of(one, action)) == matters
    balance = actions.BALANCE_SET
    assert (state_of(changed, balance) != state_of(one, balance)) == (not matters)


@pytest.mark.parametrize("action", [*OTHERS, actions.BALANCE_SET])
def test_same_moment_in_another_offset_is_the_same(action: str) -> None:
    one = membership()
    assert one.expires_at is not None
    elsewhere = membership(expires_at=one.expires_at.astimezone(UTC))
    assert state_of(elsewhere, action) == state_of(one, action)
    assert state_of(membership(raw={"more": 1}, code="other"), action) == state_of(one, action)
