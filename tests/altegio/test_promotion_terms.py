"""The terms of promotions: what their kinds take, what is sent, what counts as the same."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.altegio import payloads
from loyalty_admin.altegio.notification_templates import Notification
from loyalty_admin.altegio.promotion_kinds import KINDS, Rule
from loyalty_admin.altegio.promotions import (
    FIXED_TERMS,
    INCLUDES,
    NOT_KNOWN,
    SCHEMA,
    Terms,
    create_body,
    read_terms,
    update_body,
)

# What a PUT takes, whatever the kind.
CHANGEABLE_KEYS = {
    "title",
    "expiration_timeout",
    "expiration_timeout_unit",
    "expiration_notification_timeout",
    "loyalty_card_type_ids",
    "on_changed_notification_template",
    "on_expiration_notification_template",
    "rules",
    "company_ids",
    "allowed_service_ids",
    "allowed_good_ids",
    "allowed_good_category_ids",
}
CREATED_KEYS = {"type", "service_item_type", "good_item_type", "value_unit"}
PERCENT = Decimal("2.50")
FULL = Terms(
    title="Come again",
    location_ids=(49, 50),
    services="custom_allowed",
    service_ids=(53, 92),
    products="custom_allowed",
    product_ids=(7,),
    product_category_ids=(8,),
    rules=(Rule(0, PERCENT),),
    usage_limit=3,
    visit_multiplicity=2,
    sold_items_multiplicity=4,
    expiration=6,
    expiration_unit="month",
    expiration_notice=7,
    history_source="chain",
    history_from=date(2026, 9, 21),
    card_type_ids=(29, 51),
    on_changed=Notification("custom", "It has changed"),
    on_expiration=Notification("big", "Long"),
)


def of_kind(kind: str, **changes: Any) -> Terms:
    return replace(FULL, kind=kind, **changes)


def answer_to(body: Mapping[str, Any]) -> dict[str, Any]:
    """What the API would say of a promotion that was made like this."""
    items = [
        {"id": item_id, "title": "x", "is_service": is_service, "is_category": is_category}
        for key, is_service, is_category in (
            ("allowed_service_ids", True, False),
            ("allowed_good_ids", False, False),
            ("allowed_good_category_ids", False, True),
        )
        for item_id in body.get(key, [])
    ]
    return {
        **body,
        "id": 34,
        "applicable_items": items,
        "companies": [{"id": each, "title": "x"} for each in body["company_ids"]],
        "loyalty_card_types": [{"id": each} for each in body["loyalty_card_type_ids"]],
        "usage_limit": body.get("usage_limit", 0),
        "visit_multiplicity": body.get("visit_multiplicity", 1),
        "sold_items_multiplicity": body.get("sold_items_multiplicity", 1),
        "params_source_type": body.get("params_source_type"),
        "history_start_date": body.get("history_start_date"),
    }


# Kinds


def test_each_kind_says_what_it_is() -> None:
    """Gives a discount or a bonus; rules; what thresholds count; which sums count."""
    assert {name: (k.gives, k.rules, k.thresholds, k.reckons) for name, k in KINDS.items()} == {
        "discount_static": ("discount", "static", None, None),
        "discount_accumulative_visits": ("discount", "tiers", "visits", None),
        "discount_accumulative_sold": ("discount", "tiers", "sums", "sold"),
        "discount_accumulative_paid": ("discount", "tiers", "sums", "paid"),
        "cashback_static_sold": ("bonus", "static", None, "sold"),
        "cashback_static_paid": ("bonus", "static", None, "paid"),
        "cashback_accumulative_paid": ("bonus", "tiers", "sums", "paid"),
        "cashback_accumulative_sold": ("bonus", "tiers", "sums", "sold"),
        "cashback_accumulative_paid_visits": ("bonus", "tiers", "visits", "paid"),
        "cashback_accumulative_sold_visits": ("bonus", "tiers", "visits", "sold"),
        "cashback_sold_visits": ("bonus", "static", None, "sold"),
        "cashback_paid_visits": ("bonus", "static", None, "paid"),
        "package_discount": ("discount", "package", None, None),
    }


def optional_keys(kind: str) -> set[str]:
    keys: set[str] = set()
    if kind.startswith("cashback"):
        keys |= {"usage_limit", "visit_multiplicity"}
    if kind == "package_discount":
        keys |= {"sold_items_multiplicity"}
    if kind == "package_discount" or "accumulative" in kind:
        keys |= {"params_source_type", "history_start_date"}
    return keys


def test_promotion_is_created_with_what_its_kind_takes() -> None:
    wrong = {}
    for kind in KINDS:
        found = create_body(of_kind(kind)).keys()
        if found != CHANGEABLE_KEYS | CREATED_KEYS | optional_keys(kind):
            wrong[kind] = found
    assert wrong == {}


def test_put_carries_only_what_it_takes() -> None:
    wrong = {}
    for kind in KINDS:
        terms = of_kind(kind)
        found = update_body(terms, terms).keys()
        if found != CHANGEABLE_KEYS | ({"usage_limit"} & optional_keys(kind)):
            wrong[kind] = found
    assert wrong == {}


# What is sent


def test_body_of_a_promotion() -> None:
    assert create_body(of_kind("package_discount", rules=(Rule(3, PERCENT, 11),))) == {
        "title": "Come again",
        "type": "package_discount",
        "company_ids": [49, 50],
        "service_item_type": "custom_allowed",
        "allowed_service_ids": [53, 92],
        "good_item_type": "custom_allowed",
        "allowed_good_ids": [7],
        "allowed_good_category_ids": [8],
        "value_unit": "percent",
        "rules": [{"parameter": 3, "value": PERCENT, "service_id": 11}],
        "sold_items_multiplicity": 4,
        "expiration_timeout": 6,
        "expiration_timeout_unit": "month",
        "expiration_notification_timeout": 7,
        "params_source_type": "chain",
        "history_start_date": "2026-09-21",
        "loyalty_card_type_ids": [29, 51],
        "on_changed_notification_template": {"type": "custom", "body": "It has changed"},
        "on_expiration_notification_template": {"type": "big"},
    }


def test_least_that_can_be_said_is_what_the_api_requires() -> None:
    least = Terms(title="x", kind="discount_accumulative_visits")
    assert create_body(least) == {
        "title": "x",
        "type": "discount_accumulative_visits",
        "company_ids": [],
        "service_item_type": "any_allowed",
        "good_item_type": "any_allowed",
        "value_unit": "percent",
        "rules": [],
        "expiration_timeout": 0,
        "loyalty_card_type_ids": [],
        "on_changed_notification_template": {"type": "none"},
        "on_expiration_notification_template": {"type": "none"},
    }


def test_no_other_kind_is_created() -> None:
    taken = []
    for kind in ["", "discount", "cashback_of_tomorrow"]:
        with suppress(ValueError):
            taken.append((kind, create_body(of_kind(kind))))
    assert taken == []


def test_rules_are_created_as_their_kind_has_them() -> None:
    table = [
        ("discount_static", [(0, 0)]),
        ("cashback_paid_visits", [(0, 0)]),
        ("discount_accumulative_paid", [(10, 0), (30, 0)]),
        ("package_discount", [(10, 5), (30, 5)]),
    ]
    wrong = {}
    for kind, sent in table:
        rules = (Rule(30, PERCENT, 5), Rule(10, PERCENT, 5))[: len(sent)]
        written = create_body(of_kind(kind, rules=rules))["rules"]
        if [(rule["parameter"], rule["service_id"]) for rule in written] != sent:
            wrong[kind] = written
    assert wrong == {}


def test_put_keeps_rules_as_they_were_read() -> None:
    terms = of_kind("cashback_sold_visits", rules=(Rule(5, PERCENT, 3), Rule(2, PERCENT)))
    assert update_body(terms, terms)["rules"] == [
        {"parameter": 5, "value": PERCENT, "service_id": 3},
        {"parameter": 2, "value": PERCENT, "service_id": 0},
    ]


def test_what_was_fixed_decides_what_a_put_carries() -> None:
    read = of_kind("cashback_static_sold", products="any_allowed")
    other = of_kind("discount_static", services="not_allowed", title="Other")
    assert update_body(other, read) == {**update_body(read, read), "title": "Other"}


def test_end_of_expiration_is_sent_without_a_unit() -> None:
    read = of_kind("discount_static")
    sent = update_body(of_kind("discount_static", expiration=0), read)
    assert sent["expiration_timeout"] == 0
    assert not sent.keys() & {"expiration_timeout_unit", "expiration_notification_timeout"}


def test_values_keep_their_digits() -> None:
    assert b'"value":2.50,' in payloads.encode(create_body(of_kind("discount_static")))


IDS = st.lists(st.integers(1, 10**9), unique=True, max_size=4).map(sorted).map(tuple)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
SCOPES = st.sampled_from(["any_allowed", "not_allowed", "custom_allowed"])
NOTIFICATIONS = st.builds(
    Notification, st.sampled_from(["none", "big", "mid", "small", "custom"]), TEXTS
)
RULES = st.builds(
    Rule, st.integers(0, 10**9), st.decimals(0, 10**6, places=2), st.integers(0, 10**9)
)
TERMS = st.builds(
    Terms,
    title=TEXTS,
    kind=st.sampled_from(sorted(KINDS)),
    location_ids=IDS,
    services=SCOPES,
    service_ids=IDS,
    products=SCOPES,
    product_ids=IDS,
    product_category_ids=IDS,
    value_unit=st.sampled_from(["percent", "amount"]),
    rules=st.lists(RULES, max_size=4).map(tuple),
    usage_limit=st.integers(0, 99),
    visit_multiplicity=st.integers(1, 99),
    sold_items_multiplicity=st.integers(1, 99),
    expiration=st.integers(0, 99),
    expiration_unit=st.sampled_from(["day", "week", "month", "year"]),
    expiration_notice=st.integers(0, 99),
    history_source=st.sampled_from(["", "loyalty_card", "active_companies", "chain"]),
    history_from=st.none() | st.dates(),
    card_type_ids=IDS,
    on_changed=NOTIFICATIONS,
    on_expiration=NOTIFICATIONS,
)


@given(TERMS)
def test_put_of_what_was_read_changes_nothing(terms: Terms) -> None:
    body = create_body(terms)
    created = answer_to(body)
    read, _ = read_terms(created)
    sent = update_body(read, read)
    fixed = {key: value for key, value in body.items() if key not in CHANGEABLE_KEYS}
    fixed.pop("usage_limit", None)
    assert answer_to({**fixed, **sent}) == created


# Comparing


def test_same_terms_said_otherwise_do_not_differ() -> None:
    table: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = [
        ({"title": "A"}, {"title": " A "}),
        ({"rules": (Rule(0, Decimal("5.0")),)}, {"rules": (Rule(0, Decimal(5)),)}),
        ({"service_ids": (1,)}, {"service_ids": (2,)}),
        ({"product_ids": (1,)}, {"product_ids": (2,)}),
        ({"usage_limit": 1}, {"usage_limit": 2}),
        ({"history_source": "chain"}, {"history_source": ""}),
        ({"expiration_unit": "day"}, {"expiration_unit": "", "expiration_notice": 3}),
        ({"rules": (Rule(0, PERCENT, 5),)}, {"rules": (Rule(0, PERCENT),)}),
        (
            {"on_changed": Notification("big", "Long")},
            {"on_changed": Notification("big")},
        ),
        (
            {"on_changed": Notification("custom", "a\r\nb ")},
            {"on_changed": Notification("custom", "a\nb")},
        ),
        (
            {"kind": "discount_accumulative_paid", "rules": (Rule(9, PERCENT), Rule(5, PERCENT))},
            {"kind": "discount_accumulative_paid", "rules": (Rule(5, PERCENT), Rule(9, PERCENT))},
        ),
    ]
    static: dict[str, Any] = {"kind": "discount_static"}
    wrong = {
        repr((one, other)): found
        for one, other in table
        if (found := SCHEMA.differing(Terms(**{**static, **one}), Terms(**{**static, **other})))
    }
    assert wrong == {}


def test_other_terms_differ() -> None:
    table: list[tuple[str, str, Any]] = [
        ("package_discount", "title", "Go"),
        ("package_discount", "location_ids", (49,)),
        ("package_discount", "services", "some_allowed"),
        ("package_discount", "service_ids", (53,)),
        ("package_discount", "products", "some_allowed"),
        ("package_discount", "product_ids", ()),
        ("package_discount", "product_category_ids", ()),
        ("package_discount", "value_unit", "amount"),
        ("package_discount", "rules", (Rule(0, PERCENT, 1),)),
        ("package_discount", "rules", (Rule(1, PERCENT),)),
        ("package_discount", "rules", (Rule(0, Decimal("2.51")),)),
        ("package_discount", "sold_items_multiplicity", 1),
        ("package_discount", "history_source", "loyalty_card"),
        ("package_discount", "history_from", None),
        ("cashback_static_paid", "usage_limit", 0),
        ("cashback_static_paid", "visit_multiplicity", 1),
        ("discount_static", "expiration_unit", "week"),
        ("discount_static", "expiration_notice", 8),
        ("discount_static", "card_type_ids", (29,)),
        ("discount_static", "on_changed", Notification("custom", "Other")),
        ("discount_static", "on_expiration", Notification("small")),
    ]
    wrong = {}
    for kind, name, value in table:
        found = SCHEMA.differing(of_kind(kind), of_kind(kind, **{name: value}))
        if found != [name]:
            wrong[repr((kind, name, value))] = found
    assert wrong == {}


def test_only_terms_are_fixed_and_only_what_is_fixed_has_gaps() -> None:
    assert set(SCHEMA.names) > FIXED_TERMS > NOT_KNOWN.keys()
    assert {spec.keys[0] for spec in SCHEMA.specs.values()} > set(INCLUDES)


def test_errors_are_put_on_their_terms() -> None:
    found = SCHEMA.terms_of_errors(
        {
            "type": ["Which?"],
            "rules.0.value": ["Too much."],
            "[rules][1][parameter]": ["Twice."],
            "company_ids": ["Where?"],
            "companies": ["Nowhere."],
            "applicable_items": ["What?"],
            "allowed_service_ids.3": ["Gone."],
            "allowed_good_ids": ["Sold out."],
            "allowed_good_category_ids": ["Empty."],
            "loyalty_card_type_ids": ["No card."],
            "on_changed_notification_template.body": ["Say something."],
            "expiration_timeout": ["Short."],
            "weather": ["Rain."],
            "[]": ["Odd."],
        }
    )
    assert found == {
        "kind": ["Which?"],
        "rules": ["Too much.", "Twice."],
        "location_ids": ["Where?", "Nowhere."],
        "service_ids": ["What?", "Gone."],
        "product_ids": ["Sold out."],
        "product_category_ids": ["Empty."],
        "card_type_ids": ["No card."],
        "on_changed": ["Say something."],
        "expiration": ["Short."],
        "": ["weather: Rain.", "[]: Odd."],
    }
