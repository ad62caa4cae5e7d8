"""Deleting: a question that names what goes, and a full copy that stays."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, HOSTILE, LIST, named, writes
from tests.membership_types.submitting import delete, newest, shown
from tests.pages import HTMX, Page, page_of

FROM_ROW = HTMX | {"HX-Trigger": "delete-row-11006"}


@pytest.mark.parametrize("htmx", [False, True])
def test_question_names_title_and_sold_count_and_offers_archive(edith: Client, htmx: bool) -> None:
    page = page_of(edith, f"{LIST}11001/delete/", htmx=htmx)
    assert "Manicure × 5" in page.one("h2" if htmx else "h1").text
    assert re.search(r"\b12\b", page.text)
    page.one("button", formaction=f"{LIST}11001/archive/")
    assert bool(page.all("html")) != htmx


def test_archive_instead_archives(sandbox: Sandbox, edith: Client) -> None:
    form = page_of(edith, f"{LIST}11001/delete/").form("delete/")
    response = edith.post(f"{LIST}11001/archive/", form.data())
    assert response.status_code == 302
    assert sandbox.type_of(CHAIN, 11001)["is_archived"]
    assert not sandbox.type_of(CHAIN, 11001)["is_deleted"]


def test_question_about_an_unsold_type_offers_no_archive(edith: Client) -> None:
    page = page_of(edith, f"{LIST}11006/delete/")
    assert not page.all("button", formaction=f"{LIST}11006/archive/")


def test_question_asks_from_which_place_it_came(edith: Client) -> None:
    from_row = Page(edith.get(f"{LIST}11006/delete/", headers=FROM_ROW))
    assert from_row.form("11006/delete/").attrs["hx-target"] == "#type-row-11006"
    from_page = page_of(edith, f"{LIST}11006/delete/", htmx=True)
    assert "hx-post" not in from_page.form("11006/delete/").attrs


def test_delete_without_javascript(sandbox: Sandbox, loaded: Client) -> None:
    page = shown(loaded, delete(loaded, 11006))
    assert sandbox.type_of(CHAIN, 11006)["is_deleted"]
    assert "Morning spa" in page.one("div", class_="notice good").text
    assert "Morning spa" not in page.titles()
    assert newest().outcome == Outcome.DONE
    assert [call["method"] for call in writes(sandbox)] == ["DELETE"]


def test_full_copy_is_kept_before_the_call(sandbox: Sandbox, edith: Client) -> None:
    before = sandbox.type_of(CHAIN, 11013)
    delete(edith, 11013)
    copy: Any = newest().copy
    assert set(copy) >= set(before) - {"is_deleted"}
    assert copy["title"] == before["title"]
    # Fields that this dashboard does not know, too.
    assert copy["external_code"] == "AUR-GE-13"


def test_row_says_where_it_went(loaded: Client) -> None:
    form = Page(loaded.get(f"{LIST}11006/delete/", headers=FROM_ROW)).form("11006/delete/")
    target = HTMX | {"HX-Target": "type-row-11006"}
    page = Page(loaded.post(f"{LIST}11006/delete/", form.data(), headers=target))
    row = page.one("tr", id="type-row-11006")
    assert "Morning spa" in row.text
    assert page.all("a", href=f"{LIST}trash/")
    assert page.one("input", id="form-id").attrs["hx-swap-oob"] == "true"


@pytest.mark.parametrize("htmx", [False, True])
def test_sold_type_is_refused_and_stays(sandbox: Sandbox, loaded: Client, htmx: bool) -> None:
    form = page_of(loaded, f"{LIST}11001/delete/").form("delete/")
    headers = HTMX | {"HX-Target": "type-row-11001"} if htmx else {}
    response = loaded.post(f"{LIST}11001/delete/", form.data(), headers=headers)
    assert response.status_code == 422
    assert "Cannot delete" in Page(response).text
    assert not sandbox.type_of(CHAIN, 11001)["is_deleted"]
    assert "Manicure × 5" in page_of(loaded, LIST).titles()
    assert newest().outcome == Outcome.REFUSED
    assert not page_of(loaded, f"{LIST}trash/").titles()


def test_hostile_title_is_inert(sandbox: Sandbox, loaded: Client) -> None:
    type_id = named(sandbox, HOSTILE)["id"]
    url = f"{LIST}{type_id}/delete/"
    page = page_of(loaded, url, htmx=True)
    assert HOSTILE in page.one("h2").text
    target = HTMX | {"HX-Target": f"type-row-{type_id}"}
    written = Page(loaded.post(url, page.form("delete/").data(), headers=target))
    assert HOSTILE in written.one("tr").text
    assert "<script>alert" not in page.html + written.html
