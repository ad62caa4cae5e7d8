"""Membership types at the stand-in: reading, writing, covered services, archiving, deleting."""

from __future__ import annotations

from typing import Any

from tests.sandbox.api import (
    FITNESS,
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

SOLD, PLAIN, ARCHIVED = 11001, 11003, 11010
INCLUDES = ["balance_container", "abonements_count", "attached_salon_ids"]
POOL = {"is_united_balance": True, "united_balance_services_count": 10}
UNLIMITED_POOL = {"is_united_balance": True, "is_united_balance_unlimited": True}

REQUIRED = [
    "title",
    "salon_group_id",
    "cost",
    "service_categories",
    "is_united_balance",
    "united_balance_services_count",
]
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
WRONG_TOGETHER: list[tuple[dict[str, Any], str]] = [
    ({"allow_freeze": True, "period": 0}, "allow_freeze"),
    ({"freeze_limit": 5, "allow_freeze": True}, "freeze_limit_unit_id"),
    ({"autoactivation_period": 5}, "autoactivation_time_unit_id"),
    ({"is_online_sale_enabled": True}, "online_sale_price"),
    ({"is_online_sale_enabled": True, "online_sale_price": 0}, "online_sale_price"),
    ({"is_united_balance": True}, "united_balance_services_count"),
    (UNLIMITED_POOL | {"period": 0}, "is_united_balance_unlimited"),
    (UNLIMITED_POOL | {"service_price_correction": True}, "is_united_balance_unlimited"),
    (
        {"service_links": [{"service_id": MANICURE, "is_unlimited": True}], "period": 0},
        "service_links",
    ),
]


def listed(api: Api, **query: Any) -> list[int]:
    return [int(raw["id"]) for raw in api.read(TYPES, **query)]


def kept(api: Api, type_id: int, chain_id: int = SALON) -> dict[str, Any]:
    return api.sandbox.type_of(chain_id, type_id)


def change(api: Api, type_id: int, **fields: Any) -> dict[str, Any]:
    """A type of the salon chain after a PUT, in raw state."""
    answer = api.call("PUT", f"{TYPES}/{type_id}", body_of(**fields))
    assert answer.status_code == 200, answer.text
    return kept(api, type_id)


# Reading


def test_list_gives_active_and_archived_types_25_a_page(documented: Api, observed: Api) -> None:
    for api, total in ((documented, 30), (observed, "30")):
        answer = api.call("GET", TYPES).json()
        assert len(answer["data"]) == 25
        assert answer["meta"] == {"total_count": total}


def test_pages_cover_every_type_once(documented: Api) -> None:
    pages = [listed(documented, page=page, limit=7) for page in range(1, 7)]
    assert [len(page) for page in pages] == [7, 7, 7, 7, 2, 0]
    assert len({one for page in pages for one in page}) == 30


def test_page_has_up_to_250_types_and_25_where_more_are_asked_for(documented: Api) -> None:
    documented.sandbox.reset(types=300)
    assert len(listed(documented, limit=250)) == 250
    assert len(listed(documented, limit=250, page=2)) == 50
    sizes = {limit: len(listed(documented, limit=limit)) for limit in (251, 1000, 0, -1, "many")}
    assert set(sizes.values()) == {25}, sizes


def test_list_filters_by_archived(documented: Api) -> None:
    archived = {raw["id"] for raw in documented.sandbox.types_of(SALON) if raw["is_archived"]}
    assert len(archived) >= 3
    assert set(listed(documented, is_archived=1, limit=250)) == archived
    assert len(listed(documented, is_archived=0, limit=250)) == 30 - len(archived)
    answer = documented.call("GET", TYPES, params={"is_archived": 1}).json()
    assert answer["meta"]["total_count"] == len(archived)
    assert documented.errors("GET", TYPES, is_archived="yes") == {"is_archived"}


def test_title_is_found_by_a_part_in_either_case(documented: Api) -> None:
    for part, title in (("МАССАЖ", "Массаж спины, 10 визитов"), ("五", "水疗五次卡")):
        assert [raw["title"] for raw in documented.read(TYPES, title=part)] == [title]


def test_list_leaves_out_what_is_not_included(documented: Api, observed: Api) -> None:
    left_out = {*INCLUDES, "attached_location_ids"}
    assert not left_out & set(documented.read(TYPES)[0])
    assert {observed.read(TYPES)[0][name] for name in left_out} == {None}
    for api in (documented, observed):
        raw = api.read(TYPES, **{"include[]": INCLUDES})[0]
        assert all(raw[name] for name in left_out)
        raw = api.read(TYPES, **{"include[]": ["abonements_count"]})[0]
        assert raw["abonements_count"] and not raw.get("balance_container")


def test_read_by_id_gives_everything(documented: Api) -> None:
    raw = documented.read(f"{TYPES}/{SOLD}")
    stored = kept(documented, SOLD)
    assert not stored.pop("is_deleted")
    assert raw == stored
    assert raw["is_code_required"] is not raw["is_allow_empty_code"]
    assert raw["online_sale_image"].startswith("https://")
    assert raw["attached_salon_ids"] == raw["attached_location_ids"]


def test_type_is_found_only_through_its_own_chain(documented: Api) -> None:
    assert documented.call("GET", f"{FITNESS_TYPES}/{SOLD}").status_code == 404
    assert documented.call("GET", f"{TYPES}/99999").status_code == 404


def test_words_of_the_activation_differ_between_the_profiles(
    documented: Api, observed: Api
) -> None:
    words = [
        {
            int(raw["expiration_type_id"]): raw["expiration_type_title"]
            for raw in api.read(TYPES, limit=250)
        }
        for api in (documented, observed)
    ]
    assert words == [
        {1: "On sale", 2: "On first use", 3: "From a date"},
        {1: "First visit", 2: "Sale", 3: "Specific date"},
    ]


def test_observed_values_come_in_mixed_types(observed: Api) -> None:
    types = observed.read(TYPES, limit=250, **{"include[]": INCLUDES})
    assert {type(raw["allow_freeze"]) for raw in types} == {bool, int, str}
    assert {type(raw["cost"]) for raw in types} >= {int, str}
    assert {type(raw["id"]) for raw in types} == {int, str}
    assert None in [raw["availability"] for raw in types]
    assert None in [raw["attached_salon_ids"] for raw in types]


# Writing


def test_wrong_value_is_422_and_names_its_field(documented: Api) -> None:
    before = documented.sandbox.types_of(SALON)
    unlike = {}
    for name, value in WRONG:
        outcome = documented.outcome("POST", TYPES, body_of() | {name: value})
        if outcome != (422, {name}):
            unlike[name, repr(value)] = outcome
    for fields, name in WRONG_TOGETHER:
        outcome = documented.outcome("POST", TYPES, body_of(**fields))
        if outcome != (422, {name}):
            unlike[name, repr(fields)] = outcome
    assert unlike == {}
    assert documented.sandbox.types_of(SALON) == before


def test_post_and_put_need_six_fields(documented: Api) -> None:
    for name in REQUIRED:
        body = body_of()
        del body[name]
        assert documented.errors("POST", TYPES, body) == {name}
        assert documented.errors("PUT", f"{TYPES}/{PLAIN}", body) == {name}


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


def test_older_name_of_locations_works_too(documented: Api) -> None:
    assert documented.make(salon_ids=[502])["attached_location_ids"] == [502]


def test_put_resets_what_is_left_out(documented: Api) -> None:
    made = documented.make(
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
    changed = change(documented, made["id"], title="Renamed", period=None, period_unit_id=None)
    assert changed["title"] == "Renamed"
    for name in ("attached_location_ids", "availability"):
        assert changed[name] == []
    assert changed["category_id"] is None
    assert changed["expiration_type_id"] == 1
    assert not changed["allow_freeze"] and not changed["period"]
    assert not changed["freeze_limit"] and not changed["balance_edit_type_id"]
    assert "colour_of_the_card" not in changed


def test_unknown_keys_are_stored_and_read_only_ones_ignored(documented: Api) -> None:
    made = documented.make(colour={"of": ["card"]}, abonements_count=99, id=5, is_deleted=True)
    assert made["colour"] == {"of": ["card"]}
    assert made["abonements_count"] == 0
    assert made["id"] > 11_000
    assert not made["is_deleted"]
    assert documented.read(f"{TYPES}/{made['id']}")["colour"]


def test_image_stays_until_it_is_deleted(documented: Api) -> None:
    image = kept(documented, SOLD)["online_sale_image"]
    assert change(documented, SOLD)["online_sale_image"] == image != ""
    assert change(documented, SOLD, delete_online_image=True)["online_sale_image"] == ""


def test_observed_put_in_the_second_chain_answers_nothing(documented: Api, observed: Api) -> None:
    body = body_of(FITNESS)
    assert documented.call("PUT", f"{FITNESS_TYPES}/5003", body).json()["data"]["title"]
    answer = observed.call("PUT", f"{FITNESS_TYPES}/5003", body)
    assert (answer.status_code, answer.json()["data"]) == (200, None)
    assert kept(observed, 5003, FITNESS)["title"] == "Five visits"
    assert observed.call("PUT", f"{TYPES}/{PLAIN}", body_of()).json()["data"]["title"]


def test_documented_put_archives_and_observed_put_does_not(documented: Api, observed: Api) -> None:
    for api, expected in ((documented, True), (observed, False)):
        assert change(api, PLAIN, is_archived=True)["is_archived"] is expected


def test_archived_type_refuses_changes(documented: Api, observed: Api) -> None:
    for api, status in ((documented, 400), (observed, 422)):
        before = kept(api, ARCHIVED)
        assert before["is_archived"]
        answer = api.call("PUT", f"{TYPES}/{ARCHIVED}", body_of())
        assert answer.status_code == status
        assert answer.json()["meta"]["message"]
        assert kept(api, ARCHIVED) == before


def test_sold_type_silently_keeps_its_locked_fields(documented: Api) -> None:
    made = documented.make(services={str(MANICURE): 5})
    documented.sandbox.sell(SALON, made["id"])
    changed = change(
        documented,
        made["id"],
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
    assert {name for name in changed if changed[name] != made[name]} == {
        "title",
        "abonements_count",
        "attached_location_ids",
        "attached_salon_ids",
        "balance_edit_type_id",
    }


def test_sold_pool_takes_more_services_but_loses_none(documented: Api) -> None:
    made = documented.make(services={str(MANICURE): 0}, **POOL)
    documented.sandbox.sell(SALON, made["id"], 3)
    categories = {str(NAILS): 0}
    changed = change(
        documented,
        made["id"],
        services={str(PEDICURE): 0},
        service_categories=categories,
        **POOL,
    )
    assert covered(changed) == {MANICURE: 0, PEDICURE: 0, NAILS: 0}


def test_writes_need_the_right(assistant: Api) -> None:
    before = assistant.sandbox.types_of(SALON)
    for method, path, body in (
        ("POST", TYPES, body_of()),
        ("PUT", f"{TYPES}/{PLAIN}", body_of()),
        ("DELETE", f"{TYPES}/{PLAIN}", None),
        ("POST", f"{TYPES}/{PLAIN}/clone", {}),
        ("POST", f"{TYPES}/{PLAIN}/restore", {"restore_in_title": "x"}),
        ("PATCH", f"{TYPES}/{PLAIN}/archive", {"is_archived": True}),
    ):
        assert assistant.call(method, path, body).status_code == 403, (method, path)
    assert assistant.sandbox.types_of(SALON) == before
    assert len(listed(assistant)) == 25


# Covered services


def link(service: int, count: int = 0, *, unlimited: bool = False) -> dict[str, Any]:
    return {
        "service_id": service,
        "service_category_id": None,
        "is_unlimited": unlimited,
        "count": count,
    }


def made_with(api: Api, chain_id: int, **fields: Any) -> dict[int, int | None]:
    """What a new type of the chain covers."""
    path = TYPES if chain_id == SALON else FITNESS_TYPES
    answer = api.call("POST", path, body_of(chain_id, **fields))
    assert answer.status_code == 201, answer.text
    return covered(kept(api, int(answer.json()["data"]["id"]), chain_id))


def test_documented_chains_read_maps_and_links(documented: Api) -> None:
    for chain_id, service in ((SALON, MANICURE), (FITNESS, YOGA)):
        assert made_with(documented, chain_id, services={str(service): 4}) == {service: 4}
        links = [link(service, unlimited=True)]
        made = made_with(documented, chain_id, services=None, service_links=links)
        assert made == {service: None}


def test_observed_first_chain_reads_only_maps_and_the_second_only_links(observed: Api) -> None:
    links = [link(MANICURE, 4)]
    assert made_with(observed, SALON, services={}, service_links=links) == {}
    services = {str(PEDICURE): 3}
    assert made_with(observed, SALON, services=services, service_links=links) == {PEDICURE: 3}
    assert made_with(observed, FITNESS, services={str(YOGA): 4}) == {}
    assert made_with(observed, FITNESS, service_links=[link(YOGA, 2)]) == {YOGA: 2}


def test_form_that_is_not_read_clears_the_rows_on_put(observed: Api) -> None:
    assert covered(kept(observed, 5003, FITNESS))
    assert observed.call("PUT", f"{FITNESS_TYPES}/5003", body_of(FITNESS)).status_code == 200
    assert covered(kept(observed, 5003, FITNESS)) == {}


def test_services_and_categories_mix(documented: Api) -> None:
    made = documented.make(services={str(MANICURE): 5}, service_categories={str(NAILS): 2})
    assert covered(made) == {MANICURE: 5, NAILS: 2}
    service, category = made["balance_container"]["links"]
    assert service["service"] == {
        "id": MANICURE,
        "title": "Manicure",
        "category_id": NAILS,
        "is_category": False,
    }
    assert category["category"]["is_category"] is True
    assert category["category"]["title"] == "Nails"


def test_rows_of_a_pool_have_no_visits_of_their_own(documented: Api) -> None:
    made = documented.make(is_united_balance=True, united_balance_services_count=9)
    assert covered(made) == {MANICURE: 0}
    assert made["united_balance_services_count"] == 9


def test_documented_put_keeps_rows_for_an_empty_list_and_observed_refuses_it(
    documented: Api, observed: Api
) -> None:
    both = {str(MANICURE): 5}, {str(NAILS): 2}
    made = documented.make(services=both[0], service_categories=both[1])
    changed = change(documented, made["id"], services=[], service_categories=[])
    assert covered(changed) == {MANICURE: 5, NAILS: 2}
    changed = change(documented, made["id"], services={str(PEDICURE): 1}, service_categories=[])
    assert covered(changed) == {PEDICURE: 1, NAILS: 2}
    body = body_of(services=[], service_categories=[])
    names = {"services", "service_categories"}
    assert observed.errors("PUT", f"{TYPES}/{PLAIN}", body) == names


# Deleting, cloning, archiving, restoring


def archive(api: Api, type_id: int, *, archived: bool = True) -> int:
    """The status of the answer."""
    if api.sandbox.state.observed:
        body: dict[str, Any] = {"is_archived": "1" if archived else "0"}
        return api.call("PATCH", f"{TYPES}/{type_id}", body).status_code
    body = {"is_archived": archived}
    return api.call("PATCH", f"{TYPES}/{type_id}/archive", body).status_code


def test_deleted_type_leaves_the_list_but_answers_by_id(documented: Api, observed: Api) -> None:
    for api in (documented, observed):
        answer = api.call("DELETE", f"{TYPES}/{PLAIN}")
        if api is observed:
            assert (answer.status_code, answer.json()["data"]) == (200, None)
        else:
            assert (answer.status_code, answer.content) == (204, b"")
        assert PLAIN not in listed(api, limit=250)
        assert api.read(f"{TYPES}/{PLAIN}")["title"]
        assert kept(api, PLAIN)["is_deleted"]


def test_deleted_type_takes_no_writes(either: Api) -> None:
    either.call("DELETE", f"{TYPES}/{PLAIN}")
    assert either.call("DELETE", f"{TYPES}/{PLAIN}").status_code == 404
    assert either.call("PUT", f"{TYPES}/{PLAIN}", body_of()).status_code == 404
    assert either.call("POST", f"{TYPES}/{PLAIN}/clone", {}).status_code == 404
    assert archive(either, PLAIN) == 404


def test_sold_type_cannot_be_deleted(documented: Api) -> None:
    answer = documented.call("DELETE", f"{TYPES}/{SOLD}")
    assert answer.status_code == 400
    assert answer.json()["meta"]["message"]
    assert SOLD in listed(documented, limit=250)


def test_clone_is_a_new_unsold_type_with_a_2(documented: Api) -> None:
    answer = documented.call("POST", f"{TYPES}/{SOLD}/clone", {})
    assert answer.status_code == 201
    assert answer.json()["data"]["title"] == "Manicure × 5 (2)"
    source, clone = kept(documented, SOLD), kept(documented, answer.json()["data"]["id"])
    assert {name for name in clone if clone[name] != source[name]} == {
        "id",
        "title",
        "abonements_count",
    }
    assert clone["abonements_count"] == 0


def test_clone_of_an_archived_type_is_active_and_its_title_fits(documented: Api) -> None:
    long = documented.sandbox.alter_type(SALON, PLAIN, title="ю" * 255)
    archive(documented, long["id"])
    answer = documented.call("POST", f"{TYPES}/{long['id']}/clone", {})
    clone = kept(documented, answer.json()["data"]["id"])
    assert not clone["is_archived"] and clone["date_archived"] is None
    assert len(clone["title"]) == 255 and clone["title"].endswith(" (2)")


def test_observed_clone_in_the_second_chain_answers_nothing(documented: Api, observed: Api) -> None:
    assert documented.call("POST", f"{FITNESS_TYPES}/5002/clone", {}).json()["data"]["id"]
    answer = observed.call("POST", f"{FITNESS_TYPES}/5002/clone", {})
    assert (answer.status_code, answer.content) == (200, b"")
    assert observed.sandbox.types_of(FITNESS)[-1]["title"] == "Gym × 12 (2)"


def test_switch_archives_and_brings_back(either: Api) -> None:
    assert archive(either, SOLD) in (200, 204)
    raw = kept(either, SOLD)
    assert raw["is_archived"] and raw["date_archived"]
    assert archive(either, SOLD, archived=False) in (200, 204)
    raw = kept(either, SOLD)
    assert not raw["is_archived"] and raw["date_archived"] is None


def test_documented_switch_has_its_own_address(documented: Api) -> None:
    path = f"{TYPES}/{PLAIN}"
    assert documented.call("PATCH", path, {"is_archived": "1"}).status_code == 405
    for wrong in ("1", 1, None):
        body = {"is_archived": wrong}
        assert documented.errors("PATCH", f"{path}/archive", body) == {"is_archived"}
    answer = documented.call("PATCH", f"{path}/archive", {"is_archived": True})
    assert (answer.status_code, answer.content) == (204, b"")


def test_observed_switch_takes_only_two_texts(observed: Api) -> None:
    path = f"{TYPES}/{PLAIN}"
    assert observed.call("PATCH", f"{path}/archive", {"is_archived": True}).status_code == 404
    for wrong in (1, 0, True, False, "true", None):
        assert observed.errors("PATCH", path, {"is_archived": wrong}) == {"is_archived"}
    assert observed.call("PATCH", f"{TYPES}/9", {"is_archived": "1"}).status_code == 404
    assert not kept(observed, PLAIN)["is_archived"]


def test_observed_switch_checks_neither_right_nor_chain(observed_assistant: Api) -> None:
    assert archive(observed_assistant, PLAIN) == archive(observed_assistant, 5003) == 200
    assert kept(observed_assistant, PLAIN)["is_archived"]
    assert kept(observed_assistant, 5003, FITNESS)["is_archived"]


def test_documented_restore_brings_a_type_back_under_a_title(documented: Api) -> None:
    path = f"{TYPES}/{PLAIN}"
    assert documented.call("POST", f"{path}/restore", {"restore_in_title": "x"}).status_code == 400
    documented.call("DELETE", path)
    for body in ({}, {"restore_in_title": " "}, {"restore_in_title": 5}):
        assert documented.errors("POST", f"{path}/restore", body) == {"restore_in_title"}
    answer = documented.call("POST", f"{path}/restore", {"restore_in_title": "Back again"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert PLAIN in listed(documented, limit=250)
    assert documented.read(path)["title"] == "Back again"


def test_observed_restore_is_refused(observed: Api) -> None:
    observed.call("DELETE", f"{TYPES}/{PLAIN}")
    answer = observed.call("POST", f"{TYPES}/{PLAIN}/restore", {"restore_in_title": "Back"})
    assert answer.status_code == 403
    assert kept(observed, PLAIN)["is_deleted"]
