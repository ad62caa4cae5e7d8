"""The names that cookies have behind HTTPS work in a browser too."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.browser.windows import CHAIN, LIST, Windows
from tests.conftest import PASSWORD

TYPE = 11002


@pytest.fixture
def secure_page(windows: Windows, connection: Connection, manager: User, settings: Any) -> Page:
    """Signed in by the form. A browser takes this machine for as safe as HTTPS."""
    settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE = "__Host-sessionid", True
    settings.CSRF_COOKIE_NAME, settings.CSRF_COOKIE_SECURE = "__Host-csrftoken", True
    page = windows.open()
    page.goto("/login/")
    page.locator("[name=username]").fill(manager.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto(LIST)
    expect(page.locator("#results table")).to_be_visible()
    return page


def test_a_write_finds_its_token(secure_page: Page, sandbox: Sandbox) -> None:
    page = secure_page
    assert {cookie["name"] for cookie in page.context.cookies()} >= {
        "__Host-sessionid",
        "__Host-csrftoken",
    }
    page.locator(f"#edit-row-{TYPE}").click()
    row = page.locator(f"#type-row-{TYPE}")
    row.locator("[name=title]").fill("Saved behind HTTPS")
    # Whatever stood in the page when it was drawn: the cookie's token is the one that counts.
    page.evaluate("for (const e of document.getElementsByName('csrfmiddlewaretoken')) e.value = ''")
    row.locator("[name=title]").press("Enter")
    expect(row.get_by_role("link", name="Saved behind HTTPS", exact=True)).to_be_visible()
    assert sandbox.type_of(CHAIN, TYPE)["title"] == "Saved behind HTTPS"
