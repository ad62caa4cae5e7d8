"""The terms of promotions: read leniently, created whole, changed only in what a PUT takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from loyalty_admin.altegio.notification_templates import NOTHING, Notification, read_notification
from loyalty_admin.altegio.values import (
    read_bool,
    read_decimal,
    read_int,
    read_numbers,
    read_str,
)


@dataclass(frozen=True)
class Kind:
    """What the API's type of a promotion means.

    `rules`: "static" has exactly one with threshold 0, "tiers" one for each threshold, "package"
    one for each service. `thresholds`: what tiers count. `reckons`: which sums it looks at.
    """

    gives: Literal["discount", "bonus"]
    rules: Literal["static", "tiers", "package"]
    thresholds: Literal["visits", "sums"] | None = None
    reckons: Literal["sold", "paid"] | None = None

    @property
    def takes(self) -> frozenset[str]:
        """Names of the optional terms that it takes."""
        taken: set[str] = set()
        if self.gives == "bonus":
            taken |= {"usage_limit", "visit_multiplicity"}
        if self.rules == "package":
            taken |= {"sold_items_multiplicity"}
        if self.rules != "static":
            taken |= {"history_source", "history_from"}
        return frozenset(taken)


KINDS: Mapping[str, Kind] = {
    "discount_static": Kind("discount", "static"),
    "discount_accumulative_visits": Kind("discount", "tiers", "visits"),
    "discount_accumulative_sold": Kind("discount", "tiers", "sums", "sold"),
    "discount_accumulative_paid": Kind("discount", "tiers", "sums", "paid"),
    "cashback_static_sold": Kind("bonus", "static", None, "sold"),
    "cashback_static_paid": Kind("bonus", "static", None, "paid"),
    "cashback_accumulative_sold": Kind("bonus", "tiers", "sums", "sold"),
    "cashback_accumulative_paid": Kind("bonus", "tiers", "sums", "paid"),
    "cashback_accumulative_sold_visits": Kind("bonus", "tiers", "visits", "sold"),
    "cashback_accumulative_paid_visits": Kind("bonus", "tiers", "visits", "paid"),
    # That these have one rule without a threshold is inferred from their names.
    "cashback_sold_visits": Kind("bonus", "static", None, "sold"),
    "cashback_paid_visits": Kind("bonus", "static", None, "paid"),
    "package_discount": Kind("discount", "package"),
}
_SOME_KINDS_TAKE = frozenset(name for kind in KINDS.values() for name in kind.takes)


@dataclass(frozen=True)
class Rule:
    """From `threshold` visits or money on it gives `value` percent or money.

    `service_id` is 0 but in packages, where it is the service that gets the discount.
    """

    threshold: int
    value: Decimal
    service_id: int = 0


@dataclass(frozen=True)
class Item:
    """A service, a product, or a category of either that a promotion names."""

    id: int
    is_service: bool
    is_category: bool
    title: str = ""

    @property
    def term(self) -> str:
        """Name of the term that holds its id."""
        if self.is_service:
            return "service_ids"
        return "product_category_ids" if self.is_category else "product_ids"


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Everything about a promotion that a person may set.

    `kind`: one of `KINDS`. `services`, `products`: any_allowed, not_allowed or custom_allowed,
    and then the ids (`service_ids` holds services and their categories). `value_unit`: percent
    or amount. `expiration` counts `expiration_unit` (day, week, month, year), 0 is never;
    `expiration_notice` is in days before it. `usage_limit` 0 is no limit. `history_source`:
    loyalty_card, active_companies or chain, "" is not set. For what `NOT_KNOWN` holds see there.
    """

    title: str = ""
    kind: str = ""
    location_ids: tuple[int, ...] = ()
    services: str = "any_allowed"
    service_ids: tuple[int, ...] = ()
    products: str = "any_allowed"
    product_ids: tuple[int, ...] = ()
    product_category_ids: tuple[int, ...] = ()
    value_unit: str = "percent"
    rules: tuple[Rule, ...] = ()
    usage_limit: int = 0
    visit_multiplicity: int = 1
    sold_items_multiplicity: int = 1
    expiration: int = 0
    expiration_unit: str = ""
    expiration_notice: int = 0
    history_source: str = ""
    history_from: date | None = None
    card_type_ids: tuple[int, ...] = ()
    on_changed: Notification = NOTHING
    on_expiration: Notification = NOTHING


TERM_NAMES = tuple(item.name for item in fields(Terms))

