"""What the stand-in lets be done to its sold memberships directly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from loyalty_admin.sandbox.server import Sandbox
from tests.sandbox.api import FITNESS, SALON, Api, covered
from tests.sandbox.memberships import (
    ACTIVE,
    BY_PHONE,
    FIRST,
    FIVE_MANICURES,
    NO_FREEZING,
    NOW,
    PHONE,
    POOL,
    TWO_ROWS,
    UNLIMITED_POOL,
    UNLIMITED_ROW,
    kept,
    make,
    refused,
    shown,
    status,
)

VISIT = datetime(2026, 5, 9, 8, 30, tzinfo=UTC)


def test_put_membership_makes_one_that_was_just_issued(either: Api) -> None:
    either.sandbox.set_now(NOW)
    made = either.sandbox.put_membership(SALON, {"type": {"id": POOL}, "phone": PHONE})
    assert (made["type"]["title"], made["united_balance_services_count"]) == (
        "Pool of 20 visits",
        20,
    )
    assert (made["status"], made["created_date"]) == (
        status("created"),
        "2026-05-10T15:00:00+03:00",
    )
    assert kept(either, made["id"]) == made
    found = either.read(BY_PHONE, company_id=503, phone=PHONE)
    assert [int(raw["id"]) for raw in found] == [made["id"]]
    given = {"id": 950_000, "number": "7", "united_balance_services_count": 3}
    numbered = either.sandbox.put_membership(SALON, given | {"type": {"id": POOL}})
    assert (numbered["id"], numbered["number"]) == (950_000, "7")
    assert numbered["balance_string"] == "Hair, Nails (x3)"
    assert either.sandbox.put_membership(SALON, {})["id"] == 950_001
    theirs = either.sandbox.put_membership(FITNESS, {"type": {"allow_freeze": 1}})
    assert (theirs["type"]["salon_group_id"], theirs["type"]["allow_freeze"]) == (FITNESS, 1)


def test_put_membership_replaces_one_so_that_missing_keys_are_missing(either: Api) -> None:
    membership_id = make(either)
    raw = kept(either, membership_id)
    del raw["number"], raw["status"]
    either.sandbox.put_membership(SALON, raw | {"type": None})
    answered = shown(either, membership_id)
    assert "number" not in answered and "status" not in answered
    assert answered["type"] is None


def test_alter_membership_changes_some_fields(documented: Api) -> None:
    membership_id = make(documented, POOL)
    before = kept(documented, membership_id)
    documented.sandbox.alter_membership(SALON, membership_id, number="A", period=9)
    changes = {"number": "A", "period": 9}
    assert kept(documented, membership_id) == before | changes
    documented.sandbox.alter_membership(SALON, membership_id, united_balance_services_count=4)
    assert shown(documented, membership_id)["balance_string"] == "Hair, Nails (x4)"
    documented.sandbox.alter_membership(
        SALON, membership_id, united_balance_services_count=5, balance_string="?"
    )
    assert shown(documented, membership_id)["balance_string"] == "?"
    documented.sandbox.alter_membership(SALON, membership_id, balance_container={"links": [None]})
    assert shown(documented, membership_id)["balance_container"] == {"links": [None]}


def test_what_the_membership_helpers_give_is_a_copy(either: Api) -> None:
    sandbox = either.sandbox
    before = sandbox.memberships_of(SALON)
    sandbox.memberships_of(SALON)[0]["balance_container"]["links"].append(1)
    sandbox.membership_of(SALON, FIRST)["balance_container"]["links"].append(1)
    sandbox.put_membership(SALON, before[0])["balance_container"]["links"].append(1)
    sandbox.alter_membership(SALON, FIRST)["balance_container"]["links"].append(1)
    assert sandbox.memberships_of(SALON) == before


def test_the_first_visit_activates(either: Api) -> None:
    membership_id = make(either, FIVE_MANICURES, freeze_period=2)
    used = either.sandbox.use_membership(SALON, membership_id, VISIT)
    assert used == kept(either, membership_id)
    assert used["activated_date"] == "2026-05-09T11:30:00+03:00"
    assert used["expiration_date"] == "2026-11-11T11:30:00+02:00"
    assert (used["status"], used["balance_string"]) == (status("active"), "Manicure (x4)")
    again = either.sandbox.use_membership(SALON, membership_id, VISIT + timedelta(1))
    for name in ("activated_date", "expiration_date"):
        assert again[name] == used[name]
    assert again["balance_string"] == "Manicure (x3)"


def test_visits_take_from_the_pool_or_row_by_row_until_nothing_is_left(either: Api) -> None:
    pool = make(either, POOL, **ACTIVE, united_balance_services_count=2)
    rows = make(either, TWO_ROWS, **ACTIVE)
    left = [covered(either.sandbox.use_membership(SALON, rows, VISIT)) for _ in range(3)]
    assert [tuple(one.values()) for one in left] == [(1, 2), (0, 2), (0, 1)]
    either.sandbox.use_membership(SALON, pool, VISIT)
    for membership_id in (pool, rows):
        used = either.sandbox.use_membership(SALON, membership_id, VISIT)
        assert used["status"] == status("wasted")
        with pytest.raises(ValueError, match="left"):
            either.sandbox.use_membership(SALON, membership_id, VISIT)
    assert kept(either, pool)["united_balance_services_count"] == 0


def test_visits_without_limit_are_never_used_up(either: Api) -> None:
    for type_id in (UNLIMITED_POOL, UNLIMITED_ROW):
        membership_id = make(either, type_id, **ACTIVE)
        before = shown(either, membership_id)
        either.sandbox.use_membership(SALON, membership_id, VISIT)
        assert shown(either, membership_id) == before


def test_the_latest_visit_bounds_the_validity(either: Api) -> None:
    membership_id = make(either, **ACTIVE)
    either.sandbox.use_membership(SALON, membership_id, VISIT)
    either.sandbox.use_membership(SALON, membership_id, VISIT - timedelta(5))
    said = refused(either, membership_id, "set_period", period=1, period_unit_id=2)
    assert said == (400, "The new date is before the last use")


# The clock


def test_the_clock_is_stopped_from_the_start_or_until_the_next_reset(either: Api) -> None:
    today = datetime.now(UTC)
    stopped = Sandbox(now=NOW, profile=either.sandbox.profile)
    for _ in range(2):
        stopped.reset()
        assert stopped.put_membership(SALON, {})["created_date"] == "2026-05-10T15:00:00+03:00"
    stopped.close()
    either.sandbox.reset(now=NOW)
    assert made_at(either) == NOW
    either.sandbox.set_now(None)
    assert made_at(either) >= today.replace(microsecond=0)
    either.sandbox.set_now(NOW)
    assert made_at(either) == NOW
    either.sandbox.reset()
    assert made_at(either) >= today.replace(microsecond=0)


def made_at(api: Api) -> datetime:
    raw = api.sandbox.put_membership(SALON, {"type": {"id": NO_FREEZING}})
    return datetime.fromisoformat(raw["created_date"])
