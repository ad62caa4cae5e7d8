"""The changes themselves: written down and read again, missed or not, and why they cannot be."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

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
UNLIMITED = Balance(7, False, "Manicure", 0, is_unlimited=True)


def in_days(days: int) -> datetime:
    """Shortly before so many days from now have passed."""
    return timezone.now() + timedelta(days=days, hours=-1)


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


def test_difference_to_what_is_not_known_is_not_made_up() -> None:
    [change] = SetPool(3).changes(membership(is_pooled=True, pool_left=None))
    assert change["after"] == "3" and not change["before"].isdecimal()


@given(st.dictionaries(st.sampled_from([7, 8]), visits))
def test_services_that_were_set_are_not_missed_and_others_are(left: dict[int, int]) -> None:
    """Of those that were asked for; the rest counts for nothing."""
    rows = (
        Balance(7, False, "Manicure", left.get(7, 99)),
        Balance(8, True, "Nails", left.get(8, 98)),
    )
    assert SetBalances(left).missed(membership(balances=rows)) == []
    missed = SetBalances(left).missed(membership(balances=()))
    assert [each["asked"] for each in missed] == [str(asked) for asked in left.values()]
    assert not any(each["kept"].isdecimal() for each in missed)


def test_only_the_services_that_were_set_are_told() -> None:
    told = SetBalances({8: 5}).changes(membership())
    assert told == [{"field": "Nails", "before": "2", "after": "5 (+3)"}]


def test_what_altegio_did_not_carry_out_is_missed_and_what_it_did_is_not() -> None:
    """Where it did nothing, all of the change is as it was."""
    pooled = {"is_pooled": True}
    table: list[tuple[Wanted, dict[str, Any], dict[str, Any]]] = [
        (Freeze(in_days(3)), {"is_frozen": True}, {"is_frozen": False}),
        (Unfreeze(), {"is_frozen": False}, {"is_frozen": True}),
        (SetPool(4), pooled | {"pool_left": 4}, pooled | {"pool_left": 3}),
        (SetPool(4), pooled | {"pool_left": 4}, pooled | {"pool_left": None}),
        (SetPeriod(9, 3), {"period": 9}, {}),
        (SetPeriod(6, 2), {"period_unit": 2}, {}),
    ]
    for wanted, done, undone in table:
        assert wanted.missed(membership(**done)) == [], wanted
        missed, told = wanted.missed(membership(**undone)), wanted.changes(membership(**undone))
        assert [each["field"] for each in missed] == [each["field"] for each in told], wanted
        assert missed, wanted
    (missed_one,) = SetPool(4).missed(membership(is_pooled=True, pool_left=3))
    assert (missed_one["asked"], missed_one["kept"]) == ("4", "3")
    asked = [(each["asked"], each["kept"]) for each in SetPeriod(9, 3).missed(membership())]
    assert asked == [("9 months", "6 months"), ("31 Oct 2026", "31 Jul 2026")]


def test_visits_alone_may_undo_only_what_added_some() -> None:
    """With as many left as were asked for, or more, nothing was used up."""
    pooled = membership(is_pooled=True, pool_left=4)
    table: list[tuple[Wanted, Any, bool]] = [
        (SetPool(5), pooled, True),
        (SetPool(4), pooled, False),
        (SetPool(3), pooled, False),
        (SetPool(1), membership(is_pooled=True, pool_left=None), True),
        (SetBalances({7: 6, 8: 0}), membership(), True),
        (SetBalances({7: 5, 8: 2}), membership(), False),
        (SetBalances({9: 1}), membership(), True),
        (Freeze(in_days(3)), membership(), False),
        (Unfreeze(), membership(), False),
        (SetPeriod(9, 3), membership(), False),
    ]
    wrong = [
        (wanted, expected) for wanted, one, expected in table if wanted.wears_off(one) != expected
    ]
    assert wrong == []


def test_end_is_told_beforehand_of_what_moves_it_alone() -> None:
    one = membership()
    assert one.expires_at is not None
    frozen = Freeze(in_days(4)).expiry_after(one)
    assert frozen == "4 Aug 2026"  # four days after 31 July
    assert Unfreeze().expiry_after(one) == "31 Jul 2026"
    assert SetPeriod(7, 3).expiry_after(one) == "31 Aug 2026"
    assert SetPool(4).expiry_after(one) == SetBalances({7: 1}).expiry_after(one) == ""
    never = membership(period=0, expires_at=None)
    assert Freeze(in_days(4)).expiry_after(never) == Unfreeze().expiry_after(never) != ""
    assert SetPeriod(7, 3).expiry_after(membership(activated_at=None)) not in ("", "31 Aug 2026")


def test_freezing_tells_of_its_days_what_is_left_where_there_is_a_limit() -> None:
    limited = Freeze(in_days(4)).changes(membership(frozen_days=3))
    assert [(each["before"], each["after"]) for each in limited[1:]] == [
        ("31 Jul 2026", "4 Aug 2026"),
        ("11 days", "7 days"),
    ]
    assert "4 days" in limited[0]["after"]
    assert len(Freeze(in_days(4)).changes(membership(freezing=None))) == 2


def test_what_cannot_be_frozen_has_a_reason_of_its_own() -> None:
    reasons = [
        why_not_freezable(membership(**fields))
        for fields in (
            {"is_frozen": True},
            {"freezing": Freezing(False, None, None)},
            {"status": "expired"},
            {"frozen_days": 14},
        )
    ]
    assert all(reasons) and len({*reasons}) == 4
    assert why_not_freezable(membership(status="wasted")) == reasons[2]
    for fields in (
        {},
        {"status": "created"},
        {"freezing": None},
        {"freezing": Freezing(None, 0, None)},
        {"frozen_days": 13},
    ):
        assert why_not_freezable(membership(**fields)) == "", fields


def test_freezing_ends_on_a_day_to_come_within_what_the_type_allows() -> None:
    one = membership(frozen_days=3)
    assert Freeze(in_days(1)).why_not(one) == Freeze(in_days(11)).why_not(one) == ""
    too_long, past = Freeze(in_days(12)).why_not(one), Freeze(in_days(0)).why_not(one)
    assert "11 days" in too_long
    assert past and past != too_long
    assert Freeze(in_days(900)).why_not(membership(freezing=None)) == ""
    frozen = membership(is_frozen=True)
    assert Freeze(in_days(1)).why_not(frozen) == why_not_freezable(frozen)


def test_what_would_change_nothing_or_cannot_be_changed_has_a_reason() -> None:
    pooled = membership(is_pooled=True, pool_left=4)
    unlimited = membership(balances=(UNLIMITED, *membership().balances[1:]))
    table: list[tuple[Wanted, Any, bool]] = [
        (Unfreeze(), membership(is_frozen=True), True),
        (Unfreeze(), membership(), False),
        (SetPool(5), pooled, True),
        (SetPool(0), pooled, True),
        (SetPool(4), pooled, False),
        (SetPool(5), membership(is_pooled=True, is_pool_unlimited=True), False),
        (SetBalances({7: 1}), membership(), True),
        (SetBalances({7: 1, 8: 3}), membership(), True),
        (SetBalances({7: 1, 9: 1}), membership(), False),
        (SetBalances({}), membership(), False),
        (SetBalances({7: 1}), unlimited, False),
        (SetBalances({8: 1}), unlimited, True),
        (SetBalances({7: 1}), membership(balances=(UNLIMITED,)), False),
        (SetPeriod(7, 3), membership(), True),
        (SetPeriod(6, 2), membership(), True),
        (SetPeriod(1, 3), membership(), True),
        (SetPeriod(6, 3), membership(), False),
        (SetPeriod(0, 3), membership(), False),
        (SetPeriod(-1, 3), membership(), False),
    ]
    wrong = [
        (wanted, wanted.why_not(one))
        for wanted, one, is_possible in table
        if (wanted.why_not(one) == "") != is_possible
    ]
    assert wrong == []
    assert SetPeriod(6, 3).why_not(membership()) != SetPeriod(0, 3).why_not(membership())


def test_what_is_unlimited_or_not_known_cannot_be_counted() -> None:
    limited = Balance(8, False, "Pedicure", 3)
    unlimited = why_not_countable(membership(balances=(UNLIMITED,)))
    assert unlimited
    assert unlimited == why_not_countable(membership(is_pooled=True, is_pool_unlimited=True))
    assert why_not_countable(membership(unreadable=("balance_container",))) not in ("", unlimited)
    assert why_not_countable(membership(balances=(UNLIMITED, limited))) == ""
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


def test_what_a_person_decides_by_is_part_of_what_was_seen() -> None:
    one = membership()
    for fields in DECISIVE + DECISIVE_OF_BALANCES:
        changed, matters = membership(**fields), fields in DECISIVE
        for action in OTHERS:
            assert (state_of(changed, action) != state_of(one, action)) == matters, fields
        balance = actions.BALANCE_SET
        assert (state_of(changed, balance) != state_of(one, balance)) == (not matters), fields


def test_same_moment_in_another_offset_is_the_same() -> None:
    one = membership()
    assert one.expires_at is not None
    elsewhere = membership(expires_at=one.expires_at.astimezone(UTC))
    for action in (*OTHERS, actions.BALANCE_SET):
        assert state_of(elsewhere, action) == state_of(one, action)
        assert state_of(membership(raw={"more": 1}, code="other"), action) == state_of(one, action)
