"""One form writes once, however often and however fast it is sent."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.promotions.common import writes
from tests.promotions.submitting import (
    filled,
    new_form,
    new_url,
)

# Threads, and a database that is emptied after each of them, take time.
pytestmark = pytest.mark.slow


def slow(sandbox: Sandbox, method: str, seconds: float = 0.3) -> None:
    sandbox.fault(kind="latency", seconds=seconds, match={"method": method})


# One after the other


def test_unfinished_form_uses_its_id_up_for_nothing(sandbox: Sandbox, edith: Client) -> None:
    data = new_form(edith).data(filled())
    for _ in range(2):
        assert edith.post(new_url(), data | {"unfinished": ["summary"]}).status_code == 200
    assert edith.post(new_url(), data).status_code == 302
    assert len(writes(sandbox)) == 1
