"""The list: all types searched, sorted and filtered by the address, without asking Altegio."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import (
    ARCHIVED_BY_ALTEGIO,
    CHAIN,
    DATED,
    FOREIGN,
    HOSTILE,
    ISSUED,
    LIST,
    NO_LOCATION,
    ONLINE,
    OTHER_CHAIN,
    PLAIN,
    listed,
)
from tests.gift_card_types.submitting import press, row_form, send_row
from tests.pages import Page, page_of

pytestmark = pytest.mark.slow


def menus(page: Page) -> list[str]:
    """The addresses from which the rows load their menus."""
    found = [element.attrs.get("hx-get", "") for element in page.all("details")]
    return [url for url in found if url.endswith("/menu/")]


def row_texts(page: Page) -> dict[str, str]:
    """Each row's text in one line, by the id of its type."""
    found = [row for row in page.all("tr") if row.attrs.get("id", "").startswith("type-row-")]
    return {row.attrs["id"].removeprefix("type-row-"): " ".join(row.text.split()) for row in found}


@pytest.fixture
def many(sandbox: Sandbox, edith: Client) -> Client:
    """The editor's browser at a chain of 120 types, already read."""
    sandbox.reset(certificate_types=120)
    assert edith.get(f"{LIST}loaded/").status_code == 200
    return edith


def test_row_shows_the_type_at_a_glance(loaded: Client) -> None:
    rows = row_texts(page_of(loaded, LIST))
    for type_id, texts in {
        ISSUED: ["Gift card €50", "50 €", "everything", "several payments", "1 year", "214"],
        DATED: ["Dāvanu karte 75 €", "75 €", "until 31 Dec 2030", "Aurora Āgenskalns", "off"],
        FOREIGN: ["Black Friday", "any services", "one payment", "until 29 Nov 2030"],
        ONLINE: ["100 €", "90 €"],
        31007: ["49.95 €", "named services", "12 weeks"],
        31008: ["named services, "],
        31006: ["any products", "90 days"],
        31010: ["365.25 €", "no end"],
    }.items():
        for text in texts:
            assert text in rows[str(type_id)], (type_id, text)


def test_what_altegio_left_open_is_said_so(sandbox: Sandbox, edith: Client) -> None:
    odd = {"expiration_type_id": 1, "expiration_date": "some day", "item_type": {"id": 9}}
    sandbox.alter_certificate_type(CHAIN, PLAIN, **odd, released_total=None)
    text = row_texts(page_of(edith, f"{LIST}loaded/"))[str(PLAIN)]
    assert "31 Dec" not in text
    assert "number 9" in text
    assert " ? " in text


def test_every_type_of_a_long_list_comes_once(sandbox: Sandbox, many: Client) -> None:
    active = [raw["title"] for raw in listed(sandbox) if not raw["is_archived"]]
    page = page_of(many, f"{LIST}?size=50")
    assert f"1–50 of {len(active)}" in page.text
    seen = page.titles()
    while nexts := page.all("a", rel="next"):
        page = page_of(many, nexts[0].attrs["href"])
        seen += page.titles()
    assert seen == sorted(active, key=str.casefold)
    # A search and a filter reach every page of it.
    page = page_of(many, f"{LIST}?q=0101+CARD")
    assert len(page.titles()) == 1 and "0101" in page.titles()[0]
    assert page.one("input", id="search").attrs["value"] == "0101 CARD"
    fits = [
        raw
        for raw in listed(sandbox)
        if not raw["released_total"] and raw["is_multi"] and not raw["is_archived"]
    ]
    assert len(fits) > 25
    page = page_of(many, f"{LIST}?issued=no&uses=several&size=25")
    assert f"1–25 of {len(fits)}" in page.text


def test_validity_sorts_periods_by_length_then_dates_then_what_never_ends(loaded: Client) -> None:
    titles = page_of(loaded, f"{LIST}?sort=validity").titles()
    order = [
        "Free try", "🎁 Happy birthday 🎂", "Manicure and pedicure", "Company gift",
        "Christmas 2024", "Black Friday", "Dāvanu karte 75 €", "Nowhere on sale yet",
    ]  # fmt: skip
    assert sorted(order, key=titles.index) == order


def test_archived_types_have_a_tab_of_their_own(sandbox: Sandbox, loaded: Client) -> None:
    press(loaded, PLAIN, "archive")
    by_altegio = {str(raw["id"]) for raw in listed(sandbox) if raw["is_archived"]}
    page = page_of(loaded, f"{LIST}?tab=archived")
    rows = row_texts(page)
    assert rows.keys() == by_altegio | {str(PLAIN)}
    assert {key for key, text in rows.items() if "archived by" in text} == by_altegio
    page.one("a", aria_current="page", href=f"{LIST}?tab=archived")
    # They are not changed before they are brought back.
    assert len(menus(page)) == len(rows)
    assert not [a for a in page.all("a") if a.attrs.get("href", "").endswith("/edit/")]
    assert str(PLAIN) not in row_texts(page_of(loaded, LIST))


