"""Membership types: what the API calls `abonement_types`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from loyalty_admin.altegio.errors import UnreadableAnswer
from loyalty_admin.altegio.membership_terms import ARCHIVE_KEY, Terms, read_terms
from loyalty_admin.altegio.transport import Answer, Query, Transport, side_by_side
from loyalty_admin.altegio.values import read_bool, read_int, read_str

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
            image_url=_image_url(raw.get("online_sale_image")),
            chain_id=read_int(raw.get("salon_group_id")),
            unreadable=unreadable,
            raw=raw,
        )


def _image_url(value: Any) -> str:
    """The picture's address: a plain string, or the first one in an object of sizes."""
    if isinstance(value, Mapping):
        value = next((item for item in value.values() if isinstance(item, str)), "")
    return value if isinstance(value, str) and value.startswith("https://") else ""


def _path(chain_id: int, *rest: int | str) -> str:
    return "/".join(["", "chain", str(chain_id), "loyalty", "abonement_types", *map(str, rest)])


@dataclass(frozen=True, kw_only=True)
class Listed:
    """All types of a chain; `is_complete` is False when fewer came than the API counted."""

    types: tuple[MembershipType, ...]
    is_complete: bool


@dataclass(frozen=True, kw_only=True)
class _Page:
    rows: tuple[MembershipType, ...]
    size: int
    total: int | None


def _list_page(
    transport: Transport, chain_id: int, *, archived: bool, page: int, title: str = ""
) -> _Page:
    query: list[tuple[str, str | int]] = [("title", title)] if title else []
    query += [("is_archived", int(archived)), ("page", page), ("limit", PAGE_SIZE), *INCLUDES]
    answer = transport.get(_path(chain_id), query)
    if answer.data is not None and not isinstance(answer.data, list):
        raise UnreadableAnswer("no list of membership types in the answer")
    raws = answer.data or []
    return _Page(
        rows=tuple(MembershipType.from_api(raw, is_archived=archived) for raw in raws),
        size=len(raws),
        total=read_int(answer.meta.get("total_count")),
    )


def list_all(transport: Transport, chain_id: int, *, title: str = "") -> Listed:
    """Every type, active and archived, whose title contains `title`.

    Two round trips in sequence: the first page of either kind, then all the others side
    by side. API: GET /chain/{chain}/loyalty/abonement_types
    """

    def page_of(archived: bool, page: int) -> _Page:
        return _list_page(transport, chain_id, archived=archived, page=page, title=title)

    firsts = side_by_side([lambda a=a: page_of(a, 1) for a in (False, True)])  # type: ignore[misc]
    wanted = [
        (archived, page)
        for archived, first in zip((False, True), firsts, strict=True)
        # The API may take a smaller page than asked for: the first page's size counts.
        for page in range(2, ceil((first.total or 0) / (first.size or 1)) + 1)
        if first.size
    ]
    rest = side_by_side([lambda w=w: page_of(*w) for w in wanted])  # type: ignore[misc]
    for archived, first in zip((False, True), firsts, strict=True):
        if first.total is None:
            rest += _pages_until_short(page_of, archived, first.size)
    pages = [*firsts, *rest]
    # A type can move between pages while they are read.
    types = {row.id: row for page in pages for row in page.rows}
    counted = sum(first.total or 0 for first in firsts)
    return Listed(types=tuple(types.values()), is_complete=len(types) >= counted)


def _pages_until_short(page_of: Any, archived: bool, size: int) -> list[_Page]:
    pages: list[_Page] = []
    while size and (not pages or pages[-1].size == size) and len(pages) < 100:
        pages.append(page_of(archived, len(pages) + 2))
    return pages


def read_type(transport: Transport, chain_id: int, type_id: int) -> MembershipType:
    """API: GET /chain/{chain}/loyalty/abonement_types/{id}"""
    return MembershipType.from_api(transport.get(_path(chain_id, type_id), INCLUDES).data)


def create_type(transport: Transport, chain_id: int, body: Mapping[str, Any]) -> Answer:
    """API: POST /chain/{chain}/loyalty/abonement_types"""
    return transport.send("POST", _path(chain_id), body)


def update_type(
    transport: Transport, chain_id: int, type_id: int, body: Mapping[str, Any]
) -> Answer:
    """API: PUT /chain/{chain}/loyalty/abonement_types/{id}"""
    return transport.send("PUT", _path(chain_id, type_id), body)


def delete_type(transport: Transport, chain_id: int, type_id: int) -> Answer:
    """API: DELETE /chain/{chain}/loyalty/abonement_types/{id}"""
    return transport.send("DELETE", _path(chain_id, type_id))


def clone_type(transport: Transport, chain_id: int, type_id: int) -> Answer:
    """API: POST /chain/{chain}/loyalty/abonement_types/{id}/clone"""
    return transport.send("POST", _path(chain_id, type_id, "clone"), {})


def restore_type(transport: Transport, chain_id: int, type_id: int, title: str) -> Answer:
    """API: POST /chain/{chain}/loyalty/abonement_types/{id}/restore"""
    return transport.send("POST", _path(chain_id, type_id, "restore"), {"restore_in_title": title})


def switch_archive(
    transport: Transport, chain_id: int, type_id: int, *, archived: bool, documented: bool
) -> Answer:
    """Archive or unarchive, in the documented form or in the other one that was seen.

    API: PATCH /chain/{chain}/loyalty/abonement_types/{id}/archive, or PATCH …/{id}
    """
    if documented:
        path, value = _path(chain_id, type_id, "archive"), archived
        return transport.send("PATCH", path, {"is_archived": value})
    return transport.send("PATCH", _path(chain_id, type_id), {"is_archived": str(int(archived))})


def whole_answer(answer: Answer) -> MembershipType | None:
    """The type in a write's answer; None when it holds none, or not all of it."""
    try:
        read = MembershipType.from_api(answer.data)
    except UnreadableAnswer:
        return None
    return None if read.unreadable or read.sold is None else read


def id_in_answer(answer: Answer) -> int | None:
    return read_int(answer.data.get("id")) if isinstance(answer.data, Mapping) else None
