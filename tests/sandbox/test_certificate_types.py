"""Certificate types (gift card types) at the stand-in: reading, writing, deleting."""

from __future__ import annotations

from typing import Any

from tests.sandbox.api import (
    CERTIFICATES,
    FITNESS,
    FITNESS_CERTIFICATES,
    MANICURE,
    PEDICURE,
    SALON,
    YOGA,
    Api,
    certificate_body,
)

ISSUED, PLAIN, ARCHIVED, OTHERWISE_EDITED = 31001, 31003, 31018, 31022
DATE = "2031-05-31T23:59:59-05:00"

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
REQUIRED = [
    "title",
    "balance",
    "is_multi",
    "item_type_id",
    "is_allow_empty_code",
    "balance_edit_type_id",
    "service_ids",
    "salon_ids",
    "expiration",
    "expiration.type_id",
    "online_sale",
    "online_sale.is_enabled",
    "online_sale.title",
    "online_sale.description",
    "online_sale.price",
]
WRONG: list[tuple[str, Any]] = [
    ("title", ""),
    ("title", "   "),
    ("title", "x" * 256),
    ("title", None),
    ("balance", -1),
    ("balance", "50"),
    ("balance", True),
    ("balance", None),
    ("is_multi", 1),
    ("is_multi", "true"),
    ("item_type_id", -1),
    ("item_type_id", 5),
    ("item_type_id", "0"),
    ("item_type_id", False),
    ("is_allow_empty_code", 0),
    ("balance_edit_type_id", 3),
    ("balance_edit_type_id", 7),
    ("balance_edit_type_id", "1"),
    ("balance_edit_type_id", True),
    ("service_ids", None),
    ("service_ids", {}),
    ("service_ids", [str(MANICURE)]),
    ("service_ids", [YOGA]),
    ("salon_ids", None),
    ("salon_ids", "501"),
    ("salon_ids", [True]),
    ("salon_ids", [501, 601]),
    ("expiration", None),
    ("expiration", []),
    ("expiration__type_id", 3),
    ("expiration__type_id", "0"),
    ("expiration__type_id", False),
    ("expiration__date", 1),
    ("expiration__date", ""),
    ("expiration__date", "2031-05-31"),
    ("expiration__date", "2031-05-31T23:59:59"),
    ("expiration__date", "2031-05-31 23:59:59-05:00"),
    ("expiration__date", "2031-05-32T23:59:59-05:00"),
    ("expiration__date", "31.05.2031"),
    ("expiration__timeout", -1),
    ("expiration__timeout", "6"),
    ("expiration__timeout_unit_id", 5),
    ("online_sale", None),
    ("online_sale", "no"),
    ("online_sale__is_enabled", 0),
    ("online_sale__title", "x" * 256),
    ("online_sale__description", 5),
    ("online_sale__price", "5"),
    ("online_sale__price", -5),
    ("category_id", "8"),
    ("category_id", 0),
]
WRONG_TOGETHER: list[tuple[dict[str, Any], str]] = [
    ({"item_type_id": 3}, "service_ids"),
    ({"item_type_id": 4}, "service_ids"),
    ({"expiration__type_id": 1}, "expiration.date"),
    ({"expiration__type_id": 2, "expiration__timeout_unit_id": 3}, "expiration.timeout"),
    ({"expiration__type_id": 2, "expiration__timeout": 6}, "expiration.timeout_unit_id"),
    ({"online_sale__is_enabled": True}, "online_sale.price"),
    ({"online_sale__is_enabled": True, "online_sale__price": None}, "online_sale.price"),
]


def listed(api: Api, **query: Any) -> list[int]:
    return [int(raw["id"]) for raw in api.read(CERTIFICATES, **query)]


def kept(api: Api, type_id: int) -> dict[str, Any]:
    return api.sandbox.certificate_type_of(SALON, type_id)


# Reading


def test_list_gives_10_a_page_and_counts_all(documented: Api, observed: Api) -> None:
    for api, total in ((documented, 24), (observed, "24")):
        answer = api.call("GET", CERTIFICATES).json()
        assert len(answer["data"]) == 10
        assert answer["meta"] == {"total_count": total}


