"""Membership types: what the API calls `abonement_types`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from loyalty_admin.altegio.errors import UnreadableAnswer
from loyalty_admin.altegio.membership_terms import ARCHIVE_KEY, Terms, read_terms
from loyalty_admin.altegio.paging import Page, read_in_turn, read_page, read_whole
from loyalty_admin.altegio.transport import Answer, Query, Send, Transport
from loyalty_admin.altegio.values import read_bool, read_image_url, read_int, read_str

PAGE_SIZE = 250
INCLUDES: Query = [
    ("include[]", "balance_container"),
    ("include[]", "abonements_count"),
    ("include[]", "attached_salon_ids"),
]
# The right, in a chain's `access`, to change membership types.
EDIT_RIGHT = "loyalty_abonement_types_access"


@dataclass(frozen=True, kw_only=True)
class MembershipType:
    id: int
    terms: Terms
    is_archived: bool
    archived_at: str
    sold: int | None
    activation_title: str
    image_url: str
    # None where the answer does not say whose it is.
    chain_id: int | None
    # API names of terms that the answer lacked or garbled: a PUT would lose them.
    unreadable: tuple[str, ...]
    raw: Mapping[str, Any] = field(compare=False, repr=False)

    @classmethod
    def from_api(cls, raw: Any, *, is_archived: bool = False) -> MembershipType:
        """Read one type; `is_archived` stands in where the answer does not say it.

        Raises UnreadableAnswer where there is no type in it at all.
        """
        type_id = read_int(raw.get("id")) if isinstance(raw, Mapping) else None
        if type_id is None:
            raise UnreadableAnswer("no membership type in the answer")
        terms, unreadable = read_terms(raw)
        archived = read_bool(raw.get(ARCHIVE_KEY))
        if archived is None:
            unreadable += (ARCHIVE_KEY,)
        return cls(
            id=type_id,
            terms=terms,
            is_archived=is_archived if archived is None else archived,
            archived_at=read_str(raw.get("date_archived")) or "",
            sold=read_int(raw.get("abonements_count")),
            activation_title=read_str(raw.get("expiration_type_title")) or "",
            image_url=read_image_url(raw.get("online_sale_image")) or "",
            chain_id=read_int(raw.get("salon_group_id")),
            unreadable=unreadable,
            raw=raw,
        )


def _path(chain_id: int, *rest: int | str) -> str:
    return "/".join(["", "chain", str(chain_id), "loyalty", "abonement_types", *map(str, rest)])


@dataclass(frozen=True, kw_only=True)
class Listed:
    """All types of a chain; `is_complete` is False when fewer came than the API counted."""

    types: tuple[MembershipType, ...]
    is_complete: bool


def list_all(transport: Transport, chain_id: int, *, title: str = "") -> Listed:
    """Every type, active and archived, whose title contains `title`.

    Two round trips in sequence, for a search page after page.
    API: GET /chain/{chain}/loyalty/abonement_types
    """

    def page_of(archived: bool, page: int) -> Page[MembershipType]:
        query: list[tuple[str, str | int]] = [("title", title)] if title else []
        query += [("is_archived", int(archived)), ("page", page), ("limit", PAGE_SIZE), *INCLUDES]
        answer = transport.get(_path(chain_id), query)
        return read_page(answer, partial(MembershipType.from_api, is_archived=archived))

    whole = (read_in_turn if title else read_whole)(
        [partial(page_of, False), partial(page_of, True)]
    )
    return Listed(types=whole.rows, is_complete=whole.is_complete)


def read_type(transport: Transport, chain_id: int, type_id: int) -> MembershipType:
    """API: GET /chain/{chain}/loyalty/abonement_types/{id}"""
    return transport.get(_path(chain_id, type_id), INCLUDES).read(MembershipType.from_api)


def create_type(send: Send, chain_id: int, body: Mapping[str, Any], *, form: str = "") -> Answer:
    """API: POST /chain/{chain}/loyalty/abonement_types"""
    return send("POST", _path(chain_id), body, form=form)


def update_type(
    send: Send, chain_id: int, type_id: int, body: Mapping[str, Any], *, form: str = ""
) -> Answer:
    """API: PUT /chain/{chain}/loyalty/abonement_types/{id}"""
    return send("PUT", _path(chain_id, type_id), body, form=form)


def delete_type(send: Send, chain_id: int, type_id: int) -> Answer:
    """API: DELETE /chain/{chain}/loyalty/abonement_types/{id}"""
    return send("DELETE", _path(chain_id, type_id))


def clone_type(send: Send, chain_id: int, type_id: int) -> Answer:
    """API: POST /chain/{chain}/loyalty/abonement_types/{id}/clone"""
    return send("POST", _path(chain_id, type_id, "clone"), {})


def restore_type(send: Send, chain_id: int, type_id: int, title: str) -> Answer:
    """API: POST /chain/{chain}/loyalty/abonement_types/{id}/restore"""
    return send("POST", _path(chain_id, type_id, "restore"), {"restore_in_title": title})


def switch_archive(
    send: Send, chain_id: int, type_id: int, *, archived: bool, documented: bool
) -> Answer:
    """Archive or unarchive, in the documented form or in the other one that was seen.

    API: PATCH /chain/{chain}/loyalty/abonement_types/{id}/archive, or PATCH …/{id}
    """
    if documented:
        path, value = _path(chain_id, type_id, "archive"), archived
        return send("PATCH", path, {"is_archived": value})
    return send("PATCH", _path(chain_id, type_id), {"is_archived": str(int(archived))})


def whole_answer(answer: Answer) -> MembershipType | None:
    """The type in a write's answer; None when it holds none, or not all of it."""
    try:
        read = MembershipType.from_api(answer.data)
    except UnreadableAnswer:
        return None
    return None if read.unreadable or read.sold is None else read


def id_in_answer(answer: Answer) -> int | None:
    return read_int(answer.data.get("id")) if isinstance(answer.data, Mapping) else None
