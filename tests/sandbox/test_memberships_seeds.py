"""The sold memberships that there are at the start."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from loyalty_admin.altegio.memberships import list_by_ids
from loyalty_admin.altegio.memberships_by_phone import find_in_chain
from loyalty_admin.altegio.transport import Secret
from loyalty_admin.sandbox.server import Sandbox
from tests.altegio.wire import transport_to
from tests.sandbox.api import FITNESS, SALON, Api
from tests.sandbox.memberships import BY_PHONE, NOW
from tests.sandbox.test_control import control


def days_left(raw: dict[str, Any], now: datetime) -> float:
    if raw["expiration_date"] is None:
        return 1e9
    return (datetime.fromisoformat(raw["expiration_date"]) - now) / timedelta(days=1)


def is_unlimited(raw: dict[str, Any]) -> bool:
    return any(link["is_unlimited"] for link in raw["balance_container"]["links"])


def test_the_seeds_are_the_same_each_time_and_awkward_enough(either: Api) -> None:
    for now in (NOW, datetime(2028, 2, 29, 23, 30, tzinfo=UTC), datetime.now(UTC)):
        either.sandbox.reset(now=now)
        sold = either.sandbox.memberships_of(SALON)
        either.sandbox.reset(now=now)
        assert either.sandbox.memberships_of(SALON) == sold
        assert len(sold) == 60
        usable = [raw for raw in sold if raw["status"]["slug"] == "active"]
        ends = [days_left(raw, now) for raw in usable]
        codes = {raw["number"] for raw in sold}
        for awkward in (
            {raw["status"]["slug"] for raw in sold} == {"created", "active", "expired", "wasted"},
            sum(raw["is_frozen"] for raw in usable) >= 2,
            all(raw["freeze_till"] for raw in sold if raw["is_frozen"]),
            min(ends) > 0,
            any(one < 3 for one in ends),
            any(3 < one < 7 for one in ends),
            any(7 < one < 30 for one in ends),
            any(one == 1e9 for one in ends),
            any(raw["is_united_balance"] for raw in usable),
            any(raw["is_united_balance_unlimited"] for raw in usable),
            any(is_unlimited(raw) for raw in usable),
            any(len(raw["balance_container"]["links"]) > 1 for raw in usable),
            any("category" in link for raw in usable for link in raw["balance_container"]["links"]),
            any(not raw["type"]["allow_freeze"] for raw in usable),
            any(raw["freeze_period"] == raw["type"]["freeze_limit"] - 1 for raw in usable),
            any(raw["type"]["allow_freeze"] and not raw["type"]["freeze_limit"] for raw in usable),
            {"<b>1</b>", "\"quoted\" & 'more'", ""} <= codes,
            any("<script>" in raw["type"]["title"] for raw in usable),
        ):
            assert awkward


def test_every_seed_is_in_a_state_that_its_dates_allow(either: Api) -> None:
    either.sandbox.reset(memberships=800, now=NOW)
    types = {raw["id"] for raw in either.sandbox.types_of(SALON)}
    for raw in either.sandbox.memberships_of(SALON):
        slug = raw["status"]["slug"]
        assert raw["type"]["id"] in types
        assert (raw["activated_date"] is None) == (slug == "created")
        assert (days_left(raw, NOW) < 0) == (slug == "expired") or slug == "wasted"
        moments = [raw["created_date"], raw["activated_date"], raw["last_used"]]
        known = [datetime.fromisoformat(moment) for moment in moments if moment]
        assert known == sorted(known) and known[-1] <= NOW
        if raw["last_used"]:
            assert days_left(raw, datetime.fromisoformat(raw["last_used"])) > 0


def test_phones_have_several_memberships_and_some_are_found_in_two_locations(
    either: Api,
) -> None:
    sold = either.sandbox.memberships_of(SALON)
    phones = Counter(raw["phone"] for raw in sold)
    assert min(phones) == "37120000001" and max(phones.values()) >= 4
    found: list[set[str]] = [
        {str(raw["id"]) for raw in either.read(BY_PHONE, company_id=location, phone=min(phones))}
        for location in range(501, 506)
    ]
    every = set().union(*found)
    assert sorted(map(len, found)) == [0, 0, 0, 2, 4]
    assert len(every) == 4
    there = either.read(BY_PHONE, company_id=601, phone=min(phones)) + either.read(
        BY_PHONE, company_id=602, phone=min(phones)
    )
    assert there and not {str(raw["id"]) for raw in there} & every


def test_the_second_chain_has_some_with_hostile_codes(either: Api) -> None:
    sold = either.sandbox.memberships_of(FITNESS)
    assert len(sold) == 6
    assert {"<b>2</b>", "\"т\" & 'у'"} <= {raw["number"] for raw in sold}
    assert {raw["type"]["salon_group_id"] for raw in sold} == {FITNESS}
    assert {raw["status"]["slug"] for raw in sold} == {"created", "active", "expired", "wasted"}


def test_the_number_of_memberships_is_chosen(sandboxes: dict[str, Sandbox]) -> None:
    sandbox = sandboxes["documented"]
    for memberships in (0, 1, 26, 300):
        sandbox.reset(memberships=memberships)
        assert len(sandbox.memberships_of(SALON)) == memberships
        assert len(sandbox.memberships_of(FITNESS)) == 6
        assert len(sandbox.types_of(SALON)) == 30
    sandbox.reset(types=0)
    assert sandbox.memberships_of(SALON) == []
    sandbox.reset(types=2)
    assert {raw["type"]["id"] for raw in sandbox.memberships_of(SALON)} == {11_001, 11_002}
    sandbox.reset()
    assert len(sandbox.memberships_of(SALON)) == 60


def test_a_reset_may_change_the_number_of_memberships(either: Api) -> None:
    assert control(either, "POST", "reset", {"memberships": 3}).status_code == 204
    assert len(either.sandbox.memberships_of(SALON)) == 3
    assert control(either, "POST", "reset", {"memberships": "many"}).status_code == 400
    assert len(either.sandbox.memberships_of(SALON)) == 3
    assert control(either, "POST", "reset").status_code == 204
    assert len(either.sandbox.memberships_of(SALON)) == 60


def test_five_thousand_memberships_are_there_within_a_second(either: Api) -> None:
    # Of this process: others may keep the machine busy.
    began = time.process_time()
    either.sandbox.reset(memberships=5000)
    assert time.process_time() - began < 1
    assert len({raw["id"] for raw in either.sandbox.memberships_of(SALON)}) == 5000


def test_memberships_leave_all_else_as_it_was(either: Api) -> None:
    starts = []
    for memberships in (0, 60):
        either.sandbox.reset(memberships=memberships)
        starts.append(
            (
                either.sandbox.types_of(SALON),
                either.sandbox.types_of(FITNESS),
                either.sandbox.put_type(SALON, {"title": "Next"})["id"],
            )
        )
    assert starts[0] == starts[1]
    ids = {raw["id"] for chain in (SALON, FITNESS) for raw in either.sandbox.memberships_of(chain)}
    assert len(ids) == 66 and min(ids) > 800_000


def test_every_seed_is_read_whole_by_the_client(either: Api) -> None:
    transport = transport_to(
        either.sandbox.api_url,
        partner_token=Secret(either.sandbox.partner_token),
        user_token=Secret(either.headers["Authorization"].rpartition(" ")[2]),
    )
    sold = either.sandbox.memberships_of(SALON)
    read = list_by_ids(transport, SALON, [raw["id"] for raw in sold])
    assert [(one.id, one.code, one.unreadable) for one in read] == [
        (raw["id"], raw["number"], ()) for raw in sold
    ]
    found = find_in_chain(transport, SALON, dict.fromkeys(range(501, 506), str(sold[0]["phone"])))
    assert found.failures == {}
    assert {len(locations) for locations in found.location_ids.values()} == {1, 2}
