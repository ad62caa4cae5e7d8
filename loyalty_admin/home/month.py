"""The last 30 days of a chain's loyalty: days that are over as they are kept, today as it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.cache import cache
from django.utils import timezone

from loyalty_admin.altegio import transactions as api
from loyalty_admin.altegio.transactions import Filter
from loyalty_admin.catalog import periods
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.transactions import days
from loyalty_admin.transactions.sums import Sums

DAYS = 30
# What is read while somebody waits: yesterday is over, and a holiday may have been.
MOST_READ_NOW = 4
MOST_PAGES_NOW = 20
# Of a day that is not over, or that Altegio garbled a row of.
SECONDS_A_DAY_STAYS = 300
# Kept in place of the sums of a day that has more pages than that.
TOO_MANY = "too many"


@dataclass(frozen=True)
class Month:
    """By day, oldest first; None stands for a day that was not read yet."""

    by_day: dict[date, Sums | None]

    @property
    def all(self) -> Sums:
        """Of the days that are known."""
        whole = Sums()
        for sums in self.by_day.values():
            if sums is not None:
                whole.merge(sums)
        return whole

    @property
    def missing(self) -> int:
        return sum(1 for sums in self.by_day.values() if sums is None)


def kept(ctx: ChainContext) -> Month | None:
    """Without asking Altegio; None where a few calls would say more."""
    month = known(ctx)
    return None if _to_read_now(ctx, month) else month


def read(ctx: ChainContext) -> Month:
    """With what few calls can tell. Raises AltegioError."""
    month = known(ctx)
    return Month(month.by_day | {day: _read_day(ctx, day) for day in _to_read_now(ctx, month)})


def _to_read_now(ctx: ChainContext, month: Month) -> list[date]:
    """Days that are missing, if these are few; else today alone."""
    missing = [day for day, sums in month.by_day.items() if sums is None]
    if len(missing) > MOST_READ_NOW:
        missing = [day for day in missing if day == max(month.by_day)]
    if not missing:
        return []
    stay = cache.get_many([_key(ctx, day) for day in missing])
    return [day for day in missing if stay.get(_key(ctx, day)) != TOO_MANY]


def known(ctx: ChainContext) -> Month:
    """As far as it was read already."""
    today = timezone.now().astimezone(ctx.zone).date()
    first = today - timedelta(days=DAYS - 1)
    rows = days.kept(ctx, first, today)
    by_day: dict[date, Sums | None] = dict.fromkeys(periods.each_day(first, today))
    by_day |= {day: Sums.load(row.sums) for day, row in rows.items()}
    open_days = {_key(ctx, day): day for day, sums in by_day.items() if sums is None}
    for key, dumped in cache.get_many(open_days).items():
        if dumped != TOO_MANY:
            by_day[open_days[key]] = Sums.load(dumped)
    return Month(by_day)


def _read_day(ctx: ChainContext, day: date) -> Sums | None:
    """None where it has more than can be read while somebody waits."""
    filter, sums, begun_at = Filter(after=day, before=day), Sums(), timezone.now()
    for number, page in enumerate(api.iterate(ctx.transport(), ctx.id, filter), 1):
        sums.add(page.rows, unreadable=page.unreadable)
        if page.is_last:
            days.keep(ctx, filter, sums, begun_at=begun_at)
            cache.set(_key(ctx, day), sums.dump(), SECONDS_A_DAY_STAYS)
            return sums
        if number == MOST_PAGES_NOW:
            cache.set(_key(ctx, day), TOO_MANY, SECONDS_A_DAY_STAYS)
            break
    return None


def _key(ctx: ChainContext, day: date) -> str:
    return ctx.cache_key(f"sums-of-{day.isoformat()}")
