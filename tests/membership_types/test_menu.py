"""The menu of a row: what the type allows, loaded when it is opened."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import LIST
from tests.membership_types.submitting import menu_of
from tests.pages import Page, page_of

pytestmark = pytest.mark.slow

PLAIN, SOLD, ARCHIVED = 11002, 11001, 11010
ACTIVE_ITEMS = {
    "Edit everything": "edit",
    "Clone": "clone",
    "Archive": "archive",
    "Delete…": "delete",
}


def offered(page: Page) -> dict[str, str]:
    """What each item does, by its words."""
    items = [element for element in page.elements if element.tag in ("a", "button")]
    return {
        item.text.strip(): (item.attrs.get("href") or item.attrs["formaction"]).split("/")[-2]
        for item in items
    }


def test_items_stand_in_the_menu_alone(loaded: Client) -> None:
    page = menu_of(loaded, PLAIN)
    assert {element.tag for element in page.elements} <= {"a", "button", "svg", "use", "hr"}
    for button in page.all("button"):
        # The list's form gives it the token and the id of its submission.
        assert button.attrs["form"] == "row-actions"
        assert button.attrs["hx-post"] == button.attrs["formaction"]


def test_menu_of_a_cold_list_is_read_first(edith: Client, sandbox: Sandbox) -> None:
    assert offered(menu_of(edith, PLAIN)) == ACTIVE_ITEMS
    before = len(sandbox.calls())
    assert page_of(edith, LIST).titles()
    assert len(sandbox.calls()) == before
