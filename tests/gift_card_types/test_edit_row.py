"""Editing in the list itself: title, face value, online sale and locations, a row at a time."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import (
    ARCHIVED_BY_ALTEGIO,
    HOSTILE,
    ISSUED,
    LIST,
    ONLINE,
    PLAIN,
    named,
    writes,
)
from tests.gift_card_types.submitting import press, row_form, send_row, shown
from tests.pages import HTMX, Page, page_of

pytestmark = pytest.mark.slow

URL = f"{LIST}{PLAIN}/row/edit/"
FIELDS = {"title", "face_value", "location_ids", "online_sale", "online_price"}


def test_row_becomes_a_form_of_five_fields(sandbox: Sandbox, loaded: Client) -> None:
    before = len(sandbox.calls())
    page = page_of(loaded, f"{LIST}{ONLINE}/row/edit/", htmx=True)
    assert page.one("tr").attrs["id"] == f"type-row-{ONLINE}"
    form = page.form("row/edit/")
    assert set(form.values) - {"csrfmiddlewaretoken", "form_id", "opened_on"} == FIELDS
    assert form.values["title"] == ["Gift card €100"]
    assert (form.values["face_value"], form.values["online_price"]) == (["100"], ["90"])
    assert len(sandbox.calls()) == before
    cancel = page.one("a", text="Cancel")
    assert cancel.attrs["hx-get"] == f"{LIST}{ONLINE}/row/"
    assert cancel.attrs["data-return-focus"] == f"edit-row-{ONLINE}"


# What cannot be changed says so before anybody types


def test_locked_row_is_not_opened_for_editing(loaded: Client) -> None:
    """Issued, archived by Altegio, or archived here by somebody else."""
    press(loaded, PLAIN, "archive")
    for type_id in (ISSUED, ARCHIVED_BY_ALTEGIO, PLAIN):
        response = loaded.get(f"{LIST}{type_id}/row/edit/", headers=HTMX)
        assert response.status_code == 409, type_id
        assert response["X-Partial"]
        page = Page(response)
        assert page.one("section", role="alert").text
        assert not page.all("input", name="title")


def test_altegio_down_keeps_what_was_typed(sandbox: Sandbox, loaded: Client) -> None:
    form = row_form(loaded, PLAIN)
    sandbox.fault(kind="html", status=502, times=None, match={"path": f"/{PLAIN}$"})
    response = send_row(loaded, form, PLAIN, {"title": "Typed"})
    assert response.status_code == 503
    assert Page(response).form("row/edit/").values["title"] == ["Typed"]
    assert not writes(sandbox)


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
    assert row_form(edith, PLAIN).values["title"]


def test_without_javascript_it_is_the_full_form(loaded: Client) -> None:
    assert loaded.get(URL)["Location"] == f"{LIST}{PLAIN}/edit/"


def test_sent_without_javascript_it_saves_and_shows_the_type(loaded: Client) -> None:
    form = row_form(loaded, PLAIN)
    response = loaded.post(URL, form.data({"title": "Other"}))
    assert response["Location"] == f"{LIST}{PLAIN}/"
    assert shown(loaded, response).one("h1").text == "Other"
    refused = loaded.post(URL, row_form(loaded, PLAIN).data({"title": ""}))
    assert refused["Location"] == f"{LIST}{PLAIN}/edit/"
    shown(loaded, refused).one("div", class_="notice bad")
