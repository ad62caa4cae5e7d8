"""Sold memberships as a table: those of a search, or of a period, read in the background."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty_admin.altegio import memberships as api
from loyalty_admin.altegio.errors import AltegioError, TooManyRequests
from loyalty_admin.altegio.memberships import Membership
from loyalty_admin.audit.services import reason_of, submission_of
from loyalty_admin.catalog import periods
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.exports.tables import Cell, Table
from loyalty_admin.jobs import services as jobs
from loyalty_admin.jobs.kinds import Step
from loyalty_admin.jobs.models import Item, ItemState, Job, Portion
from loyalty_admin.memberships import reading, searching, words
from loyalty_admin.memberships.presenting import type_title

KIND = "memberships.export"
# Then others have their turn. Each takes two calls, side by side.
PAGES_AT_A_TIME = 10
MOMENTS = ("created_at", "activated_at", "expires_at")


def begin(
    ctx: ChainContext, after: date, before: date, filters: Mapping[str, str], *, form_id: str
) -> Job:
    """Have the worker read those that were created in these days and that the filters leave."""
    period = periods.in_words(after, before)
    return jobs.start(
        ctx,
        submission=submission_of(ctx, form_id=form_id, action=KIND),
        kind=KIND,
        title=_("Export of the memberships of %(period)s") % {"period": period},
        items=[(0, period, {"after": after.isoformat(), "before": before.isoformat()})],
        asked={"filters": dict(filters)},
        is_private=True,
    )


def run(ctx: ChainContext, item: Item) -> Step:
    """Read a few pages more. What was read and how far it is are committed together, so that a
    page counts once however often a worker is killed."""
    if not item.found:
        item.portions.all().delete()  # of an earlier try
    start = item.found.get("next_page", 1)
    keep = searching.keeper(item.job.asked["filters"])
    after, before = (date.fromisoformat(item.asked[name]) for name in ("after", "before"))
    try:
        for number in range(start, start + PAGES_AT_A_TIME):
            page = api.list_by_period(
                ctx.transport(), ctx.id, after, before, number, searching.PAGE_SIZE
            )
            # One that came in meanwhile has moved the last ones of the page before to this one.
            known = item.found.get("last_ids", ())
            rows = [
                one
                for one in page.rows
                if one.id not in known and reading.is_of(one, ctx) and keep(one)
            ]
            item.found = {
                "next_page": number + 1,
                "last_ids": [one.id for one in page.rows],
                "rows": item.found.get("rows", 0) + len(rows),
            }
            with transaction.atomic():
                if rows:
                    dumped = [_dump(one) for one in rows]
                    Portion.objects.create(item=item, number=number, rows=dumped)
                item.save(update_fields=["found"])
            if page.is_last:
                return Step(reason=words.memberships(item.found["rows"]))
    except TooManyRequests:
        raise  # it has its turn again
    except AltegioError as error:
        return Step(ItemState.REFUSED, reason_of(error))
    return Step(ItemState.WAITING)


def table_of(ctx: ChainContext, memberships: Iterable[Membership]) -> Table:
    """Of what a search has found."""
    name = _("Memberships of %(chain)s") % {"chain": ctx.title}
    return _table(ctx, name, map(_dump, memberships))


def table_of_job(ctx: ChainContext, job: Job) -> Table:
    """Rows are read from the database as they are written."""
    item = job.items.get()
    portions = Portion.objects.filter(item=item).order_by("number").iterator(chunk_size=20)
    name = _("Memberships %(after)s to %(before)s") % item.asked
    return _table(ctx, name, (row for portion in portions for row in portion.rows))


def _dump(one: Membership) -> list[Any]:
    """As JSON, in the table's order: plain values, then the moments as ISO 8601 text."""
    moments = [getattr(one, name) for name in MOMENTS]
    return [
        one.id,
        words.code(one),
        type_title(one),
        one.type_id,
        str(words.status(one)),
        one.is_frozen,
        words.left(one),
        one.frozen_days,
        *(at and at.isoformat() for at in moments),
    ]


def _table(ctx: ChainContext, name: str, rows: Iterable[list[Any]]) -> Table:
    zone = {"zone": ctx.zone}
    return Table(
        name=name,
        columns=[
            _("Number"),
            _("Code"),
            _("Type"),
            _("Type's number"),
            _("Status"),
            _("Frozen"),
            _("Left"),
            _("Frozen days in all"),
            _("Created, %(zone)s") % zone,
            _("Activated, %(zone)s") % zone,
            _("Expires, %(zone)s") % zone,
        ],
        rows=_cells(ctx, rows),
    )


def _cells(ctx: ChainContext, rows: Iterable[list[Any]]) -> Iterator[Sequence[Cell]]:
    plain = -len(MOMENTS)
    for row in rows:
        moments = [at and datetime.fromisoformat(at).astimezone(ctx.zone) for at in row[plain:]]
        yield [*row[:plain], *moments]
