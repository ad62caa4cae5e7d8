"""The terms of membership types: read leniently, written whole, in the API's fields and ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any, Literal

from loyalty_admin.altegio.values import (
    read_bool,
    read_decimal,
    read_int,
    read_numbers,
    read_str,
)

ServicesForm = Literal["maps", "links"]


@dataclass(frozen=True, kw_only=True)
class CoveredService:
    """A service, or a whole service category, that the membership pays for.

    `visits` says nothing where the row is unlimited or the visits are pooled.
    """

    id: int
    is_category: bool
    visits: int
    is_unlimited: bool = False
    title: str = field(default="", compare=False)


@dataclass(frozen=True, kw_only=True)
class UsableTime:
    """Days (1 = Monday) on which the membership may be used between seconds of the day."""

    days: tuple[int, ...]
    intervals: tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Everything about a membership type that a person may set.

    Units are 1 day, 2 week, 3 month, 4 year, 0 not set. Validity 0 never ends, freeze
    limit 0 is no limit, auto-activation 0 is none, empty `usable_times` is any time.
    """

    title: str = ""
    price: Decimal = Decimal(0)
    location_ids: tuple[int, ...] = ()
    validity: int = 0
    validity_unit: int = 0
    activation: int = 0
    auto_activation: int = 0
    auto_activation_unit: int = 0
    sold_without_code: bool = False
    is_pooled: bool = False
    is_pool_unlimited: bool = False
    pool_visits: int = 0
    services: tuple[CoveredService, ...] = ()
    freezing: bool = False
    freeze_limit: int = 0
    freeze_limit_unit: int = 0
    booking_when_frozen: bool = False
    recalculates_price: bool = False
    balance_editing: int = 0
    usable_times: tuple[UsableTime, ...] = ()
    online_sale: bool = False
    online_title: str = ""
    online_description: str = ""
    online_price: Decimal | None = None
    category: str = ""
    category_id: int | None = None


TERM_NAMES = tuple(item.name for item in fields(Terms))

# Each term: the names under which the API gives it, the names under which it takes it.
READ_KEYS: Mapping[str, tuple[str, ...]] = {
    "title": ("title",),
    "price": ("cost",),
    "location_ids": ("attached_location_ids", "attached_salon_ids", "location_ids", "salon_ids"),
    "validity": ("period",),
    "validity_unit": ("period_unit_id",),
    "activation": ("expiration_type_id",),
    "auto_activation": ("autoactivation_time", "autoactivation_period"),
    "auto_activation_unit": ("autoactivation_time_unit_id",),
    "sold_without_code": ("is_allow_empty_code",),
    "is_pooled": ("is_united_balance",),
    "is_pool_unlimited": ("is_united_balance_unlimited",),
    "pool_visits": ("united_balance_services_count",),
    "services": ("balance_container",),
    "freezing": ("allow_freeze",),
    "freeze_limit": ("freeze_limit",),
    "freeze_limit_unit": ("freeze_limit_unit_id",),
    "booking_when_frozen": ("is_booking_when_frozen_allowed",),
    "recalculates_price": ("service_price_correction",),
    "balance_editing": ("balance_edit_type_id",),
    "usable_times": ("availability",),
    "online_sale": ("is_online_sale_enabled",),
    "online_title": ("online_sale_title",),
    "online_description": ("online_sale_description",),
    "online_price": ("online_sale_price",),
    "category": ("category",),
    "category_id": ("category_id",),
}
WRITE_KEYS: Mapping[str, tuple[str, ...]] = {
    **{name: keys[:1] for name, keys in READ_KEYS.items()},
    # Both names are documented for the same list; which one a chain reads is not known.
    "location_ids": ("location_ids", "salon_ids"),
    "auto_activation": ("autoactivation_period",),
}
TERM_OF_KEY: Mapping[str, str] = {
    **{key: name for name, keys in READ_KEYS.items() for key in keys},
    **{key: name for name, keys in WRITE_KEYS.items() for key in keys},
    "services": "services",
    "service_categories": "services",
    "service_links": "services",
}
# A PUT takes it too; it is no term, because a switch of its own sets it.
ARCHIVE_KEY = "is_archived"
# Given by the API, never taken; `online_image` could be taken, but its form is not known.
READ_ONLY_KEYS = frozenset(
    {
        "id", "chain_price_min", "chain_price_max", "is_chain", "is_code_required",
        "expiration_type_title", "weight", "abonements_count", "online_sale_image",
        "online_image", "date_archived", "salon_group",
    }
)  # fmt: skip