def test_pages_cover_every_type_once(documented: Api) -> None:
    pages = [listed(documented, page=page, page_size=7) for page in range(1, 6)]
    assert [len(page) for page in pages] == [7, 7, 7, 3, 0]
    assert len({one for page in pages for one in page}) == 24
    assert listed(documented, page=0, page_size=7) == pages[0]
    assert listed(documented, page="x", page_size=7) == pages[0]


def test_page_has_up_to_100_types_and_10_where_more_are_asked_for(documented: Api) -> None:
    documented.sandbox.reset(certificate_types=120)
    assert len(listed(documented, page_size=100)) == 100
    assert len(listed(documented, page_size=100, page=2)) == 20
    sizes = {size: len(listed(documented, page_size=size)) for size in (101, 250, 0, -1, "many")}
    assert set(sizes.values()) == {10}, sizes


def test_archived_types_are_in_the_same_list(documented: Api) -> None:
    types = documented.sandbox.certificate_types_of(SALON)
    archived = {raw["id"] for raw in types if raw["is_archived"]}
    assert len(archived) == 2
    assert archived <= set(listed(documented, page_size=100))


def test_title_is_found_by_a_part_in_either_case(documented: Api) -> None:
    for part, titles in (
        ("ПОДАРОК", ["Подарок для мамы"]),
        ("品", ["礼品卡"]),
        ("CARD €100", ["Gift card €100", "Gift card €100"]),
        ("no such title", []),
    ):
        answer = documented.call("GET", CERTIFICATES, params={"title": part}).json()
        assert [raw["title"] for raw in answer["data"]] == titles
        assert answer["meta"] == {"total_count": len(titles)}


def test_read_by_id_gives_the_flat_fields(documented: Api) -> None:
    raw = documented.read(f"{CERTIFICATES}/{ISSUED}")
    assert set(raw) == READ_FIELDS
    stored = kept(documented, ISSUED)
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


def test_type_is_found_only_through_its_own_chain_and_kind(documented: Api) -> None:
    assert documented.read(f"{FITNESS_CERTIFICATES}/25001")["title"]
    for path in (
        f"{FITNESS_CERTIFICATES}/{ISSUED}",
        f"{CERTIFICATES}/25001",
        f"{CERTIFICATES}/99999",
        f"{CERTIFICATES}/11001",
        f"/chain/{SALON}/loyalty/abonement_types/{ISSUED}",
        "/chain/7/loyalty/certificate_types",
    ):
        assert documented.call("GET", path).status_code == 404, path


def test_reading_needs_the_chain_and_no_right(assistant: Api) -> None:
    assert len(listed(assistant)) == 10
    assert assistant.read(f"{CERTIFICATES}/{ISSUED}")["title"]
    assert assistant.call("GET", FITNESS_CERTIFICATES).status_code == 403


def test_observed_values_come_in_mixed_types(observed: Api) -> None:
    types = observed.read(CERTIFICATES, page_size=100)
    assert {type(raw["is_multi"]) for raw in types} == {bool, int, str}
    assert {type(raw["balance"]) for raw in types} >= {int, str}
    assert {type(raw["id"]) for raw in types} == {int, str}
    assert {type(raw["released_total"]) for raw in types} == {int, str}
    assert {type(raw["item_type"]["id"]) for raw in types} == {int, str}
    assert None in [raw["service_ids"] for raw in types]
    assert None in [raw["salon_ids"] for raw in types]


# Writing


def test_wrong_value_is_400_and_names_its_field(documented: Api) -> None:
    before = documented.sandbox.certificate_types_of(SALON)
    cases = [({name: value}, name.replace("__", ".")) for name, value in WRONG]
    unlike = {}
    for fields, name in cases + WRONG_TOGETHER:
        for method, path in (("POST", CERTIFICATES), ("PUT", f"{CERTIFICATES}/{PLAIN}")):
            outcome = documented.outcome(method, path, certificate_body(**fields))
            if outcome != (400, {name}):
                unlike[method, repr(fields)] = outcome
    assert unlike == {}
    assert documented.sandbox.certificate_types_of(SALON) == before


