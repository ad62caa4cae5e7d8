"""What needs attention: marked on the rows, counted, and found by the list's address."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.catalog.test_attention import NOWHERE, ON_SALE, PRICE, TWICE
from tests.membership_types.common import CHAIN, LIST, listed, named
from tests.membership_types.submitting import edit, form_id, row_form, send_row
from tests.pages import HTMX, Page, page_of

pytestmark = pytest.mark.slow

# What the stand-in's chain begins with.
SEEDED = {11001: [PRICE], 11009: [NOWHERE], 11019: [PRICE]}
ODD, ALSO_ODD, PLAIN = 11019, 11009, 11002


def marks(page: Page) -> dict[int, list[str]]:
    """The marks beside the titles of the page's rows, by number; only of those that have some."""
    found: dict[int, list[str]] = {}
    row_id, is_title = 0, False
    for element in page.elements:
        if element.attrs.get("id", "").startswith("type-row-"):
            row_id = int(element.attrs["id"].removeprefix("type-row-"))
        elif element.tag in ("th", "td"):
            is_title = element.attrs.get("class") == "title"
        elif is_title and element.attrs.get("class") == "chip warn":
            found.setdefault(row_id, []).append(element.text)
    return found


def numbers(page: Page) -> set[int]:
    rows = [element.attrs.get("id", "") for element in page.all("tr")]
    return {int(row.removeprefix("type-row-")) for row in rows if row}


def odd_ones(client: Client, query: str = "?attention=yes") -> set[int]:
    """The rows that the list shows of those that need attention."""
    return numbers(page_of(client, LIST + query))


def link(page: Page) -> str:
    """The first number in the link about what needs attention, and where it leads to."""
    return " ".join(
        f"{''.join(c for c in a.text if c.isdecimal())} {a.attrs['href']}".strip()
        for a in page.all("a", class_="attention")
    )


def test_rows_say_what_is_odd_and_no_other_does(loaded: Client) -> None:
    for htmx in (False, True):
        page = page_of(loaded, f"{LIST}?size=100", htmx=htmx)
        assert marks(page) == SEEDED
        assert len(page.titles()) > len(SEEDED)


def test_list_counts_them_and_leads_to_them_and_back(loaded: Client) -> None:
    page = page_of(loaded, LIST)
    assert link(page) == f"3 {LIST}?attention=yes"
    narrowed = page_of(loaded, f"{LIST}?attention=yes")
    assert numbers(narrowed) == set(SEEDED)
    assert link(narrowed) == f"{LIST}?"


def test_it_goes_together_with_everything_else_that_is_asked_for(loaded: Client) -> None:
    assert odd_ones(loaded, "?attention=yes&sold=yes") == {11001}
    assert odd_ones(loaded, "?attention=yes&q=hammam&online=on") == {11019}
    assert odd_ones(loaded, "?attention=yes&q=sauna") == set()
    page = page_of(loaded, f"{LIST}?online=on&sort=-price")
    assert link(page) == f"2 {LIST}?attention=yes&online=on&sort=-price"
    # The search and the filters keep it.
    kept = page_of(loaded, f"{LIST}?attention=yes").form(id="filters")
    assert kept.values["attention"] == ["yes"]


def test_address_can_be_shared_and_nonsense_in_it_is_left_out(loaded: Client) -> None:
    response = loaded.get(f"{LIST}?attention=yes&page=9", headers=HTMX)
    assert response["HX-Push-Url"] == f"{LIST}?attention=yes"
    for nonsense in ("no", "1", "YES", ""):
        response = loaded.get(f"{LIST}?attention={nonsense}", headers=HTMX)
        assert response["HX-Push-Url"] == f"{LIST}?"
        assert len(numbers(Page(response))) > len(SEEDED)


def test_nothing_odd_is_not_talked_about(loaded: Client) -> None:
    assert link(page_of(loaded, f"{LIST}?q=sauna")) == ""
    page = page_of(loaded, f"{LIST}?q=sauna&attention=yes")
    assert [a for a in page.all("a", href=LIST) if "button" in a.attrs.get("class", "")]


