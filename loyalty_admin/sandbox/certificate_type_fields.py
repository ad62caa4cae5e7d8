"""What a certificate type is made of on the wire: nested in a write, flat in an answer.

A field of a nested object is named with a dot here ("expiration.date"), as refusals name it.
"""

from __future__ import annotations

from datetime import datetime
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

ITEM_TYPES = {
    0: "All services and products",
    1: "Any services",
    2: "Any products",
    3: "Named services",
    4: "Named services and any products",
}
NAMED_SERVICES = (3, 4)
FIXED_DATE, PERIOD = 1, 2
# The two sources disagree about what the ids mean, and about which there are.
BALANCE_EDITING: dict[Profile, tuple[int, ...]] = {"documented": (1, 2), "observed": (0, 1, 2)}


def instant(value: Any) -> str:
    """ISO 8601 with a time and an offset."""
    try:
        if value[10] == "T" and datetime.fromisoformat(value).tzinfo:
            return ""
    except (TypeError, ValueError, LookupError):
        pass
    return "Must be a date and time with an offset."


CHECKS: dict[str, Check] = {
    "title": text(low=1),
    "balance": amount,
    "is_multi": flag,
    "item_type_id": whole(0, 4),
    "is_allow_empty_code": flag,
    "balance_edit_type_id": whole(),
    "service_ids": id_list,
    "salon_ids": id_list,
    "expiration.type_id": whole(0, 2),
    "expiration.date": nullable(instant),
    "expiration.timeout": nullable(whole()),
    "expiration.timeout_unit_id": nullable(whole(0, 4)),
    "online_sale.is_enabled": flag,
    "online_sale.title": nullable(text()),
    "online_sale.description": nullable(text(high=10_000)),
    "online_sale.price": nullable(amount),
    "category_id": nullable(whole(1)),
}
NESTED = ("expiration", "online_sale")
OPTIONAL = ("category_id", "expiration.date", "expiration.timeout", "expiration.timeout_unit_id")
# No write changes these.
KEPT = (
    "weight",
    "online_sale_image",
    "is_serial_number_limited",
    "is_archived",
    "date_archived",
    "released_total",
)


def blank_type(chain_id: int, type_id: int) -> Raw:
    """A type in which every field has its default."""
    return {
        "id": type_id,
        "company_group_id": chain_id,
        "title": "",
        "balance": 0,
        "is_multi": False,
        "is_allow_empty_code": False,
        "balance_edit_type_id": 1,
        "category_id": None,
        "weight": 0,
        "expiration_type_id": 0,
        "expiration_date": None,
        "expiration_timeout": 0,
        "expiration_timeout_unit_id": 0,
        "online_sale_is_enabled": False,
        "online_sale_title": "",
        "online_sale_description": "",
        "online_sale_price": 0,
        "online_sale_image": "",
        "is_serial_number_limited": False,
        "is_archived": False,
        "date_archived": None,
        "released_total": 0,
        "item_type": item_type(0),
        "service_ids": [],
        "salon_ids": [],
        "is_deleted": False,
    }


def item_type(item_type_id: int) -> Raw:
    return {"id": item_type_id, "title": ITEM_TYPES[item_type_id]}


def sent_values(body: Raw) -> Raw:
    """The known fields of a write, those of nested objects under their dotted names."""
    flat = {name: value for name, value in body.items() if "." not in name}
    for outer in NESTED:
        if isinstance(body.get(outer), dict):
            flat |= {f"{outer}.{name}": value for name, value in body[outer].items()}
    return {name: flat[name] for name in CHECKS if name in flat}


def unknown_values(body: Raw) -> Raw:
    """What was sent and is neither a field of a write nor one of an answer."""
    known = {*CHECKS, *NESTED, *blank_type(0, 0)}
    return {name: value for name, value in body.items() if name not in known}


def check_values(body: Raw) -> Errors:
    """Missing fields and values of a wrong type or out of range."""
    errors: Errors = {
        outer: ["The field is required and is an object."]
        for outer in NESTED
        if not isinstance(body.get(outer), dict)
    }
    sent = sent_values(body)
    for name, check in CHECKS.items():
        if name.partition(".")[0] in errors:
            continue
        if name not in sent:
            problem = "" if name in OPTIONAL else "The field is required."
        else:
            problem = check(sent[name])
        if problem:
            errors[name] = [problem]
    return errors


def check_rules(sent: Raw, chain: Chain, profile: Profile, before: Raw | None) -> Errors:
    """Rules between fields, over `sent_values` of the right types. `before`: the type that a PUT
    changes; the way of editing balances that it has may always be sent back."""
    errors: Errors = {}
    editing = sent["balance_edit_type_id"]
    if editing not in BALANCE_EDITING[profile] and (
        before is None or editing != before.get("balance_edit_type_id")
    ):
        errors["balance_edit_type_id"] = ["The value is not one of those allowed."]
    if not set(sent["service_ids"]) <= set(chain.services):
        errors["service_ids"] = ["A service does not belong to the chain."]
    elif sent["item_type_id"] in NAMED_SERVICES and not sent["service_ids"]:
        errors["service_ids"] = ["Add at least one service."]
    if not set(sent["salon_ids"]) <= chain.location_ids:
        errors["salon_ids"] = ["A location does not belong to the chain."]
    expires = sent["expiration.type_id"]
    if expires == FIXED_DATE and not sent.get("expiration.date"):
        errors["expiration.date"] = ["The field is required."]
    if expires == PERIOD and not sent.get("expiration.timeout"):
        errors["expiration.timeout"] = ["Must be 1 or more."]
    if expires == PERIOD and not sent.get("expiration.timeout_unit_id"):
        errors["expiration.timeout_unit_id"] = ["Must be 1, 2, 3 or 4."]
    if sent["online_sale.is_enabled"] and not sent["online_sale.price"]:
        errors["online_sale.price"] = ["The price must be more than zero."]
    return errors


def as_read(sent: Raw) -> Raw:
    """Checked `sent_values` under the flat names of an answer."""
    raw = {name.replace(".", "_"): value for name, value in sent.items()}
    raw["item_type"] = item_type(raw.pop("item_type_id"))
    if raw["expiration_type_id"] != FIXED_DATE:
        raw["expiration_date"] = None
    if raw["expiration_type_id"] != PERIOD:
        raw |= {"expiration_timeout": 0, "expiration_timeout_unit_id": 0}
    return raw
