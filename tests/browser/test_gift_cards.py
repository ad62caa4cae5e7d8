"""Gift card types as a person works with them: what they do differently from membership types."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from loyalty_admin.accounts.models import Session, User
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.browser.windows import Windows
from tests.conftest import PASSWORD
from tests.gift_card_types.common import (
    CHAIN,
    DATED,
    FOREIGN,
    HOSTILE,
    ISSUED,
    LIST,
    ONLINE,
    PLAIN,
    WITH_SERVICES,
    listed,
    named,
    writes,
)

TITLE = "Подарок для мамы"  # of PLAIN
HOSTILE_TYPE = 31009
MARKUP = "<img src=x onerror=alert(3)>"

OpenList = Callable[..., Page]


@pytest.fixture
def open_list(page: Page) -> OpenList:
    """Opens the list of gift card types and waits until it was read."""

    def opened(query: str = "") -> Page:
        page.goto(f"{LIST}{query}")
        expect(page.locator("#results table")).to_be_visible()
        return page

    return opened


@pytest.fixture
def editing(open_list: OpenList) -> Page:
    page = open_list()
    page.locator(f"#edit-row-{PLAIN}").click()
    expect(title_of(page)).to_be_focused()
    return page


def row_of(page: Page, type_id: int = PLAIN) -> Locator:
    return page.locator(f"#type-row-{type_id}")


def title_of(page: Page, type_id: int = PLAIN) -> Locator:
    return row_of(page, type_id).locator("[name=title]")


def link_in(row: Locator, title: str) -> Locator:
    return row.get_by_role("link", name=title, exact=True)


def choose(page: Page, name: str, type_id: int = PLAIN) -> None:
    """Opens the row's menu and takes an item."""
    page.locator(f"#menu-row-{type_id}").click()
    row_of(page, type_id).locator(".row-actions .menu-items").get_by_text(name, exact=True).click()


def save(page: Page) -> None:
    page.locator("#type-form .form-actions").get_by_role("button").first.click()


def type_of(sandbox: Sandbox, type_id: int = PLAIN) -> dict[str, Any]:
    return sandbox.certificate_type_of(CHAIN, type_id)


def methods(sandbox: Sandbox) -> list[str]:
    return [str(call["method"]) for call in writes(sandbox)]


# Editing in the row


@pytest.mark.long
def test_enter_saves_the_row_and_focus_returns_to_the_pencil(
    editing: Page, sandbox: Sandbox
) -> None:
    title_of(editing).fill("Gift for her")
    row_of(editing).locator("[name=face_value]").fill("125.50")
    title_of(editing).press("Enter")
    expect(link_in(row_of(editing), "Gift for her")).to_be_visible()
    expect(editing.locator(f"#edit-row-{PLAIN}")).to_be_focused()
    expect(editing.locator("#toasts")).to_contain_text("Gift for her")
    assert (type_of(sandbox)["title"], type_of(sandbox)["balance"]) == ("Gift for her", 125.5)
    assert methods(sandbox) == ["PUT"]


@pytest.mark.long
def test_escape_leaves_the_row_and_focus_returns_to_the_pencil(
    editing: Page, sandbox: Sandbox
) -> None:
    title_of(editing).fill("not meant")
    title_of(editing).press("Escape")
    expect(editing.locator(f"#edit-row-{PLAIN}")).to_be_focused()
    expect(link_in(row_of(editing), TITLE)).to_be_visible()
    assert not writes(sandbox)


def test_online_sale_is_switched_on_in_the_row_and_its_price_asked_for(
    editing: Page, windows: Windows, sandbox: Sandbox
) -> None:
    windows.expected.append("422 POST")
    row = row_of(editing)
    price = row.locator("[name=online_price]")
    expect(price).to_be_hidden()
    row.locator("[name=online_sale]").check()
    title_of(editing).press("Enter")
    expect(price).to_be_focused()
    expect(price).to_have_attribute("aria-invalid", "true")
    assert not writes(sandbox)
    price.fill("99")
    price.press("Enter")
    expect(row.get_by_text("online price differs")).to_be_visible()
    assert type_of(sandbox)["online_sale_price"] == 99


