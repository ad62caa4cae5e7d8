"""What Altegio did not carry out need not be typed again: its entry leads to the filled form."""

from __future__ import annotations

from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, LIST, writes
from tests.membership_types.submitting import create, edit, newest
from tests.pages import Page, page_of

TYPE = 11003


def again(client: Client, entry: Entry) -> Page:
    links = page_of(client, f"/activity/{entry.pk}/").all("a", class_="button")
    (url,) = (link.attrs["href"] for link in links if "again=" in link.attrs["href"])
    return page_of(client, url)


def test_new_type_that_was_refused_fills_its_form(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="status", status=500, match={"method": "POST"})
    create(edith, {"title": "Long to type", "price": "77.50"})
    assert newest().outcome == Outcome.REFUSED
    form = again(edith, newest()).form(id="type-form")
    assert form.values["title"] == ["Long to type"]
    assert form.values["price"] == ["77.50"]


def test_edit_that_was_refused_fills_its_form(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="status", status=500, match={"method": "PUT"})
    edit(edith, TYPE, {"title": "Long to type"})
    sandbox.alter_type(CHAIN, TYPE, cost=5)
    form = again(edith, newest()).form(id="type-form")
    assert form.values["title"] == ["Long to type"]
    assert form.values["price"] == ["5"]
    edith.post(f"{LIST}{TYPE}/edit/", form.data())
    assert sandbox.type_of(CHAIN, TYPE)["title"] == "Long to type"
    assert len([call for call in writes(sandbox) if call["applied"]]) == 1


def test_what_was_done_is_not_offered_again(edith: Client) -> None:
    edit(edith, TYPE, {"title": "Other"})
    assert "again=" not in page_of(edith, f"/activity/{newest().pk}/").html


def test_number_of_no_entry_gives_an_empty_form(edith: Client) -> None:
    for number in ("0", "x", "9" * 30, "²"):
        form = page_of(edith, f"{LIST}new/?again={number}").form(id="type-form")
        assert form.values["title"] == [""], number
