"""Reading all transactions of a filter in the background, a few pages at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction

from loyalty_admin.altegio import transactions as api
from loyalty_admin.altegio.errors import AltegioError, TooManyRequests
from loyalty_admin.altegio.transactions import Filter, Page
from loyalty_admin.audit.services import reason_of
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.jobs.kinds import Step
from loyalty_admin.jobs.models import Item, ItemState
from loyalty_admin.transactions import words

# Then others have their turn. However long each page takes, these are read within a lease.
PAGES_AT_A_TIME = 10

type TakePage = Callable[[Item, Page, int], None]


def dump_filter(filter: Filter) -> dict[str, Any]:
    """As JSON, for `load_filter`."""
    return {
        "after": filter.after.isoformat(),
        "before": filter.before.isoformat(),
        "types": filter.types,
        "location_ids": filter.location_ids,
        "visit_ids": filter.visit_ids,
    }


def load_filter(dumped: dict[str, Any]) -> Filter:
    return Filter(
        after=date.fromisoformat(dumped["after"]),
        before=date.fromisoformat(dumped["before"]),
        types=tuple(dumped["types"]),
        location_ids=tuple(dumped["location_ids"]),
        visit_ids=tuple(dumped["visit_ids"]),
    )


def read_on(ctx: ChainContext, item: Item, take: TakePage) -> Step:
    """Read an item's filter on from where it was left; `take` keeps each page with its number.

    What `take` writes and how far the item is are committed together, so that a page counts
    once however often a worker is killed.
    """
    found = item.found
    start = number = found.get("next_page", 1)
    # `iterate` knows nothing of the pages before its first one.
    recent = deque([{*found.get("last_ids", ())}], maxlen=2)
    pages = api.iterate(
        ctx.transport(),
        ctx.id,
        load_filter(item.asked),
        start_page=start,
        size=found.get("size", 0),
    )
    try:
        for page in pages:
            fresh = Page(
                rows=tuple(row for row in page.rows if row.id not in set().union(*recent)),
                is_last=page.is_last,
                size=page.size,
                unreadable=page.unreadable,
            )
            recent.append({row.id for row in page.rows})
            found |= {
                "next_page": number + 1,
                "last_ids": sorted(set().union(*recent)),
                "size": page.size,
                "rows": found.get("rows", 0) + len(fresh.rows),
                "unreadable": found.get("unreadable", 0) + page.unreadable,
            }
            with transaction.atomic():
                take(item, fresh, number)
                item.save(update_fields=["found"])
            if page.is_last:
                return Step(reason=_said(found))
            number += 1
            if number == start + PAGES_AT_A_TIME:
                break
    except TooManyRequests:
        raise  # it has its turn again
    except AltegioError as error:
        return Step(ItemState.REFUSED, reason_of(error))
    return Step(ItemState.WAITING)


def _said(found: dict[str, Any]) -> str:
    said = words.transactions(found["rows"])
    if not found["unreadable"]:
        return said
    return f"{said}, {words.unreadable(found['unreadable'])}"
