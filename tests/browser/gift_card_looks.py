"""The looks of gift card types: each page, and each state of it that looks different."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from loyalty_admin.audit.models import Entry
from tests.browser.stage import Stage, look
from tests.gift_card_types.common import (
    ARCHIVED_BY_ALTEGIO,
    CHAIN,
    DATED,
    FOREIGN,
    ISSUED,
    LIST,
    ONLINE,
    OTHER_CHAIN,
    PLAIN,
    UNKNOWN_EDITING,
    WITH_SERVICES,
)

HOSTILE = 31009
LONG_TITLE = 31010


def opened(stage: Stage, query: str = "") -> Page:
    return stage.opened_list(query, at=LIST)


def page_of(stage: Stage, path: object) -> Page:
    return stage.open(f"{LIST}{path}/", stage.manager)


def row_of(page: Page, type_id: int = PLAIN) -> Locator:
    return page.locator(f"#type-row-{type_id}")


def menu(page: Page, type_id: int) -> Page:
    page.locator(f"#menu-row-{type_id}").click()
    expect(row_of(page, type_id).locator(".menu-items [href$='/clone/']")).to_be_visible()
    return page


def dialog(page: Page, type_id: int, name: str) -> Page:
    menu(page, type_id).locator(f"#{name}-row-{type_id}").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    return page


def editing(stage: Stage, type_id: int = PLAIN) -> Page:
    page = opened(stage)
    page.locator(f"#edit-row-{type_id}").click()
    expect(row_of(page, type_id).locator("[name=title]")).to_be_focused()
    return page


def save_row(page: Page, type_id: int = PLAIN) -> None:
    row_of(page, type_id).get_by_role("button", name="Save").click()


def archive(stage: Stage, *type_ids: int) -> None:
    """Also what is on sale online."""
    for type_id in type_ids:
        stage.post(f"{LIST}{type_id}/archive/", said="sale")


def delete(stage: Stage, *type_ids: int) -> None:
    for type_id in type_ids:
        stage.post(f"{LIST}{type_id}/delete/")


# The list


@look
def gift_cards(stage: Stage) -> Page:
    return opened(stage)


@look
def gift_cards_of_many_pages(stage: Stage) -> Page:
    stage.sandbox.reset(certificate_types=120)
    page = opened(stage, "?page=2")
    page.locator("#results .pager").scroll_into_view_if_needed()
    return page


@look
def gift_cards_for_a_viewer(stage: Stage) -> Page:
    page = stage.open(LIST, stage.viewer)
    expect(page.locator("#results table")).to_be_visible()
    return page


@look
def gift_cards_without_the_right(stage: Stage) -> Page:
    return stage.opened_list(at=f"/chains/{OTHER_CHAIN}/gift-card-types/")


@look
def gift_cards_that_need_attention(stage: Stage) -> Page:
    return opened(stage, "?attention=yes")


@look
def gift_cards_archived(stage: Stage) -> Page:
    archive(stage, PLAIN, ISSUED, ONLINE)
    return opened(stage, "?tab=archived")


@look
def gift_cards_filtered(stage: Stage) -> Page:
    return opened(stage, "?uses=several&validity=period&issued=no&online=on")


@look
def gift_cards_none_found(stage: Stage) -> Page:
    return opened(stage, "?q=nothing+like+this&location=501")


@look
def gift_cards_none(stage: Stage) -> Page:
    stage.sandbox.reset(certificate_types=0)
    return opened(stage)


@look
def gift_cards_none_archived(stage: Stage) -> Page:
    stage.sandbox.reset(certificate_types=3)
    return opened(stage, "?tab=archived")


# A row and its menu


@look
def gift_card_menu(stage: Stage) -> Page:
    return menu(opened(stage), PLAIN)


@look
def gift_card_menu_of_an_issued_one(stage: Stage) -> Page:
    return menu(opened(stage), ISSUED)


@look
def gift_card_menu_archived_here(stage: Stage) -> Page:
    archive(stage, ONLINE)
    return menu(opened(stage, "?tab=archived"), ONLINE)


@look
def gift_card_menu_archived_by_altegio(stage: Stage) -> Page:
    return menu(opened(stage, "?tab=archived"), ARCHIVED_BY_ALTEGIO)


@look
def gift_card_row_editing(stage: Stage) -> Page:
    page = editing(stage, ONLINE)
    row_of(page, ONLINE).locator("summary").click()
    return page


@look
def gift_card_row_with_errors(stage: Stage) -> Page:
    stage.windows.expected.append("422 POST")
    page = editing(stage)
    row = row_of(page)
    row.locator("[name=title]").fill("")
    row.locator("[name=face_value]").fill("-5")
    row.locator("[name=online_sale]").check()
    save_row(page)
    expect(row.locator("[aria-invalid=true]").first).to_be_visible()
    return page


@look
def gift_card_row_conflict(stage: Stage) -> Page:
    stage.windows.expected.append("409 POST")
    page = editing(stage)
    stage.sandbox.alter_certificate_type(CHAIN, PLAIN, title="Changed by somebody else", balance=1)
    row_of(page).locator("[name=title]").fill("Mine")
    row_of(page).locator("[name=face_value]").fill("5")
    save_row(page)
    expect(row_of(page).get_by_role("alert")).to_be_visible()
    return page


@look
def gift_card_row_of_unknown_outcome(stage: Stage) -> Page:
    page = editing(stage)
    stage.sandbox.fault(kind="reset_after", match={"method": "PUT"})
    match = {"method": "GET", "path": f"/{PLAIN}$"}
    stage.sandbox.fault(kind="reset", times=None, after=1, match=match)
    row_of(page).locator("[name=title]").fill("Mine")
    save_row(page)
    expect(page.locator("#alerts .toast")).to_be_visible()
    return page


@look
def gift_card_row_archived(stage: Stage) -> Page:
    page = menu(opened(stage), PLAIN)
    row_of(page).get_by_role("button", name="Archive here").click()
    expect(page.locator("#toasts .toast")).to_be_visible()
    return page


@look
def gift_card_row_deleted(stage: Stage) -> Page:
    page = gift_card_delete_dialog(stage)
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#toasts .toast")).to_be_visible()
    return page


# Questions


@look
def gift_card_archive_dialog(stage: Stage) -> Page:
    return dialog(opened(stage), ONLINE, "archive")


@look
def gift_card_archive_dialog_of_an_issued_one(stage: Stage) -> Page:
    return dialog(opened(stage), ISSUED, "archive")


@look
def gift_card_unarchive_dialog(stage: Stage) -> Page:
    archive(stage, ONLINE)
    return dialog(opened(stage, "?tab=archived"), ONLINE, "archive")


@look
def gift_card_delete_dialog(stage: Stage) -> Page:
    return dialog(opened(stage), PLAIN, "delete")


@look
def gift_card_archive(stage: Stage) -> Page:
    return page_of(stage, f"{ONLINE}/archive")


@look
def gift_card_unarchive(stage: Stage) -> Page:
    archive(stage, ONLINE)
    return page_of(stage, f"{ONLINE}/unarchive")


@look
def gift_card_delete(stage: Stage) -> Page:
    return page_of(stage, f"{LONG_TITLE}/delete")


@look
def gift_card_delete_an_issued_one(stage: Stage) -> Page:
    return page_of(stage, f"{ISSUED}/delete")


# A type's own page


@look
def gift_card_details(stage: Stage) -> Page:
    stage.post(f"{LIST}{WITH_SERVICES}/archive/")
    stage.post(f"{LIST}{WITH_SERVICES}/unarchive/")
    return page_of(stage, WITH_SERVICES)


@look
def gift_card_details_dated(stage: Stage) -> Page:
    return page_of(stage, FOREIGN)


@look
def gift_card_details_issued(stage: Stage) -> Page:
    archive(stage, ISSUED)
    return page_of(stage, ISSUED)


@look
def gift_card_details_marked(stage: Stage) -> Page:
    """The list was read: so it is known that its title is used twice."""
    page = opened(stage)
    page.goto(f"{LIST}{ONLINE}/")
    return page


@look
def gift_card_details_hostile(stage: Stage) -> Page:
    return page_of(stage, HOSTILE)


@look
def gift_card_details_archived_here(stage: Stage) -> Page:
    archive(stage, ONLINE)
    return page_of(stage, ONLINE)


@look
def gift_card_details_archived_by_altegio(stage: Stage) -> Page:
    return page_of(stage, ARCHIVED_BY_ALTEGIO)


@look
def gift_card_details_for_a_viewer(stage: Stage) -> Page:
    return stage.open(f"{LIST}{PLAIN}/", stage.viewer)


@look
def gift_card_details_without_the_right(stage: Stage) -> Page:
    page = gift_cards_without_the_right(stage)
    page.locator("#results tbody th a").first.click()
    expect(page.locator("#type-detail")).to_be_visible()
    return page


# Forms


@look
def gift_card_new(stage: Stage) -> Page:
    return page_of(stage, "new")


@look
def gift_card_new_with_errors(stage: Stage) -> Page:
    stage.windows.expected.append("422 POST")
    page = gift_card_new(stage)
    page.locator('[name=covers][value="3"]').check()
    page.locator('[name=validity_kind][value="1"]').check()
    page.locator("[name=online_sale]").check()
    page.get_by_role("button", name="Create").click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    return page


@look
def gift_card_duplicate(stage: Stage) -> Page:
    return page_of(stage, f"{ISSUED}/clone")


@look
def gift_card_edit_services(stage: Stage) -> Page:
    page = page_of(stage, f"{WITH_SERVICES}/edit")
    page.evaluate("for (const e of document.querySelectorAll('.picker details')) e.open = true")
    return page


@look
def gift_card_edit_balance_editing_unknown(stage: Stage) -> Page:
    return page_of(stage, f"{UNKNOWN_EDITING}/edit")


@look
def gift_card_edit_refused(stage: Stage) -> Page:
    """Altegio's own words stand at the fields."""
    stage.windows.expected.append("422 POST")
    page = page_of(stage, f"{DATED}/edit")
    page.locator("[name=title]").fill("Refused")
    errors = {"title": ["This title is taken."], "expiration": {"date": ["This day is too far."]}}
    body = {"success": False, "data": None, "meta": {"message": "Wrong.", "errors": errors}}
    stage.sandbox.fault(kind="status", status=400, body=body, match={"method": "PUT"})
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#type-form").get_by_text("This day is too far.")).to_be_visible()
    return page


