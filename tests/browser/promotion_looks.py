"""The looks of promotions and notification templates: each page, and each state of it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from loyalty_admin.audit.models import Entry
from tests.browser.stage import Stage, look
from tests.promotions.common import (
    CHAIN,
    CHOSEN,
    FALLING,
    FIFTH,
    HOSTILE_ONE,
    LIST,
    LONG,
    OTHER_CHAIN,
    OWN_TEXT,
    PACKAGE,
    PRODUCTS,
    SIX_TIERS,
    STATIC,
    TIERS_IN_MONEY,
    VISITS,
)

TEXTS = f"/chains/{CHAIN}/notification-templates/"
TIERS_TYPE = "discount_accumulative_sold"


def opened(stage: Stage, query: str = "") -> Page:
    return stage.opened_list(query, at=LIST)


def page_of(stage: Stage, path: object) -> Page:
    return stage.open(f"{LIST}{path}/", stage.manager)


def menu(page: Page, promotion_id: int = STATIC) -> Page:
    page.locator(f"#menu-row-{promotion_id}").click()
    row = page.locator(f"#promotion-row-{promotion_id}")
    expect(row.get_by_text("Duplicate", exact=True)).to_be_visible()
    return page


# The list


@look
def promotions(stage: Stage) -> Page:
    return opened(stage)


@look
def promotions_of_the_other_chain(stage: Stage) -> Page:
    return stage.opened_list(at=f"/chains/{OTHER_CHAIN}/promotions/")


@look
def promotions_of_many_pages(stage: Stage) -> Page:
    stage.sandbox.reset(promotions=60)
    page = opened(stage)
    page.locator("#results .pager").scroll_into_view_if_needed()
    return page


@look
def promotions_for_a_viewer(stage: Stage) -> Page:
    page = stage.open(LIST, stage.viewer)
    expect(page.locator("#results table")).to_be_visible()
    return page


@look
def promotions_filtered(stage: Stage) -> Page:
    return opened(stage, "?gives=bonus&location=501&attention=yes")


@look
def promotions_none_found(stage: Stage) -> Page:
    return opened(stage, "?q=nothing+like+this")


@look
def promotions_none(stage: Stage) -> Page:
    stage.sandbox.reset(promotions=0)
    return opened(stage)


@look
def promotions_being_read(stage: Stage) -> Page:
    stage.sandbox.fault(kind="latency", seconds=8, times=None, match={"path": "loyalty/programs"})
    page = stage.open(LIST, stage.manager)
    expect(page.locator(".skeleton")).to_be_visible()
    return page


@look
def promotions_without_one_location(stage: Stage) -> Page:
    match = {"path": "company/502/loyalty/programs"}
    stage.sandbox.fault(kind="html", status=502, times=None, match=match)
    return opened(stage)


@look
def promotions_not_read_whole(stage: Stage) -> Page:
    match = {"path": f"programs/{VISITS}$"}
    stage.sandbox.fault(kind="html", status=502, times=None, match=match)
    return opened(stage)


@look
def promotion_menu(stage: Stage) -> Page:
    return menu(opened(stage))


@look
def promotion_locations_of_a_row(stage: Stage) -> Page:
    page = opened(stage)
    page.locator(f"#promotion-row-{VISITS} td summary").first.click()
    return page


@look
def promotion_delete_dialog(stage: Stage) -> Page:
    page = menu(opened(stage), SIX_TIERS)
    page.locator(f"#delete-row-{SIX_TIERS}").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    return page


@look
def promotion_row_deleted(stage: Stage) -> Page:
    page = promotion_delete_dialog(stage)
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#toasts .toast")).to_be_visible()
    return page


@look
def promotion_delete(stage: Stage) -> Page:
    return page_of(stage, f"{LONG}/delete")


# Choosing a type, and the form


@look
def promotion_types(stage: Stage) -> Page:
    return page_of(stage, "new")


@look
def promotion_new(stage: Stage) -> Page:
    return page_of(stage, f"new/{TIERS_TYPE}")


@look
def promotion_new_static(stage: Stage) -> Page:
    return page_of(stage, "new/discount_static")


@look
def promotion_new_visits(stage: Stage) -> Page:
    return page_of(stage, "new/cashback_paid_visits")


@look
def promotion_new_package(stage: Stage) -> Page:
    return page_of(stage, "new/package_discount")


@look
def promotion_new_filled_in(stage: Stage) -> Page:
    """Every part is open; the second tier gives less than the first."""
    page = promotion_new(stage)
    page.locator("[name=title]").fill("Золотая скидка, once more")
    page.locator("[name=rules-value-0]").fill("12.5")
    page.locator("[data-add-row]").click()
    added = page.locator("#rules-rows > [data-row]:visible").last
    added.locator("input").first.fill("1500")
    added.locator("input").last.fill("5")
    for name in ("services", "products"):
        page.locator(f"[name={name}][value=custom_allowed]").check()
    page.evaluate("for (const e of document.querySelectorAll('.picker details')) e.open = true")
    page.locator("[name=expiration]").fill("6")
    for name in ("on_changed-size", "on_expiration-size"):
        page.locator(f"[name={name}][value={'mid' if 'changed' in name else 'custom'}]").check()
    expect(page.locator("aside")).to_contain_text("gives less")
    expect(page.locator("aside")).to_contain_text("6 months")
    return page


@look
def promotion_new_with_errors(stage: Stage) -> Page:
    stage.windows.expected.append("422 POST")
    page = promotion_new(stage)
    page.locator("[name=rules-value-0]").fill("120")
    page.locator("[name=services][value=custom_allowed]").check()
    page.locator("[name=products][value=custom_allowed]").check()
    page.locator("[name=on_changed-size][value=custom]").check()
    for box in page.locator("[name=location_ids]").all():
        box.uncheck()
    page.get_by_role("button", name="Create").click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    return page


@look
def promotion_new_where_there_is_no_card_type(stage: Stage) -> Page:
    stage.sandbox.state.chains[CHAIN].card_types.clear()
    return page_of(stage, "new/discount_static")


@look
def promotion_new_without_what_altegio_did_not_give(stage: Stage) -> Page:
    for path in ("service_categories", "card_types", "templates"):
        stage.sandbox.fault(kind="html", status=502, times=None, match={"path": path})
    return page_of(stage, "new/package_discount")


@look
def promotion_edit(stage: Stage) -> Page:
    return page_of(stage, f"{SIX_TIERS}/edit")


@look
def promotion_edit_in_money(stage: Stage) -> Page:
    return page_of(stage, f"{TIERS_IN_MONEY}/edit")


@look
def promotion_edit_package(stage: Stage) -> Page:
    return page_of(stage, f"{PACKAGE}/edit")


@look
def promotion_edit_own_text(stage: Stage) -> Page:
    page = page_of(stage, f"{OWN_TEXT}/edit")
    page.locator("[name=on_changed-body]").scroll_into_view_if_needed()
    return page


@look
def promotion_edit_refused(stage: Stage) -> Page:
    stage.windows.expected.append("422 POST")
    page = page_of(stage, f"{STATIC}/edit")
    page.locator("[name=title]").fill("Refused")
    errors = {"title": ["This title is taken."], "rules": ["These do not fit."]}
    body = {"success": False, "data": None, "meta": {"message": "Wrong.", "errors": errors}}
    stage.sandbox.fault(kind="status", status=422, body=body, match={"method": "PUT"})
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("#promotion-form").get_by_text("These do not fit.")).to_be_visible()
    return page


@look
def promotion_edit_conflict(stage: Stage) -> Page:
    stage.windows.expected.append("409 POST")
    page = page_of(stage, f"{SIX_TIERS}/edit")
    rules = [{"parameter": 0, "value": 1}, {"parameter": 100, "value": 2}]
    stage.sandbox.alter_promotion(CHAIN, SIX_TIERS, title="Theirs", rules=rules)
    page.locator("[name=title]").fill("Mine")
    page.locator("[name=rules-value-0]").fill("3")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("#promotion-form").get_by_role("alert")).to_be_visible()
    return page


@look
def promotion_duplicate(stage: Stage) -> Page:
    return page_of(stage, f"{VISITS}/clone")


# A promotion's own page


@look
def promotion_details(stage: Stage) -> Page:
    return page_of(stage, SIX_TIERS)


@look
def promotion_details_of_a_package(stage: Stage) -> Page:
    return page_of(stage, PACKAGE)


@look
def promotion_details_of_products(stage: Stage) -> Page:
    return page_of(stage, PRODUCTS)


@look
def promotion_details_of_every_fifth_visit(stage: Stage) -> Page:
    return page_of(stage, FIFTH)


@look
def promotion_details_long_title(stage: Stage) -> Page:
    return page_of(stage, LONG)


@look
def promotion_details_hostile(stage: Stage) -> Page:
    return page_of(stage, HOSTILE_ONE)


@look
def promotion_details_marked(stage: Stage) -> Page:
    """The list was read: so it is known what is odd about it."""
    page = opened(stage)
    page.goto(f"{LIST}{FALLING}/")
    return page


@look
def promotion_details_for_a_viewer(stage: Stage) -> Page:
    return stage.open(f"{LIST}{CHOSEN}/", stage.viewer)


# Deleted ones


@look
def promotions_deleted(stage: Stage) -> Page:
    for promotion_id in (SIX_TIERS, LONG, HOSTILE_ONE):
        stage.post(f"{LIST}{promotion_id}/delete/")
    return page_of(stage, "trash")


@look
def promotions_none_deleted(stage: Stage) -> Page:
    return page_of(stage, "trash")


@look
def promotion_create_again(stage: Stage) -> Page:
    stage.post(f"{LIST}{SIX_TIERS}/delete/")
    return page_of(stage, f"trash/{Entry.objects.get(object_id=SIX_TIERS).pk}/again")


@look
def promotion_entry(stage: Stage) -> Page:
    stage.post(f"{LIST}{SIX_TIERS}/delete/")
    return stage.open(f"/activity/{Entry.objects.latest('pk').pk}/", stage.manager)


# Notification templates


@look
def notification_templates(stage: Stage) -> Page:
    page = stage.open(TEXTS, stage.manager)
    expect(page.locator(".message").first).to_be_visible()
    expect(page.locator("#texts [role=status]")).to_have_count(0)
    return page


@look
def notification_templates_none(stage: Stage) -> Page:
    stage.sandbox.put_templates(CHAIN, [])
    page = stage.open(TEXTS, stage.manager)
    expect(page.locator("#texts .empty h2")).to_be_visible()
    return page


@look
def notification_templates_not_read(stage: Stage) -> Page:
    stage.windows.expected.append("502 GET")
    stage.sandbox.fault(kind="html", status=502, times=None, match={"path": "templates"})
    page = stage.open(TEXTS, stage.manager)
    expect(page.locator("#main [role=alert]")).to_be_visible()
    return page
