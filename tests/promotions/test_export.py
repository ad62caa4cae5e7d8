"""The list as a file: what the address asks for, in words, and whether something is missing."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.exports.files import csv_of
from tests.promotions.common import LIST, LOCATIONS, SEARCH, SILENT, STATIC

pytestmark = pytest.mark.slow

EXPORT = f"{LIST}export/"


def test_promotion_is_said_in_a_sentence(loaded: Client) -> None:
    (row,) = [row for row in csv_of(loaded, f"{EXPORT}?") if row["Number"] == str(STATIC)]
    assert any("10\u00a0%" in cell or "10 %" in cell for cell in row.values())


def test_file_with_gaps_is_named_incomplete(sandbox: Sandbox, edith: Client) -> None:
    whole = edith.get(f"{EXPORT}?format=csv")
    assert "incomplete" not in whole["Content-Disposition"]
    sandbox.fault(**SILENT, match={"path": f"{LOCATIONS[0]}/{SEARCH}"})
    edith.post(f"{LIST}refresh/")
    assert "incomplete" in edith.get(f"{EXPORT}?format=csv")["Content-Disposition"]
