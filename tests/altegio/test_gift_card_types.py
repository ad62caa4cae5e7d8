"""The calls for gift card types, and what is made of their answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from loyalty_admin.altegio import gift_card_types as api
from loyalty_admin.altegio.errors import NotFound, Refused, UnreadableAnswer
from loyalty_admin.altegio.gift_card_types import SCHEMA, Terms, to_api
from loyalty_admin.altegio.transport import Answer, Secret, Transport
from loyalty_admin.sandbox.server import Sandbox
from tests.altegio.gift_cards import (
    CHAIN,
    MOMENT,
    RAW,
)
from tests.altegio.wire import WireServer, ok, refusal, transport_to
from tests.sandbox.api import Api


def test_answer_that_is_not_the_whole_type_is_not_taken_for_it() -> None:
    table: list[Any] = [
        None,
        [],
        {},
        {"id": 77},
        {**RAW, "balance": None},
        {**RAW, "released_total": None},
    ]
    taken = [data for data in table if api.whole_answer(Answer(200, data)) is not None]
    assert taken == []
    assert api.whole_answer(Answer(200, RAW)) is not None


def test_id_is_found_in_whatever_was_answered() -> None:
    assert api.id_in_answer(Answer(201, {"id": "78"})) == 78
    assert api.id_in_answer(Answer(204, None)) is None


def test_each_call_makes_its_request() -> None:
    path = f"/api/v1/chain/{CHAIN}/loyalty/certificate_types"
    with WireServer(ok(RAW)) as server:
        transport = transport_to(server)
        api.read_type(transport, CHAIN, 77)
        api.create_type(transport.send, CHAIN, {"title": "x"})
        api.update_type(transport.send, CHAIN, 77, {"title": "y"})
        api.delete_type(transport.send, CHAIN, 77)
    assert [(one.method, one.target, one.body) for one in server.requests] == [
        ("GET", f"{path}/77", b""),
        ("POST", path, b'{"title":"x"}'),
        ("PUT", f"{path}/77", b'{"title":"y"}'),
        ("DELETE", f"{path}/77", b""),
    ]


def test_refusal_names_its_fields() -> None:
    errors = {"[balance]": ["Too much."], "online_sale.price": ["Free?"]}
    with (
        WireServer(refusal(400, "An error has occurred", errors)) as server,
        pytest.raises(Refused) as refused,
    ):
        api.create_type(transport_to(server).send, CHAIN, {})
    assert SCHEMA.terms_of_errors(refused.value.fields) == {
        "face_value": ["Too much."],
        "online_price": ["Free?"],
    }


Pages = Callable[[int], Any]


def _list(pages: Pages, total: Any, **options: Any) -> tuple[list[int], bool, list[dict[str, Any]]]:
    """The ids listed from those pages with that total, and the queries that were sent."""

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        query = parse_qs(urlsplit(request.url).query)
        data = pages(int(query["page"][0]))
        meta = {} if total is None else {"total_count": total}
        return 200, {}, json.dumps({"success": True, "data": data, "meta": meta})

    with responses.RequestsMock() as mock:
        mock.add_callback(responses.GET, re.compile(r"http://altegio\.example/.*"), answer)
        listed = api.list_all(transport_to("http://altegio.example/api/v1"), CHAIN, **options)
        asked = [urlsplit(str(call.request.url)).query for call in mock.calls]
    return (
        sorted(item.id for item in listed.types),
        listed.is_complete,
        [parse_qs(query, keep_blank_values=True) for query in asked],
    )


def _of(*ids: int) -> list[dict[str, Any]]:
    return [{**RAW, "id": number} for number in ids]


def test_list_asks_for_the_largest_pages_and_the_title() -> None:
    found, is_complete, queries = _list(lambda page: _of(1), 1, title="50 % & more")
    assert (found, is_complete) == ([1], True)
    assert queries == [{"title": ["50 % & more"], "page": ["1"], "page_size": ["100"]}]
    assert "title" not in _list(lambda page: _of(1), 1)[2][0]


def test_smaller_pages_than_asked_for_are_all_read() -> None:
    pages = {1: _of(1, 2), 2: _of(3, 4), 3: _of(5)}
    found, is_complete, queries = _list(pages.__getitem__, "5")
    assert (found, is_complete) == ([1, 2, 3, 4, 5], True)
    assert len(queries) == 3


def test_without_a_total_it_reads_until_a_short_page() -> None:
    pages = {1: _of(1, 2), 2: _of(3, 4), 3: _of(5)}
    assert _list(pages.__getitem__, None)[:2] == ([1, 2, 3, 4, 5], True)


def test_type_that_moves_between_pages_counts_once_and_the_gap_is_said() -> None:
    pages = {1: _of(1, 2), 2: _of(2, 3)}
    assert _list(pages.__getitem__, 4)[:2] == ([1, 2, 3], False)


def test_list_that_is_none_is_said() -> None:
    def listed(rows: Any) -> object:
        return _list(lambda page: rows, 1)

    table: list[Any] = [{"id": 1}, "types", [None], [{"title": "no id"}]]
    taken = []
    for rows in table:
        with suppress(UnreadableAnswer):
            taken.append((rows, listed(rows)))
    assert taken == []


# Against the stand-in


@pytest.fixture(params=["documented", "observed"])
def stand_in(request: pytest.FixtureRequest, sandboxes: dict[str, Sandbox]) -> Sandbox:
    sandbox = sandboxes[request.param]
    sandbox.reset(certificate_types=585)
    return sandbox


def signed_in(sandbox: Sandbox) -> Transport:
    caller = Api(sandbox, sandbox.director)
    return transport_to(
        sandbox.api_url,
        partner_token=Secret(sandbox.partner_token),
        user_token=Secret(caller.headers["Authorization"].rpartition(" ")[2]),
    )


def test_all_types_are_listed_archived_ones_included(stand_in: Sandbox) -> None:
    listed = api.list_all(signed_in(stand_in), CHAIN)
    stored = stand_in.certificate_types_of(CHAIN)
    assert {item.id for item in listed.types} == {raw["id"] for raw in stored}
    assert any(item.is_archived for item in listed.types)
    assert listed.is_complete
    assert [item for item in listed.types if item.unreadable] == []
    assert len([call for call in stand_in.calls() if call["method"] == "GET"]) == 6


def odd_of(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that no documentation knows: they go back in the types in which they came."""
    return {key: value for key, value in raw.items() if key not in {*RAW, "is_deleted"}}


