"""Covered services go as maps or as links: chains read one of them and ignore the other."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PROFILES
from tests.membership_types.common import CHAIN, OTHER_CHAIN, listed, writes
from tests.membership_types.submitting import create, newest, said, shown
from tests.pages import Typed

pytestmark = pytest.mark.slow

# In the second chain: yoga.
YOGA: Typed = {
    "services": ["s810101"],
    "services-visits-s810101": "10",
    "location_ids": ["601"],
}
UNLIMITED_BATH: Typed = {"services-unlimited-s710503": "on"}


def _forms(calls: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(call["method"], "links" if _links(call) else "maps") for call in calls]


def _links(call: dict[str, Any]) -> bool:
    body = call["body"]
    assert not (body.get("service_links") and (body["services"] or body["service_categories"]))
    return bool(body.get("service_links"))


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
