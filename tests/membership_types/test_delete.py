"""Deleting: a question that names what goes, and a full copy that stays."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, HOSTILE, LIST, named
from tests.pages import HTMX, Page, page_of


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


def test_hostile_title_is_inert(sandbox: Sandbox, loaded: Client) -> None:
    type_id = named(sandbox, HOSTILE)["id"]
    url = f"{LIST}{type_id}/delete/"
    page = page_of(loaded, url, htmx=True)
    assert HOSTILE in page.one("h2").text
    target = HTMX | {"HX-Target": f"type-row-{type_id}"}
    written = Page(loaded.post(url, page.form("delete/").data(), headers=target))
    assert HOSTILE in written.one("tr").text
    assert "<script>alert" not in page.html + written.html
