"""Promotions: what the API calls loyalty `programs`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from loyalty_admin.altegio.errors import AltegioError, UnreadableAnswer
from loyalty_admin.altegio.paging import read_page
from loyalty_admin.altegio.parallel import side_by_side
from loyalty_admin.altegio.promotion_terms import INCLUDES, Item, Terms, read_items, read_terms
from loyalty_admin.altegio.transport import Answer, Send, Transport
from loyalty_admin.altegio.values import read_int

# The right, in a chain's `access`, to change promotions.
EDIT_RIGHT = "loyalty_programs_access"
# Names under which the API says whose something is.
CHAIN_KEYS = ("group_id", "salon_group_id", "company_group_id", "chain_id")


@dataclass(frozen=True, kw_only=True)
class Promotion:
    id: int
    terms: Terms
    # What the terms name by their ids, with titles; empty in a list.
    items: tuple[Item, ...]
    # None where the answer does not say whose it is.
    chain_id: int | None
    # API names of terms that the answer lacked or garbled. A list lacks all that has to be
    # asked for (`INCLUDES`): a promotion is edited only as `read_promotion` gave it.
    unreadable: tuple[str, ...]
    raw: Mapping[str, Any] = field(compare=False, repr=False)

    @classmethod
    def from_api(cls, raw: Any) -> Promotion:
        """Read one promotion. Raises UnreadableAnswer where there is none in it at all."""
        promotion_id = read_int(raw.get("id")) if isinstance(raw, Mapping) else None
        if promotion_id is None:
            raise UnreadableAnswer("no promotion in the answer")
        terms, unreadable = read_terms(raw)
        chain_ids = (read_int(raw.get(key)) for key in CHAIN_KEYS)
        return cls(
            id=promotion_id,
            terms=terms,
            items=read_items(raw.get("applicable_items")) or (),
            chain_id=next((chain_id for chain_id in chain_ids if chain_id), None),
            unreadable=unreadable,
            raw=raw,
        )


def _path(chain_id: int, *rest: int) -> str:
    return "/".join(["", "chain", str(chain_id), "loyalty", "programs", *map(str, rest)])


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What the locations of a chain said.

    `location_ids`: the id of each promotion to the locations in which it is active. `failures`:
    the id of each location that gave no list to what went wrong there.
    """

    promotions: tuple[Promotion, ...]
    location_ids: Mapping[int, tuple[int, ...]]
    failures: Mapping[int, AltegioError]


def list_of_chain(transport: Transport, chain_id: int, location_ids: Iterable[int]) -> Listed:
    """The promotions active in these locations, without those that say they are another chain's.

    The API has no list of a chain's promotions: every location is asked, side by side.
    API: GET /company/{location}/loyalty/programs/search
    """
    asked = list(dict.fromkeys(location_ids))
    answers = side_by_side([partial(_list_of_location, transport, each) for each in asked])
    promotions: dict[int, Promotion] = {}
    found_in: dict[int, dict[int, None]] = {}
    failures: dict[int, AltegioError] = {}
    for location_id, answer in zip(asked, answers, strict=True):
        if isinstance(answer, AltegioError):
            failures[location_id] = answer
            continue
        for promotion in answer:
            if promotion.chain_id in (None, chain_id):
                promotions.setdefault(promotion.id, promotion)
                found_in.setdefault(promotion.id, {})[location_id] = None
    return Listed(
        promotions=tuple(promotions.values()),
        location_ids={each: tuple(locations) for each, locations in found_in.items()},
        failures=failures,
    )


def _list_of_location(
    transport: Transport, location_id: int
) -> tuple[Promotion, ...] | AltegioError:
    try:
        answer = transport.get(f"/company/{location_id:d}/loyalty/programs/search")
        return read_page(answer, Promotion.from_api).rows
    except AltegioError as error:
        return error


def read_promotion(transport: Transport, chain_id: int, promotion_id: int) -> Promotion:
    """With everything that has to be asked for.

    API: GET /chain/{chain}/loyalty/programs/{id}?include=…, with or without an envelope.
    """
    query = [("include", ",".join(INCLUDES))]
    return transport.get(_path(chain_id, promotion_id), query).read(Promotion.from_api)


def create_promotion(send: Send, chain_id: int, body: Mapping[str, Any]) -> Answer:
    """API: POST /chain/{chain}/loyalty/programs"""
    return send("POST", _path(chain_id), body)


def update_promotion(
    send: Send, chain_id: int, promotion_id: int, body: Mapping[str, Any]
) -> Answer:
    """API: PUT /chain/{chain}/loyalty/programs/{id}"""
    return send("PUT", _path(chain_id, promotion_id), body)


def delete_promotion(send: Send, chain_id: int, promotion_id: int) -> Answer:
    """API: DELETE /chain/{chain}/loyalty/programs/{id}"""
    return send("DELETE", _path(chain_id, promotion_id))


def id_in_answer(answer: Answer) -> int | None:
    """The id in a write's answer; without `include` it never holds the whole promotion."""
    return read_int(answer.data.get("id")) if isinstance(answer.data, Mapping) else None
