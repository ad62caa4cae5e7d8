"""Finding types: search, sort, filters, pages, the address, and what happens while it loads."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.browser.windows import LIST, Windows

READ = {"method": "GET", "path": "abonement_types"}


def titles(page: Page) -> list[str]:
    return page.locator("#results tbody th a").all_inner_texts()


def has(page: Page, title: str) -> None:
    link = page.locator("#results tbody").get_by_role("link", name=title, exact=True)
    expect(link).to_be_visible()


def has_not(page: Page, title: str) -> None:
    link = page.locator("#results tbody").get_by_role("link", name=title, exact=True)
    expect(link).to_have_count(0)


def test_searching_changes_the_address_and_keeps_the_focus(open_list: Callable[..., Page]) -> None:
    page = open_list()
    search = page.locator("#search")
    search.press_sequentially("massage")
    has_not(page, "Manicure × 5")
    has(page, "Thai massage × 8")
    expect(page).to_have_url(re.compile(r"[?&]q=massage\b"))
    expect(search).to_be_focused()
    expect(search).to_have_value("massage")


def test_the_back_button_returns_to_the_earlier_list(open_list: Callable[..., Page]) -> None:
    page = open_list()
    page.locator("[name=sold]").select_option("yes")
    has_not(page, "Thai massage × 8")
    has(page, "Manicure × 5")
    page.locator("#results th").get_by_role("link", name="Price").click()
    expect(page.locator('#results th[aria-sort="ascending"]')).to_contain_text("Price")
    expect(page).to_have_url(re.compile(r"sold=yes.*sort=price"))

    page.go_back()
    expect(page.locator('#results th[aria-sort="ascending"]')).to_contain_text("Title")
    expect(page.locator("[name=sold]")).to_have_value("yes")
    has_not(page, "Thai massage × 8")
    page.go_back()
    has(page, "Thai massage × 8")
    expect(page.locator("[name=sold]")).to_have_value("")
    page.go_forward()
    has_not(page, "Thai massage × 8")
    expect(page.locator("[name=sold]")).to_have_value("yes")


@pytest.mark.long
def test_going_back_from_a_type_shows_the_same_list(open_list: Callable[..., Page]) -> None:
    page = open_list()
    page.locator("[name=balance]").select_option("unlimited")
    has_not(page, "Manicure × 5")
    before = titles(page)
    page.get_by_role("link", name="Sauna without limits", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sauna without limits")
    page.go_back()
    has(page, "Sauna without limits")
    assert titles(page) == before
    expect(page.locator("[name=balance]")).to_have_value("unlimited")


@pytest.mark.long
def test_the_address_shared_or_reloaded_shows_the_same(
    open_list: Callable[..., Page], windows: Windows, viewer: User
) -> None:
    page = open_list()
    page.locator("#search").fill("massage")
    has_not(page, "Manicure × 5")
    page.locator("#results th").get_by_role("link", name="Price").click()
    expect(page.locator('#results th[aria-sort="ascending"]')).to_contain_text("Price")
    page.locator("#results th").get_by_role("link", name="Price").click()
    expect(page.locator('#results th[aria-sort="descending"]')).to_contain_text("Price")
    seen = titles(page)
    assert len(seen) >= 2

    page.reload()
    assert titles(page) == seen
    expect(page.locator("#search")).to_have_value("massage")

    other = windows.open(viewer)
    other.goto(page.url)
    expect(other.locator("#results table")).to_be_visible()
    assert titles(other) == seen


@pytest.mark.long
def test_sorting_and_filtering_keep_each_other(open_list: Callable[..., Page]) -> None:
    page = open_list("?sort=-price&online=on")
    page.locator("[name=sold]").select_option("yes")
    has_not(page, "Weekend hammam")
    expect(page).to_have_url(re.compile(r"sort=-price"))
    expect(page).to_have_url(re.compile(r"online=on"))
    expect(page.locator('#results th[aria-sort="descending"]')).to_contain_text("Price")


def test_a_cold_list_comes_by_itself_and_the_page_is_there_before(
    windows: Windows, connection: Connection, viewer: User, sandbox: Sandbox
) -> None:
    sandbox.fault(kind="latency", seconds=60, times=None, match=READ)
    page = windows.open(viewer)
    page.goto(LIST, wait_until="domcontentloaded")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("#results [role=status]")).to_be_visible()
    sandbox.clear_faults()  # only now Altegio answers
    has(page, "Manicure × 5")
    assert page.url.endswith(LIST)


def test_a_cold_list_that_altegio_does_not_give_says_so_and_can_be_tried_again(
    windows: Windows, connection: Connection, viewer: User, sandbox: Sandbox
) -> None:
    windows.expected.append("502 GET")
    sandbox.fault(kind="html", status=502, times=None, match=READ)
    page = windows.open(viewer)
    page.goto(LIST)
    problem = page.locator("#main [role=alert]")
    expect(problem).to_be_visible()
    expect(page.locator(".skeleton")).to_have_count(0)
    sandbox.clear_faults()
    problem.get_by_role("link").click()
    has(page, "Manicure × 5")


@pytest.mark.long
def test_a_cold_list_that_altegio_did_not_give_can_be_refreshed(
    windows: Windows, connection: Connection, viewer: User, sandbox: Sandbox
) -> None:
    windows.expected.append("502 GET")
    sandbox.fault(kind="html", status=502, times=None, match=READ)
    page = windows.open(viewer)
    page.goto(LIST)
    expect(page.locator("#main [role=alert]")).to_be_visible()
    sandbox.clear_faults()
    page.get_by_role("button", name="Refresh").click()
    has(page, "Manicure × 5")
    expect(page.locator("#main [role=alert]")).to_have_count(0)


def test_a_thousand_types_are_searched_and_paged(
    windows: Windows, connection: Connection, viewer: User, sandbox: Sandbox
) -> None:
    sandbox.reset(types=1000)
    connection.refresh_from_db()
    page = windows.open(viewer)
    page.goto("/chains/")
    page.goto(LIST)
    expect(page.locator("#results tbody tr")).to_have_count(50)
    page.get_by_role("link", name="Next").first.click()
    expect(page).to_have_url(re.compile("page=2"))
    expect(page.locator("#results .pager")).to_contain_text("51")
    expect(page.locator("#results tbody tr")).to_have_count(50)

    page.locator("#search").fill("membership 0999")
    expect(page.locator("#results tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"q=membership\+0999"))
    assert "page=" not in page.url


@pytest.fixture
def still_list(page: Page, open_list: Callable[..., Page]) -> Page:
    """The list in a browser whose clock goes on only where a test lets it."""
    page.clock.install()
    open_list()
    page.clock.pause_at(datetime.now() + timedelta(minutes=1))
    return page


def test_a_slow_answer_shows_the_bar_after_a_moment(still_list: Page, sandbox: Sandbox) -> None:
    page, bar = still_list, still_list.locator("#progress")
    sandbox.fault(kind="latency", seconds=2, times=None, match=READ)
    page.get_by_role("button", name="Refresh").click()
    page.clock.run_for(299)
    expect(bar).to_be_hidden()
    page.clock.run_for(1)
    expect(bar).to_be_visible()
    expect(bar).to_be_hidden()


@pytest.mark.long
def test_a_quick_answer_never_shows_the_bar(still_list: Page) -> None:
    page = still_list
    page.locator("#search").fill("massage")
    with page.expect_response("**q=massage*"):
        page.clock.run_for(299)  # the search waits until nothing more is typed
    has_not(page, "Manicure × 5")
    page.clock.run_for(1000)
    expect(page.locator("#progress")).to_be_hidden()


@pytest.mark.long
def test_an_empty_chain_says_what_to_do(
    windows: Windows, connection: Connection, manager: User, sandbox: Sandbox
) -> None:
    sandbox.reset(types=0)
    page = windows.open(manager)
    page.goto(LIST)
    page.locator("#results").get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/new/$"))
