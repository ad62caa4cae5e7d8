"""The calls for a chain's sold memberships: lists, one of them, changes."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from loyalty_admin.altegio import memberships as api
from loyalty_admin.altegio.errors import NotFound, OutcomeUnknown, Refused, UnreadableAnswer
from tests.altegio.paged import Query, paged
from tests.altegio.test_memberships_reading import RAW
from tests.altegio.wire import WireServer, ok, refusal, transport_to

CHAIN = 7
PATH = f"/api/v1/chain/{CHAIN}/loyalty/abonements"


def membership(number: int, **changes: Any) -> dict[str, Any]:
    return {**RAW, "id": number, **changes}


def numbers(query: Query, name: str) -> list[int]:
    return [int(value) for value in query.get(name, [])]


def page_of(query: Query, ids: list[int], size: int) -> list[dict[str, Any]]:
    """What an API that takes no larger page than `size` makes of it."""
    [page] = numbers(query, "page")
    return [membership(each) for each in ids[(page - 1) * size : page * size]]


# By ids


def test_ids_are_asked_for_repeated_and_answered_in_their_order() -> None:
    with paged(lambda query: [membership(2), membership(5)]) as asked:
        found = api.list_by_ids(transport_to(asked.base_url), CHAIN, [5, 9, 2, 5])
    assert [each.id for each in found] == [5, 2]
    assert asked.paths[0] == PATH
    assert asked.queries[0] == {
        "abonements_ids[]": ["5", "9", "2"],
        "page": ["1"],
        "count": ["100"],
    }


def test_no_ids_are_no_call() -> None:
    with paged(lambda query: []) as asked:
        assert api.list_by_ids(transport_to(asked.base_url), CHAIN, []) == ()
    assert asked.paths == []


def test_smaller_pages_of_ids_are_all_read() -> None:
    ids = list(range(1, 8))
    with paged(lambda query: page_of(query, ids, 3)) as asked:
        found = api.list_by_ids(transport_to(asked.base_url), CHAIN, ids)
    assert [each.id for each in found] == ids
    assert [numbers(query, "page") for query in asked.queries] == [[1], [2], [3]]


def test_reading_of_ids_ends_with_a_short_page() -> None:
    with paged(lambda query: page_of(query, [1, 2, 3], 2)) as asked:
        found = api.list_by_ids(transport_to(asked.base_url), CHAIN, [1, 2, 3, 4])
    assert [each.id for each in found] == [1, 2, 3]
    assert len(asked.queries) == 2


def test_reading_of_ids_ends_where_nothing_new_comes() -> None:
    with paged(lambda query: [membership(1), membership(2)]) as asked:
        found = api.list_by_ids(transport_to(asked.base_url), CHAIN, [1, 2, 3])
    assert [each.id for each in found] == [1, 2]
    assert len(asked.queries) == 2


def test_memberships_that_were_not_asked_for_are_left_out() -> None:
    with paged(lambda query: [membership(8), membership(1)]) as asked:
        found = api.list_by_ids(transport_to(asked.base_url), CHAIN, [1])
    assert [each.id for each in found] == [1]


def test_many_ids_are_asked_for_in_several_requests() -> None:
    ids = list(range(1, 251))
    with paged(lambda query: [membership(n) for n in numbers(query, "abonements_ids[]")]) as asked:
        found = api.list_by_ids(transport_to(asked.base_url), CHAIN, ids)
    assert [each.id for each in found] == ids
    assert sorted(len(query["abonements_ids[]"]) for query in asked.queries) == [50, 100, 100]


def test_one_membership_is_read_by_its_id() -> None:
    with WireServer(ok([membership(901)])) as server:
        found = api.read_membership(transport_to(server), CHAIN, 901)
    assert found.id == 901
    [request] = server.requests
    assert request.target == f"{PATH}?abonements_ids%5B%5D=901&page=1&count=100"


def test_membership_that_is_not_in_the_answer_is_not_found() -> None:
    table: list[Any] = [None, [], [membership(8)]]
    found = []
    for rows in table:
        with WireServer(ok(rows)) as server, suppress(NotFound):
            found.append((rows, api.read_membership(transport_to(server), CHAIN, 901)))
    assert found == []


def test_answer_without_a_list_is_said() -> None:
    with WireServer(ok({"id": 901})) as server, pytest.raises(UnreadableAnswer):
        api.read_membership(transport_to(server), CHAIN, 901)


# By period


def period(asked: str, page: int = 1, count: int = 50) -> tuple[list[int], bool]:
    found = api.list_by_period(
        transport_to(asked), CHAIN, date(2026, 9, 1), date(2026, 9, 30), page, count
    )
    return [each.id for each in found.rows], found.is_last


def test_period_asks_for_its_page_and_the_next() -> None:
    with paged(lambda query: page_of(query, [1, 2, 3], 2)) as asked:
        assert period(asked.base_url) == ([1, 2], False)
    assert asked.paths == [PATH, PATH]
    for query in asked.queries:
        assert query["created_after"] == ["2026-09-01"]
        assert query["created_before"] == ["2026-09-30"]
        assert query["count"] == ["50"]
        assert query.keys() == {"created_after", "created_before", "count", "page"}
    assert sorted(numbers(query, "page") for query in asked.queries) == [[1], [2]]


def test_last_page_is_known_whatever_the_size_of_pages() -> None:
    table = [(1, [1, 2], False), (2, [3, 4], False), (3, [5], True), (4, [], True)]
    with paged(lambda query: page_of(query, [1, 2, 3, 4, 5], 2)) as asked:
        wrong = {
            page: found
            for page, rows, is_last in table
            if (found := period(asked.base_url, page)) != (rows, is_last)
        }
    assert wrong == {}


def test_full_last_page_is_the_last() -> None:
    with paged(lambda query: page_of(query, [1, 2, 3, 4], 2)) as asked:
        assert period(asked.base_url, 2, 2) == ([3, 4], True)


def test_pages_that_repeat_themselves_come_to_an_end() -> None:
    with paged(lambda query: [membership(1), membership(2), membership(1)]) as asked:
        assert period(asked.base_url) == ([1, 2], True)


def test_empty_page_is_the_last_whatever_comes_after() -> None:
    with paged(lambda query: [] if query["page"] == ["1"] else [membership(1)]) as asked:
        assert period(asked.base_url) == ([], True)


# Changes


def test_each_change_makes_its_request() -> None:
    until = datetime(2026, 12, 31, 23, 59, 59, 5, tzinfo=timezone(timedelta(hours=-5)))
    with WireServer(ok()) as server:
        transport = transport_to(server)
        api.freeze(transport.send, CHAIN, 901, until)
        api.freeze(transport.send, CHAIN, 901, datetime(2026, 12, 31, tzinfo=UTC))
        api.unfreeze(transport.send, CHAIN, 901)
        api.set_pool(transport.send, CHAIN, 901, 0)
        api.set_balances(transport.send, CHAIN, 901, {92: 5, 53: 0})
        api.set_period(transport.send, CHAIN, 901, 6, 3)
    bodies = [
        (one.method, one.target.removeprefix(f"{PATH}/901/"), json.loads(one.body))
        for one in server.requests
    ]
    assert bodies == [
        ("POST", "freeze", {"freeze_till": "2026-12-31T23:59:59-05:00"}),
        ("POST", "freeze", {"freeze_till": "2026-12-31T00:00:00+00:00"}),
        ("POST", "unfreeze", {}),
        ("POST", "set_balance", {"united_balance_services_count": 0}),
        (
            "POST",
            "set_balance",
            {
                "services_balance_count": [
                    {"service_id": 92, "balance": 5},
                    {"service_id": 53, "balance": 0},
                ]
            },
        ),
        ("POST", "set_period", {"period": 6, "period_unit_id": 3}),
    ]


def test_change_may_be_answered_with_nothing() -> None:
    with WireServer(ok()) as server:
        assert api.set_pool(transport_to(server).send, CHAIN, 901, 4).data is None


def test_nothing_is_frozen_until_a_moment_without_an_offset() -> None:
    with WireServer(ok()) as server, pytest.raises(ValueError, match="offset"):
        api.freeze(transport_to(server).send, CHAIN, 901, datetime(2026, 12, 31))
    assert server.requests == []


def test_refused_change_keeps_altegios_words() -> None:
    words = "Freeze period exceeds limit"
    with WireServer(refusal(422, words)) as server, pytest.raises(Refused) as refused:
        api.freeze(transport_to(server).send, CHAIN, 901, datetime(2026, 12, 31, tzinfo=UTC))
    assert (refused.value.message, refused.value.status) == (words, 422)


def test_change_of_unknown_outcome_is_sent_once() -> None:
    with WireServer(refusal(500)) as server, pytest.raises(OutcomeUnknown):
        api.set_period(transport_to(server).send, CHAIN, 901, 6, 3)
    assert len(server.requests) == 1
