"""Promotions at the stand-in: searching, reading, creating, changing, deleting."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.api import FITNESS, MANICURE, SALON, YOGA, Api
from tests.sandbox.promotions import (
    AURORA,
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
    TYPES,
    body_of,
    change,
    found,
    make,
    put_body,
    read,
    refused,
    rule,
)

SEARCH = "/company/501/loyalty/programs/search"
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
REQUIRED = [
    "title",
    "type",
    "company_ids",
    "service_item_type",
    "good_item_type",
    "value_unit",
    "rules",
]
# Wrong in a POST and in a PUT.
WRONG: list[tuple[str, Any]] = [
    ("title", ""),
    ("title", "  "),
    ("title", "x" * 256),
    ("title", 5),
    ("title", None),
    ("company_ids", []),
    ("company_ids", [601]),
    ("company_ids", ["501"]),
    ("company_ids", 501),
    ("company_ids", None),
    ("expiration_timeout", -1),
    ("expiration_timeout", "6"),
    ("expiration_timeout", 1.5),
    ("expiration_timeout", True),
    ("expiration_timeout_unit", "days"),
    ("expiration_timeout_unit", 1),
    ("expiration_notification_timeout", -1),
    ("expiration_notification_timeout", "7"),
    ("loyalty_card_type_ids", [51]),
    ("loyalty_card_type_ids", ["41"]),
    ("loyalty_card_type_ids", None),
    ("allowed_service_ids", [YOGA]),
    ("allowed_service_ids", [str(MANICURE)]),
    ("allowed_service_ids", [8101]),
    ("allowed_good_ids", ["1"]),
    ("allowed_good_category_ids", {}),
    ("rules", []),
    ("rules", {}),
    ("rules", "10"),
    ("rules", [10]),
    ("rules", None),
    (ON_CHANGED, "big"),
    (ON_EXPIRATION, None),
]
# Only a POST takes these, or only those of some types.
WRONG_AT_FIRST: list[tuple[dict[str, Any], str, Any]] = [
    ({}, "type", "discount"),
    ({}, "type", ["discount_static"]),
    ({}, "type", 1),
    ({}, "type", None),
    ({}, "service_item_type", "any"),
    ({}, "service_item_type", None),
    ({}, "good_item_type", "custom"),
    ({}, "good_item_type", 0),
    ({}, "value_unit", "percents"),
    ({}, "value_unit", 1),
    (BONUS, "usage_limit", -1),
    (BONUS, "usage_limit", "3"),
    (BONUS, "usage_limit", 2.5),
    (BONUS, "visit_multiplicity", 0),
    (BONUS, "visit_multiplicity", "2"),
    (PACKAGE, "sold_items_multiplicity", 0),
    (PACKAGE, "sold_items_multiplicity", True),
    (TIERS, "params_source_type", "everywhere"),
    (TIERS, "history_start_date", "21.09.2026"),
    (TIERS, "history_start_date", "2026-02-30"),
    (TIERS, "history_start_date", "2026-W39-1"),
    (PACKAGE, "history_start_date", "2026-09-21T00:00:00+00:00"),
    (PACKAGE, "params_source_type", 1),
]
FULL = {
    "service_item_type": "custom_allowed",
    "allowed_service_ids": [MANICURE],
    "good_item_type": "custom_allowed",
    "allowed_good_ids": [1],
    "allowed_good_category_ids": [2],
    "company_ids": [501, 503],
    "usage_limit": 3,
    "visit_multiplicity": 2,
    "expiration_timeout": 6,
    "expiration_timeout_unit": "month",
    "expiration_notification_timeout": 7,
    "loyalty_card_type_ids": [AURORA],
    ON_CHANGED: {"type": "custom", "body": "New"},
    ON_EXPIRATION: {"type": "big"},
}
CHOSEN = {"allowed_service_ids": [MANICURE], "allowed_good_ids": [1]}
# Optional fields that only some types keep, and what stands there for the others.
SOME = {
    "usage_limit": 3,
    "visit_multiplicity": 2,
    "sold_items_multiplicity": 4,
    "params_source_type": "chain",
    "history_start_date": "2026-09-21",
}
NONE = {
    "usage_limit": 0,
    "visit_multiplicity": 1,
    "sold_items_multiplicity": 1,
    "params_source_type": None,
    "history_start_date": None,
}


# Reading


def test_answers_are_bare_as_documented_and_enveloped_as_observed(
    documented: Api, observed: Api
) -> None:
    for method, path, body in (
        ("GET", f"{PROGRAMS}/{FIRST}", None),
        ("GET", SEARCH, None),
        ("GET", CARD_TYPES, None),
        ("GET", TEMPLATES, None),
        ("POST", PROGRAMS, body_of()),
        ("PUT", f"{PROGRAMS}/{FIRST}", put_body()),
    ):
        bare = documented.call(method, path, body).json()
        assert isinstance(bare, list) or ("title" in bare and "data" not in bare)
        enveloped = observed.call(method, path, body).json()
        assert set(enveloped) == {"success", "data", "meta"}
        assert type(enveloped["data"]) is type(bare)


def test_read_by_id_has_only_what_is_asked_for(documented: Api) -> None:
    path = f"{PROGRAMS}/{FIRST}"
    assert set(read(documented, path)) == SCALARS
    assert set(read(documented, path, include="")) == SCALARS
    assert set(read(documented, path, include="nothing,rules ")) == SCALARS
    for name in INCLUDES:
        assert set(read(documented, path, include=name)) == SCALARS | {name}
    assert set(read(documented, path, include=EVERYTHING)) == SCALARS | INCLUDES
    repeated = read(documented, path, include=["rules", "companies,applicable_items"])
    assert set(repeated) == SCALARS | {"rules", "companies", "applicable_items"}


def test_writes_answer_with_what_is_asked_for(documented: Api) -> None:
    for method, path, body in (
        ("POST", PROGRAMS, body_of()),
        ("PUT", f"{PROGRAMS}/{FIRST}", put_body()),
    ):
        for include, names in (("", set()), ("rules", {"rules"}), (EVERYTHING, INCLUDES)):
            answer = documented.call(method, path, body, params={"include": include}).json()
            assert set(answer) == SCALARS | names


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


def test_standard_template_is_that_of_the_chain(documented: Api) -> None:
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


def test_standard_template_that_the_chain_lacks_has_no_text(documented: Api) -> None:
    documented.sandbox.put_templates(SALON, [])
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


def test_search_finds_the_promotions_of_its_location(documented: Api) -> None:
    promotions = documented.sandbox.promotions_of(SALON)
    for location_id in (501, 502, 503, 504, 505):
        here = [
            raw["id"]
            for raw in promotions
            if location_id in [location["id"] for location in raw["companies"]]
        ]
        assert found(documented, location_id) == here
    assert len(found(documented, 501)) == 18
    assert 0 < len(found(documented, 505)) < 18
    assert found(documented, 601) == [27001, 27002, 27003]
    rows = read(documented, SEARCH, include=EVERYTHING)
    assert all(set(raw) == SCALARS for raw in rows)  # a search includes nothing


def test_search_may_ask_for_one_type(documented: Api) -> None:
    types = {raw["id"]: raw["type"] for raw in documented.sandbox.promotions_of(SALON)}
    wanted = [one for one, kind in types.items() if kind == "cashback_static_paid"]
    assert found(documented, 501, type="cashback_static_paid") == wanted != []
    assert found(documented, 501, type="") == list(types)
    assert found(documented, 501, type="no_such_type") == []


def test_search_in_an_unknown_location_is_404(documented: Api) -> None:
    for location_id in (1, SALON, 506):
        path = f"/company/{location_id}/loyalty/programs/search"
        assert documented.call("GET", path).status_code == 404


def test_promotion_is_found_only_through_its_own_chain(documented: Api) -> None:
    assert read(documented, f"{FITNESS_PROGRAMS}/{FITNESS_FIRST}")["title"]
    for path in (
        f"{FITNESS_PROGRAMS}/{FIRST}",
        f"{PROGRAMS}/{FITNESS_FIRST}",
        f"{PROGRAMS}/99999",
        f"{PROGRAMS}/11001",
        "/chain/7/loyalty/programs/1",
    ):
        assert documented.call("GET", path).status_code == 404, path
    # A chain has no list of its promotions.
    assert documented.call("GET", PROGRAMS).status_code == 405


def test_reading_needs_the_chain_and_no_right(assistant: Api) -> None:
    for path in (f"{PROGRAMS}/{FIRST}", SEARCH, CARD_TYPES, TEMPLATES):
        assert assistant.call("GET", path).status_code == 200
        other = path.replace(str(SALON), str(FITNESS)).replace("501", "601")
        assert assistant.call("GET", other).status_code == 403


# Creating


def test_seven_fields_are_required(documented: Api) -> None:
    for name in REQUIRED:
        body = body_of()
        del body[name]
        assert documented.errors("POST", PROGRAMS, body) == {name}


def test_everything_else_may_be_left_out(documented: Api) -> None:
    assert set(body_of()) == {*REQUIRED}
    made = make(documented)
    assert {name: made[name] for name in made if name not in ("id", "rules")} == {
        "group_id": SALON,
        "title": "Ten percent",
        "type": "discount_static",
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
        "on_changed_notification_template_id": 0,
        "on_expiration_notification_template_id": 0,
        "applicable_items": [],
        "companies": [{"id": 501, "title": "Aurora Centrs"}],
        "loyalty_card_types": [],
        ON_CHANGED: None,
        ON_EXPIRATION: None,
        "is_deleted": False,
    }


def test_wrong_value_is_422_and_names_its_field(documented: Api) -> None:
    before = documented.sandbox.promotions_of(SALON)
    put = f"{PROGRAMS}/{FIRST}"
    cases = [
        (method, path, body | {name: value}, name)
        for name, value in WRONG
        for method, path, body in (("POST", PROGRAMS, body_of()), ("PUT", put, put_body()))
    ]
    for kind, name, value in WRONG_AT_FIRST:
        cases.append(("POST", PROGRAMS, body_of(**kind) | {name: value}, name))
    unlike = {}
    for method, path, body, name in cases:
        outcome = documented.outcome(method, path, body)
        if outcome != (422, {name}):
            unlike[method, name, repr(body[name])] = outcome
    assert unlike == {}
    assert documented.sandbox.promotions_of(SALON) == before


def test_each_type_keeps_only_the_optional_fields_that_it_has(documented: Api) -> None:
    for kind in TYPES:
        kept: set[str] = set()
        if kind.startswith("cashback"):
            kept |= {"usage_limit", "visit_multiplicity"}
        if kind == "package_discount":
            kept |= {"sold_items_multiplicity"}
        if "_accumulative_" in kind or kind == "package_discount":
            kept |= {"params_source_type", "history_start_date"}
        fields = (PACKAGE if kind == "package_discount" else {}) | {"type": kind}
        made = make(documented, **fields | SOME)
        expected = {name: (SOME if name in kept else NONE)[name] for name in SOME}
        assert {name: made[name] for name in SOME} == expected, kind
        # What is ignored is not looked at either.
        nonsense = {name: "nonsense" for name in SOME if name not in kept}
        assert make(documented, **fields | nonsense)["type"] == kind


def test_history_has_one_of_three_sources(documented: Api) -> None:
    for source in ("loyalty_card", "active_companies", "chain", None):
        body = body_of(**TIERS) | {"params_source_type": source}
        assert documented.call("POST", PROGRAMS, body).json()["params_source_type"] == source


def test_what_was_created_is_read_back(documented: Api) -> None:
    answer = documented.call("POST", PROGRAMS, body_of(**TIERS), params={"include": EVERYTHING})
    made = answer.json()
    assert answer.status_code == 201
    assert read(documented, f"{PROGRAMS}/{made['id']}", include=EVERYTHING) == made
    assert documented.sandbox.promotion_of(SALON, made["id"]) == made | {"is_deleted": False}


def test_unknown_and_read_only_fields_are_ignored(documented: Api) -> None:
    made = make(documented, colour="red", id=5, group_id=2202, is_deleted=True)
    assert "colour" not in made
    assert made["group_id"] == SALON and made["id"] != 5 and not made["is_deleted"]


# Changing


def test_put_replaces_everything_that_it_takes(documented: Api) -> None:
    made = make(documented, **BONUS, **FULL)
    changed = change(documented, made["id"], **CHOSEN)
    assert changed == made | {
        "title": "Changed",
        "companies": [{"id": 502, "title": "Aurora Āgenskalns"}],
        "rules": [rule(0, 20) | {"id": changed["rules"][0]["id"]}],
        "applicable_items": made["applicable_items"][:2],
        "usage_limit": 0,
        "expiration_timeout": 0,
        "expiration_timeout_unit": None,
        "expiration_notification_timeout": 0,
        "loyalty_card_types": [],
        ON_CHANGED: None,
        ON_EXPIRATION: None,
        f"{ON_CHANGED}_id": 0,
        f"{ON_EXPIRATION}_id": 0,
    }
    assert made["id"] in found(documented, 502) and made["id"] not in found(documented, 501)


def test_put_takes_what_it_is_given(documented: Api) -> None:
    made = make(documented, **BONUS, **FULL | {"allowed_service_ids": [MANICURE + 1]})
    written = FULL | {"rules": [rule(0, 12.5)], "title": "Whole"}
    changed = change(documented, made["id"], **written)
    whole = make(documented, **BONUS, **written)
    different = {name for name in whole if whole[name] != changed[name]}
    assert different == {"id", "rules", ON_CHANGED, f"{ON_CHANGED}_id"}  # in their ids
    assert changed[ON_CHANGED]["body"] == "New"
    assert changed["rules"][0]["value"] == 12.5


def test_put_needs_three_fields(documented: Api) -> None:
    before = documented.sandbox.promotions_of(SALON)
    for name in ("title", "company_ids", "rules"):
        assert documented.errors("PUT", f"{PROGRAMS}/{FIRST}", put_body(**{name: None})) == {name}
    assert documented.sandbox.promotions_of(SALON) == before


@pytest.mark.parametrize("kind", [TIERS, BONUS, PACKAGE], ids=["tiers", "bonus", "package"])
def test_put_changes_nothing_that_was_fixed_at_first(documented: Api, kind: dict[str, Any]) -> None:
    fixed = {
        "visit_multiplicity": 2,
        "sold_items_multiplicity": 3,
        "params_source_type": "chain",
        "history_start_date": "2025-05-05",
    }
    made = make(documented, **kind, **fixed, good_item_type="not_allowed")
    rules = kind.get("rules", [rule(0, 5)])
    other = {
        "type": "discount_static",
        "service_item_type": "not_allowed",
        "good_item_type": "any_allowed",
        "value_unit": "amount",
        "visit_multiplicity": 7,
        "sold_items_multiplicity": 7,
        "params_source_type": "loyalty_card",
        "history_start_date": "2020-01-01",
    }
    for sent in ({}, other, dict.fromkeys(other, "nonsense"), dict.fromkeys(other, None)):
        body = put_body(rules=rules) | sent | {"id": 5}
        assert documented.call("PUT", f"{PROGRAMS}/{made['id']}", body).status_code == 200
        changed = documented.sandbox.promotion_of(SALON, made["id"])
        assert {name: changed[name] for name in other} == {name: made[name] for name in other}


def test_put_follows_the_rules_of_the_type_it_was_made_with(documented: Api) -> None:
    static = f"{PROGRAMS}/{FIRST}"
    tiers = f"{PROGRAMS}/{make(documented, **TIERS)['id']}"
    package = f"{PROGRAMS}/{make(documented, **PACKAGE)['id']}"
    amount = f"{PROGRAMS}/{make(documented, value_unit='amount')['id']}"
    two = put_body(rules=[rule(5, 1), rule(5, 2)])
    assert documented.errors("PUT", static, two) == {"rules"}
    assert documented.errors("PUT", tiers, two) == {"rules"}
    assert documented.errors("PUT", package, put_body()) == {"rules.0.service_id"}
    too_much = put_body(rules=[rule(0, 500)], value_unit="amount")
    assert documented.errors("PUT", static, too_much) == {"rules.0.value"}
    assert documented.call("PUT", amount, too_much).status_code == 200


def test_put_has_to_choose_custom_items_again(documented: Api) -> None:
    path = f"{PROGRAMS}/{make(documented, **FULL)['id']}"
    names = {"allowed_service_ids", "allowed_good_ids"}
    assert documented.errors("PUT", path, put_body()) == names
    body = put_body(allowed_good_category_ids=[2])
    assert documented.errors("PUT", path, body) == {"allowed_service_ids"}
    assert documented.call("PUT", path, put_body(**CHOSEN)).status_code == 200


def test_put_ignores_a_usage_limit_where_there_is_none(documented: Api) -> None:
    assert change(documented, FIRST, usage_limit=5)["usage_limit"] == 0
    made = make(documented, **BONUS, usage_limit=2)
    assert change(documented, made["id"], usage_limit=5)["usage_limit"] == 5


# Deleting and rights


def test_deleted_promotion_is_gone(documented: Api, observed: Api) -> None:
    path = f"{PROGRAMS}/{FIRST}"
    for api in (documented, observed):
        answer = api.call("DELETE", path)
        if api is documented:
            assert (answer.status_code, answer.content) == (204, b"")
        else:
            assert answer.status_code == 200
            assert answer.json() == {"success": True, "data": None, "meta": []}
        for method in ("GET", "PUT", "DELETE"):
            assert api.call(method, path, put_body()).status_code == 404
        assert FIRST not in found(api, 501) != []
        assert api.sandbox.promotion_of(SALON, FIRST)["is_deleted"]


def test_writes_need_the_right(assistant: Api) -> None:
    before = assistant.sandbox.promotions_of(SALON)
    for method, path, body in (
        ("POST", PROGRAMS, body_of()),
        ("POST", PROGRAMS, {}),
        ("PUT", f"{PROGRAMS}/{FIRST}", put_body()),
        ("DELETE", f"{PROGRAMS}/{FIRST}", None),
        ("DELETE", f"{PROGRAMS}/9", None),
    ):
        assert assistant.call(method, path, body).status_code == 403
    assert assistant.sandbox.promotions_of(SALON) == before


def test_director_only_reads_promotions_of_the_second_chain(documented: Api) -> None:
    path = f"{FITNESS_PROGRAMS}/{FITNESS_FIRST}"
    before = documented.sandbox.promotions_of(FITNESS)
    assert read(documented, path)["title"]
    body = body_of(company_ids=[601])
    assert documented.call("POST", FITNESS_PROGRAMS, body).status_code == 403
    assert documented.call("PUT", path, put_body(company_ids=[601])).status_code == 403
    assert documented.call("DELETE", path).status_code == 403
    assert documented.sandbox.promotions_of(FITNESS) == before


def test_there_is_no_clone_archive_or_restore(documented: Api) -> None:
    for method, end in (("POST", "clone"), ("POST", "restore"), ("PATCH", "archive")):
        assert documented.call(method, f"{PROGRAMS}/{FIRST}/{end}", {}).status_code == 404
    assert documented.call("PATCH", f"{PROGRAMS}/{FIRST}", {}).status_code == 405


# Rules between fields


def test_static_type_has_one_rule_with_parameter_0(documented: Api) -> None:
    for kind in TYPES:
        if "_accumulative_" in kind or kind == "package_discount":
            continue
        two = [rule(0, 5), rule(0, 6)]
        assert refused(documented, type=kind, rules=two) == {"rules"}
        assert refused(documented, type=kind, rules=[rule(5, 5)]) == {"rules.0.parameter"}
        assert make(documented, type=kind, rules=[rule(0, 5)])["rules"][0]["parameter"] == 0


def test_tiers_have_different_thresholds(documented: Api) -> None:
    for kind in TYPES:
        if "_accumulative_" not in kind:
            continue
        twice = [rule(5, 1), rule(9, 2), rule(5, 3)]
        assert refused(documented, type=kind, rules=twice) == {"rules"}
        # In any order, from 0, and falling where the threshold rises.
        made = make(documented, type=kind, rules=[rule(9, 2), rule(0, 3)])
        assert [one["parameter"] for one in made["rules"]] == [9, 0]
        assert len(make(documented, type=kind, rules=[rule(5, 1)])["rules"]) == 1


def test_rules_of_a_package_name_services_of_the_chain(documented: Api) -> None:
    for service_id in (0, YOGA, 7102, 5):
        rules = [rule(0, 5, MANICURE), rule(0, 5, service_id)]
        assert refused(documented, **PACKAGE | {"rules": rules}) == {"rules.1.service_id"}
    without = [{"parameter": 0, "value": 5}]
    assert refused(documented, **PACKAGE | {"rules": without}) == {"rules.0.service_id"}
    rules = [rule(0, 5, MANICURE), rule(0, 6, MANICURE + 1)]
    made = make(documented, **PACKAGE | {"rules": rules})
    assert [one["service_id"] for one in made["rules"]] == [MANICURE, MANICURE + 1]


def test_rules_of_other_types_name_no_service(documented: Api) -> None:
    without = make(documented, rules=[{"parameter": 0, "value": 5}])
    named = make(documented, rules=[rule(0, 5, MANICURE)])
    assert without["rules"][0]["service_id"] == named["rules"][0]["service_id"] == 0


def test_wrong_rule_is_422_and_named(documented: Api) -> None:
    for wrong, name in (
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
    ):
        assert refused(documented, rules=[wrong]) == {f"rules.0.{name}"}, wrong
        tiers = TIERS | {"rules": [rule(20, 1), wrong]}
        assert refused(documented, **tiers) == {f"rules.1.{name}"}, wrong


def test_percentage_is_at_most_100_and_an_amount_anything(documented: Api) -> None:
    assert refused(documented, rules=[rule(0, 100.01)]) == {"rules.0.value"}
    tiers = TIERS | {"rules": [rule(1, 5), rule(2, 101)]}
    assert refused(documented, **tiers) == {"rules.1.value"}
    for unit, value in (("percent", 0), ("percent", 100), ("amount", 0), ("amount", 5000.5)):
        made = make(documented, value_unit=unit, rules=[rule(0, value)])
        assert made["rules"][0]["value"] == value
    assert refused(documented, value_unit="amount", rules=[rule(0, -0.5)]) == {"rules.0.value"}


def test_values_are_kept_as_they_were_sent(documented: Api) -> None:
    sent = [rule(1, 5), rule(2, 5.0), rule(3, 7.25), rule(4, 0)]
    made = make(documented, **TIERS | {"rules": sent})
    shown = read(documented, f"{PROGRAMS}/{made['id']}", include="rules")["rules"]
    assert repr([one["value"] for one in shown]) == "[5, 5.0, 7.25, 0]"
    assert [one["parameter"] for one in shown] == [1, 2, 3, 4]


def test_something_has_to_be_allowed(documented: Api) -> None:
    nothing = {"service_item_type": "not_allowed", "good_item_type": "not_allowed"}
    assert refused(documented, **nothing) == {"service_item_type"}
    for name in nothing:
        assert make(documented, **{name: "not_allowed"})[name] == "not_allowed"


def test_custom_items_have_to_be_chosen(documented: Api) -> None:
    services = {"service_item_type": "custom_allowed"}
    goods = {"good_item_type": "custom_allowed"}
    assert refused(documented, **services) == {"allowed_service_ids"}
    assert refused(documented, **services, allowed_service_ids=[]) == {"allowed_service_ids"}
    assert refused(documented, **services, allowed_good_ids=[1]) == {"allowed_service_ids"}
    assert refused(documented, **goods) == {"allowed_good_ids"}
    assert refused(documented, **goods, allowed_service_ids=[MANICURE]) == {"allowed_good_ids"}
    for chosen in ("allowed_good_ids", "allowed_good_category_ids"):
        [item] = make(documented, **goods, **{chosen: [77]})["applicable_items"]
        assert item["is_category"] == (chosen == "allowed_good_category_ids")


def test_services_and_their_categories_are_of_the_chain_and_products_are_not_checked(
    documented: Api,
) -> None:
    custom = {"service_item_type": "custom_allowed"}
    for wrong in (YOGA, 8101, 5, 0):
        ids = [MANICURE, wrong]
        assert refused(documented, **custom, allowed_service_ids=ids) == {"allowed_service_ids"}
    made = make(documented, **custom, allowed_service_ids=[MANICURE, 7102, MANICURE])
    assert [(one["id"], one["is_category"]) for one in made["applicable_items"]] == [
        (MANICURE, False),
        (7102, True),
    ]
    goods = {"good_item_type": "custom_allowed", "allowed_good_ids": [5, YOGA]}
    assert len(make(documented, **goods)["applicable_items"]) == 2


def test_items_are_kept_only_where_they_are_chosen(documented: Api) -> None:
    given = CHOSEN | {"allowed_good_category_ids": [2]}
    assert make(documented, **given)["applicable_items"] == []
    types = {"good_item_type": "not_allowed", "service_item_type": "custom_allowed"}
    made = make(documented, **types, **given)
    assert [one["id"] for one in made["applicable_items"]] == [MANICURE]


def test_card_types_are_of_the_chain(documented: Api) -> None:
    named = {"loyalty_card_type_ids"}
    assert refused(documented, loyalty_card_type_ids=[AURORA, 51]) == named
    made = make(documented, loyalty_card_type_ids=[AURORA + 1, AURORA])
    assert {one["id"] for one in made["loyalty_card_types"]} == {AURORA, AURORA + 1}


def test_expiry_needs_its_unit_and_may_be_shorter_than_its_notice(documented: Api) -> None:
    named = {"expiration_timeout_unit"}
    assert refused(documented, expiration_timeout=6) == named
    assert refused(documented, expiration_timeout=6, expiration_timeout_unit=None) == named
    for unit in ("day", "week", "month", "year"):
        made = make(
            documented,
            expiration_timeout=6,
            expiration_timeout_unit=unit,
            expiration_notification_timeout=400,
        )
        assert (made["expiration_timeout"], made["expiration_timeout_unit"]) == (6, unit)
        assert made["expiration_notification_timeout"] == 400
    assert make(documented, expiration_timeout=0)["expiration_timeout_unit"] is None


def test_template_is_one_of_five(documented: Api) -> None:
    for name in (ON_CHANGED, ON_EXPIRATION):
        for wrong in ("", "large", None, 1, ["big"]):
            assert refused(documented, **{name: {"type": wrong}}) == {f"{name}.type"}
        assert refused(documented, **{name: {}}) == {f"{name}.type"}
        for size in ("big", "mid", "small"):
            assert make(documented, **{name: {"type": size}})[name]["type"] == size
        assert make(documented, **{name: {"type": "none"}})[name] is None


def test_custom_template_needs_a_text_and_the_text_of_others_is_ignored(documented: Api) -> None:
    text = "</textarea><script>alert(1)</script> {{ 7*7 }}"
    for name in (ON_CHANGED, ON_EXPIRATION):
        for wrong in ({}, {"body": ""}, {"body": " \n"}, {"body": None}, {"body": 5}):
            assert refused(documented, **{name: {"type": "custom"} | wrong}) == {f"{name}.body"}
        for size, stays in (("custom", True), ("big", False)):
            made = make(documented, **{name: {"type": size, "body": text}})
            assert (made[name]["body"] == text) is stays
