"""The whole life of a promotion of each type: made, read back, changed, duplicated, deleted."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.altegio.promotion_kinds import KINDS
from loyalty_admin.audit.models import Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.pages import Typed, page_of
from tests.promotions.common import CHAIN, LIST, listed, named, writes
from tests.promotions.submitting import (
    PACKAGE_RULES,
    TIERS,
    again,
    clone_form,
    delete,
    edit,
    new_form,
    new_url,
    newest,
    shown,
)

type Raw = dict[str, Any]

# What every type takes: as it is typed, as it is sent, as Altegio then has it.
TYPED: Typed = {
    "title": "  Of every kind ",
    "location_ids": ["501", "503"],
    "value_unit": "percent",
    "services": "custom_allowed",
    "service_ids": ["710201", "7101"],
    "products": "custom_allowed",
    "product_ids": "9002, 9001",
    "product_category_ids": "901",
    "expiration": "6",
    "expiration_unit": "month",
    "expiration_notice": "14",
    "card_type_ids": ["41", "43"],
    "on_changed-size": "mid",
    "on_expiration-size": "custom",
    "on_expiration-body": "It ends\r\nsoon",
}
SENT: Raw = {
    "title": "Of every kind",
    "company_ids": [501, 503],
    "value_unit": "percent",
    "service_item_type": "custom_allowed",
    "allowed_service_ids": [7101, 710201],
    "good_item_type": "custom_allowed",
    "allowed_good_ids": [9001, 9002],
    "allowed_good_category_ids": [901],
    "expiration_timeout": 6,
    "expiration_timeout_unit": "month",
    "expiration_notification_timeout": 14,
    "loyalty_card_type_ids": [41, 43],
    "on_changed_notification_template": {"type": "mid"},
    "on_expiration_notification_template": {"type": "custom", "body": "It ends\nsoon"},
}
EDITED: Typed = {
    "title": "Otherwise",
    "location_ids": ["502"],
    "service_ids": ["710202"],
    "product_ids": "",
    "product_category_ids": "902",
    "expiration": "1",
    "expiration_unit": "year",
    "expiration_notice": "0",
    "card_type_ids": ["42"],
    "on_changed-size": "none",
    "on_expiration-body": "Come",
}
PUT: Raw = {
    "title": "Otherwise",
    "company_ids": [502],
    "allowed_service_ids": [710202],
    "allowed_good_ids": [],
    "allowed_good_category_ids": [902],
    "expiration_timeout": 1,
    "expiration_timeout_unit": "year",
    "expiration_notification_timeout": 0,
    "loyalty_card_type_ids": [42],
    "on_changed_notification_template": {"type": "none"},
    "on_expiration_notification_template": {"type": "custom", "body": "Come"},
}


def rule(parameter: int, value: float, service_id: int = 0) -> Raw:
    return {"parameter": parameter, "value": value, "service_id": service_id}


# What the rules of a type are: typed and sent, then both of the change.
type Shape = tuple[Typed, list[Raw], Typed, list[Raw]]
ONE: Shape = (
    {"rules-value-0": "7.5"},
    [rule(0, 7.5)],
    {"rules-value-0": "12"},
    [rule(0, 12)],
)
MANY: Shape = (
    TIERS,
    [rule(5, 3), rule(20, 7.5)],
    {"rules-from-1": "30", "rules-from-2": "45", "rules-value-2": "9.25"},
    [rule(5, 3), rule(30, 7.5), rule(45, 9.25)],
)
SOME: Shape = (
    PACKAGE_RULES,
    [rule(0, 50, 710202), rule(0, 30, 710204)],
    {"rules-service-0": "", "rules-value-0": "", "rules-value-1": "35"},
    [rule(0, 35, 710204)],
)
# What only some types take: typed, sent, typed when it is changed, sent then.
type More = tuple[Typed, Raw, Typed, Raw]
NONE: More = ({}, {}, {}, {})
BONUS: More = (
    {"usage_limit": "10", "visit_multiplicity": "5"},
    {"usage_limit": 10, "visit_multiplicity": 5},
    {"usage_limit": "3"},
    {"usage_limit": 3},
)
HISTORY: More = (
    {"history_source": "chain", "history_from": "2026-01-15"},
    {"params_source_type": "chain", "history_start_date": "2026-01-15"},
    {},
    {},
)
PAY_FOR: More = ({"sold_items_multiplicity": "3"}, {"sold_items_multiplicity": 3}, {}, {})
TYPES: dict[str, tuple[Shape, list[More]]] = {
    "discount_static": (ONE, [NONE]),
    "discount_accumulative_visits": (MANY, [HISTORY]),
    "discount_accumulative_sold": (MANY, [HISTORY]),
    "discount_accumulative_paid": (MANY, [HISTORY]),
    "cashback_static_sold": (ONE, [BONUS]),
    "cashback_static_paid": (ONE, [BONUS]),
    "cashback_accumulative_paid": (MANY, [BONUS, HISTORY]),
    "cashback_accumulative_sold": (MANY, [BONUS, HISTORY]),
    "cashback_accumulative_paid_visits": (MANY, [BONUS, HISTORY]),
    "cashback_accumulative_sold_visits": (MANY, [BONUS, HISTORY]),
    "cashback_sold_visits": (ONE, [BONUS]),
    "cashback_paid_visits": (ONE, [BONUS]),
    "package_discount": (SOME, [PAY_FOR, HISTORY]),
}
DEFAULTS: Raw = {
    "usage_limit": 0,
    "visit_multiplicity": 1,
    "sold_items_multiplicity": 1,
    "params_source_type": None,
    "history_start_date": None,
}


def typed_and_sent(kind: str) -> tuple[Typed, Raw, Typed, Raw]:
    """What is typed into a new one and is sent of it, what is typed into it later and is PUT."""
    (typed_rules, rules, edited_rules, put_rules), more = TYPES[kind]
    typed, edited = {**TYPED, **typed_rules}, {**EDITED, **edited_rules}
    sent = SENT | {"type": kind, "rules": rules}
    put = PUT | {"rules": put_rules}
    for its_typed, its_sent, its_edited, its_put in more:
        typed, edited = {**typed, **its_typed}, {**edited, **its_edited}
        sent, put = sent | its_sent, put | its_put
    return typed, sent, edited, put


def kept(raw: Raw) -> Raw:
    """What Altegio has, in the words of a POST: its own numbers and titles aside."""
    items = raw["applicable_items"]
    sorts = {
        "allowed_service_ids": (True, None),
        "allowed_good_ids": (False, False),
        "allowed_good_category_ids": (False, True),
    }
    names = [
        "title", "type", "value_unit", "service_item_type", "good_item_type",
        "expiration_timeout", "expiration_timeout_unit", "expiration_notification_timeout",
        *DEFAULTS,
    ]  # fmt: skip
    return {
        **{name: raw[name] for name in names},
        **{
            name: sorted(
                item["id"]
                for item in items
                if item["is_service"] == is_service
                and is_category in (None, bool(item["is_category"]))
            )
            for name, (is_service, is_category) in sorts.items()
        },
        "company_ids": [one["id"] for one in raw["companies"]],
        "loyalty_card_type_ids": [one["id"] for one in raw["loyalty_card_types"]],
        "rules": [
            {name: one[name] for name in ("parameter", "value", "service_id")}
            for one in raw["rules"]
        ],
        **{
            f"{name}_notification_template": _message(raw[f"{name}_notification_template"])
            for name in ("on_changed", "on_expiration")
        },
    }


def _message(template: Raw | None) -> Raw:
    if template is None:
        return {"type": "none"}
    own = {"body": template["body"]} if template["type"] == "custom" else {}
    return {"type": template["type"], **own}


# One for each table of rules, and for each set of terms that only some types take.
FAMILIES = (
    "discount_accumulative_visits",
    "cashback_paid_visits",
    "cashback_accumulative_sold",
    "package_discount",
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [
        *FAMILIES,
        *(pytest.param(kind, marks=pytest.mark.long) for kind in TYPES if kind not in FAMILIES),
    ],
)
def test_type_is_made_changed_duplicated_deleted_and_made_again(
    profile: str, sandbox: Sandbox, edith: Client, kind: str
) -> None:
    typed, sent, edited, put = typed_and_sent(kind)
    assert edith.get(f"{LIST}new/").status_code == 200

    # Made.
    answer = edith.post(new_url(kind), new_form(edith, kind).data(typed))
    assert [call["body"] for call in writes(sandbox)] == [sent]
    made = named(sandbox, "Of every kind")
    assert kept(made) == DEFAULTS | sent
    assert answer["Location"] == f"{LIST}{made['id']}/"
    assert (newest().outcome, newest().kept) == (Outcome.DONE, [])
    assert shown(edith, answer).one("h1").text == "Of every kind"

    # Changed.
    answer = edit(edith, made["id"], edited)
    assert [call["body"] for call in writes(sandbox)][1:] == [put]
    after = sandbox.promotion_of(CHAIN, made["id"])
    assert kept(after) == DEFAULTS | sent | put
    assert (newest().outcome, newest().kept) == (Outcome.DONE, [])
    assert shown(edith, answer).one("h1").text == "Otherwise"

    # Duplicated.
    form = clone_form(edith, made["id"])
    answer = edith.post(f"{LIST}{made['id']}/clone/", form.data())
    double = named(sandbox, "Otherwise (2)")
    assert writes(sandbox)[-1]["body"] == sent | put | {"title": "Otherwise (2)"}
    assert kept(double) == DEFAULTS | sent | put | {"title": "Otherwise (2)"}
    assert answer["Location"] == f"{LIST}{double['id']}/"
    assert sandbox.promotion_of(CHAIN, made["id"]) == after

    # Deleted.
    assert delete(edith, made["id"])["Location"] == LIST
    assert writes(sandbox)[-1]["method"] == "DELETE"
    assert made["id"] not in {raw["id"] for raw in listed(sandbox)}
    assert page_of(edith, f"{LIST}trash/").titles() == ["Otherwise"]

    # Made again of its copy.
    url, form = again(edith)
    answer = edith.post(url, form.data())
    once_more = named(sandbox, "Otherwise")
    assert once_more["id"] != made["id"]
    assert kept(once_more) == kept(after)
    assert (newest().outcome, newest().kept) == (Outcome.DONE, [])
    assert answer["Location"] == f"{LIST}{once_more['id']}/"
    assert [call["method"] for call in writes(sandbox)] == [
        "POST", "PUT", "POST", "DELETE", "POST"
    ]  # fmt: skip
    assert not page_of(edith, f"{LIST}trash/").titles()


def test_every_type_has_a_life() -> None:
    assert TYPES.keys() == KINDS.keys()
