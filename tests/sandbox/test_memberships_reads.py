"""Sold memberships read: by ids, by the period of creation, by a phone in a location."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.api import SALON, Api
from tests.sandbox.memberships import (
    BY_PHONE,
    FIRST,
    FITNESS_FIRST,
    FITNESS_LIST,
    FIVE_MANICURES,
    LIST,
    PHONE,
    POOL,
    UNLIMITED_POOL,
    UNLIMITED_ROW,
    WHOLE_CATEGORY,
    by_phone,
    ids_of,
    kept,
    make,
    shown,
    status,
    unreadable,
)

FIELDS = {
    "id",
    "number",
    "balance_string",
    "is_frozen",
    "freeze_period",
    "period",
    "period_unit_id",
    "created_date",
    "activated_date",
    "expiration_date",
    "is_united_balance",
    "is_united_balance_unlimited",
    "united_balance_services_count",
    "goods_transaction_id",
    "status",
    "balance_container",
    "type",
}


def by_ids(api: Api, *ids: Any, **query: Any) -> list[int]:
    return ids_of(api, LIST, **{"abonements_ids[]": [*ids]}, **query)


# What an answer holds


def test_a_membership_has_the_documented_fields_and_nothing_about_the_client(
    documented: Api,
) -> None:
    membership_id = make(documented)
    raw = shown(documented, membership_id)
    assert set(raw) == FIELDS
    assert raw["type"] == {
        "id": FIVE_MANICURES,
        "title": "Manicure × 5",
        "allow_freeze": True,
        "freeze_limit": 14,
        "freeze_limit_unit_id": 1,
        "salon_group_id": SALON,
        "is_united_balance": False,
        "balance_edit_type_id": 1,
    }
    assert raw["status"] == status("created")
    assert (raw["created_date"], raw["activated_date"]) == ("2026-05-10T15:00:00+03:00", None)
    assert (raw["period"], raw["period_unit_id"], raw["expiration_date"]) == (6, 3, None)


def test_a_phone_and_a_last_use_are_never_answered(either: Api) -> None:
    membership_id = make(either, last_used="2001-02-03T04:05:06+00:00", found_in=[501])
    body = json.dumps(
        [shown(either, membership_id), either.read(BY_PHONE, company_id=501, phone=PHONE)]
    )
    assert PHONE not in body and "2001-02-03" not in body and "found_in" not in body


def test_the_balance_is_what_is_left_of_each_row(documented: Api) -> None:
    raw = shown(documented, make(documented, WHOLE_CATEGORY))
    [link] = raw["balance_container"]["links"]
    assert (link["count"], link["is_unlimited"]) == (4, False)
    assert (link["category"]["id"], "service" in link) == (7106, False)
    raw = shown(documented, make(documented, UNLIMITED_ROW))
    rows = [
        (link["service"]["title"], link["count"], link["is_unlimited"])
        for link in raw["balance_container"]["links"]
    ]
    assert rows == [("Blow-dry", 0, True), ("Haircut", 2, False)]


@pytest.mark.parametrize(
    ("type_id", "words"),
    [
        (FIVE_MANICURES, "Manicure (x5)"),
        (POOL, "Hair, Nails (x20)"),
        (UNLIMITED_POOL, "Spa (unlimited)"),
        (UNLIMITED_ROW, "Blow-dry (unlimited), Haircut (x2)"),
    ],
)
def test_a_balance_is_said_in_words(either: Api, type_id: int, words: str) -> None:
    assert shown(either, make(either, type_id))["balance_string"] == words


def test_answers_are_enveloped_and_their_meta_differs(documented: Api, observed: Api) -> None:
    for query in ({"abonements_ids[]": FIRST}, {"company_id": 501, "phone": "1"}):
        path = BY_PHONE if "phone" in query else LIST
        for api, meta in ((documented, {}), (observed, [])):
            answer = api.call("GET", path, params=query).json()
            assert (answer["success"], answer["meta"]) == (True, meta)
            assert isinstance(answer["data"], list)


def test_observed_ids_are_texts_and_other_values_of_mixed_types(
    documented: Api, observed: Api
) -> None:
    plain = documented.read(LIST, **{"abonements_ids[]": [FIRST, FIRST + 1]})
    mixed = observed.read(LIST, **{"abonements_ids[]": [FIRST, FIRST + 1]})
    assert [raw["id"] for raw in plain] == [FIRST, FIRST + 1]
    assert [raw["id"] for raw in mixed] == [str(FIRST), str(FIRST + 1)]
    for name in ("is_frozen", "period", "is_united_balance"):
        assert {type(raw[name]) for raw in mixed} != {type(raw[name]) for raw in plain}


# By ids and by period


def test_memberships_are_found_by_their_ids(either: Api) -> None:
    assert by_ids(either, FIRST + 4) == [FIRST + 4]
    assert by_ids(either, FIRST + 4, FIRST, FIRST) == [FIRST, FIRST + 4]
    assert by_ids(either, FIRST, 5, FITNESS_FIRST) == [FIRST]
    assert by_ids(either, 5) == []
    theirs = either.read(FITNESS_LIST, **{"abonements_ids[]": [FITNESS_FIRST, FIRST]})
    assert [int(raw["id"]) for raw in theirs] == [FITNESS_FIRST]


def test_ids_or_a_period_are_needed_and_never_both(either: Api) -> None:
    period = {"created_after": "2026-01-01", "created_before": "2026-12-31"}
    assert unreadable(either, LIST) == {"abonements_ids"}
    assert unreadable(either, LIST, page=1, count=10) == {"abonements_ids"}
    assert unreadable(either, LIST, **period, **{"abonements_ids[]": FIRST}) == {"created_after"}
    both = {"created_before": "2026-01-01", "abonements_ids[]": FIRST}
    assert unreadable(either, LIST, **both) == {"created_before"}
    for name in period:
        assert unreadable(either, LIST, **{name: period[name]}) == set(period) - {name}


@pytest.mark.parametrize("odd", ["", "x", "-1", "1,2", "1.5", "9" * 30])
def test_ids_that_are_none_are_refused(either: Api, odd: str) -> None:
    assert unreadable(either, LIST, **{"abonements_ids[]": ["1", odd]}) == {"abonements_ids"}


def test_a_period_includes_its_first_and_its_last_day(either: Api) -> None:
    # A day is one of the chain's: of Riga, three hours ahead.
    days = {
        make(either, created_date=instant): instant
        for instant in (
            "1999-03-01T00:00:00+02:00",
            "1999-03-03T23:59:59+02:00",
            "1999-03-03T22:30:00+00:00",
        )
    }
    first, last, next_day = days
    period = {"created_after": "1999-03-01", "created_before": "1999-03-03"}
    assert ids_of(either, LIST, **period) == [first, last]
    period["created_before"] = "1999-03-04"
    assert ids_of(either, LIST, **period) == [first, last, next_day]
    assert ids_of(either, LIST, created_after="1999-03-02", created_before="1999-03-03") == [last]
    assert ids_of(either, LIST, created_after="1999-03-04", created_before="1999-03-01") == []


def test_a_period_may_be_given_in_instants(either: Api) -> None:
    membership_id = make(either, created_date="1999-03-01T12:00:00+02:00")
    same = "1999-03-01T10:00:00+00:00"
    assert ids_of(either, LIST, created_after=same, created_before=same) == [membership_id]
    assert ids_of(either, LIST, created_after="1999-03-01", created_before=same) == [membership_id]
    later = "1999-03-01T10:00:01+00:00"
    assert ids_of(either, LIST, created_after=later, created_before="1999-03-02") == []
    earlier = "1999-03-01T09:59:59Z"
    assert ids_of(either, LIST, created_after="1999-02-01", created_before=earlier) == []


@pytest.mark.parametrize(
    "odd", ["yesterday", "2026-02-30", "01.02.2026", "2026-01-01T10:00:00", "20260101", "1"]
)
def test_a_period_of_anything_else_is_refused(either: Api, odd: str) -> None:
    good = "2026-01-01"
    assert unreadable(either, LIST, created_after=odd, created_before=good) == {"created_after"}
    assert unreadable(either, LIST, created_after=good, created_before=odd) == {"created_before"}
    both = {"created_after", "created_before"}
    assert unreadable(either, LIST, created_after=odd, created_before=odd) == both


def test_a_period_may_reach_to_the_ends_of_the_calendar(either: Api) -> None:
    for first, last in (
        ("0001-01-01", "9999-12-31"),
        ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
    ):
        period = {"created_after": first, "created_before": last}
        assert len(ids_of(either, LIST, **period, count=100)) == 60


def test_a_list_comes_in_pages_of_25(either: Api) -> None:
    period = {"created_after": "2000-01-01", "created_before": "2100-01-01"}
    pages = [ids_of(either, LIST, **period, page=page) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [25, 25, 10, 0]
    every = [raw["id"] for raw in either.sandbox.memberships_of(SALON)]
    assert [one for page in pages for one in page] == every
    assert ids_of(either, LIST, **period) == ids_of(either, LIST, **period, page=0) == pages[0]
    assert by_ids(either, *every) == pages[0]
    assert by_ids(either, *every, page=3) == pages[2]


@pytest.mark.parametrize(("count", "given"), [(1, 1), (100, 100), (101, 25), (0, 25), ("x", 25)])
def test_a_page_is_of_up_to_100_and_of_25_where_more_are_asked_for(
    either: Api, count: Any, given: int
) -> None:
    either.sandbox.reset(memberships=150)
    period = {"created_after": "2000-01-01", "created_before": "2100-01-01"}
    assert len(ids_of(either, LIST, **period, count=count)) == given
    assert len(ids_of(either, LIST, **period, count=60, page=3)) == 30


def test_garbled_memberships_are_listed_as_they_are(either: Api) -> None:
    membership_id = make(either)
    raw = kept(either, membership_id)
    del raw["created_date"], raw["type"]
    either.sandbox.put_membership(SALON, raw | {"status": None, "balance_container": "?"})
    answered = shown(either, membership_id)
    assert set(answered) == FIELDS - {"created_date", "type"}
    assert (answered["status"], answered["balance_container"]) == (None, "?")
    period = {"created_after": "2000-01-01", "created_before": "2100-01-01"}
    assert membership_id not in ids_of(either, LIST, **period, count=100)
    assert by_phone(either) == []
