"""Cloning: one press makes one copy, and opens on it."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import HOSTILE, named
from tests.membership_types.submitting import press, shown

pytestmark = pytest.mark.slow


def test_archived_type_can_be_cloned(sandbox: Sandbox, edith: Client) -> None:
    press(edith, named(sandbox, "Old spring card")["id"], "clone")
    assert not named(sandbox, "Old spring card (2)")["is_archived"]


def test_hostile_title_is_inert(sandbox: Sandbox, edith: Client) -> None:
    page = shown(edith, press(edith, named(sandbox, HOSTILE)["id"], "clone"))
    assert page.one("h1").text == f"{HOSTILE} (2)"
    assert f"{HOSTILE} (2)" in page.one("div", class_="notice good").text
    assert "<script>alert" not in page.html
