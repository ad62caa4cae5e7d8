"""One client's memberships: found by phone, at one location or at many."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from loyalty_admin.altegio.errors import AltegioError
from loyalty_admin.altegio.memberships import Membership
from loyalty_admin.altegio.paging import read_page
from loyalty_admin.altegio.parallel import side_by_side
from loyalty_admin.altegio.transport import Query, Transport


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the locations of a chain said about one client.

    `location_ids`: the id of each membership to the locations that know it. `failures`: the
    id of each location that gave no list to what went wrong there.
    """

    memberships: tuple[Membership, ...]
    location_ids: Mapping[int, tuple[int, ...]]
    failures: Mapping[int, AltegioError]


class _Unshown(str):
    """Text that is sent as it is and seen neither in a call nor in a traceback's variables."""

    def __repr__(self) -> str:
        return "'…'"


def find_by_phone(
    transport: Transport, location_id: int, phone_digits: str, chain_id: int
) -> tuple[Membership, ...]:
    """The client's issued and active memberships at one location, without those that say they
    are another chain's.

    The phone is in no error and no log. Raises ValueError where it is not made of digits.
    API: GET /loyalty/abonements?company_id=…&phone=…&chain_id=…
    """
    phone_digits = _Unshown(phone_digits)
    if not re.fullmatch("[0-9]{1,20}", phone_digits):
        raise ValueError("A phone is made of digits.")
    query: Query = [("company_id", location_id), ("phone", phone_digits), ("chain_id", chain_id)]
    try:
        rows = read_page(transport.get("/loyalty/abonements", query), Membership.from_api).rows
    except AltegioError as error:
        _hide_phones(error)
        raise
    return tuple(row for row in rows if row.chain_id in (None, chain_id))


def _hide_phones(error: AltegioError) -> None:
    # Altegio may repeat the phone in its refusal, written in a way of its own.
    def hidden(text: str) -> str:
        return re.sub(r"\d(?:\W{0,3}\d){6,}", "…", text)

    error.message = hidden(error.message)
    error.args = tuple(hidden(str(each)) for each in error.args)
    error.fields = {key: [hidden(text) for text in texts] for key, texts in error.fields.items()}


def find_in_chain(transport: Transport, chain_id: int, phone_digits: Mapping[int, str]) -> Found:
    """The same at all these locations, side by side, each under the digits that it would know."""
    phone_digits = {each: _Unshown(digits) for each, digits in phone_digits.items()}
    answers = side_by_side(
        [
            partial(_find_or_fail, transport, each, digits, chain_id)
            for each, digits in phone_digits.items()
        ]
    )
    memberships: dict[int, Membership] = {}
    known_in: dict[int, list[int]] = {}
    failures: dict[int, AltegioError] = {}
    for location_id, answer in zip(phone_digits, answers, strict=True):
        if isinstance(answer, AltegioError):
            failures[location_id] = answer
            continue
        for one in {one.id: one for one in answer}.values():
            memberships.setdefault(one.id, one)
            known_in.setdefault(one.id, []).append(location_id)
    return Found(
        memberships=tuple(memberships.values()),
        location_ids={each: tuple(locations) for each, locations in known_in.items()},
        failures=failures,
    )


def _find_or_fail(
    transport: Transport, location_id: int, phone_digits: str, chain_id: int
) -> tuple[Membership, ...] | AltegioError:
    try:
        return find_by_phone(transport, location_id, phone_digits, chain_id)
    except AltegioError as error:
        return error
