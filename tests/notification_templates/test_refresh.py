"""Reading the texts and the promotions anew because a person asks for it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.promotions import occasions
from loyalty_admin.sandbox.server import Sandbox
from tests.notification_templates.common import TEMPLATES, TEXTS, read, texts
from tests.pages import HTMX, Page, page_of
from tests.promotions.common import CHAIN, SEARCH, STATIC
from tests.promotions.looking import warnings

pytestmark = pytest.mark.slow

NEW: list[dict[str, Any]] = [
    {"id": 1, "type": "mid", "body": "Quite new", "message_type": "loyalty_discount_changed"}
]

CHANGED = str(occasions.WORDS["loyalty_discount_changed"])


def change(sandbox: Sandbox) -> None:
    """As if someone else changed a text, and let a promotion send it, at Altegio."""
    sandbox.put_templates(CHAIN, NEW)
    sent = {"type": "mid", "body": "Quite new"}
    sandbox.alter_promotion(CHAIN, STATIC, on_changed_notification_template=sent)


def test_refresh_reads_what_changed_at_altegio(sandbox: Sandbox, edith: Client) -> None:
    read(edith)
    change(sandbox)
    assert "Quite new" not in page_of(edith, TEXTS).text
    page = Page(edith.post(f"{TEXTS}refresh/", headers=HTMX))
    assert not page.all("html")
    (text,) = texts(page)[CHANGED]
    assert (text.body, text.promotions) == ("Quite new", ["Welcome, 10% off"])
    assert texts(page_of(edith, TEXTS)) == texts(page)


def test_refresh_without_javascript_goes_back_to_the_page(sandbox: Sandbox, edith: Client) -> None:
    read(edith)
    change(sandbox)
    form = page_of(edith, TEXTS).form("refresh/")
    response = edith.post(form.attrs["action"], form.data())
    assert response["Location"] == TEXTS
    assert "Quite new" in page_of(edith, TEXTS).text


def test_kept_texts_stay_while_they_cannot_be_read(sandbox: Sandbox, edith: Client) -> None:
    before = texts(page_of(read(edith), TEXTS))
    sandbox.fault(kind="reset", times=None, match={"path": TEMPLATES})
    page = Page(edith.post(f"{TEXTS}refresh/", follow=True))
    assert texts(page) == before
    assert warnings(page)


def test_promotions_that_fail_leave_the_new_texts_and_who_sent_them_before(
    sandbox: Sandbox, edith: Client
) -> None:
    read(edith)
    body = [{**NEW[0], "type": "big"}]
    sandbox.put_templates(CHAIN, body)
    sandbox.fault(kind="html", status=502, times=None, match={"path": SEARCH})
    page = Page(edith.post(f"{TEXTS}refresh/", headers=HTMX))
    (text,) = texts(page)[CHANGED]
    assert text.body == "Quite new"
    assert text.promotions == ["Mēs jūs gaidām: atlaide par apmeklējumiem"]
    assert warnings(page)


def test_refresh_of_what_was_never_read_says_what_went_wrong(
    sandbox: Sandbox, edith: Client
) -> None:
    sandbox.fault(kind="html", status=502, times=None, match={"path": TEMPLATES})
    page = Page(edith.post(f"{TEXTS}refresh/", follow=True))
    assert warnings(page)
