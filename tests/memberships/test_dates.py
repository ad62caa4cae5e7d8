"""When a membership ends: the same reckoning as Altegio's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.altegio.membership_balance import Freezing
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.connections.models import Connection
from loyalty_admin.memberships import dates
from tests.memberships.common import RIGA
from tests.memberships.memberships import membership

DAY, WEEK, MONTH, YEAR = 1, 2, 3, 4


def test_end_is_counted_from_the_activation() -> None:
    table = [
        ("2026-01-31", 1, MONTH, 0, "2026-02-28"),
        ("2028-01-31", 1, MONTH, 0, "2028-02-29"),
        ("2028-02-29", 1, YEAR, 0, "2029-02-28"),
        ("2026-11-15", 3, MONTH, 0, "2027-02-15"),
        ("2026-12-31", 12, MONTH, 0, "2027-12-31"),
        ("2026-03-20", 10, DAY, 0, "2026-03-30"),
        ("2026-03-20", 2, WEEK, 0, "2026-04-03"),
        ("2026-01-31", 1, MONTH, 5, "2026-03-05"),
    ]
    wrong = {}
    for activated, number, unit, frozen, ends in table:
        start = datetime.combine(date.fromisoformat(activated), datetime.min.time(), RIGA)
        one = membership(activated_at=start, frozen_days=frozen)
        found = dates.expiry_of_period(one, number, unit)
        if found is None or found.date().isoformat() != ends:
            wrong[activated, number, unit, frozen] = found
    assert wrong == {}


def test_what_is_not_activated_has_no_end() -> None:
    assert dates.expiry_of_period(membership(activated_at=None), 1, MONTH) is None


@given(number=st.integers(1, 1000), unit=st.sampled_from([DAY, WEEK, MONTH, YEAR]))
def test_end_lies_after_the_start_or_past_all_years(number: int, unit: int) -> None:
    one = membership(activated_at=datetime(9100, 1, 31, tzinfo=UTC))
    ends = dates.expiry_of_period(one, number, unit)
    if ends is None:
        assert unit == YEAR and number > 800
    else:
        assert one.activated_at is not None and ends > one.activated_at


@given(days=st.integers(0, 3000), seconds=st.integers(60, 86_000))
def test_begun_days_of_freezing_are_whole_ones(days: int, seconds: int) -> None:
    moment = timezone.now() + timedelta(days=days, seconds=seconds)
    assert dates.days_until(moment) == days + 1


def test_freezing_moves_the_end_by_its_days() -> None:
    until = timezone.now() + timedelta(days=4, hours=5)
    one = membership()
    assert one.expires_at is not None
    assert dates.expiry_after_freezing(one, until) == one.expires_at + timedelta(days=5)


def test_what_never_ends_is_not_given_an_end_by_freezing() -> None:
    until = timezone.now() + timedelta(days=4)
    assert dates.expiry_after_freezing(membership(expires_at=None), until) is None
    last = datetime(9999, 12, 31, 23, tzinfo=UTC)
    assert dates.expiry_after_freezing(membership(expires_at=last), until) is None


def test_what_is_left_of_freezing() -> None:
    table: list[tuple[Freezing | None, int, int | None]] = [
        (Freezing(True, 14, DAY), 0, 14),
        (Freezing(True, 2, WEEK), 3, 11),
        (Freezing(True, 1, MONTH), 0, 30),
        (Freezing(True, 1, YEAR), 5, 360),
        (Freezing(True, 3, None), 0, 3),
        (Freezing(True, 5, DAY), 9, 0),
        (Freezing(True, 0, DAY), 9, None),
        (Freezing(True, None, None), 9, None),
        (None, 9, None),
    ]
    wrong = {}
    for freezing, frozen, left in table:
        found = dates.freeze_days_left(membership(freezing=freezing, frozen_days=frozen))
        if found != left:
            wrong[freezing, frozen] = found
    assert wrong == {}


def test_day_ends_in_its_last_second_also_when_clocks_change() -> None:
    for day in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 6, 1)):
        end = dates.end_of(day, RIGA)
        assert (end + timedelta(seconds=1)).date() == day + timedelta(1)
        assert end.date() == day


def test_clock_is_of_the_first_location_that_says_its_own(
    connection: Connection, ctx: ChainContext
) -> None:
    assert ctx.zone == RIGA
    for timezones, zone in (
        (["", "no/where", "../etc/passwd", "Europe/Madrid"], "Europe/Madrid"),
        ([""], str(timezone.get_default_timezone())),
    ):
        located = [{"id": 1, "title": "x", "timezone": name} for name in timezones]
        raw = {**ctx.chain.as_json(), "locations": located}
        chain = type(ctx.chain).from_json(raw)
        moved = ChainContext(chain, ctx.connection, ctx.connections, ctx.person)
        assert moved.zone == ZoneInfo(zone)
