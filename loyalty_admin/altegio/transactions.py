"""Loyalty transactions: what was discounted, accrued and withdrawn in a chain."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from loyalty_admin.altegio.errors import UnreadableAnswer
from loyalty_admin.altegio.parallel import side_by_side
from loyalty_admin.altegio.transport import Query, Transport
from loyalty_admin.altegio.values import read_bool, read_decimal, read_int, read_str

# The API's number of each type to our name for it.
TYPES: Mapping[int, str] = {
    1: "promotion_discount",
    2: "accrual",
    3: "card_withdrawal",
    4: "referral",
    5: "manual_top_up",
    6: "manual_withdrawal",
    7: "expired_points",
    8: "gift_card_withdrawal",
    9: "membership_use",
    10: "membership_recalculation",
    11: "client_account_withdrawal",
}
# Rows of a page, as asked for.
PAGE_SIZE = 100
# The number of the last page that is asked for: an API that took no end would keep a job for ever.
MOST_PAGES = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """From the day `after` to the day `before`, both included; no ids stand for all.

    Raises ValueError where the period ends before it begins.
    """

    after: date
    before: date
    types: tuple[int, ...] = ()
    location_ids: tuple[int, ...] = ()
    visit_ids: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.after > self.before:
            raise ValueError("The period ends before it begins.")


def _read_id(value: Any) -> int | None:
    # The API says 0 where it means none.
    return read_int(value) or None


# Our names to the API's, and how each is read.
_FIELDS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "amount": ("amount", read_decimal),
    "status_id": ("status_id", read_int),
    "chain_id": ("salon_group_id", _read_id),
    "visit_id": ("visit_id", _read_id),
    "promotion_id": ("program_id", _read_id),
    "card_id": ("card_id", _read_id),
    "gift_card_id": ("certificate_id", _read_id),
    "membership_id": ("abonement_id", _read_id),
    "item_id": ("item_id", _read_id),
    "item_type_id": ("item_type_id", _read_id),
    "item_record_id": ("item_record_id", _read_id),
    "product_transaction_id": ("goods_transaction_id", _read_id),
    "service_transaction_id": ("services_transaction_id", _read_id),
    "is_discount": ("is_discount", read_bool),
    "is_withdrawal": ("is_loyalty_withdraw", read_bool),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Transaction:
    """`amount` is in the chain's currency or in points, as the type has it, with the API's digits
    and sign. `item_type_id`: 1 service, 7 product. What the API does not say, or says as 0
    where an id stands, is None, and so is what `unreadable` names. There is no date.
    """

    id: int
    amount: Decimal | None
    # One of `TYPES`, or one that is not known here.
    type_id: int | None
    type_title: str
    status_id: int | None
    chain_id: int | None
    visit_id: int | None
    promotion_id: int | None
    card_id: int | None
    gift_card_id: int | None
    membership_id: int | None
    item_id: int | None
    item_type_id: int | None
    item_record_id: int | None
    product_transaction_id: int | None
    service_transaction_id: int | None
    is_discount: bool | None
    is_withdrawal: bool | None
    # API names of fields that the answer garbled.
    unreadable: tuple[str, ...]

    @classmethod
    def from_api(cls, raw: Any) -> Transaction:
        """Read one transaction. Raises UnreadableAnswer where there is none in it at all."""
        transaction_id = _read_id(raw.get("id")) if isinstance(raw, Mapping) else None
        if transaction_id is None:
            raise UnreadableAnswer("no transaction in the answer")
        type_ = raw.get("type")
        type_ = type_ if isinstance(type_, Mapping) else {}
        type_id = _read_id(raw.get("type_id"))
        said = {ours: read(raw.get(theirs)) for ours, (theirs, read) in _FIELDS.items()}
        garbled = [theirs for ours, (theirs, _) in _FIELDS.items() if said[ours] is None]
        return cls(
            id=transaction_id,
            type_id=_read_id(type_.get("id")) if type_id is None else type_id,
            type_title=read_str(type_.get("title")) or "",
            unreadable=tuple(theirs for theirs in garbled if _is_something(raw.get(theirs))),
            **said,
        )


def _is_something(value: Any) -> bool:
    return value is not None and value != "" and read_int(value) != 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """`size`: the most rows that a page of this reading was seen to hold, which may be fewer than
    were asked for. `unreadable`: how many rows cannot be read and are not among `rows`.
    """

    rows: tuple[Transaction, ...]
    is_last: bool
    size: int
    unreadable: int


def read_page(
    transport: Transport, chain_id: int, filter: Filter, page: int, count: int = PAGE_SIZE
) -> Page:
    """One page, from 1.

    The API gives no total and may take a smaller page than `count`. So the next page is asked for
    as well, side by side: this one is the last where that brings nothing new.
    Raises UnreadableAnswer where there is no list.
    API: GET /chain/{chain}/loyalty/transactions?created_after=…&created_before=…&page=…&count=…
    """
    here, after = side_by_side(
        [partial(_read, transport, chain_id, filter, each, count) for each in (page, page + 1)]
    )
    is_last = not here or not _without(after, {row.id for row in here})
    return _page(here, is_last=is_last, size=max(len(here), len(after)))


def iterate(
    transport: Transport,
    chain_id: int,
    filter: Filter,
    *,
    start_page: int = 1,
    size: int = 0,
) -> Iterator[Page]:
    """Page after page, in constant memory; the last one, which may be empty, says so.

    The last is empty, or shorter than one before it. So a short first page costs another call,
    unless `size` tells what an earlier reading saw (`Page.size`).

    Rows that come in meanwhile move those behind them to later pages: the ids of two pages
    are remembered and no row comes twice, as long as fewer than two pages' worth come in between
    one page and the next but one. Neither is known of the pages before `start_page`. Missed is
    what comes in before the page that is being read, and what moves there because rows before
    it were deleted.

    Raises UnreadableAnswer where there is no list or, after page `MOST_PAGES`, no end.
    API: as `read_page`, without the next page.
    """
    known: deque[set[int | str]] = deque(maxlen=2)
    was_new = True
    for number in range(start_page, MOST_PAGES + 1):
        rows = _read(transport, chain_id, filter, number, PAGE_SIZE)
        size = max(size, len(rows))
        fresh = _without(rows, set().union(*known))
        # Where a whole page came in meanwhile, the next page is the same once more: only when it
        # stays the same the API gives no other.
        is_last = not rows or len(rows) < size or not (fresh or was_new)
        yield _page(fresh, is_last=is_last, size=size)
        if is_last:
            return
        was_new = bool(fresh)
        known.append({row.id for row in rows})
    raise UnreadableAnswer("no end of the transactions")


@dataclass(frozen=True, slots=True)
class _Unreadable:
    """A row without an id: its text tells it from others."""

    id: str


_Row = Transaction | _Unreadable


def _read(transport: Transport, chain_id: int, filter: Filter, page: int, count: int) -> list[_Row]:
    query: Query = [
        ("created_after", filter.after.isoformat()),
        ("created_before", filter.before.isoformat()),
        *((name, ",".join(map(str, ids))) for name, ids in _wanted(filter) if ids),
        ("page", page),
        ("count", count),
    ]
    answer = transport.get(f"/chain/{chain_id}/loyalty/transactions", query)
    if answer.data is not None and not isinstance(answer.data, list):
        raise UnreadableAnswer("no list in the answer", request_id=answer.request_id)
    return [_read_row(raw) for raw in answer.data or []]


def _wanted(filter: Filter) -> Sequence[tuple[str, tuple[int, ...]]]:
    return (
        ("types", filter.types),
        ("company_ids", filter.location_ids),
        ("visit_ids", filter.visit_ids),
    )


def _read_row(raw: Any) -> _Row:
    try:
        return Transaction.from_api(raw)
    except UnreadableAnswer:
        return _Unreadable(repr(raw))


def _without(rows: Sequence[_Row], known: Container[int | str]) -> list[_Row]:
    return [row for row in rows if row.id not in known]


def _page(rows: Sequence[_Row], *, is_last: bool, size: int) -> Page:
    transactions = {row.id: row for row in rows if isinstance(row, Transaction)}
    return Page(
        rows=tuple(transactions.values()),
        is_last=is_last,
        size=size,
        unreadable=sum(isinstance(row, _Unreadable) for row in rows),
    )
