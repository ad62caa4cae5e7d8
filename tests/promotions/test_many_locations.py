"""A chain of many locations: each is asked once, as the limiter lets, until all is there."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.altegio.parallel import FAN_OUT
from loyalty_admin.sandbox.server import Sandbox
from tests.pages import page_of
from tests.promotions.common import CHAIN, EVERYWHERE, LIST, LOCATIONS, STATIC, asked_of, listed
from tests.promotions.looking import row_texts, warnings
from tests.promotions.submitting import edit_form, send_edit

pytestmark = pytest.mark.slow

MORE = 55
PER_SECOND = 20
TIMEOUT = 2.0  # seconds: less than one turn takes


@pytest.fixture
def many(sandbox: Sandbox, settings: Any) -> list[int]:
    """The ids of all locations of the chain; asking them takes longer than a page may."""
    added = sandbox.add_locations(CHAIN, [f"Aurora {number}" for number in range(MORE)])
    everywhere = [*LOCATIONS, *added]
    sandbox.alter_promotion(CHAIN, EVERYWHERE, companies=[{"id": one} for one in everywhere])
    sandbox.alter_promotion(CHAIN, STATIC, companies=[{"id": added[-1]}])
    settings.ALTEGIO_RATE_PER_SECOND = PER_SECOND
    settings.ALTEGIO_RATE_PER_MINUTE = 6000
    settings.ALTEGIO_TIMEOUT = TIMEOUT
    return everywhere


@pytest.mark.slow
def test_list_becomes_whole_turn_by_turn(many: list[int], sandbox: Sandbox, edith: Client) -> None:
    turns: list[list[str]] = []
    while len(turns) < 10:
        before = len(sandbox.calls())
        page = page_of(edith, f"{LIST}loaded/")
        turns.append(asked_of(sandbox.calls()[before:]))
        if not [one for one in page.all("span") if "data-background" in one.attrs]:
            break
    asked = [line for turn in turns for line in turn]
    assert len(turns) > 1
    # The limiter, not a page, says how fast.
    assert max(map(len, turns)) <= PER_SECOND * (TIMEOUT + 1)
    places = {line for line in asked if line.startswith("GET in")}
    assert places == {f"GET in {one}" for one in many}
    assert {*asked} - places == {f"GET /{raw['id']}" for raw in listed(sandbox)}
    # Again only what was under way when the time of a turn was over.
    assert len(asked) <= len({*asked}) + FAN_OUT * (len(turns) - 1)
    texts = row_texts(page)
    assert texts.keys() == {raw["id"] for raw in listed(sandbox)}
    assert f"Aurora {MORE - 1}" in texts[EVERYWHERE] and f"Aurora {MORE - 1}" in texts[STATIC]
    assert not warnings(page)


def test_silent_locations_are_named_in_short(
    many: list[int], sandbox: Sandbox, edith: Client, settings: Any
) -> None:
    settings.ALTEGIO_RATE_PER_SECOND = 1000
    for one in many[5:]:
        match = {"path": f"/company/{one}/"}
        sandbox.fault(kind="status", status=403, times=None, match=match)
    page = page_of(edith, f"{LIST}loaded/")
    named = ", ".join(f"Aurora {number}" for number in range(5))
    assert named in warnings(page) and "Aurora 5" not in warnings(page)
    assert " 50 " in warnings(page)


def test_one_of_many_locations_is_looked_for_in_the_form(
    many: list[int], sandbox: Sandbox, edith: Client, settings: Any
) -> None:
    settings.ALTEGIO_RATE_PER_SECOND = 1000
    form = edit_form(edith, STATIC)
    page = page_of(edith, f"{LIST}{STATIC}/edit/")
    (search,) = (box for box in page.all("input") if box.attrs.get("data-filter"))
    assert page.all("div", id=search.attrs["data-filter"], class_="picker")
    assert len(page.all("input", name="location_ids")) == len(many)
    assert form.values["location_ids"] == [str(many[-1])]
    chosen = [str(one) for one in many[10:50]]
    assert send_edit(edith, form, STATIC, {"location_ids": chosen}).status_code == 302
    companies = sandbox.promotion_of(CHAIN, STATIC)["companies"]
    assert [str(one["id"]) for one in companies] == chosen


def test_few_locations_need_no_search(sandbox: Sandbox, edith: Client) -> None:
    page = page_of(edith, f"{LIST}{STATIC}/edit/")
    assert len(page.all("input", name="location_ids")) == len(LOCATIONS)
    assert not [box for box in page.all("input") if "location" in box.attrs.get("data-filter", "")]
