"""Gift card types: what the API calls `certificate_types`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from loyalty_admin.altegio.errors import UnreadableAnswer
from loyalty_admin.altegio.paging import Page, read_in_turn, read_page, read_whole
from loyalty_admin.altegio.schema import DECIMAL, FLAG, IDS, INT, TEXT, Codec, Schema, term
from loyalty_admin.altegio.transport import Answer, Send, Transport
from loyalty_admin.altegio.values import (
    read_bool,
    read_image_url,
    read_instant,
    read_int,
    read_str,
)

PAGE_SIZE = 100
# The right, in a chain's `access`, to change gift card types.
EDIT_RIGHT = "loyalty_certificate_types_access"
WITHOUT_NAMED_SERVICES = (0, 1, 2)
# What belongs to each kind of validity; to one that is not known, all of it may.
TERMS_OF_VALIDITY_KIND: Mapping[int, frozenset[str]] = {
    0: frozenset(),
    1: frozenset({"expires_at"}),
    2: frozenset({"validity", "validity_unit"}),
}
_VALIDITY_TERMS = frozenset({"expires_at", "validity", "validity_unit"})


def _read_covers(value: Any) -> int | None:
    return read_int(value.get("id") if isinstance(value, Mapping) else value)


def _instant(moment: datetime) -> timedelta:
    # Where clocks are set back, Python calls equal moments of two zones unequal.
    return moment - datetime(1970, 1, 1, tzinfo=UTC)


COVERS = Codec(parse=_read_covers)
MOMENT = Codec(
    parse=read_instant,
    to_api=datetime.isoformat,
    from_json=datetime.fromisoformat,
    normal=_instant,
)


def _of_validity(name: str) -> dict[str, Any]:
    """The rules of a term that counts, and then says something, only beside its validity kind."""

    def counts(terms: Terms) -> bool:
        return name in TERMS_OF_VALIDITY_KIND.get(terms.validity_kind, ())

    def is_idle(terms: Terms) -> bool:
        return terms.validity_kind in TERMS_OF_VALIDITY_KIND and not counts(terms)

    return {"required": counts, "idle": is_idle}


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Everything about a gift card type that a person may set.

    `covers`: 0 everything, 1 any services, 2 any products, 3 named services, 4 named services
    and any products. `validity_kind`: 0 without end, 1 until `expires_at` (aware), 2 for
    `validity` units from the sale. Units are 1 day, 2 week, 3 month, 4 year, 0 not set.
    """

    title: str = term("", TEXT, "title", required=True)
    face_value: Decimal = term(Decimal(0), DECIMAL, "balance", required=True)
    location_ids: tuple[int, ...] = term((), IDS, "salon_ids")
    several_uses: bool = term(False, FLAG, "is_multi", required=True)
    covers: int = term(
        0,
        COVERS,
        *("item_type", "item_type_id"),
        any_key=True,
        write=("item_type_id",),
        required=True,
    )
    service_ids: tuple[int, ...] = term(
        (), IDS, "service_ids", idle=lambda terms: terms.covers in WITHOUT_NAMED_SERVICES
    )
    sold_without_code: bool = term(False, FLAG, "is_allow_empty_code")
    balance_editing: int = term(1, INT, "balance_edit_type_id", required=True)
    validity_kind: int = term(
        0,
        INT,
        "expiration_type_id",
        write=("expiration.type_id",),
        errors=("expiration",),
        required=True,
    )
    expires_at: datetime | None = term(
        None,
        MOMENT,
        "expiration_date",
        write=("expiration.date",),
        **_of_validity("expires_at"),
    )
    validity: int = term(
        0,
        INT,
        "expiration_timeout",
        write=("expiration.timeout",),
        **_of_validity("validity"),
    )
    validity_unit: int = term(
        0,
        INT,
        "expiration_timeout_unit_id",
        write=("expiration.timeout_unit_id",),
        **_of_validity("validity_unit"),
    )
    online_sale: bool = term(
        False,
        FLAG,
        "online_sale_is_enabled",
        write=("online_sale.is_enabled",),
        errors=("online_sale",),
    )
    online_title: str = term("", TEXT, "online_sale_title", write=("online_sale.title",))
    online_description: str = term(
        "", TEXT, "online_sale_description", write=("online_sale.description",)
    )
    online_price: Decimal | None = term(
        None,
        DECIMAL,
        "online_sale_price",
        write=("online_sale.price",),
        normal=lambda price, terms: price or None,  # zero is how no price is written
    )
    category_id: int | None = term(None, INT, "category_id")


SCHEMA = Schema(
    Terms,
    read_only={
        "id", "company_group_id", "weight", "online_sale_image", "is_serial_number_limited",
        "is_archived", "date_archived", "released_total",
    },
)  # fmt: skip


def to_api(terms: Terms, *, read: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The whole body of a POST, or of a PUT on top of what was `read`.

    What means nothing beside a term that stays as it was goes back as it came.
    """
    idle = SCHEMA.idle(terms)
    if read is not None:
        idle -= _left_alone(terms, read)
    sent = replace(terms, service_ids=()) if "service_ids" in idle else terms
    return {
        **SCHEMA.to_api(sent, read),
        "expiration": _write_expiration(terms, idle, (read or {}).get("expiration_date")),
        "online_sale": {
            "is_enabled": terms.online_sale,
            "title": terms.online_title,
            "description": terms.online_description,
            # It has to be there and a number, also when nothing is on sale.
            "price": terms.online_price or Decimal(0),
        },
    }


def _left_alone(terms: Terms, read: Mapping[str, Any]) -> frozenset[str]:
    """Idle terms that hold something and whose deciding term is not changed."""
    before, _unreadable = SCHEMA.read(read)
    names = {"service_ids"} if terms.covers == before.covers else set()
    names |= _VALIDITY_TERMS if terms.validity_kind == before.validity_kind else set()
    return frozenset(name for name in names if getattr(before, name))


def _write_expiration(terms: Terms, idle: frozenset[str], date_read: Any) -> dict[str, Any]:
    """Without what is idle: nothing there has a value for "not set"."""
    moment, moment_read = terms.expires_at, read_instant(date_read)
    if moment is None or moment_read is None:
        is_same = moment is moment_read
    else:
        is_same = _instant(moment) == _instant(moment_read)
    date = date_read if is_same else moment and moment.isoformat()
    written = {
        "expires_at": ("date", date),
        "validity": ("timeout", terms.validity),
        "validity_unit": ("timeout_unit_id", terms.validity_unit),
    }
    sent = dict(pair for name, pair in written.items() if name not in idle)
    return {"type_id": terms.validity_kind, **sent}


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
        terms, unreadable = SCHEMA.read(raw)
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
