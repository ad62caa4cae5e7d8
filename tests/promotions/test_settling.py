"""What is not known of a write is settled by reading back alone, also long after it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.promotions import words
from loyalty_admin.sandbox.server import Sandbox
from tests.endings import (
    a_while_ago,
    assert_leads_to,
    check,
    left_during_the_call,
    left_pending,
    reconcile,
)
from tests.pages import page_of
from tests.promotions.common import (
    CHAIN,
    LIST,
    PAID,
    SILENT,
    STATIC,
    writes,
)
from tests.promotions.ending import SLACK, TIMEOUT, check_settled, gone_after_write, unanswered
from tests.promotions.submitting import (
    each_write,
    edit,
    edit_form,
    mostly,
    newest,
    said,
    shown,
    submission,
)

both = pytest.mark.parametrize("is_applied", [False, True], ids=["lost", "applied"])
# Where the kind of write makes no difference.
any_write = mostly("edit")


@pytest.fixture(autouse=True)
def short_of_time(settings: Any) -> None:
    settings.ALTEGIO_TIMEOUT = TIMEOUT


@each_write
@both
def test_answered_but_not_understood_is_settled_by_checking(
    sandbox: Sandbox, edith: Client, is_applied: bool, what: str
) -> None:
    entry = gone_after_write(sandbox, edith, what, is_applied=is_applied, kind="bad_json")
    count = len(writes(sandbox))
    page = page_of(edith, f"/activity/{entry.pk}/")
    answer = edith.post(f"/activity/{entry.pk}/check/", page.form("check/").data())
    assert said(shown(edith, answer))
    check_settled(sandbox, entry, is_applied)
    assert len(writes(sandbox)) == count


@any_write
def test_reconcile_settles_what_was_carried_out(sandbox: Sandbox, edith: Client, what: str) -> None:
    entry = unanswered(sandbox, edith, what, is_applied=True)
    count = len(writes(sandbox))
    assert f"{entry.pk} {entry.action}" in reconcile()
    check_settled(sandbox, entry, True)
    assert len(writes(sandbox)) == count
    assert reconcile() == ""


@each_write
def test_unanswered_write_that_is_not_there_is_not_called_refused_too_soon(
    sandbox: Sandbox, edith: Client, what: str
) -> None:
    """Without an answer Altegio may still be at work."""
    entry = unanswered(sandbox, edith, what, is_applied=False)
    check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN
    reconcile()
    entry.refresh_from_db()
    assert entry.outcome == Outcome.UNKNOWN
    a_while_ago(entry)
    check(edith, entry)
    check_settled(sandbox, entry, False)


def test_edit_that_somebody_else_wrote_over_is_not_called_not_carried_out(
    sandbox: Sandbox, edith: Client
) -> None:
    """Neither what was asked nor what was there before: nobody can tell by reading."""
    entry = gone_after_write(sandbox, edith, "edit", is_applied=True, kind="bad_json")
    rules = [{"id": 1, "parameter": 0, "value": 33, "service_id": 0}]
    sandbox.alter_promotion(CHAIN, STATIC, title="A third title", rules=rules)
    a_while_ago(entry)
    check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN


def test_what_reading_back_lacks_is_no_fact(sandbox: Sandbox, edith: Client) -> None:
    entry = gone_after_write(sandbox, edith, "edit", is_applied=True, kind="bad_json")
    raw = {**sandbox.promotion_of(CHAIN, STATIC)}
    del raw["rules"]
    by_id = {"method": "GET", "path": f"programs/{STATIC}$"}
    sandbox.fault(kind="status", status=200, body=raw, match=by_id, times=None)
    a_while_ago(entry)
    check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN
    sandbox.clear_faults()
    check(edith, entry)
    assert (entry.outcome, entry.kept) == (Outcome.DONE, [])


def test_edit_that_was_edited_back_since_is_not_called_refused(
    sandbox: Sandbox, edith: Client
) -> None:
    before = edit_form(edith, STATIC).values
    entry = unanswered(sandbox, edith, "edit", is_applied=True)
    edit(edith, STATIC, {name: before[name] for name in ("title", "rules-value-0")})
    assert newest().outcome == Outcome.DONE
    a_while_ago(entry)
    check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN


def test_edit_of_something_else_since_does_not_matter(sandbox: Sandbox, edith: Client) -> None:
    entry = unanswered(sandbox, edith, "edit", is_applied=False)
    edit(edith, STATIC, {"location_ids": ["503"]})
    assert newest().outcome == Outcome.DONE
    a_while_ago(entry)
    check(edith, entry)
    assert entry.outcome == Outcome.REFUSED


def test_write_that_arrives_late_is_found(sandbox: Sandbox, edith: Client) -> None:
    entry = unanswered(sandbox, edith, "edit", is_applied=False)
    rules = [{"id": 1, "parameter": 0, "value": 12, "service_id": 0}]
    sandbox.alter_promotion(CHAIN, STATIC, title="For all", rules=rules)
    check(edith, entry)
    assert (entry.outcome, entry.kept) == (Outcome.DONE, [])


def test_part_of_an_edit_that_took_is_done_and_the_rest_is_named(
    sandbox: Sandbox, edith: Client
) -> None:
    entry = unanswered(sandbox, edith, "edit", is_applied=True)
    rules = [{"id": 1, "parameter": 0, "value": 11, "service_id": 0}]
    sandbox.alter_promotion(CHAIN, STATIC, rules=rules)
    check(edith, entry)
    assert entry.outcome == Outcome.DONE
    assert [kept["field"] for kept in entry.kept] == [words.label("rules")]


@both
def test_expiry_that_was_taken_away_is_settled(
    sandbox: Sandbox, edith: Client, is_applied: bool
) -> None:
    """What the change made meaningless counts for nothing."""
    data = edit_form(edith, PAID).data({"expiration": "0"})
    sandbox.fault(kind="bad_json", apply=is_applied, match={"method": "PUT"})
    edith.post(f"{LIST}{PAID}/edit/", data)
    assert newest().outcome == (Outcome.DONE if is_applied else Outcome.REFUSED)
    assert newest().kept == []


def test_check_shows_the_settled_row_in_the_list(sandbox: Sandbox, loaded: Client) -> None:
    entry = unanswered(sandbox, loaded, "edit", is_applied=True)
    check(loaded, entry)
    start = len(sandbox.calls())
    assert "For all" in page_of(loaded, LIST).titles()
    assert len(sandbox.calls()) == start


def test_check_while_altegio_is_still_gone_says_so(sandbox: Sandbox, edith: Client) -> None:
    entry = unanswered(sandbox, edith, "create", is_applied=True)
    sandbox.fault(**SILENT)
    page = check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN
    assert said(page)
    assert reconcile().count("unknown") == 1


def test_settled_entry_is_checked_no_more(sandbox: Sandbox, edith: Client) -> None:
    entry = unanswered(sandbox, edith, "create", is_applied=True)
    check(edith, entry)
    start = len(sandbox.calls())
    check(edith, entry)
    assert entry.outcome == Outcome.DONE
    assert len(sandbox.calls()) == start
    page = page_of(edith, f"/activity/{entry.pk}/")
    assert not page.all("form", action=f"/activity/{entry.pk}/check/")


# A crash


def cut_off(sandbox: Sandbox, client: Client, what: str, *, is_applied: bool) -> Entry:
    """An entry as the dashboard left it when it was killed during the call."""
    entry = unanswered(sandbox, client, what, is_applied=is_applied)
    left_during_the_call(entry)
    return entry


@any_write
@both
def test_write_cut_off_by_a_crash_is_settled(
    sandbox: Sandbox, edith: Client, is_applied: bool, what: str
) -> None:
    entry = cut_off(sandbox, edith, what, is_applied=is_applied)
    count = len(writes(sandbox))
    reconcile()
    check_settled(sandbox, entry, is_applied)
    assert len(writes(sandbox)) == count


def test_abandoned_write_is_unknown_wherever_it_shows(sandbox: Sandbox, edith: Client) -> None:
    entry = cut_off(sandbox, edith, "edit", is_applied=True)
    outcomes = {}
    for url in (
        "/activity/", f"/activity/{entry.pk}/", f"{LIST}{STATIC}/", f"{LIST}trash/",
    ):  # fmt: skip
        left_pending(entry)
        page_of(edith, url)
        entry.refresh_from_db()
        outcomes[url] = entry.outcome
    assert {*outcomes.values()} == {Outcome.UNKNOWN}, outcomes


@any_write
def test_form_of_an_unknown_write_does_not_write_again(
    sandbox: Sandbox, edith: Client, what: str
) -> None:
    url, data, method = submission(edith, what)
    sandbox.fault(kind="reset", match={"method": method})
    edith.post(url, data)
    count, entry = len(writes(sandbox)), newest()
    left_pending(entry)
    began = time.monotonic()
    answer = edith.post(url, data)
    # Nobody is at work on it any more: there is nothing to wait for.
    assert time.monotonic() - began < SLACK
    assert len(writes(sandbox)) == count
    assert_leads_to(entry, answer, shown(edith, answer))


@pytest.mark.slow
def test_page_ends_in_time_when_reading_back_hangs_too(
    sandbox: Sandbox, edith: Client, settings: Any
) -> None:
    settings.ALTEGIO_TIMEOUT = 1.0
    url, data, _method = submission(edith, "edit")
    sandbox.fault(kind="hang", seconds=30, match={"method": "PUT"})
    # The read before the write goes by.
    reads = {"method": "GET", "path": f"/{STATIC}$"}
    sandbox.fault(kind="hang", seconds=30, match=reads, after=1, times=None)
    began = time.monotonic()
    edith.post(url, data)
    assert time.monotonic() - began < 1.0 + SLACK / 2
    assert newest().outcome == Outcome.UNKNOWN
    sandbox.clear_faults()
