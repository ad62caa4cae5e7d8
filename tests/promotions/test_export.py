"""The list as a file: what the address asks for, in words, and whether something is missing."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.exports.files import csv_of, xlsx_of
from tests.pages import Page, page_of
from tests.promotions.common import CHAIN, LIST, LOCATIONS, SEARCH, STATIC

EXPORT = f"{LIST}export/"


@pytest.mark.parametrize("asked", ["?", "?sort=-title", f"?location={LOCATIONS[0]}", "?q=e"])
def test_file_holds_what_the_list_shows(loaded: Client, asked: str) -> None:
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
    assert "10" in row["What it does"]
    assert row["Type"]


def test_hostile_title_is_inert(sandbox: Sandbox, edith: Client) -> None:
    sandbox.alter_promotion(CHAIN, STATIC, title="=1+1 hostile")
    assert [row["Title"] for row in csv_of(edith, f"{EXPORT}?q=1+hostile")] == ["'=1+1 hostile"]


def test_file_with_gaps_is_named_incomplete(sandbox: Sandbox, edith: Client) -> None:
    whole = edith.get(f"{EXPORT}?format=csv")
    assert "incomplete" not in whole["Content-Disposition"]
    sandbox.fault(kind="status", status=500, times=None, match={"path": f"{LOCATIONS[0]}/{SEARCH}"})
    edith.post(f"{LIST}refresh/")
    assert "incomplete" in edith.get(f"{EXPORT}?format=csv")["Content-Disposition"]


def test_failure_at_altegio_is_said_on_a_page(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="html", status=502, times=None, match={"path": SEARCH})
    response = edith.get(f"{EXPORT}?format=csv")
    assert response.status_code == 502
    assert "Content-Disposition" not in response
    assert Page(response).all("section", role="alert")


def test_viewer_can_export(vera: Client) -> None:
    assert csv_of(vera, f"{EXPORT}?")


def test_stranger_finds_nothing(edith: Client) -> None:
    assert edith.get(f"{EXPORT}?format=csv".replace(str(CHAIN), "9999")).status_code == 404


def test_menu_stands_beside_the_list(loaded: Client) -> None:
    link = page_of(loaded, f"{LIST}?q=e").one("a", text="CSV")
    assert link.attrs["href"] == f"{EXPORT}?q=e&format=csv"
