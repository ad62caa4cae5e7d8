"""Membership types: what the API calls `abonement_types`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from loyalty_admin.altegio.errors import UnreadableAnswer
from loyalty_admin.altegio.membership_services import (
    SERVICES,
    TIMES,
    CoveredService,
    ServicesForm,
    UsableTime,
    normal_rows,
    write_rows,
)
from loyalty_admin.altegio.paging import Page, read_in_turn, read_page, read_whole
from loyalty_admin.altegio.schema import DECIMAL, FLAG, IDS, INT, TEXT, Schema, term
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
# A PUT takes it too; it is no term, because a switch of its own sets it.
ARCHIVE_KEY = "is_archived"


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Everything about a membership type that a person may set.

    Units are 1 day, 2 week, 3 month, 4 year, 0 not set. Validity 0 never ends, freeze
    limit 0 is no limit, auto-activation 0 is none, empty `usable_times` is any time.
    """

    title: str = term("", TEXT, "title", required=True)
    price: Decimal = term(Decimal(0), DECIMAL, "cost", required=True)
    # Both written names are documented for the same list; which one a chain reads is not known.
    location_ids: tuple[int, ...] = term(
        (),
        IDS,
        *("attached_location_ids", "attached_salon_ids", "location_ids", "salon_ids"),
        write=("location_ids", "salon_ids"),
    )
    validity: int = term(0, INT, "period")
    validity_unit: int = term(0, INT, "period_unit_id")
    activation: int = term(0, INT, "expiration_type_id")
    auto_activation: int = term(
        0, INT, "autoactivation_time", "autoactivation_period", write=("autoactivation_period",)
    )
    auto_activation_unit: int = term(0, INT, "autoactivation_time_unit_id")
    sold_without_code: bool = term(False, FLAG, "is_allow_empty_code")
    is_pooled: bool = term(False, FLAG, "is_united_balance", required=True)
    is_pool_unlimited: bool = term(False, FLAG, "is_united_balance_unlimited")
    # A PUT sends it whatever it means, so it is read also where only a limited pool would use it.
    pool_visits: int = term(
        0,
        INT,
        "united_balance_services_count",
        normal=lambda visits, terms: (
            visits if terms.is_pooled and not terms.is_pool_unlimited else 0
        ),
    )
    services: tuple[CoveredService, ...] = term(
        (),
        SERVICES,
        "balance_container",
        write=(),  # in one of two forms: see `to_api`
        errors=("services", "service_categories", "service_links"),
        required=True,
        normal=lambda rows, terms: normal_rows(rows, is_pooled=terms.is_pooled),
    )
    freezing: bool = term(False, FLAG, "allow_freeze")
    freeze_limit: int = term(0, INT, "freeze_limit")
    freeze_limit_unit: int = term(0, INT, "freeze_limit_unit_id")
    booking_when_frozen: bool = term(False, FLAG, "is_booking_when_frozen_allowed")
    recalculates_price: bool = term(False, FLAG, "service_price_correction")
    balance_editing: int = term(0, INT, "balance_edit_type_id")
    usable_times: tuple[UsableTime, ...] = term((), TIMES, "availability")
    online_sale: bool = term(False, FLAG, "is_online_sale_enabled")
    online_title: str = term("", TEXT, "online_sale_title")
    online_description: str = term("", TEXT, "online_sale_description")
    online_price: Decimal | None = term(None, DECIMAL, "online_sale_price")
    category: str = term("", TEXT, "category")
    category_id: int | None = term(None, INT, "category_id")


SCHEMA = Schema(
    Terms,
    # `online_image` could be taken, but its form is not known.
    read_only={
        "id", "chain_price_min", "chain_price_max", "is_chain", "is_code_required",
        "expiration_type_title", "weight", "abonements_count", "online_sale_image",
        "online_image", "date_archived", "salon_group",
    },
)  # fmt: skip


def to_api(
    terms: Terms, *, chain_id: int, form: ServicesForm, read: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The whole body of a POST, or of a PUT on top of what was `read`."""
    return {
        **SCHEMA.to_api(terms, read),
        "salon_group_id": chain_id,
        ARCHIVE_KEY: False,
        **write_rows(normal_services(terms), form),
    }


def normal_services(terms: Terms) -> tuple[CoveredService, ...]:
    """The covered services without the numbers that mean nothing beside the other terms."""
    return normal_rows(terms.services, is_pooled=terms.is_pooled)


def first_services_form(terms: Terms) -> ServicesForm:
    """Maps, unless a row is unlimited: only links can say that."""
    return "links" if any(row.is_unlimited for row in normal_services(terms)) else "maps"


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
        terms, unreadable = SCHEMA.read(raw)
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
