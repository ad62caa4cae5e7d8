"""The whole main path with scripts off: every action is a form that posts to its own URL."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.browser.windows import CHAIN, LIST, Windows
from tests.conftest import PASSWORD

TYPE = 11002


@pytest.fixture
def plain(windows: Windows) -> Page:
    return windows.open(java_script_enabled=False)


def sign_in(page: Page, person: User) -> None:
    page.goto("/login/")
    page.locator("[name=username]").fill(person.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def item(page: Page, title: str) -> Locator:
    return page.locator("#results tbody").get_by_role("link", name=title, exact=True)


def from_menu(page: Page, type_id: int, name: str) -> None:
    """The menu leads to the type's page, which offers what it would have loaded."""
    page.locator(f"#menu-row-{type_id}").click()
    page.locator(f"#type-row-{type_id} .menu-items").get_by_text("Open", exact=True).click()
    page.locator("#type-actions").get_by_text(name, exact=True).click()


def test_the_whole_main_path(
    plain: Page, manager: User, connection: Connection, sandbox: Sandbox
) -> None:
    page = plain
    sign_in(page, manager)
    page.get_by_role("link", name="Aurora Salons & Spa").click()
    page.get_by_role("navigation").get_by_role("link", name="Membership types").click()

    # The part that would come later has a link that shows it whole.
    page.locator("#results a[href*=loaded]").click()
    expect(item(page, "Manicure × 5")).to_be_visible()

    page.locator("#search").fill("massage")
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile("q=massage"))
    expect(item(page, "Thai massage × 8")).to_be_visible()
    expect(item(page, "Manicure × 5")).to_have_count(0)
    page.locator("#results th").get_by_role("link", name="Price").click()
    expect(page).to_have_url(re.compile("q=massage.*sort=price"))

    # Edit
    page.goto(LIST)
    page.locator(f"#edit-row-{TYPE}").click()
    page.locator("[name=title]").fill("Soin d’automne")
    page.locator("[name=online_sale]").check()
    page.locator("[name=online_price]").fill("170")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Soin d’automne")
    expect(page.locator("#main [role=status]").first).to_contain_text("Soin d’automne")
    assert sandbox.type_of(CHAIN, TYPE)["online_sale_price"] == 170

    # Clone, archive, unarchive
    page.goto(LIST)
    from_menu(page, TYPE, "Clone")
    expect(page).to_have_url(re.compile(rf"{LIST}(?!{TYPE}/)\d+/$"))
    page.goto(LIST)
    from_menu(page, TYPE, "Archive")
    assert sandbox.type_of(CHAIN, TYPE)["is_archived"]
    page.goto(f"{LIST}?tab=archived")
    from_menu(page, TYPE, "Unarchive")
    assert not sandbox.type_of(CHAIN, TYPE)["is_archived"]

    # Delete and restore
    page.goto(LIST)
    from_menu(page, TYPE, "Delete")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Soin d’automne")
    page.get_by_role("button", name="Delete").click()
    expect(page).to_have_url(re.compile(f"{LIST}$"))
    assert sandbox.type_of(CHAIN, TYPE)["is_deleted"]
    expect(item(page, "Soin d’automne")).to_have_count(0)
    page.locator(".tabs").get_by_role("link", name=re.compile("Deleted")).click()
    page.locator("tbody [name=title]").fill("Soin d’automne, again")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Soin d’automne, again")
    assert not sandbox.type_of(CHAIN, TYPE)["is_deleted"]

    # Out
    page.locator("details.person summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("[name=password]")).to_be_visible()


@pytest.mark.long
def test_a_type_is_made_with_services_and_times(
    plain: Page, windows: Windows, manager: User, connection: Connection, sandbox: Sandbox
) -> None:
    page = plain
    windows.expected.append("422 POST")
    sign_in(page, manager)
    page.goto(f"{LIST}new/")
    page.locator("[name=title]").fill("Made without scripts")
    page.get_by_role("button", name="Create").click()  # much is missing still
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    expect(page.locator("[name=title]")).to_have_value("Made without scripts")

    page.locator("[name=price]").fill("99.5")
    for name in ("balance_editing", "activation"):
        radio = page.locator(f"[name={name}]").first
        if not page.locator(f"[name={name}]:checked").count():
            radio.check()
    page.locator("[name=is_pooled][value=False]").check()
    page.locator("#services-picker summary").first.click()
    first = page.locator("#services-picker .picker-row").nth(1)
    first.get_by_role("checkbox").first.check()
    first.locator("input[type=number]").fill("7")
    page.locator("[name=validity]").fill("3")
    page.locator("[name=validity_unit]").select_option("3")
    times = page.locator("[data-row]").first
    times.locator("label", has_text="Tue").click()
    times.locator("input[type=time]").nth(0).fill("09:00")
    times.locator("input[type=time]").nth(1).fill("12:30")
    page.locator("[name=location_ids]").first.check()
    page.get_by_role("button", name="Create").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Made without scripts")
    made = next(raw for raw in sandbox.types_of(CHAIN) if raw["title"] == "Made without scripts")
    assert made["cost"] == 99.5
    assert (made["period"], made["period_unit_id"]) == (3, 3)
    assert made["availability"] == [
        {"week_days": [2], "intervals": [{"from": 9 * 3600, "to": 12 * 3600 + 1800}]}
    ]
    links = made["balance_container"]["links"]
    assert [link["count"] for link in links] == [7]
    expect(page.locator("#main")).to_contain_text("09:00–12:30")


@pytest.mark.long
def test_a_refusal_has_a_way_back(
    plain: Page, windows: Windows, manager: User, connection: Connection, sandbox: Sandbox
) -> None:
    windows.expected.append("422 POST")
    page = plain
    sign_in(page, manager)
    page.goto(f"{LIST}11001/delete/")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("#main").get_by_role("link").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Manicure × 5")


def test_what_needs_scripts_is_not_shown(
    plain: Page, manager: User, connection: Connection
) -> None:
    """A control that does nothing without scripts only confuses."""
    page = plain
    sign_in(page, manager)
    page.goto(f"{LIST}new/")
    for dead in ("[data-add-row]", "[data-filter]", "[data-copy]", "[data-remove-row]"):
        expect(page.locator(f"{dead}:visible")).to_have_count(0)


def test_signing_another_browser_out_asks_for_the_password(
    plain: Page, windows: Windows, viewer: User
) -> None:
    windows.expected.append("422 POST")
    page = plain
    sign_in(page, viewer)
    there = windows.open(viewer)
    page.goto("/account/")
    page.locator("#end-sessions [name=password]").fill(PASSWORD)
    page.locator("#end-sessions [name=password]").press("Enter")
    there.goto("/account/")
    expect(there).to_have_url(re.compile("/account/$"))  # nothing was chosen yet
    for given, says in (("not mine", "This is not your password."), (PASSWORD, "is signed out.")):
        page.locator("#end-sessions [name=password]").fill(given)
        page.get_by_role("row").get_by_role("button", name="Sign out").click()
        expect(page.get_by_text(says)).to_be_visible()
    expect(page).to_have_url(re.compile("/account/$"))
    there.goto("/account/")
    expect(there).to_have_url(re.compile("/login/"))
