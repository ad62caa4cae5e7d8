"""A chain's transactions in a browser: found, added up by a real worker, seen, taken away."""

from __future__ import annotations

import csv
import io
import re
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from loyalty_admin.accounts.models import User
from loyalty_admin.altegio import transactions as api
from loyalty_admin.chains.services import context_for
from loyalty_admin.connections.models import Connection
from loyalty_admin.jobs.models import Job
from loyalty_admin.promotions import listing as promotions
from loyalty_admin.sandbox.server import Sandbox
from tests.browser.windows import Windows
from tests.jobs.workers import Worker
from tests.transactions.common import CHAIN, LIST, THEN, add, amounts, at

scripts = pytest.mark.parametrize(
    "java_script",
    [
        pytest.param(True, id="scripts"),
        pytest.param(False, id="no scripts", marks=pytest.mark.long),
    ],
)
SECONDS = 60_000
NEXT = THEN + timedelta(days=1)


@pytest.fixture
def worker(windows: Windows, sandbox: Sandbox, tmp_path: Path) -> Iterator[Callable[[], Worker]]:
    """Starts a real worker, which is gone before the database is emptied."""
    started: list[Worker] = []

    def start() -> Worker:
        started.append(Worker(tmp_path / f"worker {len(started)}"))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            assert one.end(signal.SIGTERM) == 0, one.text()


def put_some(sandbox: Sandbox) -> Decimal:
    """More than a page of discounts on one day, and one on the next; returns their sum."""
    row = {"type_id": 1, "amount": Decimal("0.10"), "program_id": 21001}
    rows = sandbox.add_transactions(CHAIN, [{"created": at(THEN), **row}] * (api.PAGE_SIZE + 5))
    rows += sandbox.add_transactions(
        CHAIN, [{"created": at(NEXT), **row, "amount": Decimal("-0.05"), "company_id": 502}]
    )
    add(sandbox, {"type_id": 3, "amount": Decimal(-1000)})
    return amounts(rows)


def ask_for_discounts(page: Page) -> None:
    """By the form, as a person does."""
    page.goto(LIST)
    page.get_by_label("Period").select_option("own")
    page.get_by_role("textbox", name="From").fill(THEN.isoformat())
    page.get_by_role("textbox", name="until").fill(NEXT.isoformat())
    page.locator("summary", has_text="Types").click()
    page.get_by_label("Promotion discount").check()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("3 Feb – 4 Feb 2001, Promotion discount")).to_be_visible()


def take(page: Page, words: str) -> bytes:
    page.get_by_text("Take the file").click()
    with page.expect_download() as download:
        page.get_by_role("link", name=words, exact=True).click()
    return download.value.path().read_bytes()


@scripts
def test_from_the_filter_to_totals_and_to_the_file(
    windows: Windows,
    connection: Connection,
    manager: User,
    sandbox: Sandbox,
    worker: Callable[[], Worker],
    java_script: bool,
) -> None:
    total = put_some(sandbox)
    page = windows.open(manager, java_script_enabled=java_script)
    ask_for_discounts(page)
    expect(page.locator("tbody tr")).to_have_count(api.PAGE_SIZE)
    page.get_by_role("link", name="Next").click()
    expect(page.locator("tbody tr")).to_have_count(6)
    page.get_by_label("by day, too").check()
    page.locator("#add-up button").dblclick()
    expect(page).to_have_url(re.compile(r"/transactions/totals/\d+/$"))
    expect(page.get_by_text("0 of 7 parts are read")).to_be_visible()
    expect(page.locator(".notice.warn").first).to_be_visible()
    assert Job.objects.count() == 1
    worker()
    expect(page.locator("form:has(input[name=anew]) button")).to_be_visible(timeout=SECONDS)
    expect(page.get_by_text("is a part")).to_have_count(0)
    tally = page.locator(".tally").first
    expect(tally).to_contain_text(f"{total} €")
    expect(tally).to_contain_text("106 transactions")
    page.locator("summary", has_text="As a table").click()
    expect(page.get_by_role("row", name="4 Feb 2001")).to_contain_text("-0.05 €")
    expect(page.get_by_role("row", name="Aurora Centrs").first).to_contain_text("10.50 €")

    page.get_by_role("link", name="Transactions").last.click()
    page.get_by_role("button", name="Export all of it").click()
    expect(page.get_by_text("It stays here for a day")).to_be_visible(timeout=SECONDS)
    rows = list(csv.DictReader(io.StringIO(take(page, "CSV").decode())))
    assert sum(Decimal(row["Amount, €"]) for row in rows) == total
    assert [row["Day"] for row in rows] == ["2001-02-03"] * 105 + ["2001-02-04"]
    page.reload()
    sheet = load_workbook(io.BytesIO(take(page, "Excel"))).worksheets[0]
    assert sheet.max_row == 107


