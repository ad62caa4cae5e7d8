from __future__ import annotations

import pytest

from tests.sandbox.api import FITNESS, SALON, Api
from tests.sandbox.promotions import (
    BONUS,
    CARD_TYPES,
    EVERYTHING,
    FIRST,
    FITNESS_FIRST,
    FITNESS_PROGRAMS,
    INCLUDES,
    ON_CHANGED,
    ON_EXPIRATION,
    PACKAGE,
    PROGRAMS,
    TEMPLATES,
    TIERS,
    body_of,
    found,
    make,
    put_body,
    read,
)

SCALARS = {
    "id",
    "group_id",
    "title",
    "type",
    "service_item_type",
    "good_item_type",
    "value_unit",
    "usage_limit",
    "visit_multiplicity",
    "sold_items_multiplicity",
    "expiration_timeout",
    "expiration_timeout_unit",
    "expiration_notification_timeout",
    "params_source_type",
    "history_start_date",
    f"{ON_CHANGED}_id",
    f"{ON_EXPIRATION}_id",
}
MESSAGE_TYPES = {
    "loyalty_discount_expiration",
    "loyalty_cashback_expiration",
    "loyalty_discount_increased",
    "loyalty_discount_decreased",
    "loyalty_card_created",
    "loyalty_card_withdraw",
    "loyalty_withdraw_cancelled",
    "loyalty_card_manual",
    "loyalty_card_manual_withdraw",
    "loyalty_card_cashback",
    "loyalty_card_cashback_cancelled",
    "loyalty_card_income",
    "loyalty_discount_changed",
    "loyalty_cashback_changed",
    "loyalty_settings_abonement_notification",
}
SEARCH = "/company/501/loyalty/programs/search"


@pytest.mark.parametrize("path", [f"{PROGRAMS}/{FIRST}", SEARCH, CARD_TYPES, TEMPLATES])
def test_reads_are_bare_as_documented_and_enveloped_as_observed(
    documented: Api, observed: Api, path: str
) -> None:
    bare = documented.call("GET", path).json()
    assert isinstance(bare, list) or "data" not in bare
    assert set(observed.call("GET", path).json()) == {"success", "data", "meta"}


def test_writes_are_bare_as_documented_and_enveloped_as_observed(
    documented: Api, observed: Api
) -> None:
    for method, path, body in (
        ("POST", PROGRAMS, body_of()),
        ("PUT", f"{PROGRAMS}/{FIRST}", put_body()),
    ):
        assert "title" in documented.call(method, path, body).json()
        assert "title" in observed.call(method, path, body).json()["data"]


# What an answer includes


def test_a_read_by_id_holds_only_what_is_asked_for(either: Api) -> None:
    path = f"{PROGRAMS}/{FIRST}"
    assert set(read(either, path)) == SCALARS
    assert set(read(either, path, include="")) == SCALARS
    assert set(read(either, path, include="nothing,rules ")) == SCALARS
    for name in INCLUDES:
        assert set(read(either, path, include=name)) == SCALARS | {name}
    assert set(read(either, path, include=EVERYTHING)) == SCALARS | INCLUDES


def test_include_may_be_repeated(either: Api) -> None:
    query = ["rules", "companies,applicable_items"]
    shown = read(either, f"{PROGRAMS}/{FIRST}", include=query)
    assert set(shown) == SCALARS | {"rules", "companies", "applicable_items"}


def test_writes_answer_with_what_is_asked_for(either: Api) -> None:
    for method, path, body in (
        ("POST", PROGRAMS, body_of()),
        ("PUT", f"{PROGRAMS}/{FIRST}", put_body()),
    ):
        for include, names in (("", set()), ("rules", {"rules"}), (EVERYTHING, INCLUDES)):
            answer = either.call(method, path, body, params={"include": include}).json()
            assert set(answer.get("data", answer)) == SCALARS | names


def test_a_search_never_includes_anything(either: Api) -> None:
    rows = read(either, SEARCH, include=EVERYTHING)
    assert rows
    assert all(set(raw) == SCALARS for raw in rows)


