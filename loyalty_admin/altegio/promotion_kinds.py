"""What kinds of promotions there are, and the rules and items of which one is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from loyalty_admin.altegio.schema import Codec
from loyalty_admin.altegio.values import read_bool, read_decimal, read_int, read_str


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


def read_each[T](value: Any, read: Callable[[Any], T | None]) -> tuple[T, ...] | None:
    """What each row of a list is; None where one of them is not understood."""
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


def read_items(value: Any) -> tuple[Item, ...] | None:
    """What a promotion names; None where one of them is not understood."""
    return read_each(value, _read_item)


def _read_rule(raw: Any) -> Rule | None:
    if not isinstance(raw, Mapping):
        return None
    threshold, value = read_int(raw.get("parameter")), read_decimal(raw.get("value"))
    service_id = 0 if raw.get("service_id") is None else read_int(raw["service_id"])
    if threshold is None or value is None or service_id is None:
        return None
    return Rule(threshold, value, service_id)


def _write_rule(rule: Rule) -> dict[str, Any]:
    return {"parameter": rule.threshold, "value": rule.value, "service_id": rule.service_id}


def _load_rule(stored: Mapping[str, Any]) -> Rule:
    return Rule(stored["threshold"], Decimal(stored["value"]), stored["service_id"])


def rules_of_kind(rules: tuple[Rule, ...], kind: Kind | None) -> tuple[Rule, ...]:
    """The rules in rising order and without the numbers that mean nothing to the kind."""
    if kind and kind.rules == "static":
        rules = tuple(replace(rule, threshold=0) for rule in rules)
    if kind and kind.rules != "package":
        rules = tuple(replace(rule, service_id=0) for rule in rules)
    return tuple(sorted(rules, key=lambda rule: (rule.service_id, rule.threshold, rule.value)))


RULES = Codec(
    parse=lambda value: read_each(value, _read_rule),
    to_api=lambda rules: [_write_rule(rule) for rule in rules],
    from_json=lambda rows: tuple(_load_rule(row) for row in rows),
)
