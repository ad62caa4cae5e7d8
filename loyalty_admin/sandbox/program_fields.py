"""What a loyalty program is made of on the wire: the fields of a write, and those of an answer."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from loyalty_admin.sandbox.checks import (
    Check,
    Errors,
    amount,
    id_list,
    nullable,
    one_of,
    text,
    whole,
)
from loyalty_admin.sandbox.state import Raw

PACKAGE = "package_discount"
TYPES = (
    "discount_static",
    "discount_accumulative_visits",
    "discount_accumulative_sold",
    "discount_accumulative_paid",
    "cashback_static_sold",
    "cashback_static_paid",
    "cashback_accumulative_paid",
    "cashback_accumulative_sold",
    "cashback_accumulative_paid_visits",
    "cashback_accumulative_sold_visits",
    "cashback_sold_visits",
    "cashback_paid_visits",
    PACKAGE,
)
TEMPLATES = ("on_changed_notification_template", "on_expiration_notification_template")
# What an answer holds only where `include` asks for it.
INCLUDES = ("applicable_items", "rules", "companies", "loyalty_card_types", *TEMPLATES)
ITEM_TYPE = one_of("any_allowed", "not_allowed", "custom_allowed")


def rules_of(program_type: Any) -> Literal["static", "tiers", "package", ""]:
    """What the rules of a program of the type are; "" for a type that is not known."""
    if program_type not in TYPES:
        return ""
    if program_type == PACKAGE:
        return "package"
    return "tiers" if "_accumulative_" in program_type else "static"


def idle_fields(program_type: Any) -> frozenset[str]:
    """The fields that a program of the type takes no notice of."""
    idle: set[str] = set()
    if rules_of(program_type):
        if not program_type.startswith("cashback_"):
            idle |= {"usage_limit", "visit_multiplicity"}
        if program_type != PACKAGE:
            idle |= {"sold_items_multiplicity"}
        if rules_of(program_type) == "static":
            idle |= {"params_source_type", "history_start_date"}
    return frozenset(idle)


def day(value: Any) -> str:
    try:
        if date.fromisoformat(value).isoformat() == value:
            return ""
    except (TypeError, ValueError):
        pass
    return "Must be a date, YYYY-MM-DD."


CHECKS: dict[str, Check] = {
    "title": text(low=1),
    "type": one_of(*TYPES),
    "company_ids": id_list,
    "service_item_type": ITEM_TYPE,
    "good_item_type": ITEM_TYPE,
    "value_unit": one_of("percent", "amount"),
    "usage_limit": whole(),
    "visit_multiplicity": whole(1),
    "sold_items_multiplicity": whole(1),
    "expiration_timeout": whole(),
    "expiration_timeout_unit": nullable(one_of("day", "week", "month", "year")),
    "expiration_notification_timeout": whole(),
    "params_source_type": nullable(one_of("loyalty_card", "active_companies", "chain")),
    "history_start_date": nullable(day),
    "loyalty_card_type_ids": id_list,
    "allowed_service_ids": id_list,
    "allowed_good_ids": id_list,
    "allowed_good_category_ids": id_list,
}
REQUIRED = (
    "title",
    "type",
    "company_ids",
    "service_item_type",
    "good_item_type",
    "value_unit",
    "rules",
)
# Set when the program is created; no PUT takes them.
FIXED = frozenset(
    {
        "type",
        "service_item_type",
        "good_item_type",
        "value_unit",
        "visit_multiplicity",
        "sold_items_multiplicity",
        "params_source_type",
        "history_start_date",
    }
)
RULE_CHECKS: dict[str, Check] = {"parameter": whole(), "value": amount, "service_id": whole()}
TEMPLATE_TYPE = one_of("none", "big", "mid", "small", "custom")
TEMPLATE_BODY = text(low=1, high=10_000)


def blank_program(chain_id: int, program_id: int) -> Raw:
    """A program in which every field has its default."""
    return {
        "id": program_id,
        "group_id": chain_id,
        "title": "",
        "type": TYPES[0],
        "service_item_type": "any_allowed",
        "good_item_type": "any_allowed",
        "value_unit": "percent",
        "usage_limit": 0,
        "visit_multiplicity": 1,
        "sold_items_multiplicity": 1,
        "expiration_timeout": 0,
        "expiration_timeout_unit": None,
        "expiration_notification_timeout": 0,
        "params_source_type": None,
        "history_start_date": None,
        **{f"{name}_id": 0 for name in TEMPLATES},
        "applicable_items": [],
        "rules": [],
        "companies": [],
        "loyalty_card_types": [],
        **dict.fromkeys(TEMPLATES),
        "is_deleted": False,
    }


def sent_values(body: Raw, before: Raw | None) -> Raw:
    """The fields that a write takes; `before`: the program that a PUT changes."""
    known = {*CHECKS, "rules", *TEMPLATES} - (FIXED if before else frozenset())
    known -= idle_fields((before or body).get("type"))
    return {name: body[name] for name in body if name in known}


def check_values(sent: Raw, before: Raw | None) -> Errors:
    """Missing fields of `sent_values`, and values of a wrong type or out of range."""
    errors: Errors = {}
    for name in REQUIRED:
        if name not in sent and not (before and name in FIXED):
            errors[name] = ["The field is required."]
    for name, check in CHECKS.items():
        if name in sent and (problem := check(sent[name])):
            errors[name] = [problem]
    if "rules" in sent:
        errors |= _check_rules(sent["rules"])
    for name in TEMPLATES:
        if name in sent:
            errors |= _check_template(name, sent[name])
    return errors


def _check_rules(rules: Any) -> Errors:
    if not isinstance(rules, list) or not rules or not all(isinstance(one, dict) for one in rules):
        return {"rules": ["Must be a list of at least one rule."]}
    return {
        f"rules.{place}.{name}": [problem]
        for place, rule in enumerate(rules)
        for name, check in RULE_CHECKS.items()
        if (name in rule or name != "service_id") and (problem := check(rule.get(name)))
    }


def _check_template(name: str, template: Any) -> Errors:
    if not isinstance(template, dict):
        return {name: ["Must be an object."]}
    if problem := TEMPLATE_TYPE(template.get("type")):
        return {f"{name}.type": [problem]}
    if template["type"] == "custom" and (problem := TEMPLATE_BODY(template.get("body"))):
        return {f"{name}.body": [problem]}
    return {}