def test_edit_that_mends_it_takes_the_mark_away(sandbox: Sandbox, loaded: Client) -> None:
    form = row_form(loaded, ODD)
    row = Page(send_row(loaded, form, ODD, {"online_price": "96"}))
    assert sandbox.type_of(CHAIN, ODD)["online_sale_price"] == 96
    assert numbers(row) == {ODD}
    assert marks(row) == {}
    assert odd_ones(loaded) == set(SEEDED) - {ODD}
    assert page_of(loaded, f"{LIST}{ODD}/row/", htmx=True).titles() == ["Weekend hammam"]
    assert link(page_of(loaded, LIST)).startswith("2 ")


def test_edit_that_makes_it_odd_marks_it(sandbox: Sandbox, loaded: Client) -> None:
    form = row_form(loaded, PLAIN)
    row = Page(send_row(loaded, form, PLAIN, {"online_sale": "on", "online_price": "1"}))
    assert marks(row) == {PLAIN: [PRICE]}
    assert odd_ones(loaded) == {*SEEDED, PLAIN}


def test_whole_form_counts_as_well(loaded: Client) -> None:
    edit(loaded, ALSO_ODD, {"location_ids": ["501"]})
    assert odd_ones(loaded) == set(SEEDED) - {ALSO_ODD}


def test_second_of_a_title_marks_both_until_one_is_renamed(
    sandbox: Sandbox, loaded: Client
) -> None:
    form = row_form(loaded, PLAIN)
    row = Page(send_row(loaded, form, PLAIN, {"title": "BEARD  Club"}))
    assert marks(row) == {PLAIN: [TWICE]}
    twice = {named(sandbox, "Beard club")["id"]: [TWICE], PLAIN: [TWICE]}
    assert marks(page_of(loaded, f"{LIST}?q=beard")) == twice
    edit(loaded, PLAIN, {"title": "Beard club for two"})
    assert marks(page_of(loaded, f"{LIST}?q=beard")) == {}


def test_archiving_what_is_on_sale_online_marks_it(sandbox: Sandbox, loaded: Client) -> None:
    data = {"form_id": form_id(loaded, ODD)}
    headers = HTMX | {"HX-Target": f"type-row-{ODD}"}
    row = Page(loaded.post(f"{LIST}{ODD}/archive/", data, headers=headers))
    assert marks(row) == {ODD: [ON_SALE]}
    assert odd_ones(loaded) == set(SEEDED) - {ODD}
    page = page_of(loaded, f"{LIST}?tab=archived")
    assert marks(page) == {ODD: [ON_SALE]}
    assert link(page) == f"1 {LIST}?tab=archived&attention=yes"
    assert odd_ones(loaded, "?tab=archived&attention=yes") == {ODD}


def test_what_changed_at_altegio_counts_when_it_was_read_again(
    sandbox: Sandbox, loaded: Client
) -> None:
    changed: dict[int, dict[str, Any]] = {
        ODD: {"online_sale_price": 96},
        PLAIN: {"attached_location_ids": [], "attached_salon_ids": []},
    }
    for type_id, fields in changed.items():
        sandbox.alter_type(CHAIN, type_id, **fields)
    loaded.post(f"{LIST}refresh/")
    assert odd_ones(loaded) == {*SEEDED, PLAIN} - {ODD}


def test_every_odd_one_of_many_is_found(sandbox: Sandbox, edith: Client) -> None:
    sandbox.reset(types=300)
    odd = {
        raw["id"]
        for raw in listed(sandbox)
        if not raw["is_archived"]
        and (
            (raw["is_online_sale_enabled"] and raw["online_sale_price"] != raw["cost"])
            or not raw["attached_location_ids"]
        )
    }
    page = page_of(edith, f"{LIST}loaded/?attention=yes&size=200")
    assert numbers(page) == odd
    assert 25 < len(odd) <= 200
    assert set(marks(page)) == odd
