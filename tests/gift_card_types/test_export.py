"""The list as a file: what the address asks for, all of it, exact and inert."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.exports.files import csv_of, xlsx_of
from tests.gift_card_types.common import CHAIN, LIST
from tests.pages import HTMX, Page, page_of

EXPORT = f"{LIST}export/"


@pytest.mark.parametrize("asked", ["?q=card&sort=-face_value", "?tab=archived"])
def test_file_holds_what_the_list_shows(loaded: Client, asked: str) -> None:
    shown = page_of(loaded, f"{LIST}{asked}&size=200")
    numbers = [
        row.attrs["id"].removeprefix("type-row-")
        for row in shown.all("tr")
        if row.attrs.get("id", "").startswith("type-row-")
    ]
    assert numbers
    assert [row["Number"] for row in csv_of(loaded, f"{EXPORT}{asked}")] == numbers
    cells = xlsx_of(loaded, f"{EXPORT}{asked}")
    assert [str(row["Number"].value) for row in cells] == numbers


def test_all_pages_are_in_it(sandbox: Sandbox, edith: Client) -> None:
    for number in range(60):
        sandbox.put_certificate_type(CHAIN, {"title": f"Many {number}", "balance": 1})
    assert len(csv_of(edith, f"{EXPORT}?q=many&size=25&page=2")) == 60


def test_money_is_a_number_and_its_column_names_the_currency(
    sandbox: Sandbox, edith: Client
) -> None:
    sandbox.put_certificate_type(CHAIN, {"title": "Odd value", "balance": 8.95})
    (row,) = csv_of(edith, f"{EXPORT}?q=odd+value")
    assert float(row["Face value, €"]) == 8.95
    (cells,) = xlsx_of(edith, f"{EXPORT}?q=odd+value")
    assert (cells["Face value, €"].data_type, cells["Face value, €"].value) == ("n", 8.95)


def test_hostile_title_is_inert(sandbox: Sandbox, edith: Client) -> None:
    title = '=HYPERLINK("https://evil.example";"hostile")'
    sandbox.put_certificate_type(CHAIN, {"title": title, "balance": 1})
    assert [row["Title"] for row in csv_of(edith, f"{EXPORT}?q=hostile")] == [f"'{title}"]
    (cells,) = xlsx_of(edith, f"{EXPORT}?q=hostile")
    assert (cells["Title"].data_type, cells["Title"].value) == ("s", title)


def test_other_format_is_a_bad_request(loaded: Client) -> None:
    assert loaded.get(f"{EXPORT}?format=pdf").status_code == 400


def test_failure_at_altegio_is_said_on_a_page(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="html", status=502, times=None, match={"path": "certificate_types"})
    response = edith.get(f"{EXPORT}?format=xlsx")
    assert response.status_code == 502
    assert "Content-Disposition" not in response
    assert Page(response).all("section", role="alert")


def test_menu_keeps_the_filters_of_the_list(loaded: Client) -> None:
    for headers in ({}, HTMX):
        page = Page(loaded.get(f"{LIST}?q=card&sort=-face_value&page=2", headers=headers))
        links = [link.attrs.get("href", "") for link in page.all("a")]
        assert {link for link in links if EXPORT in link} == {
            f"{EXPORT}?q=card&sort=-face_value&format={wanted}"
            for wanted in ("xlsx", "csv", "csv-bom")
        }
