from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.api import (
    FITNESS_TYPES,
    MANICURE,
    NAILS,
    PEDICURE,
    SALON,
    TYPES,
    YOGA,
    Api,
    body_of,
    covered,
)

WRONG: list[tuple[str, Any]] = [
    ("title", ""),
    ("title", "   "),
    ("title", "x" * 256),
    ("title", 5),
    ("salon_group_id", 2202),
    ("salon_group_id", "1101"),
    ("cost", -1),
    ("cost", "100"),
    ("cost", True),
    ("period", -1),
    ("period", "3"),
    ("period", 3.5),
    ("period_unit_id", 5),
    ("period_unit_id", 0),
    ("expiration_type_id", 0),
    ("expiration_type_id", 4),
    ("expiration_type_id", "1"),
    ("autoactivation_period", None),
    ("is_allow_empty_code", 1),
    ("is_allow_empty_code", "true"),
    ("is_united_balance", "1"),
    ("united_balance_services_count", "5"),
    ("allow_freeze", 0),
    ("freeze_limit", -5),
    ("service_price_correction", None),
    ("balance_edit_type_id", 3),
    ("availability", {}),
    ("availability", [{"week_days": [1]}]),
    ("availability", [{"week_days": [], "intervals": [{"from": 0, "to": 60}]}]),
    ("availability", [{"week_days": [0], "intervals": [{"from": 0, "to": 60}]}]),
    ("availability", [{"week_days": [8], "intervals": [{"from": 0, "to": 60}]}]),
    ("availability", [{"week_days": [1], "intervals": [{"from": 60, "to": 60}]}]),
    ("availability", [{"week_days": [1], "intervals": [{"from": 0, "to": 86_401}]}]),
    ("availability", [{"week_days": [1], "intervals": [{"from": "0", "to": "60"}]}]),
    ("is_online_sale_enabled", "0"),
    ("online_sale_title", "x" * 256),
    ("online_sale_price", "5"),
    ("online_sale_price", -5),
    ("category", None),
    ("category_id", "31"),
    ("is_archived", "1"),
    ("location_ids", "501"),
    ("location_ids", ["501"]),
    ("location_ids", [501, 601]),
    ("salon_ids", [999]),
    ("services", [MANICURE]),
    ("services", []),
    ("services", {str(MANICURE): "5"}),
    ("services", {str(MANICURE): 0}),
    ("services", {str(YOGA): 5}),
    ("services", {"all": 5}),
    ("services", {}),
    ("service_categories", []),
    ("service_categories", {str(MANICURE): 5}),
    ("service_links", {}),
    ("service_links", [{"service_id": MANICURE, "service_category_id": NAILS, "count": 5}]),
    ("service_links", [{"service_id": None, "service_category_id": None, "count": 5}]),
    ("service_links", [{"service_id": str(MANICURE), "count": 5}]),
    ("service_links", [{"service_id": YOGA, "count": 5}]),
    ("service_links", [{"service_id": MANICURE, "count": 5, "is_unlimited": 1}]),
    ("delete_online_image", 1),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_422_and_names_its_field(either: Api, name: str, value: Any) -> None:
    body = body_of() | {name: value}
    assert either.errors("POST", TYPES, body) == {name}
    assert len(either.sandbox.types_of(SALON)) == 30


@pytest.mark.parametrize(
    "name",
    [
        "title",
        "salon_group_id",
        "cost",
        "service_categories",
        "is_united_balance",
        "united_balance_services_count",
    ],
)
def test_required_fields_are_required_by_post_and_put(either: Api, name: str) -> None:
    body = body_of()
    del body[name]
    assert either.errors("POST", TYPES, body) == {name}
    assert either.errors("PUT", f"{TYPES}/11003", body) == {name}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"allow_freeze": True, "period": 0}, "allow_freeze"),
        ({"freeze_limit": 5, "allow_freeze": True}, "freeze_limit_unit_id"),
        ({"autoactivation_period": 5}, "autoactivation_time_unit_id"),
        ({"is_online_sale_enabled": True}, "online_sale_price"),
        ({"is_online_sale_enabled": True, "online_sale_price": 0}, "online_sale_price"),
        ({"is_united_balance": True}, "united_balance_services_count"),
        (
            {"is_united_balance": True, "is_united_balance_unlimited": True, "period": 0},
            "is_united_balance_unlimited",
        ),
        (
            {
                "is_united_balance": True,
                "is_united_balance_unlimited": True,
                "service_price_correction": True,
            },
            "is_united_balance_unlimited",
        ),
        (
            {"service_links": [{"service_id": MANICURE, "is_unlimited": True}], "period": 0},
            "service_links",
        ),
    ],
)
def test_rules_between_fields_are_422(either: Api, fields: dict[str, Any], named: str) -> None:
    assert either.errors("POST", TYPES, body_of(**fields)) == {named}


