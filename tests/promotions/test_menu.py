"""The menu of a row: loaded when it is opened, without asking Altegio."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.pages import page_of
from tests.promotions.common import (
    FOREIGN,
    LIST,
    OTHER_CHAIN,
    STATIC,
)
from tests.promotions.looking import at, menu_of

pytestmark = pytest.mark.slow


def test_deleting_asks_in_a_dialog_that_knows_its_row(loaded: Client) -> None:
    url = f"{LIST}{STATIC}/delete/"
    link = menu_of(loaded, STATIC).one("a", href=url, hx_get=url)
    assert link.attrs["id"] == f"delete-row-{STATIC}"


def test_menu_of_a_cold_list_is_read_first(edith: Client) -> None:
    assert menu_of(edith, STATIC).all("a", href=f"{LIST}{STATIC}/edit/")


def test_missing_right_leaves_only_looking(edith: Client) -> None:
    page = page_of(edith, at(OTHER_CHAIN, f"{FOREIGN}/menu/"), htmx=True)
    assert [a.attrs["href"] for a in page.all("a")] == [at(OTHER_CHAIN, f"{FOREIGN}/")]