def test_everything_asked_for_has_its_shape(documented: Api) -> None:
    made = make(
        documented,
        **PACKAGE,
        service_item_type="custom_allowed",
        allowed_service_ids=[7101, 710201],
        good_item_type="custom_allowed",
        allowed_good_ids=[9001],
        allowed_good_category_ids=[901],
        loyalty_card_type_ids=[41],
        on_changed_notification_template={"type": "custom", "body": "New"},
    )
    shown = read(documented, f"{PROGRAMS}/{made['id']}", include=EVERYTHING)
    assert shown["rules"][0].pop("id")
    template_id = shown[ON_CHANGED].pop("id")
    assert {name: shown[name] for name in INCLUDES} == {
        "applicable_items": [
            {"id": 7101, "title": "Hair", "is_service": True, "is_category": True},
            {"id": 710201, "title": "Manicure", "is_service": True, "is_category": False},
            {"id": 9001, "title": "Product 9001", "is_service": False, "is_category": False},
            {"id": 901, "title": "Products 901", "is_service": False, "is_category": True},
        ],
        "rules": [{"parameter": 0, "value": 50, "service_id": 710202}],
        "companies": [{"id": 501, "title": "Aurora Centrs"}],
        "loyalty_card_types": [{"id": 41, "title": "Aurora Club"}],
        ON_CHANGED: {"type": "custom", "body": "New"},
        ON_EXPIRATION: None,
    }
    assert template_id == shown[f"{ON_CHANGED}_id"] > 0
    assert shown[f"{ON_EXPIRATION}_id"] == 0


def test_a_standard_template_is_that_of_the_chain(documented: Api) -> None:
    templates = {(raw["message_type"], raw["type"]): raw for raw in read(documented, TEMPLATES)}
    big, small = ({"type": size} for size in ("big", "small"))
    for fields, what in (({}, "discount"), (TIERS, "discount"), (BONUS, "cashback")):
        made = make(
            documented,
            **fields,
            on_changed_notification_template=big,
            on_expiration_notification_template=small,
        )
        for name, occasion, size in (
            (ON_CHANGED, f"loyalty_{what}_changed", "big"),
            (ON_EXPIRATION, f"loyalty_{what}_expiration", "small"),
        ):
            template = templates[occasion, size]
            assert made[name] == {key: template[key] for key in ("id", "type", "body")}
            assert made[f"{name}_id"] == template["id"]


def test_a_standard_template_that_the_chain_lacks_has_no_text(documented: Api) -> None:
    documented.sandbox.put_templates(SALON, [])
    assert read(documented, TEMPLATES) == []
    template = make(documented, on_changed_notification_template={"type": "mid"})[ON_CHANGED]
    assert (template["type"], template["body"]) == ("mid", "")
    assert template["id"]


def test_observed_values_come_in_mixed_types(observed: Api) -> None:
    shown = [
        read(observed, f"{PROGRAMS}/{FIRST + place}", include=EVERYTHING) for place in range(18)
    ]
    for name in ("id", "usage_limit", "expiration_timeout"):
        assert {type(raw[name]) for raw in shown} == {int, str}
    rules = [rule for raw in shown for rule in raw["rules"]]
    assert {type(rule["value"]) for rule in rules} >= {int, str}
    assert {type(one["id"]) for raw in shown for one in raw["companies"]} == {int, str}
    items = [item for raw in shown for item in raw["applicable_items"] or ()]
    assert {type(item["is_service"]) for item in items} >= {str, int}
    assert None in [raw["applicable_items"] for raw in shown]
    assert {type(raw["id"]) for raw in read(observed, TEMPLATES)} == {int, str}
    assert {type(raw["id"]) for raw in read(observed, CARD_TYPES)} == {int, str}


# The search


def test_a_search_finds_the_promotions_of_its_location(either: Api) -> None:
    kept = either.sandbox.promotions_of(SALON)
    for location_id in (501, 502, 503, 504, 505):
        here = [
            raw["id"]
            for raw in kept
            if location_id in [location["id"] for location in raw["companies"]]
        ]
        assert found(either, location_id) == here
    assert len(found(either, 501)) == 18
    assert 0 < len(found(either, 505)) < 18
    assert found(either, 601) == [27001, 27002, 27003]