def test_every_field_but_the_category_is_required(documented: Api) -> None:
    for name in REQUIRED:
        body = certificate_body()
        outer, _, inner = name.partition(".")
        del (body[outer] if inner else body)[inner or outer]
        assert documented.errors("POST", CERTIFICATES, body, status=400) == {name}
        path = f"{CERTIFICATES}/{PLAIN}"
        assert documented.errors("PUT", path, body, status=400) == {name}
    assert documented.make_certificate_type(category_id=8)["category_id"] == 8
    body = certificate_body()
    del body["category_id"]
    assert documented.call("POST", CERTIFICATES, body).status_code == 201


def test_every_written_field_is_read_back_flat(documented: Api) -> None:
    answer = documented.call(
        "POST",
        CERTIFICATES,
        certificate_body(
            title="Всё сразу",
            balance=120.5,
            is_multi=True,
            item_type_id=4,
            is_allow_empty_code=True,
            balance_edit_type_id=2,
            service_ids=[MANICURE, PEDICURE],
            salon_ids=[501, 503],
            expiration={"type_id": 1, "date": DATE, "timeout": 5, "timeout_unit_id": 1},
            online_sale={"is_enabled": True, "title": "On", "description": "Off", "price": 99.9},
            category_id=4,
        ),
    )
    assert answer.status_code == 201
    made = answer.json()["data"]
    assert documented.read(f"{CERTIFICATES}/{made['id']}") == made
    assert made == {
        "id": made["id"],
        "company_group_id": SALON,
        "title": "Всё сразу",
        "balance": 120.5,
        "is_multi": True,
        "is_allow_empty_code": True,
        "balance_edit_type_id": 2,
        "category_id": 4,
        "weight": 0,
        "expiration_type_id": 1,
        "expiration_date": DATE,
        "expiration_timeout": 0,
        "expiration_timeout_unit_id": 0,
        "online_sale_is_enabled": True,
        "online_sale_title": "On",
        "online_sale_description": "Off",
        "online_sale_price": 99.9,
        "online_sale_image": "",
        "is_serial_number_limited": False,
        "is_archived": False,
        "date_archived": None,
        "released_total": 0,
        "item_type": {"id": 4, "title": "Named services and any products"},
        "service_ids": [MANICURE, PEDICURE],
        "salon_ids": [501, 503],
    }


def test_date_and_period_are_kept_only_where_they_count(documented: Api) -> None:
    given = {"date": "2031-05-31T23:59:59Z", "timeout": 6, "timeout_unit_id": 3}
    made = [
        documented.make_certificate_type(expiration={"type_id": type_id, **given})
        for type_id in (0, 1, 2)
    ]
    names = ("expiration_date", "expiration_timeout", "expiration_timeout_unit_id")
    assert [tuple(raw[name] for name in names) for raw in made] == [
        (None, 0, 0),
        ("2031-05-31T23:59:59Z", 0, 0),
        (None, 6, 3),
    ]


def test_what_a_validity_does_not_need_may_be_left_out(documented: Api) -> None:
    made = [
        documented.make_certificate_type(expiration=expiration)
        for expiration in (
            {"type_id": 0},
            {"type_id": 1, "date": DATE},
            {"type_id": 2, "timeout": 1, "timeout_unit_id": 4},
        )
    ]
    assert [raw["expiration_type_id"] for raw in made] == [0, 1, 2]


def test_shop_text_may_be_null_and_locations_empty(documented: Api) -> None:
    empty = {"is_enabled": False, "title": None, "description": None, "price": None}
    made = documented.make_certificate_type(online_sale=empty, salon_ids=[])
    assert made["online_sale_title"] is made["online_sale_price"] is None
    assert made["salon_ids"] == []


