"""A type's page: every field that the API has, in words, and what was done here."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry
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
    ONLINE,
    OTHER_CHAIN,
    PLAIN,
    WITH_SERVICES,
    named,
    writes,
)
from tests.gift_card_types.submitting import at, delete, edit, newest, press, restore
from tests.pages import Page, page_of

# Each key of the API sheet, a value of its own, and how a person reads it.
SHOWN = {
    "title": ("Everything at once", "Everything at once"),
    "balance": (1234.5, "1,234.50 €"),
    "is_multi": (True, "With several payments"),
    "item_type": ({"id": 4, "title": "Altegio's words"}, "Named services and any products"),
    "service_ids": ([710201, 710202], "Pedicure"),
    "is_allow_empty_code": (True, "Only the client who bought it"),
    "balance_edit_type_id": (2, "Not allowed"),
    "category_id": (4711, "4711"),
    "weight": (815, "815"),
    "expiration_type_id": (1, "Until a fixed date"),
    "expiration_date": ("2031-05-06T07:08:00+02:00", "6 May 2031, 07:08 (Europe/Madrid)"),
    "online_sale_is_enabled": (True, "Online sale"),
    "online_sale_title": ("In the shop", "In the shop"),
    "online_sale_description": ("Lines\nof text", "Lines\nof text"),
    "online_sale_price": (1199, "1,199 €"),
    "online_sale_image": ("https://images.sandbox.example/a.jpg", "Picture in the online shop"),
    "is_serial_number_limited": (True, "Limited serial numbers"),
    "released_total": (37, "37 issued"),
    "salon_ids": ([502, 505], "Aurora Cádiz"),
}


def facts(page: Page) -> dict[str, str]:
    return {
        dt.text.strip(): dd.text.strip()
        for dt, dd in zip(page.all("dt"), page.all("dd"), strict=True)
    }


def test_every_field_is_shown(profile: str, sandbox: Sandbox, edith: Client) -> None:
    raw = {key: value for key, (value, _text) in SHOWN.items()}
    type_id = sandbox.put_certificate_type(CHAIN, raw)["id"]
    page = page_of(edith, f"{LIST}{type_id}/")
    for key, (_value, text) in SHOWN.items():
        assert text in page.text, key
    assert str(type_id) in page.text
    assert "Altegio's words" in page.text
    assert "Aurora Āgenskalns" in page.text
    assert "Aurora Centrs" not in page.text


def test_period_is_said_in_the_place_of_a_date(profile: str, edith: Client) -> None:
    told = facts(page_of(edith, f"{LIST}{WITH_SERVICES}/"))
    assert told["How long it is valid"] == "For some time from the sale"
    assert told["Valid for"] == "12 weeks"
    assert "Valid until" not in told


@pytest.mark.parametrize(
    ("type_id", "text"),
    [
        (DATED, "31 Dec 2030, 23:59:59 (Europe/Riga)"),
        # No location's clock shows this offset.
        (FOREIGN, "29 Nov 2030, 23:59:59 (-05:00)"),
    ],
)
def test_date_has_the_time_zone_of_a_location(
    profile: str, edith: Client, type_id: int, text: str
) -> None:
    assert facts(page_of(edith, f"{LIST}{type_id}/"))["Valid until"] == text


@pytest.mark.parametrize("odd", [0, 7])
def test_unknown_way_of_editing_balances_is_a_number(
    sandbox: Sandbox, edith: Client, odd: int
) -> None:
    sandbox.alter_certificate_type(CHAIN, PLAIN, balance_edit_type_id=odd)
    page = page_of(edith, f"{LIST}{PLAIN}/")
    assert facts(page)["Correcting its balance"] == f"number {odd}"


def test_what_altegio_did_not_say_is_not_known(sandbox: Sandbox, edith: Client) -> None:
    odd = {"is_multi": "perhaps", "expiration_type_id": 1, "expiration_date": "some day"}
    sandbox.alter_certificate_type(CHAIN, PLAIN, **odd, released_total=None)
    told = facts(page_of(edith, f"{LIST}{PLAIN}/"))
    for label in ("How it is used up", "Valid until", "Cards issued"):
        assert told[label] == "not known"


def test_services_are_named_even_before_the_catalogue_was_read(edith: Client) -> None:
    assert "Pedicure" in page_of(edith, f"{LIST}{WITH_SERVICES}/").text


def test_services_without_a_catalogue_are_numbers(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="html", status=502, times=None, match={"path": "service_categories"})
    assert "number 710201" in page_of(edith, f"{LIST}{WITH_SERVICES}/").text


def test_services_that_mean_nothing_are_not_shown(sandbox: Sandbox, edith: Client) -> None:
    sandbox.alter_certificate_type(CHAIN, PLAIN, service_ids=[710201])
    page = page_of(edith, f"{LIST}{PLAIN}/")
    assert "710201" not in page.text
    assert "Manicure" not in page.text


def test_page_shows_the_type_as_it_is_now(sandbox: Sandbox, loaded: Client) -> None:
    """Its marks as well, whatever the list was when it was read."""
    sandbox.alter_certificate_type(
        CHAIN, ONLINE, title="Changed at Altegio", online_sale_price=100, salon_ids=[]
    )
    page = page_of(loaded, f"{LIST}{ONLINE}/")
    assert page.one("h1").text == "Changed at Altegio"
    assert {chip.text for chip in page.all("span", class_="chip warn")} == {"no location"}
    assert "No location sells it." in page.text


def test_marks_need_no_list(edith: Client) -> None:
    page = page_of(edith, f"{LIST}{ARCHIVED_BY_ALTEGIO}/")
    assert page.all("span", class_="chip warn", text="archived, but on sale online")


# What it offers


def offered(page: Page) -> set[str]:
    form = page.form(id="type-actions")
    items = [e for e in page.elements if page.form_of(e) is form and e.tag in ("a", "button")]
    return {item.text.strip() for item in items}


def test_page_offers_what_the_type_allows(profile: str, edith: Client) -> None:
    page = page_of(edith, f"{LIST}{PLAIN}/")
    assert offered(page) == {"Edit", "Duplicate", "Archive here", "Delete"}
    assert page.all("span", text="Active")


def test_issued_type_says_that_it_is_locked_and_offers_its_duplicate(
    profile: str, edith: Client
) -> None:
    page = page_of(edith, f"{LIST}{ISSUED}/")
    assert offered(page) == {"Duplicate and change", "Archive here…"}
    assert page.all("span", text="214 issued")
    assert "neither changed nor deleted" in page.one("div", role="note").text
    assert facts(page)["Cards issued"] == "214"


def test_archived_by_altegio_says_where_it_is_brought_back(profile: str, edith: Client) -> None:
    page = page_of(edith, f"{LIST}{ARCHIVED_BY_ALTEGIO}/")
    assert offered(page) == {"Duplicate", "Delete"}
    assert page.all("span", text="Archived by Altegio")
    assert "brought back and changed there only" in page.one("div", role="note").text
    assert facts(page)["Archived by Altegio"] == "31 Mar 2026, 15:00 UTC"


def test_archived_here_says_whose_archive_it_is(edith: Client) -> None:
    press(edith, ONLINE, "archive")
    page = page_of(edith, f"{LIST}{ONLINE}/")
    assert offered(page) == {"Duplicate", "Unarchive…", "Delete"}
    assert page.all("span", text="Archived in this dashboard")
    note = page.one("div", role="note").text
    assert "Altegio has no archive for gift card types" in note
    assert "unarchiving switches it on again" in note


def test_issued_and_archived_here_says_that_it_is_still_sold(edith: Client) -> None:
    press(edith, ISSUED, "archive")
    page = page_of(edith, f"{LIST}{ISSUED}/")
    assert "It is still on sale online." in page.text
    assert page.all("span", class_="chip warn", text="archived, but on sale online")


def test_deleted_type_is_found_under_deleted(profile: str, edith: Client) -> None:
    delete(edith, PLAIN)
    assert edith.get(f"{LIST}{PLAIN}/")["Location"] == f"{LIST}trash/"


def test_deleted_type_that_was_restored_is_found_as_the_new_one(
    sandbox: Sandbox, edith: Client
) -> None:
    delete(edith, PLAIN)
    restore(edith, PLAIN)
    made = named(sandbox, "Подарок для мамы")["id"]
    assert edith.get(f"{LIST}{PLAIN}/")["Location"] == f"{LIST}{made}/"
    # Of another API address the journal tells nothing here.
    Entry.objects.update(api_url="https://api.example/api/v1")
    assert edith.get(f"{LIST}{PLAIN}/").status_code == 404


def test_history_names_who_did_what_through_what(edith: Client, connection: Connection) -> None:
    edit(edith, PLAIN, {"title": "For mum"})
    (history,) = page_of(edith, f"{LIST}{PLAIN}/").all("ol", class_="timeline")
    assert "Edith Editor" in history.text
    assert connection.name in history.text
    assert page_of(edith, f"{LIST}{PLAIN}/").all("a", href=f"/activity/{newest().pk}/")


def test_hostile_texts_are_inert(profile: str, sandbox: Sandbox, edith: Client) -> None:
    raw = named(sandbox, HOSTILE)
    sandbox.alter_certificate_type(
        CHAIN,
        raw["id"],
        online_sale_image="javascript:alert(1)",
        item_type={"id": 0, "title": "<img src=x>"},
        date_archived="<img src=y>",
    )
    page = page_of(edith, f"{LIST}{raw['id']}/")
    assert page.one("h1").text == HOSTILE
    assert raw["online_sale_title"] in page.text
    assert raw["online_sale_description"] in page.text
    for evil in ("<script>alert", "<img", "<b>Bold", "javascript:"):
        assert evil not in page.html


def test_viewer_sees_it_and_is_offered_nothing(vera: Client) -> None:
    page = page_of(vera, f"{LIST}{PLAIN}/")
    assert page.one("h1").text == "Подарок для мамы"
    assert not page.all("form", id="type-actions")
    assert not page.all("a", text="Edit")


def test_missing_right_disables_with_its_reason(edith: Client) -> None:
    page = page_of(edith, at(OTHER_CHAIN, "25002/"))
    assert "no right to change gift card types" in page.one("p", class_="lead inline").text
    for text in ("Edit", "Duplicate", "Archive here", "Delete"):
        button = page.one("button", text=text, aria_disabled="true")
        assert "no right to change gift card types" in button.attrs["title"]
    assert not page.all("form", id="type-actions")


@pytest.mark.parametrize(
    "url", [f"{LIST}99999/", at(9999, f"{PLAIN}/"), at(OTHER_CHAIN, f"{PLAIN}/")]
)
def test_stranger_finds_nothing(edith: Client, url: str, sandbox: Sandbox) -> None:
    assert edith.get(url).status_code == 404
    assert edith.post(url).status_code == 405
    assert not writes(sandbox)


def test_altegio_down_says_so(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="html", status=502, times=None, match={"path": "certificate_types"})
    response = edith.get(f"{LIST}{PLAIN}/")
    assert response.status_code == 502
    page = Page(response)
    assert "Bad gateway" not in page.html
    assert page.all("a", text="Try again")
