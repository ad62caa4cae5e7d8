"""The menu of a row: what the type allows, loaded when it is opened."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import (
    ARCHIVED_BY_ALTEGIO,
    CHAIN,
    ISSUED,
    LIST,
    ONLINE,
    OTHER_CHAIN,
    PLAIN,
    writes,
)
from tests.gift_card_types.submitting import at, menu_of, press
from tests.pages import HTMX, Page, page_of


def offered(page: Page) -> dict[str, str]:
    """What each item does, by its words."""
    items = [element for element in page.elements if element.tag in ("a", "button")]
    return {
        item.text.strip(): (item.attrs.get("href") or item.attrs["formaction"]).split("/")[-2]
        for item in items
    }


EACH = {
    PLAIN: {
        "Edit everything": "edit",
        "Duplicate": "clone",
        "Archive here": "archive",
        "Delete…": "delete",
    },
    # It asks first, because archiving also ends the online sale.
    ONLINE: {
        "Edit everything": "edit",
        "Duplicate": "clone",
        "Archive here…": "archive",
        "Delete…": "delete",
    },
    ISSUED: {"Duplicate and change": "clone", "Archive here…": "archive"},
    ARCHIVED_BY_ALTEGIO: {"Duplicate": "clone", "Delete…": "delete"},
}


def test_menu_offers_what_the_type_allows(profile: str, sandbox: Sandbox, loaded: Client) -> None:
    before = len(sandbox.calls())
    for type_id, items in EACH.items():
        assert offered(menu_of(loaded, type_id)) == items
    assert "it cannot be deleted" in menu_of(loaded, ISSUED).text
    assert "brought back there" in menu_of(loaded, ARCHIVED_BY_ALTEGIO).text
    assert len(sandbox.calls()) == before


@pytest.mark.parametrize(("type_id", "words"), [(PLAIN, "Unarchive"), (ONLINE, "Unarchive…")])
def test_archived_here_offers_its_way_back_and_no_editing(
    loaded: Client, type_id: int, words: str
) -> None:
    press(loaded, type_id, "archive")
    items = {words: "unarchive", "Duplicate": "clone", "Delete…": "delete"}
    assert offered(menu_of(loaded, type_id)) == items


def test_menu_of_a_cold_list_is_read_first(edith: Client) -> None:
    assert offered(menu_of(edith, PLAIN)) == EACH[PLAIN]


def test_without_javascript_it_is_the_types_page(loaded: Client) -> None:
    url = f"{LIST}{PLAIN}/"
    assert loaded.get(f"{url}menu/")["Location"] == url
    page = page_of(loaded, url)
    page.one("button", formaction=f"{url}archive/")
    for path in ("edit/", "clone/", "delete/"):
        assert page.all("a", href=url + path)


def test_viewer_gets_no_controls(vera: Client, sandbox: Sandbox) -> None:
    assert {a.attrs["href"] for a in menu_of(vera, PLAIN).all("a")} == {f"{LIST}{PLAIN}/"}
    assert not menu_of(vera, PLAIN).all("button")


def test_missing_right_leaves_only_looking(edith: Client) -> None:
    page = page_of(edith, at(OTHER_CHAIN, "25001/menu/"), htmx=True)
    assert offered(page) == {"Open": "25001"}


def test_stranger_finds_nothing(loaded: Client, sandbox: Sandbox) -> None:
    assert loaded.get(at(9999, f"{PLAIN}/menu/"), headers=HTMX).status_code == 404
    assert loaded.get(at(OTHER_CHAIN, f"{PLAIN}/menu/"), headers=HTMX).status_code == 404
    assert loaded.post(at(CHAIN, f"{PLAIN}/menu/"), headers=HTMX).status_code == 405
    assert not writes(sandbox)
