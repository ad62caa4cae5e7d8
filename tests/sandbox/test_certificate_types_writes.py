from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.api import (
    CERTIFICATES,
    MANICURE,
    PEDICURE,
    SALON,
    YOGA,
    Api,
    certificate_body,
)

PLAIN = 31003
DATE = "2031-05-31T23:59:59-05:00"

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


def refused(api: Api, method: str, path: str, body: Any) -> set[str]:
    return api.errors(method, path, body, status=400)


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_400_and_names_its_field(either: Api, name: str, value: Any) -> None:
    before = either.sandbox.certificate_types_of(SALON)
    body = certificate_body(**{name: value})
    named = {name.replace("__", ".")}
    assert refused(either, "POST", CERTIFICATES, body) == named
    assert refused(either, "PUT", f"{CERTIFICATES}/{PLAIN}", body) == named
    assert either.sandbox.certificate_types_of(SALON) == before


@pytest.mark.parametrize("name", REQUIRED)
def test_every_field_but_the_category_is_required(either: Api, name: str) -> None:
    body = certificate_body()
    outer, _, inner = name.partition(".")
    del (body[outer] if inner else body)[inner or outer]
    assert refused(either, "POST", CERTIFICATES, body) == {name}
    assert refused(either, "PUT", f"{CERTIFICATES}/{PLAIN}", body) == {name}


def test_the_category_may_be_left_out(either: Api) -> None:
    assert either.make_certificate_type(category_id=8)["category_id"] == 8
    body = certificate_body()
    del body["category_id"]
    assert either.call("POST", CERTIFICATES, body).status_code == 201


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"item_type_id": 3}, "service_ids"),
        ({"item_type_id": 4}, "service_ids"),
        ({"expiration__type_id": 1}, "expiration.date"),
        ({"expiration__type_id": 2, "expiration__timeout_unit_id": 3}, "expiration.timeout"),
        ({"expiration__type_id": 2, "expiration__timeout": 6}, "expiration.timeout_unit_id"),
        ({"online_sale__is_enabled": True}, "online_sale.price"),
        ({"online_sale__is_enabled": True, "online_sale__price": None}, "online_sale.price"),
    ],
)
def test_rules_between_fields_are_400(either: Api, fields: dict[str, Any], named: str) -> None:
    assert refused(either, "POST", CERTIFICATES, certificate_body(**fields)) == {named}


@pytest.mark.parametrize(
    "date",
    [
        "",
        "2031-05-31",
        "2031-05-31T23:59:59",
        "2031-05-31 23:59:59-05:00",
        "2031-05-32T23:59:59-05:00",
        "31.05.2031",
    ],
)
def test_a_date_without_time_or_offset_is_400(either: Api, date: str) -> None:
    body = certificate_body(expiration={"type_id": 1, "date": date})
    assert refused(either, "POST", CERTIFICATES, body) == {"expiration.date"}


def test_nested_error_keys_are_dotted_as_documented_and_bracketed_as_observed(
    documented: Api, observed: Api
) -> None:
    body = certificate_body(title="", expiration__type_id=9)
    expected = (["title", "expiration.type_id"], ["[title]", "[expiration][type_id]"])
    for api, names in zip((documented, observed), expected, strict=True):
        meta = api.call("POST", CERTIFICATES, body).json()["meta"]
        assert meta["message"] == "An error has occurred"
        assert list(meta["errors"]) == names
        assert all(isinstance(one, str) for messages in meta["errors"].values() for one in messages)


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


def test_a_date_and_a_period_are_kept_only_where_they_count(either: Api) -> None:
    given = {"date": "2031-05-31T23:59:59Z", "timeout": 6, "timeout_unit_id": 3}
    kept = [
        either.make_certificate_type(expiration={"type_id": type_id, **given})
        for type_id in (0, 1, 2)
    ]
    names = ("expiration_date", "expiration_timeout", "expiration_timeout_unit_id")
    assert [tuple(raw[name] for name in names) for raw in kept] == [
        (None, 0, 0),
        ("2031-05-31T23:59:59Z", 0, 0),
        (None, 6, 3),
    ]


def test_what_a_validity_does_not_need_may_be_left_out(either: Api) -> None:
    made = [
        either.make_certificate_type(expiration=expiration)
        for expiration in (
            {"type_id": 0},
            {"type_id": 1, "date": DATE},
            {"type_id": 2, "timeout": 1, "timeout_unit_id": 4},
        )
    ]
    assert [raw["expiration_type_id"] for raw in made] == [0, 1, 2]


def test_an_empty_shop_text_may_be_null_while_not_on_sale(either: Api) -> None:
    empty = {"is_enabled": False, "title": None, "description": None, "price": None}
    made = either.make_certificate_type(online_sale=empty)
    assert made["online_sale_title"] is made["online_sale_price"] is None


def test_a_type_may_be_sold_nowhere(either: Api) -> None:
    assert either.make_certificate_type(salon_ids=[])["salon_ids"] == []


def test_who_edits_balances_is_1_or_2_as_documented_and_0_too_as_observed(
    documented: Api, observed: Api
) -> None:
    for api in (documented, observed):
        for value in (1, 2):
            made = api.make_certificate_type(balance_edit_type_id=value)
            assert made["balance_edit_type_id"] == value
    body = certificate_body(balance_edit_type_id=0)
    assert refused(documented, "POST", CERTIFICATES, body) == {"balance_edit_type_id"}
    assert observed.call("POST", CERTIFICATES, body).status_code == 201
