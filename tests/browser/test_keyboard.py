"""Working without a mouse."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

TYPE = 11002


def test_slash_goes_to_the_search(open_list: Callable[..., Page]) -> None:
    page = open_list("?q=massage")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    expect(page.locator("#search")).to_have_value("massage")
    page.keyboard.type("n/")  # a letter in a field is a letter
    expect(page.locator("#search")).to_have_value("n/")


@pytest.mark.long
def test_n_opens_a_new_type(open_list: Callable[..., Page]) -> None:
    page = open_list()
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile(r"/new/$"))
    expect(page.locator("[name=title]")).to_be_visible()


@pytest.mark.long
def test_a_shortcut_with_ctrl_is_the_browsers(open_list: Callable[..., Page]) -> None:
    page = open_list()
    page.keyboard.press("Control+n")
    page.keyboard.press("Alt+n")
    page.wait_for_timeout(200)
    assert "/new/" not in page.url


def test_escape_closes_a_menu_and_returns_to_its_button(open_list: Callable[..., Page]) -> None:
    page = open_list()
    button = page.locator(f"#menu-row-{TYPE}")
    items = page.locator(f"#type-row-{TYPE} .row-actions .menu-items")
    button.focus()
    page.keyboard.press("Enter")
    expect(items).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(items).to_be_hidden()
    expect(button).to_be_focused()


@pytest.mark.long
def test_opening_a_menu_closes_the_other(open_list: Callable[..., Page]) -> None:
    page = open_list()
    page.locator(f"#menu-row-{TYPE}").click()
    page.locator("details.person summary").click()
    expect(page.locator(f"#type-row-{TYPE} .row-actions .menu-items")).to_be_hidden()
    expect(page.locator("details.person .menu-items")).to_be_visible()
    page.locator("h1").click()
    expect(page.locator("details.person .menu-items")).to_be_hidden()


def test_escape_closes_the_dialog_and_the_focus_returns(open_list: Callable[..., Page]) -> None:
    page = open_list()
    page.locator(f"#menu-row-{TYPE}").click()
    page.locator(f"#delete-row-{TYPE}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert page.evaluate("document.querySelector('dialog').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator(f"#menu-row-{TYPE}")).to_be_focused()


@pytest.mark.long
def test_a_question_about_deleting_does_not_start_on_delete(
    open_list: Callable[..., Page],
) -> None:
    page = open_list()
    page.locator(f"#menu-row-{TYPE}").click()
    page.locator(f"#delete-row-{TYPE}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Delete")).not_to_be_focused()


def test_the_first_tab_skips_to_the_content(open_list: Callable[..., Page]) -> None:
    page = open_list()
    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_focus_is_visible_on_every_stop(open_list: Callable[..., Page]) -> None:
    """Each stop of the Tab key is drawn differently from how it looks without the focus."""
    page = open_list("?q=sauna")
    unseen = page.evaluate(
        """() => {
            const look = (e) => {
                const s = getComputedStyle(e);
                return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor,
                    s.backgroundColor, s.textDecorationLine].join();
            };
            return [...document.querySelectorAll('a, button, input, select, summary')]
                .filter((e) => e.checkVisibility() && e.type !== 'hidden')
                .filter((e) => {
                    document.activeElement.blur();
                    const before = look(e);
                    e.focus({ focusVisible: true });
                    return document.activeElement === e && look(e) === before;
                })
                .map((e) => e.outerHTML.slice(0, 100));
        }"""
    )
    assert unseen == []