def test_a_search_may_ask_for_one_type(either: Api) -> None:
    types = {raw["id"]: raw["type"] for raw in either.sandbox.promotions_of(SALON)}
    wanted = [one for one, kind in types.items() if kind == "cashback_static_paid"]
    assert found(either, 501, type="cashback_static_paid") == wanted != []
    assert found(either, 501, type="") == list(types)
    assert found(either, 501, type="no_such_type") == []


def test_a_search_in_an_unknown_location_is_404(either: Api) -> None:
    for location_id in (1, SALON, 506):
        path = f"/company/{location_id}/loyalty/programs/search"
        assert either.call("GET", path).status_code == 404


def test_a_search_out_of_reach_is_403(assistant: Api) -> None:
    assert found(assistant, 501)
    answer = assistant.call("GET", "/company/601/loyalty/programs/search")
    assert answer.status_code == 403
    assert answer.json()["meta"]["message"] == "Access denied."


def test_a_hidden_promotion_is_read_by_id_and_not_searched(either: Api) -> None:
    either.sandbox.hide_promotion(SALON, FIRST)
    assert FIRST not in found(either, 501)
    assert FIRST + 1 in found(either, 501)
    assert read(either, f"{PROGRAMS}/{FIRST}")["title"] == "Welcome, 10% off"
    either.sandbox.reset()
    assert FIRST in found(either, 501)


# Chains and rights


def test_a_promotion_is_found_only_through_its_own_chain(either: Api) -> None:
    assert read(either, f"{FITNESS_PROGRAMS}/{FITNESS_FIRST}")["title"]
    for path in (
        f"{FITNESS_PROGRAMS}/{FIRST}",
        f"{PROGRAMS}/{FITNESS_FIRST}",
        f"{PROGRAMS}/99999",
        f"{PROGRAMS}/11001",
        "/chain/7/loyalty/programs/1",
        "/chain/7/loyalty/card_types",
        "/chain/7/loyalty/notification_message_templates/programs",
    ):
        assert either.call("GET", path).status_code == 404


def test_there_is_no_list_of_a_chains_promotions(either: Api) -> None:
    assert either.call("GET", PROGRAMS).status_code == 405


def test_reading_needs_the_chain_and_no_right(assistant: Api) -> None:
    for path in (f"{PROGRAMS}/{FIRST}", SEARCH, CARD_TYPES, TEMPLATES):
        assert assistant.call("GET", path).status_code == 200
        other = path.replace(str(SALON), str(FITNESS)).replace("501", "601")
        answer = assistant.call("GET", other)
        assert answer.status_code == 403
        assert answer.json()["meta"]["message"] == "Access denied."


# Card types and templates


def test_card_types_are_those_of_the_chain(documented: Api) -> None:
    card_types = read(documented, CARD_TYPES)
    assert card_types == documented.sandbox.card_types_of(SALON)
    assert [set(raw) for raw in card_types] == [{"id", "title"}] * 3
    assert any("<b>" in raw["title"] for raw in card_types)
    assert len(read(documented, CARD_TYPES.replace(str(SALON), str(FITNESS)))) == 1


def test_templates_cover_every_occasion_in_their_sizes(documented: Api) -> None:
    templates = read(documented, TEMPLATES)
    assert templates == documented.sandbox.templates_of(SALON)
    assert all(set(raw) == {"id", "type", "body", "message_type"} for raw in templates)
    assert len({raw["id"] for raw in templates}) == len(templates)
    assert {raw["message_type"] for raw in templates} == MESSAGE_TYPES
    pairs = {(raw["message_type"], raw["type"]) for raw in templates}
    assert {size for _, size in pairs} == {"big", "mid", "small", "custom"}
    standard = {(name, size) for name in MESSAGE_TYPES for size in ("big", "mid", "small")}
    assert 0 < len(standard - pairs) < 5
    bodies = [raw["body"] for raw in templates]
    assert any("onerror" in body for body in bodies) and any("{{" in body for body in bodies)
    few = read(documented, TEMPLATES.replace(str(SALON), str(FITNESS)))
    assert 0 < len(few) < len(templates)
