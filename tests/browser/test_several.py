"""Several memberships changed together: ticked, looked at, done by a real worker, watched."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.browser.windows import CHAIN, Windows
from tests.jobs.common import posts, put_many
from tests.jobs.workers import Worker
from tests.memberships.common import HOSTILE, LIST, kept, moment, put, said_day, writes

scripts = pytest.mark.parametrize(
    "java_script",
    [
        pytest.param(True, id="scripts"),
        pytest.param(False, id="no scripts", marks=pytest.mark.long),
    ],
)
SECONDS = 30_000


@pytest.fixture
def worker(windows: Windows, sandbox: Sandbox, tmp_path: Path) -> Iterator[Callable[[], Worker]]:
    """Starts a real worker, which is gone before the database is emptied."""
    started: list[Worker] = []

    def start() -> Worker:
        started.append(Worker(tmp_path / "worker"))
        return started[-1]

    yield start
    for one in started:
        assert one.end(signal.SIGTERM) == 0, one.text()


def ticked(page: Page, *ids: int) -> None:
    """Finds them by their numbers, ticks them all and asks for a change."""
    page.goto(f"{LIST}?ids={','.join(map(str, ids))}")
    for box in page.locator("input[name=id]").all():
        box.check()
    page.locator("#several button").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Change several memberships")


def look(page: Page) -> None:
    page.locator("main .form-actions .primary").click()
    expect(page.locator(".form-actions.sticky .primary")).to_be_visible()


@scripts
def test_from_ticking_to_the_last_result(
    windows: Windows,
    connection: Connection,
    manager: User,
    sandbox: Sandbox,
    worker: Callable[[], Worker],
    java_script: bool,
) -> None:
    raws = put_many(sandbox, 5)
    never = put(sandbox, number="MC-never", period=0, expiration_date=None)
    page = windows.open(manager, java_script_enabled=java_script)
    ticked(page, *(raw["id"] for raw in raws), never["id"])
    expect(page.get_by_text("6 memberships")).to_be_visible()
    page.get_by_label("Extend").check()
    page.locator("[name=days]").fill("7")
    page.locator("[name=note]").fill("Closed for a week")
    look(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Extend by 7 days")
    row = page.locator("tbody tr").filter(has_text="MC-3")
    expect(row).to_contain_text(f"{said_day(moment(100))} → {said_day(moment(107))}")
    expect(page.locator("tbody tr").filter(has_text="MC-never")).to_contain_text("It never expires")
    assert not writes(sandbox)

    page.locator(".form-actions.sticky .primary").click()
    expect(page).to_have_url(re.compile(rf"/chains/{CHAIN}/jobs/\d+/$"))
    expect(page.locator("#job-progress")).to_contain_text("0 of 5")
    if java_script:
        page.evaluate("window.stayed = true")
    sandbox.latency = 0.1
    try:
        worker()
        expect(page.locator("#job-progress")).to_contain_text("5 of 5", timeout=SECONDS)
    finally:
        sandbox.latency = 0.0
    expect(page.locator("#job-progress")).to_contain_text("finished", timeout=SECONDS)
    expect(page.locator("tbody .chip.good")).to_have_count(5)
    if java_script:
        assert page.evaluate("window.stayed")  # it came without loading the page again
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.wait_for_timeout(2_500)
        assert asked == []  # and nothing is asked for any more
    assert posts(sandbox) == {raw["id"]: [True] for raw in raws}
    assert {kept(sandbox, raw)["expiration_date"] for raw in raws} == {moment(107)}

    page.get_by_role("link", name="In the journal").first.click()
    expect(page.locator("#main")).to_contain_text("Closed for a week")


@scripts
@pytest.mark.long
def test_cancelled_and_tried_again(
    windows: Windows,
    connection: Connection,
    manager: User,
    sandbox: Sandbox,
    worker: Callable[[], Worker],
    java_script: bool,
) -> None:
    raws = put_many(sandbox, 3)
    page = windows.open(manager, java_script_enabled=java_script)
    ticked(page, *(raw["id"] for raw in raws))
    look(page)
    page.locator(".form-actions.sticky .primary").click()
    page.locator("#cancel-job").click()
    expect(page.locator("#main [role=status]").first).to_contain_text("Cancelled")
    worker()
    retry = page.locator("#retry-job")
    expect(retry).to_be_visible(timeout=SECONDS)
    expect(page.locator("#job-progress")).to_contain_text("3 cancelled")
    assert not writes(sandbox)
    retry.click()
    expect(page.locator("#job-progress")).to_contain_text("3 done", timeout=SECONDS)
    expect(page.locator("#job-progress")).to_contain_text("finished", timeout=SECONDS)
    assert posts(sandbox) == {raw["id"]: [True] for raw in raws}


def test_script_ticks_all_and_shows_what_the_choice_needs(
    windows: Windows, connection: Connection, manager: User, sandbox: Sandbox
) -> None:
    raws = put_many(sandbox, 3)
    page = windows.open(manager)
    page.goto(f"{LIST}?ids={','.join(str(raw['id']) for raw in raws)}")
    page.get_by_label("Tick all").check()
    page.locator("#several button").first.click()
    expect(page.get_by_text("3 memberships")).to_be_visible()
    expect(page.locator("[name=days]")).to_be_visible()
    expect(page.locator("[name=until]")).to_be_hidden()
    page.get_by_label("Freeze", exact=True).check()
    expect(page.locator("[name=days]")).to_be_hidden()
    expect(page.locator("[name=until]")).to_be_visible()
    page.get_by_label("Unfreeze").check()
    expect(page.locator("[name=until]")).to_be_hidden()


def test_progress_that_comes_by_itself_takes_no_focus_away(
    windows: Windows, connection: Connection, manager: User, sandbox: Sandbox
) -> None:
    raws = put_many(sandbox, 2)
    page = windows.open(manager)
    ticked(page, *(raw["id"] for raw in raws))
    look(page)
    page.locator(".form-actions.sticky .primary").click()
    for element in (
        page.locator("#cancel-job"),
        page.get_by_role("link", name="MC-1", exact=True),
    ):
        element.focus()
        with page.expect_response(re.compile("/jobs/")):
            pass
        page.wait_for_timeout(300)
        expect(element).to_be_focused()


@pytest.mark.long
def test_hostile_codes_run_nothing(
    windows: Windows,
    connection: Connection,
    manager: User,
    sandbox: Sandbox,
    worker: Callable[[], Worker],
) -> None:
    codes = [HOSTILE, "</script><img src=x onerror=alert(5)>"]
    raws = [put(sandbox, number=code) for code in codes]
    page = windows.open(manager)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    ticked(page, *(raw["id"] for raw in raws))
    page.locator("[name=note]").fill(HOSTILE)
    look(page)
    page.locator(".form-actions.sticky .primary").click()
    worker()
    expect(page.locator("#job-progress")).to_contain_text("2 of 2", timeout=SECONDS)
    for code in codes:
        expect(page.get_by_role("link", name=code, exact=True)).to_be_visible()
    assert dialogs == []
