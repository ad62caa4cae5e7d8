"""Sold memberships: what the API calls `abonements`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from itertools import batched, count
from typing import Any

from loyalty_admin.altegio.errors import NotFound, UnreadableAnswer
from loyalty_admin.altegio.membership_balance import Balance, Freezing, read_fields, read_freezing
from loyalty_admin.altegio.paging import read_page
from loyalty_admin.altegio.parallel import side_by_side
from loyalty_admin.altegio.transport import Answer, Query, Send, Transport
from loyalty_admin.altegio.values import read_int, read_str

# The rights, in a chain's `access`, to change how long memberships last and what is left on them.
PERIOD_RIGHT = "loyalty_abonement_period_edit_access"
BALANCE_RIGHT = "loyalty_abonement_balance_edit_access"
# Ids of one request: more make an address that servers on the way may refuse.
IDS_AT_ONCE = 100
# Rows of a page, where the caller does not say: what the API gives by itself.
PAGE_SIZE = 25


@dataclass(frozen=True, kw_only=True)
class Membership:
    """`status`: created (issued, not yet activated), active, expired, wasted (used up), or
    whatever was read; being frozen is apart from it. `frozen_days` counts all freezings.
    `period` counts `period_unit` (1 day, 2 week, 3 month, 4 year), 0 is without end. What the
    API does not say is None, and so is what `unreadable` names.
    """

    id: int
    code: str
    type_id: int | None
    type_title: str
    # None where the answer does not say whose it is.
    chain_id: int | None
    status: str
    status_title: str
    is_frozen: bool
    frozen_days: int
    frozen_until: datetime | None
    period: int
    period_unit: int
    created_at: datetime | None
    activated_at: datetime | None
    expires_at: datetime | None
    is_pooled: bool
    is_pool_unlimited: bool
    # Says nothing unless the visits are pooled and limited.
    pool_left: int | None
    # Of a pool: what it covers.
    balances: tuple[Balance, ...]
    balance_text: str
    freezing: Freezing | None
    # API names of fields that the answer lacked or garbled: what stands for them is no fact.
    unreadable: tuple[str, ...]
    raw: Mapping[str, Any] = field(compare=False, repr=False)

    @classmethod
    def from_api(cls, raw: Any) -> Membership:
        """Read one membership. Raises UnreadableAnswer where there is none in it at all.

        A moment without an offset is unreadable: nothing says at whose clock it is meant.
        """
        membership_id = read_int(raw.get("id")) if isinstance(raw, Mapping) else None
        if membership_id is None:
            raise UnreadableAnswer("no membership in the answer")
        said, unreadable = read_fields(raw)
        type_: Mapping[str, Any] = said["type"] or {}
        status, status_title = said["status"] or ("", "")
        return cls(
            id=membership_id,
            code=said["number"] or "",
            type_id=read_int(type_.get("id")),
            type_title=read_str(type_.get("title")) or "",
            chain_id=read_int(type_.get("salon_group_id")),
            status=status,
            status_title=status_title,
            is_frozen=bool(said["is_frozen"]),
            frozen_days=said["freeze_period"] or 0,
            frozen_until=said["freeze_till"],
            period=said["period"] or 0,
            period_unit=said["period_unit_id"] or 0,
            created_at=said["created_date"],
            activated_at=said["activated_date"],
            expires_at=said["expiration_date"],
            is_pooled=bool(said["is_united_balance"]),
            is_pool_unlimited=bool(said["is_united_balance_unlimited"]),
            pool_left=said["united_balance_services_count"],
            balances=said["balance_container"] or (),
            balance_text=said["balance_string"] or "",
            freezing=read_freezing(type_),
            unreadable=unreadable,
            raw=raw,
        )

    @property
    def knows_length(self) -> bool:
        """Whether all is known that its length is reckoned from."""
        dates = {"period", "period_unit_id", "activated_date", "expiration_date", "freeze_period"}
        return not dates & {*self.unreadable}

    @property
    def knows_balances(self) -> bool:
        return "balance_container" not in self.unreadable

    @property
    def knows_what_is_left(self) -> bool:
        """Whether all is known that says how many visits are left, and of what."""
        pool = {"united_balance_services_count", "is_united_balance"}
        return self.knows_balances and not pool & {*self.unreadable}


def _path(chain_id: int, *rest: int | str) -> str:
    return "/".join(["", "chain", str(chain_id), "loyalty", "abonements", *map(str, rest)])


@dataclass(frozen=True, kw_only=True)
class Page:
    rows: tuple[Membership, ...]
    is_last: bool


def list_by_ids(transport: Transport, chain_id: int, ids: Iterable[int]) -> tuple[Membership, ...]:
    """Those of these memberships that the chain has, in the order in which they were asked for.

    API: GET /chain/{chain}/loyalty/abonements?abonements_ids[]=…&page=…&count=…
    """
    asked = list(dict.fromkeys(ids))
    parts = side_by_side(
        [partial(_list_part, transport, chain_id, part) for part in batched(asked, IDS_AT_ONCE)]
    )
    found = {membership.id: membership for part in parts for membership in part}
    return tuple(found[each] for each in asked if each in found)


def _list_part(transport: Transport, chain_id: int, ids: Sequence[int]) -> list[Membership]:
    query: Query = [("abonements_ids[]", each) for each in ids]
    missing, found, size = set(ids), list[Membership](), 0
    for page in count(1):
        rows = _read_page(transport, chain_id, query, page, IDS_AT_ONCE)
        # The API may take a smaller page than asked for: the first page's size counts.
        size = size or len(rows)
        fresh = [row for row in rows if row.id in missing]
        found += fresh
        missing -= {row.id for row in fresh}
        if not missing or not fresh or len(rows) < size:
            break
    return found


def read_membership(transport: Transport, chain_id: int, membership_id: int) -> Membership:
    """Raises NotFound where the chain has none with this id: the API has no call for just one.

    API: as `list_by_ids`.
    """
    found = list_by_ids(transport, chain_id, [membership_id])
    if not found:
        raise NotFound()
    return found[0]


def list_by_period(
    transport: Transport,
    chain_id: int,
    after: date,
    before: date,
    page: int = 1,
    count: int = PAGE_SIZE,
) -> Page:
    """A page (from 1) of the memberships created in these days; the API names no clients.

    It gives no total and may take a smaller page than `count`. So the next page is asked for
    as well, side by side: this one is the last where that brings nothing new.
    API: GET /chain/{chain}/loyalty/abonements?created_after=…&created_before=…&page=…&count=…
    """
    query: Query = [("created_after", after.isoformat()), ("created_before", before.isoformat())]
    rows, next_rows = side_by_side(
        [partial(_read_page, transport, chain_id, query, each, count) for each in (page, page + 1)]
    )
    here = {row.id: row for row in rows}
    is_last = not here or all(row.id in here for row in next_rows)
    return Page(rows=tuple(here.values()), is_last=is_last)


def _read_page(
    transport: Transport, chain_id: int, query: Query, page: int, size: int
) -> tuple[Membership, ...]:
    answer = transport.get(_path(chain_id), [*query, ("page", page), ("count", size)])
    return read_page(answer, Membership.from_api).rows


# Changes


def freeze(send: Send, chain_id: int, membership_id: int, until: datetime) -> Answer:
    """`until` is an aware moment. API: POST /chain/{chain}/loyalty/abonements/{id}/freeze"""
    if until.utcoffset() is None:
        raise ValueError("A moment without an offset says nothing to the API.")
    body = {"freeze_till": until.isoformat(timespec="seconds")}
    return send("POST", _path(chain_id, membership_id, "freeze"), body)


def unfreeze(send: Send, chain_id: int, membership_id: int) -> Answer:
    """API: POST /chain/{chain}/loyalty/abonements/{id}/unfreeze"""
    return send("POST", _path(chain_id, membership_id, "unfreeze"), {})


def set_pool(send: Send, chain_id: int, membership_id: int, left: int) -> Answer:
    """The visits left of a pool, in place of what was left; the answer may hold nothing.

    API: POST /chain/{chain}/loyalty/abonements/{id}/set_balance
    """
    body = {"united_balance_services_count": left}
    return send("POST", _path(chain_id, membership_id, "set_balance"), body)


def set_balances(send: Send, chain_id: int, membership_id: int, left: Mapping[int, int]) -> Answer:
    """The visits left by id of a service or category; those not named keep theirs.

    The answer may hold nothing. API: POST /chain/{chain}/loyalty/abonements/{id}/set_balance
    """
    rows = [{"service_id": each, "balance": visits} for each, visits in left.items()]
    body = {"services_balance_count": rows}
    return send("POST", _path(chain_id, membership_id, "set_balance"), body)


def set_period(send: Send, chain_id: int, membership_id: int, number: int, unit: int) -> Answer:
    """How long it lasts from its activation, in units 1 day, 2 week, 3 month, 4 year.

    API: POST /chain/{chain}/loyalty/abonements/{id}/set_period
    """
    body = {"period": number, "period_unit_id": unit}
    return send("POST", _path(chain_id, membership_id, "set_period"), body)
