"""The calls for promotions, and the list that is put together from every location."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from loyalty_admin.altegio import promotions as api
from loyalty_admin.altegio.errors import (
    AltegioError,
    Forbidden,
    NotFound,
    Refused,
    SignInNeeded,
    TooManyRequests,
    UnreadableAnswer,
)
from loyalty_admin.altegio.promotions import INCLUDES, SCHEMA, Listed
from loyalty_admin.altegio.transport import Answer
from tests.altegio.test_promotion_reading import RAW
from tests.altegio.wire import Step, WireServer, after, ok, refusal, reply, transport_to

CHAIN = 7
PATH = f"/api/v1/chain/{CHAIN}/loyalty/programs"


def test_promotion_is_read_with_all_that_has_to_be_asked_for() -> None:
    with WireServer(ok(RAW), reply(json_body=RAW)) as server:
        found = [api.read_promotion(transport_to(server), CHAIN, 34) for _call in range(2)]
    assert len(server.requests) == 2
    for request in server.requests:
        address = urlsplit(request.target)
        assert (request.method, address.path) == ("GET", f"{PATH}/34")
        [include] = parse_qs(address.query)["include"]
        assert sorted(include.split(",")) == sorted(INCLUDES)
    assert [(each.terms.title, each.unreadable) for each in found] == [("Come again", ())] * 2


def test_each_write_makes_its_request() -> None:
    with WireServer(reply(201, json_body=RAW), reply(json_body=RAW), reply(204)) as server:
        transport = transport_to(server)
        made = api.create_promotion(transport.send, CHAIN, {"title": "x"})
        api.update_promotion(transport.send, CHAIN, 34, {"title": "y"})
        api.delete_promotion(transport.send, CHAIN, 34)
    assert api.id_in_answer(made) == 34
    assert [(one.method, one.target, one.body) for one in server.requests] == [
        ("POST", PATH, b'{"title":"x"}'),
        ("PUT", f"{PATH}/34", b'{"title":"y"}'),
        ("DELETE", f"{PATH}/34", b""),
    ]


def test_id_is_found_in_whatever_was_answered() -> None:
    assert api.id_in_answer(Answer(201, {"id": "35"})) == 35
    assert api.id_in_answer(Answer(204, None)) is None


def test_refusal_names_its_fields() -> None:
    errors = {"[rules][0][value]": ["Too much."], "company_ids": ["Where?"]}
    with WireServer(refusal(422, "No.", errors)) as server, pytest.raises(Refused) as refused:
        api.create_promotion(transport_to(server).send, CHAIN, {})
    assert SCHEMA.terms_of_errors(refused.value.fields) == {
        "rules": ["Too much."],
        "location_ids": ["Where?"],
    }


# The list of a chain


def listed_from(
    steps: Sequence[Step], location_ids: Sequence[int], **options: Any
) -> tuple[Listed, list[int]]:
    """What the steps make of a list, and the locations in the order in which they were asked."""
    with WireServer(*steps) as server:
        listed = api.list_of_chain(transport_to(server, **options), CHAIN, location_ids)
    paths = [request.target.split("/") for request in server.requests]
    assert {(*path[:4], *path[5:]) for path in paths} <= {
        ("", "api", "v1", "company", "loyalty", "programs", "search")
    }
    return listed, [int(path[4]) for path in paths]


def promotion(promotion_id: int, **changes: Any) -> dict[str, Any]:
    """As a list gives it: without all that has to be asked for."""
    raw = {**RAW, "id": promotion_id, **changes}
    return {key: raw[key] for key in raw.keys() - {*INCLUDES}}


def ids(listed: Listed) -> list[int]:
    return sorted(each.id for each in listed.promotions)


def test_promotions_of_all_locations_are_merged() -> None:
    steps = [
        ok([promotion(1), promotion(2), promotion(2)]),
        reply(json_body=[promotion(2), promotion(3)]),
        ok(None),
    ]
    listed, (first, second, third) = listed_from(steps, [49, 50, 51])
    assert {first, second, third} == {49, 50, 51}
    assert ids(listed) == [1, 2, 3]
    found_in = {each: set(locations) for each, locations in listed.location_ids.items()}
    assert found_in == {1: {first}, 2: {first, second}, 3: {second}}
    assert len(listed.location_ids[2]) == 2
    assert listed.failures == {}


def test_location_that_fails_is_named_and_leaves_the_rest() -> None:
    table: list[tuple[Step, type[AltegioError]]] = [
        (refusal(403, "Access denied."), Forbidden),
        (refusal(404), NotFound),
        (refusal(429, "Later.", Retry_After="60"), TooManyRequests),
        (ok({"id": 1}), UnreadableAnswer),
        (ok([{"title": "No id"}]), UnreadableAnswer),
    ]
    wrong: list[tuple[str, object]] = []
    for step, kind in table:
        found, (failed, *others) = listed_from([step, ok([promotion(1)])], [49, 50, 51])
        failures = {each: type(error) for each, error in found.failures.items()}
        seen = (ids(found), set(found.location_ids.get(1, ())), failures)
        if seen != ([1], {*others}, {failed: kind}):
            wrong.append((kind.__name__, seen))
    assert wrong == []


def test_all_locations_may_fail_and_a_lost_sign_in_is_told() -> None:
    told: list[str] = []
    listed, asked = listed_from(
        [refusal(401)], [49, 50], on_sign_in_needed=lambda: told.append("lost")
    )
    assert listed.promotions == ()
    assert {each: type(error) for each, error in listed.failures.items()} == dict.fromkeys(
        asked, SignInNeeded
    )
    assert set(told) == {"lost"}


def test_other_chains_promotions_are_left_out() -> None:
    rows = [promotion(1), promotion(2, group_id=8), promotion(3, group_id=None)]
    listed, _ = listed_from([ok(rows)], [49])
    assert ids(listed) == [1, 3]
    assert listed.location_ids == {1: (49,), 3: (49,)}


def test_each_location_is_asked_once_and_none_means_no_call() -> None:
    listed, asked = listed_from([ok([promotion(1)])], [49, 50, 49])
    assert sorted(asked) == [49, 50]
    assert listed.location_ids == {1: (49, 50)}
    assert listed_from([ok([])], []) == (
        Listed(promotions=(), location_ids={}, failures={}),
        [],
    )


def test_locations_are_asked_side_by_side() -> None:
    started = time.monotonic()
    listed, _ = listed_from([after(0.4, ok([promotion(1)]))], range(1, 9))
    assert time.monotonic() - started < 3.0
    assert listed.location_ids == {1: tuple(range(1, 9))}


def test_each_location_goes_through_the_limiter() -> None:
    taken: list[float] = []

    class Counting:
        def take(self, *, within: float) -> None:
            taken.append(within)

    listed_from([ok([])], [49, 50, 51], limiter=Counting())
    assert len(taken) == 3