def test_every_written_field_is_read_back(documented: Api) -> None:
    written: dict[str, Any] = {
        "title": "Всё сразу",
        "cost": 120.5,
        "period": 6,
        "period_unit_id": 3,
        "expiration_type_id": 2,
        "autoactivation_time_unit_id": 1,
        "is_allow_empty_code": True,
        "is_united_balance": True,
        "is_united_balance_unlimited": False,
        "united_balance_services_count": 12,
        "allow_freeze": True,
        "freeze_limit": 2,
        "freeze_limit_unit_id": 2,
        "is_booking_when_frozen_allowed": True,
        "service_price_correction": True,
        "balance_edit_type_id": 2,
        "availability": [{"week_days": [1, 7], "intervals": [{"from": 3600, "to": 7200}]}],
        "is_online_sale_enabled": True,
        "online_sale_title": "Online",
        "online_sale_description": "Words",
        "online_sale_price": 99.9,
        "category": "standard",
        "category_id": 4,
        "is_archived": False,
    }
    body = body_of(**written, location_ids=[501, 503], autoactivation_period=30)
    answer = documented.call("POST", TYPES, body)
    assert answer.status_code == 201
    made = answer.json()["data"]
    assert documented.read(f"{TYPES}/{made['id']}") == made
    assert {name: made[name] for name in written} == written
    assert made["autoactivation_time"] == 30
    assert made["attached_location_ids"] == made["attached_salon_ids"] == [501, 503]
    assert made["is_code_required"] is False
    assert made["chain_price_min"] == made["chain_price_max"] == 120.5
    assert made["expiration_type_title"] == "On first use"
    assert covered(made) == {MANICURE: 0}


def test_the_older_name_of_locations_works_too(either: Api) -> None:
    assert either.make(salon_ids=[502])["attached_location_ids"] == [502]


def test_put_resets_what_is_left_out(either: Api) -> None:
    made = either.make(
        location_ids=[501],
        allow_freeze=True,
        freeze_limit=5,
        freeze_limit_unit_id=1,
        availability=[{"week_days": [1], "intervals": [{"from": 0, "to": 60}]}],
        category_id=31,
        balance_edit_type_id=2,
        expiration_type_id=3,
        colour_of_the_card="red",
    )
    assert made["colour_of_the_card"] == "red"
    body = body_of(title="Renamed", period=None, period_unit_id=None)
    assert either.call("PUT", f"{TYPES}/{made['id']}", body).status_code == 200
    changed = either.sandbox.type_of(SALON, made["id"])
    assert changed["title"] == "Renamed"
    for name in ("attached_location_ids", "availability"):
        assert changed[name] == []
    assert changed["category_id"] is None
    assert changed["expiration_type_id"] == 1
    assert not changed["allow_freeze"] and not changed["period"]
    assert not changed["freeze_limit"] and not changed["balance_edit_type_id"]
    assert "colour_of_the_card" not in changed


def test_unknown_keys_are_stored_and_read_only_ones_ignored(either: Api) -> None:
    made = either.make(colour={"of": ["card"]}, abonements_count=99, id=5, is_deleted=True)
    assert made["colour"] == {"of": ["card"]}
    assert made["abonements_count"] == 0
    assert made["id"] > 11_000
    assert not made["is_deleted"]
    assert either.read(f"{TYPES}/{made['id']}")["colour"]


def test_the_image_stays_until_it_is_deleted(either: Api) -> None:
    path = f"{TYPES}/11001"
    image = either.sandbox.type_of(SALON, 11001)["online_sale_image"]
    either.call("PUT", path, body_of())
    assert either.sandbox.type_of(SALON, 11001)["online_sale_image"] == image
    either.call("PUT", path, body_of(delete_online_image=True))
    assert either.sandbox.type_of(SALON, 11001)["online_sale_image"] == ""


