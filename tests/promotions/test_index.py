"""The list: all promotions searched, sorted and filtered by the address, without asking Altegio."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from loyalty_admin.promotions.kinds import TEXTS
from loyalty_admin.sandbox.server import Sandbox
from tests.pages import Page, page_of
from tests.promotions.common import (
    CHAIN,
    EVERYWHERE,
    FALLING,
    FIFTH,
    IN_MONEY,
    LIST,
    OTHER_CHAIN,
    PACKAGE,
    PAID,
    SILENT,
    SIX_TIERS,
    STATIC,
    listed,
)
from tests.promotions.looking import at, row_texts, rows_now

pytestmark = pytest.mark.slow

NBSP = "\u00a0"


def menus(page: Page) -> list[str]:
    """The addresses from which the rows load their menus."""
    found = [element.attrs.get("hx-get", "") for element in page.all("details")]
    return [url for url in found if url.endswith("/menu/")]


def test_row_says_what_each_type_does(profile: str, sandbox: Sandbox, loaded: Client) -> None:
    page = page_of(loaded, LIST)
    rows = row_texts(page)
    for raw in listed(sandbox):
        said, unit = rows[raw["id"]].replace(NBSP, " "), raw["value_unit"]
        assert str(TEXTS[raw["type"]].title) in said
        # A list shows the first tiers and the last.
        tiers = sorted(raw["rules"], key=lambda rule: rule["parameter"])
        for rule in [*tiers[:3], tiers[-1]]:
            assert f"{rule['value']:g} {'%' if unit == 'percent' else '€'}" in said, raw["title"]
            assert f"{rule['parameter'] or ''}" in said.replace(",", ""), raw["title"]
    for promotion_id, texts in {
        SIX_TIERS: ["…"],
        PAID: ["90 days"],
        FALLING: ["6 months"],
        FIFTH: ["5th"],
        IN_MONEY: ["3rd"],
        PACKAGE: ["3", "Pedicure", "Nail design"],
    }.items():
        for text in texts:
            assert text in rows[promotion_id]


def test_row_names_every_location_and_tells_discounts_from_bonuses(
    sandbox: Sandbox, loaded: Client
) -> None:
    page = page_of(loaded, LIST)
    rows, promotions = row_texts(page), listed(sandbox)
    for raw in promotions:
        for location in raw["companies"]:
            assert location["title"] in rows[raw["id"]]
    assert "Aurora Āgenskalns" not in rows[STATIC]
    bonuses = [raw for raw in promotions if "cashback" in raw["type"]]
    assert len(page.all("span", class_="chip good")) == len(bonuses)
    assert len(page.all("span", class_="chip")) == len(promotions) - len(bonuses)


def test_tabs_count_the_whole_chain(sandbox: Sandbox, loaded: Client) -> None:
    page = page_of(loaded, f"{LIST}?q=no+such+title")
    # Altegio has no archive for promotions.
    counts = re.findall(r"\d+", page.one("nav", id="tabs").text)
    assert counts == [str(len(listed(sandbox))), "0"]


def test_empty_chain_says_what_a_promotion_is(sandbox: Sandbox, edith: Client) -> None:
    sandbox.reset(promotions=0)
    page = page_of(edith, f"{LIST}loaded/")
    assert not page.all("table")
    assert len(page.all("a", href=f"{LIST}new/")) == 2  # above the list, and in its place


def test_list_leads_to_pages_and_actions_and_to_the_templates(loaded: Client) -> None:
    page = page_of(loaded, LIST)
    page.one("a", href=f"{LIST}{STATIC}/", text="Welcome, 10% off")
    assert "Welcome, 10% off" in page.one("a", href=f"{LIST}{STATIC}/edit/").attrs["aria-label"]
    assert f"{LIST}{STATIC}/menu/" in menus(page)
    page.one("a", href=f"/chains/{CHAIN}/notification-templates/")


def test_hostile_type_and_name_of_a_service_are_inert(sandbox: Sandbox, edith: Client) -> None:
    evil = "<img src=x onerror=alert(2)>"
    sandbox.alter_promotion(CHAIN, STATIC, type=evil, value_unit=evil)
    services = [{"id": 710202, "title": evil}]
    body = {"success": True, "data": [{"id": 7102, "title": evil, "services": services}]}
    match = {"path": "service_categories"}
    sandbox.fault(kind="status", status=200, body=body, times=None, match=match)
    page = page_of(edith, f"{LIST}loaded/")
    rows = row_texts(page)
    assert evil in rows[STATIC]
    assert evil in rows[PACKAGE]
    assert "<img" not in page.html


def test_services_of_a_package_are_numbers_where_the_catalogue_is_silent(
    sandbox: Sandbox, edith: Client
) -> None:
    sandbox.fault(**SILENT, match={"path": "service_categories"})
    assert "710202" in row_texts(page_of(edith, f"{LIST}loaded/"))[PACKAGE]


# What needs attention


def marked(page: Page) -> set[int]:
    """The promotions of which something is odd."""
    start = "promotion-row-"
    return {
        int(row.attrs["id"].removeprefix(start))
        for row in page.all("tr")
        if row.attrs.get("id", "").startswith(start) and row.node.css(".marks .chip")
    }


def test_promotion_that_no_location_reports_any_more_leaves_the_list(
    sandbox: Sandbox, loaded: Client
) -> None:
    """Nobody here made it, so nobody here knows whether it ended."""
    sandbox.hide_promotion(CHAIN, STATIC)
    assert STATIC not in rows_now(loaded)


def test_promotions_that_need_attention_are_marked_and_can_be_listed_alone(
    sandbox: Sandbox, loaded: Client
) -> None:
    before = len(sandbox.calls())
    page = page_of(loaded, LIST)
    assert marked(page) == {EVERYWHERE, PAID, FALLING}
    link = page.one("a", class_="attention")
    assert re.findall(r"\d+", link.text) == ["3"]
    odd = page_of(loaded, link.attrs["href"])
    assert row_texts(odd).keys() == {EVERYWHERE, PAID, FALLING}
    assert odd.one("a", class_="attention").attrs["href"] == f"{LIST}?"
    assert len(sandbox.calls()) == before


# Who sees what


def test_missing_right_disables_with_its_reason(edith: Client) -> None:
    """The director may change promotions in the first chain, not in the second."""
    page = page_of(edith, at(OTHER_CHAIN, "loaded/"))
    assert "Жаңа мүшелерге 10%" in page.titles()
    reasons = {one.attrs["title"] for one in page.all("button", aria_disabled="true")}
    assert reasons == {page.one("p", class_="lead").text} != {""}
    assert not page.all("a", href=at(OTHER_CHAIN, "new/"))
    assert not menus(page)
    assert not [a for a in page.all("a") if a.attrs["href"].endswith(("/edit/", "/clone/"))]
