"""Reading the list anew because a person asks for it."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.promotions.common import CHAIN, LIST, LOCATIONS, STATIC, asked_of, listed
from tests.promotions.looking import rows_now

pytestmark = pytest.mark.slow


def test_refresh_asks_every_location_again(sandbox: Sandbox, loaded: Client) -> None:
    before = len(sandbox.calls())
    loaded.post(f"{LIST}refresh/")
    asked = asked_of(sandbox.calls()[before:])
    assert sorted(asked[:5]) == [f"GET in {number}" for number in LOCATIONS]
    # And for every promotion, however lately it was read.
    assert {*asked[5:]} == {f"GET /{raw['id']}" for raw in listed(sandbox)}


def test_promotion_made_at_altegio_comes_and_a_deleted_one_goes(
    sandbox: Sandbox, loaded: Client
) -> None:
    raw = sandbox.promotion_of(CHAIN, STATIC)
    made = sandbox.put_promotion(CHAIN, {**raw, "id": None, "title": "Made there"})["id"]
    sandbox.alter_promotion(CHAIN, STATIC, is_deleted=True)
    rows = rows_now(loaded)
    assert "Made there" in rows[made]
    assert STATIC not in rows