@pytest.mark.long
def test_a_stale_row_shows_both_values_and_sends_nothing(
    editing: Page, windows: Windows, sandbox: Sandbox
) -> None:
    windows.expected.append("409 POST")
    sandbox.alter_certificate_type(CHAIN, PLAIN, title="Theirs")
    title_of(editing).fill("Mine")
    title_of(editing).press("Enter")
    alert = row_of(editing).get_by_role("alert")
    expect(alert).to_contain_text("Mine")
    expect(alert).to_contain_text("Theirs")
    assert not writes(sandbox)
    row_of(editing).get_by_role("button", name="Save").click()
    expect(link_in(row_of(editing), "Mine")).to_be_visible()
    assert type_of(sandbox)["title"] == "Mine"


@pytest.mark.long
def test_an_issued_row_offers_duplicate_and_change_and_no_edit(open_list: OpenList) -> None:
    page = open_list()
    row = row_of(page, ISSUED)
    expect(page.locator(f"#edit-row-{ISSUED}")).to_have_count(0)
    expect(row.get_by_role("link", name="Duplicate and change Gift card €50")).to_be_visible()
    page.locator(f"#menu-row-{ISSUED}").click()
    items = row.locator(".row-actions .menu-items")
    expect(items.get_by_text("cannot be deleted")).to_be_visible()
    expect(items.get_by_role("link")).to_have_text(["Duplicate and change", "Archive here…"])
    items.get_by_role("link").first.click()
    expect(page.locator("#type-form [name=title]")).to_have_value("Gift card €50 (2)")


# The form


def test_a_double_click_on_the_form_of_a_duplicate_makes_one(page: Page, sandbox: Sandbox) -> None:
    before = len(listed(sandbox))
    page.goto(f"{LIST}{ISSUED}/clone/")
    page.locator("[name=title]").fill("Made once")
    assert not writes(sandbox)
    sandbox.fault(kind="latency", seconds=0.4, match={"method": "POST"})
    page.locator("#type-form .form-actions").get_by_role("button").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Made once")
    assert methods(sandbox) == ["POST"]
    assert len(listed(sandbox)) == before + 1
    assert named(sandbox, "Made once")["balance"] == 50


@pytest.mark.long
def test_a_date_in_the_zone_of_another_place_is_kept(page: Page, sandbox: Sandbox) -> None:
    page.goto(f"{LIST}{FOREIGN}/edit/")
    zone = page.locator("[name=expires_at-zone]")
    expect(zone).to_have_value("-05:00")
    page.locator("[name=title]").fill("Blacker Friday")
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Blacker Friday")
    assert type_of(sandbox, FOREIGN)["expiration_date"] == "2030-11-29T23:59:59-05:00"

    page.goto(f"{LIST}{FOREIGN}/edit/")
    page.locator("[name=expires_at-date]").fill("2030-12-01")
    save(page)
    expect(page.locator("#type-detail")).to_contain_text("1 Dec 2030")
    assert type_of(sandbox, FOREIGN)["expiration_date"] == "2030-12-01T23:59:59-05:00"


def test_a_kind_of_validity_shows_what_belongs_to_it(page: Page, sandbox: Sandbox) -> None:
    page.goto(f"{LIST}{PLAIN}/edit/")
    expect(page.locator("[name=validity]")).to_be_visible()
    expect(page.locator("[name=expires_at-date]")).to_be_hidden()
    page.locator("input[name=validity_kind][value='1']").check()
    expect(page.locator("[name=validity]")).to_be_hidden()
    page.get_by_label("Day").fill("2031-05-31")
    save(page)
    expect(page.locator("#type-detail")).to_contain_text("31 May 2031, 23:59 (Europe/Riga)")
    assert type_of(sandbox)["expiration_date"] == "2031-05-31T23:59:00+03:00"


def test_the_services_are_folded_and_found_by_name(page: Page, sandbox: Sandbox) -> None:
    page.goto(f"{LIST}{PLAIN}/edit/")
    picker = page.locator("#service_ids-picker")
    expect(picker).to_be_hidden()
    page.goto(f"{LIST}{WITH_SERVICES}/edit/")
    expect(picker.locator("details[open]")).to_have_count(1)
    expect(picker.locator("details[open] summary")).to_contain_text("2 of 5")
    page.locator("[data-filter]").fill("SAUNA")
    found = picker.locator(".picker-row:visible")
    expect(found).to_have_count(1)
    found.get_by_role("checkbox").check()
    before = type_of(sandbox, WITH_SERVICES)["service_ids"]
    save(page)
    expect(page.locator("#type-detail").get_by_text("Sauna", exact=True)).to_be_visible()
    after = type_of(sandbox, WITH_SERVICES)["service_ids"]
    assert set(before) < set(after)
    assert len(after) == 3


