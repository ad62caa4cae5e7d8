from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from loyalty_admin.sandbox.server import Sandbox
from tests.sandbox.api import CERTIFICATES, FITNESS, FITNESS_CERTIFICATES, SALON, Api

READ_FIELDS = {
    "id",
    "company_group_id",
    "title",
    "balance",
    "is_multi",
    "is_allow_empty_code",
    "balance_edit_type_id",
    "category_id",
    "weight",
    "expiration_type_id",
    "expiration_date",
    "expiration_timeout",
    "expiration_timeout_unit_id",
    "online_sale_is_enabled",
    "online_sale_title",
    "online_sale_description",
    "online_sale_price",
    "online_sale_image",
    "is_serial_number_limited",
    "is_archived",
    "date_archived",
    "released_total",
    "item_type",
    "service_ids",
    "salon_ids",
}


def listed(api: Api, **query: Any) -> list[int]:
    return [int(raw["id"]) for raw in api.read(CERTIFICATES, **query)]


def test_the_list_gives_10_a_page_and_counts_all(either: Api) -> None:
    answer = either.call("GET", CERTIFICATES).json()
    assert len(answer["data"]) == 10
    assert int(answer["meta"]["total_count"]) == 24


def test_the_total_is_a_text_as_observed(documented: Api, observed: Api) -> None:
    both = (documented, observed)
    totals = [api.call("GET", CERTIFICATES).json()["meta"]["total_count"] for api in both]
    assert totals == [24, "24"]


def test_pages_cover_every_type_once(either: Api) -> None:
    pages = [listed(either, page=page, page_size=7) for page in range(1, 6)]
    assert [len(page) for page in pages] == [7, 7, 7, 3, 0]
    assert len({one for page in pages for one in page}) == 24
    assert listed(either, page=0, page_size=7) == listed(either, page="x", page_size=7) == pages[0]


def test_a_page_holds_up_to_100_and_falls_back_to_10_above(either: Api) -> None:
    either.sandbox.reset(certificate_types=120)
    assert len(listed(either, page_size=100)) == 100
    assert len(listed(either, page_size=100, page=2)) == 20
    for size in (101, 250, 0, -1, "many"):
        assert len(listed(either, page_size=size)) == 10


def test_archived_types_are_in_the_same_list(either: Api) -> None:
    archived = {
        raw["id"] for raw in either.sandbox.certificate_types_of(SALON) if raw["is_archived"]
    }
    assert len(archived) == 2
    assert archived <= set(listed(either, page_size=100))


@pytest.mark.parametrize(
    ("part", "titles"),
    [
        ("ПОДАРОК", ["Подарок для мамы"]),
        ("品", ["礼品卡"]),
        ("CARD €100", ["Gift card €100", "Gift card €100"]),
        ("no such title", []),
    ],
)
def test_the_title_is_found_by_a_part_in_either_case(
    either: Api, part: str, titles: list[str]
) -> None:
    answer = either.call("GET", CERTIFICATES, params={"title": part}).json()
    assert [raw["title"] for raw in answer["data"]] == titles
    assert int(answer["meta"]["total_count"]) == len(titles)


def test_a_read_by_id_gives_the_flat_fields(documented: Api) -> None:
    raw = documented.read(f"{CERTIFICATES}/31001")
    assert set(raw) == READ_FIELDS
    stored = documented.sandbox.certificate_type_of(SALON, 31001)
    assert not stored.pop("is_deleted")
    assert raw == stored
    assert raw["company_group_id"] == SALON
    assert raw["online_sale_image"].startswith("https://")
    assert documented.read(CERTIFICATES)[0] == raw


def test_item_types_are_given_in_words(documented: Api) -> None:
    types = documented.read(CERTIFICATES, page_size=100)
    assert {raw["item_type"]["id"]: raw["item_type"]["title"] for raw in types} == {
        0: "All services and products",
        1: "Any services",
        2: "Any products",
        3: "Named services",
        4: "Named services and any products",
    }


