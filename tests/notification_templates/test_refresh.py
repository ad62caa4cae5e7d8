"""Reading the texts and the promotions anew because a person asks for it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.notification_templates.common import TEMPLATES, TEXTS, at, read, texts
from tests.pages import HTMX, Page, page_of
from tests.promotions.common import CHAIN, SEARCH, STATIC, writes
from tests.promotions.looking import warnings

NEW: list[dict[str, Any]] = [
    {"id": 1, "type": "mid", "body": "Quite new", "message_type": "loyalty_discount_changed"}
]


def change(sandbox: Sandbox) -> None:
    """As if someone else changed a text, and let a promotion send it, at Altegio."""
    sandbox.put_templates(CHAIN, NEW)
    sent = {"type": "mid", "body": "Quite new"}
    sandbox.alter_promotion(CHAIN, STATIC, on_changed_notification_template=sent)


def test_refresh_reads_what_changed_at_altegio(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    read(edith)
    change(sandbox)
    assert "Quite new" not in page_of(edith, TEXTS).text
    page = Page(edith.post(f"{TEXTS}refresh/", headers=HTMX))
    assert not page.all("html")
    (text,) = texts(page)["A discount changed"]
    assert (text.body, text.promotions) == ("Quite new", ["Welcome, 10% off"])
    assert texts(page_of(edith, TEXTS)) == texts(page)


def test_refresh_without_javascript_goes_back_to_the_page(sandbox: Sandbox, edith: Client) -> None:
    read(edith)
    change(sandbox)
    form = page_of(edith, TEXTS).form("refresh/")
    response = edith.post(form.attrs["action"], form.data())
    assert response["Location"] == TEXTS
    assert "Quite new" in page_of(edith, TEXTS).text


@pytest.mark.parametrize("htmx", [False, True])
def test_kept_texts_stay_while_they_cannot_be_read(
    profile: str, sandbox: Sandbox, edith: Client, htmx: bool
) -> None:
    before = texts(page_of(read(edith), TEXTS))
    sandbox.fault(kind="reset", times=None, match={"path": TEMPLATES})
    headers = HTMX if htmx else {}
    page = Page(edith.post(f"{TEXTS}refresh/", headers=headers, follow=not htmx))
    assert texts(page) == before
    assert warnings(page)


@pytest.mark.parametrize("htmx", [False, True])
def test_promotions_that_fail_leave_the_new_texts_and_who_sent_them_before(
    sandbox: Sandbox, edith: Client, htmx: bool
) -> None:
    read(edith)
    body = [{**NEW[0], "type": "big"}]
    sandbox.put_templates(CHAIN, body)
    sandbox.fault(kind="html", status=502, times=None, match={"path": SEARCH})
    headers = HTMX if htmx else {}
    page = Page(edith.post(f"{TEXTS}refresh/", headers=headers, follow=not htmx))
    (text,) = texts(page)["A discount changed"]
    assert text.body == "Quite new"
    assert text.promotions == ["Mēs jūs gaidām: atlaide par apmeklējumiem"]
    assert warnings(page)


@pytest.mark.parametrize("htmx", [False, True])
def test_refresh_of_what_was_never_read_says_what_went_wrong(
    sandbox: Sandbox, edith: Client, htmx: bool
) -> None:
    sandbox.fault(kind="html", status=502, times=None, match={"path": TEMPLATES})
    headers = HTMX if htmx else {}
    page = Page(edith.post(f"{TEXTS}refresh/", headers=headers, follow=not htmx))
    assert warnings(page)
    assert "Bad gateway" not in page.html


def test_viewer_may_refresh(vera: Client, sandbox: Sandbox) -> None:
    assert vera.post(f"{TEXTS}refresh/").status_code == 302
    assert not writes(sandbox)


def test_refresh_is_a_post(edith: Client) -> None:
    assert edith.get(f"{TEXTS}refresh/").status_code == 405


def test_signed_out_is_sent_to_sign_in(client: Client, sandbox: Sandbox) -> None:
    assert client.post(f"{TEXTS}refresh/")["Location"].startswith("/login/")
    assert not sandbox.calls()


def test_stranger_finds_nothing(edith: Client) -> None:
    assert edith.post(at(9999, "refresh/")).status_code == 404
