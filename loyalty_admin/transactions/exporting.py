"""All transactions of a filter as a file, read in the background, a day at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from loyalty_admin.altegio.transactions import Filter, Page, Transaction
from loyalty_admin.audit.services import submission_of
from loyalty_admin.catalog import periods
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.exports.tables import Cell, Table, money_column
from loyalty_admin.jobs import services as jobs
from loyalty_admin.jobs.kinds import Step
from loyalty_admin.jobs.models import Item, Job, Portion
from loyalty_admin.transactions.reading import dump_filter, load_filter, read_on
from loyalty_admin.transactions.sums import group_of
from loyalty_admin.transactions.words import Words, group, words_of

KIND = "transactions.export"


def begin(ctx: ChainContext, filter: Filter, *, form_id: str) -> Job:
    """Have the worker read them, by day: only so each row's day is known."""
    return jobs.start(
        ctx,
        submission=submission_of(ctx, form_id=form_id, action=KIND),
        kind=KIND,
        title=_("Export of the transactions of %(period)s")
        % {"period": periods.in_words(filter.after, filter.before)},
        items=[
            (
                day.toordinal(),
                periods.day(day),
                dump_filter(replace(filter, after=day, before=day)),
            )
            for day in periods.each_day(filter.after, filter.before)
        ],
        asked={"filter": dump_filter(filter)},
        is_private=True,
    )


def run(ctx: ChainContext, item: Item) -> Step:
    """Read a day, or a few pages of it."""
    if not item.found:
        item.portions.all().delete()  # of an earlier try
    return read_on(ctx, item, _take)


def _take(item: Item, page: Page, number: int) -> None:
    if page.rows:
        rows = [_dump(row) for row in page.rows]
        Portion.objects.update_or_create(item=item, number=number, defaults={"rows": rows})


def _dump(row: Transaction) -> list[Any]:
    return [
        row.id,
        row.type_id,
        row.type_title,
        group_of(row),
        None if row.amount is None else str(row.amount),
        row.promotion_id,
        row.visit_id,
        row.membership_id,
        row.gift_card_id,
        row.card_id,
        row.item_type_id,
        row.item_id,
        row.status_id,
    ]


def table_of(ctx: ChainContext, job: Job) -> Table:
    """The file's table; rows are read from the database as they are written."""
    filter = load_filter(job.asked["filter"])
    say = words_of(ctx, filter.location_ids)
    location = say.location(filter.location_ids[0]) if len(filter.location_ids) == 1 else ""
    return Table(
        name=_("Transactions %(after)s to %(before)s")
        % {"after": filter.after.isoformat(), "before": filter.before.isoformat()},
        columns=[
            _("Day"),
            _("Number"),
            _("Type"),
            _("Group"),
            money_column(_("Amount"), say.currency),
            _("Promotion"),
            _("Promotion's number"),
            *([_("Location")] if location else []),
            _("Visit"),
            _("Membership"),
            _("Gift card"),
            _("Loyalty card"),
            _("Item's kind"),
            _("Item's number"),
            _("Status at Altegio"),
        ],
        rows=_rows(job, say, location),
    )


def _rows(job: Job, say: Words, location: str) -> Iterator[Sequence[Cell]]:
    kinds = {1: _("service"), 7: _("product")}
    portions = Portion.objects.filter(item__job=job).select_related("item")
    for portion in portions.order_by("item_id", "number").iterator(chunk_size=20):
        day = date.fromordinal(portion.item.object_id)
        for row in portion.rows:
            number, type_id, title, group_name, amount, promotion_id = row[:6]
            visit, membership, gift_card, card, item_type, item, status = row[6:]
            yield [
                day,
                number,
                say.type(type_id, title),
                group(group_name),
                None if amount is None else Decimal(amount),
                "" if promotion_id is None else say.promotion(promotion_id),
                promotion_id,
                *([location] if location else []),
                visit,
                membership,
                gift_card,
                card,
                "" if item_type is None else kinds.get(item_type, str(item_type)),
                item,
                status,
            ]
