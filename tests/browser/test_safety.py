"""Text of strangers stays text, and nothing of clients stays in the browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.browser.windows import LIST, Windows
from tests.conftest import PASSWORD

HOSTILE = 11007
TITLE = "<script>alert(1)</script> \"quoted\" & 'more'"


def watch_dialogs(page: Page) -> list[str]:
    seen: list[str] = []

    def note(dialog: object) -> None:
        seen.append(str(dialog))

    page.on("dialog", note)
    return seen


def test_a_hostile_title_is_inert_wherever_it_is_shown(
    open_list: Callable[..., Page], sandbox: Sandbox
) -> None:
    page = open_list()
    dialogs = watch_dialogs(page)
    row = page.locator(f"#type-row-{HOSTILE}")
    expect(row.get_by_role("link", name=TITLE, exact=True)).to_be_visible()

    page.locator(f"#edit-row-{HOSTILE}").click()
    expect(row.locator("[name=title]")).to_have_value(TITLE)
    row.locator("[name=title]").fill(f"{TITLE}<img src=x onerror=alert(3)>")
    row.locator("[name=title]").press("Enter")
    expect(page.locator("#toasts .toast")).to_contain_text("<img src=x onerror=alert(3)>")

    page.locator(f"#menu-row-{HOSTILE}").click()
    page.locator(f"#delete-row-{HOSTILE}").click()
    expect(page.get_by_role("dialog")).to_contain_text("<img src=x onerror=alert(3)>")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog")).to_be_hidden()

    for path in (f"{LIST}{HOSTILE}/", f"{LIST}trash/", "/activity/"):
        page.goto(path)
        expect(page.locator("#main")).to_contain_text("<img src=x onerror=alert(3)>")
        expect(page.locator("main img, main script")).to_have_count(0)
    assert dialogs == []


@pytest.mark.long
def test_hostile_words_of_altegio_in_a_refusal_are_inert(
    page: Page, windows: Windows, sandbox: Sandbox
) -> None:
    windows.expected.append("422 POST")
    dialogs = watch_dialogs(page)
    sandbox.fault(
        kind="success_false",
        message="<img src=x onerror=alert(4)>",
        match={"method": "POST", "path": "clone"},
    )
    page.goto(f"{LIST}11002/")
    page.get_by_role("button", name="Clone").click()
    expect(page.locator("#alerts")).to_contain_text("<img src=x onerror=alert(4)>")
    expect(page.locator("#alerts img")).to_have_count(0)
    assert dialogs == []


@pytest.mark.long
def test_a_hostile_query_is_inert(open_list: Callable[..., Page]) -> None:
    page = open_list()
    dialogs = watch_dialogs(page)
    page.locator("#search").fill('"><svg onload=alert(5)>')
    expect(page.locator("#results .empty")).to_be_visible()
    page.reload()
    expect(page.locator("#search")).to_have_value('"><svg onload=alert(5)>')
    page.go_back()
    expect(page.locator("#results .table")).to_be_visible()
    assert dialogs == []


def test_nothing_is_left_in_the_storage_of_the_browser(open_list: Callable[..., Page]) -> None:
    page = open_list()
    page.locator("#search").fill("massage")
    expect(page.locator("#results").get_by_role("link", name="Manicure × 5")).to_have_count(0)
    page.locator("#results th").get_by_role("link", name="Price").click()
    expect(page.locator('#results th[aria-sort="ascending"]')).to_contain_text("Price")
    page.go_back()
    expect(page.locator('#results th[aria-sort="ascending"]')).to_contain_text("Title")
    page.locator("#results tbody th a").first.click()
    expect(page.locator("#type-detail")).to_be_visible()
    kept = page.evaluate(
        """async () => ({
            local: {...localStorage},
            session: {...sessionStorage},
            databases: (await indexedDB.databases()).length,
            caches: (await window.caches?.keys() ?? []).length,
        })"""
    )
    assert kept == {"local": {}, "session": {}, "databases": 0, "caches": 0}


def test_scripts_and_styles_that_got_into_the_page_do_nothing(page: Page, windows: Windows) -> None:
    """The last line of defence: the content security policy itself."""
    windows.expected += ["Content Security Policy", "404 GET"]
    page.goto(f"{LIST}{HOSTILE}/")
    page.evaluate(
        """() => {
            const script = document.createElement('script');
            script.textContent = 'window.ran = true';
            document.body.append(script);
            document.body.insertAdjacentHTML('beforeend',
                '<img src=x onerror="window.ran = true"><p style="color: red" id="styled">x</p>');
        }"""
    )
    page.wait_for_timeout(200)
    assert page.evaluate("window.ran") is None
    assert page.evaluate("getComputedStyle(document.getElementById('styled')).color") != (
        "rgb(255, 0, 0)"
    )


def test_the_cookie_of_the_session_is_out_of_reach_of_scripts(
    windows: Windows, connection: Connection, manager: User
) -> None:
    page = windows.open()
    page.goto("/login/")
    page.locator("[name=username]").fill(manager.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "sessionid" in {cookie.get("name") for cookie in page.context.cookies()}
    assert "sessionid" not in page.evaluate("document.cookie")
