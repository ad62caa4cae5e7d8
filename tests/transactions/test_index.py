"""The list of transactions."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.test import Client

from loyalty_admin.altegio import transactions as api
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.connections import services as connections
from loyalty_admin.connections.models import Connection
from loyalty_admin.promotions import listing as promotions
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PROFILES
from tests.memberships.common import fields_with_errors
from tests.pages import page_of
from tests.transactions.common import CHAIN, HOSTILE, LIST, THAT_DAY, add, ago, calls

pytestmark = pytest.mark.slow


def numbers(page: object) -> list[str]:
    return [one.text for one in page.all("th", scope="row")]  # type: ignore[attr-defined]


@pytest.mark.parametrize("profile", PROFILES, indirect=True)
def test_rows_are_said_in_words_with_links_where_there_is_a_page(
    profile: str, sandbox: Sandbox, vera: Client, ctx: ChainContext
) -> None:
    promotion = next(iter(promotions.refresh(ctx).rows.values()))
    (number,) = add(
        sandbox,
        {
            "type_id": 1,
            "amount": Decimal("12.5"),
            "program_id": promotion.id,
            "visit_id": 77,
            "abonement_id": 88,
            "certificate_id": 99,
            "item_type_id": 1,
            "item_id": 55,
        },
    )
    page = page_of(vera, f"{LIST}{THAT_DAY}")
    assert numbers(page) == [str(number)]
    assert "12.50 €" in page.text.replace("\xa0", " ")
    assert (
        page.one("a", text=promotion.title).attrs["href"].endswith(f"/promotions/{promotion.id}/")
    )
    assert page.one("a", text="88").attrs["href"] == f"/chains/{CHAIN}/memberships/88/"
    assert "visits=77" in page.one("a", text="77").attrs["href"]
    # Altegio reads no sold gift card: a plain number.
    page.one("td", text="99")
    assert not page.all("a", text="99")
    assert "55" in page.all("td")[-1].text


def test_promotion_that_is_not_known_is_its_number(sandbox: Sandbox, vera: Client) -> None:
    add(sandbox, {"program_id": 424_242})
    assert "424242" in page_of(vera, f"{LIST}{THAT_DAY}").one("td", class_="sentence").text


def test_filters_of_the_address(sandbox: Sandbox, vera: Client) -> None:
    ids = add(
        sandbox,
        {"type_id": 1},
        {"type_id": 2, "company_id": 502},
        {"type_id": 3, "visit_id": 7},
    )
    for query, found in (
        ("", [0, 1, 2]),
        ("&type=1", [0]),
        ("&type=2&type=3", [1, 2]),
        ("&location=502", [1]),
        ("&location=501&location=502&type=2", [1]),
        ("&visits=7", [2]),
        ("&visits=7, 8;9", [2]),
        ("&visits=9", []),
    ):
        page = page_of(vera, f"{LIST}{THAT_DAY}{query}")
        assert numbers(page) == [str(ids[place]) for place in found], query
        assert bool(page.all("div", class_="empty")) == (not found), query


def test_presets_are_days_of_the_chains_clock(sandbox: Sandbox, vera: Client) -> None:
    types = {day: 2000 + day for day in (0, 1, 6, 7, 29, 30)}
    for day, visit in types.items():
        add(sandbox, {"visit_id": visit}, day=ago(day))
    visits = {str(visit) for visit in types.values()}
    for period, days in (
        ("today", {0}),
        ("yesterday", {1}),
        ("7", {0, 1, 6}),
        ("30", {0, 1, 6, 7, 29}),
        ("", {0, 1, 6}),
    ):
        query = f"?visits={','.join(visits)}" + (f"&period={period}" if period else "")
        found = {link.text for link in page_of(vera, f"{LIST}{query}").all("a")} & visits
        assert {int(text) - 2000 for text in found} == days, period


def test_pages_go_on_until_the_list_ends_with_the_filter_kept(
    sandbox: Sandbox, vera: Client
) -> None:
    ids = add(sandbox, *({"type_id": 2},) * (api.PAGE_SIZE + 1))
    first = page_of(vera, f"{LIST}{THAT_DAY}&type=2")
    link = first.one("a", rel="next").attrs["href"]
    assert "type=2" in link and "after=2001-02-03" in link
    second = page_of(vera, f"{LIST}{link}")
    assert [*numbers(first), *numbers(second)] == [str(number) for number in ids]
    assert not second.all("a", rel="next")
    second.one("a", rel="prev")
    beyond = page_of(vera, f"{LIST}{THAT_DAY}&page=9")
    assert numbers(beyond) == [] and beyond.all("a", rel="prev")


def test_what_makes_no_sense_is_said_and_asked_of_nobody(sandbox: Sandbox, vera: Client) -> None:
    for query, field in (
        ("?period=own", "after"),
        ("?after=2001-02-03", "before"),
        ("?after=2001-02-03&before=2001-02-02", "before"),
        ("?after=2001-02-03&before=2002-02-04", "before"),
        ("?after=2001-99-03&before=2002-02-04", "after"),
        ("?visits=x", "visits"),
        ("?visits=" + ",".join(["1"] * 101), "visits"),
        ("?type=99", "type"),
        ("?location=9999", "location"),
        ("?period=decade", "period"),
    ):
        page = page_of(vera, f"{LIST}{query}", status=422)
        assert field in fields_with_errors(page), query
        assert not page.all("form", id="add-up"), query
    assert not calls(sandbox)
    longest = page_of(vera, f"{LIST}?after=2001-02-03&before=2002-02-03")
    assert fields_with_errors(longest) == set()


def test_failure_keeps_the_filter_and_says_why(sandbox: Sandbox, vera: Client) -> None:
    sandbox.fault(kind="success_false", times=9, match={"path": "/loyalty/transactions"})
    page = page_of(vera, f"{LIST}{THAT_DAY}&type=2", status=502)
    page.one(role="alert")
    assert page.one("input", name="after").attrs["value"] == "2001-02-03"


def test_hostile_words_are_inert(sandbox: Sandbox, vera: Client) -> None:
    add(sandbox, {"type_id": 77, "type": {"id": 77, "title": HOSTILE}})
    page = page_of(vera, f"{LIST}{THAT_DAY}")
    assert HOSTILE in page.text and "<script>alert" not in page.html
    assert "<script>" not in page_of(vera, f"{LIST}?visits=%3Cscript%3E", status=422).html.replace(
        '<script type="module"', ""
    ).replace("<script src=", "")


def test_rows_without_an_amount_or_garbled_are_said(sandbox: Sandbox, vera: Client) -> None:
    add(sandbox, {"amount": None})
    page = page_of(vera, f"{LIST}{THAT_DAY}")
    assert not re.search("[0-9]", page.one("td", class_="num").text)


def test_chain_without_transactions_is_empty(sandbox: Sandbox, vera: Client) -> None:
    page = page_of(vera, f"{LIST}?after=1999-01-01&before=1999-01-02")
    assert page.all("div", class_="empty")


def test_chain_that_nobody_reaches_is_not_there(vera: Client) -> None:
    assert vera.get(LIST.replace(str(CHAIN), "9999")).status_code == 404
    assert Client().get(LIST)["Location"].startswith("/login/")
    assert vera.post(LIST).status_code == 405


def test_account_that_may_not_see_them_is_told(sandbox: Sandbox, vera: Client) -> None:
    sandbox.fault(kind="status", status=403, match={"path": "/loyalty/transactions"})
    page = page_of(vera, f"{LIST}{THAT_DAY}", status=502)
    assert page.one(role="alert").text.strip()
    assert page.one("input", name="after").attrs["value"] == "2001-02-03"


def test_of_many_ticked_locations_some_are_named(
    sandbox: Sandbox, connection: Connection, vera: Client
) -> None:
    many = sandbox.add_locations(CHAIN, [f"Aurora {number}" for number in range(55)])
    connections.refresh_chains(connection, force=True)
    ticked = "".join(f"&location={number}" for number in many[:40])
    page = page_of(vera, f"{LIST}{THAT_DAY}{ticked}")
    named = ", ".join(f"Aurora {number}" for number in range(5))
    said = page.one(id="found").node.css("p b")[0].text()
    assert said.startswith(f"3 Feb 2001, {named} ") and "35" in said
    assert "Aurora 5," not in said
    assert page.form(role="search").values["location"] == [str(number) for number in many[:40]]
    assert [box for box in page.all("input") if box.attrs.get("data-filter")]
