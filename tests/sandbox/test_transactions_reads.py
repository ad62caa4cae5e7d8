"""Loyalty transactions read: what a row holds, the period, the filters, the pages."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.api import SALON, Api
from tests.sandbox.transactions import (
    ALWAYS,
    FITNESS_LIST,
    LIST,
    NOON,
    THAT_DAY,
    add,
    ids_of,
    refused,
)

FIELDS = {
    "id",
    "visit_id",
    "status_id",
    "amount",
    "type_id",
    "card_id",
    "program_id",
    "certificate_id",
    "abonement_id",
    "salon_group_id",
    "item_id",
    "item_type_id",
    "item_record_id",
    "goods_transaction_id",
    "services_transaction_id",
    "is_discount",
    "is_loyalty_withdraw",
    "type",
}


def amounts(api: Api, *given: Decimal) -> str:
    """The body of an answer with transactions of these amounts."""
    add(api, *({"amount": amount} for amount in given))
    return api.call("GET", LIST, params=THAT_DAY).text


# What an answer holds


def test_a_row_has_exactly_the_documented_fields(either: Api) -> None:
    for row in either.read(LIST, **ALWAYS, count=100):
        assert set(row) == FIELDS
        assert set(row["type"]) == {"id", "title"}


def test_a_date_a_location_and_a_client_are_never_answered(either: Api) -> None:
    add(either, {"phone": "37129990000", "company_id": 987_504})
    body = either.call("GET", LIST, params=THAT_DAY).text
    assert len(json.loads(body)["data"]) == 1
    assert "2001-0" not in body and "37129990000" not in body and "987504" not in body


def test_documented_rows_are_of_plain_types(documented: Api) -> None:
    [row_id] = add(documented, {"type_id": 3, "amount": Decimal("-12.30"), "visit_id": 7})
    assert documented.read(LIST, **THAT_DAY) == [
        dict.fromkeys(FIELDS)
        | {
            "id": row_id,
            "visit_id": 7,
            "status_id": 1,
            "amount": -12.3,
            "type_id": 3,
            "salon_group_id": SALON,
            "is_discount": False,
            "is_loyalty_withdraw": True,
            "type": {"id": 3, "title": "Paid with a loyalty card"},
        }
    ]


def test_observed_rows_are_of_mixed_types(documented: Api, observed: Api) -> None:
    for name in ("id", "is_discount", "type_id"):
        plain, mixed = (
            {type(row[name]) for row in api.read(LIST, **ALWAYS, count=100)}
            for api in (documented, observed)
        )
        assert len(plain) == 1
        assert len(mixed) > 1 or name == "type_id"
        assert str in mixed
    rows = observed.read(LIST, **ALWAYS, count=100)
    assert {type(row["amount"]) for row in rows} == {str}


def test_answers_are_enveloped_with_the_number_of_their_rows(
    documented: Api, observed: Api
) -> None:
    for api in (documented, observed):
        add(api, *({} for _ in range(7)))
        for query, count in (
            (THAT_DAY, 7),
            (THAT_DAY | {"count": 3}, 3),
            (THAT_DAY | {"count": 3, "page": 3}, 1),
            (THAT_DAY | {"page": 2}, 0),
            (ALWAYS, 25),
        ):
            answer = api.call("GET", LIST, params=query).json()
            assert answer["success"] is True
            assert len(answer["data"]) == count
            assert answer["meta"] == {"count": str(count) if api is observed else count}


@pytest.mark.parametrize(
    "amount",
    ["0.00", "0.10", "-0.01", "12.30", "-1234567.89", "987654321098765.43", "12345678901234567.01"],
)
def test_amounts_keep_every_digit(documented: Api, observed: Api, amount: str) -> None:
    assert f'"amount":{amount},' in amounts(documented, Decimal(amount))
    assert f'"amount":"{amount}",' in amounts(observed, Decimal(amount))


def test_no_amount_shows_what_binary_numbers_make_of_it(documented: Api) -> None:
    body = amounts(documented, Decimal("0.1") + Decimal("0.2"), Decimal("1E+20"), Decimal("1E-2"))
    sent = [row["amount"] for row in json.loads(body, parse_float=str, parse_int=str)["data"]]
    assert sent == ["0.3", "100000000000000000000", "0.01"]


def test_observed_amounts_have_two_decimals(observed: Api) -> None:
    add(observed, {"amount": Decimal(5)}, {"amount": Decimal("-0.5")})
    assert [row["amount"] for row in observed.read(LIST, **THAT_DAY)] == ["5.00", "-0.50"]


def test_a_text_that_looks_like_an_amount_stays_a_text(either: Api) -> None:
    titles = ["12.30", "\x0012.30", '"12.30"', "</script>"]
    add(either, *({"type": {"id": 5, "title": title}} for title in titles))
    assert [row["type"]["title"] for row in either.read(LIST, **THAT_DAY)] == titles


# Who may


def test_the_right_to_loyalty_is_not_asked_for(
    either: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in either.sandbox.state.people:
        for chain_id in person.access:
            monkeypatch.setitem(person.access, chain_id, {})
    assert either.read(LIST, **ALWAYS)
    assert either.read(FITNESS_LIST, **ALWAYS)


def test_a_chain_out_of_reach_is_not_read(assistant: Api) -> None:
    assert assistant.read(LIST, **ALWAYS)
    assert assistant.call("GET", FITNESS_LIST, params=ALWAYS).status_code == 403
    assert assistant.call("GET", "/chain/9/loyalty/transactions", params=ALWAYS).status_code == 404
    headers = {name: value for name, value in assistant.headers.items() if name == "Accept"}
    assert assistant.call("GET", LIST, params=ALWAYS, headers=headers).status_code == 401


def test_transactions_are_only_read(either: Api) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert either.call(method, LIST, {}).status_code == 405


# The period


def test_both_ends_of_the_period_are_needed(either: Api) -> None:
    assert refused(either) == {"created_after", "created_before"}
    assert refused(either, created_after="2001-02-03") == {"created_before"}
    assert refused(either, created_before="2001-02-03", created_after="") == {"created_after"}


@pytest.mark.parametrize(
    "odd",
    ["today", "2026-02-30", "01.02.2026", "2026-01-01T10:00:00+00:00", "20260101", "٢٠٢٦-٠١-٠١"],
)
def test_a_period_of_anything_but_days_is_refused(either: Api, odd: str) -> None:
    assert refused(either, **THAT_DAY | {"created_after": odd}) == {"created_after"}
    assert refused(either, **THAT_DAY | {"created_before": odd}) == {"created_before"}


def test_a_period_includes_its_first_and_its_last_day(either: Api) -> None:
    # A day is one of the chain's: of Riga, two hours ahead.
    instants = [
        datetime(2001, 2, 1, 21, 59, 59, tzinfo=UTC),
        datetime(2001, 2, 1, 22, tzinfo=UTC),
        datetime(2001, 2, 4, 21, 59, 59, tzinfo=UTC),
        datetime(2001, 2, 4, 22, tzinfo=UTC),
    ]
    before, first, last, after = add(either, *({"created": one} for one in instants))
    period = {"created_after": "2001-02-02", "created_before": "2001-02-04"}
    assert ids_of(either, **period) == [first, last]
    assert ids_of(either, **period | {"created_after": "2001-02-01"}) == [before, first, last]
    assert ids_of(either, **period | {"created_before": "2001-02-05"}) == [first, last, after]
    assert ids_of(either, created_after="2001-02-03", created_before="2001-02-03") == []
    assert ids_of(either, created_after="2001-02-04", created_before="2001-02-02") == []
    assert ids_of(either, **period, types="1", company_ids="501") == [first, last]
    backwards = {"created_after": "2001-02-04", "created_before": "2001-02-02"}
    assert ids_of(either, **backwards, types="1") == []


# The filters


def test_types_locations_and_visits_are_filtered_by_and_together(either: Api) -> None:
    rows: list[dict[str, Any]] = [
        {"type_id": 1, "company_id": 501, "visit_id": 71},
        {"type_id": 2, "company_id": 501, "visit_id": 71},
        {"type_id": 11, "company_id": 502, "visit_id": 72},
        {"type_id": 5, "company_id": 503},
    ]
    one, two, three, four = add(either, *rows)
    for query, found in (
        ({"types": "1"}, [one]),
        ({"types": "11,2,2"}, [two, three]),
        ({"types": "12"}, []),
        ({"company_ids": "501"}, [one, two]),
        ({"company_ids": "503,502"}, [three, four]),
        ({"company_ids": "601"}, []),
        ({"visit_ids": "71"}, [one, two]),
        ({"visit_ids": "72,71,9"}, [one, two, three]),
        ({"visit_ids": "9" * 18}, []),
        ({"types": "2,5", "company_ids": "501,502"}, [two]),
        ({"types": "1,11", "visit_ids": "71,72"}, [one, three]),
        ({"company_ids": "502", "visit_ids": "71,72"}, [three]),
        ({"types": "1", "company_ids": "501", "visit_ids": "71"}, [one]),
        ({"types": "1", "company_ids": "502", "visit_ids": "71"}, []),
        ({"types": "", "company_ids": "", "visit_ids": ""}, [one, two, three, four]),
    ):
        assert ids_of(either, **query) == found, query


@pytest.mark.parametrize("name", ["types", "company_ids", "visit_ids"])
@pytest.mark.parametrize("odd", ["x", "-1", "1;2", "1,", ",", "1.5", "9" * 30, "1, 2", "٣"])
def test_a_filter_of_anything_but_ids_is_refused(either: Api, name: str, odd: str) -> None:
    assert refused(either, **THAT_DAY, **{name: odd}) == {name}


def test_everything_that_is_wrong_is_said_at_once(documented: Api) -> None:
    wrong = {"created_after": "x", "types": "x", "page": 0, "count": 101}
    assert refused(documented, **wrong) == {*wrong, "created_before"}


# The pages


def test_rows_are_ordered_by_date_and_then_by_id(either: Api) -> None:
    hour = timedelta(hours=1)
    late, early, same = add(either, {"created": NOON + hour}, {"created": NOON - hour}, {})
    assert ids_of(either) == [early, same, late]
    add(either, {"id": 9}, {"id": 8})
    assert ids_of(either) == [early, 8, 9, same, late]
    assert ids_of(either, types="1") == [early, 8, 9, same, late]
    every = either.sandbox.transactions_of(SALON)
    assert every == sorted(every, key=lambda row: (row["created"], row["id"]))


def test_a_list_comes_in_pages_of_25(either: Api) -> None:
    every = add(either, *({} for _ in range(60)))
    for query in ({}, {"types": "1"}):
        pages = [ids_of(either, **query, page=page) for page in (1, 2, 3, 4)]
        assert [len(page) for page in pages] == [25, 25, 10, 0]
        assert [one for page in pages for one in page] == every
        assert ids_of(either, **query) == pages[0]
        assert ids_of(either, **query, page=999_999_999) == []


@pytest.mark.parametrize("count", [1, 24, 99, 100])
def test_a_page_is_of_up_to_100(either: Api, count: int) -> None:
    assert len(either.read(LIST, **ALWAYS, count=count)) == count


@pytest.mark.parametrize("odd", [101, 1000, 0, -1, "x", "", "9" * 30])
def test_the_documented_profile_refuses_another_number_a_page(documented: Api, odd: Any) -> None:
    assert refused(documented, **ALWAYS, count=odd) == {"count"}


@pytest.mark.parametrize("odd", [101, 1000, 0, -1, "x", "", "9" * 30])
def test_the_observed_profile_answers_25_instead_and_says_nothing(observed: Api, odd: Any) -> None:
    assert len(observed.read(LIST, **ALWAYS, count=odd)) == 25
    whole = observed.read(LIST, **ALWAYS)
    assert observed.read(LIST, **ALWAYS, count=odd) == whole
    second = observed.read(LIST, **ALWAYS, page=2)
    assert observed.read(LIST, **ALWAYS, count=odd, page=2) == second != whole


@pytest.mark.parametrize("odd", [0, -1, "x", "", "9" * 30])
def test_a_page_that_is_none_is_refused_or_the_first(
    documented: Api, observed: Api, odd: Any
) -> None:
    assert refused(documented, **ALWAYS, page=odd) == {"page"}
    assert observed.read(LIST, **ALWAYS, page=odd) == observed.read(LIST, **ALWAYS)


def test_paging_until_a_short_page_gives_each_row_once(either: Api) -> None:
    read: list[int] = []
    page: list[int] = []
    while not read or len(page) == 100:
        page = ids_of(either, **ALWAYS, count=100, page=len(read) // 100 + 1)
        read += page
    assert read == [row["id"] for row in either.sandbox.transactions_of(SALON)]
