"""Editing in the list itself: title, price, online sale and locations, one row at a time."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.audit.models import Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.faults.classes import BUSY
from tests.membership_types.common import HOSTILE, LIST, named, writes
from tests.membership_types.submitting import newest, row_form, send_row, shown
from tests.pages import Page, page_of

pytestmark = pytest.mark.slow

SOLD, UNSOLD = 11001, 11008
URL = f"{LIST}{UNSOLD}/row/edit/"
FIELDS = {"title", "price", "location_ids", "online_sale", "online_price"}


def test_row_becomes_a_form_of_five_fields(sandbox: Sandbox, loaded: Client) -> None:
    before = len(sandbox.calls())
    page = page_of(loaded, f"{LIST}{SOLD}/row/edit/", htmx=True)
    assert page.one("tr").attrs["id"] == f"type-row-{SOLD}"
    form = page.form("row/edit/")
    assert set(form.values) - {"csrfmiddlewaretoken", "form_id", "opened_on"} == FIELDS
    assert form.values["title"] == ["Manicure × 5"]
    assert form.values["price"] == ["120"]
    assert form.values["online_price"] == ["115"]
    assert len(sandbox.calls()) == before
    cancel = page.one("a", text="Cancel")
    assert cancel.attrs["hx-get"] == f"{LIST}{SOLD}/row/"
    assert cancel.attrs["data-return-focus"] == f"edit-row-{SOLD}"


def test_what_altegio_kept_is_said_in_an_alert(sandbox: Sandbox, loaded: Client) -> None:
    page = Page(send_row(loaded, row_form(loaded, SOLD), SOLD, {"title": "New", "price": "1"}))
    alert = page.one("div", id="alerts")
    assert "New" in alert.text
    assert "120 €" in alert.text
    assert "120 €" in page.one("tr").text


def test_price_of_a_sold_type_is_marked_before(loaded: Client) -> None:
    def locks(type_id: int) -> int:
        page = page_of(loaded, f"{LIST}{type_id}/row/edit/", htmx=True)
        return len(page.one("label", for_="id_price").node.css("span.lock"))

    assert (locks(SOLD), locks(UNSOLD)) == (1, 0)


def test_altegio_down_keeps_what_was_typed(sandbox: Sandbox, loaded: Client) -> None:
    form = row_form(loaded, UNSOLD)
    sandbox.fault(**BUSY.fault, times=None, match={"path": f"/{UNSOLD}$"})
    response = send_row(loaded, form, UNSOLD, {"title": "Typed"})
    assert response.status_code in (422, 503)
    assert response["X-Partial"]
    assert Page(response).form("row/edit/").values["title"] == ["Typed"]
    assert not writes(sandbox)


def test_unknown_outcome_is_said_with_its_place_in_the_journal(
    sandbox: Sandbox, loaded: Client
) -> None:
    form = row_form(loaded, UNSOLD)
    sandbox.fault(kind="reset_after", match={"method": "PUT"})
    sandbox.fault(kind="status", status=302, after=1, times=None, match={"method": "GET"})
    page = Page(send_row(loaded, form, UNSOLD, {"title": "Other"}))
    assert newest().outcome == Outcome.UNKNOWN
    alert = page.one("div", id="alerts")
    assert alert.text
    assert page.all("a", href=f"/activity/{newest().pk}/")
    assert len(writes(sandbox)) == 1


def test_hostile_title_is_inert(sandbox: Sandbox, loaded: Client) -> None:
    type_id = named(sandbox, HOSTILE)["id"]
    form = row_form(loaded, type_id)
    assert form.values["title"] == [HOSTILE]
    evil = "'\"><img src=x onerror=alert(3)>"
    page = Page(send_row(loaded, form, type_id, {"title": evil}))
    assert page.titles() == [evil]
    assert evil in page.one("div", id="toasts").text
    assert "<img" not in page.html


def test_cold_list_is_read_first(edith: Client) -> None:
    assert row_form(edith, UNSOLD).values["title"]


def test_without_javascript_it_is_the_full_form(loaded: Client) -> None:
    assert loaded.get(URL)["Location"] == f"{LIST}{UNSOLD}/edit/"


def test_sent_without_javascript_it_saves_and_shows_the_type(
    sandbox: Sandbox, loaded: Client
) -> None:
    form = row_form(loaded, UNSOLD)
    response = loaded.post(URL, form.data({"title": "Other"}))
    assert response["Location"] == f"{LIST}{UNSOLD}/"
    assert shown(loaded, response).one("h1").text == "Other"
    refused = loaded.post(URL, row_form(loaded, UNSOLD).data({"title": ""}))
    assert refused["Location"] == f"{LIST}{UNSOLD}/edit/"
    shown(loaded, refused).one("div", class_="notice bad")
