"""Reading the list anew because a person asks for it."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import LIST, PLAIN
from tests.gift_card_types.submitting import press
from tests.pages import HTMX, page_of

pytestmark = pytest.mark.slow


def test_what_is_archived_here_stays_so_when_read_anew(sandbox: Sandbox, loaded: Client) -> None:
    press(loaded, PLAIN, "archive")
    loaded.post(f"{LIST}refresh/", headers=HTMX)
    assert "Подарок для мамы" not in page_of(loaded, LIST).titles()
    assert "Подарок для мамы" in page_of(loaded, f"{LIST}?tab=archived").titles()
