"""What is changed about a sold membership: freezing, its balance, its validity."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from loyalty_admin.sandbox.checks import whole
from loyalty_admin.sandbox.membership_fields import (
    DAYS_OF,
    as_shown,
    balance_string,
    expiration_of,
    has_status,
    instant_of,
    is_over,
    is_used_up,
    item_of,
    links_of,
    moved,
    status,
)
from loyalty_admin.sandbox.state import Chain, Raw
from loyalty_admin.sandbox.wire import Refusal, Reply, Request, Routes, chain_for

PERIOD_RIGHT = "loyalty_abonement_period_edit_access"
BALANCE_RIGHT = "loyalty_abonement_balance_edit_access"
POOL, ROWS = "united_balance_services_count", "services_balance_count"
CANNOT_BE_FROZEN = "Subscription cannot be frozen"
BEYOND_LIMIT = "Freeze period exceeds limit"
UNLIMITED = "An unlimited balance cannot be changed"


def freeze(request: Request, chain_id: int, membership_id: int) -> Reply:
    chain = chain_for(request, chain_id, right=PERIOD_RIGHT)
    raw = _find(chain, membership_id)
    now = request.state.now()
    till = instant_of(request.body.get("freeze_till"))
    if till is None or till <= now:
        problem = "Must be an instant in the future, with its offset."
        raise Refusal(422, "Validation error.", {"freeze_till": [problem]})
    if not raw["type"].get("allow_freeze") or not has_status(raw, "created", "active"):
        raise Refusal(400, CANNOT_BE_FROZEN)
    if raw["is_frozen"]:
        raise Refusal(400, "Subscription is already frozen")
    days = -((now - till) // timedelta(days=1))  # begun ones are whole
    limit = _limit_days(raw["type"])
    if limit and raw["freeze_period"] + days > limit:
        raise Refusal(422, BEYOND_LIMIT)
    expiration = raw["expiration_date"]
    try:
        expiration = moved(expiration, days, chain) if expiration else None
    except OverflowError:
        raise Refusal(422, BEYOND_LIMIT) from None
    raw |= {
        "is_frozen": True,
        "freeze_period": raw["freeze_period"] + days,
        "freeze_till": till.isoformat(timespec="seconds"),
        "expiration_date": expiration,
    }
    return _answer(request, raw, "number", "is_frozen", "freeze_period", "freeze_till")


def _limit_days(of_type: Raw) -> int:
    """How long it may be frozen in all; 0: as long as one likes."""
    days: int = of_type["freeze_limit"] * DAYS_OF.get(of_type["freeze_limit_unit_id"], 1)
    return days


def unfreeze(request: Request, chain_id: int, membership_id: int) -> Reply:
    chain = chain_for(request, chain_id, right=PERIOD_RIGHT)
    raw = _find(chain, membership_id)
    if not raw["is_frozen"]:
        raise Refusal(400, "Subscription is not frozen")
    raw |= {"is_frozen": False, "freeze_till": None}
    return _answer(request, raw, "number", "is_frozen", "freeze_period")


def set_period(request: Request, chain_id: int, membership_id: int) -> Reply:
    chain = chain_for(request, chain_id, right=PERIOD_RIGHT)
    raw = _find(chain, membership_id)
    sent = {name: request.body.get(name) for name in ("period", "period_unit_id")}
    checks = {"period": whole(1), "period_unit_id": whole(1, 4)}
    if errors := {name: [said] for name in sent if (said := checks[name](sent[name]))}:
        raise Refusal(422, "Validation error.", errors)
    try:
        expiration = expiration_of(raw | sent, chain)
    except OverflowError:
        raise Refusal(422, "Validation error.", {"period": ["Is too long."]}) from None
    ends, last_used = instant_of(expiration), instant_of(raw.get("last_used"))
    if ends and last_used and ends < last_used:
        raise Refusal(400, "The new date is before the last use")
    raw |= {**sent, "expiration_date": expiration}
    if ends and has_status(raw, "active", "expired"):
        raw["status"] = status("expired" if is_over(raw, request.state.now()) else "active")
    return _answer(request, raw, "period", "period_unit_id", "expiration_date")


def set_balance(request: Request, chain_id: int, membership_id: int) -> Reply:
    chain = chain_for(request, chain_id, right=BALANCE_RIGHT)
    raw = _find(chain, membership_id)
    if raw["is_united_balance"]:
        _set_pool(raw, request.body.get(POOL))
    else:
        _set_rows(raw, request.body.get(ROWS))
    raw["balance_string"] = balance_string(raw)
    if is_used_up(raw):
        raw["status"] = status("wasted")
    elif has_status(raw, "wasted"):
        raw["status"] = status("active" if raw["activated_date"] else "created")
    if request.state.observed:
        return Reply(None)
    return _answer(request, raw, POOL, "balance_container")


def _set_pool(raw: Raw, left: Any) -> None:
    if problem := whole()(left):
        raise Refusal(422, "Validation error.", {POOL: [problem]})
    if raw["is_united_balance_unlimited"]:
        raise Refusal(400, UNLIMITED)
    raw[POOL] = left


def _set_rows(raw: Raw, sent: Any) -> None:
    rows: list[Raw] = sent if isinstance(sent, list) else []
    if not rows or not all(isinstance(row, dict) for row in rows):
        problem = "Must be a list of service_id and balance."
        raise Refusal(422, "Validation error.", {ROWS: [problem]})
    links = {item_of(link).get("id"): link for link in links_of(raw)}
    for place, row in enumerate(rows):
        if type(row.get("service_id")) is not int or row["service_id"] not in links:
            name, problem = "service_id", "The membership does not cover the service."
        elif problem := whole()(row.get("balance")):
            name = "balance"
        else:
            continue
        raise Refusal(422, "Validation error.", {f"{ROWS}.{place}.{name}": [problem]})
    if any(links[row["service_id"]]["is_unlimited"] for row in rows):
        raise Refusal(400, UNLIMITED)
    for row in rows:
        links[row["service_id"]]["count"] = row["balance"]


def _find(chain: Chain, membership_id: int) -> Raw:
    raw = chain.abonements.get(membership_id)
    if raw is None:
        raise Refusal(404)
    return raw


def _answer(request: Request, raw: Raw, *names: str) -> Reply:
    return Reply(as_shown(request.state, raw, *names))


MEMBERSHIP = "/chain/{chain_id}/loyalty/abonements/{membership_id}"
ROUTES: Routes = [
    ("POST", MEMBERSHIP + "/freeze", freeze),
    ("POST", MEMBERSHIP + "/unfreeze", unfreeze),
    ("POST", MEMBERSHIP + "/set_balance", set_balance),
    ("POST", MEMBERSHIP + "/set_period", set_period),
]
