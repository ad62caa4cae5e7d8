"""Freezing and unfreezing a sold membership, as the stand-in does it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.sandbox.api import FITNESS, SALON, Api
from tests.sandbox.memberships import (
    ACTIVE,
    FIRST,
    FREEZES_FOR_EVER,
    FROZEN,
    LIST,
    MONTH_OF_FREEZING,
    NO_FREEZING,
    act,
    kept,
    make,
    refused,
    shown,
    status,
    wrong,
)

IN_A_WEEK = "2026-05-17T12:00:00+00:00"  # seven days after `NOW` to the second


def set_limit(api: Api, membership_id: int, limit: int, unit: int) -> None:
    of_type = kept(api, membership_id)["type"]
    changed = of_type | {"freeze_limit": limit, "freeze_limit_unit_id": unit}
    api.sandbox.alter_membership(SALON, membership_id, type=changed)


def test_freezing_answers_what_is_documented(documented: Api) -> None:
    membership_id = make(documented, **ACTIVE)
    assert act(documented, membership_id, "freeze", freeze_till=IN_A_WEEK) == {
        "id": membership_id,
        "number": f"{membership_id:010}",
        "is_frozen": True,
        "freeze_period": 7,
        "freeze_till": IN_A_WEEK,
    }


def test_an_observed_freezing_answers_the_same_in_mixed_types(observed: Api) -> None:
    membership_id = make(observed, **ACTIVE)
    data = act(observed, membership_id, "freeze", freeze_till=IN_A_WEEK)
    assert set(data) == {"id", "number", "is_frozen", "freeze_period", "freeze_till"}
    assert data["id"] == str(membership_id)
    assert str(data["freeze_period"]) == "7" and data["is_frozen"] in (True, 1, "1")


def test_freezing_moves_the_expiration_by_the_frozen_days(either: Api) -> None:
    membership_id = make(either, **ACTIVE)
    act(either, membership_id, "freeze", freeze_till=IN_A_WEEK)
    raw = shown(either, membership_id)
    assert raw["expiration_date"] == "2026-11-08T10:00:00+02:00"
    after = kept(either, membership_id)
    assert (after["is_frozen"], after["freeze_period"]) == (True, 7)
    assert after["status"] == status("active")


def test_days_over_a_change_of_the_clocks_keep_the_time_of_the_day(either: Api) -> None:
    ends = {"expiration_date": "2026-10-23T10:00:00+03:00"}
    membership_id = make(either, **ACTIVE | ends)
    act(either, membership_id, "freeze", freeze_till=IN_A_WEEK)
    assert kept(either, membership_id)["expiration_date"] == "2026-10-30T10:00:00+02:00"


@pytest.mark.parametrize(
    ("till", "days"),
    [
        ("2026-05-10T12:00:01+00:00", 1),
        ("2026-05-11T12:00:00+00:00", 1),
        ("2026-05-11T12:00:01+00:00", 2),
        ("2026-05-12T15:00:00+03:00", 2),
    ],
)
def test_a_begun_day_of_freezing_is_a_whole_one(either: Api, till: str, days: int) -> None:
    membership_id = make(either, **ACTIVE)
    act(either, membership_id, "freeze", freeze_till=till)
    assert kept(either, membership_id)["freeze_period"] == days


def test_freezing_without_an_expiration_leaves_it_none(either: Api) -> None:
    issued = make(either)
    endless = make(either, **ACTIVE | {"expiration_date": None})
    for membership_id in (issued, endless):
        act(either, membership_id, "freeze", freeze_till=IN_A_WEEK)
        after = kept(either, membership_id)
        assert (after["expiration_date"], after["freeze_period"]) == (None, 7)


def test_a_type_may_forbid_freezing(either: Api) -> None:
    membership_id = make(either, NO_FREEZING, **ACTIVE)
    said = refused(either, membership_id, "freeze", freeze_till=IN_A_WEEK)
    assert said == (400, "Subscription cannot be frozen")


@pytest.mark.parametrize("slug", ["expired", "wasted"])
def test_only_issued_and_active_ones_can_be_frozen(either: Api, slug: str) -> None:
    membership_id = make(either, **ACTIVE | {"status": status(slug)})
    said = refused(either, membership_id, "freeze", freeze_till=IN_A_WEEK)
    assert said == (400, "Subscription cannot be frozen")


def test_a_frozen_one_cannot_be_frozen_again(either: Api) -> None:
    membership_id = make(either, **ACTIVE | FROZEN)
    said = refused(either, membership_id, "freeze", freeze_till=IN_A_WEEK)
    assert said == (400, "Subscription is already frozen")


@pytest.mark.parametrize(
    "till",
    [
        None,
        "",
        7,
        True,
        [],
        "tomorrow",
        "2026-05-17",
        "2026-05-17T12:00:00",
        "2026-05-10T12:00:00+00:00",
        "2026-05-10T14:59:59+03:00",
        "2020-01-01T00:00:00Z",
    ],
)
def test_freezing_ends_at_an_instant_in_the_future(either: Api, till: Any) -> None:
    membership_id = make(either, **ACTIVE)
    assert wrong(either, membership_id, "freeze", freeze_till=till) == {"freeze_till"}
    assert wrong(either, membership_id, "freeze") == {"freeze_till"}


# The limit


def test_all_freezings_together_stay_within_the_limit(either: Api) -> None:
    membership_id = make(either, **ACTIVE, freeze_period=8)
    too_long = "2026-05-16T12:00:01+00:00"
    said = refused(either, membership_id, "freeze", freeze_till=too_long)
    assert said == (422, "Freeze period exceeds limit")
    act(either, membership_id, "freeze", freeze_till="2026-05-16T12:00:00+00:00")
    assert kept(either, membership_id)["freeze_period"] == 14
    act(either, membership_id, "unfreeze")
    said = refused(either, membership_id, "freeze", freeze_till="2026-05-10T12:00:01+00:00")
    assert said == (422, "Freeze period exceeds limit")


@pytest.mark.parametrize(
    ("limit", "unit", "last", "beyond"),
    [
        (3, 1, "2026-05-13", "2026-05-14"),
        (2, 2, "2026-05-24", "2026-05-25"),
        (2, 3, "2026-07-09", "2026-07-10"),
        (1, 4, "2027-05-10", "2027-05-11"),
    ],
)
def test_a_limit_is_in_days_weeks_months_of_30_or_years_of_365(
    either: Api, limit: int, unit: int, last: str, beyond: str
) -> None:
    membership_id = make(either, MONTH_OF_FREEZING, **ACTIVE)
    set_limit(either, membership_id, limit, unit)
    said = refused(either, membership_id, "freeze", freeze_till=f"{beyond}T12:00:00Z")
    assert said == (422, "Freeze period exceeds limit")
    act(either, membership_id, "freeze", freeze_till=f"{last}T12:00:00Z")


def test_a_limit_of_0_is_none(either: Api) -> None:
    membership_id = make(either, FREEZES_FOR_EVER, **ACTIVE, freeze_period=5000)
    act(either, membership_id, "freeze", freeze_till="2066-05-10T12:00:00+00:00")
    assert kept(either, membership_id)["freeze_period"] == 5000 + 14_610


def test_no_freezing_leaves_the_calendar(either: Api) -> None:
    membership_id = make(either, FREEZES_FOR_EVER, **ACTIVE)
    said = refused(either, membership_id, "freeze", freeze_till="9999-12-31T23:59:59-12:00")
    assert said == (422, "Freeze period exceeds limit")


# Unfreezing


def test_unfreezing_leaves_the_expiration_moved(either: Api) -> None:
    membership_id = make(either, **ACTIVE)
    act(either, membership_id, "freeze", freeze_till=IN_A_WEEK)
    act(either, membership_id, "unfreeze")
    after = kept(either, membership_id)
    assert (after["is_frozen"], after["freeze_period"], after["freeze_till"]) == (False, 7, None)
    assert after["expiration_date"] == "2026-11-08T10:00:00+02:00"


def test_unfreezing_answers_what_is_documented(documented: Api, observed: Api) -> None:
    membership_id = make(documented, **ACTIVE | FROZEN)
    assert act(documented, membership_id, "unfreeze") == {
        "id": membership_id,
        "number": f"{membership_id:010}",
        "is_frozen": False,
        "freeze_period": 3,
    }
    data = act(observed, make(observed, **ACTIVE | FROZEN), "unfreeze")
    assert set(data) == {"id", "number", "is_frozen", "freeze_period"}


def test_only_a_frozen_one_can_be_unfrozen(either: Api) -> None:
    for fields in ({}, ACTIVE):
        said = refused(either, make(either, **fields), "unfreeze")
        assert said == (400, "Subscription is not frozen")


# Rights and addresses of every change


@pytest.mark.parametrize("action", ["freeze", "unfreeze", "set_period", "set_balance"])
def test_a_change_without_its_right_is_403(assistant: Api, action: str) -> None:
    membership_id = make(assistant, **ACTIVE | FROZEN)
    # The assistant reads this chain, and has neither right in it.
    assert refused(assistant, membership_id, action) == (403, "Access denied.")


@pytest.mark.parametrize("action", ["freeze", "unfreeze", "set_period", "set_balance"])
def test_a_change_of_an_unknown_membership_is_404(either: Api, action: str) -> None:
    for path in (f"{LIST}/5/{action}", f"/chain/9999/loyalty/abonements/{FIRST}/{action}"):
        assert either.call("POST", path, {}).status_code == 404
    assert either.call("GET", f"{LIST}/{FIRST}/{action}").status_code == 405
    assert either.call("GET", f"{LIST}/{FIRST}").status_code == 404
    # The director has neither right in the second chain.
    path = f"/chain/{FITNESS}/loyalty/abonements/{FIRST}/{action}"
    assert either.call("POST", path, {}).status_code == 403


@pytest.mark.parametrize(
    ("right", "actions"),
    [
        ("loyalty_abonement_period_edit_access", ["freeze", "unfreeze", "set_period"]),
        ("loyalty_abonement_balance_edit_access", ["set_balance"]),
    ],
)
def test_each_change_needs_its_own_right(either: Api, right: str, actions: list[str]) -> None:
    membership_id = make(either, **ACTIVE)
    state = either.sandbox.state
    state.people = [
        replace(one, access={SALON: one.access[SALON] | {right: 0}}) for one in state.people
    ]
    for action in ("freeze", "unfreeze", "set_period", "set_balance"):
        code, _ = refused(either, membership_id, action)
        assert (code == 403) == (action in actions)
