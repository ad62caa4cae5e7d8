"""What a sold membership says of itself: what is left on it, its state, its type's freezing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from loyalty_admin.altegio.values import read_bool, read_instant, read_int, read_str

# Older answers give only the number.
STATUSES: Mapping[int, str] = {1: "created", 2: "active", 3: "expired", 4: "wasted"}


@dataclass(frozen=True)
class Balance:
    """Visits left for a service or a service category.

    `left` says nothing where the row is unlimited or the visits are pooled.
    """

    id: int
    is_category: bool
    title: str
    left: int | None
    is_unlimited: bool = False


@dataclass(frozen=True)
class Freezing:
    """What the type allows, None where it does not say.

    `limit` counts `limit_unit` (1 day, 2 week, 3 month, 4 year) over all freezings, 0 is none.
    """

    allowed: bool | None
    limit: int | None
    limit_unit: int | None


def read_fields(raw: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Each of `FIELDS` by its API name, None where it is not said; and those that are unreadable.

    Unreadable is what is garbled, and what is lacking though every membership has it.
    """
    values = {key: read(raw.get(key)) for key, read in FIELDS.items()}
    idle = _idle(values)
    unreadable = tuple(
        key
        for key, value in values.items()
        if value is None and key not in idle and not _is_unset(key, raw)
    )
    return values, unreadable


def _is_unset(key: str, raw: Mapping[str, Any]) -> bool:
    is_said = key in raw or key in _NOT_ALWAYS_SAID
    return is_said and key not in _NEVER_NULL and raw.get(key) in (None, "")


def _idle(values: Mapping[str, Any]) -> frozenset[str]:
    """Names of the fields that mean nothing beside the others."""
    if values["is_united_balance"] is False:
        return frozenset({"is_united_balance_unlimited", "united_balance_services_count"})
    if values["is_united_balance"] and values["is_united_balance_unlimited"]:
        return frozenset({"balance_container", "united_balance_services_count"})
    return frozenset({"balance_container"} if values["is_united_balance"] else ())


def _read_status(value: Any) -> tuple[str, str] | None:
    """The slug and its title."""
    if not isinstance(value, Mapping):
        return None
    slug = read_str(value.get("slug")) or STATUSES.get(read_int(value.get("id")) or 0)
    return (slug, read_str(value.get("title")) or "") if slug else None


def _read_type(value: Any) -> Mapping[str, Any] | None:
    has_id = isinstance(value, Mapping) and read_int(value.get("id")) is not None
    return value if has_id else None


def _read_balances(container: Any) -> tuple[Balance, ...] | None:
    """None where a row is not understood: the others would look like the whole."""
    if not isinstance(container, Mapping) or "links" not in container:
        return None
    links = [] if container["links"] is None else container["links"]
    rows = [_read_balance(link) for link in links] if isinstance(links, list) else [None]
    return None if None in rows else tuple(row for row in rows if row is not None)


def _read_balance(link: Any) -> Balance | None:
    if not isinstance(link, Mapping):
        return None
    service, category = link.get("service"), link.get("category")
    target = service if isinstance(service, Mapping) else category
    target_id = read_int(target.get("id")) if isinstance(target, Mapping) else None
    if not isinstance(target, Mapping) or target_id is None:
        return None
    left, unlimited = read_int(link.get("count")), read_bool(link.get("is_unlimited"))
    if (left is None and not unlimited) or (unlimited is None and link.get("is_unlimited")):
        return None
    return Balance(
        id=target_id,
        is_category=target is category or bool(read_bool(target.get("is_category"))),
        title=read_str(target.get("title")) or "",
        left=left,
        is_unlimited=bool(unlimited),
    )


def read_freezing(type_: Mapping[str, Any]) -> Freezing | None:
    """From a type's short form; None where it says nothing about freezing."""
    freezing = Freezing(
        allowed=read_bool(type_.get("allow_freeze")),
        limit=read_int(type_.get("freeze_limit")),
        limit_unit=read_int(type_.get("freeze_limit_unit_id")),
    )
    return None if freezing == Freezing(None, None, None) else freezing


FIELDS: Mapping[str, Callable[[Any], Any]] = {
    "number": read_str,
    "type": _read_type,
    "status": _read_status,
    "is_frozen": read_bool,
    "freeze_period": read_int,
    "freeze_till": read_instant,
    "period": read_int,
    "period_unit_id": read_int,
    "created_date": read_instant,
    "activated_date": read_instant,
    "expiration_date": read_instant,
    "is_united_balance": read_bool,
    "is_united_balance_unlimited": read_bool,
    "united_balance_services_count": read_int,
    "balance_container": _read_balances,
    "balance_string": read_str,
}
# Only the answer to a freeze is known to say until when.
_NOT_ALWAYS_SAID = frozenset({"freeze_till", "balance_string"})
_NEVER_NULL = frozenset(
    {
        "type", "status", "is_frozen", "created_date", "is_united_balance",
        "united_balance_services_count", "balance_container",
    }
)  # fmt: skip
