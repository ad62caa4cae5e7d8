"""What a person sees and can do when something fails on the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from loyalty_admin.audit.models import Entry
from loyalty_admin.sandbox.server import Sandbox
from tests.browser.windows import CHAIN, LIST, Windows

TYPE = 11002
# What htmx and the browser write about a connection that was cut.
LOST = ["htmx:sendError", "htmx:afterRequest", "net::ERR_"]


def puts(sandbox: Sandbox) -> int:
    return sum(call["method"] == "PUT" for call in sandbox.calls())


@pytest.fixture
def editing(open_list: Callable[..., Page]) -> Page:
    page = open_list()
    page.locator(f"#edit-row-{TYPE}").click()
    page.locator(f"#type-row-{TYPE} [name=title]").fill("Saved once")
    return page


@pytest.fixture(autouse=True)
def lost_lines(windows: Windows) -> None:
    windows.expected += LOST


def save(page: Page) -> None:
    page.locator(f"#type-row-{TYPE}").get_by_role("button", name="Save").click()


def test_offline_while_saving_says_so_and_keeps_the_text(editing: Page, sandbox: Sandbox) -> None:
    editing.context.set_offline(True)
    save(editing)
    expect(editing.locator("#alerts .toast")).to_be_visible()
    expect(editing.locator(f"#type-row-{TYPE} [name=title]")).to_have_value("Saved once")
    assert puts(sandbox) == 0

    editing.context.set_offline(False)
    save(editing)
    expect(editing.locator(f"#type-row-{TYPE}").get_by_role("link").first).to_have_text(
        "Saved once"
    )
    expect(editing.locator("#alerts .toast")).to_have_count(0)
    assert puts(sandbox) == 1


def test_an_answer_lost_on_the_way_back_is_safe_to_send_again(
    editing: Page, sandbox: Sandbox
) -> None:
    """The dashboard got it and did it; only its answer never came."""
    lost = []

    def lose(route: Route) -> None:
        route.fetch()
        lost.append(route.request.url)
        route.abort()

    editing.route("**/row/edit/", lose, times=1)
    save(editing)
    expect(editing.locator("#alerts .toast")).to_be_visible()
    assert lost
    assert sandbox.type_of(CHAIN, TYPE)["title"] == "Saved once"

    save(editing)
    row = editing.locator(f"#type-row-{TYPE}")
    expect(row.get_by_role("link").first).to_have_text("Saved once")
    assert puts(sandbox) == 1
    assert Entry.objects.count() == 1


def test_a_clone_whose_answer_was_lost_is_made_once(page: Page, sandbox: Sandbox) -> None:
    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    page.goto(f"{LIST}{TYPE}/")
    page.route("**/clone/", lose, times=1)
    page.get_by_role("button", name="Clone").click()
    expect(page.locator("#alerts .toast")).to_be_visible()
    page.get_by_role("button", name="Clone").click()
    expect(page).to_have_url(re.compile(rf"{LIST}(?!{TYPE}/)\d+/$"))
    assert len(sandbox.types_of(CHAIN)) == 31


def test_altegio_down_while_saving_keeps_the_text(
    editing: Page, windows: Windows, sandbox: Sandbox
) -> None:
    windows.expected.append("503 POST")
    sandbox.fault(kind="reset", times=None, match={"method": "GET", "path": f"/{TYPE}"})
    save(editing)
    row = editing.locator(f"#type-row-{TYPE}")
    expect(row.get_by_role("alert")).to_be_visible()
    expect(row.locator("[name=title]")).to_have_value("Saved once")
    assert puts(sandbox) == 0
    sandbox.clear_faults()
    save(editing)
    expect(row.get_by_role("link").first).to_have_text("Saved once")


@pytest.mark.long
def test_altegio_down_while_saving_keeps_the_whole_form(
    page: Page, windows: Windows, sandbox: Sandbox
) -> None:
    windows.expected.append("503 POST")
    page.goto(f"{LIST}{TYPE}/edit/")
    page.locator("[name=title]").fill("A long edit")
    page.locator("[name=validity]").fill("9")
    sandbox.fault(kind="status", status=503, times=None, match={"path": f"/{TYPE}"})
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#type-form").get_by_role("alert")).to_be_visible()
    expect(page.locator("[name=title]")).to_have_value("A long edit")
    expect(page.locator("[name=validity]")).to_have_value("9")
    sandbox.clear_faults()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A long edit")
    assert puts(sandbox) == 1


def test_a_fault_of_the_dashboard_is_said_with_its_number_and_keeps_the_text(
    editing: Page, windows: Windows, settings: Any
) -> None:
    windows.expected += ["500 POST", "htmx:responseError", "Response Status Error"]
    settings.ALTEGIO_RATE_PER_SECOND = "many"
    with editing.expect_response(lambda response: response.status == 500) as answer:
        save(editing)
    number = answer.value.headers["x-request-id"]
    expect(editing.locator("#alerts .toast")).to_contain_text(f"(error 500, {number})")
    expect(editing.locator(f"#type-row-{TYPE} [name=title]")).to_have_value("Saved once")


def test_an_unknown_outcome_is_said_and_leads_to_the_check(
    open_list: Callable[..., Page], sandbox: Sandbox
) -> None:
    page = open_list()
    sandbox.fault(kind="reset_after", match={"path": "archive$"})
    # What it was is read before; reading it back fails.
    sandbox.fault(
        kind="status", status=500, times=None, after=1, match={"method": "GET", "path": f"/{TYPE}$"}
    )
    page.locator(f"#menu-row-{TYPE}").click()
    page.locator(f"#type-row-{TYPE}").get_by_role("button", name="Archive").click()
    alert = page.locator("#alerts .toast")
    expect(alert).to_be_visible()
    sandbox.clear_faults()
    alert.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/activity/\d+/"))
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("button", name="Check now")).to_have_count(0)
    assert sandbox.type_of(CHAIN, TYPE)["is_archived"]


def test_what_went_well_and_what_did_not_is_announced(
    open_list: Callable[..., Page], windows: Windows, sandbox: Sandbox
) -> None:
    """Live regions stand in the page before their text comes, else nobody hears it."""
    windows.expected.append("503 POST")
    page = open_list()
    expect(page.locator("#toasts[aria-live=polite]")).to_be_attached()
    expect(page.locator("#alerts[aria-live=assertive]")).to_be_attached()
    page.evaluate("for (const id of ['toasts', 'alerts']) document.getElementById(id).mine = true")

    page.locator(f"#menu-row-{TYPE}").click()
    page.locator(f"#type-row-{TYPE}").get_by_role("button", name="Archive").click()
    expect(page.locator("#toasts[aria-live=polite] .toast")).to_be_visible()
    sandbox.fault(kind="reset", times=None)
    page.locator(f"#menu-row-{TYPE}").click()
    page.locator(f"#type-row-{TYPE}").get_by_role("button", name="Unarchive").click()
    expect(page.locator("#alerts[aria-live=assertive]")).not_to_be_empty()
    assert page.evaluate("['toasts', 'alerts'].every((id) => document.getElementById(id).mine)")


def test_a_slow_save_shows_the_bar_and_one_write(editing: Page, sandbox: Sandbox) -> None:
    sandbox.fault(kind="latency", seconds=1.5, match={"method": "PUT"})
    save(editing)
    save_button = editing.locator(f"#type-row-{TYPE}").get_by_role("button", name="Save")
    expect(save_button).to_have_attribute("aria-busy", "true")
    expect(editing.locator("#progress")).to_be_visible(timeout=1_200)
    save_button.click(force=True)
    editing.locator(f"#type-row-{TYPE} [name=title]").press("Enter")
    expect(editing.locator(f"#type-row-{TYPE}").get_by_role("link").first).to_have_text(
        "Saved once"
    )
    expect(editing.locator("#progress")).to_be_hidden()
    assert puts(sandbox) == 1


@pytest.mark.long
def test_a_stale_list_is_shown_with_its_age_while_altegio_is_down(
    open_list: Callable[..., Page], sandbox: Sandbox
) -> None:
    page = open_list()
    sandbox.fault(kind="status", status=503, times=None, match={"path": "abonement_types"})
    page.get_by_role("button", name="Refresh").click()
    expect(page.locator("#results [role=alert]")).to_be_visible()
    expect(page.locator(f"#type-row-{TYPE}")).to_be_visible()


@pytest.mark.long
def test_a_refused_sign_in_at_altegio_shows_the_way_out(
    page: Page, windows: Windows, sandbox: Sandbox
) -> None:
    windows.expected.append("502 GET")
    sandbox.revoke_tokens()
    page.goto(LIST)
    banner = (
        page.locator("#results, #main")
        .get_by_role("link", name=re.compile("Sign .*in again"))
        .first
    )
    expect(banner).to_be_visible()


@pytest.mark.long
def test_altegio_signed_out_while_saving_keeps_the_text(
    editing: Page, windows: Windows, sandbox: Sandbox
) -> None:
    windows.expected.append("422 POST")
    sandbox.revoke_tokens()
    save(editing)
    row = editing.locator(f"#type-row-{TYPE}")
    expect(row.get_by_role("alert")).to_be_visible()
    expect(row.locator("[name=title]")).to_have_value("Saved once")
