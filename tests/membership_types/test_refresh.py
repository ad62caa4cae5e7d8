"""Reading the list anew because a person asks for it."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import LIST
from tests.pages import HTMX, Page, page_of

pytestmark = pytest.mark.slow


def test_refresh_stays_on_its_page(sandbox: Sandbox, loaded: Client) -> None:
    address = f"http://testserver{LIST}?size=25&page=2"
    headers = HTMX | {"HX-Current-URL": address}
    titles = Page(loaded.post(f"{LIST}refresh/?", headers=headers)).titles()
    assert titles == page_of(loaded, f"{LIST}?size=25&page=2").titles()
    assert titles != page_of(loaded, f"{LIST}?size=25").titles()
