"""The menu of a row: loaded when it is opened, without asking Altegio."""

from __future__ import annotations

from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.pages import HTMX, page_of
from tests.promotions.common import (
    FOREIGN,
    HOSTILE_ONE,
    LIST,
    OTHER_CHAIN,
    PAID,
    STATIC,
    writes,
)
from tests.promotions.looking import at, menu_of


def test_menu_offers_editing_duplicating_and_deleting(sandbox: Sandbox, loaded: Client) -> None:
    before = len(sandbox.calls())
    for promotion_id in (STATIC, PAID, HOSTILE_ONE):
        links = [a.attrs["href"] for a in menu_of(loaded, promotion_id).all("a")]
        assert links == [f"{LIST}{promotion_id}/{name}/" for name in ("edit", "clone", "delete")]
    assert len(sandbox.calls()) == before


def test_deleting_asks_in_a_dialog_that_knows_its_row(loaded: Client) -> None:
    url = f"{LIST}{STATIC}/delete/"
    link = menu_of(loaded, STATIC).one("a", href=url, hx_get=url)
    assert link.attrs["id"] == f"delete-row-{STATIC}"


def test_menu_of_a_cold_list_is_read_first(edith: Client) -> None:
    assert menu_of(edith, STATIC).all("a", href=f"{LIST}{STATIC}/edit/")


def test_promotion_that_the_list_does_not_have_has_no_menu(loaded: Client) -> None:
    assert loaded.get(f"{LIST}99999/menu/", headers=HTMX).status_code == 404


def test_without_javascript_it_is_the_promotions_page(loaded: Client) -> None:
    url = f"{LIST}{STATIC}/"
    assert loaded.get(f"{url}menu/")["Location"] == url
    page = page_of(loaded, url)
    for path in ("edit/", "clone/", "delete/"):
        assert page.all("a", href=url + path)


def test_viewer_gets_no_controls(vera: Client, sandbox: Sandbox) -> None:
    page = menu_of(vera, STATIC)
    assert [a.attrs["href"] for a in page.all("a")] == [f"{LIST}{STATIC}/"]
    assert not page.all("button")
    assert not writes(sandbox)


def test_missing_right_leaves_only_looking(edith: Client) -> None:
    page = page_of(edith, at(OTHER_CHAIN, f"{FOREIGN}/menu/"), htmx=True)
    assert [a.attrs["href"] for a in page.all("a")] == [at(OTHER_CHAIN, f"{FOREIGN}/")]
