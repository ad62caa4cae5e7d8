"""The terms of gift card types: read flat and leniently, written nested and whole."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from loyalty_admin.altegio.values import (
    read_bool,
    read_decimal,
    read_instant,
    read_int,
    read_numbers,
    read_str,
)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Everything about a gift card type that a person may set.

    `covers`: 0 everything, 1 any services, 2 any products, 3 named services, 4 named services
    and any products. `validity_kind`: 0 without end, 1 until `expires_at` (aware), 2 for
    `validity` units from the sale. Units are 1 day, 2 week, 3 month, 4 year, 0 not set.
    """

    title: str = ""
    face_value: Decimal = Decimal(0)
    location_ids: tuple[int, ...] = ()
    several_uses: bool = False
    covers: int = 0
    service_ids: tuple[int, ...] = ()
    sold_without_code: bool = False
    balance_editing: int = 1
    validity_kind: int = 0
    expires_at: datetime | None = None
    validity: int = 0
    validity_unit: int = 0
    online_sale: bool = False
    online_title: str = ""
    online_description: str = ""
    online_price: Decimal | None = None
    category_id: int | None = None


TERM_NAMES = tuple(item.name for item in fields(Terms))

# Each term: the names under which the API gives it.
READ_KEYS: Mapping[str, tuple[str, ...]] = {
    "title": ("title",),
    "face_value": ("balance",),
    "location_ids": ("salon_ids",),
    "several_uses": ("is_multi",),
    "covers": ("item_type", "item_type_id"),
    "service_ids": ("service_ids",),
    "sold_without_code": ("is_allow_empty_code",),
    "balance_editing": ("balance_edit_type_id",),
    "validity_kind": ("expiration_type_id",),
    "expires_at": ("expiration_date",),
    "validity": ("expiration_timeout",),
    "validity_unit": ("expiration_timeout_unit_id",),
    "online_sale": ("online_sale_is_enabled",),
    "online_title": ("online_sale_title",),
    "online_description": ("online_sale_description",),
    "online_price": ("online_sale_price",),
    "category_id": ("category_id",),
}
TERM_OF_KEY: Mapping[str, str] = {
    **{key: name for name, keys in READ_KEYS.items() for key in keys},
    # Written in nested objects; a refusal may name the object alone.
    "expiration": "validity_kind",
    "expiration.type_id": "validity_kind",
    "expiration.date": "expires_at",
    "expiration.timeout": "validity",
    "expiration.timeout_unit_id": "validity_unit",
    "online_sale": "online_sale",
    "online_sale.is_enabled": "online_sale",
    "online_sale.title": "online_title",
    "online_sale.description": "online_description",
    "online_sale.price": "online_price",
}
# Given by the API, never taken.
READ_ONLY_KEYS = frozenset(
    {
        "id", "company_group_id", "weight", "online_sale_image", "is_serial_number_limited",
        "is_archived", "date_archived", "released_total",
    }
)  # fmt: skip

WITHOUT_NAMED_SERVICES = (0, 1, 2)
TERMS_OF_VALIDITY_KIND: Mapping[int, frozenset[str]] = {
    0: frozenset(),
    1: frozenset({"expires_at"}),
    2: frozenset({"validity", "validity_unit"}),
}
_VALIDITY_TERMS = frozenset({"expires_at", "validity", "validity_unit"})
# Null says nothing about these, and what a PUT would make of it is not what the type was.
_NEVER_NULL = frozenset(
    {"title", "face_value", "several_uses", "covers", "balance_editing", "validity_kind"}
)


def idle_terms(terms: Terms) -> frozenset[str]:
    """Names of the terms that mean nothing beside what the type covers and how long it is valid."""
    idle = _VALIDITY_TERMS - TERMS_OF_VALIDITY_KIND.get(terms.validity_kind, _VALIDITY_TERMS)
    return idle | {"service_ids"} if terms.covers in WITHOUT_NAMED_SERVICES else idle


def read_terms(raw: Mapping[str, Any]) -> tuple[Terms, tuple[str, ...]]:
    """The terms, and the API names of those that it lacks or garbles and a PUT would lose."""
    values = {name: _read_first(name, raw) for name in READ_KEYS}
    terms = Terms(**{name: value for name, value in values.items() if value is not None})
    idle = idle_terms(terms)
    never_null = _NEVER_NULL | TERMS_OF_VALIDITY_KIND.get(terms.validity_kind, frozenset())
    unreadable = []
    for name, keys in READ_KEYS.items():
        there = [key for key in keys if key in raw]
        is_unset = bool(there) and all(raw[key] is None for key in there)
        if values[name] is None and name not in idle and (name in never_null or not is_unset):
            unreadable.append((there or keys)[0])
    return terms, tuple(unreadable)