# Each term: the name under which the API gives it, the name under which it takes it.
READ_KEYS: Mapping[str, str] = {
    "title": "title",
    "kind": "type",
    "location_ids": "companies",
    "services": "service_item_type",
    "service_ids": "applicable_items",
    "products": "good_item_type",
    "product_ids": "applicable_items",
    "product_category_ids": "applicable_items",
    "value_unit": "value_unit",
    "rules": "rules",
    "usage_limit": "usage_limit",
    "visit_multiplicity": "visit_multiplicity",
    "sold_items_multiplicity": "sold_items_multiplicity",
    "expiration": "expiration_timeout",
    "expiration_unit": "expiration_timeout_unit",
    "expiration_notice": "expiration_notification_timeout",
    "history_source": "params_source_type",
    "history_from": "history_start_date",
    "card_type_ids": "loyalty_card_types",
    "on_changed": "on_changed_notification_template",
    "on_expiration": "on_expiration_notification_template",
}
WRITE_KEYS: Mapping[str, str] = {
    **READ_KEYS,
    "location_ids": "company_ids",
    "service_ids": "allowed_service_ids",
    "product_ids": "allowed_good_ids",
    "product_category_ids": "allowed_good_category_ids",
    "card_type_ids": "loyalty_card_type_ids",
}
TERM_OF_KEY: Mapping[str, str] = {
    **{key: name for name, key in (*READ_KEYS.items(), *WRITE_KEYS.items())},
    "applicable_items": "service_ids",
}
# What an answer holds only when it is asked for.
INCLUDES = (
    "applicable_items",
    "rules",
    "companies",
    "loyalty_card_types",
    "on_changed_notification_template",
    "on_expiration_notification_template",
)
# Set when the promotion is created: no PUT takes them.
FIXED_TERMS = frozenset(
    {
        "kind", "services", "products", "value_unit", "visit_multiplicity",
        "sold_items_multiplicity", "history_source", "history_from",
    }
)  # fmt: skip
# In place of fixed terms that an answer lacks or garbles: no PUT sends them, so that nothing is
# lost where they are not known. Without the type, nobody knows what a PUT takes.
NOT_KNOWN: Mapping[str, Any] = {
    "services": "unknown",
    "products": "unknown",
    "value_unit": "unknown",
    "visit_multiplicity": 0,
    "sold_items_multiplicity": 0,
    "history_source": "unknown",
    "history_from": date.min,
}

# Null says nothing about these, and what a PUT would make of it is not what the promotion was.
_NEVER_NULL = frozenset(
    {
        "title", "kind", "services", "service_ids", "products", "product_ids",
        "product_category_ids", "value_unit", "rules", "expiration_unit", "on_changed",
        "on_expiration",
    }
)  # fmt: skip
_NO_ITEMS_NAMED = ("any_allowed", "not_allowed")


def idle_terms(terms: Terms) -> frozenset[str]:
    """Names of the terms that mean nothing beside the others: they are neither sent nor compared.

    A kind that is not known may take any of them.
    """
    kind = KINDS.get(terms.kind)
    idle = _SOME_KINDS_TAKE - kind.takes if kind else frozenset()
    if terms.services in _NO_ITEMS_NAMED:
        idle |= {"service_ids"}
    if terms.products in _NO_ITEMS_NAMED:
        idle |= {"product_ids", "product_category_ids"}
    if not terms.expiration:
        idle |= {"expiration_unit", "expiration_notice"}
    return idle


def not_known(terms: Terms) -> tuple[str, ...]:
    """Names of the fixed terms that mean something here and that the API did not say."""
    idle = idle_terms(terms)
    return tuple(
        name
        for name, mark in NOT_KNOWN.items()
        if getattr(terms, name) == mark and name not in idle
    )


def without_gaps(terms: Terms) -> Terms:
    """The same with what a new promotion starts from in place of what is not known."""
    return replace(terms, **{name: getattr(Terms(), name) for name in not_known(terms)})


def read_terms(raw: Mapping[str, Any]) -> tuple[Terms, tuple[str, ...]]:
    """The terms, and the API names of those that it lacks or garbles and a PUT would lose.

    What has to be asked for with `include` is lacking wherever it is absent.
    """
    values = {name: _read_term(name, raw) for name in READ_KEYS}
    for name, mark in NOT_KNOWN.items():
        nothing = (None, "") if name in _NEVER_NULL else (None,)
        if values[name] in nothing and not _is_unset(name, raw):
            values[name] = mark
    terms = Terms(**{name: value for name, value in values.items() if value is not None})
    idle = idle_terms(terms)
    unreadable = []
    for name, key in READ_KEYS.items():
        matters = name not in idle or (key in INCLUDES and key not in raw)
        if values[name] is None and matters and not _is_unset(name, raw):
            unreadable.append(key)
    if terms.kind not in KINDS:
        unreadable.append(READ_KEYS["kind"])
    return terms, tuple(dict.fromkeys(unreadable))


def _is_unset(name: str, raw: Mapping[str, Any]) -> bool:
    key = READ_KEYS[name]
    return name not in _NEVER_NULL and key in raw and raw[key] is None