def test_who_edits_balances_is_1_or_2_as_documented_and_0_too_as_observed(
    documented: Api, observed: Api
) -> None:
    for api in (documented, observed):
        for value in (1, 2):
            made = api.make_certificate_type(balance_edit_type_id=value)
            assert made["balance_edit_type_id"] == value
    body = certificate_body(balance_edit_type_id=0)
    names = documented.errors("POST", CERTIFICATES, body, status=400)
    assert names == {"balance_edit_type_id"}
    assert observed.call("POST", CERTIFICATES, body).status_code == 201


def test_put_may_send_back_a_way_of_editing_that_is_not_documented(documented: Api) -> None:
    path = f"{CERTIFICATES}/{OTHERWISE_EDITED}"
    body, named = certificate_body(balance_edit_type_id=7), {"balance_edit_type_id"}
    assert documented.call("PUT", path, body).status_code == 200
    assert kept(documented, OTHERWISE_EDITED)["title"] == "Fifty"
    other = body | {"balance_edit_type_id": 8}
    assert documented.errors("PUT", path, other, status=400) == named
    assert documented.call("PUT", path, body | {"balance_edit_type_id": 1}).status_code == 200
    assert documented.errors("PUT", path, body, status=400) == named


def test_put_replaces_everything_that_is_written(documented: Api) -> None:
    made = documented.make_certificate_type(
        item_type_id=3,
        service_ids=[MANICURE],
        category_id=8,
        colour="red",
        expiration={"type_id": 2, "timeout": 6, "timeout_unit_id": 3},
        online_sale={"is_enabled": True, "title": "On", "description": "Off", "price": 9},
    )
    assert made["colour"] == "red"
    body = certificate_body(title="Renamed", shape={"round": ["yes"]})
    del body["category_id"]
    answer = documented.call("PUT", f"{CERTIFICATES}/{made['id']}", body)
    assert answer.status_code == 200
    changed = kept(documented, made["id"])
    assert answer.json()["data"] | {"is_deleted": False} == changed
    assert changed == {
        **{name: value for name, value in made.items() if name != "colour"},
        "title": "Renamed",
        "shape": {"round": ["yes"]},
        "category_id": None,
        "item_type": {"id": 0, "title": "All services and products"},
        "service_ids": [],
        "expiration_type_id": 0,
        "expiration_timeout": 0,
        "expiration_timeout_unit_id": 0,
        "online_sale_is_enabled": False,
        "online_sale_title": "",
        "online_sale_description": "",
        "online_sale_price": 0,
    }


def test_what_is_sent_back_as_it_was_answered_is_answered_so_again(observed: Api) -> None:
    odd = {"zone": [True, 5, 0.5], "also": {"b": False, "aa": 7}, "many": True, "few": 3, "no": []}
    for _ in range(4):  # how a value is answered depends on the id
        type_id = observed.make_certificate_type()["id"]
        observed.sandbox.alter_certificate_type(SALON, type_id, **odd)
        path = f"{CERTIFICATES}/{type_id}"
        answered = {name: observed.read(path)[name] for name in odd}
        body = certificate_body(**{name: answered[name] for name in sorted(odd)})
        assert observed.call("PUT", path, body).status_code == 200
        read = observed.read(path)
        assert repr({name: read[name] for name in odd}) == repr(answered)


def test_no_write_changes_what_is_only_read(documented: Api) -> None:
    sent = {
        "id": 5,
        "company_group_id": FITNESS,
        "weight": 99,
        "released_total": 99,
        "is_archived": False,
        "date_archived": None,
        "online_sale_image": "https://images.sandbox.example/other.jpg",
        "is_serial_number_limited": True,
        "is_deleted": True,
        "item_type": {"id": 4, "title": "Other"},
        "expiration_type_id": 2,
        "online_sale_price": 7,
    }
    made = documented.make_certificate_type(**sent)
    assert made["id"] > 31_000
    assert {made["company_group_id"], made["weight"], made["released_total"]} == {SALON, 0}
    assert not made["is_deleted"] and not made["is_serial_number_limited"]
    assert made["item_type"]["id"] == made["expiration_type_id"] == made["online_sale_price"] == 0
    assert made["online_sale_image"] == ""

    before = kept(documented, ARCHIVED)
    assert before["is_archived"] and before["date_archived"]
    body = certificate_body(**sent)
    assert documented.call("PUT", f"{CERTIFICATES}/{ARCHIVED}", body).status_code == 200
    changed = kept(documented, ARCHIVED)
    for name in ("id", "weight", "released_total", "is_archived", "date_archived"):
        assert changed[name] == before[name]
    documented.call("PUT", f"{CERTIFICATES}/{PLAIN}", certificate_body(is_archived=True))
    assert not kept(documented, PLAIN)["is_archived"]