@look
def gift_card_edit_conflict(stage: Stage) -> Page:
    stage.windows.expected.append("409 POST")
    page = page_of(stage, f"{DATED}/edit")
    stage.sandbox.alter_certificate_type(
        CHAIN, DATED, title="Theirs", expiration_date="2031-06-30T23:59:59+03:00"
    )
    page.locator("[name=title]").fill("Mine")
    page.locator("[name=expires_at-date]").fill("2032-01-31")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#type-form").get_by_role("alert")).to_be_visible()
    return page


# Deleted ones


@look
def gift_cards_deleted(stage: Stage) -> Page:
    delete(stage, PLAIN, LONG_TITLE, HOSTILE)
    return page_of(stage, "trash")


@look
def gift_cards_not_restored(stage: Stage) -> Page:
    stage.windows.expected += ["403 POST", "422 POST"]
    page = gift_cards_deleted(stage)
    stage.sandbox.fault(kind="status", status=403, match={"method": "POST"})
    page.get_by_role("button", name="Restore").first.click()
    expect(page.locator("tbody [role=alert]")).to_be_visible()
    return page


@look
def gift_cards_none_deleted(stage: Stage) -> Page:
    return page_of(stage, "trash")


@look
def gift_card_create_again(stage: Stage) -> Page:
    delete(stage, PLAIN)
    return page_of(stage, f"trash/{Entry.objects.get(object_id=PLAIN).pk}/again")


@look
def gift_card_entry(stage: Stage) -> Page:
    """The journal's page of a restored type: it leads to the deletion that it came of."""
    delete(stage, PLAIN)
    stage.post(f"{LIST}{PLAIN}/restore/", title="Back again")
    return stage.open(f"/activity/{Entry.objects.latest('pk').pk}/", stage.manager)
