"""The list as a file: what the address asks for, in words, and whether something is missing."""

from __future__ import annotations

from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.exports.files import csv_of, xlsx_of
from tests.pages import Page, page_of
from tests.promotions.common import LIST, LOCATIONS, SEARCH, SILENT, STATIC

EXPORT = f"{LIST}export/"


def test_file_holds_what_the_list_shows(loaded: Client) -> None:
    asked = f"?sort=-title&location={LOCATIONS[0]}&q=e"
    shown = page_of(loaded, f"{LIST}{asked}&size=200")
    numbers = [
        row.attrs["id"].rpartition("-")[2]
        for row in shown.all("tr")
        if row.attrs.get("id", "").startswith("promotion-row-")
    ]
    assert numbers
    assert [row["Number"] for row in csv_of(loaded, f"{EXPORT}{asked}")] == numbers
    cells = xlsx_of(loaded, f"{EXPORT}{asked}")
    assert [str(row["Number"].value) for row in cells] == numbers


def test_promotion_is_said_in_a_sentence(loaded: Client) -> None:
    (row,) = [row for row in csv_of(loaded, f"{EXPORT}?") if row["Number"] == str(STATIC)]
    assert any("10\u00a0%" in cell or "10 %" in cell for cell in row.values())


def test_file_with_gaps_is_named_incomplete(sandbox: Sandbox, edith: Client) -> None:
    whole = edith.get(f"{EXPORT}?format=csv")
    assert "incomplete" not in whole["Content-Disposition"]
    sandbox.fault(**SILENT, match={"path": f"{LOCATIONS[0]}/{SEARCH}"})
    edith.post(f"{LIST}refresh/")
    assert "incomplete" in edith.get(f"{EXPORT}?format=csv")["Content-Disposition"]


def test_failure_at_altegio_is_said_on_a_page(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="html", status=502, times=None, match={"path": SEARCH})
    response = edith.get(f"{EXPORT}?format=csv")
    assert response.status_code == 502
    assert "Content-Disposition" not in response
    assert Page(response).all("section", role="alert")


def test_menu_stands_beside_the_list(loaded: Client) -> None:
    page_of(loaded, f"{LIST}?q=e").one("a", href=f"{EXPORT}?q=e&format=csv")
