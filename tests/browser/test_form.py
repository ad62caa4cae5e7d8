"""The full form with scripts: groups that come and go, services, times, conflicts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from loyalty_admin.sandbox.server import Sandbox
from tests.browser.windows import CHAIN, LIST, Windows

TYPE = 11002
WITH_TIMES = 11006
HOUR = 3600


def save(page: Page) -> None:
    page.locator("#type-form .form-actions").get_by_role("button").first.click()


def test_groups_come_and_go_with_what_is_chosen(page: Page) -> None:
    page.goto(f"{LIST}{TYPE}/edit/")
    for switch, part in (("online_sale", "online_price"), ("freezing", "freeze_limit")):
        expect(page.locator(f"[name={part}]")).to_be_hidden()
        page.locator(f"[name={switch}]").check()
        expect(page.locator(f"[name={part}]")).to_be_visible()
        page.locator(f"[name={switch}]").uncheck()
        expect(page.locator(f"[name={part}]")).to_be_hidden()
    expect(page.locator("[name=pool_visits]")).to_be_hidden()
    page.locator("[name=is_pooled][value=True]").check()
    expect(page.locator("[name=pool_visits]")).to_be_visible()
    visits = page.locator("#services-picker details[open] input[type=number]").first
    expect(visits).to_be_hidden()


@pytest.mark.long
def test_a_service_is_found_among_all_and_covered(page: Page, sandbox: Sandbox) -> None:
    page.goto(f"{LIST}{TYPE}/edit/")
    page.locator("[data-filter]").fill("thai")
    rows = page.locator("#services-picker .picker-row:visible")
    expect(rows).to_have_count(1)
    rows.get_by_role("checkbox").first.check()
    rows.locator("input[type=number]").fill("4")
    page.locator("[data-filter]").fill("")
    save(page)
    expect(page.locator("#type-detail")).to_contain_text("Thai massage")
    links = sandbox.type_of(CHAIN, TYPE)["balance_container"]["links"]
    assert sorted(link["count"] for link in links) == [3, 3, 4]


@pytest.mark.long
def test_times_are_added_and_removed(page: Page, sandbox: Sandbox) -> None:
    page.goto(f"{LIST}{WITH_TIMES}/edit/")
    rows = page.locator("#usable_times-rows > [data-row]")
    before = rows.count()
    rows.first.locator("[data-remove-row]").click()
    expect(rows).to_have_count(before - 1)
    page.locator("[data-add-row]").click()
    expect(rows).to_have_count(before)
    added = rows.last
    added.locator("label", has_text="Sun").click()
    added.locator("input[type=time]").nth(0).fill("08:00")
    added.locator("input[type=time]").nth(1).fill("10:00")
    save(page)
    expect(page.locator("#type-detail")).to_be_visible()
    assert sandbox.type_of(CHAIN, WITH_TIMES)["availability"] == [
        {"week_days": [6], "intervals": [{"from": 10 * HOUR, "to": 12 * HOUR + 1800}]},
        {"week_days": [7], "intervals": [{"from": 8 * HOUR, "to": 10 * HOUR}]},
    ]


def test_an_error_far_down_is_focused_and_everything_typed_is_kept(
    page: Page, windows: Windows, sandbox: Sandbox
) -> None:
    windows.expected.append("422 POST")
    page.goto(f"{LIST}{TYPE}/edit/")
    page.locator("[name=title]").fill("Kept while wrong")
    page.locator("[name=online_sale]").check()
    page.locator("[name=online_price]").fill("-3")
    page.locator("[name=online_description]").fill("Two\nlines")
    save(page)
    wrong = page.locator("[name=online_price]")
    expect(wrong).to_be_focused()
    expect(wrong).to_be_in_viewport(ratio=1)
    bar = page.locator("#type-form .form-actions").bounding_box()
    box = wrong.bounding_box()
    assert bar and box and box["y"] + box["height"] <= bar["y"], "the buttons lie over it"
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=title]")).to_have_value("Kept while wrong")
    expect(page.locator("[name=online_description]")).to_have_value("Two\nlines")
    assert not [call for call in sandbox.calls() if call["method"] == "PUT"]
    wrong.fill("30")
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Kept while wrong")
    assert sandbox.type_of(CHAIN, TYPE)["online_sale_description"] == "Two\nlines"


def test_a_conflict_shows_both_values_and_what_was_changed_elsewhere_stays(
    page: Page, windows: Windows, sandbox: Sandbox
) -> None:
    windows.expected.append("409 POST")
    page.goto(f"{LIST}{TYPE}/edit/")
    page.locator("[name=title]").fill("Mine")
    sandbox.alter_type(CHAIN, TYPE, title="Theirs", cost=61)
    save(page)
    alert = page.locator("#type-form").get_by_role("alert")
    expect(alert).to_contain_text("Mine")
    expect(alert).to_contain_text("Theirs")
    expect(alert).to_be_in_viewport()
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Mine")
    saved = sandbox.type_of(CHAIN, TYPE)
    assert (saved["title"], saved["cost"]) == ("Mine", 61)


@pytest.mark.long
def test_altegios_refusal_lands_on_its_field(
    page: Page, windows: Windows, sandbox: Sandbox
) -> None:
    windows.expected.append("422 POST")
    page.goto(f"{LIST}{TYPE}/edit/")
    page.locator("[name=title]").fill("Refused")
    body = {
        "success": False,
        "data": None,
        "meta": {"message": "Wrong.", "errors": {"title": ["This title is taken."]}},
    }
    sandbox.fault(kind="status", status=422, body=body, match={"method": "PUT"})
    save(page)
    field = page.locator(".field", has=page.locator("[name=title]"))
    expect(field).to_contain_text("This title is taken.")
    expect(page.locator("[name=title]")).to_be_focused()
    save(page)  # a refusal leaves a form that can be sent
    expect(page).to_have_url(re.compile(f"{LIST}{TYPE}/$"))
    assert sandbox.type_of(CHAIN, TYPE)["title"] == "Refused"


def test_a_double_click_on_create_makes_one(page: Page, sandbox: Sandbox) -> None:
    sandbox.fault(kind="latency", seconds=0.4, match={"method": "POST"})
    page.goto(f"{LIST}new/")
    page.locator("[name=title]").fill("Made once")
    page.locator("[name=price]").fill("10")
    page.locator("[name=activation]").first.check()
    page.locator("[name=validity]").fill("1")
    page.locator("#services-picker summary").first.click()
    page.locator("#services-picker .picker-row").nth(1).get_by_role("checkbox").first.check()
    page.locator("[name=location_ids]").first.check()
    button = page.locator("#type-form .form-actions").get_by_role("button").first
    button.dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Made once")
    assert len([raw for raw in sandbox.types_of(CHAIN) if raw["title"] == "Made once"]) == 1


def test_going_back_passes_no_old_value_off_as_new(page: Page, sandbox: Sandbox) -> None:
    page.goto(f"{LIST}{TYPE}/edit/")
    page.locator("[name=title]").fill("Mine")
    save(page)
    expect(page.locator("h1")).to_have_text("Mine")
    sandbox.alter_type(CHAIN, TYPE, title="Somebody else's")
    page.go_back()
    expect(page.locator("[name=title]")).to_have_value("Somebody else's")
