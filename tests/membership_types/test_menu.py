"""The menu of a row: what the type allows, loaded when it is opened."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import LIST, writes
from tests.membership_types.submitting import delete, menu_of, press
from tests.pages import HTMX, Page, page_of

PLAIN, SOLD, ARCHIVED = 11002, 11001, 11010
ACTIVE_ITEMS = {
    "Edit everything": "edit",
    "Clone": "clone",
    "Archive": "archive",
    "Delete…": "delete",
}
ARCHIVED_ITEMS = {"Clone": "clone", "Unarchive": "unarchive", "Delete…": "delete"}


def offered(page: Page) -> dict[str, str]:
    """What each item does, by its words."""
    items = [element for element in page.elements if element.tag in ("a", "button")]
    return {
        item.text.strip(): (item.attrs.get("href") or item.attrs["formaction"]).split("/")[-2]
        for item in items
    }


def test_menu_offers_what_the_type_allows(sandbox: Sandbox, loaded: Client) -> None:
    before = len(sandbox.calls())
    for type_id in (PLAIN, SOLD):
        assert offered(menu_of(loaded, type_id)) == ACTIVE_ITEMS
    assert len(sandbox.calls()) == before


def test_archived_type_offers_its_way_back_and_no_editing(loaded: Client) -> None:
    assert offered(menu_of(loaded, ARCHIVED)) == ARCHIVED_ITEMS
    press(loaded, PLAIN, "archive")
    assert offered(menu_of(loaded, PLAIN)) == ARCHIVED_ITEMS
    press(loaded, PLAIN, "unarchive")
    assert offered(menu_of(loaded, PLAIN)) == ACTIVE_ITEMS


def test_items_stand_in_the_menu_alone(loaded: Client) -> None:
    page = menu_of(loaded, PLAIN)
    assert {element.tag for element in page.elements} <= {"a", "button", "svg", "use", "hr"}
    for button in page.all("button"):
        # The list's form gives it the token and the id of its submission.
        assert button.attrs["form"] == "row-actions"
        assert button.attrs["hx-post"] == button.attrs["formaction"]


def test_every_row_asks_for_its_own_menu(loaded: Client) -> None:
    row = page_of(loaded, f"{LIST}{PLAIN}/row/", htmx=True)
    assert f"{LIST}{PLAIN}/menu/" in [menu.attrs.get("hx-get") for menu in row.all("details")]


def test_menu_of_a_cold_list_is_read_first(edith: Client, sandbox: Sandbox) -> None:
    assert offered(menu_of(edith, PLAIN)) == ACTIVE_ITEMS
    before = len(sandbox.calls())
    assert page_of(edith, LIST).titles()
    assert len(sandbox.calls()) == before


def test_cold_list_that_altegio_does_not_give_is_said_for_what_it_is(
    edith: Client, sandbox: Sandbox
) -> None:
    sandbox.fault(kind="status", status=302, times=None, match={"method": "GET"})
    response = edith.get(f"{LIST}{PLAIN}/menu/", headers=HTMX)
    assert response.status_code == 502
    # The browser shows it beside the page, not in the menu.
    assert response["X-Partial"]
    assert "data-problem" in response.content.decode()


def test_without_htmx_it_is_the_types_page(loaded: Client) -> None:
    url = f"{LIST}{PLAIN}/"
    assert loaded.get(f"{url}menu/")["Location"] == url
    page = page_of(loaded, url)
    for path in ("clone/", "archive/"):
        page.one("button", formaction=url + path)
    for path in ("edit/", "delete/"):
        assert page.all("a", href=url + path)


def test_viewer_sees_no_menu(vera: Client) -> None:
    page = page_of(vera, f"{LIST}loaded/")
    assert page.titles()
    assert "/menu/" not in page.html
    assert "Open" not in [a.text for a in page.all("a")]


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["vera", "assisted"])
def test_who_may_only_look_gets_no_controls(
    request: pytest.FixtureRequest, sandbox: Sandbox, who: str
) -> None:
    client: Client = request.getfixturevalue(who)
    page = menu_of(client, PLAIN)
    assert offered(page) == {"Open": str(PLAIN)}
    assert "hx-" not in page.html
    assert not writes(sandbox)


def test_part_of_a_row_that_is_gone_is_not_found(loaded: Client) -> None:
    """A redirect would put a whole page into the row."""
    delete(loaded, PLAIN)
    for part in ("row", "menu"):
        for number in (99999, PLAIN):
            assert loaded.get(f"{LIST}{number}/{part}/", headers=HTMX).status_code == 404
