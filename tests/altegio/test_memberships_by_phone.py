"""A client's memberships are found by phone at every location, and the phone stays unseen."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from loyalty_admin.altegio import memberships_by_phone as api
from loyalty_admin.altegio.errors import (
    AltegioError,
    Forbidden,
    NotFound,
    Refused,
    TooManyRequests,
    UnreadableAnswer,
)
from loyalty_admin.altegio.memberships_by_phone import Found
from tests.altegio.test_memberships import CHAIN, membership
from tests.altegio.test_memberships_reading import RAW
from tests.altegio.wire import (
    Step,
    WireServer,
    after,
    closed_port,
    hang_up,
    ok,
    raw,
    refusal,
    reply,
    reset,
    silence,
    transport_to,
)

# At module level, so that a test's own variables do not show it in a traceback.
PHONE = "37120000001"
TWO = {49: PHONE, 50: PHONE}
SPELLINGS = (PHONE, "+371 2000-00-01", "(371) 20 000 001", "20000001", "2000 0001")


def found_from(
    steps: Sequence[Step], location_ids: Sequence[int], **options: Any
) -> tuple[Found, list[int]]:
    """What the steps make of a search, and the locations in the order in which they were asked."""
    with WireServer(*steps) as server:
        phones = dict.fromkeys(location_ids, PHONE)
        found = api.find_in_chain(transport_to(server, **options), CHAIN, phones)
    addresses = [urlsplit(request.target) for request in server.requests]
    assert {address.path for address in addresses} <= {"/api/v1/loyalty/abonements"}
    queries = [parse_qs(address.query) for address in addresses]
    for query in queries:
        assert query.keys() == {"company_id", "phone", "chain_id"}
        assert (query["phone"], query["chain_id"]) == ([PHONE], [str(CHAIN)])
    return found, [int(query["company_id"][0]) for query in queries]


def ids(found: Found) -> list[int]:
    return sorted(each.id for each in found.memberships)


def test_one_location_is_asked_by_phone() -> None:
    with WireServer(ok([membership(1), membership(2)])) as server:
        rows = api.find_by_phone(transport_to(server), 49, PHONE, CHAIN)
    assert [row.id for row in rows] == [1, 2]
    [request] = server.requests
    assert request.method == "GET"
    assert request.target == (
        f"/api/v1/loyalty/abonements?company_id=49&phone={PHONE}&chain_id={CHAIN}"
    )


def test_phone_that_is_not_digits_is_not_sent() -> None:
    table = ["", "+37120000001", "371 20000001", "3712o", "٣٧١", "1" * 21]
    wrong = {}
    with WireServer(ok([])) as server:
        for odd in table:
            try:
                wrong[odd] = repr(api.find_by_phone(transport_to(server), 49, odd, CHAIN))
            except ValueError as refused:
                if odd and odd in str(refused):
                    wrong[odd] = str(refused)
    assert wrong == {}
    assert server.requests == []


def test_memberships_of_all_locations_are_merged() -> None:
    steps = [ok([membership(1), membership(2), membership(2)]), ok([membership(2)]), ok(None)]
    found, (first, second, third) = found_from(steps, [49, 50, 51])
    assert {first, second, third} == {49, 50, 51}
    assert ids(found) == [1, 2]
    known = {each: set(locations) for each, locations in found.location_ids.items()}
    assert known == {1: {first}, 2: {first, second}}
    assert len(found.location_ids[2]) == 2
    assert found.failures == {}


def test_location_that_fails_is_named_and_leaves_the_rest() -> None:
    table: list[tuple[Step, type[AltegioError]]] = [
        (refusal(403, "Access denied."), Forbidden),
        (refusal(404), NotFound),
        (refusal(429, "Later.", Retry_After="60"), TooManyRequests),
        (ok({"id": 1}), UnreadableAnswer),
        (ok([{"number": "No id"}]), UnreadableAnswer),
    ]
    wrong: list[tuple[str, object]] = []
    for step, kind in table:
        found, (failed, *others) = found_from([step, ok([membership(1)])], [49, 50, 51])
        failures = {each: type(error) for each, error in found.failures.items()}
        seen = (ids(found), set(found.location_ids.get(1, ())), failures)
        if seen != ([1], {*others}, {failed: kind}):
            wrong.append((kind.__name__, seen))
    assert wrong == []


def test_other_chains_memberships_are_left_out() -> None:
    rows = [membership(n, type={**RAW["type"], "salon_group_id": g}) for n, g in ((1, 7), (2, 8))]
    found, _ = found_from([ok([*rows, membership(3, type={"id": 77})])], [49])
    assert ids(found) == [1, 3]
    assert found.location_ids == {1: (49,), 3: (49,)}


def test_each_location_is_asked_under_its_own_digits_side_by_side() -> None:
    with WireServer(after(0.4, ok([]))) as server:
        started = time.monotonic()
        phones = {number: str(number) * 4 for number in range(1, 9)}
        api.find_in_chain(transport_to(server), CHAIN, phones)
        assert time.monotonic() - started < 3.0
    queries = [parse_qs(urlsplit(request.target).query) for request in server.requests]
    asked = {int(query["company_id"][0]): query["phone"][0] for query in queries}
    assert asked == phones


def test_no_locations_mean_no_call() -> None:
    nothing = Found(memberships=(), location_ids={}, failures={})
    assert found_from([ok([])], []) == (nothing, [])


def test_locations_are_asked_side_by_side() -> None:
    started = time.monotonic()
    found, _ = found_from([after(0.4, ok([membership(1)]))], range(1, 9))
    assert time.monotonic() - started < 3.0
    assert found.location_ids == {1: tuple(range(1, 9))}


# The phone


def assert_unseen(text: str) -> None:
    assert [each for each in SPELLINGS if each in text] == []


def shown(error: BaseException) -> str:
    """All that a report of the error may hold, variables of every call included."""
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    attributes = vars(error) if isinstance(error, AltegioError) else {}
    return "".join(report.format()) + repr(error) + repr(attributes)


ECHO = "No client with " + ", ".join(SPELLINGS)
BROKEN = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nBroken header\r\n\r\n{}")
FAULTS: dict[str, Step | None] = {
    "closed": hang_up,
    "reset": reset,
    "timeout": silence,
    "401": refusal(401, ECHO),
    "404": refusal(404, ECHO),
    "422": refusal(422, ECHO, {"phone": [ECHO]}),
    "429": refusal(429, ECHO, Retry_After="60"),
    "500": refusal(500, ECHO),
    "302": reply(302, headers={"Location": "/?phone=37120000001"}),
    "no JSON": reply(200, ECHO),
    "broken header": BROKEN,
    "no membership": ok([{"number": "No id"}]),
    "refused connection": None,
}


@pytest.mark.slow
def test_phone_is_in_no_log_and_no_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = {}
    for name, fault in FAULTS.items():
        caplog.clear()
        with WireServer(fault or hang_up) as server:
            address = closed_port() if fault is None else server.base_url
            found = api.find_in_chain(transport_to(address, timeout=0.8), CHAIN, TWO)
        said = [caplog.text, repr(found), *map(shown, found.failures.values())]
        said += [repr(vars(record)) for record in caplog.records]
        seen = [each for each in SPELLINGS if each in "".join(said)]
        is_logged = "GET /loyalty/abonements" in caplog.text
        if seen or not is_logged or found.failures.keys() != {49, 50}:
            wrong[name] = (seen, is_logged, found.failures)
    assert wrong == {}


def test_phone_is_in_no_log_of_a_search_that_finds(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    found, _ = found_from([ok([membership(1, client={"phone": PHONE})])], [49, 50])
    assert "GET /loyalty/abonements 200" in caplog.text
    assert_unseen(caplog.text + repr(found))


def test_phone_is_in_no_report_of_a_call_that_breaks() -> None:
    def forbid() -> None:
        raise RuntimeError("inside a transaction")

    with WireServer(ok([])) as server, pytest.raises(RuntimeError) as caught:
        api.find_in_chain(transport_to(server, forbid=forbid), CHAIN, TWO)
    assert_unseen(shown(caught.value))


def test_refusal_keeps_its_words_without_the_phone() -> None:
    refused_with = refusal(422, f"No client {PHONE} in 49.", {"phone": [f"{PHONE}?"]})
    with WireServer(refused_with) as server, pytest.raises(Refused) as refused:
        api.find_by_phone(transport_to(server), 49, PHONE, CHAIN)
    assert refused.value.message == str(refused.value) == "No client … in 49."
    assert refused.value.fields == {"phone": ["…?"]}