def read_terms(raw: Mapping[str, Any]) -> tuple[Terms, tuple[str, ...]]:
    """The terms, and the API names of those that it lacks or garbles."""
    unreadable = []
    values: dict[str, Any] = {}
    defaults = Terms()
    for name, keys in READ_KEYS.items():
        there = [key for key in keys if key in raw]
        key = next((key for key in there if raw[key] is not None), there[0] if there else None)
        value = None if key is None else _read_term(name, raw[key])
        if value is None and (key is None or not _may_be_null(name, raw[key])):
            unreadable.append(key or keys[0])
        values[name] = getattr(defaults, name) if value is None else value
    return Terms(**values), tuple(unreadable)


def _read_term(name: str, value: Any) -> Any:
    default = getattr(Terms(), name)
    if name == "services":
        return _read_services(value)
    if name == "usable_times":
        return _read_times(value)
    if name == "location_ids":
        return read_numbers(value)
    if name in ("price", "online_price"):
        return read_decimal(value)
    if isinstance(default, bool):
        return read_bool(value)
    if isinstance(default, str):
        return read_str(value)
    return read_int(value)


def _may_be_null(name: str, value: Any) -> bool:
    """A term that is not set comes as null; price, title and services always say something."""
    return value is None and name not in ("title", "price", "services", "is_pooled")


def _read_services(container: Any) -> tuple[CoveredService, ...] | None:
    if not isinstance(container, Mapping) or "links" not in container:
        return None
    links = [] if container["links"] is None else container["links"]
    if not isinstance(links, list):
        return None
    rows = []
    for link in links:
        row = _read_service(link) if isinstance(link, Mapping) else None
        if row is None:
            return None  # a row that is not understood would be lost by a PUT
        rows.append(row)
    return tuple(sorted(rows, key=lambda row: (not row.is_category, row.id)))


def _read_service(link: Mapping[str, Any]) -> CoveredService | None:
    service, category = link.get("service"), link.get("category")
    target = service if isinstance(service, Mapping) else category
    target_id = read_int(target.get("id")) if isinstance(target, Mapping) else None
    if not isinstance(target, Mapping) or target_id is None:
        return None
    count, is_unlimited = link.get("count"), link.get("is_unlimited")
    visits, unlimited = read_int(count), read_bool(is_unlimited)
    if (visits is None and count is not None) or (unlimited is None and is_unlimited is not None):
        return None
    return CoveredService(
        id=target_id,
        is_category=target is category or bool(read_bool(target.get("is_category"))),
        visits=visits or 0,
        is_unlimited=bool(unlimited),
        title=read_str(target.get("title")) or "",
    )


def _read_times(value: Any) -> tuple[UsableTime, ...] | None:
    times = [_read_time(item) for item in value] if isinstance(value, list) else [None]
    return None if None in times else tuple(time for time in times if time is not None)


def _read_time(item: Any) -> UsableTime | None:
    if not isinstance(item, Mapping):
        return None
    asked = [item.get("week_days"), item.get("intervals")]
    days, spans = ([] if value is None else value for value in asked)
    numbers, intervals = read_numbers(days), []
    if numbers is None or not isinstance(spans, list):
        return None
    for interval in spans:
        start = read_int(interval.get("from")) if isinstance(interval, Mapping) else None
        end = read_int(interval.get("to")) if isinstance(interval, Mapping) else None
        if start is None or end is None:
            return None
        intervals.append((start, end))
    return UsableTime(days=numbers, intervals=tuple(intervals))


