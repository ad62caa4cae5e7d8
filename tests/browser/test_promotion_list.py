"""The list of promotions of a chain that is larger than what can be read in one go."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from loyalty_admin.sandbox.server import Sandbox
from tests.promotions.common import CHAIN, LIST, SEARCH, VISITS, asked_of


@pytest.mark.long
def test_what_there_was_no_time_for_comes_by_itself(sandbox: Sandbox, page: Page) -> None:
    # Three times: a page asks again twice before it gives up.
    for path in (f"programs/{VISITS}$", f"/company/504/{SEARCH}$"):
        sandbox.fault(kind="html", status=502, times=3, match={"path": path})
    page.goto(f"{LIST}?gives=discount")
    expect(page.locator(f"#promotion-row-{VISITS}")).to_contain_text("3 % off from 3 visits")
    expect(page.locator("#results .notice")).to_have_count(0)
    expect(page.locator("#results [role=status]")).not_to_contain_text("being read again")
    expect(page).to_have_url(f"{LIST}?gives=discount")
    asked = asked_of(sandbox.calls(), CHAIN)
    assert asked.count("GET in 504") == asked.count(f"GET /{VISITS}") == 4
    assert asked.count("GET in 501") == 1


def test_reading_by_itself_ends(sandbox: Sandbox, page: Page) -> None:
    match = {"path": f"/company/504/{SEARCH}$"}
    sandbox.fault(kind="html", status=502, times=None, match=match)
    page.goto(LIST)
    notice = page.locator("#results .notice")
    expect(page.locator("#results table")).to_be_visible()
    expect(page.locator("#results [role=status]").last).not_to_contain_text("being read again")
    expect(notice).to_contain_text("Not answered by: Aurora Málaga.")
    page.wait_for_load_state("networkidle")
    assert asked_of(sandbox.calls(), CHAIN).count("GET in 504") == 6
