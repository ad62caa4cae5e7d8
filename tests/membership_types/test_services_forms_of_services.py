"""Covered services go as maps or as links: chains read one of them and ignore the other."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PROFILES
from tests.faults.classes import BUSY, REFUSED, UNKNOWN, UNREADABLE, FaultClass
from tests.membership_types.common import CHAIN, OTHER_CHAIN, listed, named, writes
from tests.membership_types.submitting import create, edit, newest, said, shown
from tests.pages import Typed
from tests.sandbox.api import covered

# In the second chain: yoga.
YOGA: Typed = {
    "services": ["s810101"],
    "services-visits-s810101": "10",
    "location_ids": ["601"],
}
UNLIMITED_YOGA: Typed = {**YOGA, "services-unlimited-s810101": "on"}
UNLIMITED_BATH: Typed = {"services-unlimited-s710503": "on"}


def _forms(calls: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(call["method"], "links" if _links(call) else "maps") for call in calls]


def _links(call: dict[str, Any]) -> bool:
    body = call["body"]
    assert not (body.get("service_links") and (body["services"] or body["service_categories"]))
    return bool(body.get("service_links"))


@pytest.mark.parametrize("profile", ["observed"], indirect=True)
class TestChainThatReadsOnlyLinks:
    def test_new_type_takes_one_post_and_one_put(
        self, profile: str, sandbox: Sandbox, edith: Client
    ) -> None:
        before = {raw["id"] for raw in sandbox.types_of(OTHER_CHAIN)}
        create(edith, YOGA, chain_id=OTHER_CHAIN)
        assert _forms(writes(sandbox)) == [("POST", "maps"), ("PUT", "links")]
        (made,) = [raw for raw in sandbox.types_of(OTHER_CHAIN) if raw["id"] not in before]
        assert covered(made) == {810101: 10}
        assert writes(sandbox)[1]["path"].endswith(f"/{made['id']}")
        entry = newest()
        assert (entry.outcome, entry.kept, entry.result_id) == (Outcome.DONE, [], made["id"])
        assert [attempt["outcome"] for attempt in entry.attempts] == ["201", "200"]

    def test_what_took_is_tried_first_from_then_on(
        self, profile: str, sandbox: Sandbox, edith: Client
    ) -> None:
        create(edith, YOGA, chain_id=OTHER_CHAIN)
        count = len(writes(sandbox))
        create(edith, {**YOGA, "title": "Second"}, chain_id=OTHER_CHAIN)
        assert _forms(writes(sandbox)[count:]) == [("POST", "links")]
        # Each chain for itself.
        create(edith, {"title": "Third"})
        assert _forms(writes(sandbox)[count + 1 :]) == [("POST", "maps")]

    def test_edit_takes_two_puts_and_keeps_the_services(
        self, profile: str, sandbox: Sandbox, edith: Client
    ) -> None:
        raw = named(sandbox, "Йога және пилатес", OTHER_CHAIN)
        edit(edith, raw["id"], {"title": "Yoga"}, chain_id=OTHER_CHAIN)
        assert _forms(writes(sandbox)) == [("PUT", "maps"), ("PUT", "links")]
        found = sandbox.type_of(OTHER_CHAIN, raw["id"])
        assert (found["title"], covered(found)) == ("Yoga", covered(raw))
        assert (newest().outcome, newest().kept) == (Outcome.DONE, [])

    def test_sold_type_gets_no_second_put(
        self, profile: str, sandbox: Sandbox, edith: Client
    ) -> None:
        raw = named(sandbox, "Gym × 12", OTHER_CHAIN)
        typed: Typed = {"services": ["s810201", "s810101"], "services-visits-s810101": "3"}
        edit(edith, raw["id"], {**typed, "title": "Gym and yoga"}, chain_id=OTHER_CHAIN)
        assert len(writes(sandbox)) == 1
        assert [kept["field"] for kept in newest().kept] == ["Covered services"]

    def test_type_sold_between_the_two_puts_gets_no_second(
        self, profile: str, sandbox: Sandbox, edith: Client
    ) -> None:
        """What is read back counts, not what was read before."""
        raw = named(sandbox, "Йога және пилатес", OTHER_CHAIN)
        sandbox.put_type(OTHER_CHAIN, raw | {"abonements_count": None})
        edit(edith, raw["id"], {"title": "Yoga"}, chain_id=OTHER_CHAIN)
        assert len(writes(sandbox)) == 1
        (kept,) = newest().kept
        assert kept["field"] == "Covered services"

    def test_unlimited_services_go_as_links_at_once(
        self, profile: str, sandbox: Sandbox, edith: Client
    ) -> None:
        create(edith, UNLIMITED_YOGA, chain_id=OTHER_CHAIN)
        assert _forms(writes(sandbox)) == [("POST", "links")]
        assert covered(named(sandbox, "Ten baths", OTHER_CHAIN)) == {810101: None}

    @pytest.mark.parametrize("one", [REFUSED, BUSY], ids=lambda one: one.name)
    def test_refused_second_put_is_said_with_what_is_missing(
        self, profile: str, sandbox: Sandbox, edith: Client, one: FaultClass
    ) -> None:
        sandbox.fault(match={"method": "PUT"}, **one.fault)
        response = create(edith, YOGA, chain_id=OTHER_CHAIN)
        assert _forms(writes(sandbox)) == [("POST", "maps"), ("PUT", "links")]
        entry = newest()
        assert entry.outcome == Outcome.DONE
        assert entry.attempts[0]["outcome"] == "201"
        (kept,) = entry.kept
        assert kept["field"] == "Covered services"
        assert "Covered services" in said(shown(edith, response))
        # The type can be mended here.
        count = len(writes(sandbox))
        edit(edith, entry.result_id or 0, YOGA, chain_id=OTHER_CHAIN)
        assert len(writes(sandbox)) <= count + 2
        assert covered(named(sandbox, "Ten baths", OTHER_CHAIN)) == {810101: 10}

    @pytest.mark.parametrize("one", [UNKNOWN, UNREADABLE], ids=lambda one: one.name)
    def test_unknown_second_put_is_settled_and_what_is_missing_is_said(
        self, profile: str, sandbox: Sandbox, edith: Client, one: FaultClass
    ) -> None:
        raw = named(sandbox, "Йога және пилатес", OTHER_CHAIN)
        sandbox.fault(**one.fault, after=1, match={"method": "PUT"})
        response = edit(edith, raw["id"], {"title": "Yoga"}, chain_id=OTHER_CHAIN)
        assert len(writes(sandbox)) == 2
        entry = newest()
        assert (entry.outcome, [kept["field"] for kept in entry.kept]) == (
            Outcome.DONE,
            ["Covered services"],
        )
        assert "Covered services" in said(shown(edith, response))

    def test_lost_services_are_said_also_when_only_they_were_asked_for(
        self, profile: str, sandbox: Sandbox, edith: Client
    ) -> None:
        raw = named(sandbox, "Йога және пилатес", OTHER_CHAIN)
        sandbox.fault(kind="reset_after", match={"method": "PUT"})
        typed: Typed = {"services-visits-s810101": "3"}
        edit(edith, raw["id"], typed, chain_id=OTHER_CHAIN)
        assert covered(sandbox.type_of(OTHER_CHAIN, raw["id"])) == {}
        assert newest().outcome == Outcome.DONE
        assert [kept["field"] for kept in newest().kept] == ["Covered services"]


@pytest.mark.parametrize("profile", ["observed"], indirect=True)
def test_maps_only_chain_cannot_say_unlimited_and_that_is_said(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    response = create(edith, UNLIMITED_BATH)
    assert _forms(writes(sandbox)) == [("POST", "links"), ("PUT", "maps")]
    assert [kept["field"] for kept in newest().kept] == ["Covered services"]
    assert "Covered services" in said(shown(edith, response))


def test_where_both_are_read_one_write_does(sandbox: Sandbox, edith: Client) -> None:
    create(edith)
    create(edith, {**UNLIMITED_BATH, "title": "Unlimited baths"})
    assert _forms(writes(sandbox)) == [("POST", "maps"), ("POST", "links")]


@pytest.mark.parametrize("profile", PROFILES, indirect=True)
def test_post_is_never_sent_twice(profile: str, sandbox: Sandbox, edith: Client) -> None:
    for chain_id, typed in [(CHAIN, {}), (CHAIN, UNLIMITED_BATH), (OTHER_CHAIN, YOGA)]:
        count, known = len(writes(sandbox)), len(listed(sandbox, chain_id))
        create(edith, typed, chain_id=chain_id)
        assert [call["method"] for call in writes(sandbox)[count:]].count("POST") == 1
        assert len(listed(sandbox, chain_id)) == known + 1
