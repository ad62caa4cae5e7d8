"""Unarchiving: the way back, with the same care."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.audit.models import Outcome
from loyalty_admin.membership_types import actions
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, LIST, named
from tests.membership_types.submitting import form_id, menu_of, newest, press, shown
from tests.pages import HTMX, Page


@pytest.fixture
def old(sandbox: Sandbox) -> int:
    return int(named(sandbox, "Old spring card")["id"])


def test_unarchive_without_javascript(sandbox: Sandbox, loaded: Client, old: int) -> None:
    page = shown(loaded, press(loaded, old, "unarchive"))
    assert page.one("h1").text == "Old spring card"
    page.one("div", class_="notice good")
    assert not sandbox.type_of(CHAIN, old)["is_archived"]
    assert (newest().action, newest().outcome) == (actions.UNARCHIVED, Outcome.DONE)


def test_row_is_swapped_alone(loaded: Client, old: int) -> None:
    data = {"form_id": form_id(loaded, old)}
    target = HTMX | {"HX-Target": f"type-row-{old}"}
    page = Page(loaded.post(f"{LIST}{old}/unarchive/", data, headers=target))
    assert len(page.all("tr", id=f"type-row-{old}")) == 1
    menu_of(loaded, old).one("button", formaction=f"{LIST}{old}/archive/")
    # It can be changed again.
    assert page.all("a", href=f"{LIST}{old}/edit/")


def test_types_page_is_swapped_alone(edith: Client, old: int) -> None:
    data = {"form_id": form_id(edith, old)}
    headers = HTMX | {"HX-Target": "type-detail"}
    page = Page(edith.post(f"{LIST}{old}/unarchive/", data, headers=headers))
    page.one("button", formaction=f"{LIST}{old}/archive/")
    assert not page.all("html")
