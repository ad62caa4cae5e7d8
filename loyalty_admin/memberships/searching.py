"""Finding sold memberships: by a client's phone, by their numbers, by when they were created."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

from django.http import QueryDict

from loyalty_admin.altegio import memberships as api
from loyalty_admin.altegio.errors import AltegioError, TooManyRequests, Unavailable, Unreachable
from loyalty_admin.altegio.memberships import Membership
from loyalty_admin.altegio.memberships_by_phone import find_in_chain
from loyalty_admin.chains.services import ChainContext, locations
from loyalty_admin.memberships.dates import expires_within
from loyalty_admin.memberships.phones import digits_by_location
from loyalty_admin.memberships.reading import is_of
from loyalty_admin.web import signed

PAGE_SIZE = 50
# With a filter, pages are read on until enough fit, or these many were looked through.
MOST_PAGES = 5
MOST_DAYS = 3660
FOUND = "memberships.found"
# Characters: servers refuse a longer address, some from 4000 on.
MOST_SIGNED = 3000

Keep = Callable[[Membership], bool]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What was read, before any filter.

    `locations_of`: where a phone search found each. `silent`: locations that gave nothing.
    `waiting`: locations that there was no time for. `missing`: numbers that the chain does not
    have. `next_page`: the page from which to read on.
    """

    rows: Sequence[Membership]
    locations_of: Mapping[int, Sequence[int]] = field(default_factory=dict)
    silent: Sequence[int] = ()
    waiting: Sequence[int] = ()
    missing: Sequence[int] = ()
    next_page: int | None = None


def by_phone(ctx: ChainContext, phone: str, so_far: str = "") -> Result:
    """One client's, asked at every location; where `so_far` was found already (`sign_found`), only
    at those for which there was no time. Raises NoPhone, AltegioError where none answers."""
    asked = digits_by_location(phone, locations(ctx))
    before = _unsigned(ctx, so_far)
    if before is not None:
        asked = {one: digits for one, digits in asked.items() if one in before["waiting"]}
    found = find_in_chain(ctx.transport(), ctx.id, asked)
    if before is None and found.failures and len(found.failures) == len(asked):
        raise next(iter(found.failures.values()))
    waiting = [one for one, why in found.failures.items() if _is_worth_another_turn(why)]
    if len(waiting) == len(asked):
        waiting = []  # something else than time is missing
    silent = [*(before["silent"] if before else ()), *found.failures]
    known_in = {number: {*ids} for number, ids in (before["in"] if before else ())}
    for number, ids in found.location_ids.items():
        known_in[number] = known_in.get(number, set()) | {*ids}
    places = [location.id for location in locations(ctx)]
    locations_of = {
        number: [one for one in places if one in ids] for number, ids in known_in.items()
    }
    return Result(
        rows=found.memberships,
        locations_of=locations_of,
        silent=[one for one in silent if one not in waiting],
        waiting=waiting,
    )


def _is_worth_another_turn(why: AltegioError) -> bool:
    """Whether there was no answer for want of time, or of a turn; what Altegio says, it says."""
    is_unanswered = isinstance(why, Unavailable | Unreachable) and why.status is None
    return is_unanswered or isinstance(why, TooManyRequests)


def sign_found(ctx: ChainContext, result: Result) -> str:
    """What a phone search came to, for an address: it says nothing of the client."""
    text = _signed(ctx, result, result.locations_of)
    if len(text) > MOST_SIGNED:  # where each is known does not fit as well
        text = _signed(ctx, result, dict.fromkeys(result.locations_of, ()))
    return text


def _signed(ctx: ChainContext, result: Result, locations_of: Mapping[int, Sequence[int]]) -> str:
    found = {"of": ctx.id, "in": list(locations_of.items()), "silent": result.silent}
    found["waiting"] = result.waiting
    return signed.write(found, salt=FOUND)


def _unsigned(ctx: ChainContext, text: str) -> dict[str, Any] | None:
    """What was signed for this chain."""
    found = signed.read(text, salt=FOUND)
    return {"waiting": (), **found} if found and found["of"] == ctx.id else None


def found_before(ctx: ChainContext, text: str) -> Result | None:
    """The same ones as they are now; None where it is not this chain's. Raises AltegioError."""
    found = _unsigned(ctx, text)
    if found is None:
        return None
    locations_of = dict(found["in"])
    silent = [*found["silent"], *found["waiting"]]
    return replace(by_numbers(ctx, locations_of), locations_of=locations_of, silent=silent)


def by_numbers(ctx: ChainContext, ids: Iterable[int]) -> Result:
    """Those that the chain has. Raises AltegioError."""
    asked = list(ids)
    rows = [one for one in api.list_by_ids(ctx.transport(), ctx.id, asked) if is_of(one, ctx)]
    read = {one.id for one in rows}
    return Result(rows=rows, missing=[number for number in asked if number not in read])


def by_period(
    ctx: ChainContext, after: date, before: date, page: int, filters: Mapping[str, str]
) -> Result:
    """From a page on, those that were created in these days. Raises AltegioError."""
    transport, keep = ctx.transport(), keeper(filters)
    rows: list[Membership] = []
    for number in range(page, page + (MOST_PAGES if filters else 1)):
        read = api.list_by_period(transport, ctx.id, after, before, number, PAGE_SIZE)
        rows += [one for one in read.rows if is_of(one, ctx)]
        if read.is_last or sum(map(keep, rows)) >= PAGE_SIZE:
            break
    return Result(rows=rows, next_page=None if read.is_last else number + 1)


# Filters


def has_left(one: Membership) -> bool | None:
    """Whether a visit can still be paid with it; None where Altegio does not say."""
    if one.is_pooled:
        if one.is_pool_unlimited:
            return True
        return None if one.pool_left is None else one.pool_left > 0
    if not one.knows_balances:
        return None
    return any(row.is_unlimited or bool(row.left) for row in one.balances)


FILTERS: Mapping[str, Mapping[str, Keep]] = {
    "status": {
        slug: (lambda one, slug=slug: one.status == slug)  # type: ignore[misc]
        for slug in ("created", "active", "expired", "wasted")
    },
    "frozen": {"yes": lambda one: one.is_frozen, "no": lambda one: not one.is_frozen},
    "left": {"yes": lambda one: has_left(one) is True, "no": lambda one: has_left(one) is False},
}

NAMES = {*FILTERS, "type", "expiring"}


def chosen(data: QueryDict) -> dict[str, str]:
    """The filters that are asked for; what makes no sense is left out. `type` is a number, and
    `expiring` one of days."""
    found = {
        name: data.get(name, "") for name, choices in FILTERS.items() if data.get(name) in choices
    }
    for name, most in (("type", 10**15), ("expiring", MOST_DAYS)):
        text = data.get(name, "").strip()
        if text.isdecimal() and len(text) < 16 and 0 < int(text) <= most:
            found[name] = str(int(text))
    return found


def keeper(filters: Mapping[str, str]) -> Keep:
    """Whether a membership passes all of these."""
    kept = [FILTERS[name][value] for name, value in filters.items() if name in FILTERS]
    if "type" in filters:
        type_id = int(filters["type"])
        kept.append(lambda one: one.type_id == type_id)
    if "expiring" in filters:
        kept.append(partial(expires_within, days=int(filters["expiring"])))
    return lambda one: all(keep(one) for keep in kept)
