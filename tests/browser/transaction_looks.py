"""The looks of a chain's home, of transactions, and of what is read of them in the background."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect

from loyalty_admin.altegio.transactions import Filter
from loyalty_admin.audit.services import new_form_id
from loyalty_admin.chains.services import ChainContext, context_for
from loyalty_admin.transactions import exporting, totals
from tests.browser.stage import Stage, look
from tests.home.common import HOME, PANELS
from tests.transactions.common import CHAIN, HOSTILE, LIST, add, ago, done


def chain(stage: Stage) -> ChainContext:
    found = context_for(CHAIN, person=stage.manager)
    assert found is not None
    return found


def week(stage: Stage) -> Filter:
    add(stage.sandbox, {"type_id": 77, "type": {"id": 77, "title": HOSTILE}}, day=ago(1))
    return Filter(after=ago(6), before=ago(0))


@look
def home(stage: Stage) -> Page:
    page = stage.open(HOME, stage.manager)
    for name in PANELS:
        expect(page.locator(f"#panel-{name} :is(a, p)").first).to_be_visible()
    return page


@look
def home_with_its_month(stage: Stage) -> Page:
    filter = Filter(after=ago(29), before=ago(0))
    done(totals.begin(chain(stage), filter, by_day=True, form_id=new_form_id()))
    page = home(stage)
    page.get_by_text("As a table").click()
    return page


@look
def home_without_altegio(stage: Stage) -> Page:
    stage.sandbox.fault(kind="status", status=500, times=None)
    page = stage.open(HOME, stage.manager)
    expect(page.get_by_text("Try again")).to_have_count(3)
    return page


@look
def home_panel_of_its_own(stage: Stage) -> Page:
    return stage.open(f"{HOME}home/attention/", stage.manager)


@look
def transactions(stage: Stage) -> Page:
    week(stage)
    page = stage.open(LIST, stage.manager)
    expect(page.locator("tbody tr").first).to_be_visible()
    return page


@look
def transactions_with_open_menu(stage: Stage) -> Page:
    page = stage.open(f"{LIST}?type=1&type=2", stage.manager)
    page.locator("summary", has_text="Types").click()
    return page


@look
def transactions_of_wrong_dates(stage: Stage) -> Page:
    stage.windows.expected.append("422 GET")
    return stage.open(f"{LIST}?after=2026-11-09&before=2026-11-01", stage.manager)


@look
def transactions_of_nothing(stage: Stage) -> Page:
    return stage.open(f"{LIST}?after=1999-01-01&before=1999-01-01", stage.manager)


@look
def transactions_without_altegio(stage: Stage) -> Page:
    stage.sandbox.fault(kind="status", status=500, times=None, match={"path": "transactions"})
    stage.windows.expected.append("502 GET")
    return stage.open(LIST, stage.manager)


@look
def totals_begun(stage: Stage) -> Page:
    job = totals.begin(chain(stage), week(stage), by_day=True, form_id=new_form_id())
    return stage.open(f"{LIST}totals/{job.pk}/", stage.manager)


@look
def totals_of_a_week(stage: Stage) -> Page:
    job = done(totals.begin(chain(stage), week(stage), by_day=True, form_id=new_form_id()))
    return stage.open(f"{LIST}totals/{job.pk}/", stage.manager)


@look
def totals_with_a_gap(stage: Stage) -> Page:
    filter = week(stage)
    stage.sandbox.fault(
        kind="status", status=403, after=5, times=2, match={"path": "/loyalty/transactions"}
    )
    job = done(totals.begin(chain(stage), filter, by_day=True, form_id=new_form_id()))
    return stage.open(f"{LIST}totals/{job.pk}/", stage.manager)


@look
def export_begun(stage: Stage) -> Page:
    job = exporting.begin(chain(stage), week(stage), form_id=new_form_id())
    return stage.open(f"/chains/{CHAIN}/jobs/{job.pk}/", stage.manager)


@look
def export_with_its_file(stage: Stage) -> Page:
    filter = Filter(after=ago(1) - timedelta(days=1), before=ago(1))
    job = done(exporting.begin(chain(stage), filter, form_id=new_form_id()))
    page = stage.open(f"/chains/{CHAIN}/jobs/{job.pk}/", stage.manager)
    page.get_by_text("Take the file").click()
    return page
