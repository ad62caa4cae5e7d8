"""Totals of all transactions of a filter, put together in the background.

Rows carry neither date nor location: a day and a location are read by a call set of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty_admin.altegio.transactions import Filter, Page
from loyalty_admin.audit.services import submission_of
from loyalty_admin.catalog import periods
from loyalty_admin.chains.services import ChainContext, locations
from loyalty_admin.jobs import services as jobs
from loyalty_admin.jobs.kinds import Step
from loyalty_admin.jobs.models import Item, ItemState, Job
from loyalty_admin.transactions import days
from loyalty_admin.transactions.reading import dump_filter, load_filter, read_on
from loyalty_admin.transactions.sums import Sums
from loyalty_admin.transactions.words import Words, words_of

KIND = "transactions.totals"
WHOLE, DAY, LOCATION = "whole", "day", "location"


def begin(
    ctx: ChainContext, filter: Filter, *, by_day: bool, form_id: str, anew: bool = False
) -> Job:
    """Have the worker add up; `by_day` also for each day, which takes more calls. Days that are
    over are read once, unless `anew`."""
    say = words_of(ctx)
    return jobs.start(
        ctx,
        # Who goes back and ticks "by day" asks for something else.
        submission=submission_of(ctx, form_id=form_id, action=KIND, object_id=int(by_day)),
        kind=KIND,
        title=_("Totals of %(period)s") % {"period": periods.in_words(filter.after, filter.before)},
        items=[
            (number, title, dump_filter(part) | {"part": name})
            for name, number, title, part in _parts(ctx, filter, say, by_day=by_day)
        ],
        asked={"filter": dump_filter(filter), "by_day": by_day, "anew": anew},
        is_private=True,
    )


def _parts(
    ctx: ChainContext, filter: Filter, say: Words, *, by_day: bool
) -> Iterator[tuple[str, int, str, Filter]]:
    if by_day:
        for day in periods.each_day(filter.after, filter.before):
            part = replace(filter, after=day, before=day)
            # Locations have numbers above 0.
            yield DAY, -day.toordinal(), periods.day(day), part
    else:
        yield WHOLE, 0, _("All of it"), filter
    asked = filter.location_ids or tuple(one.id for one in locations(ctx))
    if len(asked) > 1:
        for number in asked:
            yield LOCATION, number, say.location(number), replace(filter, location_ids=(number,))


def run(ctx: ChainContext, item: Item) -> Step:
    """Read a part of the totals, or a few pages of it."""
    filter = load_filter(item.asked)
    if not item.found:
        kept = None if item.job.asked["anew"] else _kept(ctx, item, filter)
        item.found = kept or {"begun_at": timezone.now().isoformat(), "sums": Sums().dump()}
        if kept:
            item.save(update_fields=["found"])
    if "begun_at" not in item.found:
        return Step(reason=_("As it was read before."))
    step = read_on(ctx, item, _add)
    if step.state == ItemState.DONE and item.asked["part"] == DAY:
        begun_at = datetime.fromisoformat(item.found["begun_at"])
        days.keep(ctx, filter, Sums.load(item.found["sums"]), begun_at=begun_at)
    return step


def _kept(ctx: ChainContext, item: Item, filter: Filter) -> dict[str, object] | None:
    location_id = days.location_kept(filter)
    if item.asked["part"] != DAY or location_id is None:
        return None
    found = days.kept(ctx, filter.after, filter.before, location_id).get(filter.after)
    return {"sums": found.sums} if found else None


def _add(item: Item, page: Page, number: int) -> None:
    sums = Sums.load(item.found["sums"])
    sums.add(page.rows, unreadable=page.unreadable)
    item.found["sums"] = sums.dump()


@dataclass
class Totals:
    """What is known so far. A day or location that was not read to its end is None."""

    filter: Filter
    by_day: bool
    all: Sums = field(default_factory=Sums)
    # Whether `all` is of everything.
    is_complete: bool = True
    days: dict[date, Sums | None] = field(default_factory=dict)
    locations: dict[int, Sums | None] = field(default_factory=dict)

    @property
    def has_moved(self) -> bool:
        """Whether the locations, which are read after the whole, hold something that it lacks."""
        rest = self._rest()
        return rest is not None and any(part.count < 0 for part in rest.by_key.values())

    @property
    def without_location(self) -> Sums | None:
        """What no location has; None as long as that is not known."""
        return None if self.has_moved else self._rest()

    def _rest(self) -> Sums | None:
        if not self.is_complete or not self.locations or self.filter.location_ids:
            return None
        rest = Sums()
        rest.merge(self.all)
        for sums in self.locations.values():
            if sums is None:
                return None
            rest.take_away(sums)
        return rest


def totals_of(job: Job) -> Totals:
    """What a job has found so far."""
    totals = Totals(filter=load_filter(job.asked["filter"]), by_day=job.asked["by_day"])
    for item in job.items.all():
        sums = Sums.load(item.found["sums"]) if item.found else Sums()
        is_done = item.state == ItemState.DONE
        part = item.asked["part"]
        if part == LOCATION:
            totals.locations[item.object_id] = sums if is_done else None
            continue
        totals.all.merge(sums)
        totals.is_complete = totals.is_complete and is_done
        if part == DAY:
            totals.days[date.fromordinal(-item.object_id)] = sums if is_done else None
    return totals