def _read_term(name: str, raw: Mapping[str, Any]) -> Any:
    key = READ_KEYS[name]
    value = raw.get(key)
    if name in ("on_changed", "on_expiration"):
        return read_notification(raw, key)
    if key == "applicable_items":
        items = read_items(value)
        ids = None if items is None else {item.id for item in items if item.term == name}
        return None if ids is None else tuple(sorted(ids))
    if name == "rules":
        return _read_each(value, _read_rule)
    if name in ("location_ids", "card_type_ids"):
        return _read_ids(value)
    if name == "history_from":
        return _read_date(value)
    return read_str(value) if isinstance(getattr(Terms(), name), str) else read_int(value)


def read_items(value: Any) -> tuple[Item, ...] | None:
    """What a promotion names; None where one of them is not understood."""
    return _read_each(value, _read_item)


def _read_each[T](value: Any, read: Callable[[Any], T | None]) -> tuple[T, ...] | None:
    rows = [read(raw) for raw in value] if isinstance(value, list) else [None]
    return None if None in rows else tuple(row for row in rows if row is not None)


def _read_item(raw: Any) -> Item | None:
    if not isinstance(raw, Mapping):
        return None
    item_id = read_int(raw.get("id"))
    is_service, is_category = read_bool(raw.get("is_service")), read_bool(raw.get("is_category"))
    if item_id is None or is_service is None or is_category is None:
        return None
    return Item(item_id, is_service, is_category, read_str(raw.get("title")) or "")


def _read_rule(raw: Any) -> Rule | None:
    if not isinstance(raw, Mapping):
        return None
    threshold, value = read_int(raw.get("parameter")), read_decimal(raw.get("value"))
    service_id = 0 if raw.get("service_id") is None else read_int(raw["service_id"])
    if threshold is None or value is None or service_id is None:
        return None
    return Rule(threshold, value, service_id)


def _read_ids(value: Any) -> tuple[int, ...] | None:
    if not isinstance(value, list):
        return None
    return read_numbers([item.get("id") if isinstance(item, Mapping) else item for item in value])


def _read_date(value: Any) -> date | None:
    try:
        return datetime.fromisoformat(value).date() if isinstance(value, str) else None
    except ValueError:
        return None


def create_body(terms: Terms) -> dict[str, Any]:
    """The body of a POST: only what the kind takes. Raises ValueError for a kind that is none."""
    if terms.kind not in KINDS:
        raise ValueError("The API has no such kind of promotion.")
    return _write(replace(terms, rules=normal_rules(terms)), TERM_NAMES)


def update_body(terms: Terms, read: Terms) -> dict[str, Any]:
    """The whole body of a PUT, in which what is fixed counts as it was `read`."""
    fixed = {name: getattr(read, name) for name in FIXED_TERMS}
    changeable = (name for name in TERM_NAMES if name not in FIXED_TERMS)
    return _write(replace(terms, **fixed), changeable)


def _write(terms: Terms, names: Iterable[str]) -> dict[str, Any]:
    idle = idle_terms(terms)
    # They have no value for "not set".
    idle |= {name for name in ("history_source", "history_from") if not getattr(terms, name)}
    return {WRITE_KEYS[name]: _plain(getattr(terms, name)) for name in names if name not in idle}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Rule):
        return {"parameter": value.threshold, "value": value.value, "service_id": value.service_id}
    if isinstance(value, Notification):
        body = {"body": value.body} if value.size == "custom" else {}
        return {"type": value.size, **body}
    return value.isoformat() if isinstance(value, date) else value


def normal_rules(terms: Terms) -> tuple[Rule, ...]:
    """The rules in rising order and without the numbers that mean nothing to the kind."""
    kind = KINDS.get(terms.kind)
    rules = terms.rules
    if kind and kind.rules == "static":
        rules = tuple(replace(rule, threshold=0) for rule in rules)
    if kind and kind.rules != "package":
        rules = tuple(replace(rule, service_id=0) for rule in rules)
    return tuple(sorted(rules, key=lambda rule: (rule.service_id, rule.threshold, rule.value)))


def differing_terms(one: Terms, other: Terms) -> list[str]:
    """Names of the terms in which the two differ, in the order of `Terms`."""
    return [name for name in TERM_NAMES if _normal(one, name) != _normal(other, name)]


def _normal(terms: Terms, name: str) -> Any:
    value = getattr(terms, name)
    if name in idle_terms(terms):
        return None
    if name == "rules":
        return normal_rules(terms)
    if isinstance(value, Notification):
        return value.size, _normal_text(value.body) if value.size == "custom" else ""
    return _normal_text(value) if isinstance(value, str) else value


def _normal_text(text: str) -> str:
    # A browser sends line breaks its own way, and blanks around a text are nothing to see.
    return text.replace("\r\n", "\n").strip()


def terms_of_errors(errors: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Altegio's messages by term; those about something else under ""."""
    by_term: dict[str, list[str]] = {}
    for key, messages in errors.items():
        # "rules.0.value" and "[rules][0][value]" are about the rules.
        parts = re.findall(r"[^.\[\]]+", key)
        name = TERM_OF_KEY.get(parts[0], "") if parts else ""
        by_term.setdefault(name, []).extend(messages if name else [f"{key}: {m}" for m in messages])
    return by_term