def test_put_of_what_was_read_leaves_every_type_as_it_was(stand_in: Sandbox) -> None:
    transport = signed_in(stand_in)
    before = stand_in.certificate_types_of(CHAIN)[:30]
    for raw in (raw for raw in before if not raw["released_total"]):
        found = api.read_type(transport, CHAIN, raw["id"])
        answer = api.update_type(
            transport.send, CHAIN, raw["id"], to_api(found.terms, read=found.raw)
        )
        assert api.whole_answer(answer) == found
        after = stand_in.certificate_type_of(CHAIN, raw["id"])
        assert {**after, **odd_of(found.raw)} == {**raw, **odd_of(found.raw)}
        assert odd_of(after) == odd_of(found.raw)


def test_type_is_made_and_deleted(stand_in: Sandbox) -> None:
    transport = signed_in(stand_in)
    terms = Terms(
        title="New",
        face_value=Decimal("10.50"),
        location_ids=(stand_in.certificate_types_of(CHAIN)[0]["salon_ids"][0],),
        validity_kind=1,
        expires_at=MOMENT,
    )
    made = api.whole_answer(api.create_type(transport.send, CHAIN, to_api(terms)))
    assert made is not None
    assert SCHEMA.differing(made.terms, terms) == []
    api.delete_type(transport.send, CHAIN, made.id)
    with pytest.raises(NotFound):
        api.read_type(transport, CHAIN, made.id)
