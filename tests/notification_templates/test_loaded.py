"""The texts after waiting for Altegio, and with them the promotions that send them."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.notification_templates.common import TEMPLATES, TEXTS, read, texts
from tests.pages import HTMX, Page, page_of
from tests.promotions.common import CHAIN, LIST, SEARCH, asked_of
from tests.promotions.looking import warnings

pytestmark = pytest.mark.slow


def test_texts_and_promotions_are_read_once(sandbox: Sandbox, edith: Client) -> None:
    before = len(sandbox.calls())
    page = page_of(edith, f"{TEXTS}loaded/", htmx=True)
    asked = sandbox.calls()[before:]
    assert [call["path"] for call in asked].count(f"/chain/{CHAIN}/loyalty/{TEMPLATES}") == 1
    assert sum(line.startswith("GET in ") for line in asked_of(asked)) == 5
    assert not page.all("html")
    assert any(text.promotions for rows in texts(page).values() for text in rows)


def test_what_is_kept_is_not_read_again(sandbox: Sandbox, edith: Client) -> None:
    read(edith)
    before = len(sandbox.calls())
    assert texts(page_of(edith, f"{TEXTS}loaded/"))
    assert len(sandbox.calls()) == before


def test_kept_promotions_are_not_read_again(sandbox: Sandbox, edith: Client) -> None:
    edith.get(f"{LIST}loaded/")
    before = len(sandbox.calls())
    read(edith)
    assert not asked_of(sandbox.calls()[before:])


def test_whole_page_without_javascript(edith: Client) -> None:
    page = page_of(edith, f"{TEXTS}loaded/")
    assert page.one("h1").text == "Notification templates"
    assert page.form("refresh/").attrs["action"] == f"{TEXTS}refresh/"


def test_promotions_that_fail_leave_the_texts(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="html", status=502, times=None, match={"path": SEARCH})
    page = page_of(edith, f"{TEXTS}loaded/", htmx=True)
    assert len(texts(page)) == 15
    assert not any(text.promotions for rows in texts(page).values() for text in rows)
    assert warnings(page)
    # It does not ask again by itself.
    assert not [element for element in page.elements if element.attrs.get("hx-trigger") == "load"]


@pytest.mark.parametrize(("kind", "htmx"), [("bad_json", False), ("reset", True)])
def test_texts_that_fail_are_said_to_have_failed(
    sandbox: Sandbox, edith: Client, kind: str, htmx: bool
) -> None:
    sandbox.fault(kind=kind, times=None, match={"path": TEMPLATES})
    response = edith.get(f"{TEXTS}loaded/", headers=HTMX if htmx else {})
    assert response.status_code in (502, 503, 504)
    page = Page(response)
    assert page.all("section", role="alert")


def test_answer_that_is_no_list_is_not_taken_for_no_templates(
    sandbox: Sandbox, edith: Client
) -> None:
    body = {"success": True, "data": {"templates": []}, "meta": {}}
    sandbox.fault(kind="status", status=200, body=body, times=None, match={"path": TEMPLATES})
    assert edith.get(f"{TEXTS}loaded/").status_code == 502
