"""One row as kept: what leaving the editing of a row brings back."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import LIST, ONLINE, PLAIN, writes
from tests.pages import page_of

pytestmark = pytest.mark.slow


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


def test_viewer_gets_a_row_without_actions(vera: Client, sandbox: Sandbox) -> None:
    page = page_of(vera, f"{LIST}{PLAIN}/row/", htmx=True)
    assert page.titles() == ["Подарок для мамы"]
    assert "hx-" not in page.html
    assert not writes(sandbox)
