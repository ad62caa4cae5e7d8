"""Chains, locations and services as the API gives them."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest

from loyalty_admin.altegio.auth import sign_in
from loyalty_admin.altegio.chains import (
    CardType,
    Category,
    Chain,
    Location,
    Service,
    list_card_types,
    list_categories,
    list_chains,
)
from loyalty_admin.altegio.errors import Refused, UnreadableAnswer
from loyalty_admin.altegio.transport import Secret
from loyalty_admin.sandbox.server import Sandbox
from tests.altegio.wire import WireServer, ok, reply, transport_to

PARTNER = "partner-of-the-tests"
COMPANY = {
    "id": "21",
    "title": "Abai Avenue",
    "public_title": "Aurora",
    "timezone_name": "Asia/Almaty",
    "currency_short_title": "₸",
    "phone": "7",
}
GROUP = {
    "id": 7,
    "title": "Aurora",
    "companies": [COMPANY],
    "access": {"loyalty_access": "1", "analytics_access": 0, "users_access": "odd"},
}
AURORA = Chain(
    id=7,
    title="Aurora",
    locations=(
        Location(id=21, title="Abai Avenue", timezone="Asia/Almaty", currency="₸", phone="7"),
    ),
    access={"loyalty_access": True, "analytics_access": False, "users_access": None},
)


def chains_of(data: Any) -> list[Chain]:
    with WireServer(ok(data)) as server:
        chains = list_chains(transport_to(server))
    assert server.requests[0].target == "/api/v1/groups"
    return chains


def test_chain_with_locations_and_rights() -> None:
    assert chains_of([GROUP]) == [AURORA]


def test_chain_survives_a_json_column() -> None:
    assert Chain.from_json(json.loads(json.dumps(AURORA.as_json()))) == AURORA


def test_no_chains() -> None:
    table: list[Any] = [[], [None], [5], [{"title": "No id"}], [{"id": -1}]]
    wrong = {repr(data): found for data in table if (found := chains_of(data)) != []}
    assert wrong == {}


def test_chain_with_nothing_but_an_id() -> None:
    bare = Chain(id=7, title="")
    assert chains_of([{"id": 7}]) == [bare]
    assert chains_of([{"id": 7, "title": None, "companies": None, "access": []}]) == [bare]
    assert chains_of([{"id": 7, "companies": [None, {"title": "No id"}], "access": "all"}]) == [
        bare
    ]


def test_chain_that_comes_twice_is_one() -> None:
    assert [chain.title for chain in chains_of([GROUP, {**GROUP, "title": "Again"}])] == ["Aurora"]


def test_chains_that_are_no_list_are_unreadable() -> None:
    table: list[Any] = [{"id": 7}, None]
    taken = []
    for data in table:
        with suppress(UnreadableAnswer):
            taken.append((data, chains_of(data)))
    assert taken == []


def test_stand_in_signs_in_and_has_chains_with_services(profile: str, sandbox: Sandbox) -> None:
    partner = transport_to(sandbox.api_url, partner_token=Secret(PARTNER), user_token=None)
    with pytest.raises(Refused) as caught:
        sign_in(partner, login=sandbox.director, password="wrong")
    assert caught.value.message
    signed_in = sign_in(partner, login=sandbox.director, password=sandbox.password)

    director = transport_to(
        sandbox.api_url, partner_token=Secret(PARTNER), user_token=signed_in.user_token
    )
    chains = list_chains(director)
    assert len(chains) == 2
    assert all(chain.title and chain.locations and chain.access for chain in chains)
    categories = list_categories(director, chains[0].id)
    assert any(category.services for category in categories)


CATEGORIES = [
    {"id": 1, "title": "Hair", "services": [{"id": "11", "title": "Cut"}, {"title": "No id"}]},
    {"id": 2, "title": "Empty", "services": None},
    {"title": "No id"},
]


def test_categories_with_and_without_an_envelope() -> None:
    with WireServer(ok(CATEGORIES), reply(json_body=CATEGORIES)) as server:
        found = [list_categories(transport_to(server), 7) for _call in range(2)]
    assert [request.target for request in server.requests] == [
        "/api/v1/chain/7/service_categories?include=services"
    ] * 2
    assert found == [[Category(1, "Hair", (Service(11, "Cut"),)), Category(2, "Empty")]] * 2


CARD_TYPES = [{"id": "51", "title": "Gold"}, {"id": 51}, {"id": 29}, {"title": "No id"}, None]


def test_card_types_with_and_without_an_envelope() -> None:
    with WireServer(ok(CARD_TYPES), reply(json_body=CARD_TYPES)) as server:
        found = [list_card_types(transport_to(server), 7) for _call in range(2)]
    assert [request.target for request in server.requests] == [
        "/api/v1/chain/7/loyalty/card_types"
    ] * 2
    assert found == [[CardType(51, "Gold"), CardType(29, "")]] * 2


def test_chain_may_have_no_card_types() -> None:
    with WireServer(ok(None), reply(json_body=[])) as server:
        assert list_card_types(transport_to(server), 7) == []
        assert list_card_types(transport_to(server), 7) == []


def test_card_types_that_are_no_list_are_unreadable() -> None:
    with WireServer(reply(json_body={"id": 51})) as server, pytest.raises(UnreadableAnswer):
        list_card_types(transport_to(server), 7)
