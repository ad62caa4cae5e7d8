"""Unarchiving: the way back, with the same care."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Outcome
from loyalty_admin.membership_types import actions
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, LIST, named, writes
from tests.membership_types.submitting import form_id, menu_of, newest, press, shown
from tests.pages import HTMX, Page, page_of


@pytest.fixture
def old(sandbox: Sandbox) -> int:
    return int(named(sandbox, "Old spring card")["id"])


def test_unarchive_without_javascript(
    profile: str, sandbox: Sandbox, loaded: Client, old: int
) -> None:
    page = shown(loaded, press(loaded, old, "unarchive"))
    assert page.one("h1").text == "Old spring card"
    page.one("div", class_="notice good")
    assert not sandbox.type_of(CHAIN, old)["is_archived"]
    assert (newest().action, newest().outcome) == (actions.UNARCHIVED, Outcome.DONE)


def test_row_is_swapped_alone(profile: str, loaded: Client, old: int) -> None:
    data = {"form_id": form_id(loaded, old)}
    target = HTMX | {"HX-Target": f"type-row-{old}"}
    page = Page(loaded.post(f"{LIST}{old}/unarchive/", data, headers=target))
    assert len(page.all("tr", id=f"type-row-{old}")) == 1
    menu_of(loaded, old).one("button", formaction=f"{LIST}{old}/archive/")
    # It can be changed again.
    assert page.all("a", href=f"{LIST}{old}/edit/")


def test_types_page_is_swapped_alone(profile: str, edith: Client, old: int) -> None:
    data = {"form_id": form_id(edith, old)}
    headers = HTMX | {"HX-Target": "type-detail"}
    page = Page(edith.post(f"{LIST}{old}/unarchive/", data, headers=headers))
    assert page.all("button", text="Archive")
    assert not page.all("html")


def test_already_active_sends_nothing(sandbox: Sandbox, edith: Client, old: int) -> None:
    data = {"form_id": form_id(edith, old)}
    sandbox.alter_type(CHAIN, old, is_archived=False)
    assert edith.post(f"{LIST}{old}/unarchive/", data).status_code == 302
    assert not writes(sandbox)


def test_other_form_of_the_switch_is_sent_once(sandbox: Sandbox, edith: Client, old: int) -> None:
    sandbox.fault(kind="status", status=405, times=None, match={"method": "PATCH"})
    response = press(edith, old, "unarchive")
    assert response.status_code == 422
    sent = writes(sandbox)
    assert [call["path"].endswith("/archive") for call in sent] == [True, False]
    assert [call["body"] for call in sent] == [{"is_archived": False}, {"is_archived": "0"}]
    assert sandbox.type_of(CHAIN, old)["is_archived"]


def test_only_who_may_write_comes_in(doors: Any) -> None:
    doors("11010/unarchive/", "post", data={"form_id": "x" * 22})


def test_unarchive_is_a_post(edith: Client, old: int) -> None:
    assert edith.get(f"{LIST}{old}/unarchive/").status_code == 405
    assert page_of(edith, f"{LIST}{old}/").all("button", text="Unarchive")
