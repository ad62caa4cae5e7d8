from __future__ import annotations

from typing import Any

import pytest

from loyalty_admin.sandbox.server import Sandbox
from tests.sandbox.api import FITNESS, FITNESS_TYPES, SALON, TYPES, Api

INCLUDES = ["balance_container", "abonements_count", "attached_salon_ids"]


def listed(api: Api, **query: Any) -> list[int]:
    return [int(raw["id"]) for raw in api.read(TYPES, **query)]


def test_the_list_gives_active_and_archived_types_25_a_page(either: Api) -> None:
    answer = either.call("GET", TYPES).json()
    assert len(answer["data"]) == 25
    assert int(answer["meta"]["total_count"]) == 30


def test_pages_cover_every_type_once(either: Api) -> None:
    pages = [listed(either, page=page, limit=7) for page in range(1, 7)]
    assert [len(page) for page in pages] == [7, 7, 7, 7, 2, 0]
    assert len({one for page in pages for one in page}) == 30


def test_a_page_holds_up_to_250_and_falls_back_to_25_above(either: Api) -> None:
    either.sandbox.reset(types=300)
    assert len(listed(either, limit=250)) == 250
    assert len(listed(either, limit=250, page=2)) == 50
    for limit in (251, 1000, 0, -1, "many"):
        assert len(listed(either, limit=limit)) == 25


def test_the_list_filters_by_archived(either: Api) -> None:
    archived = {raw["id"] for raw in either.sandbox.types_of(SALON) if raw["is_archived"]}
    assert len(archived) >= 3
    assert set(listed(either, is_archived=1, limit=250)) == archived
    assert len(listed(either, is_archived=0, limit=250)) == 30 - len(archived)
    answer = either.call("GET", TYPES, params={"is_archived": 1}).json()
    assert int(answer["meta"]["total_count"]) == len(archived)
    assert either.call("GET", TYPES, params={"is_archived": "yes"}).status_code == 422


@pytest.mark.parametrize(
    ("part", "title"), [("МАССАЖ", "Массаж спины, 10 визитов"), ("五", "水疗五次卡")]
)
def test_the_title_is_found_by_a_part_in_either_case(either: Api, part: str, title: str) -> None:
    assert [raw["title"] for raw in either.read(TYPES, title=part)] == [title]


def test_a_list_leaves_out_what_is_not_included(documented: Api, observed: Api) -> None:
    left_out = {*INCLUDES, "attached_location_ids"}
    assert not left_out & set(documented.read(TYPES)[0])
    assert {observed.read(TYPES)[0][name] for name in left_out} == {None}
    for api in (documented, observed):
        raw = api.read(TYPES, **{"include[]": INCLUDES})[0]
        assert all(raw[name] for name in left_out)
        raw = api.read(TYPES, **{"include[]": ["abonements_count"]})[0]
        assert raw["abonements_count"] and not raw.get("balance_container")


def test_a_read_by_id_gives_everything(documented: Api) -> None:
    raw = documented.read(f"{TYPES}/11001")
    stored = documented.sandbox.type_of(SALON, 11001)
    assert not stored.pop("is_deleted")
    assert raw == stored
    assert raw["is_code_required"] is not raw["is_allow_empty_code"]
    assert raw["online_sale_image"].startswith("https://")
    assert raw["attached_salon_ids"] == raw["attached_location_ids"]


def test_a_type_is_found_only_through_its_own_chain(either: Api) -> None:
    assert either.call("GET", f"{FITNESS_TYPES}/11001").status_code == 404
    assert either.call("GET", f"{TYPES}/99999").status_code == 404


def test_activation_words_differ_between_the_sources(documented: Api, observed: Api) -> None:
    words = []
    for api in (documented, observed):
        types = api.read(TYPES, limit=250)
        words.append(
            {int(raw["expiration_type_id"]): raw["expiration_type_title"] for raw in types}
        )
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
    total = observed.call("GET", TYPES).json()["meta"]["total_count"]
    assert total == "30"


def test_the_assistant_may_read(assistant: Api) -> None:
    assert len(listed(assistant)) == 25


def test_the_seeds_are_the_same_each_time_and_awkward_enough(either: Api) -> None:
    types = either.sandbox.types_of(SALON)
    either.sandbox.reset()
    assert either.sandbox.types_of(SALON) == types
    titles = [raw["title"] for raw in types]
    assert len(set(titles)) == 30
    assert max(len(title) for title in titles) == 255
    assert "<script>alert(1)</script> \"quoted\" & 'more'" in titles
    links = [link for raw in types for link in raw["balance_container"]["links"]]
    for awkward in (
        any(not raw["attached_location_ids"] for raw in types),
        any(raw["abonements_count"] for raw in types),
        any(not raw["period"] for raw in types),
        any(raw["is_united_balance"] for raw in types),
        any(raw["is_united_balance_unlimited"] for raw in types),
        any(link["is_unlimited"] for link in links),
        any("category" in link for link in links),
        any(raw["availability"] for raw in types),
        any(raw["is_online_sale_enabled"] and raw["online_sale_image"] for raw in types),
    ):
        assert awkward


def test_the_number_of_types_is_chosen(sandboxes: dict[str, Sandbox]) -> None:
    sandbox = sandboxes["documented"]
    for types in (0, 1, 5, 1000):
        sandbox.reset(types=types)
        made = sandbox.types_of(SALON)
        assert len(made) == types
        assert len({raw["title"] for raw in made}) == types
        assert len(sandbox.types_of(FITNESS)) == 8


def test_every_seed_may_be_written_back_as_it_is(documented: Api) -> None:
    for path, chain_id in ((TYPES, SALON), (FITNESS_TYPES, FITNESS)):
        for before in documented.sandbox.types_of(chain_id):
            body = {
                **before,
                "location_ids": before["attached_location_ids"],
                "autoactivation_period": before["autoactivation_time"],
                "services": {},
                "service_categories": {},
                "service_links": [
                    {
                        "service_id": link.get("service", {}).get("id"),
                        "service_category_id": link.get("category", {}).get("id"),
                        "count": link["count"],
                        "is_unlimited": link["is_unlimited"],
                    }
                    for link in before["balance_container"]["links"]
                ],
            }
            answer = documented.call("PUT", f"{path}/{before['id']}", body)
            assert answer.status_code == (400 if before["is_archived"] else 200), answer.text
            assert documented.sandbox.type_of(chain_id, before["id"]) == before
