"""Each panel of a chain's home loads, and fails, by itself."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client

from loyalty_admin.altegio import transactions as api
from loyalty_admin.altegio.transactions import Filter
from loyalty_admin.audit.services import new_form_id
from loyalty_admin.chains import kept_lists
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.gift_card_types import listing as gift_card_types
from loyalty_admin.home import month
from loyalty_admin.jobs.models import Job
from loyalty_admin.promotions import listing as promotions
from loyalty_admin.sandbox.server import Sandbox
from loyalty_admin.transactions import totals
from loyalty_admin.transactions.models import DaySums
from tests.faults.classes import REFUSED
from tests.home.common import HOME, PANELS, is_loading, panel, panel_url
from tests.pages import Page, page_of
from tests.transactions.common import CHAIN, LIST, add, ago, amounts, at, calls, done, over

pytestmark = pytest.mark.slow


def asked_days(sandbox: Sandbox) -> Counter[str]:
    """How often each day was asked for."""
    return Counter(call["query"]["created_after"][0] for call in calls(sandbox))


def missing(page: Page) -> list[int]:
    """How many days are said not to be read yet."""
    forms = panel(page, "month").node.css("form .chip.warn")
    return [int(number) for form in forms for number in re.findall("[0-9]+", form.text())]


def garbled(page: Page) -> list[int]:
    """How many rows are said to be in none of the sums."""
    lines = panel(page, "month").node.css("p.chip.warn")
    return [int(number) for line in lines for number in re.findall("[0-9]+", line.text())]


def empty(sandbox: Sandbox) -> None:
    sandbox.reset(transactions=0)


@pytest.mark.parametrize("name", PANELS)
def test_part_of_the_page_and_page_of_its_own(sandbox: Sandbox, vera: Client, name: str) -> None:
    whole = page_of(vera, panel_url(name))
    assert "<html" in whole.html and whole.all("a", href=HOME)
    part = page_of(vera, panel_url(name), htmx=True)
    assert "<html" not in part.html
    assert panel(part, name).text
    assert not is_loading(part, name)


def test_panel_that_is_not_there_is_not_found(vera: Client) -> None:
    assert vera.get(panel_url("else")).status_code == 404
    assert vera.get(panel_url("month").replace(str(CHAIN), "9999")).status_code == 404
    assert Client().get(panel_url("month"))["Location"].startswith("/login/")
    assert vera.post(panel_url("month")).status_code == 405


@pytest.mark.parametrize("name", PANELS[:3])
def test_failure_stays_in_its_panel_and_can_be_tried_again(
    sandbox: Sandbox, vera: Client, name: str
) -> None:
    sandbox.fault(**REFUSED.fault, times=None)
    page = page_of(vera, panel_url(name), htmx=True)
    found = panel(page, name)
    assert found.node.css(".notice.warn") and not is_loading(page, name)
    assert page.all("a", hx_get=panel_url(name))
    assert page_of(vera, HOME).all("section")
    sandbox.clear_faults()
    again = panel(page_of(vera, panel_url(name), htmx=True), name)
    assert not again.node.css(".notice.warn")


@pytest.mark.slow
def test_month_reads_only_today_until_days_were_added_up(
    sandbox: Sandbox, vera: Client, ctx: ChainContext
) -> None:
    empty(sandbox)
    rows = sandbox.add_transactions(
        CHAIN,
        [
            {"created": at(ago(n)), "amount": Decimal("0.1"), "type_id": 1}
            for n in (0, 0, 1, 5, 29, 30)
        ],
    )
    page = page_of(vera, panel_url("month"), htmx=True)
    assert {*asked_days(sandbox)} == {ago(0).isoformat()}
    assert missing(page) == [29]
    assert "0.20 €" in page.text.replace("\xa0", " ")
    form = page.form("/totals/?period=30")
    vera.post(form.attrs["action"], form.data())
    done(Job.objects.get())
    assert sorted(row.day for row in DaySums.objects.all()) == over(29, 1)
    cache.clear()
    asked = len(calls(sandbox))
    page = page_of(vera, panel_url("month"), htmx=True)
    assert {call["query"]["created_after"][0] for call in calls(sandbox)[asked:]} == {
        day.isoformat() for day in (ago(1), ago(0)) if day not in over(29, 1)
    }
    assert missing(page) == []
    assert month.read(ctx).all.all.amount == amounts(rows[:5])
    assert "0.50 €" in page.text.replace("\xa0", " ")


def keep_days(ctx: ChainContext, first: date, last: date) -> None:
    filter = Filter(after=first, before=last)
    done(totals.begin(ctx, filter, by_day=True, form_id=new_form_id()))


def test_few_missing_days_are_read_at_once_and_kept(
    sandbox: Sandbox, vera: Client, ctx: ChainContext
) -> None:
    empty(sandbox)
    keep_days(ctx, ago(29), ago(3))
    page = page_of(vera, panel_url("month"), htmx=True)
    assert missing(page) == []
    assert DaySums.objects.count() == len(over(29, 1))
    asked = len(calls(sandbox))
    page_of(vera, HOME)
    assert len(calls(sandbox)) == asked


@pytest.mark.slow
def test_failure_leaves_the_days_that_are_known(
    sandbox: Sandbox, vera: Client, ctx: ChainContext
) -> None:
    empty(sandbox)
    add(sandbox, {"amount": Decimal("8.25"), "type_id": 1}, day=ago(9))
    keep_days(ctx, ago(29), ago(1))
    sandbox.fault(**REFUSED.fault, times=None)
    page = page_of(vera, panel_url("month"), htmx=True)
    assert panel(page, "month").node.css(".notice.warn")
    assert "8.25 €" in page.text.replace("\xa0", " ")


def test_day_with_more_than_anybody_waits_for_is_left_out_and_said(
    sandbox: Sandbox, vera: Client
) -> None:
    empty(sandbox)
    add(
        sandbox, *({"amount": Decimal(1)},) * (api.PAGE_SIZE * month.MOST_PAGES_NOW + 1), day=ago(0)
    )
    page = page_of(vera, panel_url("month"), htmx=True)
    assert missing(page) == [30]
    asked = len(calls(sandbox))
    assert asked == month.MOST_PAGES_NOW
    # Nor does the next visit try it again at once.
    assert not is_loading(page_of(vera, HOME), "month")
    assert len(calls(sandbox)) == asked


def test_attention_counts_what_the_lists_mark(sandbox: Sandbox, vera: Client) -> None:
    page = page_of(vera, panel_url("attention"))
    for name in ("membership-types", "gift-card-types"):
        link = page.one("a", href=f"/chains/{CHAIN}/{name}/?attention=yes").attrs["href"]
        shown = page_of(vera, link)
        assert shown.titles()
        counts = [bold.text().split()[0] for bold in panel(page, "attention").node.css("b")]
        assert str(len(shown.titles())) in counts


def test_promotions_in_force_say_what_they_do(
    sandbox: Sandbox, vera: Client, ctx: ChainContext
) -> None:
    found = promotions.refresh(ctx)
    page = page_of(vera, panel_url("promotions"))
    in_force = [row for row in found.rows.values() if row.reported_in]
    everything = panel(page, "promotions").node.css("p a")[-1].text()
    assert re.findall("[0-9]+", everything) == [str(len(in_force))]
    links = [link for link in page.all("a") if "/promotions/2" in link.attrs.get("href", "")]
    assert links and all(link.text for link in links)


def test_location_that_gives_no_promotions_is_said(sandbox: Sandbox, vera: Client) -> None:
    sandbox.fault(kind="status", status=403, times=None, match={"path": "company/502/"})
    (said,) = panel(page_of(vera, panel_url("promotions")), "promotions").node.css(".chip.warn")
    assert re.findall("[0-9]+", said.text()) == ["1"]


def test_transactions_are_a_link_away(sandbox: Sandbox, vera: Client) -> None:
    assert page_of(vera, panel_url("month")).all("a", href=LIST)


@pytest.mark.slow
def test_day_of_which_a_row_is_garbled_says_so_and_is_not_asked_for_at_every_visit(
    sandbox: Sandbox, vera: Client, ctx: ChainContext
) -> None:
    """It cannot be kept, and stays for minutes all the same."""
    empty(sandbox)
    keep_days(ctx, ago(29), ago(2))
    add(sandbox, {"amount": Decimal("4.5"), "type_id": 1}, day=ago(1))
    sandbox.fault(
        kind="altered",
        times=None,
        body={"id": "garbled"},
        match={"path": "/loyalty/transactions"},
    )
    page = page_of(vera, panel_url("month"), htmx=True)
    assert garbled(page) == [1]
    assert DaySums.objects.filter(day=ago(1)).count() == 0
    asked = len(calls(sandbox))
    home = page_of(vera, HOME)
    assert not is_loading(home, "month") and garbled(home) == [1]
    page_of(vera, panel_url("month"), htmx=True)
    assert len(calls(sandbox)) == asked


def make_old(ctx: ChainContext, kind: str) -> None:
    """As if the list had been read long ago."""
    key = f"list:{kind}:{ctx.connection.pk}:{ctx.id}"
    _stamp, kept = cache.get(key)
    long_ago = kept.read_at - kept_lists.FRESH_FOR
    cache.set(key, ("older", replace(kept, read_at=long_ago)))
    cache.set(f"{key}:stamp", "older")


@pytest.mark.parametrize(
    ("name", "kind", "path"),
    [
        ("attention", gift_card_types.KIND, "certificate_type"),
        ("promotions", promotions.KIND, "/loyalty"),
    ],
)
def test_old_list_shows_at_once_and_is_read_anew_by_itself(
    sandbox: Sandbox, vera: Client, ctx: ChainContext, name: str, kind: str, path: str
) -> None:
    page_of(vera, panel_url(name))
    make_old(ctx, kind)
    page = page_of(vera, HOME)
    shown = panel(page, name).text
    assert is_loading(page, name) and panel(page, name).node.css(".without-script a")
    sandbox.fault(**REFUSED.fault, times=None, match={"path": path})
    failed = page_of(vera, panel_url(name), htmx=True)
    assert panel(failed, name).node.css(".notice.warn") and not is_loading(failed, name)
    told = re.findall("[0-9]+", shown)
    assert told and [one for one in told if one not in failed.text] == []
    sandbox.clear_faults()
    asked = len(sandbox.calls())
    again = page_of(vera, panel_url(name), htmx=True)
    assert len(sandbox.calls()) > asked
    assert not is_loading(again, name) and not panel(again, name).node.css(".notice.warn")


def test_what_is_fresh_is_not_asked_for_again(
    sandbox: Sandbox, vera: Client, ctx: ChainContext
) -> None:
    for name in PANELS:
        page_of(vera, panel_url(name))
    asked = len(sandbox.calls())
    for name in PANELS:
        page_of(vera, panel_url(name))
    assert len(sandbox.calls()) == asked
