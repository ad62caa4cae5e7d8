"""What a change of a membership's validity comes to, reckoned as Altegio does."""

from __future__ import annotations

import calendar
import math
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from loyalty_admin.altegio.memberships import Membership
from loyalty_admin.catalog.words import DAYS_OF_UNIT


def end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(23, 59, 59), tzinfo=zone)


def days_until(moment: datetime) -> int:
    """Begun days count as whole ones."""
    return math.ceil((moment - timezone.now()) / timedelta(days=1))


def freeze_limit_days(membership: Membership) -> int | None:
    """Days of freezing that the type allows in all; None where it sets or says no limit."""
    freezing = membership.freezing
    if freezing is None or not freezing.limit:
        return None
    return freezing.limit * DAYS_OF_UNIT.get(freezing.limit_unit or 1, 1)


def freeze_days_left(membership: Membership) -> int | None:
    """What is left of the limit; None where there is none."""
    limit = freeze_limit_days(membership)
    return None if limit is None else max(0, limit - membership.frozen_days)


def expiry_after_freezing(membership: Membership, until: datetime) -> datetime | None:
    """None where it does not expire, is not known to, or would after the year 9999."""
    if membership.expires_at is None:
        return None
    try:
        return membership.expires_at + timedelta(days=days_until(until))
    except OverflowError:
        return None


def expires_within(membership: Membership, days: int) -> bool:
    """Until the end of the day so many days from today, in the offset in which Altegio says it:
    while one location has today, another of the chain may have tomorrow."""
    ends, now = membership.expires_at, timezone.now()
    if ends is None or ends < now:
        return False
    return (ends.date() - now.astimezone(ends.tzinfo).date()).days <= days


def expiry_of_period(membership: Membership, number: int, unit: int) -> datetime | None:
    """From its activation, with the days on which it was frozen; None before that."""
    start = membership.activated_at
    if start is None:
        return None
    try:
        return _plus(start, number, unit) + timedelta(days=membership.frozen_days)
    except (OverflowError, ValueError):
        return None


def _plus(start: datetime, number: int, unit: int) -> datetime:
    if unit in (1, 2):
        return start + timedelta(days=number * DAYS_OF_UNIT[unit])
    months = start.month - 1 + number * (12 if unit == 4 else 1)
    year, month = start.year + months // 12, months % 12 + 1
    return start.replace(
        year=year, month=month, day=min(start.day, calendar.monthrange(year, month)[1])
    )
