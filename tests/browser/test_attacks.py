"""What an attacker tries with a person's own browser."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from tests.browser.windows import LIST, Windows


class EvilSite(BaseHTTPRequestHandler):
    """Another site that shows the dashboard in a frame and sends its forms."""

    dashboard = ""

    def do_GET(self) -> None:
        html = (
            f'<!doctype html><iframe name=framed src="{self.dashboard}/account/"></iframe>'
            f'<form method=post action="{self.dashboard}/account/sessions/end-others/">'
            "<button>Win a prize</button></form>"
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(html)))
        self.end_headers()
        self.wfile.write(html)

    def log_message(self, format: str, *args: object) -> None:
        """It keeps no log."""


@pytest.fixture
def evil_site(windows: Windows) -> Iterator[str]:
    handler = type("Handler", (EvilSite,), {"dashboard": windows.url})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    # Another host, so that no cookie of the dashboard counts as its own.
    yield f"http://localhost:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def test_another_site_cannot_show_the_dashboard_in_a_frame(
    page: Page, windows: Windows, evil_site: str
) -> None:
    """Attack 31."""
    windows.expected += ["frame-ancestors", "frame", "favicon"]
    page.goto("/account/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto(evil_site)
    windows.wait_for("frame-ancestors")
    expect(page.locator("iframe")).to_be_visible()
    expect(page.frame_locator("iframe").get_by_role("heading", level=1)).to_have_count(0)


def test_a_form_of_another_site_is_refused(page: Page, windows: Windows, evil_site: str) -> None:
    """Attack 15."""
    windows.expected += ["frame", "favicon", "403 POST"]
    page.goto(evil_site)
    page.get_by_role("button", name="Win a prize").click()
    page.wait_for_url(f"{windows.url}/**")
    assert any(problem.startswith("403 POST") for problem in windows.problems)


def test_going_back_after_signing_out_shows_nothing(open_list: Callable[..., Page]) -> None:
    """Attack 44."""
    page = open_list()
    page.goto(f"{LIST}11002/")
    expect(page.locator("#type-detail")).to_be_visible()
    title = page.locator("h1").inner_text()
    page.locator("form[action='/logout/'] button").evaluate("button => button.click()")
    page.wait_for_url("**/login/")
    for _ in range(2):
        page.go_back()
        expect(page.locator("[name=username]")).to_be_visible()
        assert title not in page.content()
    kept = page.evaluate("({...localStorage, ...sessionStorage})")
    assert kept == {}
    assert "sessionid" not in {cookie.get("name") for cookie in page.context.cookies()}
