"""Rules between the fields of a promotion, as the stand-in holds them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.api import MANICURE, NAILS, PEDICURE, YOGA, Api
from tests.sandbox.promotions import (
    AURORA,
    GOLD,
    ON_CHANGED,
    ON_EXPIRATION,
    PACKAGE,
    PROGRAMS,
    TIERS,
    TYPES,
    make,
    read,
    refused,
    rule,
)

TIERED = [kind for kind in TYPES if "_accumulative_" in kind]
STATIC = [kind for kind in TYPES if kind not in (*TIERED, "package_discount")]

# Types and their rules


@pytest.mark.parametrize("kind", STATIC)
def test_a_static_type_has_one_rule_with_parameter_0(either: Api, kind: str) -> None:
    assert refused(either, type=kind, rules=[rule(0, 5), rule(0, 6)]) == {"rules"}
    assert refused(either, type=kind, rules=[rule(5, 5)]) == {"rules.0.parameter"}
    assert make(either, type=kind, rules=[rule(0, 5)])["rules"][0]["parameter"] == 0


@pytest.mark.parametrize("kind", TIERED)
def test_tiers_have_different_thresholds(either: Api, kind: str) -> None:
    assert refused(either, type=kind, rules=[rule(5, 1), rule(9, 2), rule(5, 3)]) == {"rules"}
    # In any order, from 0, and falling where the threshold rises.
    made = make(either, type=kind, rules=[rule(9, 2), rule(0, 3)])
    assert [one["parameter"] for one in made["rules"]] == [9, 0]
    assert len(make(either, type=kind, rules=[rule(5, 1)])["rules"]) == 1


def test_rules_of_a_package_name_services_of_the_chain(either: Api) -> None:
    for service_id in (0, YOGA, NAILS, 5):
        rules = [rule(0, 5, MANICURE), rule(0, 5, service_id)]
        assert refused(either, **PACKAGE | {"rules": rules}) == {"rules.1.service_id"}
    without = [{"parameter": 0, "value": 5}]
    assert refused(either, **PACKAGE | {"rules": without}) == {"rules.0.service_id"}
    rules = [rule(0, 5, MANICURE), rule(0, 6, PEDICURE)]
    made = make(either, **PACKAGE | {"rules": rules})
    assert [one["service_id"] for one in made["rules"]] == [MANICURE, PEDICURE]


def test_rules_of_other_types_name_no_service(either: Api) -> None:
    assert make(either, rules=[{"parameter": 0, "value": 5}])["rules"][0]["service_id"] == 0
    assert make(either, rules=[rule(0, 5, MANICURE)])["rules"][0]["service_id"] == 0


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (rule(None, 5), "parameter"),
        (rule("0", 5), "parameter"),
        (rule(-1, 5), "parameter"),
        (rule(1.5, 5), "parameter"),
        (rule(0, None), "value"),
        (rule(0, "5"), "value"),
        (rule(0, True), "value"),
        (rule(0, -1), "value"),
        (rule(0, 5, None), "service_id"),
        (rule(0, 5, -1), "service_id"),
        ({"value": 5}, "parameter"),
        ({"parameter": 0}, "value"),
    ],
)
def test_a_wrong_rule_is_422_and_named(either: Api, wrong: dict[str, Any], name: str) -> None:
    assert refused(either, rules=[wrong]) == {f"rules.0.{name}"}
    tiers = TIERS | {"rules": [rule(20, 1), wrong]}
    assert refused(either, **tiers) == {f"rules.1.{name}"}


def test_a_percentage_is_at_most_100_and_an_amount_anything(either: Api) -> None:
    assert refused(either, rules=[rule(0, 100.01)]) == {"rules.0.value"}
    tiers = TIERS | {"rules": [rule(1, 5), rule(2, 101)]}
    assert refused(either, **tiers) == {"rules.1.value"}
    for unit, value in (("percent", 0), ("percent", 100), ("amount", 0), ("amount", 5000.5)):
        made = make(either, value_unit=unit, rules=[rule(0, value)])
        assert made["rules"][0]["value"] == value
    assert refused(either, value_unit="amount", rules=[rule(0, -0.5)]) == {"rules.0.value"}


def test_values_are_kept_as_they_were_sent(documented: Api) -> None:
    sent = [rule(1, 5), rule(2, 5.0), rule(3, 7.25), rule(4, 0)]
    made = make(documented, **TIERS | {"rules": sent})
    shown = read(documented, f"{PROGRAMS}/{made['id']}", include="rules")["rules"]
    assert repr([one["value"] for one in shown]) == "[5, 5.0, 7.25, 0]"
    assert [one["parameter"] for one in shown] == [1, 2, 3, 4]


# What it applies to


def test_something_has_to_be_allowed(either: Api) -> None:
    nothing = {"service_item_type": "not_allowed", "good_item_type": "not_allowed"}
    assert refused(either, **nothing) == {"service_item_type"}
    for name in nothing:
        assert make(either, **{name: "not_allowed"})[name] == "not_allowed"


def test_custom_items_have_to_be_chosen(either: Api) -> None:
    services = {"service_item_type": "custom_allowed"}
    goods = {"good_item_type": "custom_allowed"}
    assert refused(either, **services) == {"allowed_service_ids"}
    assert refused(either, **services, allowed_service_ids=[]) == {"allowed_service_ids"}
    assert refused(either, **services, allowed_good_ids=[1]) == {"allowed_service_ids"}
    assert refused(either, **goods) == {"allowed_good_ids"}
    assert refused(either, **goods, allowed_service_ids=[MANICURE]) == {"allowed_good_ids"}
    for chosen in ("allowed_good_ids", "allowed_good_category_ids"):
        [item] = make(either, **goods, **{chosen: [77]})["applicable_items"]
        assert item["is_category"] == (chosen == "allowed_good_category_ids")


def test_services_and_their_categories_are_of_the_chain(either: Api) -> None:
    custom = {"service_item_type": "custom_allowed"}
    for wrong in (YOGA, 8101, 5, 0):
        ids = [MANICURE, wrong]
        assert refused(either, **custom, allowed_service_ids=ids) == {"allowed_service_ids"}
    made = make(either, **custom, allowed_service_ids=[MANICURE, NAILS, MANICURE])
    assert [(one["id"], one["is_category"]) for one in made["applicable_items"]] == [
        (MANICURE, False),
        (NAILS, True),
    ]


def test_products_are_not_checked(either: Api) -> None:
    goods = {"good_item_type": "custom_allowed", "allowed_good_ids": [5, YOGA]}
    assert len(make(either, **goods)["applicable_items"]) == 2


def test_items_are_kept_only_where_they_are_chosen(either: Api) -> None:
    given = {
        "allowed_service_ids": [MANICURE],
        "allowed_good_ids": [1],
        "allowed_good_category_ids": [2],
    }
    assert make(either, **given)["applicable_items"] == []
    made = make(either, good_item_type="not_allowed", service_item_type="custom_allowed", **given)
    assert [one["id"] for one in made["applicable_items"]] == [MANICURE]


def test_card_types_are_of_the_chain(either: Api) -> None:
    assert refused(either, loyalty_card_type_ids=[AURORA, 51]) == {"loyalty_card_type_ids"}
    made = make(either, loyalty_card_type_ids=[GOLD, AURORA])
    assert {one["id"] for one in made["loyalty_card_types"]} == {AURORA, GOLD}


# Expiry and messages


def test_an_expiry_needs_its_unit(either: Api) -> None:
    named = {"expiration_timeout_unit"}
    assert refused(either, expiration_timeout=6) == named
    assert refused(either, expiration_timeout=6, expiration_timeout_unit=None) == named
    for unit in ("day", "week", "month", "year"):
        made = make(either, expiration_timeout=6, expiration_timeout_unit=unit)
        assert (made["expiration_timeout"], made["expiration_timeout_unit"]) == (6, unit)
    assert make(either, expiration_timeout=0)["expiration_timeout_unit"] is None


def test_a_notice_may_be_longer_than_the_expiry(either: Api) -> None:
    made = make(
        either,
        expiration_timeout=1,
        expiration_timeout_unit="day",
        expiration_notification_timeout=7,
    )
    assert made["expiration_notification_timeout"] == 7


@pytest.mark.parametrize("name", [ON_CHANGED, ON_EXPIRATION])
def test_a_template_is_one_of_five(either: Api, name: str) -> None:
    for wrong in ("", "large", None, 1, ["big"]):
        assert refused(either, **{name: {"type": wrong}}) == {f"{name}.type"}
    assert refused(either, **{name: {}}) == {f"{name}.type"}
    for size in ("big", "mid", "small"):
        assert make(either, **{name: {"type": size}})[name]["type"] == size
    assert make(either, **{name: {"type": "none"}})[name] is None


@pytest.mark.parametrize("name", [ON_CHANGED, ON_EXPIRATION])
def test_a_custom_template_needs_a_text(either: Api, name: str) -> None:
    for wrong in ({}, {"body": ""}, {"body": " \n"}, {"body": None}, {"body": 5}):
        assert refused(either, **{name: {"type": "custom"} | wrong}) == {f"{name}.body"}
    text = "</textarea><script>alert(1)</script> {{ 7*7 }}"
    assert make(either, **{name: {"type": "custom", "body": text}})[name]["body"] == text


def test_the_text_of_a_standard_template_is_ignored(either: Api) -> None:
    sent = {"type": "big", "body": "Mine"}
    assert make(either, on_changed_notification_template=sent)[ON_CHANGED]["body"] != "Mine"
