"""Membership types on the wire: read leniently, written whole, never guessed."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from math import ceil
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.altegio import membership_types as api
from loyalty_admin.altegio import payloads
from loyalty_admin.altegio.errors import UnreadableAnswer
from loyalty_admin.altegio.membership_services import CoveredService, ServicesForm, UsableTime
from loyalty_admin.altegio.membership_types import (
    SCHEMA,
    MembershipType,
    Terms,
    first_services_form,
    to_api,
)
from loyalty_admin.altegio.transport import Answer, Secret
from loyalty_admin.sandbox.membership_type_fields import FIELDS, REQUIRED, WRITE_ONLY
from loyalty_admin.sandbox.server import CHAINS, Sandbox
from tests.altegio.wire import transport_to
from tests.sandbox.api import Api

CHAIN = CHAINS[0]
RAW: Mapping[str, Any] = {
    "id": 77,
    "salon_group_id": CHAIN,
    "title": "Five visits",
    "cost": 99.5,
    "period": 3,
    "period_unit_id": 3,
    "expiration_type_id": 2,
    "autoactivation_time": 0,
    "autoactivation_time_unit_id": 0,
    "is_allow_empty_code": False,
    "is_united_balance": False,
    "is_united_balance_unlimited": False,
    "united_balance_services_count": 0,
    "allow_freeze": True,
    "freeze_limit": 7,
    "freeze_limit_unit_id": 1,
    "is_booking_when_frozen_allowed": False,
    "service_price_correction": False,
    "balance_edit_type_id": 1,
    "availability": [{"week_days": [1, 2], "intervals": [{"from": 0, "to": 3600}]}],
    "is_online_sale_enabled": True,
    "online_sale_title": "Five",
    "online_sale_description": "",
    "online_sale_price": 90,
    "category": "standard",
    "category_id": None,
    "is_archived": False,
    "abonements_count": 0,
    "attached_location_ids": [501, 502],
    "attached_salon_ids": [501, 502],
    "balance_container": {
        "links": [
            {"count": 5, "is_unlimited": False, "service": {"id": 1, "title": "Manicure"}},
            {"count": 2, "is_unlimited": False, "category": {"id": 2, "title": "Nails"}},
        ]
    },
}


def read(**changes: Any) -> MembershipType:
    return MembershipType.from_api({**RAW, **changes})


def without(*keys: str) -> MembershipType:
    return MembershipType.from_api({key: RAW[key] for key in RAW.keys() - {*keys}})


# Reading


def test_every_term_is_read() -> None:
    assert read().terms == Terms(
        title="Five visits",
        price=Decimal("99.5"),
        location_ids=(501, 502),
        validity=3,
        validity_unit=3,
        activation=2,
        services=(
            CoveredService(id=2, is_category=True, visits=2),
            CoveredService(id=1, is_category=False, visits=5),
        ),
        freezing=True,
        freeze_limit=7,
        freeze_limit_unit=1,
        balance_editing=1,
        usable_times=(UsableTime(days=(1, 2), intervals=((0, 3600),)),),
        online_sale=True,
        online_title="Five",
        online_price=Decimal(90),
        category="standard",
    )
    assert read().unreadable == ()


def test_missing_term_is_named() -> None:
    wrong = {
        name: found
        for name, spec in SCHEMA.specs.items()
        if (found := without(*spec.keys).unreadable) != spec.keys[:1]
    }
    assert wrong == {}


def test_missing_archive_switch_is_named() -> None:
    assert without("is_archived").unreadable == ("is_archived",)


def test_garbled_term_is_named_and_not_guessed() -> None:
    table: list[tuple[str, Any]] = [
        ("balance_container", None),
        ("balance_container", []),
        ("balance_container", {"links": "none"}),
        ("balance_container", {"links": [{"count": 1, "is_unlimited": False}]}),
        ("balance_container", {"links": [{"count": "some", "service": {"id": 1}}]}),
        ("balance_container", {"links": [{"is_unlimited": "yes?", "service": {"id": 1}}]}),
        ("balance_container", {"links": [{"count": 1, "service": {"id": "x"}}]}),
        ("title", None),
        ("cost", None),
        ("cost", "a lot"),
        ("is_united_balance", None),
        ("is_united_balance", "perhaps"),
        ("period", "soon"),
        ("period", 1.5),
        ("allow_freeze", "2"),
        ("category_id", "x"),
        ("online_sale_price", {}),
        ("attached_location_ids", {"0": 501}),
        ("attached_location_ids", [501, "everywhere"]),
        ("availability", "always"),
        ("availability", ["Monday"]),
        ("availability", [{"week_days": [1, "Tuesday"], "intervals": [{"from": 0, "to": 1}]}]),
        ("availability", [{"week_days": [1], "intervals": {"from": 0, "to": 1}}]),
        ("availability", [{"week_days": [1], "intervals": [{"from": "9:00", "to": "10:00"}]}]),
    ]
    wrong = {
        repr((key, value)): found
        for key, value in table
        if (found := read(**{key: value}).unreadable) != (key,)
    }
    assert wrong == {}


def test_number_that_is_none_is_named() -> None:
    body = json.dumps({"success": True, "data": dict(RAW, cost=float("nan")), "meta": []})
    payload = payloads.decode(body.encode())
    assert payload is not None
    assert MembershipType.from_api(payload.data).unreadable == ("cost",)


def test_null_is_a_term_that_is_not_set() -> None:
    table: list[tuple[str, str, Any]] = [
        ("category_id", "category_id", None),
        ("online_sale_title", "online_title", ""),
        ("online_sale_price", "online_price", None),
        ("availability", "usable_times", ()),
        ("balance_container", "services", ()),
    ]
    wrong = {}
    for key, name, nothing in table:
        found = read(**{key: {"links": None} if key == "balance_container" else None})
        if (found.unreadable, getattr(found.terms, name)) != ((), nothing):
            wrong[key] = found
    assert wrong == {}


def test_locations_are_read_under_the_name_that_has_them() -> None:
    assert read(attached_location_ids=None).terms.location_ids == (501, 502)
    nowhere = read(attached_location_ids=None, attached_salon_ids=None)
    assert nowhere.terms.location_ids == ()
    assert nowhere.unreadable == ()


def test_numbers_and_flags_may_come_as_text() -> None:
    mixed = read(
        cost="99.50",
        period="3",
        allow_freeze="1",
        is_united_balance=0,
        attached_location_ids=["502", 501],
        availability=[{"week_days": ["2", 1], "intervals": [{"from": "0", "to": "3600"}]}],
        balance_container={
            "links": [
                {"count": "5", "is_unlimited": "0", "service": {"id": "1"}},
                {"count": 2, "is_unlimited": 0, "category": {"id": 2}},
            ]
        },
    )
    assert mixed.terms == read().terms
    assert mixed.unreadable == ()


def test_category_may_stand_where_services_do() -> None:
    link = {"count": 2, "is_unlimited": "0", "service": {"id": 2, "is_category": "1"}}
    (row,) = read(balance_container={"links": [link]}).terms.services
    assert row == CoveredService(id=2, is_category=True, visits=2)


def test_no_type_at_all_is_said() -> None:
    table: list[Any] = [None, [], "type", {}, {"id": "x"}, {"id": True}]
    taken = []
    for raw in table:
        with suppress(UnreadableAnswer):
            taken.append((raw, MembershipType.from_api(raw)))
    assert taken == []


def test_picture_is_linked_only_by_a_safe_address() -> None:
    table: list[tuple[Any, str]] = [
        ("https://images.example/1.jpg", "https://images.example/1.jpg"),
        ({"big": "https://images.example/1.jpg"}, "https://images.example/1.jpg"),
        ("javascript:alert(1)", ""),
        ("http://images.example/1.jpg", ""),
        ({"big": "data:text/html,x"}, ""),
        (None, ""),
        ([], ""),
    ]
    wrong = {
        repr(image): found
        for image, url in table
        if (found := read(online_sale_image=image).image_url) != url
    }
    assert wrong == {}


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(max_size=10)
    | st.sampled_from(["1", "true", 0, [], {}]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["links", "service", "category", "id", "count", "week_days", "from"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(sorted(RAW.keys() - {"id"})), ANYTHING))
def test_no_answer_is_too_odd_to_read(changes: dict[str, Any]) -> None:
    found = read(**changes)
    # Whatever was understood can be sent and journaled.
    payloads.encode(to_api(found.terms, chain_id=CHAIN, form="links"))
    assert set(found.unreadable) <= changes.keys()


# Writing


def test_put_is_whole() -> None:
    sent = to_api(read().terms, chain_id=CHAIN, form="maps", read=RAW)
    missing = {*REQUIRED, *FIELDS, *WRITE_ONLY} - sent.keys()
    assert missing == {"online_image", "delete_online_image"}
    assert not sent.keys() & {"id", "abonements_count", "attached_location_ids", "weight"}
    for key in FIELDS.keys() - {"autoactivation_period"}:
        assert sent[key] == RAW[key], key
    assert sent["location_ids"] == sent["salon_ids"] == [501, 502]


def test_unmodelled_fields_go_back_as_they_came() -> None:
    odd = {"external_code": "A-1", "extras": {"a": [1, None, "x"]}, "gone": None, "pin": "007"}
    sent = to_api(read().terms, chain_id=CHAIN, form="maps", read={**RAW, **odd})
    assert {key: sent[key] for key in odd} == odd


def test_picture_is_never_sent() -> None:
    pictured = {**RAW, "online_image": "x", "online_sale_image": "https://images.example/1.jpg"}
    sent = to_api(read().terms, chain_id=CHAIN, form="maps", read=pictured)
    assert "online_image" not in sent and "online_sale_image" not in sent


def test_what_was_null_and_is_empty_goes_back_as_null() -> None:
    nulls = {"online_sale_title": None, "online_sale_price": None, "category_id": None}
    terms = MembershipType.from_api({**RAW, **nulls}).terms
    sent = to_api(terms, chain_id=CHAIN, form="maps", read={**RAW, **nulls})
    assert {key: sent[key] for key in nulls} == nulls


def test_lists_and_flags_are_never_sent_as_null() -> None:
    nulls = {"availability": None, "allow_freeze": None, "attached_location_ids": None}
    raw = {**RAW, **nulls, "attached_salon_ids": None}
    sent = to_api(MembershipType.from_api(raw).terms, chain_id=CHAIN, form="maps", read=raw)
    assert (sent["availability"], sent["location_ids"], sent["salon_ids"]) == ([], [], [])
    assert sent["allow_freeze"] is False


@given(
    st.lists(
        st.builds(
            CoveredService,
            id=st.integers(1, 10**9),
            is_category=st.booleans(),
            visits=st.integers(0, 1000),
            is_unlimited=st.booleans(),
        ),
        unique_by=lambda row: (row.is_category, row.id),
    ),
    st.booleans(),
    st.sampled_from(["maps", "links"]),
)
def test_services_go_in_full_in_the_form_asked_for(
    rows: list[CoveredService], is_pooled: bool, form: ServicesForm
) -> None:
    terms = Terms(services=tuple(rows), is_pooled=is_pooled)
    sent = to_api(terms, chain_id=CHAIN, form=form)
    assert isinstance(sent["services"], dict) and isinstance(sent["service_categories"], dict)
    if form == "maps":
        assert "service_links" not in sent
        both = {"services": False, "service_categories": True}
        ids = {(int(key), kind) for name, kind in both.items() for key in sent[name]}
    else:
        links = sent["service_links"]
        ids = {
            (x["service_id"] or x["service_category_id"], x["service_id"] is None) for x in links
        }
        unlimited = {
            (x["service_id"] or x["service_category_id"]) for x in links if x["is_unlimited"]
        }
        if not is_pooled:
            assert unlimited == {row.id for row in rows if row.is_unlimited}
    assert ids == {(row.id, row.is_category) for row in rows}


def test_unlimited_row_needs_links() -> None:
    row = CoveredService(id=1, is_category=False, visits=0, is_unlimited=True)
    assert first_services_form(Terms(services=(row,))) == "links"
    assert first_services_form(Terms(services=(row,), is_pooled=True)) == "maps"
    assert first_services_form(read().terms) == "maps"


def test_price_keeps_its_digits() -> None:
    sent = to_api(Terms(price=Decimal("0.10")), chain_id=CHAIN, form="maps")
    assert b'"cost":0.10,' in payloads.encode(sent)


# Comparing


def test_same_terms_said_otherwise_do_not_differ() -> None:
    table = [
        (Terms(title="A"), Terms(title=" A ")),
        (Terms(online_description="a\r\nb"), Terms(online_description="a\nb")),
        (Terms(price=Decimal("5.0")), Terms(price=Decimal(5))),
        (Terms(pool_visits=4), Terms(pool_visits=5)),
        (
            Terms(
                usable_times=(
                    UsableTime(days=(1, 2), intervals=((60, 120), (0, 30))),
                    UsableTime(days=(3,), intervals=((0, 30),)),
                )
            ),
            Terms(
                usable_times=(
                    UsableTime(days=(3, 1), intervals=((0, 30),)),
                    UsableTime(days=(2,), intervals=((0, 30), (60, 120))),
                    UsableTime(days=(1,), intervals=((60, 120),)),
                )
            ),
        ),
        (
            Terms(is_pooled=True, services=(CoveredService(id=1, is_category=False, visits=1),)),
            Terms(is_pooled=True, services=(CoveredService(id=1, is_category=False, visits=0),)),
        ),
    ]
    wrong = {
        repr((one, other)): found for one, other in table if (found := SCHEMA.differing(one, other))
    }
    assert wrong == {}


def test_other_terms_differ() -> None:
    table: list[tuple[str, Any]] = [
        ("title", "a"),
        ("online_description", "a\n\nb"),
        ("price", Decimal("0.01")),
        ("usable_times", (UsableTime(days=(1,), intervals=((0, 60),)),)),
        ("services", (CoveredService(id=1, is_category=True, visits=1),)),
        ("online_price", Decimal(0)),
        ("category_id", 0),
    ]
    wrong = {
        repr((name, value)): found
        for name, value in table
        if (found := SCHEMA.differing(Terms(), Terms(**{name: value}))) != [name]
    }
    assert wrong == {}


def test_errors_are_put_on_their_terms() -> None:
    found = SCHEMA.terms_of_errors(
        {
            "cost": ["Too much."],
            "services.3": ["Gone."],
            "service_links": ["Bad."],
            "salon_ids": ["Where?"],
            "weather": ["Rain."],
        }
    )
    assert found == {
        "price": ["Too much."],
        "services": ["Gone.", "Bad."],
        "location_ids": ["Where?"],
        "": ["weather: Rain."],
    }


def test_no_write_key_is_without_a_term() -> None:
    known = SCHEMA.term_of_key.keys() | SCHEMA.read_only
    of_the_api = {*FIELDS, *REQUIRED, *WRITE_ONLY, "service_links", "services"}
    assert of_the_api - known == {"is_archived", "salon_group_id", "delete_online_image"}


# Calls


def test_answer_that_is_not_the_whole_type_is_not_taken_for_it() -> None:
    table: list[Any] = [None, [], {}, {"id": 77}, {**RAW, "cost": None}]
    taken = [data for data in table if api.whole_answer(Answer(200, data)) is not None]
    assert taken == []
    assert api.whole_answer(Answer(200, RAW)) is not None


@pytest.mark.slow
def test_thousand_types_take_two_round_trips(sandboxes: dict[str, Sandbox]) -> None:
    sandbox = sandboxes["observed"]
    sandbox.reset(types=1000)
    api_user = Api(sandbox, sandbox.director)
    transport = transport_to(
        sandbox.api_url,
        partner_token=Secret(sandbox.partner_token),
        user_token=Secret(api_user.headers["Authorization"].rpartition(" ")[2]),
    )
    sandbox.latency = 1.0
    began = time.monotonic()
    try:
        listed = api.list_all(transport, CHAIN)
    finally:
        sandbox.latency = 0.0
    assert time.monotonic() - began < 4.5  # one after the other takes five
    assert {row.id for row in listed.types} == {raw["id"] for raw in sandbox.types_of(CHAIN)}
    assert listed.is_complete
    pages = [call["query"] for call in sandbox.calls() if call["method"] == "GET"]
    assert all(page["limit"] == ["250"] for page in pages)
    archived = sum(raw["is_archived"] for raw in sandbox.types_of(CHAIN))
    assert len(pages) == ceil((1000 - archived) / 250) + 1


Rows = Callable[[bool, int], list[dict[str, Any]]]


def _answering(rows: Rows, total: Callable[[bool], Any]) -> responses.RequestsMock:
    """Altegio whose pages of the list are those rows, with that total."""

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        query = parse_qs(urlsplit(request.url).query)
        archived = query["is_archived"] == ["1"]
        data = rows(archived, int(query["page"][0]))
        meta = {} if total(archived) is None else {"total_count": total(archived)}
        return 200, {}, json.dumps({"success": True, "data": data, "meta": meta})

    mock = responses.RequestsMock(assert_all_requests_are_fired=False)
    mock.add_callback(responses.GET, re.compile(r"http://altegio\.example/.*"), answer)
    return mock


def _list(mock: responses.RequestsMock) -> tuple[dict[int, bool], bool, int]:
    with mock:
        listed = api.list_all(transport_to("http://altegio.example/api/v1"), CHAIN)
        calls = len(mock.calls)
    return {row.id: row.is_archived for row in listed.types}, listed.is_complete, calls


def _of(*ids: int) -> list[dict[str, Any]]:
    # Here the answer does not say which are archived: the question did.
    return [{**RAW, "id": number, "is_archived": None} for number in ids]


def test_smaller_pages_than_asked_for_are_all_read() -> None:
    pages = {1: _of(1, 2), 2: _of(3, 4), 3: _of(5)}
    mock = _answering(
        lambda archived, page: _of(9) if archived else pages[page],
        lambda archived: "1" if archived else 5,
    )
    found, is_complete, calls = _list(mock)
    assert found == {1: False, 2: False, 3: False, 4: False, 5: False, 9: True}
    assert is_complete and calls == 4


def test_without_a_total_it_reads_until_a_short_page() -> None:
    pages = {1: _of(1, 2), 2: _of(3, 4), 3: _of(5)}
    mock = _answering(lambda archived, page: [] if archived else pages[page], lambda archived: None)
    assert _list(mock)[0].keys() == {1, 2, 3, 4, 5}


def test_type_that_moves_between_pages_counts_once_and_the_gap_is_said() -> None:
    pages = {1: _of(1, 2), 2: _of(2, 3)}
    mock = _answering(
        lambda archived, page: [] if archived else pages[page],
        lambda archived: 0 if archived else 4,
    )
    found, is_complete, _calls = _list(mock)
    assert found.keys() == {1, 2, 3}
    assert not is_complete


def test_list_that_is_none_is_said() -> None:
    def listed(rows: Any) -> object:
        return _list(_answering(lambda archived, page: rows, lambda archived: 1))

    table: list[Any] = [{"id": 1}, "types", [None], [{"title": "no id"}]]
    taken = []
    for rows in table:
        with suppress(UnreadableAnswer):
            taken.append((rows, listed(rows)))
    assert taken == []
