"""Setting how long a sold membership lasts, as the stand-in does it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.api import Api
from tests.sandbox.memberships import ACTIVE, FROZEN, act, kept, make, refused, shown, status, wrong

DAY, WEEK, MONTH, YEAR = 1, 2, 3, 4


def set_period(api: Api, membership_id: int, period: int, unit: int) -> Any:
    return act(api, membership_id, "set_period", period=period, period_unit_id=unit)


def slug(api: Api, membership_id: int) -> str:
    return str(kept(api, membership_id)["status"]["slug"])


def test_setting_a_validity_answers_what_is_documented(documented: Api) -> None:
    membership_id = make(documented, **ACTIVE)
    assert set_period(documented, membership_id, 3, MONTH) == {
        "id": membership_id,
        "period": 3,
        "period_unit_id": MONTH,
        "expiration_date": "2026-08-01T10:00:00+03:00",
    }


def test_an_observed_answer_is_the_same_in_mixed_types(observed: Api) -> None:
    membership_id = make(observed, **ACTIVE)
    data = set_period(observed, membership_id, 3, MONTH)
    assert data["id"] == str(membership_id)
    assert (str(data["period"]), str(data["period_unit_id"])) == ("3", "3")
    assert data["expiration_date"] == "2026-08-01T10:00:00+03:00"
    assert set(data) == {"id", "period", "period_unit_id", "expiration_date"}


@pytest.mark.parametrize(
    ("activated", "period", "unit", "expires"),
    [
        ("2026-05-01T10:00:00+03:00", 10, DAY, "2026-05-11T10:00:00+03:00"),
        ("2026-05-01T10:00:00+03:00", 2, WEEK, "2026-05-15T10:00:00+03:00"),
        ("2026-01-31T10:00:00+02:00", 13, MONTH, "2027-02-28T10:00:00+02:00"),
        ("2026-05-01T10:00:00+03:00", 7, MONTH, "2026-12-01T10:00:00+02:00"),
        ("2024-02-29T10:00:00+02:00", 3, YEAR, "2027-02-28T10:00:00+02:00"),
        ("2025-12-31T22:30:00+00:00", 1, YEAR, "2027-01-01T00:30:00+02:00"),
    ],
)
def test_the_validity_counts_from_the_activation(
    either: Api, activated: str, period: int, unit: int, expires: str
) -> None:
    membership_id = make(either, **ACTIVE | {"activated_date": activated})
    set_period(either, membership_id, period, unit)
    raw = shown(either, membership_id)
    assert raw["expiration_date"] == expires
    after = kept(either, membership_id)
    assert (after["period"], after["period_unit_id"]) == (period, unit)


def test_frozen_days_are_added(either: Api) -> None:
    for fields in (FROZEN, {"freeze_period": 3}):
        membership_id = make(either, **ACTIVE | fields)
        set_period(either, membership_id, 2, WEEK)
        assert kept(either, membership_id)["expiration_date"] == "2026-05-18T10:00:00+03:00"


def test_the_same_validity_again_leaves_the_expiration(either: Api) -> None:
    membership_id = make(either, **ACTIVE)
    act(either, membership_id, "freeze", freeze_till="2026-05-15T12:00:00Z")
    before = kept(either, membership_id)
    set_period(either, membership_id, before["period"], before["period_unit_id"])
    assert kept(either, membership_id) == before


def test_one_that_is_not_activated_keeps_no_expiration(either: Api) -> None:
    membership_id = make(either)
    set_period(either, membership_id, 2, YEAR)
    after = kept(either, membership_id)
    assert (after["period"], after["period_unit_id"]) == (2, YEAR)
    assert (after["expiration_date"], after["status"]) == (None, status("created"))


def test_a_validity_does_not_end_before_the_last_use(either: Api) -> None:
    membership_id = make(either, **ACTIVE, last_used="2026-05-08T10:00:00+03:00")
    said = refused(either, membership_id, "set_period", period=6, period_unit_id=DAY)
    assert said == (400, "The new date is before the last use")
    set_period(either, membership_id, 7, DAY)
    assert kept(either, membership_id)["expiration_date"] == "2026-05-08T10:00:00+03:00"


def test_a_date_that_is_past_expires_and_a_future_one_is_active_again(either: Api) -> None:
    membership_id = make(either, **ACTIVE)
    set_period(either, membership_id, 9, DAY)  # two hours ago
    assert slug(either, membership_id) == "expired"
    set_period(either, membership_id, 10, DAY)
    assert slug(either, membership_id) == "active"


def test_a_longer_validity_brings_no_visits(either: Api) -> None:
    membership_id = make(either, **ACTIVE | {"status": status("wasted")})
    for period in (1, 3):
        set_period(either, membership_id, period, WEEK)
        assert slug(either, membership_id) == "wasted"


@pytest.mark.parametrize("period", [0, -1, None, "3", 1.5, True, [], 2**31])
def test_a_validity_is_of_1_or_more(either: Api, period: Any) -> None:
    membership_id = make(either, **ACTIVE)
    body = {"period": period, "period_unit_id": MONTH}
    assert wrong(either, membership_id, "set_period", **body) == {"period"}


@pytest.mark.parametrize("unit", [0, 5, -1, None, "3", "month", True, []])
def test_a_unit_is_day_week_month_or_year(either: Api, unit: Any) -> None:
    membership_id = make(either, **ACTIVE)
    body = {"period": 3, "period_unit_id": unit}
    assert wrong(either, membership_id, "set_period", **body) == {"period_unit_id"}
    assert wrong(either, membership_id, "set_period") == {"period", "period_unit_id"}


@pytest.mark.parametrize(("period", "unit"), [(8000, YEAR), (2**31 - 1, DAY), (2**31 - 1, YEAR)])
def test_no_validity_leaves_the_calendar(either: Api, period: int, unit: int) -> None:
    membership_id = make(either, **ACTIVE)
    body = {"period": period, "period_unit_id": unit}
    assert wrong(either, membership_id, "set_period", **body) == {"period"}
