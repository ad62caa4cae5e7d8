"""Sold memberships: by ids, by the period of their creation, by a client's phone in a location."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import NoReturn
from zoneinfo import ZoneInfo

from loyalty_admin.sandbox.membership_fields import (
    as_shown,
    has_status,
    instant_of,
    is_over,
    zone_of,
)
from loyalty_admin.sandbox.state import Chain, Raw
from loyalty_admin.sandbox.wire import Refusal, Reply, Request, Routes, chain_for

DEFAULT_PAGE, LARGEST_PAGE = 25, 100
IDS = "abonements_ids[]"
PERIOD = ("created_after", "created_before")


def list_memberships(request: Request, chain_id: int) -> Reply:
    chain = chain_for(request, chain_id)
    named = [name for name in PERIOD if request.text(name)]
    if IDS in request.query:
        if named:
            _refuse(named[0], "Give ids or a period, not both.")
        found = _with_ids(request, chain)
    elif not named:
        _refuse("abonements_ids", "Give ids, or created_after and created_before.")
    else:
        found = _of_period(request, chain)
    page = max(1, request.number("page", 1))
    count = request.number("count", DEFAULT_PAGE)
    if not 1 <= count <= LARGEST_PAGE:
        count = DEFAULT_PAGE
    shown = found[(page - 1) * count : page * count]
    return Reply([as_shown(request.state, raw) for raw in shown])


def _with_ids(request: Request, chain: Chain) -> list[Raw]:
    sent = request.query[IDS]
    if not all(one.isdecimal() and len(one) < 19 for one in sent):
        _refuse("abonements_ids", "Must be ids.")
    ids = {int(one) for one in sent}
    return [raw for membership_id, raw in chain.abonements.items() if membership_id in ids]


def _of_period(request: Request, chain: Chain) -> list[Raw]:
    bounds = {
        name: _bound(request.text(name), zone_of(chain), is_last=name == PERIOD[1])
        for name in PERIOD
    }
    errors = {
        name: ["Must be a day, or an instant with its offset."]
        for name, bound in bounds.items()
        if bound is None
    }
    after, before = bounds.values()
    if after is None or before is None:
        raise Refusal(422, "Validation error.", errors)
    return [
        raw
        for raw in chain.abonements.values()
        if (created := instant_of(raw.get("created_date"))) and after <= created <= before
    ]


def _bound(text: str, zone: ZoneInfo, *, is_last: bool) -> datetime | None:
    """A day counts from its first moment, or as the last one to its end."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return instant_of(text)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return datetime.combine(day, time.max if is_last else time.min, zone)


def find_by_phone(request: Request) -> Reply:
    """Those that the client can still use: issued and active ones, frozen ones too."""
    phone = request.text("phone")
    if not (phone.isascii() and phone.isdecimal()):
        _refuse("phone", "Must be digits.")
    if not request.text("company_id").isdecimal():
        _refuse("company_id", "The field is required.")
    location_id = request.number("company_id", 0)
    everywhere = request.state.chains.values()
    own = next((one.id for one in everywhere if location_id in one.location_ids), 0)
    chain = chain_for(request, request.number("chain_id", own))
    if location_id not in chain.location_ids:
        raise Refusal(404)
    now = request.state.now()
    return Reply(
        [
            as_shown(request.state, raw)
            for raw in chain.abonements.values()
            if raw.get("phone") == phone
            and (raw.get("found_in") is None or location_id in raw["found_in"])
            and has_status(raw, "created", "active")
            and not is_over(raw, now)
        ]
    )


def _refuse(name: str, problem: str) -> NoReturn:
    raise Refusal(422, "Validation error.", {name: [problem]})


ROUTES: Routes = [
    ("GET", "/chain/{chain_id}/loyalty/abonements", list_memberships),
    ("GET", "/loyalty/abonements", find_by_phone),
]
