"""The resources that the contract suite runs over: what a test has to know of each, and no more.

A new resource needs one more `Described` here and a place in `RESOURCES`. Objects are as the
stand-in has them (`sandbox/direct.py`), under the names of Altegio's answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from loyalty_admin.sandbox.certificate_type_fields import item_type
from tests.pages import Typed
from tests.sandbox.api import covered

type Raw = dict[str, Any]


class Change(NamedTuple):
    """One field of the form: its control, what is typed, and what Altegio has under `key` then."""

    control: str
    typed: str | list[str] | None
    key: str
    value: Any

    @property
    def field(self) -> str:
        """The field that the control belongs to, by which errors and conflicts name it."""
        return self.control.partition("-")[0]


@dataclass(frozen=True, kw_only=True)
class Described:
    # In addresses here, in the audit log, at Altegio, and in the names of the stand-in's methods.
    url: str
    kind: str
    path: str
    stand_in: str
    # HTML IDs of the form and of a row, and the form of a new one.
    form: str
    row: str
    new: str = "new/"
    # What makes an empty form one that Altegio accepts, and in which any of `changes` makes sense.
    filled: Typed
    # A complete object, and a key of it that no form shows (none where a PUT leaves those alone).
    whole: Raw
    unmodelled: str = ""
    # Each editable field once: first the title and an ordinary value, last one that is independent
    # of both. `broken`: what is wrong before it is sent.
    changes: tuple[Change, ...]
    broken: tuple[Change, ...]
    # What a write sets of an object, without what follows from it or only repeats it.
    seen: Callable[[Raw], Raw] = dict
    # A key with a value that cannot be read, and the key by which Altegio refuses the second field.
    unreadable: tuple[str, Any]
    refused_key: str
    # The fields of the row's form; none where rows cannot be edited.
    row_fields: tuple[str, ...] = ()
    # Once sold, Altegio ignores changes to some fields, or refuses every change.
    sell: str = ""
    once_sold: Literal["", "ignored", "refused"] = ""
    locked: tuple[str, ...] = ()
    # Archived at Altegio, in this dashboard only, or not at all.
    archive: Literal["", "altegio", "here"] = ""
    # Cloned with a button, or by a form filled from the original.
    clone: Literal["button", "form"] = "form"
    # A deleted one can come back with its ID, or as a new one, besides being created again.
    restore: Literal["", "same", "new"] = ""
    # Columns and filters of the list, as functions of an object.
    sorts: Mapping[str, Callable[[Raw], Any]]
    filters: Mapping[str, Callable[[Raw], set[str]]] = field(default_factory=dict)
    locations: Callable[[Raw], list[int]]

    def __str__(self) -> str:
        return self.url.replace("-", "_")


def without(raw: Raw, *names: str) -> Raw:
    return {name: value for name, value in raw.items() if name not in names}


ENDLESS = float("inf")
DAYS = {1: 1, 2: 7, 3: 30, 4: 365, "day": 1, "week": 7, "month": 30, "year": 365}


def _length(number: Any, unit: Any) -> float:
    return number * DAYS[unit] if number else ENDLESS


def _on(flag: Any, yes: str = "yes", no: str = "no") -> set[str]:
    return {yes if flag else no}


# Membership types


def _type_seen(raw: Raw) -> Raw:
    derived = (
        "chain_price_min", "chain_price_max", "is_code_required", "expiration_type_title",
        "attached_salon_ids", "date_archived",
    )  # fmt: skip
    return without(raw, *derived) | {"balance_container": covered(raw)}


def _visits(raw: Raw) -> float:
    counts = covered(raw).values()
    if raw["is_united_balance"]:
        return (
            ENDLESS if raw["is_united_balance_unlimited"] else raw["united_balance_services_count"]
        )
    return sum(ENDLESS if count is None else count for count in counts)


def _balance(raw: Raw) -> set[str]:
    return _on(raw["is_united_balance"], "pooled", "split") | (
        {"unlimited"} if _visits(raw) == ENDLESS else set()
    )


SERVICE = {"id": 710503, "title": "Float bath", "is_category": False, "category_id": 7105}
MEMBERSHIP_TYPES = Described(
    url="membership-types",
    kind="membership_type",
    path="abonement_types",
    stand_in="type",
    form="type-form",
    row="type-row-",
    filled={
        "title": "Ten baths", "price": "140", "sold_without_code": "False",
        "balance_editing": "0", "is_pooled": "False", "services": ["s710503"],
        "services-visits-s710503": "10", "validity": "6", "validity_unit": "3",
        "activation": "1", "location_ids": ["501"], "online_price": "130",
        "usable_times-days-0": ["6"], "usable_times-from-0": "08:00",
        "usable_times-to-0": "09:30",
    },
    whole={
        "title": "All of it", "cost": 140, "period": 6, "period_unit_id": 3,
        "expiration_type_id": 1, "autoactivation_time": 2, "autoactivation_time_unit_id": 1,
        "is_allow_empty_code": False, "allow_freeze": True, "freeze_limit": 14,
        "freeze_limit_unit_id": 1, "balance_edit_type_id": 0, "category_id": 31,
        "availability": [{"week_days": [6], "intervals": [{"from": 28_800, "to": 34_200}]}],
        "online_sale_title": "Shop", "online_sale_description": "One\nTwo",
        "online_sale_price": 130, "attached_location_ids": [501, 502],
        "balance_container": {"links": [{"count": 5, "is_unlimited": False, "service": SERVICE}]},
        "external_code": "AUR-1", "season": {"from": 3, "tags": ["spa", 7]},
    },
    unmodelled="external_code",
    changes=(
        Change("title", "Beards", "title", "Beards"),
        Change("price", "99.90", "cost", 99.9),
        Change("location_ids", ["503"], "attached_location_ids", [503]),
        Change("validity", "5", "period", 5),
        Change("validity_unit", "4", "period_unit_id", 4),
        Change("activation", "2", "expiration_type_id", 2),
        Change("auto_activation", "3", "autoactivation_time", 3),
        Change("auto_activation_unit", "2", "autoactivation_time_unit_id", 2),
        Change("sold_without_code", "True", "is_allow_empty_code", True),
        Change("services", ["s710102"], "balance_container", {710102: 1}),
        Change("freezing", None, "allow_freeze", False),
        Change("freeze_limit", "9", "freeze_limit", 9),
        Change("freeze_limit_unit", "2", "freeze_limit_unit_id", 2),
        Change("booking_when_frozen", "on", "is_booking_when_frozen_allowed", True),
        Change("recalculates_price", "on", "service_price_correction", True),
        Change("balance_editing", "1", "balance_edit_type_id", 1),
        Change(
            "usable_times-from-0", "07:00", "availability",
            [{"week_days": [6], "intervals": [{"from": 25_200, "to": 34_200}]}],
        ),
        Change("online_sale", "on", "is_online_sale_enabled", True),
        Change("online_title", "In the shop", "online_sale_title", "In the shop"),
        Change("online_description", "A\r\nB", "online_sale_description", "A\nB"),
        Change("online_price", "7.25", "online_sale_price", 7.25),
        Change("category_id", "77", "category_id", 77),
    ),
    broken=(
        Change("title", "", "", None),
        Change("price", "x", "", None),
        Change("services", None, "", None),
        Change("location_ids", None, "", None),
    ),
    seen=_type_seen,
    unreadable=("cost", float("nan")),
    refused_key="cost",
    row_fields=("title", "price", "location_ids", "online_sale", "online_price"),
    sell="sell",
    once_sold="ignored",
    locked=(
        "price", "validity", "validity_unit", "activation", "sold_without_code", "is_pooled",
        "is_pool_unlimited", "pool_visits", "services",
    ),
    archive="altegio",
    clone="button",
    restore="same",
    sorts={
        "title": lambda raw: raw["title"].casefold(),
        "price": lambda raw: raw["cost"],
        "validity": lambda raw: _length(raw["period"], raw["period_unit_id"]),
        "visits": _visits,
        "locations": lambda raw: len(raw["attached_location_ids"]),
        "sold": lambda raw: raw["abonements_count"],
        "online": lambda raw: raw["is_online_sale_enabled"],
    },
    filters={
        "online": lambda raw: _on(raw["is_online_sale_enabled"], "on", "off"),
        "freezing": lambda raw: _on(raw["allow_freeze"]),
        "sold": lambda raw: _on(raw["abonements_count"]),
        "balance": _balance,
    },
    locations=lambda raw: raw["attached_location_ids"],
)  # fmt: skip


# Gift card types

VALIDITY_KINDS = ("endless", "date", "period")
GIFT_CARD_TYPES = Described(
    url="gift-card-types",
    kind="gift_card_type",
    path="certificate_types",
    stand_in="certificate_type",
    form="type-form",
    row="type-row-",
    filled={
        "title": "Gift of baths", "face_value": "60", "several_uses": "True",
        "sold_without_code": "False", "balance_editing": "1", "covers": "3",
        "service_ids": ["710201"], "validity_kind": "2", "validity": "6", "validity_unit": "3",
        "location_ids": ["501"], "online_price": "60",
    },
    whole={
        "title": "All of it", "balance": 120, "is_multi": False, "is_allow_empty_code": False,
        "balance_edit_type_id": 1, "category_id": 8, "item_type": item_type(3),
        "service_ids": [710201], "salon_ids": [501, 502], "expiration_type_id": 2,
        "expiration_timeout": 6, "expiration_timeout_unit_id": 3, "online_sale_title": "Shop",
        "online_sale_description": "One\nTwo", "online_sale_price": 110,
        "external_code": "AUR-1", "tags": ["spa", 7],
    },
    unmodelled="external_code",
    changes=(
        Change("title", "For her", "title", "For her"),
        Change("face_value", "77.55", "balance", 77.55),
        Change("several_uses", "True", "is_multi", True),
        Change("covers", "4", "item_type", item_type(4)),
        Change("service_ids", ["710202"], "service_ids", [710202]),
        Change("sold_without_code", "True", "is_allow_empty_code", True),
        Change("balance_editing", "2", "balance_edit_type_id", 2),
        Change("validity", "12", "expiration_timeout", 12),
        Change("validity_unit", "4", "expiration_timeout_unit_id", 4),
        Change("location_ids", ["503"], "salon_ids", [503]),
        Change("online_sale", "on", "online_sale_is_enabled", True),
        Change("online_title", "In the shop", "online_sale_title", "In the shop"),
        Change("online_description", "A\r\nB", "online_sale_description", "A\nB"),
        Change("online_price", "9.99", "online_sale_price", 9.99),
        Change("category_id", "77", "category_id", 77),
    ),
    broken=(
        Change("title", "", "", None),
        Change("face_value", "x", "", None),
        Change("service_ids", None, "", None),
        Change("location_ids", None, "", None),
    ),
    unreadable=("balance", float("nan")),
    refused_key="balance",
    row_fields=("title", "face_value", "location_ids", "online_sale", "online_price"),
    sell="issue",
    once_sold="refused",
    archive="here",
    restore="new",
    sorts={
        "title": lambda raw: raw["title"].casefold(),
        "face_value": lambda raw: raw["balance"],
        "covers": lambda raw: raw["item_type"]["id"],
        "uses": lambda raw: raw["is_multi"],
        "locations": lambda raw: len(raw["salon_ids"]),
        "issued": lambda raw: raw["released_total"],
        "online": lambda raw: raw["online_sale_is_enabled"],
    },
    filters={
        "uses": lambda raw: _on(raw["is_multi"], "several", "once"),
        "validity": lambda raw: {VALIDITY_KINDS[raw["expiration_type_id"]]},
        "issued": lambda raw: _on(raw["released_total"]),
        "online": lambda raw: _on(raw["online_sale_is_enabled"], "on", "off"),
    },
    locations=lambda raw: raw["salon_ids"],
)  # fmt: skip


# Promotions


def _items(raw: Raw, *, service: bool, category: bool | None = None) -> list[int]:
    return sorted(
        item["id"]
        for item in raw["applicable_items"]
        if item["is_service"] == service and category in (None, bool(item["is_category"]))
    )


def _message(template: Raw | None) -> Raw:
    if template is None:
        return {"type": "none"}
    return {name: template[name] for name in ("type", "body") if template["type"] == "custom"} or {
        "type": template["type"]
    }


def _promotion_seen(raw: Raw) -> Raw:
    """In the words of a write."""
    templates = ("on_changed_notification_template", "on_expiration_notification_template")
    read = ("applicable_items", "companies", "loyalty_card_types", *(f"{n}_id" for n in templates))
    return without(raw, *read) | {
        "allowed_service_ids": _items(raw, service=True),
        "allowed_good_ids": _items(raw, service=False, category=False),
        "allowed_good_category_ids": _items(raw, service=False, category=True),
        "company_ids": [one["id"] for one in raw["companies"]],
        "loyalty_card_type_ids": [one["id"] for one in raw["loyalty_card_types"]],
        "rules": [without(rule, "id") for rule in raw["rules"]],
        **{name: _message(raw[name]) for name in templates},
    }


def _item(number: int, *, service: bool, category: bool) -> Raw:
    return {"id": number, "title": "", "is_service": service, "is_category": category}


PROMOTIONS = Described(
    url="promotions",
    kind="promotion",
    path="programs",
    stand_in="promotion",
    form="promotion-form",
    row="promotion-row-",
    new="new/cashback_static_paid/",
    filled={
        "title": "For friends", "location_ids": ["501"], "rules-value-0": "7.5",
        "services": "custom_allowed", "service_ids": ["710201"], "products": "custom_allowed",
        "product_ids": "9001", "product_category_ids": "901", "card_type_ids": ["41"],
        "expiration": "6", "expiration_unit": "month", "on_changed-size": "custom",
        "on_changed-body": "More",
    },
    whole={
        "title": "All of it", "type": "cashback_static_paid",
        "service_item_type": "custom_allowed", "good_item_type": "custom_allowed",
        "value_unit": "percent", "usage_limit": 10, "visit_multiplicity": 1,
        "expiration_timeout": 6, "expiration_timeout_unit": "month",
        "expiration_notification_timeout": 7,
        "applicable_items": [
            _item(710201, service=True, category=False),
            _item(9001, service=False, category=False),
            _item(901, service=False, category=True),
        ],
        "rules": [{"id": 1, "parameter": 0, "value": 5, "service_id": 0}],
        "companies": [{"id": 501, "title": ""}, {"id": 502, "title": ""}],
        "loyalty_card_types": [{"id": 41, "title": ""}],
        "on_changed_notification_template_id": 11,
        "on_changed_notification_template": {"id": 11, "type": "custom", "body": "More"},
        "on_expiration_notification_template_id": 12,
        "on_expiration_notification_template": {"id": 12, "type": "big", "body": ""},
    },
    changes=(
        Change("title", "For all", "title", "For all"),
        Change("usage_limit", "3", "usage_limit", 3),
        Change(
            "rules-value-0", "12", "rules", [{"parameter": 0, "value": 12, "service_id": 0}]
        ),
        Change("service_ids", ["710202"], "allowed_service_ids", [710202]),
        Change("product_ids", "9002", "allowed_good_ids", [9002]),
        Change("product_category_ids", "902", "allowed_good_category_ids", [902]),
        Change("expiration", "5", "expiration_timeout", 5),
        Change("expiration_unit", "year", "expiration_timeout_unit", "year"),
        Change("expiration_notice", "3", "expiration_notification_timeout", 3),
        Change("location_ids", ["503"], "company_ids", [503]),
        Change(
            "on_changed-body", "New", "on_changed_notification_template",
            {"type": "custom", "body": "New"},
        ),
        Change(
            "on_expiration-size", "none", "on_expiration_notification_template", {"type": "none"}
        ),
        Change("card_type_ids", ["42"], "loyalty_card_type_ids", [42]),
    ),
    broken=(
        Change("title", "", "", None),
        Change("rules-value-0", "101", "", None),
        Change("location_ids", None, "", None),
        Change("usage_limit", "many", "", None),
    ),
    seen=_promotion_seen,
    unreadable=("usage_limit", "many"),
    refused_key="usage_limit",
    sorts={
        "title": lambda raw: raw["title"].casefold(),
        "locations": lambda raw: len(raw["companies"]),
        "expires": lambda raw: _length(
            raw["expiration_timeout"], raw["expiration_timeout_unit"]
        ),
    },
    filters={
        "gives": lambda raw: _on(raw["type"].startswith("cashback_"), "bonus", "discount"),
        "kind": lambda raw: {raw["type"]},
    },
    locations=lambda raw: [one["id"] for one in raw["companies"]],
)  # fmt: skip

RESOURCES = (MEMBERSHIP_TYPES, GIFT_CARD_TYPES, PROMOTIONS)
