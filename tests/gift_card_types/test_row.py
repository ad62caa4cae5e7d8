"""One row as kept: what leaving the editing of a row brings back."""

from __future__ import annotations

from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import LIST, ONLINE, PLAIN, writes
from tests.gift_card_types.submitting import delete
from tests.pages import HTMX, page_of


def test_row_comes_alone_with_its_marks(sandbox: Sandbox, loaded: Client) -> None:
    before = len(sandbox.calls())
    page = page_of(loaded, f"{LIST}{ONLINE}/row/", htmx=True)
    assert page.one("tr").attrs["id"] == f"type-row-{ONLINE}"
    assert page.titles() == ["Gift card €100"]
    assert len(page.all("span", class_="chip warn")) == 2
    assert not page.all("form")
    assert len(sandbox.calls()) == before


def test_row_of_a_cold_list_is_read_first(edith: Client) -> None:
    assert page_of(edith, f"{LIST}{PLAIN}/row/", htmx=True).titles() == ["Подарок для мамы"]


def test_outside_of_a_table_it_is_the_types_page(loaded: Client) -> None:
    assert loaded.get(f"{LIST}{PLAIN}/row/")["Location"] == f"{LIST}{PLAIN}/"


def test_part_of_a_row_that_is_gone_is_not_found(loaded: Client) -> None:
    """A redirect would put a whole page into the row."""
    delete(loaded, PLAIN)
    for path in ("99999/row/", "99999/menu/", f"{PLAIN}/row/", f"{PLAIN}/menu/"):
        assert loaded.get(LIST + path, headers=HTMX).status_code == 404, path


def test_viewer_gets_a_row_without_actions(vera: Client, sandbox: Sandbox) -> None:
    page = page_of(vera, f"{LIST}{PLAIN}/row/", htmx=True)
    assert page.titles() == ["Подарок для мамы"]
    assert "hx-" not in page.html
    assert not writes(sandbox)
