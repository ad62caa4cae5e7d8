"""Every page, and every state that looks different: axe finds nothing, and it fits a phone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import get_resolver
from playwright.sync_api import Page, ViewportSize, expect

from loyalty_admin.accounts.models import User
from loyalty_admin.audit.models import Entry
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.browser import (  # noqa: F401 - add to LOOKS
    gift_card_looks,
    membership_looks,
    people_looks,
    promotion_looks,
    transaction_looks,
)
from tests.browser.stage import LOOKS, PLAIN, Stage, look
from tests.browser.windows import CHAIN, LIST, Windows
from tests.conftest import PASSWORD

SOLD = 11001
WITH_TIMES = 11006
ARCHIVED = 11010
# Each page as it usually looks, and each kind of part that a page may get: an error beside a
# field, a conflict, a dialog, a menu, a message, an empty list. `make test-long` looks at the rest.
_ONCE = (
    "login code join account password staff invite person reset_link forgot reset "
    "two_step_start two_step_set_up two_step_off recovery_codes "
    "connections connect connection_sign_in connection_people connection_remove chains "
    "home home_panel_of_its_own activity entry_unknown "
    "types types_row_menu new edit_with_errors details_sold delete trash create_again "
    "row_conflict row_saved delete_dialog types_none_found types_stale "
    "gift_cards gift_card_menu gift_card_new gift_card_edit_services gift_card_duplicate "
    "gift_card_details gift_card_archive gift_card_unarchive gift_card_delete gift_cards_deleted "
    "gift_card_create_again gift_card_row_editing "
    "promotions promotion_menu promotion_types promotion_new_filled_in promotion_edit "
    "promotion_duplicate promotion_details promotion_delete promotions_deleted "
    "promotion_create_again notification_templates "
    "memberships_found several_asked several_looked_at membership membership_freeze "
    "membership_unfreeze membership_balance membership_validity "
    "transactions totals_of_a_week jobs job_in_every_state not_found"
)
ONCE = frozenset(_ONCE.split())
PHONES: list[ViewportSize] = [{"width": 390, "height": 844}, {"width": 360, "height": 740}]


@pytest.fixture
def stage(
    windows: Windows, sandbox: Sandbox, manager: User, viewer: User, connection: Connection
) -> Stage:
    return Stage(
        windows=windows, sandbox=sandbox, manager=manager, viewer=viewer, connection=connection
    )


# Signing in, the person, the staff


@look
def login(stage: Stage) -> Page:
    return stage.open("/login/")


@look
def login_refused(stage: Stage) -> Page:
    page = stage.open("/login/")
    page.locator("[name=username]").fill("nobody@example.com")
    page.locator("[name=password]").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    return page


@look
def join(stage: Stage) -> Page:
    return stage.open(f"/join/{stage.invitation()}/")


@look
def join_with_errors(stage: Stage) -> Page:
    stage.windows.expected.append("422 POST")
    page = join(stage)
    page.locator("[name=name]").fill("New Person")
    page.locator("[name=password]").fill("short")
    page.locator("[name=password_again]").fill("other")
    page.get_by_role("button").last.click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    return page


@look
def join_signed_in(stage: Stage) -> Page:
    stage.windows.expected.append("409 GET")
    return stage.open(f"/join/{stage.invitation()}/", stage.manager)


@look
def join_ended(stage: Stage) -> Page:
    stage.windows.expected.append("404 GET")
    return stage.open("/join/unknown/")


@look
def account(stage: Stage) -> Page:
    Client().login(username=stage.manager.email, password=PASSWORD)
    return stage.open("/account/", stage.manager)


@look
def password(stage: Stage) -> Page:
    return stage.open("/account/password/", stage.manager)


@look
def password_refused(stage: Stage) -> Page:
    stage.windows.expected.append("422 POST")
    page = password(stage)
    for field in page.locator("[type=password]").all():
        field.fill("short")
    page.get_by_role("button", name="Change password").click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    return page


@look
def staff(stage: Stage) -> Page:
    stage.invitation()
    return stage.open("/staff/", stage.manager)


@look
def staff_menu(stage: Stage) -> Page:
    page = staff(stage)
    page.locator(f"#person-{stage.viewer.pk} summary").click()
    return page


@look
def invite(stage: Stage) -> Page:
    return stage.open("/staff/invite/", stage.manager)


@look
def invited(stage: Stage) -> Page:
    page = invite(stage)
    page.locator("[name=email]").fill("somebody.with.a.long.name@a-long-domain.example.com")
    page.locator("[name=role]").first.check()
    page.get_by_role("button", name="Make the link").click()
    expect(page.locator(".copyable")).to_be_visible()
    return page


# Connections and chains


@look
def connections(stage: Stage) -> Page:
    return stage.open("/connections/", stage.manager)


@look
def connections_none(stage: Stage) -> Page:
    stage.connection.delete()
    return stage.open("/connections/", stage.manager)


@look
def connect(stage: Stage) -> Page:
    return stage.open("/connections/new/", stage.manager)


@look
def connect_refused(stage: Stage) -> Page:
    stage.windows.expected += ["422 POST", "502 POST"]
    page = connect(stage)
    page.locator("[name=login]").fill("director@sandbox.example")
    page.locator("[name=password]").fill("not the password")
    page.get_by_role("button", name="Connect").click()
    expect(page.locator("[aria-invalid=true], [role=alert]").first).to_be_visible()
    return page


@look
def connection_sign_in(stage: Stage) -> Page:
    return stage.open(f"/connections/{stage.connection.pk}/sign-in/", stage.manager)


@look
def connection_remove(stage: Stage) -> Page:
    return stage.open(f"/connections/{stage.connection.pk}/remove/", stage.manager)


@look
def sign_in_again_banner(stage: Stage) -> Page:
    Connection.objects.update(needs_sign_in=True)
    return stage.open("/connections/", stage.manager)


@look
def chains(stage: Stage) -> Page:
    return stage.open("/chains/", stage.manager)


@look
def chains_none(stage: Stage) -> Page:
    stage.connection.delete()
    return stage.open("/chains/", stage.viewer)


# Membership types


@look
def types(stage: Stage) -> Page:
    return stage.opened_list()


@look
def types_of_the_other_chain(stage: Stage) -> Page:
    page = stage.open("/chains/2202/membership-types/", stage.manager)
    expect(page.locator("#results table")).to_be_visible()
    return page


@look
def types_for_a_viewer(stage: Stage) -> Page:
    page = stage.open(LIST, stage.viewer)
    expect(page.locator("#results table")).to_be_visible()
    return page


@look
def types_of_two_pages(stage: Stage) -> Page:
    stage.sandbox.reset(types=120)
    stage.post("/chains/")
    page = stage.open(LIST, stage.manager)
    page.locator("#results .pager").scroll_into_view_if_needed()
    return page


@look
def types_row_menu(stage: Stage) -> Page:
    page = stage.opened_list()
    page.locator(f"#menu-row-{PLAIN}").click()
    return page


@look
def types_locations_of_a_row(stage: Stage) -> Page:
    page = stage.opened_list("?sort=-locations")
    page.locator("#results tbody tr").first.locator("td summary").first.click()
    return page


@look
def types_person_menu(stage: Stage) -> Page:
    page = stage.opened_list()
    page.locator("details.person summary").click()
    return page


@look
def types_archived(stage: Stage) -> Page:
    return stage.opened_list("?tab=archived")


@look
def types_none_found(stage: Stage) -> Page:
    return stage.opened_list("?q=nothing+like+this&sold=yes")


@look
def types_none(stage: Stage) -> Page:
    stage.sandbox.reset(types=0)
    return stage.opened_list()


@look
def types_being_read(stage: Stage) -> Page:
    stage.sandbox.fault(kind="latency", seconds=8, times=None, match={"path": "abonement_types"})
    page = stage.open(LIST, stage.manager)
    expect(page.locator(".skeleton")).to_be_visible()
    return page


@look
def types_unreadable(stage: Stage) -> Page:
    stage.windows.expected.append("502 GET")
    stage.sandbox.fault(kind="html", status=502, times=None, match={"path": "abonement_types"})
    page = stage.open(LIST, stage.manager)
    expect(page.locator("#main [role=alert]")).to_be_visible()
    return page


@look
def types_stale(stage: Stage) -> Page:
    page = stage.opened_list()
    stage.sandbox.fault(kind="status", status=503, times=None, match={"path": "abonement_types"})
    page.get_by_role("button", name="Refresh").click()
    expect(page.locator("#results [role=alert]")).to_be_visible()
    return page


@look
def row_editing(stage: Stage) -> Page:
    return stage.editing_row()


@look
def row_editing_with_errors(stage: Stage) -> Page:
    stage.windows.expected.append("422 POST")
    page = stage.editing_row()
    row = page.locator(f"#type-row-{PLAIN}")
    row.locator("[name=title]").fill("")
    row.locator("[name=online_sale]").check()
    row.locator("[name=online_price]").fill("")
    row.get_by_role("button", name="Save").click()
    expect(row.locator("[aria-invalid=true]").first).to_be_visible()
    return page


@look
def row_editing_locations(stage: Stage) -> Page:
    page = stage.editing_row()
    page.locator(f"#type-row-{PLAIN} summary").click()
    return page


@look
def row_conflict(stage: Stage) -> Page:
    stage.windows.expected.append("409 POST")
    page = stage.editing_row()
    stage.sandbox.alter_type(CHAIN, PLAIN, title="Changed by somebody else meanwhile", cost=1)
    row = page.locator(f"#type-row-{PLAIN}")
    row.locator("[name=title]").fill("Mine")
    row.locator("[name=price]").fill("5")
    row.get_by_role("button", name="Save").click()
    expect(row.get_by_role("alert")).to_be_visible()
    return page


@look
def row_saved(stage: Stage) -> Page:
    page = stage.editing_row()
    page.locator(f"#type-row-{PLAIN} [name=title]").fill("Saved just now")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts .toast")).to_be_visible()
    return page


@look
def row_refused(stage: Stage) -> Page:
    stage.windows.expected.append("422 POST")
    page = delete_dialog(stage)
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#alerts [data-problem]")).to_be_visible()
    return page


@look
def row_archived(stage: Stage) -> Page:
    page = types_row_menu(stage)
    page.locator(f"#type-row-{PLAIN}").get_by_role("button", name="Archive").click()
    expect(page.locator("#toasts .toast")).to_be_visible()
    return page


@look
def details_sold(stage: Stage) -> Page:
    stage.post(f"{LIST}{SOLD}/archive/")
    stage.post(f"{LIST}{SOLD}/unarchive/")
    return stage.open(f"{LIST}{SOLD}/", stage.manager)


@look
def details_with_times(stage: Stage) -> Page:
    return stage.open(f"{LIST}{WITH_TIMES}/", stage.manager)


@look
def details_long_title(stage: Stage) -> Page:
    return stage.open(f"{LIST}11008/", stage.manager)


@look
def details_archived(stage: Stage) -> Page:
    return stage.open(f"{LIST}{ARCHIVED}/", stage.manager)


@look
def details_for_a_viewer(stage: Stage) -> Page:
    return stage.open(f"{LIST}{PLAIN}/", stage.viewer)


@look
def details_deleted(stage: Stage) -> Page:
    stage.delete(PLAIN)
    return stage.open(f"{LIST}{PLAIN}/", stage.manager)


@look
def new(stage: Stage) -> Page:
    return stage.open(f"{LIST}new/", stage.manager)


@look
def new_with_errors(stage: Stage) -> Page:
    stage.windows.expected.append("422 POST")
    page = new(stage)
    page.get_by_role("button", name="Create").click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    return page


@look
def edit(stage: Stage) -> Page:
    return stage.open(f"{LIST}{PLAIN}/edit/", stage.manager)


@look
def edit_everything_open(stage: Stage) -> Page:
    page = stage.open(f"{LIST}{WITH_TIMES}/edit/", stage.manager)
    page.locator("[name=freezing]").check()
    page.locator("[name=online_sale]").check()
    page.locator("[data-add-row]").click()
    page.evaluate("for (const e of document.querySelectorAll('.picker details')) e.open = true")
    return page


@look
def edit_sold(stage: Stage) -> Page:
    page = stage.opened_list()
    page.goto(f"{LIST}{SOLD}/edit/")
    return page


@look
def edit_with_errors(stage: Stage) -> Page:
    stage.windows.expected.append("422 POST")
    page = edit_everything_open(stage)
    for name in ("title", "price", "validity", "freeze_limit", "online_price"):
        page.locator(f"[name={name}]").fill("")
    for box in page.locator("[name=location_ids]").all():
        box.uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    return page


@look
def edit_conflict(stage: Stage) -> Page:
    stage.windows.expected.append("409 POST")
    page = edit(stage)
    stage.sandbox.alter_type(CHAIN, PLAIN, title="Changed by somebody else meanwhile")
    page.locator("[name=title]").fill("Mine")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#type-form").get_by_role("alert")).to_be_visible()
    return page


@look
def delete_dialog(stage: Stage) -> Page:
    page = stage.opened_list()
    page.locator(f"#menu-row-{SOLD}").click()
    page.locator(f"#delete-row-{SOLD}").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    return page


@look
def delete(stage: Stage) -> Page:
    return stage.open(f"{LIST}{PLAIN}/delete/", stage.manager)


@look
def not_done(stage: Stage) -> Page:
    stage.windows.expected.append("422 POST")
    page = stage.open(f"{LIST}{SOLD}/delete/", stage.manager)
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("alert")).to_be_visible()
    return page


@look
def trash(stage: Stage) -> Page:
    stage.delete(PLAIN)
    stage.delete(11008)
    return stage.open(f"{LIST}trash/", stage.manager)


@look
def trash_not_restored(stage: Stage) -> Page:
    stage.windows.expected += ["403 POST", "422 POST"]
    page = trash(stage)
    stage.sandbox.fault(kind="status", status=403, match={"method": "POST", "path": "restore"})
    page.get_by_role("button", name="Restore").first.click()
    expect(page.locator("tbody [role=alert]")).to_be_visible()
    return page


@look
def trash_empty(stage: Stage) -> Page:
    return stage.open(f"{LIST}trash/", stage.manager)


@look
def create_again(stage: Stage) -> Page:
    stage.delete(PLAIN)
    deletion = Entry.objects.get(object_id=PLAIN)
    return stage.open(f"{LIST}trash/{deletion.pk}/again/", stage.manager)


# The journal


@look
def activity(stage: Stage) -> Page:
    stage.unknown_entry()
    stage.delete(SOLD)
    stage.post(f"{LIST}{SOLD}/clone/")
    stage.delete(11008)
    return stage.open("/activity/", stage.manager)


@look
def activity_none(stage: Stage) -> Page:
    return stage.open("/activity/", stage.manager)


@look
def activity_none_found(stage: Stage) -> Page:
    return stage.open("/activity/?q=nothing", stage.manager)


@look
def entry_unknown(stage: Stage) -> Page:
    return stage.open(f"/activity/{stage.unknown_entry().pk}/", stage.manager)


@look
def entry_done(stage: Stage) -> Page:
    page = stage.editing_row()
    page.locator(f"#type-row-{PLAIN} [name=title]").fill("Renamed")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts .toast")).to_be_visible()
    page.goto(f"/activity/{Entry.objects.latest('pk').pk}/")
    return page


# What went wrong


@look
def not_found(stage: Stage) -> Page:
    stage.windows.expected.append("404 GET")
    return stage.open("/nothing/here/", stage.manager)


@look
def not_found_signed_out(stage: Stage) -> Page:
    stage.windows.expected.append("404 GET")
    return stage.open("/nothing/here/")


@look
def forbidden(stage: Stage) -> Page:
    stage.windows.expected.append("403 GET")
    return stage.open("/staff/", stage.viewer)


@look
def bad_request(stage: Stage) -> Page:
    """A form without its id, as no page of ours has it."""
    stage.windows.expected.append("400 POST")
    page = stage.open(f"{LIST}{PLAIN}/delete/", stage.manager)
    page.evaluate("document.querySelector('[name=form_id]').value = ''")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


@look
def stale_form(stage: Stage) -> Page:
    stage.windows.expected.append("403 POST")
    page = stage.open("/login/")
    page.context.clear_cookies()
    page.locator("[name=username]").fill("nobody@example.com")
    page.locator("[name=password]").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    return page


@look
def altegio_down(stage: Stage) -> Page:
    stage.windows.expected.append("502 GET")
    stage.sandbox.fault(kind="html", status=502, times=None, match={"path": f"/{PLAIN}"})
    return stage.open(f"{LIST}{PLAIN}/", stage.manager)


def findings(page: Page) -> list[str]:
    """What axe finds, one line for each rule with the elements that break it."""
    # What passes is of no interest, and to describe it takes as long as to look.
    results = Axe().run(page, options={"resultTypes": ["violations"]}).response
    return [
        f"{rule['id']}: {rule['help']}: "
        + " | ".join(str(node["html"])[:160] for node in rule["nodes"])
        for rule in results["violations"]
    ]


def settled(page: Page) -> None:
    """Colours are compared when nothing fades any more."""
    page.evaluate(
        "Promise.allSettled(document.getAnimations()"
        ".filter((a) => a.effect.getComputedTiming().endTime !== Infinity)"
        ".map((a) => a.finished))"
    )


@pytest.mark.parametrize(
    "name", [name if name in ONCE else pytest.param(name, marks=pytest.mark.long) for name in LOOKS]
)
def test_page(name: str, stage: Stage) -> None:
    """Light on a desk, dark on a phone: the two do not change each other."""
    page = LOOKS[name](stage)
    settled(page)
    wrong = [f"light: {one}" for one in findings(page)]
    page.emulate_media(color_scheme="dark")
    for size in PHONES:
        page.set_viewport_size(size)
        settled(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > size["width"]:
            wrong.append(f"phone: scrolls sideways at {size['width']}")
    wrong += [f"dark on a phone: {one}" for one in findings(page)]
    assert wrong == []


def test_every_page_is_looked_at() -> None:
    """A new page belongs in this file, and a name of ONCE names a look."""
    assert ONCE - LOOKS.keys() == set()
    shown = {
        "accounts": "login code join account password staff invite person reset_link forgot reset "
        "two_step_start two_step_set_up two_step_off recovery_codes",
        "connections": "index new sign_in people remove",
        "chains": "index",
        "home": "index panel",
        "audit": "index detail",
        "membership_types": "index menu new edit detail delete trash create_again edit_row",
        "gift_card_types": "index menu new edit clone detail archive unarchive delete trash "
        "create_again edit_row",
        "promotions": "index menu choose_kind new edit clone detail delete trash create_again",
        "notification_templates": "index",
        "memberships": "index several detail freeze unfreeze balance validity",
        "transactions": "index totals",
        "jobs": "index detail",
    }
    # Parts and redirects have no look of their own; the others are answers to a POST.
    without = {
        "accounts": "logout end_other_sessions end_session withdraw_invitation end_session_of "
        "end_sessions_of two_step_off_for",
        "connections": "",
        "chains": "enter choose_connection",
        "home": "",
        "audit": "check close decide export",
        "membership_types": "loaded refresh export row clone archive unarchive restore",
        "gift_card_types": "loaded refresh export row restore",
        "promotions": "loaded refresh export summary",
        "notification_templates": "loaded refresh",
        "memberships": "export download",
        "transactions": "add_up export download",
        "jobs": "cancel go_on retry",
    }
    known = {
        (app, name)
        for table in (shown, without)
        for app, names in table.items()
        for name in names.split()
    }
    there = {
        (app, name)
        for app, (_prefix, resolver) in get_resolver().namespace_dict.items()
        for name in resolver.reverse_dict
        if isinstance(name, str)
    }
    assert there == known
