"""The menu of a row: loaded when it is opened, and what is left of it when that fails."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from loyalty_admin.accounts.models import Session, User
from loyalty_admin.sandbox.server import Sandbox
from tests.browser.windows import CHAIN, LIST, Windows
from tests.conftest import PASSWORD

TYPE = 11002  # "Soin visage à l’été", never sold
OTHER = 11003
MENU = re.compile(rf"{LIST}{TYPE}/menu/$")


def button_of(page: Page) -> Locator:
    return page.locator(f"#menu-row-{TYPE}")


def items_of(page: Page) -> Locator:
    return page.locator(f"#type-row-{TYPE} .row-actions .menu-items")


def item(page: Page, name: str) -> Locator:
    return items_of(page).get_by_text(name, exact=True)


def asked_for(page: Page) -> list[str]:
    """The addresses of menus that the page asks for from now on."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/menu/" in request.url:
            asked.append(request.url)

    page.on("request", note)
    return asked


def fail(page: Page, status: int) -> None:
    """Let the next menu end in an error of the server."""
    page.route(MENU, lambda route: route.fulfill(status=status, body="<p>Broken</p>"), times=1)


@pytest.fixture
def editing(open_list: Callable[..., Page]) -> Page:
    """A text was typed into another row, and not saved."""
    page = open_list()
    page.locator(f"#edit-row-{OTHER}").click()
    page.locator(f"#type-row-{OTHER} [name=title]").fill("Not saved yet")
    return page


def test_a_menu_is_loaded_when_it_is_opened_and_only_once(open_list: Callable[..., Page]) -> None:
    page = open_list()
    asked = asked_for(page)
    page.wait_for_timeout(200)
    assert asked == []
    for _time in range(2):
        button_of(page).click()
        expect(item(page, "Archive")).to_be_visible()
        page.keyboard.press("Escape")
        expect(items_of(page)).to_be_hidden()
    assert len(asked) == 1


def test_an_item_is_taken_by_mouse_and_the_focus_returns(
    open_list: Callable[..., Page], sandbox: Sandbox
) -> None:
    page = open_list()
    button_of(page).click()
    item(page, "Archive").click()
    expect(page.locator("#toasts")).to_contain_text("Soin visage à l’été")
    expect(items_of(page)).to_be_hidden()
    expect(button_of(page)).to_be_focused()
    assert sandbox.type_of(CHAIN, TYPE)["is_archived"]


def test_an_item_is_taken_by_keyboard_and_the_focus_returns(
    open_list: Callable[..., Page], sandbox: Sandbox
) -> None:
    page = open_list()
    button_of(page).focus()
    page.keyboard.press("Enter")
    expect(item(page, "Archive")).to_be_visible()
    for name in ("Edit everything", "Clone", "Archive"):
        page.keyboard.press("Tab")
        expect(item(page, name)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Soin visage à l’été")
    expect(button_of(page)).to_be_focused()
    assert sandbox.type_of(CHAIN, TYPE)["is_archived"]


@pytest.mark.long
def test_the_focus_stays_in_a_menu_whose_items_come_late(open_list: Callable[..., Page]) -> None:
    page = open_list()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(MENU, hold)
    button_of(page).focus()
    with page.expect_request(MENU):
        page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(item(page, "Open")).to_be_focused()
    held[0].continue_()
    expect(item(page, "Edit everything")).to_be_focused()


def test_a_menu_that_the_server_fails_to_give_keeps_its_link_and_is_asked_for_again(
    editing: Page, windows: Windows, sandbox: Sandbox
) -> None:
    windows.expected += ["500 GET", "Response Status Error Code 500"]
    page = editing
    fail(page, 500)
    button_of(page).click()
    expect(page.locator("#alerts .toast")).to_contain_text("500")
    expect(item(page, "Open")).to_be_visible()
    expect(page.locator(f"#type-row-{OTHER} [name=title]")).to_have_value("Not saved yet")

    page.keyboard.press("Escape")
    button_of(page).click()
    item(page, "Archive").click()
    expect(page.locator("#toasts")).to_contain_text("Soin visage à l’été")
    assert sandbox.type_of(CHAIN, TYPE)["is_archived"]
    expect(page.locator(f"#type-row-{OTHER} [name=title]")).to_have_value("Not saved yet")


@pytest.mark.long
def test_the_link_of_a_menu_that_did_not_come_leads_to_the_type(
    open_list: Callable[..., Page], windows: Windows
) -> None:
    windows.expected += ["500 GET", "Response Status Error Code 500"]
    page = open_list()
    fail(page, 500)
    button_of(page).click()
    expect(page.locator("#alerts .toast")).to_be_visible()
    item(page, "Open").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Soin visage à l’été")


@pytest.mark.long
def test_a_menu_without_a_connection_is_asked_for_again(
    open_list: Callable[..., Page], windows: Windows
) -> None:
    windows.expected += ["htmx:sendError", "htmx:afterRequest", "net::ERR_"]
    page = open_list()
    page.context.set_offline(True)
    button_of(page).click()
    expect(page.locator("#alerts .toast")).to_be_visible()
    expect(item(page, "Open")).to_be_visible()
    page.context.set_offline(False)
    button_of(page).click()
    expect(items_of(page)).to_be_hidden()
    button_of(page).click()
    expect(item(page, "Archive")).to_be_visible()


@pytest.mark.long
def test_a_menu_of_an_ended_session_leaves_the_page_and_its_text(
    editing: Page, manager: User, sandbox: Sandbox
) -> None:
    page = editing
    Session.objects.all().delete()
    button_of(page).click()
    offer = page.locator("#alerts").get_by_role("link")
    expect(offer).to_be_visible()
    expect(item(page, "Open")).to_be_visible()
    expect(page.locator(f"#type-row-{OTHER} [name=title]")).to_have_value("Not saved yet")
    assert page.url.endswith(LIST)

    with page.context.expect_page() as opened:
        offer.click()
    tab = opened.value
    tab.locator("[name=username]").fill(manager.email)
    tab.locator("[name=password]").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    expect(tab).to_have_url(re.compile(f"{LIST}$"))
    tab.close()

    page.keyboard.press("Escape")
    button_of(page).click()
    item(page, "Archive").click()
    expect(page.locator("#toasts")).to_contain_text("Soin visage à l’été")
    assert sandbox.type_of(CHAIN, TYPE)["is_archived"]
    expect(page.locator(f"#type-row-{OTHER} [name=title]")).to_have_value("Not saved yet")
