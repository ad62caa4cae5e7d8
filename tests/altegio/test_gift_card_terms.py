"""The terms of gift card types: written nested and whole, compared by what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.altegio import payloads
from loyalty_admin.altegio.gift_card_types import SCHEMA, GiftCardType, Terms, to_api
from loyalty_admin.sandbox.certificate_type_fields import CHECKS, NESTED, blank_type
from tests.altegio.gift_cards import (
    ANYTHING,
    DATE,
    LASTING,
    MOMENT,
    RAW,
    UNTIL,
    read,
)


def flat(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a write says, as the API says it in an answer."""
    answer = {key: value for key, value in body.items() if key not in NESTED}
    answer |= {f"{outer}_{key}": value for outer in NESTED for key, value in body[outer].items()}
    answer["item_type"] = {"id": answer.pop("item_type_id")}
    unset = dict.fromkeys(("expiration_date", "expiration_timeout", "expiration_timeout_unit_id"))
    return {"id": 77, **unset, **answer}


AMOUNTS = st.decimals(0, 10**9, places=2)
IDS = st.lists(st.integers(1, 10**9), unique=True).map(sorted).map(tuple)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
MOMENTS = st.datetimes(
    datetime(1901, 1, 1), datetime(9900, 1, 1), timezones=st.timezones() | st.just(UTC)
)
TERMS = st.builds(
    Terms,
    title=TEXTS,
    face_value=AMOUNTS,
    location_ids=IDS,
    several_uses=st.booleans(),
    covers=st.integers(0, 4),
    service_ids=IDS,
    sold_without_code=st.booleans(),
    balance_editing=st.integers(0, 9),
    validity_kind=st.integers(0, 2),
    expires_at=MOMENTS,
    validity=st.integers(1, 10**6),
    validity_unit=st.integers(1, 4),
    online_sale=st.booleans(),
    online_title=TEXTS,
    online_description=TEXTS,
    online_price=st.none() | AMOUNTS,
    category_id=st.none() | st.integers(1, 10**9),
)


@given(TERMS, st.dictionaries(TEXTS.map("x_".__add__), ANYTHING, max_size=3))
def test_put_of_what_was_read_changes_nothing(terms: Terms, odd: dict[str, Any]) -> None:
    raw = {**flat(to_api(terms)), **odd}
    again = flat(to_api(GiftCardType.from_api(raw).terms, read=raw))
    assert again == raw


def test_put_is_whole() -> None:
    sent = to_api(read(**UNTIL).terms, read=RAW)
    asked = {name for name in CHECKS if "." not in name}
    assert sent.keys() == {*asked, *NESTED}
    assert sent["online_sale"].keys() == {"is_enabled", "title", "description", "price"}
    assert sent["item_type_id"] == 3
    assert (sent["service_ids"], sent["salon_ids"]) == ([11, 12], [501, 502])


def test_only_the_validity_in_use_is_sent_of_a_new_kind() -> None:
    table: list[tuple[Mapping[str, Any], dict[str, Any]]] = [
        ({}, {"type_id": 0}),
        (UNTIL, {"type_id": 1, "date": DATE}),
        (LASTING, {"type_id": 2, "timeout": 6, "timeout_unit_id": 3}),
    ]
    stale = {"expiration_date": DATE, "expiration_timeout": 6, "expiration_timeout_unit_id": 3}
    wrong = {}
    for validity, sent in table:
        found = read(**{**stale, **validity})
        terms = found.terms
        other = {**found.raw, "expiration_type_id": (terms.validity_kind + 1) % 3}
        of_other, of_new = to_api(terms, read=other)["expiration"], to_api(terms)["expiration"]
        if (of_other, of_new.keys()) != (sent, sent.keys()):
            wrong[terms.validity_kind] = (of_other, of_new)
    assert wrong == {}


def test_what_means_nothing_goes_back_as_it_was_while_its_kind_stays() -> None:
    stale = {"expiration_date": DATE, "expiration_timeout": 6, "expiration_timeout_unit_id": 3}
    found = read(**stale, service_ids=[7, 8])
    sent = to_api(found.terms, read=found.raw)
    assert sent["service_ids"] == [7, 8]
    assert sent["expiration"] == {
        "type_id": 0, "date": DATE, "timeout": 6, "timeout_unit_id": 3
    }  # fmt: skip


def test_same_moment_goes_back_in_the_words_that_were_read() -> None:
    table = [
        (MOMENT, DATE),
        (MOMENT.astimezone(ZoneInfo("Asia/Almaty")), DATE),
        (MOMENT + timedelta(seconds=1), "2030-12-31T22:00:00+00:00"),
        (
            datetime(2031, 1, 1, tzinfo=timezone(timedelta(hours=-5))),
            "2031-01-01T00:00:00-05:00",
        ),
    ]
    wrong = {}
    for moment, date in table:
        terms = Terms(validity_kind=1, expires_at=moment)
        found = to_api(terms, read={**RAW, **UNTIL})["expiration"]["date"]
        if found != date:
            wrong[repr(moment)] = found
    assert wrong == {}


def test_named_services_are_sent_only_where_they_count() -> None:
    for covers, ids in ((0, []), (1, []), (2, []), (3, [5]), (4, [5])):
        assert to_api(Terms(covers=covers, service_ids=(5,)))["service_ids"] == ids


