"""The menu of a row: what the type allows, loaded when it is opened."""

from __future__ import annotations

from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import (
    ARCHIVED_BY_ALTEGIO,
    ISSUED,
    LIST,
    ONLINE,
    OTHER_CHAIN,
    PLAIN,
)
from tests.gift_card_types.submitting import at, menu_of, press
from tests.pages import Page, page_of


def offered(page: Page) -> list[str]:
    """What the items of the menu do, by the last part of their addresses."""
    items = [element for element in page.elements if element.tag in ("a", "button")]
    return [(item.attrs.get("href") or item.attrs["formaction"]).split("/")[-2] for item in items]


EACH = {
    PLAIN: ["edit", "clone", "archive", "delete"],
    ONLINE: ["edit", "clone", "archive", "delete"],
    ISSUED: ["clone", "archive"],
    ARCHIVED_BY_ALTEGIO: ["clone", "delete"],
}


def test_menu_offers_what_the_type_allows(sandbox: Sandbox, loaded: Client) -> None:
    before = len(sandbox.calls())
    for type_id, items in EACH.items():
        assert offered(menu_of(loaded, type_id)) == items
    for type_id in (ISSUED, ARCHIVED_BY_ALTEGIO):
        assert menu_of(loaded, type_id).one("p", class_="menu-note").text
    # It asks first where archiving also ends the online sale.
    assert menu_of(loaded, PLAIN).all("button", formaction=f"{LIST}{PLAIN}/archive/")
    assert menu_of(loaded, ONLINE).all("a", href=f"{LIST}{ONLINE}/archive/")
    assert len(sandbox.calls()) == before


def test_archived_here_offers_its_way_back_and_no_editing(loaded: Client) -> None:
    for type_id, tag in ((PLAIN, "button"), (ONLINE, "a")):
        press(loaded, type_id, "archive")
        menu = menu_of(loaded, type_id)
        assert offered(menu) == ["clone", "unarchive", "delete"]
        name = "formaction" if tag == "button" else "href"
        assert menu.all(tag, **{name: f"{LIST}{type_id}/unarchive/"})


def test_menu_of_a_cold_list_is_read_first(edith: Client) -> None:
    assert offered(menu_of(edith, PLAIN)) == EACH[PLAIN]


def test_missing_right_leaves_only_looking(edith: Client) -> None:
    page = page_of(edith, at(OTHER_CHAIN, "25001/menu/"), htmx=True)
    assert offered(page) == ["25001"]