def test_observed_put_in_the_second_chain_answers_nothing(documented: Api, observed: Api) -> None:
    body = body_of(2202)
    assert documented.call("PUT", f"{FITNESS_TYPES}/5003", body).json()["data"]["title"]
    answer = observed.call("PUT", f"{FITNESS_TYPES}/5003", body)
    assert (answer.status_code, answer.json()["data"]) == (200, None)
    assert observed.sandbox.type_of(2202, 5003)["title"] == "Five visits"
    assert observed.call("PUT", f"{TYPES}/11003", body_of()).json()["data"]["title"]


def test_documented_put_archives_and_observed_put_does_not(documented: Api, observed: Api) -> None:
    for api, expected in ((documented, True), (observed, False)):
        assert api.call("PUT", f"{TYPES}/11003", body_of(is_archived=True)).status_code == 200
        assert api.sandbox.type_of(SALON, 11003)["is_archived"] is expected


def test_an_archived_type_refuses_changes(documented: Api, observed: Api) -> None:
    for api, status in ((documented, 400), (observed, 422)):
        before = api.sandbox.type_of(SALON, 11010)
        assert before["is_archived"]
        answer = api.call("PUT", f"{TYPES}/11010", body_of())
        assert answer.status_code == status
        assert "archived" in answer.json()["meta"]["message"]
        assert api.sandbox.type_of(SALON, 11010) == before


def test_a_sold_type_quietly_keeps_its_locked_fields(either: Api) -> None:
    made = either.make(services={str(MANICURE): 5})
    either.sandbox.sell(SALON, made["id"])
    body = body_of(
        title="New title",
        cost=999,
        period=9,
        period_unit_id=4,
        expiration_type_id=2,
        is_allow_empty_code=True,
        is_united_balance=True,
        united_balance_services_count=50,
        services={str(PEDICURE): 3},
        location_ids=[504],
        balance_edit_type_id=1,
    )
    assert either.call("PUT", f"{TYPES}/{made['id']}", body).status_code == 200
    changed = either.sandbox.type_of(SALON, made["id"])
    assert {name for name in changed if changed[name] != made[name]} == {
        "title",
        "abonements_count",
        "attached_location_ids",
        "attached_salon_ids",
        "balance_edit_type_id",
    }


def test_a_sold_pool_takes_more_services_but_loses_none(either: Api) -> None:
    pool = {"is_united_balance": True, "united_balance_services_count": 10}
    made = either.make(services={str(MANICURE): 0}, **pool)
    either.sandbox.sell(SALON, made["id"], 3)
    body = body_of(services={str(PEDICURE): 0}, service_categories={str(NAILS): 0}, **pool)
    assert either.call("PUT", f"{TYPES}/{made['id']}", body).status_code == 200
    changed = either.sandbox.type_of(SALON, made["id"])
    assert covered(changed) == {MANICURE: 0, PEDICURE: 0, NAILS: 0}


def test_without_the_right_nothing_is_written(assistant: Api) -> None:
    before = assistant.sandbox.types_of(SALON)
    calls = [
        ("POST", TYPES, body_of()),
        ("PUT", f"{TYPES}/11003", body_of()),
        ("DELETE", f"{TYPES}/11003", None),
        ("POST", f"{TYPES}/11003/clone", {}),
        ("POST", f"{TYPES}/11003/restore", {"restore_in_title": "x"}),
    ]
    if not assistant.sandbox.state.observed:
        calls.append(("PATCH", f"{TYPES}/11003/archive", {"is_archived": True}))
    for method, path, body in calls:
        answer = assistant.call(method, path, body)
        assert answer.status_code == 403
        assert answer.json()["meta"]["message"] == "Access denied."
    assert assistant.sandbox.types_of(SALON) == before


def test_a_long_chain_of_writes_gives_every_type_its_own_id(either: Api) -> None:
    ids = [either.make()["id"] for _ in range(5)]
    assert len(set(ids)) == 5
    assert min(ids) > max(raw["id"] for raw in either.sandbox.types_of(SALON)[:30])