def test_unmodelled_fields_go_back_as_they_came() -> None:
    odd = {"external_code": "A-1", "extras": {"a": [1, None, "x"]}, "gone": None, "pin": "007"}
    sent = to_api(read().terms, read={**RAW, **odd})
    assert {key: sent[key] for key in odd} == odd


def test_what_only_altegio_sets_is_never_sent() -> None:
    assert RAW.keys() >= SCHEMA.read_only
    assert not to_api(read().terms, read=RAW).keys() & {*SCHEMA.read_only, "item_type"}


def test_no_key_of_the_api_is_without_a_term() -> None:
    known = SCHEMA.term_of_key.keys() | SCHEMA.read_only
    assert {*CHECKS, *NESTED, *blank_type(0, 0)} - known == {"is_deleted"}


def test_empty_is_sent_as_what_the_api_takes() -> None:
    nulls = {"online_sale_title": None, "online_sale_price": None, "salon_ids": None}
    found = read(**nulls, online_sale_is_enabled=None)
    sent = to_api(found.terms, read=found.raw)
    assert sent["salon_ids"] == []
    assert sent["online_sale"] == {
        "is_enabled": False,
        "title": "",
        "description": "For her",
        "price": 0,
    }
    assert sent["category_id"] is None


def test_amounts_keep_their_digits() -> None:
    body = payloads.encode(to_api(Terms(face_value=Decimal("0.10"), online_price=Decimal("9.00"))))
    assert b'"balance":0.10,' in body and b'"price":9.00' in body


# Comparing


def test_same_terms_said_otherwise_do_not_differ() -> None:
    table = [
        (Terms(title="A"), Terms(title=" A ")),
        (Terms(online_description="a\r\nb"), Terms(online_description="a\nb")),
        (Terms(face_value=Decimal("5.0")), Terms(face_value=Decimal(5))),
        (Terms(online_price=None), Terms(online_price=Decimal("0.00"))),
        (Terms(service_ids=(1,)), Terms(service_ids=(2,))),
        (Terms(expires_at=MOMENT), Terms()),
        (Terms(validity=1, validity_unit=2), Terms()),
        (
            Terms(validity_kind=1, expires_at=MOMENT, validity=5),
            Terms(validity_kind=1, expires_at=MOMENT.astimezone(ZoneInfo("Asia/Almaty"))),
        ),
        # An hour that comes twice, in a zone of places and as an offset.
        (
            Terms(
                validity_kind=1,
                expires_at=datetime(2030, 10, 27, 3, 30, fold=1, tzinfo=ZoneInfo("Europe/Riga")),
            ),
            Terms(validity_kind=1, expires_at=datetime(2030, 10, 27, 1, 30, tzinfo=UTC)),
        ),
        (
            Terms(validity_kind=2, validity=5, validity_unit=1, expires_at=MOMENT),
            Terms(validity_kind=2, validity=5, validity_unit=1),
        ),
    ]
    wrong = {
        repr((one, other)): found for one, other in table if (found := SCHEMA.differing(one, other))
    }
    assert wrong == {}


def test_other_terms_differ() -> None:
    table: list[tuple[dict[str, Any], str, Any]] = [
        ({}, "title", "a"),
        ({}, "online_description", "a\n\nb"),
        ({}, "face_value", Decimal("0.01")),
        ({}, "several_uses", True),
        ({}, "balance_editing", 2),
        ({}, "location_ids", (1,)),
        ({"covers": 3}, "service_ids", (1,)),
        ({"covers": 4}, "service_ids", (1,)),
        ({"validity_kind": 1}, "expires_at", MOMENT),
        ({"validity_kind": 2}, "validity", 1),
        ({"validity_kind": 2}, "validity_unit", 1),
        ({}, "online_title", "a"),
        ({}, "online_price", Decimal("0.01")),
        ({}, "category_id", 1),
    ]
    wrong = {}
    for context, name, value in table:
        found = SCHEMA.differing(Terms(**context), Terms(**context, **{name: value}))
        if found != [name]:
            wrong[repr((context, name, value))] = found
    assert wrong == {}


def test_other_kind_of_validity_differs_with_what_belongs_to_it() -> None:
    one = Terms(validity_kind=1, expires_at=MOMENT)
    other = Terms(validity_kind=2, validity=6, validity_unit=3)
    assert SCHEMA.differing(one, other) == [
        "validity_kind",
        "expires_at",
        "validity",
        "validity_unit",
    ]


def test_errors_are_put_on_their_terms() -> None:
    found = SCHEMA.terms_of_errors(
        {
            "balance": ["Too much."],
            "service_ids.3": ["Gone."],
            "salon_ids": ["Where?"],
            "expiration": ["What?"],
            "expiration.date": ["Past."],
            "[expiration][timeout]": ["Short."],
            "expiration[timeout_unit_id]": ["Which?"],
            "expiration.mood": ["Bad."],
            "online_sale": ["No."],
            "online_sale.price": ["Free?"],
            "weather": ["Rain."],
        }
    )
    assert found == {
        "face_value": ["Too much."],
        "service_ids": ["Gone."],
        "location_ids": ["Where?"],
        "validity_kind": ["What?", "Bad."],
        "expires_at": ["Past."],
        "validity": ["Short."],
        "validity_unit": ["Which?"],
        "online_sale": ["No."],
        "online_price": ["Free?"],
        "": ["weather: Rain."],
    }
