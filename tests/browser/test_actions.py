"""Archive, unarchive, clone and delete, from the row and from the details page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from loyalty_admin.audit.models import Entry
from loyalty_admin.sandbox.server import Sandbox
from tests.browser.windows import CHAIN, LIST, Windows

TYPE = 11002  # "Soin visage à l’été", never sold
SOLD = 11001  # "Manicure × 5", 12 sold
OTHER = 11003


def row_of(page: Page, type_id: int = TYPE) -> Locator:
    return page.locator(f"#type-row-{type_id}")


def choose(page: Page, name: str, type_id: int = TYPE) -> None:
    """Opens the row's menu and takes an item."""
    page.locator(f"#menu-row-{type_id}").click()
    item = row_of(page, type_id).locator(".menu-items").get_by_text(name, exact=True)
    item.click()


def mark_others(page: Page) -> None:
    page.evaluate(f"document.querySelector('#type-row-{OTHER}').mine = true")


def others_survive(page: Page) -> bool:
    return bool(page.evaluate(f"document.querySelector('#type-row-{OTHER}').mine"))


def writes(sandbox: Sandbox) -> list[str]:
    return [
        f"{call['method']} {call['path']}"
        for call in sandbox.calls()
        if call["method"] != "GET" and "auth" not in call["path"]
    ]


def test_archiving_from_the_row_swaps_that_row_only(
    open_list: Callable[..., Page], sandbox: Sandbox
) -> None:
    page = open_list()
    mark_others(page)
    choose(page, "Archive")
    expect(page.locator("#toasts")).to_contain_text("Soin visage à l’été")
    expect(page.locator(f"#menu-row-{TYPE}")).to_be_focused()
    assert others_survive(page)
    assert sandbox.type_of(CHAIN, TYPE)["is_archived"]


@pytest.mark.long
def test_archiving_can_be_undone_again_and_again_in_the_row(
    open_list: Callable[..., Page], sandbox: Sandbox
) -> None:
    page = open_list()
    for turn, (name, is_archived) in enumerate(
        [("Archive", True), ("Unarchive", False), ("Archive", True), ("Unarchive", False)], start=1
    ):
        choose(page, name)
        expect(page.locator("#toasts .toast")).to_have_count(turn)
        assert bool(sandbox.type_of(CHAIN, TYPE)["is_archived"]) == is_archived
    assert len(writes(sandbox)) == 4


@pytest.mark.long
def test_archiving_on_the_details_page_keeps_the_page(page: Page, sandbox: Sandbox) -> None:
    page.goto(f"{LIST}{TYPE}/")
    page.evaluate("document.querySelector('#main').mine = true")
    for name, is_archived in [("Archive", True), ("Unarchive", False), ("Archive", True)]:
        page.locator("#archive-switch").get_by_text(name, exact=True).click()
        other = "Unarchive" if name == "Archive" else "Archive"
        expect(page.locator("#archive-switch")).to_have_text(other)
        expect(page.locator("#archive-switch")).to_be_focused()
        assert bool(sandbox.type_of(CHAIN, TYPE)["is_archived"]) == is_archived
    assert page.evaluate("document.querySelector('#main').mine")
    expect(page.locator("#toasts .toast").first).to_contain_text("Soin visage à l’été")


def test_a_clone_opens_on_the_new_type(open_list: Callable[..., Page], sandbox: Sandbox) -> None:
    page = open_list()
    choose(page, "Clone")
    page.wait_for_url(re.compile(rf"{LIST}(?!{TYPE}/)\d+/$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Soin visage à l’été")
    assert len(sandbox.types_of(CHAIN)) == 31


def test_a_double_click_on_clone_makes_one(page: Page, sandbox: Sandbox) -> None:
    sandbox.fault(kind="latency", seconds=0.4, match={"method": "POST"})
    page.goto(f"{LIST}{TYPE}/")
    page.get_by_role("button", name="Clone").dblclick()
    page.wait_for_url(lambda url: f"/{TYPE}/" not in url)
    assert [call for call in writes(sandbox) if "clone" in call] == [
        f"POST /chain/{CHAIN}/loyalty/abonement_types/{TYPE}/clone"
    ]
    assert len(sandbox.types_of(CHAIN)) == 31


def test_deleting_from_the_row_asks_first(open_list: Callable[..., Page], sandbox: Sandbox) -> None:
    page = open_list()
    mark_others(page)
    choose(page, "Delete…")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Soin visage à l’été")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert not writes(sandbox)

    choose(page, "Delete…")
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_be_hidden()
    expect(row_of(page).get_by_role("link", name="Soin visage à l’été", exact=True)).to_have_count(
        0
    )
    expect(page.locator("#toasts")).to_contain_text("Soin visage à l’été")
    assert others_survive(page)
    assert sandbox.type_of(CHAIN, TYPE)["is_deleted"]


@pytest.mark.long
def test_deleting_on_the_details_page_goes_back_to_the_list(page: Page, sandbox: Sandbox) -> None:
    page.goto(f"{LIST}{TYPE}/")
    page.locator("#type-actions").get_by_text("Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.wait_for_url(f"**{LIST}")
    expect(page.get_by_role("status").first).to_contain_text("Soin visage à l’été")
    expect(page.locator("#results table")).to_be_visible()
    expect(row_of(page)).to_have_count(0)
    assert sandbox.type_of(CHAIN, TYPE)["is_deleted"]


@pytest.mark.long
def test_a_sold_type_is_archived_instead_from_the_dialog(
    open_list: Callable[..., Page], sandbox: Sandbox
) -> None:
    page = open_list()
    choose(page, "Delete…", SOLD)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("12")
    dialog.get_by_role("button", name="Archive").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#toasts")).to_contain_text("Manicure × 5")
    assert sandbox.type_of(CHAIN, SOLD)["is_archived"]
    assert not sandbox.type_of(CHAIN, SOLD)["is_deleted"]


@pytest.mark.long
def test_a_refused_delete_keeps_the_row(
    open_list: Callable[..., Page], windows: Windows, sandbox: Sandbox
) -> None:
    windows.expected.append("422 POST")
    page = open_list()
    choose(page, "Delete…", SOLD)
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#alerts [data-problem]")).to_be_visible()
    expect(row_of(page, SOLD)).to_contain_text("Manicure × 5")
    assert not sandbox.type_of(CHAIN, SOLD)["is_deleted"]
    page.locator("#alerts [data-problem]").get_by_role("button").click()
    expect(page.locator("#alerts [data-problem]")).to_have_count(0)


def test_a_deleted_type_is_restored_under_a_confirmed_title(
    open_list: Callable[..., Page], sandbox: Sandbox
) -> None:
    page = open_list()
    choose(page, "Delete…")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#toasts")).to_contain_text("Soin visage à l’été")
    page.goto(f"{LIST}trash/")
    deletion = Entry.objects.get(object_id=TYPE)
    row = page.locator(f"#deletion-{deletion.pk}")
    row.locator("[name=title]").fill("Back again")
    row.get_by_role("button", name="Restore").click()
    page.wait_for_url(f"**{LIST}{TYPE}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Back again")
    assert sandbox.type_of(CHAIN, TYPE)["title"] == "Back again"
    assert not sandbox.type_of(CHAIN, TYPE)["is_deleted"]
