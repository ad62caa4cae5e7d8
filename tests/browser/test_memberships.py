"""From a client's phone to a corrected balance, with scripts and without; nothing stays behind."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.browser.windows import Windows
from tests.memberships.common import (
    CHAIN,
    FREEZES_FOR_EVER,
    HOSTILE,
    LIST,
    PHONE,
    POOL,
    kept,
    put,
    sent,
)
from tests.memberships.submitting import in_days

TYPED = "+371 29 990 000"
scripts = pytest.mark.parametrize(
    "java_script",
    [
        pytest.param(True, id="scripts"),
        pytest.param(False, id="no scripts", marks=pytest.mark.long),
    ],
)
# Where a browser keeps things by itself, read from inside the page.
KEPT = """async () => JSON.stringify({
    address: location.href,
    referrer: document.referrer,
    history: history.state,
    local: {...localStorage},
    session: {...sessionStorage},
    cookies: document.cookie,
    databases: await indexedDB.databases(),
    caches: await window.caches?.keys() ?? [],
})"""


def find(page: Page) -> None:
    """Search for the client's phone, by the keyboard."""
    page.goto(LIST)
    page.locator("[name=phone]").fill(TYPED)
    page.locator("[name=phone]").press("Enter")
    expect(page.locator("#result")).to_be_visible()


def watched(page: Page) -> list[str]:
    """Every address that the window asks for from now on, and the address that it came from."""
    seen: list[str] = []
    page.context.on("request", lambda request: seen.append(f"{request.url} {request.headers}"))
    return seen


def look_first(page: Page) -> None:
    page.locator("main .form-actions .primary").click()
    expect(page.get_by_role("heading", name="Before and after")).to_be_visible()


@scripts
def test_from_the_phone_to_the_balance(
    windows: Windows, connection: Connection, manager: User, sandbox: Sandbox, java_script: bool
) -> None:
    put(sandbox, POOL)
    page = windows.open(manager, java_script_enabled=java_script)
    seen = watched(page)
    find(page)
    expect(page).to_have_url(re.compile(rf"{LIST}\?found=[\w.:%-]+$"))
    page.get_by_role("link", name="MC-77", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("MC-77")
    page.get_by_role("link", name="Correct the balance").click()

    expect(page.locator("[name=left]")).to_have_value("20")
    page.locator("[name=left]").fill("17")
    page.locator("[name=note]").fill("Three were paid twice")
    look_first(page)
    expect(page.locator("table.diff tbody")).to_contain_text("17 (-3)")
    assert sent(sandbox) == []
    page.get_by_role("button", name="Change what I typed").click()
    expect(page.locator("[name=left]")).to_have_value("17")
    expect(page.locator("[name=note]")).to_have_value("Three were paid twice")
    page.locator("[name=left]").fill("18")
    look_first(page)
    page.get_by_role("button", name="Change it").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("MC-77")
    expect(page.locator("#main [role=status]").first).to_contain_text("Balance corrected")
    expect(page.locator(".promise")).to_have_text("18 visits, whatever of these")
    expect(page.locator(".timeline")).to_contain_text("correct the balance")
    assert sent(sandbox) == [("set_balance", {"united_balance_services_count": 18})]
    for asked in seen:
        assert "29990000" not in re.sub(r"\D", "", asked.partition(" ")[0])
        assert "29990000" not in asked and "29%20990" not in asked


@scripts
def test_freeze_and_unfreeze(
    windows: Windows, connection: Connection, manager: User, sandbox: Sandbox, java_script: bool
) -> None:
    raw = put(sandbox, FREEZES_FOR_EVER)
    page = windows.open(manager, java_script_enabled=java_script)
    page.goto(f"{LIST}{raw['id']}/")
    page.get_by_role("link", name="Freeze", exact=True).click()
    page.locator("[name=until]").fill(in_days(6))
    look_first(page)
    page.get_by_role("button", name="Freeze it").click()
    expect(page.locator(".page-head .chip.info")).to_contain_text("frozen")
    assert kept(sandbox, raw)["is_frozen"]

    page.get_by_role("link", name="Unfreeze", exact=True).click()
    expect(page.locator("#change-form")).to_contain_text("stay added")
    page.get_by_role("button", name="Unfreeze it").click()
    expect(page.locator("#main [role=status]").first).to_contain_text("Unfrozen")
    expect(page.locator(".page-head .chip.info")).to_have_count(0)
    assert not kept(sandbox, raw)["is_frozen"]


@scripts
def test_refusal_keeps_the_form(
    windows: Windows, connection: Connection, manager: User, sandbox: Sandbox, java_script: bool
) -> None:
    windows.expected.append("422 POST")
    raw = put(sandbox)
    page = windows.open(manager, java_script_enabled=java_script)
    page.goto(f"{LIST}{raw['id']}/validity/")
    page.locator("[name=number]").fill("9")
    look_first(page)
    sandbox.fault(kind="status", status=422, message=HOSTILE, match={"method": "POST"})
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_role("alert")).to_contain_text(HOSTILE)
    expect(page.locator("[name=number]")).to_have_value("9")
    look_first(page)
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("MC-77")
    assert kept(sandbox, raw)["period"] == 9