def to_api(
    terms: Terms, *, chain_id: int, form: ServicesForm, read: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The whole body of a POST, or of a PUT on top of what was `read`.

    Keys of `read` that this dashboard does not model go back as they came, and what was
    null and is still empty goes back as null.
    """
    modelled = READ_ONLY_KEYS | TERM_OF_KEY.keys()
    body = {key: value for key, value in (read or {}).items() if key not in modelled}
    for name, keys in WRITE_KEYS.items():
        if name == "services":
            continue
        value = _write_term(name, getattr(terms, name))
        was_null = read is not None and any(
            key in read and read[key] is None for key in READ_KEYS[name]
        )
        if was_null and not value and not isinstance(value, (bool, list)):
            value = None
        body.update(dict.fromkeys(keys, value))
    body["salon_group_id"] = chain_id
    body[ARCHIVE_KEY] = False
    body.update(_write_services(terms, form))
    return body


def _write_term(name: str, value: Any) -> Any:
    if name == "usable_times":
        return [
            {
                "week_days": list(time.days),
                "intervals": [{"from": start, "to": end} for start, end in time.intervals],
            }
            for time in value
        ]
    return list(value) if isinstance(value, tuple) else value


def _write_services(terms: Terms, form: ServicesForm) -> dict[str, Any]:
    rows = normal_services(terms)
    if form == "maps":
        return {
            "services": {str(row.id): row.visits for row in rows if not row.is_category},
            "service_categories": {str(row.id): row.visits for row in rows if row.is_category},
        }
    return {
        "services": {},
        "service_categories": {},
        "service_links": [
            {
                "service_id": None if row.is_category else row.id,
                "service_category_id": row.id if row.is_category else None,
                "is_unlimited": row.is_unlimited,
                "count": row.visits,
            }
            for row in rows
        ],
    }


def normal_services(terms: Terms) -> tuple[CoveredService, ...]:
    """The covered services without the numbers that mean nothing, for sending and comparing."""
    return tuple(
        sorted(
            (
                replace(row, visits=0, is_unlimited=row.is_unlimited and not terms.is_pooled)
                if terms.is_pooled or row.is_unlimited
                else row
                for row in terms.services
            ),
            key=lambda row: (not row.is_category, row.id),
        )
    )


def first_services_form(terms: Terms) -> ServicesForm:
    """Maps, unless a row is unlimited: only links can say that."""
    return "links" if any(row.is_unlimited for row in normal_services(terms)) else "maps"


def differing_terms(one: Terms, other: Terms) -> list[str]:
    """Names of the terms in which the two differ, in the order of `Terms`."""
    return [name for name in TERM_NAMES if _normal(one, name) != _normal(other, name)]


def _normal(terms: Terms, name: str) -> Any:
    if name == "services":
        return normal_services(terms)
    if name == "pool_visits" and (not terms.is_pooled or terms.is_pool_unlimited):
        return 0  # means nothing without a limited pool
    if name == "usable_times":
        return {
            (day, *interval)
            for time in terms.usable_times
            for day in time.days
            for interval in time.intervals
        }
    value = getattr(terms, name)
    # A browser sends line breaks its own way, and blanks around a text are nothing to see.
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def terms_of_errors(errors: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Altegio's messages by term; those about something else under ""."""
    by_term: dict[str, list[str]] = {}
    for key, messages in errors.items():
        name = TERM_OF_KEY.get(key) or TERM_OF_KEY.get(key.split(".")[0].split("[")[0], "")
        by_term.setdefault(name, []).extend(messages if name else [f"{key}: {m}" for m in messages])
    return by_term
