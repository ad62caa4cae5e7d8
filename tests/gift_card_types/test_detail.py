"""A type's page: every field that the API has, in words, and what was done here."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry
from loyalty_admin.catalog.words import CODE
from loyalty_admin.connections.models import Connection
from loyalty_admin.gift_card_types import words
from loyalty_admin.gift_card_types.fields import FIELDS
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PROFILES
from tests.gift_card_types.common import (
    ARCHIVED_BY_ALTEGIO,
    CHAIN,
    HOSTILE,
    ISSUED,
    LIST,
    ONLINE,
    OTHER_CHAIN,
    PLAIN,
    WITH_SERVICES,
    named,
)
from tests.gift_card_types.submitting import at, delete, edit, newest, press, restore
from tests.pages import Page, page_of

pytestmark = pytest.mark.slow


def facts(page: Page) -> dict[str, str]:
    return {
        dt.text.strip(): dd.text.strip()
        for dt, dd in zip(page.all("dt"), page.all("dd"), strict=True)
    }


# Each key of the API sheet, with a value of its own.
EVERYTHING: dict[str, Any] = {
    "title": "Everything at once",
    "balance": 1234.5,
    "is_multi": True,
    "item_type": {"id": 4, "title": "Altegio's words"},
    "service_ids": [710201, 710202],
    "is_allow_empty_code": True,
    "balance_edit_type_id": 2,
    "category_id": 4711,
    "weight": 815,
    "expiration_type_id": 1,
    "expiration_date": "2031-05-06T07:08:00+02:00",
    "online_sale_is_enabled": True,
    "online_sale_title": "In the shop",
    "online_sale_description": "Lines\nof text",
    "online_sale_price": 1199,
    "online_sale_image": "https://images.sandbox.example/a.jpg",
    "is_serial_number_limited": True,
    "released_total": 37,
    "salon_ids": [502, 505],
}
IN_WORDS = {
    "face_value": "1,234.50 €",
    "several_uses": str(words.SEVERAL_USES[True]),
    "covers": str(words.COVERS[4]),
    "sold_without_code": str(CODE[True]),
    "balance_editing": str(words.BALANCE_EDITING[2]),
    "category_id": "4711",
    "validity_kind": str(words.VALIDITY_KINDS[1]),
    "expires_at": "6 May 2031, 07:08 (Europe/Madrid)",
    "online_sale": "yes",
    "online_title": "In the shop",
    "online_description": "Lines\nof text",
    "online_price": "1,199 €",
}


@pytest.mark.parametrize("profile", PROFILES, indirect=True)
def test_every_field_is_shown(profile: str, sandbox: Sandbox, edith: Client) -> None:
    type_id = sandbox.put_certificate_type(CHAIN, EVERYTHING)["id"]
    page = page_of(edith, f"{LIST}{type_id}/")
    told = facts(page)
    assert {name: told[FIELDS.label(name)] for name in IN_WORDS} == IN_WORDS
    # Of a fixed date, no period is said.
    assert FIELDS.label("validity") not in told
    assert page.one("h1").text == "Everything at once"
    page.one("a", href="https://images.sandbox.example/a.jpg")
    items = {item.text for item in page.all("li")}
    assert {"Pedicure", "Aurora Cádiz", "Aurora Āgenskalns"} <= items
    assert "Aurora Centrs" not in items
    assert {str(type_id), "37", "Altegio's words", "815", "yes"} <= set(told.values())


def test_what_altegio_did_not_say_is_not_known(sandbox: Sandbox, edith: Client) -> None:
    odd = {"is_multi": "perhaps", "expiration_type_id": 1, "expiration_date": "some day"}
    sandbox.alter_certificate_type(CHAIN, PLAIN, **odd, released_total=None)
    told = facts(page_of(edith, f"{LIST}{PLAIN}/"))
    for label in (FIELDS.label("several_uses"), FIELDS.label("expires_at"), "Cards issued"):
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
        CHAIN, ONLINE, title="Another title", online_sale_price=100, salon_ids=[]
    )
    page = page_of(loaded, f"{LIST}{ONLINE}/")
    assert page.one("h1").text == "Another title"
    assert {chip.text for chip in page.all("span", class_="chip warn")} == {"no location"}


# What it offers


def offered(page: Page) -> list[str]:
    """What the buttons do, by the last part of their addresses."""
    form = page.form(id="type-actions")
    items = [e for e in page.elements if page.form_of(e) is form and e.tag in ("a", "button")]
    return [(e.attrs.get("href") or e.attrs["formaction"]).split("/")[-2] for e in items]


def test_page_offers_what_the_type_allows_and_notes_what_it_does_not(edith: Client) -> None:
    press(edith, ONLINE, "archive")
    press(edith, ISSUED, "archive")
    expected = {
        PLAIN: (["edit", "clone", "archive", "delete"], True, 0),
        # Issued, and archived here.
        ISSUED: (["clone", "unarchive"], False, 2),
        31005: (["edit", "clone", "archive", "delete"], True, 0),
        ARCHIVED_BY_ALTEGIO: (["clone", "delete"], False, 1),
        ONLINE: (["clone", "unarchive", "delete"], False, 1),
    }
    found = {}
    for type_id in expected:
        page = page_of(edith, f"{LIST}{type_id}/")
        is_active = bool(page.all("span", class_="chip good", text="Active"))
        found[type_id] = (offered(page), is_active, len(page.all("div", role="note")))
    assert found == expected


def test_issued_type_is_locked(edith: Client) -> None:
    page = page_of(edith, f"{LIST}{ISSUED}/")
    assert offered(page) == ["clone", "archive"]
    assert facts(page)["Cards issued"] == "214"
    assert page.one("span", class_="chip warn").text.split()[0] == "214"


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


def test_hostile_texts_are_inert(sandbox: Sandbox, edith: Client) -> None:
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


def test_missing_right_disables_with_its_reason(edith: Client, connection: Connection) -> None:
    page = page_of(edith, at(OTHER_CHAIN, "25002/"))
    for text in ("Edit", "Duplicate", "Archive here", "Delete"):
        button = page.one("button", text=text, aria_disabled="true")
        assert connection.name in button.attrs["title"]
    assert not page.all("form", id="type-actions")


def test_type_that_is_not_there_is_not_found(edith: Client) -> None:
    for url in (f"{LIST}99999/", at(OTHER_CHAIN, f"{PLAIN}/")):
        assert edith.get(url).status_code == 404


def test_altegio_down_says_so(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="html", status=502, times=None, match={"path": "certificate_types"})
    response = edith.get(f"{LIST}{PLAIN}/")
    assert response.status_code == 502
