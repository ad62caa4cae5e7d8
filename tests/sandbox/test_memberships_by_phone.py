"""Sold memberships found by a client's phone in a location."""

from __future__ import annotations

import pytest

from tests.sandbox.api import FITNESS, SALON, Api
from tests.sandbox.memberships import (
    ACTIVE,
    BY_PHONE,
    FIRST,
    FITNESS_FIRST,
    FITNESS_LIST,
    FROZEN,
    LIST,
    NOW,
    PHONE,
    by_phone,
    make,
    status,
    unreadable,
)


def test_a_phone_finds_what_is_issued_or_active_and_frozen_too(either: Api) -> None:
    issued, active = make(either), make(either, **ACTIVE)
    frozen, endless = make(either, **ACTIVE | FROZEN), make(either, expiration_date=None)
    make(either, **ACTIVE | {"status": status("expired")})
    make(either, **ACTIVE | {"status": status("wasted")})
    make(either, phone=PHONE + "1")
    assert by_phone(either) == [issued, active, frozen, endless]
    assert by_phone(either, "37100") == []


def test_a_phone_does_not_find_what_ends_before_now(either: Api) -> None:
    last = make(either, **ACTIVE | {"expiration_date": "2026-05-10T12:00:00+00:00"})
    make(either, **ACTIVE | {"expiration_date": "2026-05-10T11:59:59+00:00"})
    assert by_phone(either) == [last]
    either.sandbox.set_now(NOW.replace(day=11))
    assert by_phone(either) == []


def test_a_phone_finds_in_the_chain_of_the_location(either: Api) -> None:
    here = make(either)
    there = either.sandbox.put_membership(FITNESS, {"phone": PHONE})["id"]
    assert by_phone(either, location_id=501) == by_phone(either, location_id=505) == [here]
    assert by_phone(either, location_id=601) == [there]
    assert by_phone(either, location_id=601, chain_id=FITNESS) == [there]
    assert by_phone(either, location_id=501, chain_id=SALON) == [here]
    for chain_id, code in ((FITNESS, 404), (9999, 404)):
        query = {"company_id": 501, "phone": PHONE, "chain_id": chain_id}
        assert either.call("GET", BY_PHONE, params=query).status_code == code


def test_a_location_may_know_only_some_memberships_of_a_phone(either: Api) -> None:
    everywhere, one = make(either), make(either, found_in=[502])
    two = make(either, found_in=[502, 503])
    assert by_phone(either, location_id=501) == [everywhere]
    assert by_phone(either, location_id=502) == [everywhere, one, two]
    assert by_phone(either, location_id=503) == [everywhere, two]


@pytest.mark.parametrize("odd", ["", "+37129990000", "371 2999", "abc", "٣٧١"])
def test_a_phone_is_of_digits(either: Api, odd: str) -> None:
    assert unreadable(either, BY_PHONE, company_id=501, phone=odd) == {"phone"}


def test_a_search_by_phone_needs_phone_and_location(either: Api) -> None:
    assert unreadable(either, BY_PHONE, company_id=501) == {"phone"}
    assert unreadable(either, BY_PHONE, phone=PHONE) == {"company_id"}
    unknown = {"company_id": 999, "phone": PHONE}
    assert either.call("GET", BY_PHONE, params=unknown).status_code == 404


def test_memberships_out_of_reach_are_403(assistant: Api) -> None:
    ids = {"abonements_ids[]": FITNESS_FIRST}
    assert assistant.call("GET", FITNESS_LIST, params=ids).status_code == 403
    for query in ({"company_id": 601}, {"company_id": 601, "chain_id": FITNESS}):
        answer = assistant.call("GET", BY_PHONE, params=query | {"phone": PHONE})
        assert answer.status_code == 403
    assert assistant.call("GET", LIST, params={"abonements_ids[]": FIRST}).status_code == 200
    assert assistant.call("GET", "/chain/9999/loyalty/abonements").status_code == 404
