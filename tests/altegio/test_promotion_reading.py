"""Promotions as answers give them: in mixed types, with gaps."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.altegio import payloads
from loyalty_admin.altegio.errors import UnreadableAnswer
from loyalty_admin.altegio.notification_templates import NOTHING, Notification
from loyalty_admin.altegio.promotion_kinds import Item, Rule
from loyalty_admin.altegio.promotions import (
    INCLUDES,
    SCHEMA,
    Promotion,
    Terms,
    not_known,
    update_body,
    without_gaps,
)
from tests.altegio.gift_cards import ANYTHING

RAW: Mapping[str, Any] = {
    "id": 34,
    "title": "Come again",
    "type": "discount_accumulative_visits",
    "group_id": 7,
    "service_item_type": "custom_allowed",
    "good_item_type": "custom_allowed",
    "value_unit": "percent",
    "usage_limit": 0,
    "visit_multiplicity": 1,
    "sold_items_multiplicity": 1,
    "expiration_timeout": 6,
    "expiration_timeout_unit": "month",
    "expiration_notification_timeout": 7,
    "params_source_type": "chain",
    "history_start_date": "2026-09-21",
    "on_changed_notification_template_id": 55,
    "on_expiration_notification_template_id": 0,
    "applicable_items": [
        {"id": 92, "title": "Cut", "is_service": True, "is_category": False},
        {"id": 53, "title": "Hair", "is_service": True, "is_category": True},
        {"id": 8, "title": "Soap", "is_service": False, "is_category": False},
        {"id": 9, "title": "Soaps", "is_service": False, "is_category": True},
    ],
    "rules": [
        {"id": 94, "parameter": 30, "value": 7.5, "loyalty_program_id": 34, "service_id": 0},
        {"id": 74, "parameter": 10, "value": 2.5, "loyalty_program_id": 34, "service_id": 0},
    ],
    "companies": [{"id": 50, "title": "Riverside"}, {"id": 49, "title": "Hill"}],
    "loyalty_card_types": [{"id": 51, "title": "Gold"}, {"id": 29, "title": "Silver"}],
    "on_changed_notification_template": {
        "id": 55,
        "type": "custom",
        "body": "It has changed",
        "message_type": "loyalty_discount_changed",
    },
    "on_expiration_notification_template": None,
}
PACKAGE = {"type": "package_discount"}
BONUS = {"type": "cashback_static_sold"}
ANYWHERE = {"service_item_type": "any_allowed", "good_item_type": "not_allowed"}
ENDLESS = {"expiration_timeout": 0}


def read(**changes: Any) -> Promotion:
    return Promotion.from_api({**RAW, **changes})


def without(*keys: str, **changes: Any) -> Promotion:
    raw = {**RAW, **changes}
    return Promotion.from_api({key: raw[key] for key in raw.keys() - {*keys}})


def test_every_term_is_read() -> None:
    assert read().unreadable == ()
    assert read().terms == Terms(
        title="Come again",
        kind="discount_accumulative_visits",
        location_ids=(49, 50),
        services="custom_allowed",
        service_ids=(53, 92),
        products="custom_allowed",
        product_ids=(8,),
        product_category_ids=(9,),
        rules=(Rule(30, Decimal("7.5")), Rule(10, Decimal("2.5"))),
        expiration=6,
        expiration_unit="month",
        expiration_notice=7,
        history_source="chain",
        history_from=date(2026, 9, 21),
        card_type_ids=(29, 51),
        on_changed=Notification("custom", "It has changed"),
        on_expiration=NOTHING,
    )


def test_what_stands_beside_the_terms_is_read() -> None:
    assert (read().id, read().chain_id) == (34, 7)
    assert read().items[1:3] == (
        Item(53, is_service=True, is_category=True, title="Hair"),
        Item(8, is_service=False, is_category=False, title="Soap"),
    )
    bare = Promotion.from_api({"id": "5"})
    assert (bare.id, bare.chain_id, bare.items) == (5, None, ())


def test_chain_is_read_under_each_of_its_names() -> None:
    table = ["group_id", "salon_group_id", "company_group_id", "chain_id"]
    wrong = {
        key: found for key in table if (found := read(**{"group_id": None, key: "9"}).chain_id) != 9
    }
    assert wrong == {}


def test_numbers_and_flags_may_come_as_text() -> None:
    mixed = read(
        expiration_timeout="6",
        expiration_notification_timeout=Decimal("7.0"),
        history_start_date="2026-09-21T00:00:00+05:00",
        applicable_items=[
            {"id": "92", "is_service": "1", "is_category": 0},
            {"id": 53, "is_service": 1, "is_category": "true"},
            {"id": 8, "is_service": "0", "is_category": "false"},
            {"id": "9", "is_service": False, "is_category": True},
        ],
        rules=[
            {"parameter": "30", "value": "7.50"},
            {"parameter": 10.0, "value": 2.5, "service_id": None},
        ],
        companies=[{"id": "50"}, 49],
        loyalty_card_types=[{"id": "29"}, {"id": 51}],
    )
    assert mixed.terms == read().terms
    assert mixed.unreadable == ()


def test_package_rules_name_their_services() -> None:
    found = read(**PACKAGE, rules=[{"parameter": 0, "value": 50, "service_id": "11"}])
    assert found.terms.rules == (Rule(0, Decimal(50), 11),)


def test_what_was_asked_for_and_is_not_there_is_named() -> None:
    besides: list[Mapping[str, Any]] = [{}, {**ANYWHERE, **ENDLESS}]
    wrong = {}
    for beside, key in product(besides, INCLUDES):
        found = without(key, **beside, on_expiration_notification_template_id=None).unreadable
        if found != (key,):
            wrong[repr((beside, key))] = found
    assert wrong == {}


def test_list_lacks_all_that_has_to_be_asked_for() -> None:
    listed = without(*INCLUDES, on_expiration_notification_template_id=3)
    assert set(listed.unreadable) == set(INCLUDES)


def test_promotion_that_says_it_sends_nothing_lacks_no_template() -> None:
    assert without("on_expiration_notification_template").unreadable == ()


def test_missing_term_is_named() -> None:
    table: list[tuple[str, Mapping[str, Any]]] = [
        ("title", {}),
        ("type", {}),
        ("expiration_timeout", {}),
        ("expiration_timeout_unit", {}),
        ("expiration_notification_timeout", {}),
        ("usage_limit", BONUS),
    ]
    wrong = {}
    for key, kind in table:
        missing, whole = without(key, **kind).unreadable, read(**kind).unreadable
        if key not in missing or whole != ():
            wrong[key] = (missing, whole)
    assert wrong == {}


def test_garbled_term_is_named_and_not_guessed() -> None:
    table: list[tuple[str, Any]] = [
        ("title", None),
        ("type", None),
        ("type", "discount_of_tomorrow"),
        ("expiration_timeout", "long"),
        ("expiration_timeout_unit", None),
        ("expiration_notification_timeout", 1.5),
        ("rules", None),
        ("rules", {"0": {}}),
        ("rules", [{"parameter": 1, "value": None}]),
        ("rules", [{"parameter": None, "value": 1}]),
        ("rules", [{"parameter": 1, "value": 1, "service_id": "all"}]),
        ("rules", [None]),
        ("companies", "all"),
        ("companies", [{"title": "No id"}]),
        ("loyalty_card_types", [None]),
        ("applicable_items", None),
        ("applicable_items", [{"id": 8, "is_service": False}]),
        ("applicable_items", [{"is_service": True, "is_category": True}]),
        ("applicable_items", [8]),
        ("on_changed_notification_template", None),
        ("on_changed_notification_template", "big"),
        ("on_expiration_notification_template", {"body": "Of no size"}),
    ]
    wrong = {
        repr((key, value)): found
        for key, value in table
        if (found := read(**{key: value}).unreadable) != (key,)
    }
    assert wrong == {}


def test_what_no_put_sends_is_marked_as_not_known() -> None:
    table: list[tuple[str, Any, Mapping[str, Any]]] = [
        ("service_item_type", None, {}),
        ("good_item_type", ["custom_allowed"], {}),
        ("value_unit", None, {}),
        ("history_start_date", "21.09.2026", {}),
        ("history_start_date", 0, {}),
        ("params_source_type", {}, {}),
        ("visit_multiplicity", "often", BONUS),
        ("sold_items_multiplicity", 1.5, PACKAGE),
    ]
    wrong: list[tuple[str, object]] = []
    for key, value, kind in table:
        for found in (read(**{**kind, key: value}), without(key, **kind)):
            terms = found.terms
            seen = (found.unreadable, not_known(terms), not_known(without_gaps(terms)))
            if seen != ((), (SCHEMA.term_of_key[key],), ()):
                wrong.append((key, seen))
    assert wrong == []


def test_null_is_a_term_that_is_not_set() -> None:
    table: list[tuple[str, str, Any]] = [
        ("companies", "location_ids", ()),
        ("loyalty_card_types", "card_type_ids", ()),
        ("expiration_timeout", "expiration", 0),
        ("expiration_notification_timeout", "expiration_notice", 0),
        ("params_source_type", "history_source", ""),
        ("history_start_date", "history_from", None),
    ]
    wrong = {}
    for key, name, nothing in table:
        found = read(**{key: None})
        if (found.unreadable, getattr(found.terms, name)) != ((), nothing):
            wrong[key] = found
    assert wrong == {}


def test_what_means_nothing_may_be_anything() -> None:
    odds: list[Any] = [None, "", "0000-00-00", []]
    limits = ("usage_limit", "visit_multiplicity", "sold_items_multiplicity")
    history = ("params_source_type", "history_start_date")
    assert without(*limits, *history, type="discount_static").unreadable == ()
    wrong = {}
    for odd in odds:
        static = {"type": "discount_static", **dict.fromkeys((*limits, *history), odd)}
        found = (
            read(**dict.fromkeys(limits, odd)).unreadable,
            read(**static).unreadable,
            read(**ENDLESS, expiration_timeout_unit=odd).unreadable,
            read(**ANYWHERE, applicable_items=odd).unreadable,
        )
        if found != ((), (), (), ()):
            wrong[repr(odd)] = found
    assert wrong == {}


def test_no_promotion_at_all_is_said() -> None:
    table: list[Any] = [None, [], "promotion", {}, {"id": "x"}, {"id": True}]
    taken = []
    for raw in table:
        with suppress(UnreadableAnswer):
            taken.append((raw, Promotion.from_api(raw)))
    assert taken == []


@given(st.dictionaries(st.sampled_from(sorted(RAW.keys() - {"id"})), ANYTHING))
def test_no_answer_is_too_odd_to_read(changes: dict[str, Any]) -> None:
    found = read(**changes)
    # Whatever was understood can be sent and compared.
    payloads.encode(update_body(found.terms, found.terms))
    assert SCHEMA.differing(found.terms, found.terms) == []
    blamed = {name.removesuffix("_id") for name in changes}
    # It counts, where another key says so.
    assert set(found.unreadable) <= blamed
