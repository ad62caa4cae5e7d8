"""One row as kept: what leaving the editing of a row brings back."""

from __future__ import annotations

from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import LIST, writes
from tests.pages import page_of


def test_row_of_a_cold_list_is_read_first(edith: Client) -> None:
    assert page_of(edith, f"{LIST}11001/row/", htmx=True).titles() == ["Manicure × 5"]


def test_viewer_gets_a_row_without_actions(vera: Client, sandbox: Sandbox) -> None:
    page = page_of(vera, f"{LIST}11001/row/", htmx=True)
    assert page.titles() == ["Manicure × 5"]
    assert "hx-" not in page.html
    assert not writes(sandbox)
