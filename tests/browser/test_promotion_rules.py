"""The form of promotions: what it gives, tier by tier, with scripts and without."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.browser.windows import Windows
from tests.promotions.common import (
    CHAIN,
    LIST,
    PACKAGE,
    SIX_TIERS,
    STATIC,
    VISITS,
    listed,
    named,
    writes,
)

VISITS_TYPE = "discount_accumulative_visits"
CASHBACK_TYPE = "cashback_accumulative_paid"
# What htmx and the browser write about a connection that was cut.
LOST = ["htmx:sendError", "htmx:afterRequest", "net::ERR_"]
SETTLED = 400  # milliseconds in which a row that was left has moved

Tiers = list[tuple[str, str]]


@pytest.fixture
def plain(windows: Windows, manager: User, connection: Connection) -> Page:
    """Without scripts."""
    return windows.open(manager, java_script_enabled=False)


def new(page: Page, kind: str = VISITS_TYPE) -> Page:
    page.goto(f"{LIST}new/{kind}/")
    return page


def rows(page: Page) -> Locator:
    return page.locator("#rules-rows > [data-row]:visible")


def cells(row: Locator) -> Locator:
    return row.locator("input:not([type=hidden]), select")


def fill(row: Locator, *typed: str) -> None:
    for place, text in enumerate(typed):
        cells(row).nth(place).fill(text)


def add(page: Page, *typed: str) -> None:
    page.locator("[data-add-row]").click()
    page.wait_for_timeout(SETTLED)  # the row that was left has moved
    fill(page.locator("#rules-rows [data-row]:has(:focus)"), *typed)


def tiers(page: Page) -> Tiers:
    """What stands in the rows, in their order."""
    return [
        (cells(row).first.input_value(), cells(row).last.input_value()) for row in rows(page).all()
    ]


def save(page: Page) -> None:
    page.locator("#promotion-form .form-actions").get_by_role("button").click()


def summary(page: Page) -> Locator:
    return page.locator("#promotion-form > aside")


def given(raw: dict[str, Any]) -> list[tuple[float, float]]:
    """The tiers as the stand-in has them."""
    return [(rule["parameter"], rule["value"]) for rule in raw["rules"]]


def methods(sandbox: Sandbox) -> list[str]:
    return [str(call["method"]) for call in writes(sandbox)]


def tab_to(page: Page, target: Locator, *, most: int = 40) -> None:
    for _ in range(most):
        if target.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("the Tab key does not come there")


# Rows


def test_a_tier_takes_its_place_when_it_is_left(page: Page) -> None:
    new(page)
    fill(rows(page).first, "10", "7.5")
    add(page, "3", "5")
    first_typed = page.locator("#rules-rows [data-row]:has(:focus)")
    assert tiers(page) == [("10", "7.5"), ("3", "5")]
    page.keyboard.press("Tab")  # to the button that removes the row
    page.wait_for_timeout(SETTLED)
    expect(first_typed).to_have_count(1)
    assert tiers(page) == [("10", "7.5"), ("3", "5")]
    page.keyboard.press("Tab")
    expect(cells(rows(page).first).first).to_have_value("3")
    assert tiers(page) == [("3", "5"), ("10", "7.5")]
    expect(page.locator("[data-add-row]")).to_be_focused()


@pytest.mark.parametrize("grouped", ["30 000", pytest.param("30,000", marks=pytest.mark.long)])
@pytest.mark.long
def test_a_grouped_threshold_takes_its_place(page: Page, sandbox: Sandbox, grouped: str) -> None:
    new(page, "discount_accumulative_sold")
    fill(rows(page).first, grouped, "7.5")
    add(page, "900", "5")
    page.locator("[name=title]").fill("Grouped")
    page.wait_for_timeout(SETTLED)
    assert tiers(page) == [("900", "5"), (grouped, "7.5")]
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Grouped")
    assert given(named(sandbox, "Grouped")) == [(900, 5), (30000, 7.5)]


@pytest.mark.long
def test_the_labels_of_the_first_tier_are_enough_for_the_eye_and_each_has_its_own(
    page: Page,
) -> None:
    page.goto(f"{LIST}{SIX_TIERS}/edit/")
    labels = rows(page).get_by_text("Discount", exact=True)
    expect(labels).to_have_count(6)
    seen = [label.evaluate("e => e.getBoundingClientRect().width > 1") for label in labels.all()]
    assert seen == [True] + [False] * 5
    expect(rows(page).get_by_label("Discount", exact=True)).to_have_count(6)


@pytest.mark.long
def test_the_focus_stays_in_the_row_that_somebody_went_to(page: Page) -> None:
    new(page)
    fill(rows(page).first, "1", "1")
    add(page, "5", "5")
    add(page, "9", "9")
    fill(rows(page).first, "7")
    goal = cells(rows(page).nth(1)).last
    goal.click()
    page.wait_for_timeout(SETTLED)
    page.keyboard.press("End")
    page.keyboard.type(".5")
    assert tiers(page) == [("5", "5.5"), ("7", "1"), ("9", "9")]


@pytest.mark.long
def test_a_row_without_a_threshold_stays_last_and_equal_ones_keep_their_order(page: Page) -> None:
    new(page)
    fill(rows(page).first, "5", "1")
    add(page, "5", "2")
    add(page, "", "3")
    add(page, "2", "4")
    page.locator("[name=title]").focus()
    expect(cells(rows(page).first).first).to_have_value("2")
    assert tiers(page) == [("2", "4"), ("5", "1"), ("5", "2"), ("", "3")]


@pytest.mark.long
def test_a_removed_tier_is_gone_from_the_sentence_and_the_focus_goes_to_the_button(
    page: Page,
) -> None:
    page.goto(f"{LIST}{VISITS}/edit/")
    expect(summary(page)).to_contain_text("5 % from 6")
    rows(page).nth(1).get_by_role("button", name="Remove this row").click()
    expect(page.locator("[data-add-row]")).to_be_focused()
    expect(summary(page)).not_to_contain_text("from 6")
    assert tiers(page) == [("3", "3"), ("10", "7.5")]


def test_tiers_are_made_by_the_keyboard_alone(page: Page, sandbox: Sandbox) -> None:
    new(page)
    keyboard = page.keyboard
    tab_to(page, page.locator("[name=title]"))
    keyboard.type("By keyboard")
    tab_to(page, cells(rows(page).first).first)
    keyboard.type("10")  # over what is selected
    keyboard.press("Tab")
    keyboard.type("9")
    button = page.locator("[data-add-row]")
    for tier in (("3", "4"), ("6", "1")):
        tab_to(page, button)
        keyboard.press("Enter")
        expect(page.locator("#rules-rows [data-row]:has(:focus)")).to_have_count(1)
        for text in tier:
            keyboard.type(text)
            keyboard.press("Tab")
    # The focus is on the button that removes the last one.
    keyboard.press("Enter")
    expect(button).to_be_focused()
    tab_to(page, page.locator("#promotion-form .form-actions").get_by_role("button"))
    keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("By keyboard")
    assert given(named(sandbox, "By keyboard")) == [(3, 4), (10, 9)]


# What is said beside the form


def test_the_sentence_and_the_example_follow_the_typing_and_leave_it_alone(page: Page) -> None:
    new(page, CASHBACK_TYPE)
    value = cells(rows(page).first).last
    value.focus()
    page.keyboard.type("3", delay=100)
    expect(summary(page)).to_contain_text("Cashback 3 % of paid")
    page.keyboard.type(".5", delay=100)
    expect(summary(page)).to_contain_text("Cashback 3.5 % of paid")
    expect(summary(page).locator("table")).to_contain_text("2.80 €")
    expect(value).to_be_focused()
    expect(value).to_have_value("3.5")
    add(page, "30000", "7")
    expect(summary(page)).to_contain_text("Cashback 3.5 % of paid, 7 % from 30,000 € paid")
    page.locator("[name=expiration]").fill("6")
    expect(summary(page)).to_contain_text("expires after 6 months")
    expect(page.locator("[name=expiration]")).to_be_focused()
    page.locator("[name=location_ids]").first.uncheck()
    expect(summary(page)).to_contain_text("Aurora Āgenskalns, Aurora Jūrmala")
    assert tiers(page) == [("0", "3.5"), ("30000", "7")]


@pytest.mark.long
def test_a_tier_that_gives_less_than_the_one_before_is_pointed_out(page: Page) -> None:
    page.goto(f"{LIST}{VISITS}/edit/")
    warning = summary(page).get_by_text("gives less")
    expect(warning).to_have_count(0)
    cells(rows(page).last).last.fill("1")
    expect(warning).to_be_visible()


def test_a_slow_sentence_loses_nothing_that_is_typed_meanwhile(page: Page) -> None:
    new(page)
    held: list[Route] = []
    page.route("**/summary/", lambda route: held.append(route), times=1)
    with page.expect_request("**/summary/"):
        fill(rows(page).first, "2", "5")
    title = page.locator("[name=title]")
    title.fill("Typed while it")
    page.wait_for_timeout(SETTLED)
    held[0].continue_()
    expect(summary(page)).to_contain_text("5 % off from 2 visits")
    expect(title).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" waited")
    expect(title).to_have_value("Typed while it waited")
    cells(rows(page).first).last.fill("6")
    expect(summary(page)).to_contain_text("6 % off from 2 visits")


@pytest.mark.parametrize("failure", ["abort", "error"])
def test_a_sentence_that_does_not_come_loses_nothing(
    failure: str, page: Page, windows: Windows, sandbox: Sandbox
) -> None:
    windows.expected += [*LOST, "500 POST", "Response Status Error Code 500"]

    def fail(route: Route) -> None:
        route.abort() if failure == "abort" else route.fulfill(status=500, body="Sorry")

    new(page)
    page.locator("[name=title]").fill("Kept all the same")
    page.route("**/summary/", fail)
    fill(rows(page).first, "2", "5")
    note = summary(page).get_by_text("could not be worked out just now")
    expect(note).to_be_visible()
    expect(page.locator("#alerts .toast")).to_have_count(0)  # nobody asked for it
    expect(cells(rows(page).first).last).to_be_focused()
    assert tiers(page) == [("2", "5")]
    expect(summary(page).locator("h2")).to_be_visible()
    page.unroute("**/summary/")
    page.locator("[name=title]").press("End")
    page.keyboard.type("!")
    expect(note).to_be_hidden()
    page.keyboard.press("Backspace")
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Kept all the same")
    assert given(named(sandbox, "Kept all the same")) == [(2, 5)]


def test_what_became_of_a_save_is_still_said_when_the_sentence_changes(
    page: Page, windows: Windows, sandbox: Sandbox
) -> None:
    windows.expected += LOST
    new(page)
    page.locator("[name=title]").fill("Sent twice, made once")
    fill(rows(page).first, "2", "5")
    expect(summary(page)).to_contain_text("5 % off from 2 visits")
    page.route(f"**/new/{VISITS_TYPE}/", lambda route: route.abort())
    save(page)
    alert = page.locator("#alerts .toast")
    expect(alert).to_contain_text("It may or may not have been done")
    cells(rows(page).first).last.fill("6")
    expect(summary(page)).to_contain_text("6 % off from 2 visits")
    expect(alert).to_contain_text("It may or may not have been done")
    page.unroute(f"**/new/{VISITS_TYPE}/")
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sent twice, made once")
    assert methods(sandbox) == ["POST"]


@pytest.mark.long
def test_the_bar_of_a_slow_answer_ends_though_the_form_was_drawn_anew_meanwhile(
    page: Page, windows: Windows
) -> None:
    windows.expected.append("422 POST")
    new(page)
    held: list[Route] = []
    page.route("**/summary/", lambda route: held.append(route), times=1)
    with page.expect_request("**/summary/"):
        fill(rows(page).first, "2", "5")
    save(page)
    expect(page.locator("[name=title]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#progress")).to_be_visible()
    held[0].continue_()
    expect(page.locator("#progress")).to_be_hidden()


# What belongs together


@pytest.mark.long
def test_the_unit_beside_a_value_follows_what_is_chosen(page: Page) -> None:
    new(page)
    fill(rows(page).first, "2", "5")
    unit = rows(page).first.locator(".with-unit").last.locator("span:visible")
    expect(unit).to_have_text("%")
    page.locator("input[type=radio][value=amount]").check()
    expect(unit).to_have_text("€")
    expect(summary(page)).to_contain_text("5 € off from 2 visits")
    add(page)
    expect(rows(page).last.locator(".with-unit").last.locator("span:visible")).to_have_text("€")
    page.get_by_label("Percent").check()
    expect(unit).to_have_text("%")


@pytest.mark.long
def test_only_the_chosen_text_of_a_message_is_shown(page: Page) -> None:
    new(page)
    message = page.locator("fieldset.field", has=page.locator("[name=on_changed-size]"))
    shown = message.locator(".preview:visible")
    expect(shown).to_have_count(0)
    message.get_by_label("The chain's long text").check()
    expect(shown).to_have_count(3)
    expect(shown.first).to_contain_text('Your discount has changed. <b>Tom & Anna</b>, "Aurora".')
    message.get_by_label("The chain's short text").check()
    expect(shown).to_have_text([re.compile("Your discount has grown"), re.compile("is smaller")])
    own = message.locator("textarea")
    expect(own).to_be_hidden()
    message.get_by_label("A text of its own").check()
    expect(own).to_be_visible()
    expect(shown).to_have_count(0)


@pytest.mark.long
def test_a_notice_is_asked_for_only_where_something_expires(page: Page, sandbox: Sandbox) -> None:
    page.goto(f"{LIST}{STATIC}/edit/")
    notice, expiry = page.locator("[name=expiration_notice]"), page.locator("[name=expiration]")
    expect(notice).to_be_hidden()
    expiry.fill("2")
    expiry.press("Tab")
    expect(notice).to_be_visible()
    page.locator("[name=expiration_unit]").select_option("week")
    notice.fill("3")
    expect(summary(page)).to_contain_text("a message goes out 3 days before")
    save(page)
    expect(page.locator(".facts").get_by_text("2 weeks")).to_be_visible()
    raw = sandbox.promotion_of(CHAIN, STATIC)
    assert raw["expiration_timeout"] == 2
    assert raw["expiration_notification_timeout"] == 3
    page.goto(f"{LIST}{STATIC}/edit/")
    expiry.fill("0")
    expiry.press("Tab")
    expect(notice).to_be_hidden()


# Saving


def test_a_new_promotion_of_tiers_is_what_was_typed(page: Page, sandbox: Sandbox) -> None:
    new(page)
    page.locator("[name=title]").fill("All of it")
    fill(rows(page).first, "20", "12.5")
    add(page, "5", "3")
    page.locator("[name=services][value=custom_allowed]").check()
    page.locator("[data-filter]").fill("manicure")
    page.locator("#service_ids-picker .picker-row:visible").get_by_label("Manicure").check()
    page.locator("[name=products][value=not_allowed]").check()
    page.locator("[name=location_ids]").nth(1).uncheck()
    page.get_by_label("Zelta karte").check()
    page.locator("[name=expiration]").fill("1")
    page.locator("[name=expiration_unit]").select_option("year")
    page.locator("[name=expiration_notice]").fill("10")
    page.locator("[name=on_changed-size][value=small]").check()
    page.locator("[name=on_expiration-size][value=custom]").check()
    page.locator("[name=on_expiration-body]").fill("Come soon!\nAurora")
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("All of it")
    expect(page.locator(".promise")).to_contain_text(
        "3 % off from 5 visits, 12.5 % from 20 on chosen services"
    )
    raw = named(sandbox, "All of it")
    assert given(raw) == [(5, 3), (20, 12.5)]
    assert raw["service_item_type"] == "custom_allowed"
    assert [item["title"] for item in raw["applicable_items"]] == ["Manicure"]
    assert raw["good_item_type"] == "not_allowed"
    assert [place["id"] for place in raw["companies"]] == [501, 503, 504, 505]
    assert [card["title"] for card in raw["loyalty_card_types"]] == ["Zelta karte"]
    assert (raw["expiration_timeout"], raw["expiration_timeout_unit"]) == (1, "year")
    assert raw["expiration_notification_timeout"] == 10
    assert raw["on_changed_notification_template"]["type"] == "small"
    assert raw["on_expiration_notification_template"]["body"] == "Come soon!\nAurora"


@pytest.mark.long
def test_a_package_takes_services_and_how_many_are_paid_for(page: Page, sandbox: Sandbox) -> None:
    new(page, "package_discount")
    page.locator("[name=title]").fill("Three and a half")
    page.locator("[name=sold_items_multiplicity]").fill("3")
    cells(rows(page).first).first.select_option(label="Pedicure")
    cells(rows(page).first).last.fill("50")
    page.get_by_role("button", name="Add a service").click()
    cells(rows(page).last).first.select_option(label="Sauna")
    cells(rows(page).last).last.fill("30")
    expect(summary(page)).to_contain_text(
        "With 3 paid services: 50 % off Pedicure, 30 % off Sauna."
    )
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Three and a half")
    raw = named(sandbox, "Three and a half")
    assert raw["sold_items_multiplicity"] == 3
    assert [rule["value"] for rule in raw["rules"]] == [50, 30]
    assert raw["rules"][0]["service_id"] == 710202


def test_enter_in_the_title_saves_once(page: Page, sandbox: Sandbox) -> None:
    before = len(listed(sandbox))
    new(page)
    fill(rows(page).first, "2", "5")
    sandbox.fault(kind="latency", seconds=0.4, match={"method": "POST"})
    title = page.locator("[name=title]")
    title.fill("Made once")
    title.press("Enter")
    title.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Made once")
    assert methods(sandbox) == ["POST"]
    assert len(listed(sandbox)) == before + 1


def test_a_double_click_on_create_makes_one(page: Page, sandbox: Sandbox) -> None:
    new(page)
    page.locator("[name=title]").fill("Made once")
    fill(rows(page).first, "2", "5")
    sandbox.fault(kind="latency", seconds=0.4, match={"method": "POST"})
    page.locator("#promotion-form .form-actions").get_by_role("button").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Made once")
    assert methods(sandbox) == ["POST"]
    assert given(named(sandbox, "Made once")) == [(2, 5)]


def test_a_form_that_altegio_refuses_keeps_every_row(
    page: Page, windows: Windows, sandbox: Sandbox
) -> None:
    windows.expected.append("422 POST")
    new(page)
    page.locator("[name=title]").fill("Refused at first")
    fill(rows(page).first, "1", "1")
    for tier in (("9", "9"), ("5", "5"), ("3", "3"), ("7", "7")):
        add(page, *tier)
    errors = {"rules": ["These do not fit."]}
    body = {"success": False, "data": None, "meta": {"message": "Wrong.", "errors": errors}}
    sandbox.fault(kind="status", status=422, body=body, match={"method": "POST"})
    save(page)
    expect(page.locator("#promotion-form").get_by_text("These do not fit.")).to_be_visible()
    expect(cells(rows(page).first).last).to_be_focused()
    wanted = [("1", "1"), ("3", "3"), ("5", "5"), ("7", "7"), ("9", "9")]
    assert sorted(tiers(page)) == wanted
    add(page, "8", "8")
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Refused at first")
    made = named(sandbox, "Refused at first")
    assert given(made) == [(1, 1), (3, 3), (5, 5), (7, 7), (8, 8), (9, 9)]


@pytest.mark.long
def test_a_mistake_in_a_tier_keeps_every_row_and_sends_nothing(
    page: Page, windows: Windows, sandbox: Sandbox
) -> None:
    windows.expected.append("422 POST")
    page.goto(f"{LIST}{VISITS}/edit/")
    fill(rows(page).nth(1), "3", "120")
    save(page)
    form = page.locator("#promotion-form")
    expect(form.get_by_text("No more than 100 percent")).to_be_visible()
    expect(form.get_by_text("Each threshold can stand here only once.")).to_be_visible()
    assert tiers(page) == [("3", "3"), ("3", "120"), ("10", "7.5")]
    assert not writes(sandbox)


# Without scripts


def test_without_scripts_more_rows_come_at_a_button_and_what_is_typed_stays(
    plain: Page, sandbox: Sandbox
) -> None:
    page = new(plain)
    expect(rows(page)).to_have_count(4)
    for dead in ("[data-add-row]", "[data-remove-row]"):
        expect(page.locator(f"{dead}:visible")).to_have_count(0)
    page.locator("[name=title]").fill("Six tiers")
    page.locator("input[type=radio][value=amount]").check()
    page.locator("[name=location_ids]").nth(2).uncheck()
    page.locator("[name=on_changed-body]").fill("Not yet chosen, kept all the same")
    for place, row in enumerate(rows(page).all(), 1):
        fill(row, str(place * 10), str(place))
    page.get_by_role("button", name="More rows").click()
    expect(rows(page)).to_have_count(7)
    assert tiers(page)[:5] == [("10", "1"), ("20", "2"), ("30", "3"), ("40", "4"), ("", "")]
    expect(page.locator("[name=title]")).to_have_value("Six tiers")
    expect(page.locator("input[type=radio][value=amount]")).to_be_checked()
    expect(page.locator("[name=location_ids]").nth(2)).not_to_be_checked()
    expect(page.locator("[aria-invalid=true]")).to_have_count(0)
    assert not writes(sandbox)

    fill(rows(page).nth(5), "5", "0.5")  # with a gap above it, and out of order
    fill(rows(page).nth(6), "60", "6")
    page.get_by_role("button", name="Work it out").click()
    expect(summary(page)).to_contain_text("0.50 € off from 5 visits, 1 € from 10")
    expect(summary(page).locator("tbody tr")).to_have_count(7)
    assert not writes(sandbox)
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Six tiers")
    raw = named(sandbox, "Six tiers")
    assert given(raw) == [(5, 0.5), (10, 1), (20, 2), (30, 3), (40, 4), (60, 6)]
    assert raw["value_unit"] == "amount"
    assert [place["id"] for place in raw["companies"]] == [501, 502, 504, 505]


@pytest.mark.long
def test_without_scripts_enter_in_the_title_saves(plain: Page, sandbox: Sandbox) -> None:
    page = new(plain)
    fill(rows(page).first, "2", "5")
    page.locator("[name=title]").fill("Saved by Enter")
    page.locator("[name=title]").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Saved by Enter")
    assert methods(sandbox) == ["POST"]


@pytest.mark.long
def test_without_scripts_a_tier_is_changed_and_another_emptied(
    plain: Page, sandbox: Sandbox
) -> None:
    page = plain
    page.goto(f"{LIST}{SIX_TIERS}/edit/")
    expect(rows(page)).to_have_count(9)
    fill(rows(page).first, "250", "2.5")
    fill(rows(page).nth(3), "", "")
    page.get_by_role("button", name="More rows").click()
    assert tiers(page)[0] == ("250", "2.5")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Золотая скидка")
    raw = sandbox.promotion_of(CHAIN, SIX_TIERS)
    assert given(raw) == [(250, 2.5), (500, 4), (1000, 6), (4000, 10), (8000, 15)]
    assert methods(sandbox) == ["PUT"]


@pytest.mark.long
def test_without_scripts_a_package_is_changed(plain: Page, sandbox: Sandbox) -> None:
    page = plain
    page.goto(f"{LIST}{PACKAGE}/edit/")
    expect(rows(page)).to_have_count(5)
    cells(rows(page).nth(2)).first.select_option(label="Sauna")
    cells(rows(page).nth(2)).last.fill("15")
    page.get_by_role("button", name="Work it out").click()
    expect(summary(page)).to_contain_text("15 % off Sauna")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".promise")).to_contain_text("15 % off Sauna")
    rules = sandbox.promotion_of(CHAIN, PACKAGE)["rules"]
    assert [rule["value"] for rule in rules] == [50, 30, 15]