@scripts
@pytest.mark.long
def test_totals_are_cancelled_and_taken_up_again(
    windows: Windows,
    connection: Connection,
    manager: User,
    sandbox: Sandbox,
    worker: Callable[[], Worker],
    java_script: bool,
) -> None:
    put_some(sandbox)
    page = windows.open(manager, java_script_enabled=java_script)
    page.goto(f"{LIST}?after={THEN}&before={NEXT}")
    page.locator("#add-up button").click()
    page.get_by_role("button", name="Cancel").click()
    worker()
    retry = page.locator("#retry-job")
    expect(retry).to_be_visible(timeout=SECONDS)
    page.get_by_role("link", name="See the totals").click()
    expect(page.get_by_text("what was not read is missing in these sums")).to_be_visible()
    page.go_back()
    retry.click()
    expect(page.locator("#job-progress")).to_contain_text("6 done", timeout=SECONDS)
    page.get_by_role("link", name="See the totals").click()
    expect(page.locator(".tally").first).to_contain_text("10.45 €")
    expect(page.get_by_text("is missing")).to_have_count(0)


@pytest.mark.long
def test_killed_worker_leaves_figures_that_say_they_are_partial_and_in_the_end_exact(
    windows: Windows,
    connection: Connection,
    manager: User,
    sandbox: Sandbox,
    worker: Callable[[], Worker],
) -> None:
    rows = add(sandbox, *({"type_id": 1, "amount": Decimal("0.10")},) * (api.PAGE_SIZE * 12))
    page = windows.open(manager)
    page.goto(f"{LIST}?after={THEN}&before={THEN}&location=501")
    page.locator("#add-up button").click()
    sandbox.latency = 0.3
    try:
        first = worker()
        expect(page.locator(".tally").first).not_to_contain_text("Discounts0 €", timeout=SECONDS)
        first.end(signal.SIGKILL)
    finally:
        sandbox.latency = 0.0
    expect(page.get_by_text("is a part")).to_be_visible()
    Job.objects.update(lease_until=timezone.now())  # as long after
    worker()
    expect(page.locator("form:has(input[name=anew]) button")).to_be_visible(timeout=SECONDS)
    tally = page.locator(".tally").first
    expect(tally).to_contain_text(f"{len(rows):,} transactions")
    expect(tally).to_contain_text("120 €")


@pytest.mark.long
def test_names_of_promotions_come_by_themselves(
    windows: Windows, connection: Connection, manager: User, sandbox: Sandbox
) -> None:
    put_some(sandbox)
    ctx = context_for(CHAIN, person=manager)
    assert ctx is not None
    title = promotions.refresh(ctx).rows[21001].title
    cache.clear()
    page = windows.open(manager)
    page.goto(f"{LIST}?after={THEN}&before={NEXT}")
    expect(page.get_by_role("link", name=title).first).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(api.PAGE_SIZE)
    expect(page.get_by_text("Read the names")).to_have_count(0)
    assert "names" not in page.url


@scripts
def test_home_reads_each_panel_by_itself_or_by_a_link(
    windows: Windows,
    connection: Connection,
    manager: User,
    sandbox: Sandbox,
    java_script: bool,
) -> None:
    sandbox.fault(kind="status", status=500, times=None, match={"path": "/loyalty/transactions"})
    page = windows.open(manager, java_script_enabled=java_script)
    page.goto(f"/chains/{CHAIN}/")
    if not java_script:
        page.locator("#panel-attention").get_by_role("link", name="Read it from Altegio").click()
        expect(page.locator("#panel-attention")).to_contain_text("Membership types")
        page.get_by_role("link", name="Home").last.click()
        page.locator("#panel-month").get_by_role("link", name="Read it from Altegio").click()
        expect(page.get_by_role("link", name="Try again")).to_be_visible()
        return
    expect(page.locator("#panel-attention")).to_contain_text(" of ")
    expect(page.locator("#panel-promotions")).to_contain_text("All 18 promotions")
    again = page.locator("#panel-month").get_by_role("link", name="Try again")
    expect(again).to_be_visible()
    sandbox.clear_faults()
    again.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-month")).to_contain_text("29 days are not read yet")


def test_keyboard_alone_filters_and_adds_up(
    windows: Windows, connection: Connection, manager: User, sandbox: Sandbox
) -> None:
    put_some(sandbox)
    page = windows.open(manager)
    page.goto(f"{LIST}?after={THEN}&before={NEXT}")
    page.locator("summary", has_text="Types").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Promotion discount")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 Feb – 4 Feb 2001, Promotion discount")).to_be_visible()
    for _ in range(40):
        if page.evaluate("document.activeElement.name") == "by_day":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("0 of 7 parts are read")).to_be_visible()
