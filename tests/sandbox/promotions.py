"""What the tests of promotions share: addresses, bodies, and answers with or without envelope."""

from __future__ import annotations

from typing import Any

import requests

from tests.sandbox.api import FITNESS, SALON, Api

PROGRAMS = f"/chain/{SALON}/loyalty/programs"
FITNESS_PROGRAMS = f"/chain/{FITNESS}/loyalty/programs"
CARD_TYPES = f"/chain/{SALON}/loyalty/card_types"
TEMPLATES = f"/chain/{SALON}/loyalty/notification_message_templates/programs"
AURORA = 41
TYPES = [
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
    "package_discount",
]
FIRST, FITNESS_FIRST = 21_001, 27_001
ON_CHANGED = "on_changed_notification_template"
ON_EXPIRATION = "on_expiration_notification_template"
INCLUDES = {
    "applicable_items",
    "rules",
    "companies",
    "loyalty_card_types",
    ON_CHANGED,
    ON_EXPIRATION,
}
EVERYTHING = ",".join(sorted(INCLUDES))


def body_of(**fields: Any) -> dict[str, Any]:
    """A complete, valid body of a POST; fields of `None` are left out."""
    body = {
        "title": "Ten percent",
        "type": "discount_static",
        "company_ids": [501],
        "service_item_type": "any_allowed",
        "good_item_type": "any_allowed",
        "value_unit": "percent",
        "rules": [rule(0, 10)],
    } | fields
    return {name: value for name, value in body.items() if value is not None}


def rule(parameter: Any, value: Any, service_id: Any = 0) -> dict[str, Any]:
    return {"parameter": parameter, "value": value, "service_id": service_id}


TIERS = {"type": "discount_accumulative_visits", "rules": [rule(5, 3), rule(10, 7.5)]}
BONUS = {"type": "cashback_static_paid"}
PACKAGE = {"type": "package_discount", "rules": [rule(0, 50, 710202)]}


def put_body(**fields: Any) -> dict[str, Any]:
    """The least that a PUT takes."""
    least = {"title": "Changed", "company_ids": [502], "rules": [rule(0, 20)]} | fields
    return {name: value for name, value in least.items() if value is not None}


def data_of(api: Api, answer: requests.Response) -> Any:
    """What an answer holds: in an envelope as observed, bare as documented."""
    content = answer.json()
    if api.sandbox.profile == "documented":
        return content
    assert set(content) == {"success", "data", "meta"}
    return content["data"]


def read(api: Api, path: str, **query: Any) -> Any:
    answer = api.call("GET", path, params=query)
    assert answer.status_code == 200, answer.text
    return data_of(api, answer)


def make(api: Api, **fields: Any) -> dict[str, Any]:
    """A new promotion of the salon chain, in raw state."""
    answer = api.call("POST", PROGRAMS, body_of(**fields))
    assert answer.status_code == 201, answer.text
    return api.sandbox.promotion_of(SALON, int(data_of(api, answer)["id"]))


def change(api: Api, promotion_id: int, **fields: Any) -> dict[str, Any]:
    """A promotion of the salon chain after a PUT, in raw state."""
    answer = api.call("PUT", f"{PROGRAMS}/{promotion_id}", put_body(**fields))
    assert answer.status_code == 200, answer.text
    return api.sandbox.promotion_of(SALON, promotion_id)


def found(api: Api, location_id: int, **query: Any) -> list[int]:
    rows = read(api, f"/company/{location_id}/loyalty/programs/search", **query)
    return [int(raw["id"]) for raw in rows]


def refused(api: Api, **fields: Any) -> set[str]:
    """What a POST of these fields is refused for."""
    return api.errors("POST", PROGRAMS, body_of() | fields)
