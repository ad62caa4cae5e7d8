"""A chain of sixty locations in a browser: a search goes on by itself, and one is found by name."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.browser.windows import Windows
from tests.memberships.common import CHAIN, LIST, PHONE, put

PROMOTION = 21001
ASKED = re.compile("of 60 locations were asked so far: ")
scripts = pytest.mark.parametrize(
    "java_script",
    [
        pytest.param(True, id="scripts"),
        pytest.param(False, id="no scripts", marks=pytest.mark.long),
    ],
)


@pytest.fixture
def many(sandbox: Sandbox) -> list[int]:
    """The ids of the locations that the chain has besides: every fifth is in Rīga."""
    cities = ("Rīga", "Jūrmala", "Liepāja", "Málaga", "Алматы")
    return sandbox.add_locations(CHAIN, [f"{cities[n % 5]}, iela {n}" for n in range(55)])


@scripts
def test_search_that_takes_several_turns_comes_to_an_end(
    many: list[int],
    connection: Connection,
    manager: User,
    sandbox: Sandbox,
    settings: Any,
    windows: Windows,
    java_script: bool,
) -> None:
    settings.ALTEGIO_RATE_PER_SECOND, settings.ALTEGIO_TIMEOUT = 20, 2.0
    put(sandbox, found_in=[many[0], many[-1]])
    page = windows.open(manager, java_script_enabled=java_script)
    page.goto(LIST)
    page.locator("[name=phone]").fill(f"+{PHONE}")
    page.locator("[name=phone]").press("Enter")
    expect(page.get_by_text(ASKED)).to_be_visible()
    assert PHONE not in page.url
    while not java_script and page.get_by_text(ASKED).is_visible():
        page.get_by_role("button", name=re.compile("Ask the (other|last)")).click()
    expect(page).to_have_url(re.compile(rf"{LIST}\?found="))
    expect(page.locator("#result tbody tr")).to_have_count(1)
    expect(page.locator("#result")).to_contain_text("Rīga, iela 0, Алматы, iela 54")
    expect(page.locator(".notice.warn")).to_have_count(0)
    if java_script:  # nobody is asked to send the phone again
        page.go_back()
        expect(page.locator("[name=phone]")).to_be_visible()
        expect(page.locator("#result, form.notice")).to_have_count(0)


@pytest.mark.long
def test_locations_are_found_by_a_word_and_ticked_together(
    many: list[int], connection: Connection, manager: User, windows: Windows
) -> None:
    page = windows.open(manager)
    page.goto(f"/chains/{CHAIN}/promotions/{PROMOTION}/edit/")
    boxes = page.locator("[name=location_ids]")
    before = boxes.and_(page.locator(":checked")).count()
    page.get_by_placeholder("Find a location").fill("rīga")
    expect(page.locator("[name=location_ids]:visible")).to_have_count(11)
    page.get_by_label("Tick all that are shown").check()
    page.get_by_placeholder("Find a location").fill("")
    expect(page.locator("[name=location_ids]:visible")).to_have_count(60)
    expect(page.locator("[name=location_ids]:checked")).to_have_count(before + 11)
    expect(page.locator("[data-preview]")).to_contain_text(f"and {before + 11 - 3} more")
