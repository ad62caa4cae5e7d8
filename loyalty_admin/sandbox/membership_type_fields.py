"""What a membership type is made of on the wire: its fields, their defaults, and what a write
may say about them."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from loyalty_admin.sandbox.checks import (
    Check,
    Errors,
    amount,
    flag,
    id_list,
    nullable,
    text,
    whole,
)
from loyalty_admin.sandbox.state import Chain, Profile, Raw

# The two sources disagree about what the ids mean.
ACTIVATION_TITLES: dict[Profile, dict[int, str]] = {
    "documented": {1: "On sale", 2: "On first use", 3: "From a date"},
    "observed": {1: "First visit", 2: "Sale", 3: "Specific date"},
}


def weekly(value: Any) -> str:
    """[{week_days: [1..7], intervals: [{from, to}]}], seconds from midnight."""
    day, second = whole(1, 7), whole(0, 86_400)
    try:
        for slot in value if isinstance(value, list) else [{}]:
            days, intervals = slot["week_days"], slot["intervals"]
            if not days or not intervals or any(day(one) for one in days):
                return "Every entry needs days from 1 to 7 and intervals."
            for one in intervals:
                if second(one["from"]) or second(one["to"]) or one["from"] >= one["to"]:
                    return "Every interval needs seconds from midnight, the start before the end."
    except (TypeError, KeyError):
        return "Must be a list of week days with intervals."
    return ""


@dataclass(frozen=True)
class Field:
    default: Any
    check: Check
    read_as: str = ""


UNIT = whole(0, 4)
FIELDS = {
    "title": Field("", text(low=1)),
    "cost": Field(0, amount),
    "period": Field(0, whole()),
    "period_unit_id": Field(0, UNIT),
    "expiration_type_id": Field(1, whole(1, 3)),
    "autoactivation_period": Field(0, whole(), read_as="autoactivation_time"),
    "autoactivation_time_unit_id": Field(0, UNIT),
    "is_allow_empty_code": Field(False, flag),
    "is_united_balance": Field(False, flag),
    "is_united_balance_unlimited": Field(False, flag),
    "united_balance_services_count": Field(0, whole()),
    "allow_freeze": Field(False, flag),
    "freeze_limit": Field(0, whole()),
    "freeze_limit_unit_id": Field(0, UNIT),
    "is_booking_when_frozen_allowed": Field(False, flag),
    "service_price_correction": Field(False, flag),
    "balance_edit_type_id": Field(0, whole(0, 2)),
    "availability": Field([], weekly),
    "is_online_sale_enabled": Field(False, flag),
    "online_sale_title": Field("", nullable(text())),
    "online_sale_description": Field("", nullable(text(high=10_000))),
    "online_sale_price": Field(0, nullable(amount)),
    "category": Field("standard", text(low=1)),
    "category_id": Field(None, nullable(whole(1))),
    "is_archived": Field(False, flag),
}
REQUIRED = (
    "title",
    "salon_group_id",
    "cost",
    "service_categories",
    "is_united_balance",
    "united_balance_services_count",
)
# Accepted in a write, and read under another name or not at all.
WRITE_ONLY = {
    "location_ids": id_list,
    "salon_ids": id_list,
    "online_image": nullable(text(high=10_000_000)),
    "delete_online_image": flag,
}
SERVICE_KEYS = ("services", "service_categories", "service_links")
# Quietly kept as they were once one membership of the type is sold.
LOCKED = (
    "cost",
    "period",
    "period_unit_id",
    "expiration_type_id",
    "is_allow_empty_code",
    "is_united_balance",
    "is_united_balance_unlimited",
    "united_balance_services_count",
)


def blank_type(chain_id: int, type_id: int) -> Raw:
    """A type in which every field has its default."""
    written = {field.read_as or name: field.default for name, field in FIELDS.items()}
    return {
        "id": type_id,
        "salon_group_id": chain_id,
        **copy.deepcopy(written),
        "chain_price_min": 0,
        "chain_price_max": 0,
        "is_chain": True,
        "is_code_required": True,
        "expiration_type_title": "",
        "weight": 0,
        "abonements_count": 0,
        "attached_location_ids": [],
        "attached_salon_ids": [],
        "online_sale_image": "",
        "date_archived": None,
        "balance_container": {"links": []},
        "is_deleted": False,
    }


READ_ONLY = frozenset(blank_type(0, 0)) - frozenset(FIELDS)


def refresh_derived(raw: Raw, profile: Profile) -> None:
    """Bring the read-only fields that follow from others up to date; absent ones stay absent."""
    derived = {
        "chain_price_min": raw.get("cost"),
        "chain_price_max": raw.get("cost"),
        "is_code_required": not raw.get("is_allow_empty_code"),
        "expiration_type_title": ACTIVATION_TITLES[profile].get(
            raw.get("expiration_type_id", 0), ""
        ),
    }
    raw.update({name: value for name, value in derived.items() if name in raw})


def check_values(body: Raw) -> Errors:
    """Missing required fields and values of a wrong type or out of range."""
    errors: Errors = {name: ["The field is required."] for name in REQUIRED if name not in body}
    checks = {name: field.check for name, field in FIELDS.items()} | WRITE_ONLY
    for name, check in checks.items():
        if name in body and (problem := check(body[name])):
            errors[name] = [problem]
    return errors


def check_rules(body: Raw, chain: Chain) -> Errors:
    """Rules between fields, for a body whose values are of the right types."""

    def value(name: str) -> Any:
        return body.get(name, FIELDS[name].default)

    errors: Errors = {}
    if body["salon_group_id"] != chain.id:
        errors["salon_group_id"] = ["Must be the chain of the address."]
    for length, unit in (
        ("period", "period_unit_id"),
        ("autoactivation_period", "autoactivation_time_unit_id"),
        ("freeze_limit", "freeze_limit_unit_id"),
    ):
        if value(length) and not value(unit):
            errors[unit] = ["Must be 1, 2, 3 or 4."]
    if value("allow_freeze") and not value("period"):
        errors["allow_freeze"] = ["Freezing needs a validity period."]
    if value("is_online_sale_enabled") and not value("online_sale_price"):
        errors["online_sale_price"] = ["The price must be more than zero."]
    for name in ("location_ids", "salon_ids"):
        if not set(body.get(name, ())) <= chain.location_ids:
            errors[name] = ["A location does not belong to the chain."]
    pool, unlimited = value("is_united_balance"), value("is_united_balance_unlimited")
    if pool and not unlimited and not value("united_balance_services_count"):
        errors["united_balance_services_count"] = ["Must be 1 or more."]
    if pool and unlimited:
        errors |= check_unlimited(body, "is_united_balance_unlimited")
    return errors


def check_unlimited(body: Raw, name: str) -> Errors:
    if not body.get("period"):
        return {name: ["An unlimited balance needs a validity period."]}
    if body.get("service_price_correction"):
        return {name: ["An unlimited balance excludes recalculating the service price."]}
    return {}