@pytest.mark.long
def test_in_a_stale_form_the_person_can_give_way_for_one_field(
    page: Page, windows: Windows, sandbox: Sandbox
) -> None:
    windows.expected.append("409 POST")
    page.goto(f"{LIST}{DATED}/edit/")
    sandbox.alter_certificate_type(
        CHAIN, DATED, title="Theirs", expiration_date="2031-01-31T23:59:59+02:00"
    )
    page.locator("[name=title]").fill("Mine")
    page.locator("[name=expires_at-date]").fill("2032-02-29")
    save(page)
    alert = page.locator("#type-form").get_by_role("alert")
    for text in ("Mine", "Theirs", "29 Feb 2032", "31 Jan 2031"):
        expect(alert).to_contain_text(text)
    assert not writes(sandbox)
    alert.get_by_role("checkbox", name="31 Jan 2031").check()
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Mine")
    assert type_of(sandbox, DATED)["title"] == "Mine"
    assert type_of(sandbox, DATED)["expiration_date"] == "2031-01-31T23:59:59+02:00"


# Archive, delete, restore


def test_the_dialog_says_that_archiving_ends_the_online_sale_and_does_it(
    open_list: OpenList, sandbox: Sandbox
) -> None:
    page = open_list()
    choose(page, "Archive here…", ONLINE)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("online sale")
    dialog.get_by_role("link", name="Cancel").click()
    expect(dialog).to_be_hidden()
    assert not writes(sandbox)

    choose(page, "Archive here…", ONLINE)
    dialog.get_by_role("button", name="Archive here").click()
    expect(dialog).to_be_hidden()
    expect(row_of(page, ONLINE).get_by_text("archived here")).to_be_visible()
    expect(page.locator(f"#menu-row-{ONLINE}")).to_be_focused()
    assert methods(sandbox) == ["PUT"]
    assert not type_of(sandbox, ONLINE)["online_sale_is_enabled"]
    page.goto(LIST)
    expect(row_of(page, ONLINE)).to_have_count(0)


@pytest.mark.long
def test_unarchiving_on_the_types_page_asks_and_puts_it_back_on_sale(
    page: Page, sandbox: Sandbox
) -> None:
    page.goto(f"{LIST}{ONLINE}/")
    for name, is_on_sale in (("Archive here", False), ("Unarchive", True)):
        page.locator("#archive-switch").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("online sale")
        dialog.get_by_role("button", name=name, exact=True).click()
        expect(dialog).to_be_hidden()
        expect(page.locator("#archive-switch")).to_be_focused()
        assert type_of(sandbox, ONLINE)["online_sale_is_enabled"] == is_on_sale
    expect(page.locator("#archive-switch")).to_have_text("Archive here…")


@pytest.mark.long
def test_what_is_not_on_sale_online_is_archived_without_a_question_or_a_request(
    open_list: OpenList, sandbox: Sandbox
) -> None:
    page = open_list()
    for name, told in (("Archive here", "Archived in"), ("Unarchive", "Unarchived in")):
        choose(page, name)
        expect(page.locator("#toasts")).to_contain_text(told)
        expect(page.locator("#toasts")).to_contain_text(TITLE)
        expect(page.locator(f"#menu-row-{PLAIN}")).to_be_focused()
    assert not writes(sandbox)


