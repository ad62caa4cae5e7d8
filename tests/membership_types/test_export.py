"""The list as a file: what the address asks for, all of it, exact and inert."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.exports.files import csv_of, xlsx_of
from tests.membership_types.common import CHAIN, LIST, grow_old, listed
from tests.pages import HTMX, Page, page_of

EXPORT = f"{LIST}export/"


def test_file_holds_what_the_list_shows(loaded: Client) -> None:
    for asked in ("?", "?q=spa", "?tab=archived", "?sort=-price", "?online=on"):
        shown = page_of(loaded, f"{LIST}{asked}&size=200")
        numbers = [
            row.attrs["id"].removeprefix("type-row-")
            for row in shown.all("tr")
            if row.attrs.get("id", "").startswith("type-row-")
        ]
        assert numbers
        assert [row["Number"] for row in csv_of(loaded, f"{EXPORT}{asked}")] == numbers, asked
        cells = xlsx_of(loaded, f"{EXPORT}{asked}")
        assert [str(row["Number"].value) for row in cells] == numbers, asked


def test_all_pages_of_many_types_are_in_it(sandbox: Sandbox, edith: Client) -> None:
    sandbox.reset(types=300)
    active = sum(not raw["is_archived"] for raw in listed(sandbox))
    assert len(csv_of(edith, f"{EXPORT}?size=25&page=2")) == active


def test_money_is_a_number_and_its_column_names_the_currency(
    sandbox: Sandbox, edith: Client
) -> None:
    sandbox.put_type(CHAIN, {"title": "Odd price", "cost": 8.95})
    (row,) = csv_of(edith, f"{EXPORT}?q=odd+price")
    assert float(row["Price, €"]) == 8.95
    (cells,) = xlsx_of(edith, f"{EXPORT}?q=odd+price")
    assert (cells["Price, €"].data_type, cells["Price, €"].value) == ("n", 8.95)


def test_hostile_title_is_inert(sandbox: Sandbox, edith: Client) -> None:
    title = '=HYPERLINK("https://evil.example";"hostile")'
    sandbox.put_type(CHAIN, {"title": title, "cost": 1})
    assert [row["Title"] for row in csv_of(edith, f"{EXPORT}?q=hostile")] == [f"'{title}"]
    (cells,) = xlsx_of(edith, f"{EXPORT}?q=hostile")
    assert (cells["Title"].data_type, cells["Title"].value) == ("s", title)


def test_other_format_is_a_bad_request(loaded: Client) -> None:
    for query in ("", "?format=", "?format=pdf", "?format=XLSX"):
        assert loaded.get(f"{EXPORT}{query}").status_code == 400, query


@pytest.mark.parametrize("known", [False, True])
def test_failure_at_altegio_is_said_on_a_page(
    sandbox: Sandbox, edith: Client, connection: Connection, known: bool
) -> None:
    if known:
        edith.get(f"{LIST}loaded/")
        grow_old(connection, minutes=12)
    sandbox.fault(kind="status", status=302, times=None, match={"path": "abonement_types"})
    response = edith.get(f"{EXPORT}?format=xlsx")
    assert response.status_code == 502
    assert "Content-Disposition" not in response
    assert Page(response).all("section", role="alert")


def test_old_list_is_read_again_first(
    sandbox: Sandbox, loaded: Client, connection: Connection
) -> None:
    grow_old(connection, minutes=12)
    sandbox.put_type(CHAIN, {"title": "Made since", "cost": 1})
    assert len(csv_of(loaded, f"{EXPORT}?q=since")) == 1


def test_menu_keeps_the_filters_of_the_list(loaded: Client) -> None:
    for headers in ({}, HTMX):
        page = Page(loaded.get(f"{LIST}?q=spa&sort=-price&page=2", headers=headers))
        links = [a.attrs["href"] for a in page.all("a") if EXPORT in a.attrs.get("href", "")]
        assert links == [
            f"{EXPORT}?q=spa&sort=-price&format={wanted}" for wanted in ("xlsx", "csv", "csv-bom")
        ]


def test_download_is_named_and_kept_by_nobody(loaded: Client) -> None:
    response = loaded.get(f"{EXPORT}?format=csv-bom")
    assert response.getvalue().startswith(b"\xef\xbb\xbf")
    assert response["Content-Disposition"].startswith("attachment; filename")
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