def _read_first(name: str, raw: Mapping[str, Any]) -> Any:
    read = (_read_term(name, raw[key]) for key in READ_KEYS[name] if key in raw)
    return next((value for value in read if value is not None), None)


def _read_term(name: str, value: Any) -> Any:
    default = getattr(Terms(), name)
    if name == "covers" and isinstance(value, Mapping):
        return read_int(value.get("id"))
    if name in ("location_ids", "service_ids"):
        return read_numbers(value)
    if name in ("face_value", "online_price"):
        return read_decimal(value)
    if name == "expires_at":
        return read_instant(value)
    if isinstance(default, bool):
        return read_bool(value)
    if isinstance(default, str):
        return read_str(value)
    return read_int(value)


def to_api(terms: Terms, *, read: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The whole body of a POST, or of a PUT on top of what was `read`.

    Keys of `read` that this dashboard does not model go back as they came, and so does what
    means nothing beside a term that stays as it was.
    """
    idle = idle_terms(terms) if read is None else idle_terms(terms) - _left_alone(terms, read)
    read = read or {}
    modelled = READ_ONLY_KEYS | TERM_OF_KEY.keys()
    return {
        **{key: value for key, value in read.items() if key not in modelled},
        "title": terms.title,
        "balance": terms.face_value,
        "salon_ids": list(terms.location_ids),
        "is_multi": terms.several_uses,
        "item_type_id": terms.covers,
        "service_ids": [] if "service_ids" in idle else list(terms.service_ids),
        "is_allow_empty_code": terms.sold_without_code,
        "balance_edit_type_id": terms.balance_editing,
        "expiration": _write_expiration(terms, idle, read.get("expiration_date")),
        "online_sale": {
            "is_enabled": terms.online_sale,
            "title": terms.online_title,
            "description": terms.online_description,
            # It has to be there and a number, also when nothing is on sale.
            "price": terms.online_price or Decimal(0),
        },
        "category_id": terms.category_id,
    }


def _left_alone(terms: Terms, read: Mapping[str, Any]) -> frozenset[str]:
    """Idle terms that hold something and whose deciding term is not changed."""
    before, _unreadable = read_terms(read)
    names = {"service_ids"} if terms.covers == before.covers else set()
    names |= _VALIDITY_TERMS if terms.validity_kind == before.validity_kind else set()
    return frozenset(name for name in names if getattr(before, name))


def _write_expiration(terms: Terms, idle: frozenset[str], date_read: Any) -> dict[str, Any]:
    """Without what is idle: nothing there has a value for "not set"."""
    moment = terms.expires_at
    is_same = _instant(moment) == _instant(read_instant(date_read))
    date = date_read if is_same else moment and moment.isoformat()
    written = {
        "expires_at": ("date", date),
        "validity": ("timeout", terms.validity),
        "validity_unit": ("timeout_unit_id", terms.validity_unit),
    }
    sent = dict(pair for name, pair in written.items() if name not in idle)
    return {"type_id": terms.validity_kind, **sent}


def differing_terms(one: Terms, other: Terms) -> list[str]:
    """Names of the terms in which the two differ, in the order of `Terms`."""
    return [name for name in TERM_NAMES if _normal(one, name) != _normal(other, name)]


def _normal(terms: Terms, name: str) -> Any:
    value = getattr(terms, name)
    if name in idle_terms(terms):
        return None
    if name == "expires_at":
        return _instant(value)
    if name == "online_price":
        return value or None  # zero is how no price is written
    # A browser sends line breaks its own way, and blanks around a text are nothing to see.
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _instant(moment: datetime | None) -> timedelta | None:
    # Where clocks are set back, Python calls equal moments of two zones unequal.
    return None if moment is None else moment - datetime(1970, 1, 1, tzinfo=UTC)


def terms_of_errors(errors: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Altegio's messages by term; those about something else under ""."""
    by_term: dict[str, list[str]] = {}
    for key, messages in errors.items():
        name = _term_of_error(key)
        by_term.setdefault(name, []).extend(messages if name else [f"{key}: {m}" for m in messages])
    return by_term


def _term_of_error(key: str) -> str:
    """By the longest part of "[expiration][date]" or "service_ids.3" that is known."""
    parts = re.findall(r"[^.\[\]]+", key)
    starts = [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
    return next((TERM_OF_KEY[start] for start in starts if start in TERM_OF_KEY), "")
