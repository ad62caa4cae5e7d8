"""Editing a type in its row of the list."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from loyalty_admin.sandbox.server import Sandbox
from tests.browser.windows import CHAIN, Windows

TYPE = 11002  # never sold
OTHER = 11003


@pytest.fixture
def editing(open_list: Callable[..., Page]) -> Page:
    page = open_list()
    page.locator(f"#edit-row-{TYPE}").click()
    expect(title_of(page)).to_be_focused()
    return page


def row_of(page: Page, type_id: int = TYPE) -> Locator:
    return page.locator(f"#type-row-{type_id}")


def title_of(page: Page) -> Locator:
    return row_of(page).locator("[name=title]")


def puts(sandbox: Sandbox) -> list[object]:
    return [call["path"] for call in sandbox.calls() if call["method"] == "PUT"]


def test_enter_saves_and_focus_returns_to_the_pencil(editing: Page, sandbox: Sandbox) -> None:
    title_of(editing).fill("Soin d’automne")
    title_of(editing).press("Enter")
    expect(row_of(editing).get_by_role("link", name="Soin d’automne", exact=True)).to_be_visible()
    expect(editing.locator(f"#edit-row-{TYPE}")).to_be_focused()
    expect(editing.locator("#toasts")).to_contain_text("Soin d’automne")
    assert sandbox.type_of(CHAIN, TYPE)["title"] == "Soin d’automne"


def test_escape_leaves_and_focus_returns_to_the_pencil(editing: Page, sandbox: Sandbox) -> None:
    title_of(editing).fill("not meant")
    title_of(editing).press("Escape")
    expect(editing.locator(f"#edit-row-{TYPE}")).to_be_focused()
    expect(row_of(editing)).to_contain_text("Soin visage à l’été")
    assert not puts(sandbox)


def test_an_error_keeps_the_text_and_focuses_the_field(
    editing: Page, windows: Windows, sandbox: Sandbox
) -> None:
    windows.expected.append("422 POST")
    price = row_of(editing).locator("[name=price]")
    title_of(editing).fill("Kept while wrong")
    price.fill("-5")
    price.press("Enter")
    expect(price).to_have_attribute("aria-invalid", "true")
    expect(price).to_be_focused()
    expect(price).to_have_value("-5")
    expect(title_of(editing)).to_have_value("Kept while wrong")
    assert not puts(sandbox)
    price.fill("77")
    price.press("Enter")
    expect(row_of(editing)).to_contain_text("77")
    assert sandbox.type_of(CHAIN, TYPE)["cost"] == 77


def test_a_conflict_shows_both_values_and_sends_nothing(
    editing: Page, windows: Windows, sandbox: Sandbox
) -> None:
    windows.expected.append("409 POST")
    sandbox.alter_type(CHAIN, TYPE, title="Theirs")
    title_of(editing).fill("Mine")
    title_of(editing).press("Enter")
    expect(row_of(editing).get_by_role("alert")).to_contain_text("Mine")
    expect(row_of(editing).get_by_role("alert")).to_contain_text("Theirs")
    assert not puts(sandbox)
    row_of(editing).get_by_role("button", name="Save").click()
    expect(row_of(editing).get_by_role("link", name="Mine", exact=True)).to_be_visible()
    assert sandbox.type_of(CHAIN, TYPE)["title"] == "Mine"


@pytest.mark.long
def test_in_a_conflict_the_person_can_give_way(
    editing: Page, windows: Windows, sandbox: Sandbox
) -> None:
    windows.expected.append("409 POST")
    sandbox.alter_type(CHAIN, TYPE, title="Theirs")
    title_of(editing).fill("Mine")
    row_of(editing).locator("[name=price]").fill("44")
    title_of(editing).press("Enter")
    row_of(editing).get_by_role("checkbox", name="Theirs").check()
    row_of(editing).get_by_role("button", name="Save").click()
    expect(row_of(editing).get_by_role("link", name="Theirs", exact=True)).to_be_visible()
    assert sandbox.type_of(CHAIN, TYPE)["title"] == "Theirs"
    assert sandbox.type_of(CHAIN, TYPE)["cost"] == 44


@pytest.mark.long
def test_saving_one_row_leaves_the_others_alone(editing: Page) -> None:
    editing.evaluate(f"document.querySelector('#type-row-{OTHER}').mine = true")
    title_of(editing).fill("Only this row")
    title_of(editing).press("Enter")
    expect(row_of(editing)).to_contain_text("Only this row")
    assert editing.evaluate(f"document.querySelector('#type-row-{OTHER}').mine")


def test_locations_and_online_sale_are_changed_in_the_row(editing: Page, sandbox: Sandbox) -> None:
    row = row_of(editing)
    row.locator("summary").click()
    row.get_by_label("Aurora Cádiz").check()
    row.locator("[name=online_sale]").check()
    row.locator("[name=online_price]").fill("170")
    row.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("170")
    saved = sandbox.type_of(CHAIN, TYPE)
    assert 505 in saved["attached_location_ids"]
    assert saved["is_online_sale_enabled"] and saved["online_sale_price"] == 170
