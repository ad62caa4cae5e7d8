"""The session ended while a page was open."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from loyalty_admin.accounts.models import Session, User
from loyalty_admin.chains.services import context_for
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.browser.windows import CHAIN, LIST, Windows
from tests.conftest import PASSWORD
from tests.jobs.common import at, begun, put_many

TYPE = 11002


def end_sessions() -> None:
    Session.objects.all().delete()


def sign_in(page: Page, person: User) -> None:
    page.locator("[name=username]").fill(person.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def puts(sandbox: Sandbox) -> int:
    return sum(call["method"] == "PUT" for call in sandbox.calls())


@pytest.mark.long
def test_a_search_goes_to_the_sign_in_and_back(
    open_list: Callable[..., Page], manager: User
) -> None:
    page = open_list("?sold=yes")
    end_sessions()
    page.locator("#results th").get_by_role("link", name="Price").click()
    expect(page).to_have_url(re.compile("/login/"))
    expect(page.locator("[name=password]")).to_have_count(1)
    sign_in(page, manager)
    expect(page).to_have_url(re.compile(rf"{LIST}\?sold=yes"))
    expect(page.locator("#results table")).to_be_visible()


def test_a_write_keeps_the_row_form_and_is_sent_again_after_a_new_sign_in(
    open_list: Callable[..., Page], windows: Windows, manager: User, sandbox: Sandbox
) -> None:
    windows.expected += ["401 POST", "Response Status Error Code 401"]
    page = open_list()
    page.locator(f"#edit-row-{TYPE}").click()
    row = page.locator(f"#type-row-{TYPE}")
    row.locator("[name=title]").fill("Typed before the end")
    end_sessions()
    row.get_by_role("button", name="Save").click()
    offer = page.locator("#alerts").get_by_role("link")
    expect(offer).to_be_visible()
    expect(row.locator("[name=title]")).to_have_value("Typed before the end")
    assert puts(sandbox) == 0

    with page.context.expect_page() as opened:
        offer.click()
    tab = opened.value
    sign_in(tab, manager)
    expect(tab).to_have_url(re.compile(LIST))
    tab.close()

    row.get_by_role("button", name="Save").click()
    expect(row.get_by_role("link", name="Typed before the end", exact=True)).to_be_visible()
    expect(page.locator("#alerts .toast")).to_have_count(0)
    assert sandbox.type_of(CHAIN, TYPE)["title"] == "Typed before the end"
    assert puts(sandbox) == 1


@pytest.mark.long
def test_the_whole_form_is_kept_too(page: Page, windows: Windows, manager: User) -> None:
    windows.expected += ["401 POST", "Response Status Error Code 401"]
    page.goto(f"{LIST}{TYPE}/edit/")
    page.locator("[name=title]").fill("A long edit")
    page.locator("[name=price]").fill("321")
    end_sessions()
    page.get_by_role("button", name="Save").click()
    with page.context.expect_page() as opened:
        page.locator("#alerts").get_by_role("link").click()
    sign_in(opened.value, manager)
    expect(opened.value).to_have_url(re.compile(f"{LIST}{TYPE}/edit/"))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A long edit")


def test_a_button_of_a_row_works_after_a_new_sign_in(
    open_list: Callable[..., Page], windows: Windows, manager: User, sandbox: Sandbox
) -> None:
    windows.expected += ["401 POST", "Response Status Error Code 401"]
    page = open_list()
    page.locator(f"#menu-row-{TYPE}").click()
    archive = page.locator(f"#type-row-{TYPE}").get_by_role("button", name="Archive")
    expect(archive).to_be_visible()
    end_sessions()
    archive.click()
    with page.context.expect_page() as opened:
        page.locator("#alerts").get_by_role("link").click()
    sign_in(opened.value, manager)
    expect(opened.value).to_have_url(re.compile(LIST))
    page.locator(f"#menu-row-{TYPE}").click()
    archive.click()
    expect(page.locator("#toasts")).to_contain_text("Soin visage à l’été")
    assert sandbox.type_of(CHAIN, TYPE)["is_archived"]


@pytest.mark.long
def test_a_link_leads_back_to_the_page_it_named(page: Page, manager: User) -> None:
    page.goto(LIST)
    end_sessions()
    page.goto(f"{LIST}{TYPE}/")
    expect(page).to_have_url(re.compile("/login/"))
    sign_in(page, manager)
    expect(page).to_have_url(re.compile(f"{LIST}{TYPE}/$"))


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(
    page: Page, manager: User, sandbox: Sandbox, connection: Connection
) -> None:
    ctx = context_for(CHAIN, person=manager)
    assert ctx is not None
    job = begun(ctx, put_many(sandbox, 1))
    page.goto(at(job))
    idle = timezone.now() - timedelta(minutes=50)
    Session.objects.update(last_seen=idle)
    for _ in range(2):
        with page.expect_response(lambda answer: answer.url.endswith(at(job))) as polled:
            pass
        assert polled.value.request.headers["x-background"] == "1"
        assert polled.value.ok
    assert Session.objects.get().last_seen == idle
    Session.objects.update(last_seen=timezone.now() - timedelta(minutes=61))
    expect(page).to_have_url(re.compile("/login/"))