def test_a_type_is_found_only_through_its_own_chain(either: Api) -> None:
    assert either.read(f"{FITNESS_CERTIFICATES}/25001")["title"]
    assert either.call("GET", f"{FITNESS_CERTIFICATES}/31001").status_code == 404
    assert either.call("GET", f"{CERTIFICATES}/25001").status_code == 404
    assert either.call("GET", f"{CERTIFICATES}/99999").status_code == 404
    assert either.call("GET", "/chain/7/loyalty/certificate_types").status_code == 404


def test_membership_types_and_certificate_types_are_apart(either: Api) -> None:
    assert either.call("GET", f"{CERTIFICATES}/11001").status_code == 404
    assert either.call("GET", f"/chain/{SALON}/loyalty/abonement_types/31001").status_code == 404


def test_reading_needs_the_chain_and_no_right(assistant: Api) -> None:
    assert len(listed(assistant)) == 10
    assert assistant.read(f"{CERTIFICATES}/31001")["title"]
    answer = assistant.call("GET", FITNESS_CERTIFICATES)
    assert answer.status_code == 403
    assert answer.json()["meta"]["message"] == "Access denied."


def test_observed_values_come_in_mixed_types(observed: Api) -> None:
    types = observed.read(CERTIFICATES, page_size=100)
    assert {type(raw["is_multi"]) for raw in types} == {bool, int, str}
    assert {type(raw["balance"]) for raw in types} >= {int, str}
    assert {type(raw["id"]) for raw in types} == {int, str}
    assert {type(raw["released_total"]) for raw in types} == {int, str}
    assert {type(raw["item_type"]["id"]) for raw in types} == {int, str}
    assert None in [raw["service_ids"] for raw in types]
    assert None in [raw["salon_ids"] for raw in types]


def test_the_seeds_are_the_same_each_time_and_awkward_enough(either: Api) -> None:
    types = either.sandbox.certificate_types_of(SALON)
    either.sandbox.reset()
    assert either.sandbox.certificate_types_of(SALON) == types
    titles = [raw["title"] for raw in types]
    assert len(set(titles)) == 23
    assert max(len(title) for title in titles) == 255
    assert "<script>alert(1)</script> \"gift\" & 'card'" in titles
    expiries = [raw["expiration_date"] for raw in types if raw["expiration_date"]]
    known = types[0].keys()
    for awkward in (
        {raw["is_multi"] for raw in types} == {True, False},
        {raw["item_type"]["id"] for raw in types} == {0, 1, 2, 3, 4},
        {raw["expiration_type_id"] for raw in types} == {0, 1, 2},
        {raw["balance_edit_type_id"] for raw in types} == {0, 1, 2, 7},
        {raw["is_archived"] and raw["online_sale_is_enabled"] for raw in types} == {True, False},
        {one[-6:] for one in expiries} == {"+02:00", "-05:00"},
        any(datetime.fromisoformat(one) < datetime.now(UTC) for one in expiries),
        any(not raw["salon_ids"] for raw in types),
        sum(raw["released_total"] > 0 for raw in types) >= 3,
        any(raw["is_archived"] and not raw["online_sale_is_enabled"] for raw in types),
        any(raw["online_sale_price"] == raw["balance"] > 0 for raw in types),
        any(0 < raw["online_sale_price"] != raw["balance"] for raw in types),
        any("<img" in raw["online_sale_description"] for raw in types),
        any(raw["balance"] % 1 for raw in types),
        any(raw.keys() - known for raw in types),
    ):
        assert awkward


def test_the_number_of_types_is_chosen(sandboxes: dict[str, Sandbox]) -> None:
    sandbox = sandboxes["documented"]
    for types in (0, 1, 5, 585):
        sandbox.reset(certificate_types=types)
        assert len(sandbox.certificate_types_of(SALON)) == types
        assert len(sandbox.certificate_types_of(FITNESS)) == 4
        assert len(sandbox.types_of(SALON)) == 30
    titles = [raw["title"] for raw in sandbox.certificate_types_of(SALON)]
    assert len(set(titles)) == 584  # two of the first share theirs
    sandbox.reset()
    assert len(sandbox.certificate_types_of(SALON)) == 24
