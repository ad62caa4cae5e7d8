"""What Altegio did not carry out need not be typed again: its entry leads to the filled form."""

from __future__ import annotations

from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import CHAIN, DATED, LIST, PLAIN, named, writes
from tests.gift_card_types.submitting import create, edit, newest
from tests.gift_card_types.writing import submission
from tests.pages import Page, Typed, page_of

URL = f"{LIST}{PLAIN}/edit/"


def again(client: Client, entry: Entry) -> Page:
    links = page_of(client, f"/activity/{entry.pk}/").all("a", class_="button")
    (url,) = (link.attrs["href"] for link in links if "again=" in link.attrs["href"])
    return page_of(client, url)


def test_new_type_that_was_refused_fills_its_form(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="status", status=500, match={"method": "POST"})
    typed: Typed = {
        "title": "Long to type",
        "face_value": "77.50",
        "location_ids": ["501", "503"],
        "several_uses": "True",
        "covers": "4",
        "service_ids": ["710201", "710503"],
        "sold_without_code": "True",
        "balance_editing": "2",
        "validity_kind": "1",
        "expires_at-date": "2031-02-03",
        "expires_at-time": "04:05",
        "expires_at-zone": "Europe/Riga",
        "online_sale": "on",
        "online_title": "In the shop",
        "online_description": "Two\r\nlines",
        "online_price": "1199",
        "category_id": "4711",
    }
    create(edith, typed)
    assert newest().outcome == Outcome.REFUSED
    form = again(edith, newest()).form(id="type-form")
    assert {name: form.values[name] for name in typed} == {
        name: value if isinstance(value, list) else [value] for name, value in typed.items()
    }
    edith.post(f"{LIST}new/", form.data())
    made = named(sandbox, "Long to type")
    assert made["expiration_date"] == "2031-02-03T04:05:00+02:00"


def test_edit_that_was_refused_fills_its_form_over_what_altegio_has_now(
    sandbox: Sandbox, edith: Client
) -> None:
    sandbox.fault(kind="status", status=500, match={"method": "PUT"})
    edit(edith, PLAIN, {"title": "Long to type"})
    sandbox.alter_certificate_type(CHAIN, PLAIN, balance=5)
    form = again(edith, newest()).form(id="type-form")
    assert form.values["title"] == ["Long to type"]
    assert form.values["face_value"] == ["5"]
    edith.post(URL, form.data())
    raw = sandbox.certificate_type_of(CHAIN, PLAIN)
    assert (raw["title"], raw["balance"]) == ("Long to type", 5)
    assert len([call for call in writes(sandbox) if call["applied"]]) == 1


def test_duplicate_that_was_refused_fills_its_form(sandbox: Sandbox, edith: Client) -> None:
    url, data, _method = submission(edith, "clone")
    sandbox.fault(kind="status", status=500, match={"method": "POST"})
    edith.post(url, data | {"title": "Long to type", "face_value": "81"})
    form = again(edith, newest()).form(id="type-form")
    assert form.values["title"] == ["Long to type"]
    assert form.values["face_value"] == ["81"]


def test_what_was_done_is_not_offered_again(edith: Client) -> None:
    edit(edith, PLAIN, {"title": "Other"})
    assert "again=" not in page_of(edith, f"/activity/{newest().pk}/").html


def test_number_of_no_entry_gives_an_empty_form(edith: Client) -> None:
    for number in ("0", "x", "9" * 30, "²"):
        form = page_of(edith, f"{LIST}new/?again={number}").form(id="type-form")
        assert form.values["title"] == [""], number


def test_entry_about_another_type_fills_nothing(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="status", status=500, match={"method": "PUT"})
    edit(edith, PLAIN, {"title": "Long to type"})
    form = page_of(edith, f"{LIST}{DATED}/edit/?again={newest().pk}").form(id="type-form")
    assert form.values["title"] == ["Dāvanu karte 75 €"]
