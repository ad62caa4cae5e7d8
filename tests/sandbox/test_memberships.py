"""Sold memberships at the stand-in, read: by ids, by the period of creation, by a phone."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox.api import FITNESS, SALON, Api
from tests.sandbox.memberships import (
    ACTIVE,
    BY_PHONE,
    FIRST,
    FITNESS_FIRST,
    FITNESS_LIST,
    FIVE_MANICURES,
    FROZEN,
    LIST,
    NOW,
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
)

ALWAYS = {"created_after": "2000-01-01", "created_before": "2100-01-01"}
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


def test_membership_has_the_documented_fields_and_nothing_about_the_client(
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


def test_phone_and_last_use_are_never_answered(either: Api) -> None:
    membership_id = make(either, last_used="2001-02-03T04:05:06+00:00", found_in=[501])
    body = json.dumps(
        [shown(either, membership_id), either.read(BY_PHONE, company_id=501, phone=PHONE)]
    )
    assert PHONE not in body and "2001-02-03" not in body and "found_in" not in body


def test_balance_is_what_is_left_of_each_row(documented: Api) -> None:
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


def test_balance_is_also_a_text(documented: Api) -> None:
    for type_id, words in (
        (FIVE_MANICURES, "Manicure (x5)"),
        (POOL, "Hair, Nails (x20)"),
        (UNLIMITED_POOL, "Spa (unlimited)"),
        (UNLIMITED_ROW, "Blow-dry (unlimited), Haircut (x2)"),
    ):
        assert shown(documented, make(documented, type_id))["balance_string"] == words


def test_answers_are_enveloped_and_their_meta_differs(documented: Api, observed: Api) -> None:
    for path, query in (
        (LIST, {"abonements_ids[]": FIRST}),
        (BY_PHONE, {"company_id": 501, "phone": "1"}),
    ):
        for api, meta in ((documented, {}), (observed, [])):
            answer = api.call("GET", path, params=query).json()
            assert (answer["success"], answer["meta"]) == (True, meta)
            assert isinstance(answer["data"], list)


def test_observed_ids_are_texts_and_other_values_of_mixed_types(
    documented: Api, observed: Api
) -> None:
    query = {"abonements_ids[]": [FIRST, FIRST + 1]}
    plain, mixed = documented.read(LIST, **query), observed.read(LIST, **query)
    assert [raw["id"] for raw in plain] == [FIRST, FIRST + 1]
    assert [raw["id"] for raw in mixed] == [str(FIRST), str(FIRST + 1)]
    for name in ("is_frozen", "period", "is_united_balance"):
        assert {type(raw[name]) for raw in mixed} != {type(raw[name]) for raw in plain}


def test_garbled_memberships_are_listed_as_they_are(documented: Api) -> None:
    membership_id = make(documented)
    raw = kept(documented, membership_id)
    del raw["created_date"], raw["type"]
    documented.sandbox.put_membership(SALON, raw | {"status": None, "balance_container": "?"})
    answered = shown(documented, membership_id)
    assert set(answered) == FIELDS - {"created_date", "type"}
    assert (answered["status"], answered["balance_container"]) == (None, "?")
    assert membership_id not in ids_of(documented, LIST, **ALWAYS, count=100)
    assert by_phone(documented) == []


# By ids and by period


def test_memberships_are_found_by_their_ids(documented: Api) -> None:
    assert by_ids(documented, FIRST + 4) == [FIRST + 4]
    assert by_ids(documented, FIRST + 4, FIRST, FIRST) == [FIRST, FIRST + 4]
    assert by_ids(documented, FIRST, 5, FITNESS_FIRST) == [FIRST]
    assert by_ids(documented, 5) == []
    theirs = documented.read(FITNESS_LIST, **{"abonements_ids[]": [FITNESS_FIRST, FIRST]})
    assert [int(raw["id"]) for raw in theirs] == [FITNESS_FIRST]


def test_ids_or_a_period_are_needed_and_never_both(documented: Api) -> None:
    period = {"created_after": "2026-01-01", "created_before": "2026-12-31"}
    ids = {"abonements_ids[]": FIRST}
    for query, named in (
        ({}, {"abonements_ids"}),
        ({"page": 1, "count": 10}, {"abonements_ids"}),
        (period | ids, {"created_after"}),
        ({"created_before": "2026-01-01"} | ids, {"created_before"}),
        ({"created_after": "2026-01-01"}, {"created_before"}),
        ({"created_before": "2026-12-31"}, {"created_after"}),
    ):
        assert documented.errors("GET", LIST, **query) == named, query


def test_ids_and_period_that_are_none_are_refused(documented: Api) -> None:
    for odd in ("", "x", "-1", "1,2", "1.5", "9" * 30):
        query: dict[str, Any] = {"abonements_ids[]": ["1", odd]}
        assert documented.errors("GET", LIST, **query) == {"abonements_ids"}, odd
    both = {"created_after", "created_before"}
    for odd in ("yesterday", "2026-02-30", "01.02.2026", "2026-01-01T10:00:00", "20260101", "1"):
        for name in both:
            period: dict[str, Any] = dict.fromkeys(both, "2026-01-01") | {name: odd}
            assert documented.errors("GET", LIST, **period) == {name}, odd
        twice: dict[str, Any] = dict.fromkeys(both, odd)
        assert documented.errors("GET", LIST, **twice) == both, odd


def test_period_includes_its_first_and_its_last_day(documented: Api) -> None:
    # A day is one of the chain's: of Riga, two hours ahead.
    first, last, next_day = (
        make(documented, created_date=instant)
        for instant in (
            "1999-03-01T00:00:00+02:00",
            "1999-03-03T23:59:59+02:00",
            "1999-03-03T22:30:00+00:00",
        )
    )
    for after, before, expected in (
        ("1999-03-01", "1999-03-03", [first, last]),
        ("1999-03-01", "1999-03-04", [first, last, next_day]),
        ("1999-03-02", "1999-03-03", [last]),
        ("1999-03-04", "1999-03-01", []),
    ):
        assert ids_of(documented, LIST, created_after=after, created_before=before) == expected


def test_period_may_be_given_in_instants(documented: Api) -> None:
    membership_id = make(documented, created_date="1999-03-01T12:00:00+02:00")
    same = "1999-03-01T10:00:00+00:00"
    for after, before, expected in (
        (same, same, [membership_id]),
        ("1999-03-01", same, [membership_id]),
        ("1999-03-01T10:00:01+00:00", "1999-03-02", []),
        ("1999-02-01", "1999-03-01T09:59:59Z", []),
    ):
        assert ids_of(documented, LIST, created_after=after, created_before=before) == expected


def test_period_may_reach_to_the_ends_of_the_calendar(documented: Api) -> None:
    for first, last in (
        ("0001-01-01", "9999-12-31"),
        ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
    ):
        period = {"created_after": first, "created_before": last}
        assert len(ids_of(documented, LIST, **period, count=100)) == 60


def test_list_comes_in_pages_of_25(documented: Api) -> None:
    pages = [ids_of(documented, LIST, **ALWAYS, page=page) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [25, 25, 10, 0]
    every = [raw["id"] for raw in documented.sandbox.memberships_of(SALON)]
    assert [one for page in pages for one in page] == every
    assert ids_of(documented, LIST, **ALWAYS) == pages[0]
    assert ids_of(documented, LIST, **ALWAYS, page=0) == pages[0]
    assert by_ids(documented, *every) == pages[0]
    assert by_ids(documented, *every, page=3) == pages[2]


def test_page_has_up_to_100_memberships_and_25_where_more_are_asked_for(documented: Api) -> None:
    documented.sandbox.reset(memberships=150)
    for count, given in ((1, 1), (100, 100), (101, 25), (0, 25), ("x", 25)):
        assert len(ids_of(documented, LIST, **ALWAYS, count=count)) == given, count
    assert len(ids_of(documented, LIST, **ALWAYS, count=60, page=3)) == 30


# By phone


def test_phone_finds_what_is_issued_or_active_and_frozen_too(documented: Api) -> None:
    issued, active = make(documented), make(documented, **ACTIVE)
    frozen, endless = make(documented, **ACTIVE | FROZEN), make(documented, expiration_date=None)
    make(documented, **ACTIVE | {"status": status("expired")})
    make(documented, **ACTIVE | {"status": status("wasted")})
    make(documented, phone=PHONE + "1")
    assert by_phone(documented) == [issued, active, frozen, endless]
    assert by_phone(documented, "37100") == []


def test_phone_does_not_find_what_ends_before_now(documented: Api) -> None:
    last = make(documented, **ACTIVE | {"expiration_date": "2026-05-10T12:00:00+00:00"})
    make(documented, **ACTIVE | {"expiration_date": "2026-05-10T11:59:59+00:00"})
    assert by_phone(documented) == [last]
    documented.sandbox.set_now(NOW.replace(day=11))
    assert by_phone(documented) == []


def test_phone_finds_in_the_chain_of_the_location(documented: Api) -> None:
    here = make(documented)
    there = documented.sandbox.put_membership(FITNESS, {"phone": PHONE})["id"]
    assert by_phone(documented, location_id=501) == by_phone(documented, location_id=505) == [here]
    assert by_phone(documented, location_id=601) == [there]
    assert by_phone(documented, location_id=601, chain_id=FITNESS) == [there]
    assert by_phone(documented, location_id=501, chain_id=SALON) == [here]
    for chain_id in (FITNESS, 9999):
        query = {"company_id": 501, "phone": PHONE, "chain_id": chain_id}
        assert documented.call("GET", BY_PHONE, params=query).status_code == 404


def test_location_may_know_only_some_memberships_of_a_phone(documented: Api) -> None:
    everywhere, one = make(documented), make(documented, found_in=[502])
    two = make(documented, found_in=[502, 503])
    assert by_phone(documented, location_id=501) == [everywhere]
    assert by_phone(documented, location_id=502) == [everywhere, one, two]
    assert by_phone(documented, location_id=503) == [everywhere, two]


def test_search_needs_a_phone_of_digits_and_a_known_location(documented: Api) -> None:
    for odd in ("", "+37129990000", "371 2999", "abc", "٣٧١"):
        assert documented.errors("GET", BY_PHONE, company_id=501, phone=odd) == {"phone"}, odd
    assert documented.errors("GET", BY_PHONE, company_id=501) == {"phone"}
    assert documented.errors("GET", BY_PHONE, phone=PHONE) == {"company_id"}
    unknown = {"company_id": 999, "phone": PHONE}
    assert documented.call("GET", BY_PHONE, params=unknown).status_code == 404


def test_memberships_out_of_reach_are_403(assistant: Api) -> None:
    theirs: list[tuple[str, dict[str, Any]]] = [
        (FITNESS_LIST, {"abonements_ids[]": FITNESS_FIRST}),
        (BY_PHONE, {"company_id": 601, "phone": PHONE}),
        (BY_PHONE, {"company_id": 601, "chain_id": FITNESS, "phone": PHONE}),
    ]
    for path, query in theirs:
        assert assistant.call("GET", path, params=query).status_code == 403
    assert assistant.call("GET", LIST, params={"abonements_ids[]": FIRST}).status_code == 200
    assert assistant.call("GET", "/chain/9999/loyalty/abonements").status_code == 404
