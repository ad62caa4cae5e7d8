"""Sums of days that are over: kept here, because Altegio's rows carry no date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from loyalty_admin.altegio.transactions import Filter
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.transactions.models import DaySums
from loyalty_admin.transactions.sums import Sums


def location_kept(filter: Filter) -> int | None:
    """Where the sums of such a filter's days are kept (0: those of the chain); None: nowhere."""
    if filter.types or filter.visit_ids or len(filter.location_ids) > 1:
        return None
    return filter.location_ids[0] if filter.location_ids else 0


def is_over(ctx: ChainContext, day: date, at: datetime) -> bool:
    """In every time zone of the chain's locations."""
    return all(at.astimezone(zone).date() > day for zone in ctx.zones)


def kept(
    ctx: ChainContext, after: date, before: date, location_id: int = 0
) -> Mapping[date, DaySums]:
    """Those that are known of a period."""
    found = DaySums.objects.filter(
        connection=ctx.connection,
        chain_id=ctx.id,
        location_id=location_id,
        day__range=(after, before),
    )
    return {row.day: row for row in found}


def keep(ctx: ChainContext, filter: Filter, sums: Sums, *, begun_at: datetime) -> None:
    """Keep what was read of one day, if it is the whole of a day that was over by then."""
    location_id = location_kept(filter)
    if location_id is None or filter.after != filter.before or sums.unreadable:
        return
    if not is_over(ctx, filter.after, begun_at):
        return
    DaySums.objects.update_or_create(
        connection=ctx.connection,
        chain_id=ctx.id,
        location_id=location_id,
        day=filter.after,
        defaults={"sums": sums.dump(), "read_at": begun_at},
    )
