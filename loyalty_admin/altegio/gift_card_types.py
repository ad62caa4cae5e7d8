"""Gift card types: what the API calls `certificate_types`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from loyalty_admin.altegio.errors import UnreadableAnswer
from loyalty_admin.altegio.gift_card_terms import Terms, read_terms
from loyalty_admin.altegio.paging import Page, read_in_turn, read_page, read_whole
from loyalty_admin.altegio.transport import Answer, Send, Transport
from loyalty_admin.altegio.values import read_bool, read_image_url, read_int, read_str

PAGE_SIZE = 100
# The right, in a chain's `access`, to change gift card types.
EDIT_RIGHT = "loyalty_certificate_types_access"


@dataclass(frozen=True, kw_only=True)
class GiftCardType:
    id: int
    terms: Terms
    # Altegio's own doing: no call of the API archives or unarchives.
    is_archived: bool
    archived_at: str
    issued: int | None
    image_url: str
    covers_title: str
    # None where the answer does not say whose it is.
    chain_id: int | None
    # API names of terms that the answer lacked or garbled: a PUT would lose them.
    unreadable: tuple[str, ...]
    raw: Mapping[str, Any] = field(compare=False, repr=False)

    @classmethod
    def from_api(cls, raw: Any) -> GiftCardType:
        """Read one type. Raises UnreadableAnswer where there is none in it at all."""
        type_id = read_int(raw.get("id")) if isinstance(raw, Mapping) else None
        if type_id is None:
            raise UnreadableAnswer("no gift card type in the answer")
        terms, unreadable = read_terms(raw)
        covers = raw.get("item_type")
        covers_title = covers.get("title") if isinstance(covers, Mapping) else ""
        return cls(
            id=type_id,
            terms=terms,
            is_archived=bool(read_bool(raw.get("is_archived"))),
            archived_at=read_str(raw.get("date_archived")) or "",
            issued=read_int(raw.get("released_total")),
            image_url=read_image_url(raw.get("online_sale_image")) or "",
            covers_title=read_str(covers_title) or "",
            chain_id=read_int(raw.get("company_group_id")),
            unreadable=unreadable,
            raw=raw,
        )


def _path(chain_id: int, *rest: int) -> str:
    return "/".join(["", "chain", str(chain_id), "loyalty", "certificate_types", *map(str, rest)])


@dataclass(frozen=True, kw_only=True)
class Listed:
    """All types of a chain; `is_complete` is False when fewer came than the API counted."""

    types: tuple[GiftCardType, ...]
    is_complete: bool


def list_all(transport: Transport, chain_id: int, *, title: str = "") -> Listed:
    """Every type, also those archived by Altegio, whose title contains `title`.

    Two round trips in sequence, for a search page after page.
    API: GET /chain/{chain}/loyalty/certificate_types
    """

    def page_of(page: int) -> Page[GiftCardType]:
        query: list[tuple[str, str | int]] = [("title", title)] if title else []
        query += [("page", page), ("page_size", PAGE_SIZE)]
        return read_page(transport.get(_path(chain_id), query), GiftCardType.from_api)

    whole = (read_in_turn if title else read_whole)([page_of])
    return Listed(types=whole.rows, is_complete=whole.is_complete)


def read_type(transport: Transport, chain_id: int, type_id: int) -> GiftCardType:
    """API: GET /chain/{chain}/loyalty/certificate_types/{id}"""
    return transport.get(_path(chain_id, type_id)).read(GiftCardType.from_api)


def create_type(send: Send, chain_id: int, body: Mapping[str, Any]) -> Answer:
    """API: POST /chain/{chain}/loyalty/certificate_types"""
    return send("POST", _path(chain_id), body)


def update_type(send: Send, chain_id: int, type_id: int, body: Mapping[str, Any]) -> Answer:
    """API: PUT /chain/{chain}/loyalty/certificate_types/{id}"""
    return send("PUT", _path(chain_id, type_id), body)


def delete_type(send: Send, chain_id: int, type_id: int) -> Answer:
    """API: DELETE /chain/{chain}/loyalty/certificate_types/{id}"""
    return send("DELETE", _path(chain_id, type_id))


def whole_answer(answer: Answer) -> GiftCardType | None:
    """The type in a write's answer; None when it holds none, or not all of it."""
    try:
        read = GiftCardType.from_api(answer.data)
    except UnreadableAnswer:
        return None
    return None if read.unreadable or read.issued is None else read


def id_in_answer(answer: Answer) -> int | None:
    return read_int(answer.data.get("id")) if isinstance(answer.data, Mapping) else None
