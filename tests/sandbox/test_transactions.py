"""Loyalty transactions at the stand-in: what a row holds, the period, the filters, the pages."""

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


def body_with(api: Api, *amounts: Decimal) -> str:
    """The body of an answer with transactions of these amounts."""
    add(api, *({"amount": amount} for amount in amounts))
    return api.call("GET", LIST, params=THAT_DAY).text


# What an answer holds


def test_row_has_exactly_the_documented_fields(either: Api) -> None:
    for row in either.read(LIST, **ALWAYS, count=100):
        assert set(row) == FIELDS
        assert set(row["type"]) == {"id", "title"}


def test_date_location_and_client_are_never_answered(either: Api) -> None:
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
    rows = observed.read(LIST, **ALWAYS, count=100)
    for name in ("id", "is_discount", "type_id"):
        plain = {type(row[name]) for row in documented.read(LIST, **ALWAYS, count=100)}
        mixed = {type(row[name]) for row in rows}
        assert len(plain) == 1
        assert len(mixed) > 1 or name == "type_id"
        assert str in mixed
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


def test_amounts_keep_every_digit(documented: Api, observed: Api) -> None:
    amounts = [
        "0.00",
        "0.10",
        "-0.01",
        "12.30",
        "-1234567.89",
        "987654321098765.43",
        "12345678901234567.01",
    ]
    plain, quoted = (body_with(api, *map(Decimal, amounts)) for api in (documented, observed))
    assert [one for one in amounts if f'"amount":{one},' not in plain] == []
    assert [one for one in amounts if f'"amount":"{one}",' not in quoted] == []


def test_no_amount_shows_what_binary_numbers_make_of_it(documented: Api) -> None:
    body = body_with(documented, Decimal("0.1") + Decimal("0.2"), Decimal("1E+20"), Decimal("1E-2"))
    sent = [row["amount"] for row in json.loads(body, parse_float=str, parse_int=str)["data"]]
    assert sent == ["0.3", "100000000000000000000", "0.01"]


def test_observed_amounts_have_two_decimals_or_are_anything(observed: Api) -> None:
    amounts: list[Any] = [Decimal(5), Decimal("-0.5"), None, "?"]
    add(observed, *({"amount": amount} for amount in amounts))
    answered = [row["amount"] for row in observed.read(LIST, **THAT_DAY)]
    assert answered == ["5.00", "-0.50", None, "?"]


def test_text_that_looks_like_an_amount_stays_a_text(documented: Api) -> None:
    titles = ["12.30", "\x0012.30", '"12.30"', "</script>"]
    add(documented, *({"type": {"id": 5, "title": title}} for title in titles))
    assert [row["type"]["title"] for row in documented.read(LIST, **THAT_DAY)] == titles


# Who may


