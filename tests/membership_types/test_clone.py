"""Cloning: one press makes one copy, and opens on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import HOSTILE, LIST, named, writes
from tests.membership_types.submitting import form_id, newest, press, shown
from tests.pages import HTMX, Page, page_of


def press_in_row(client: Client, type_id: int) -> Any:
    data = page_of(client, f"{LIST}loaded/").form(id="row-actions").data()
    target = HTMX | {"HX-Target": f"type-row-{type_id}"}
    return client.post(f"{LIST}{type_id}/clone/", data, headers=target)


def test_clone_opens_on_the_new_type(sandbox: Sandbox, edith: Client) -> None:
    response = press(edith, 11005, "clone")
    clone = named(sandbox, "Sauna without limits (2)")
    assert response["Location"] == f"{LIST}{clone['id']}/"
    page = shown(edith, response)
    assert page.one("h1").text == clone["title"]
    page.one("div", class_="notice good")
    assert [call["path"].split("/")[-1] for call in writes(sandbox)] == ["clone"]


def test_clone_from_the_row_sends_the_browser_to_the_new_type(
    sandbox: Sandbox, edith: Client
) -> None:
    response = press_in_row(edith, 11005)
    clone = named(sandbox, "Sauna without limits (2)")
    assert response["HX-Redirect"] == f"{LIST}{clone['id']}/"


def test_clone_stands_in_the_list_at_once(sandbox: Sandbox, loaded: Client) -> None:
    press(loaded, 11005, "clone")
    before = len(sandbox.calls())
    assert "Sauna without limits (2)" in page_of(loaded, LIST).titles()
    assert len(sandbox.calls()) == before


def test_archived_type_can_be_cloned(sandbox: Sandbox, edith: Client) -> None:
    press(edith, named(sandbox, "Old spring card")["id"], "clone")
    assert not named(sandbox, "Old spring card (2)")["is_archived"]


def test_hostile_title_is_inert(sandbox: Sandbox, edith: Client) -> None:
    page = shown(edith, press(edith, named(sandbox, HOSTILE)["id"], "clone"))
    assert page.one("h1").text == f"{HOSTILE} (2)"
    assert f"{HOSTILE} (2)" in page.one("div", class_="notice good").text
    assert "<script>alert" not in page.html


def test_late_resend_of_a_row_says_already_made_and_offers_another(
    sandbox: Sandbox, edith: Client
) -> None:
    data = {"form_id": form_id(edith, 11005)}
    made = edith.post(f"{LIST}11005/clone/", data)["Location"]
    Entry.objects.update(finished_at=timezone.now() - timedelta(minutes=2))
    response = edith.post(f"{LIST}11005/clone/", data, headers=HTMX)
    assert response.status_code == 409
    assert response.has_header("X-Partial")
    page = Page(response)
    assert page.one("a", href=made).text == "Sauna without limits (2)"
    assert len(writes(sandbox)) == 1
    again = page.form("11005/clone/").data()
    assert again["form_id"] != [data["form_id"]]
    assert edith.post(f"{LIST}11005/clone/", again)["Location"] != made
    assert len(writes(sandbox)) == 2


@pytest.mark.parametrize("htmx", [False, True])
def test_refusal_says_why_and_gives_a_new_form_id(
    sandbox: Sandbox, edith: Client, htmx: bool
) -> None:
    data = {"form_id": form_id(edith, 11005)}
    words = "<b>No</b> more than 100 types."
    sandbox.fault(kind="success_false", message=words, match={"method": "POST"})
    response = edith.post(f"{LIST}11005/clone/", data, headers=HTMX if htmx else {})
    assert response.status_code == 422
    page = Page(response)
    assert words in page.text
    assert "<b>No" not in page.html
    assert newest().outcome == Outcome.REFUSED
    if htmx:
        new = page.one("input", id="form-id")
        assert new.attrs["hx-swap-oob"] == "true"
        assert new.attrs["value"] != data["form_id"]
    else:
        assert page.all("a", href=f"{LIST}11005/")
