"""A real browser over a real server: each test gets windows of its own, all of them watched."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.browser.windows import LIST, PATIENCE, Windows

os.environ.setdefault("DJANGO_LIVE_TEST_SERVER_ADDRESS", "127.0.0.1")

HERE = Path(__file__).parent
# Without windows it needs half the processor time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The system's browser, else the one that Playwright brought."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def windows(chromium: Browser, live_server: LiveServer, sandbox: Sandbox) -> Iterator[Windows]:
    """Closed before the deployment is pointed away from the stand-in: a page may still ask."""
    windows = Windows(chromium, live_server.url)
    yield windows
    windows.close()
    assert windows.unexpected() == []


@pytest.fixture
def page(windows: Windows, connection: Connection, manager: User) -> Page:
    """The manager, signed in, with an account linked that may do everything in the chain."""
    return windows.open(manager)


@pytest.fixture
def open_list(page: Page) -> Callable[..., Page]:
    """Opens the list of the chain's types and waits until it was read."""

    def opened(query: str = "") -> Page:
        page.goto(f"{LIST}{query}")
        expect(page.locator("#results table")).to_be_visible()
        return page

    return opened