def test_phone_stays_nowhere_in_the_browser(page: Page, sandbox: Sandbox) -> None:
    put(sandbox)
    find(page)
    looks = [page.evaluate(KEPT)]
    page.locator(".toolbar [name=status]").select_option("active")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("#result")).to_contain_text("1 looked through")
    looks.append(page.evaluate(KEPT))
    page.get_by_role("link", name="MC-77", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("MC-77")
    looks.append(page.evaluate(KEPT))
    page.goto(LIST)
    expect(page.locator("[name=phone]")).to_have_value("")
    looks.append(page.evaluate(KEPT))
    for look in looks:
        assert PHONE.removeprefix("371") not in re.sub(r"\s|%20|\+", "", look)
    for cookie in page.context.cookies():
        assert "29990000" not in str(cookie)
    assert page.locator("[name=phone]").get_attribute("autocomplete") == "off"


@scripts
def test_going_back_from_a_membership_shows_what_was_found(
    windows: Windows, connection: Connection, manager: User, sandbox: Sandbox, java_script: bool
) -> None:
    """Nobody is asked to send a form again, nor to type the phone once more."""
    put(sandbox, POOL, number="MC-76")
    raw = put(sandbox, POOL)
    page = windows.open(manager, java_script_enabled=java_script)
    find(page)
    page.get_by_role("link", name="MC-77", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("MC-77")
    sandbox.alter_membership(CHAIN, raw["id"], united_balance_services_count=3)
    page.go_back()
    expect(page.locator("#result tbody tr")).to_have_count(2)
    row = page.locator("#result tbody tr").filter(has_text="MC-77")
    expect(row).to_contain_text("3 visits")
    page.reload()
    expect(page.locator("#result tbody tr")).to_have_count(2)


@pytest.mark.long
def test_going_back_to_numbers_of_which_one_is_missing_sends_no_form(
    page: Page, sandbox: Sandbox
) -> None:
    raw = put(sandbox)
    page.goto(LIST)
    page.locator("[name=ids]").fill(f"{raw['id']}, {PHONE}")
    page.locator("[name=ids]").press("Enter")
    expect(page.get_by_text("Not in this chain:")).to_be_visible()
    page.get_by_role("link", name="MC-77", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("MC-77")
    page.go_back()
    expect(page.locator("#result tbody tr")).to_have_count(1)
    assert page.url.endswith(f"?ids={raw['id']}")


@pytest.mark.long
def test_hostile_membership_is_inert_on_every_page(page: Page, sandbox: Sandbox) -> None:
    raw = put(sandbox, POOL, number=HOSTILE, type={"id": POOL, "title": HOSTILE})
    find(page)
    page.get_by_role("link", name=HOSTILE, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    for path in ("freeze", "balance", "validity"):
        page.goto(f"{LIST}{raw['id']}/{path}/")
        expect(page.locator("#main")).to_contain_text(HOSTILE)
        expect(page.locator("main script, main img")).to_have_count(0)
