"""What Altegio did not carry out need not be typed again: its entry leads to the filled form."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import DATED, LIST, PLAIN
from tests.gift_card_types.submitting import edit, newest
from tests.gift_card_types.writing import submission
from tests.pages import Page, page_of

pytestmark = pytest.mark.slow


def again(client: Client, entry: Entry) -> Page:
    links = page_of(client, f"/activity/{entry.pk}/").all("a", class_="button")
    (url,) = (link.attrs["href"] for link in links if "again=" in link.attrs["href"])
    return page_of(client, url)


def test_duplicate_that_was_refused_fills_its_form(sandbox: Sandbox, edith: Client) -> None:
    url, data, _method = submission(edith, "clone")
    sandbox.fault(kind="status", status=500, match={"method": "POST"})
    edith.post(url, data | {"title": "Long to type", "face_value": "81"})
    form = again(edith, newest()).form(id="type-form")
    assert form.values["title"] == ["Long to type"]
    assert form.values["face_value"] == ["81"]


def test_entry_about_another_type_fills_nothing(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="status", status=500, match={"method": "PUT"})
    edit(edith, PLAIN, {"title": "Long to type"})
    form = page_of(edith, f"{LIST}{DATED}/edit/?again={newest().pk}").form(id="type-form")
    assert form.values["title"] == ["Dāvanu karte 75 €"]