def test_put_keeps_the_image_and_the_limit_of_serial_numbers(documented: Api) -> None:
    fields = {
        "online_sale_image": "https://images.sandbox.example/a.jpg",
        "is_serial_number_limited": True,
    }
    documented.sandbox.alter_certificate_type(SALON, PLAIN, **fields)
    path = f"{CERTIFICATES}/{PLAIN}"
    assert documented.call("PUT", path, certificate_body()).status_code == 200
    changed = kept(documented, PLAIN)
    assert {name: changed[name] for name in fields} == fields


def test_type_with_issued_certificates_is_neither_changed_nor_deleted(documented: Api) -> None:
    documented.sandbox.issue(SALON, PLAIN)
    for type_id in (ISSUED, PLAIN):
        path = f"{CERTIFICATES}/{type_id}"
        before = kept(documented, type_id)
        for body in (certificate_body(), certificate_body(title="")):
            answer = documented.call("PUT", path, body)
            assert answer.status_code == 400
            assert answer.json()["meta"] == {
                "message": "Cannot change certificate type with issued certificates"
            }
        answer = documented.call("DELETE", path)
        assert answer.status_code == 400
        assert answer.json()["meta"] == {
            "message": "Cannot delete certificate type with issued certificates"
        }
        assert kept(documented, type_id) == before


def test_deleted_type_is_gone(documented: Api, observed: Api) -> None:
    path = f"{CERTIFICATES}/{PLAIN}"
    for api in (documented, observed):
        answer = api.call("DELETE", path)
        if api is observed:
            assert (answer.status_code, answer.json()["data"]) == (200, None)
        else:
            assert (answer.status_code, answer.content) == (204, b"")
        for method in ("GET", "PUT", "DELETE"):
            assert api.call(method, path, certificate_body()).status_code == 404
        answer = api.call("GET", CERTIFICATES, params={"page_size": 100}).json()
        assert PLAIN not in [int(raw["id"]) for raw in answer["data"]]
        assert int(answer["meta"]["total_count"]) == len(answer["data"]) == 23
        assert kept(api, PLAIN)["is_deleted"]


# Rights, and what there is not


def test_writes_need_the_right(assistant: Api) -> None:
    before = assistant.sandbox.certificate_types_of(SALON)
    for method, path in (
        ("POST", CERTIFICATES),
        ("PUT", f"{CERTIFICATES}/{PLAIN}"),
        ("DELETE", f"{CERTIFICATES}/{PLAIN}"),
    ):
        assert assistant.call(method, path, certificate_body()).status_code == 403
    assert assistant.sandbox.certificate_types_of(SALON) == before


def test_right_to_membership_types_is_not_the_right_to_these(documented: Api) -> None:
    """The director may write membership types of the second chain, and no certificate types."""
    body = certificate_body(salon_ids=[601])
    assert documented.call("POST", FITNESS_CERTIFICATES, body).status_code == 403
    assert documented.call("DELETE", f"{FITNESS_CERTIFICATES}/25003").status_code == 403


def test_there_is_no_clone_archive_or_restore(documented: Api) -> None:
    path = f"{CERTIFICATES}/{PLAIN}"
    for method, end in (("POST", "clone"), ("POST", "restore"), ("PATCH", "archive")):
        assert documented.call(method, f"{path}/{end}", {}).status_code == 404
    assert documented.call("PATCH", path, {"is_archived": "1"}).status_code == 405