def test_tabs_count_the_whole_chain(sandbox: Sandbox, loaded: Client) -> None:
    page = page_of(loaded, f"{LIST}?q=no+such+title")
    tabs = ["".join(a.text.split()) for a in page.all("a") if a.text.split()[-1].isdigit()]
    archived = sum(raw["is_archived"] for raw in listed(sandbox))
    assert tabs == [f"Active{24 - archived}", f"Archived{archived}", "Deleted0"]


def test_issued_type_offers_its_duplicate_in_the_place_of_editing(loaded: Client) -> None:
    page = page_of(loaded, LIST)
    url = f"{LIST}{ISSUED}/"
    page.one(
        "a",
        href=f"{url}clone/",
    )
    assert not page.all("a", href=f"{url}edit/")
    page.one("a", href=f"{LIST}{PLAIN}/edit/", hx_get=f"{LIST}{PLAIN}/row/edit/")
    page.one("a", text="Open", href=url)


def test_empty_chain_says_what_a_gift_card_type_is(sandbox: Sandbox, edith: Client) -> None:
    sandbox.reset(certificate_types=0)
    page = page_of(edith, f"{LIST}loaded/")
    assert not page.titles()
    assert page.all("a", href=f"{LIST}new/")


def test_hostile_title_is_inert(loaded: Client) -> None:
    page = page_of(loaded, f"{LIST}?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert page.titles() == [HOSTILE]
    assert "<script>alert" not in page.html
    assert '"gift"' not in page.html
    page.one("a", aria_label=f"Edit {HOSTILE}")


# What needs attention


def marks(page: Page) -> dict[str, int]:
    """How many marks a row has, by the id of its type; those that have any."""
    rows = [row for row in page.all("tr") if row.attrs.get("id", "").startswith("type-row-")]
    found = {
        row.attrs["id"].removeprefix("type-row-"): len(row.node.css("th .chip.warn"))
        for row in rows
    }
    return {type_id: number for type_id, number in found.items() if number}


def test_oddities_are_marked_on_their_rows(loaded: Client) -> None:
    press(loaded, ISSUED, "archive")
    # Another price online and a duplicate title, a duplicate title, no location.
    assert marks(page_of(loaded, LIST)) == {str(ONLINE): 2, "31005": 1, str(NO_LOCATION): 1}
    # Archived, but on sale online: by Altegio, and here.
    archived = page_of(loaded, f"{LIST}?tab=archived")
    assert marks(archived) == {str(ARCHIVED_BY_ALTEGIO): 1, str(ISSUED): 1}


def test_types_that_need_attention_can_be_listed_alone(sandbox: Sandbox, loaded: Client) -> None:
    page = page_of(loaded, LIST)
    link = page.one("a", class_="attention")
    assert link.text.split()[0] == "3"
    assert link.attrs["href"] == f"{LIST}?attention=yes"
    odd = page_of(loaded, link.attrs["href"])
    assert row_texts(odd).keys() == {str(ONLINE), "31005", str(NO_LOCATION)}
    assert odd.form(id="filters").values["attention"] == ["yes"]
    back = odd.one("a", class_="attention")
    assert back.attrs["href"] == f"{LIST}?"
    # It narrows beside a search, and each tab has its own.
    assert row_texts(page_of(loaded, f"{LIST}?attention=yes&q=nowhere")).keys() == {
        str(NO_LOCATION)
    }
    archived = page_of(loaded, f"{LIST}?tab=archived&attention=yes")
    assert row_texts(archived).keys() == {str(ARCHIVED_BY_ALTEGIO)}


def test_mark_goes_with_what_was_odd(loaded: Client) -> None:
    row = Page(send_row(loaded, row_form(loaded, ONLINE), ONLINE, {"online_price": "100"}))
    assert marks(row) == {str(ONLINE): 1}
    send_row(loaded, row_form(loaded, ONLINE), ONLINE, {"title": "Gift card of 100"})
    page = page_of(loaded, LIST)
    assert page.one("a", class_="attention").text.split()[0] == "1"
    assert marks(page) == {str(NO_LOCATION): 1}


# Who sees what


def test_missing_right_disables_with_its_reason(edith: Client, connection: Connection) -> None:
    """The director may change gift card types in the first chain, not in the second."""
    other = LIST.replace(str(CHAIN), str(OTHER_CHAIN))
    page = page_of(edith, f"{other}loaded/")
    assert "Наурыз" in page.titles()
    page.one("button", text="New type", type="button", aria_disabled="true")
    assert connection.name in page.one("p", class_="lead").text
    assert not page.all("a", href=f"{other}new/")
    assert not menus(page)
    assert not [a for a in page.all("a") if a.attrs["href"].endswith(("/edit/", "/clone/"))]
