"""Finding sold memberships: by a client's phone, by their numbers, by when they were created."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.http import QueryDict
from django.utils import timezone

from loyalty_admin.altegio import memberships as api
from loyalty_admin.altegio.errors import AltegioError
from loyalty_admin.altegio.memberships import Membership
from loyalty_admin.chains.services import ChainContext, locations
from loyalty_admin.memberships.phones import digits_by_location

PAGE_SIZE = 50
# With a filter, pages are read on until enough fit, or these many were looked through.
MOST_PAGES = 5
EXPIRING = ("7", "30", "90")  # days

Keep = Callable[[Membership], bool]


@dataclass(frozen=True, kw_only=True)
class Result:
    """`locations_of`: where a phone search found each. `failures`: locations that gave nothing.

    `looked_through` is how many were read, `next_page` the page from which to read on.
    """

    rows: Sequence[Membership]
    looked_through: int
    locations_of: Mapping[int, Sequence[int]] = field(default_factory=dict)
    failures: Mapping[int, AltegioError] = field(default_factory=dict)
    next_page: int | None = None


def by_phone(ctx: ChainContext, phone: str) -> Result:
    """One client's, asked at every location. Raises NoPhone, AltegioError where none answers."""
    asked = digits_by_location(phone, locations(ctx))
    found = api.find_in_chain(ctx.transport(), ctx.id, asked)
    if len(found.failures) == len(asked):
        raise next(iter(found.failures.values()))
    return Result(
        rows=found.memberships,
        looked_through=len(found.memberships),
        locations_of=found.location_ids,
        failures=found.failures,
    )


def by_numbers(ctx: ChainContext, ids: Iterable[int]) -> Result:
    """Those that the chain has. Raises AltegioError."""
    rows = [one for one in api.list_by_ids(ctx.transport(), ctx.id, ids) if is_of(one, ctx)]
    return Result(rows=rows, looked_through=len(rows))


def by_period(ctx: ChainContext, after: date, before: date, page: int, keep: Keep | None) -> Result:
    """From a page on, those that were created in these days. Raises AltegioError."""
    transport = ctx.transport()
    rows: list[Membership] = []
    looked_through = 0
    for number in range(page, page + (MOST_PAGES if keep else 1)):
        read = api.list_by_period(transport, ctx.id, after, before, number, PAGE_SIZE)
        looked_through += len(read.rows)
        rows += [one for one in read.rows if is_of(one, ctx) and (keep is None or keep(one))]
        if read.is_last or len(rows) >= PAGE_SIZE:
            break
    next_page = None if read.is_last else number + 1
    return Result(rows=rows, looked_through=looked_through, next_page=next_page)


def is_of(membership: Membership, ctx: ChainContext) -> bool:
    """False only where Altegio says that it is another chain's."""
    return membership.chain_id in (None, ctx.id)


# Filters


def _is_expiring(days: int) -> Keep:
    def keep(one: Membership) -> bool:
        now = timezone.now()
        return bool(one.expires_at and now <= one.expires_at <= now + timedelta(days=days))

    return keep


def has_left(one: Membership) -> bool:
    """Whether a visit can still be paid with it."""
    if one.is_pooled:
        return one.is_pool_unlimited or bool(one.pool_left)
    return any(row.is_unlimited or row.left for row in one.balances)


FILTERS: Mapping[str, Mapping[str, Keep]] = {
    "status": {
        slug: (lambda one, slug=slug: one.status == slug)  # type: ignore[misc]
        for slug in ("created", "active", "expired", "wasted")
    },
    "frozen": {"yes": lambda one: one.is_frozen, "no": lambda one: not one.is_frozen},
    "expiring": {days: _is_expiring(int(days)) for days in EXPIRING},
    "left": {"yes": has_left, "no": lambda one: not has_left(one)},
}


def chosen(data: QueryDict) -> dict[str, str]:
    """The filters that are asked for; what makes no sense is left out. `type` is a number."""
    found = {
        name: data.get(name, "") for name, choices in FILTERS.items() if data.get(name) in choices
    }
    type_id = data.get("type", "")
    return found | ({"type": type_id} if type_id.isdecimal() and len(type_id) < 16 else {})


def keeper(filters: Mapping[str, str]) -> Keep | None:
    """None where nothing is filtered."""
    kept = [FILTERS[name][value] for name, value in filters.items() if name in FILTERS]
    if "type" in filters:
        type_id = int(filters["type"])
        kept.append(lambda one: one.type_id == type_id)
    return (lambda one: all(keep(one) for keep in kept)) if kept else None