def test_a_deleted_type_is_made_again_under_a_title(open_list: OpenList, sandbox: Sandbox) -> None:
    page = open_list()
    choose(page, "Delete…")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("link", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert not writes(sandbox)
    choose(page, "Delete…")
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_be_hidden()
    row_of(page).get_by_role("link", name="Deleted types").click()

    page.get_by_label(f"Title to restore “{TITLE}” under").fill("Back again")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Back again")
    expect(page.get_by_role("status").first).to_contain_text("new number")
    assert str(PLAIN) not in page.url
    assert named(sandbox, "Back again")["balance"] == 120
    assert methods(sandbox) == ["DELETE", "POST"]


# Text of strangers


@pytest.mark.long
def test_a_hostile_title_is_inert_wherever_it_is_shown(
    open_list: OpenList, sandbox: Sandbox
) -> None:
    page = open_list()
    seen: list[object] = []
    page.on("dialog", lambda dialog: seen.append(dialog))
    title = f"{HOSTILE}{MARKUP}"
    pencil = page.locator(f"#edit-row-{HOSTILE_TYPE}")
    expect(pencil).to_have_attribute("aria-label", f"Edit {HOSTILE}")
    pencil.click()
    expect(title_of(page, HOSTILE_TYPE)).to_have_value(HOSTILE)
    title_of(page, HOSTILE_TYPE).fill(title)
    title_of(page, HOSTILE_TYPE).press("Enter")
    expect(page.locator("#toasts")).to_contain_text(MARKUP)
    expect(page.locator(f"#menu-row-{HOSTILE_TYPE}")).to_have_attribute(
        "aria-label", f"More about {title}"
    )
    for name in ("Archive here…", "Delete…"):
        choose(page, name, HOSTILE_TYPE)
        expect(page.get_by_role("dialog")).to_contain_text(title)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()

    for path in ("", f"{HOSTILE_TYPE}/", f"{HOSTILE_TYPE}/archive/", f"{HOSTILE_TYPE}/delete/"):
        page.goto(f"{LIST}{path}")
        expect(page.locator("#main")).to_contain_text(title)
        expect(page.locator("main img, main script")).to_have_count(0)
    page.get_by_role("button", name="Delete").click()
    page.goto(f"{LIST}trash/")
    expect(page.get_by_label(f"Title to restore “{title}” under")).to_have_value(title)
    page.get_by_role("link", name="Change and restore…").click()
    description = page.locator("[name=online_description]")
    expect(description).to_have_value("</textarea><img src=x onerror=alert(2)>")
    for path in (f"{LIST}trash/", "/activity/", f"/activity/{Entry.objects.latest('pk').pk}/"):
        page.goto(path)
        expect(page.locator("#main")).to_contain_text(title)
        expect(page.locator("main img, main script")).to_have_count(0)
    assert seen == []


# What fails on the way


@pytest.mark.long
def test_altegio_failing_before_the_save_keeps_the_row_and_says_that_nothing_changed(
    editing: Page, windows: Windows, sandbox: Sandbox
) -> None:
    windows.expected.append("503 POST")
    sandbox.fault(kind="reset", times=None, match={"method": "GET", "path": f"/{PLAIN}$"})
    title_of(editing).fill("Saved once")
    title_of(editing).press("Enter")
    expect(row_of(editing).get_by_role("alert")).to_contain_text("Nothing was changed")
    expect(title_of(editing)).to_have_value("Saved once")
    assert not writes(sandbox)
    sandbox.clear_faults()
    title_of(editing).press("Enter")
    expect(link_in(row_of(editing), "Saved once")).to_be_visible()
    assert methods(sandbox) == ["PUT"]


@pytest.mark.long
def test_altegio_failing_in_the_save_keeps_the_form_and_says_that_nothing_changed(
    page: Page, windows: Windows, sandbox: Sandbox
) -> None:
    windows.expected.append("422 POST")
    page.goto(f"{LIST}{DATED}/edit/")
    page.locator("[name=title]").fill("Saved once")
    page.locator("[name=expires_at-date]").fill("2033-03-03")
    sandbox.fault(kind="status", status=500, match={"method": "PUT"})
    save(page)
    alert = page.locator("#type-form").get_by_role("alert")
    expect(alert).to_be_visible()
    assert Entry.objects.latest("pk").outcome == Outcome.REFUSED
    expect(page.locator("[name=title]")).to_have_value("Saved once")
    expect(page.locator("[name=expires_at-date]")).to_have_value("2033-03-03")
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Saved once")
    assert [call["applied"] for call in writes(sandbox)] == [False, True]


@pytest.mark.long
def test_altegio_hanging_in_the_save_is_told_as_unknown_and_what_was_typed_is_kept(
    editing: Page, sandbox: Sandbox, settings: Any
) -> None:
    settings.ALTEGIO_TIMEOUT = 2.0
    sandbox.fault(kind="hang", seconds=3, match={"method": "PUT"})
    title_of(editing).fill("Perhaps saved")
    title_of(editing).press("Enter")
    alert = editing.locator("#alerts .toast")
    expect(alert.get_by_role("link")).to_be_visible()
    expect(link_in(row_of(editing), TITLE)).to_be_visible()
    alert.get_by_role("link").click()
    expect(editing.locator("#main")).to_contain_text("Perhaps saved")
    assert methods(sandbox) == ["PUT"]
    # It was carried out after all.
    sandbox.alter_certificate_type(CHAIN, PLAIN, title="Perhaps saved")
    editing.get_by_role("button", name="Check now").click()
    expect(editing.get_by_role("button", name="Check now")).to_have_count(0)
    assert Entry.objects.get().outcome == Outcome.DONE
    assert methods(sandbox) == ["PUT"]


@pytest.mark.long
def test_a_session_that_ended_in_the_save_keeps_the_form_until_after_a_new_sign_in(
    page: Page, windows: Windows, manager: User, sandbox: Sandbox
) -> None:
    windows.expected += ["401 POST", "Response Status Error Code 401"]
    page.goto(f"{LIST}{DATED}/edit/")
    page.locator("[name=title]").fill("Typed before the end")
    page.locator("[name=expires_at-date]").fill("2034-04-04")
    Session.objects.all().delete()
    save(page)
    with page.context.expect_page() as opened:
        page.locator("#alerts").get_by_role("link").click()
    assert not writes(sandbox)
    tab = opened.value
    sign_in(tab, manager)
    expect(tab).to_have_url(re.compile(f"{LIST}{DATED}/edit/"))
    tab.close()
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Typed before the end")
    assert type_of(sandbox, DATED)["expiration_date"] == "2034-04-04T23:59:59+03:00"
    assert methods(sandbox) == ["PUT"]


# Without scripts


def sign_in(page: Page, person: User) -> None:
    page.locator("[name=username]").fill(person.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.long
def test_the_whole_path_without_javascript(
    windows: Windows, manager: User, connection: Connection, sandbox: Sandbox
) -> None:
    page = windows.open(manager, java_script_enabled=False)
    page.goto(LIST)
    page.locator("#results a[href*=loaded]").click()
    expect(row_of(page)).to_be_visible()

    # Find
    page.locator("[name=uses]").select_option("once")
    page.locator("[name=validity]").select_option("period")
    page.locator("#search").fill("мамы")
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile("uses=once.*validity=period"))
    expect(page.locator("#results tbody tr")).to_have_count(1)

    # Edit
    page.locator(f"#edit-row-{PLAIN}").click()
    page.locator("[name=title]").fill("Gift for her")
    page.locator("input[name=validity_kind][value='1']").check()
    page.get_by_label("Day").fill("2031-05-31")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gift for her")
    assert type_of(sandbox)["expiration_date"] == "2031-05-31T23:59:00+03:00"

    # Archive and unarchive, with nothing to be told
    page.get_by_role("button", name="Archive here").click()
    expect(page.get_by_role("status").first).to_contain_text("Gift for her")
    page.goto(f"{LIST}?tab=archived")
    page.locator(f"#menu-row-{PLAIN}").click()
    row_of(page).get_by_role("link", name="Open").click()
    page.get_by_role("button", name="Unarchive").click()
    expect(page.get_by_text("Archived in this dashboard", exact=True)).to_have_count(0)

    # Archive and unarchive what is on sale online: a page asks
    for name, is_on_sale in (("Archive here", False), ("Unarchive", True)):
        page.goto(f"{LIST}{ONLINE}/")
        page.get_by_role("link", name=f"{name}…").click()
        expect(page.locator("#main")).to_contain_text("online sale")
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.locator("#type-detail")).to_be_visible()
        assert type_of(sandbox, ONLINE)["online_sale_is_enabled"] == is_on_sale

    # Duplicate
    page.goto(f"{LIST}{ISSUED}/")
    page.get_by_role("link", name="Duplicate and change").click()
    page.locator("[name=face_value]").fill("55")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gift card €50 (2)")
    assert named(sandbox, "Gift card €50 (2)")["balance"] == 55

    # Delete and restore
    page.goto(f"{LIST}{PLAIN}/")
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("status").first).to_contain_text("Gift for her")
    page.locator(".tabs").get_by_role("link", name=re.compile("Deleted")).click()
    page.locator("tbody [name=title]").fill("Gift for her, again")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gift for her, again")
    assert named(sandbox, "Gift for her, again")["balance"] == 120