def test_right_to_loyalty_is_not_asked_for(
    documented: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in documented.sandbox.state.people:
        for chain_id in person.access:
            monkeypatch.setitem(person.access, chain_id, {})
    assert documented.read(LIST, **ALWAYS)
    assert documented.read(FITNESS_LIST, **ALWAYS)


def test_chain_out_of_reach_is_not_read_and_nothing_is_written(assistant: Api) -> None:
    assert assistant.read(LIST, **ALWAYS)
    assert assistant.call("GET", FITNESS_LIST, params=ALWAYS).status_code == 403
    assert assistant.call("GET", "/chain/9/loyalty/transactions", params=ALWAYS).status_code == 404
    headers = {name: value for name, value in assistant.headers.items() if name == "Accept"}
    assert assistant.call("GET", LIST, params=ALWAYS, headers=headers).status_code == 401
    for method in ("POST", "PUT", "DELETE"):
        assert assistant.call(method, LIST, {}).status_code == 405


# The period and the filters


def test_wrong_query_is_422_and_names_what_is_wrong(documented: Api) -> None:
    cases: list[tuple[dict[str, Any], set[str]]] = [
        ({}, {"created_after", "created_before"}),
        ({"created_after": "2001-02-03"}, {"created_before"}),
        ({"created_before": "2001-02-03", "created_after": ""}, {"created_after"}),
        (
            {"created_after": "x", "types": "x", "page": 0, "count": 101},
            {"created_after", "created_before", "types", "page", "count"},
        ),
    ]
    days = ["today", "2026-02-30", "01.02.2026", "2026-01-01T10:00:00+00:00", "20260101"]
    ids = ["x", "-1", "1;2", "1,", ",", "1.5", "9" * 30, "1, 2", "٣"]
    for names, values in (
        (("created_after", "created_before"), [*days, "٢٠٢٦-٠١-٠١"]),
        (("types", "company_ids", "visit_ids"), ids),
        (("count",), [101, 1000, 0, -1, "x", "", "9" * 30]),
        (("page",), [0, -1, "x", "", "9" * 30]),
    ):
        cases += [(THAT_DAY | {name: value}, {name}) for name in names for value in values]
    unlike = {}
    for query, named in cases:
        outcome = documented.outcome("GET", LIST, **query)
        if outcome != (422, named):
            unlike[repr(query)] = outcome
    assert unlike == {}


def test_observed_profile_answers_the_default_instead_of_refusing(observed: Api) -> None:
    first, second = observed.read(LIST, **ALWAYS), observed.read(LIST, **ALWAYS, page=2)
    assert len(first) == len(second) == 25 and first != second
    for odd in (101, 1000, 0, -1, "x", "", "9" * 30):
        assert observed.read(LIST, **ALWAYS, count=odd, page=2) == second, odd
    for odd in (0, -1, "x", "", "9" * 30):
        assert observed.read(LIST, **ALWAYS, page=odd) == first, odd


def test_period_includes_its_first_and_its_last_day(documented: Api) -> None:
    # A day is one of the chain's: of Riga, two hours ahead.
    instants = [
        datetime(2001, 2, 1, 21, 59, 59, tzinfo=UTC),
        datetime(2001, 2, 1, 22, tzinfo=UTC),
        datetime(2001, 2, 4, 21, 59, 59, tzinfo=UTC),
        datetime(2001, 2, 4, 22, tzinfo=UTC),
    ]
    before, first, last, after = add(documented, *({"created": one} for one in instants))
    for start, end, expected in (
        ("2001-02-02", "2001-02-04", [first, last]),
        ("2001-02-01", "2001-02-04", [before, first, last]),
        ("2001-02-02", "2001-02-05", [first, last, after]),
        ("2001-02-03", "2001-02-03", []),
        ("2001-02-04", "2001-02-02", []),
    ):
        period = {"created_after": start, "created_before": end}
        # A filter finds rows in another way.
        for filters in ({}, {"types": "1", "company_ids": "501"}):
            assert ids_of(documented, **period | filters) == expected, (period, filters)


def test_filters_are_used_together(documented: Api) -> None:
    rows: list[dict[str, Any]] = [
        {"type_id": 1, "company_id": 501, "visit_id": 71},
        {"type_id": 2, "company_id": 501, "visit_id": 71},
        {"type_id": 11, "company_id": 502, "visit_id": 72},
        {"type_id": 5, "company_id": 503},
    ]
    one, two, three, four = add(documented, *rows)
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
        assert ids_of(documented, **query) == found, query


# The pages


def test_rows_are_ordered_by_date_and_then_by_id(documented: Api) -> None:
    hour = timedelta(hours=1)
    late, early, same = add(documented, {"created": NOON + hour}, {"created": NOON - hour}, {})
    assert ids_of(documented) == [early, same, late]
    add(documented, {"id": 9}, {"id": 8})
    assert ids_of(documented) == [early, 8, 9, same, late]
    assert ids_of(documented, types="1") == [early, 8, 9, same, late]
    every = documented.sandbox.transactions_of(SALON)
    assert every == sorted(every, key=lambda row: (row["created"], row["id"]))


def test_list_comes_in_pages_of_25_and_of_up_to_100(documented: Api) -> None:
    every = add(documented, *({} for _ in range(60)))
    for query in ({}, {"types": "1"}):
        pages = [ids_of(documented, **query, page=page) for page in (1, 2, 3, 4)]
        assert [len(page) for page in pages] == [25, 25, 10, 0]
        assert [one for page in pages for one in page] == every
        assert ids_of(documented, **query) == pages[0]
        assert ids_of(documented, **query, page=999_999_999) == []
    for count in (1, 24, 99, 100):
        assert len(documented.read(LIST, **ALWAYS, count=count)) == count


def test_paging_until_a_short_page_gives_each_row_once(documented: Api) -> None:
    documented.sandbox.reset(transactions=350)
    read: list[int] = []
    page: list[int] = []
    while not read or len(page) == 100:
        page = ids_of(documented, **ALWAYS, count=100, page=len(read) // 100 + 1)
        read += page
    assert read == [row["id"] for row in documented.sandbox.transactions_of(SALON)]
    assert len(read) == 350


def test_added_transaction_is_found_by_filters_that_were_asked_before(documented: Api) -> None:
    filters: list[dict[str, Any]] = [{"types": "1"}, {"company_ids": "501"}, {"visit_ids": "7"}]
    for query in filters:
        assert ids_of(documented, **query) == []
    added = add(documented, {"visit_id": 7})
    for query in filters:
        assert ids_of(documented, **query) == added
