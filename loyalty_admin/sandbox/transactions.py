"""Loyalty transactions of a chain: of a period, oldest first, page by page."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal

from loyalty_admin.sandbox.membership_fields import zone_of
from loyalty_admin.sandbox.presenting import as_answered
from loyalty_admin.sandbox.state import Raw, State
from loyalty_admin.sandbox.transaction_fields import INTERNAL
from loyalty_admin.sandbox.wire import Refusal, Reply, Request, Routes, chain_for

DEFAULT_PAGE, LARGEST_PAGE = 25, 100
PERIOD = ("created_after", "created_before")
# What a filter of the query looks at in a row.
FILTERS = {"types": "type_id", "company_ids": "company_id", "visit_ids": "visit_id"}


def list_transactions(request: Request, chain_id: int) -> Reply:
    # No source names a right that reading asks for, `loyalty_access` neither: the chain is enough.
    chain = chain_for(request, chain_id)
    errors: dict[str, list[str]] = {}
    days = [_day(request, name, errors) for name in PERIOD]
    wanted = {
        field: _ids(request, name, errors) for name, field in FILTERS.items() if request.text(name)
    }
    page = _number(request, "page", 1, 10**9, errors, default=1)
    count = _number(request, "count", 1, LARGEST_PAGE, errors, default=DEFAULT_PAGE)
    if errors:
        raise Refusal(422, "Validation error.", errors)
    zone = zone_of(chain)
    rows = chain.transactions.page(
        datetime.combine(days[0], time.min, zone),
        datetime.combine(days[1], time.max, zone),
        wanted,
        skip=(page - 1) * count,
        count=count,
    )
    total = str(len(rows)) if request.state.observed else len(rows)
    return Reply([_shown(request.state, raw) for raw in rows], meta={"count": total})


def _day(request: Request, name: str, errors: dict[str, list[str]]) -> date:
    text = request.text(name)
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    errors[name] = ["Must be a date, YYYY-MM-DD." if text else "The field is required."]
    return date.min


def _ids(request: Request, name: str, errors: dict[str, list[str]]) -> frozenset[int]:
    """Numbers between commas; those that mean nothing here match nothing."""
    text = request.text(name)
    if not re.fullmatch(r"[0-9]{1,18}(,[0-9]{1,18})*", text):
        errors[name] = ["Must be ids separated by commas."]
        return frozenset()
    return frozenset(map(int, text.split(",")))


def _number(
    request: Request,
    name: str,
    low: int,
    high: int,
    errors: dict[str, list[str]],
    *,
    default: int,
) -> int:
    """Out of range: refused as documented, but the real backend was seen to take its default."""
    if name not in request.query:
        return default
    number = request.number(name, -1)
    if low <= number <= high:
        return number
    if not request.state.observed:
        errors[name] = [f"Must be a whole number from {low} to {high}."]
    return default


def _shown(state: State, raw: Raw) -> Raw:
    shown = as_answered(state, {name: raw[name] for name in raw if name not in INTERNAL})
    if state.observed and isinstance(raw["amount"], Decimal):
        shown["amount"] = f"{raw['amount']:.2f}"
    return shown


ROUTES: Routes = [("GET", "/chain/{chain_id}/loyalty/transactions", list_transactions)]
