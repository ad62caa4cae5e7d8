"""Changes of which nobody knows what became: settled by reading, and never sent again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.endings import check
from tests.faults.classes import UNKNOWN, UNREADABLE, FaultClass
from tests.memberships.common import CHAIN, POOL, kept, moment, put, writes
from tests.memberships.submitting import (
    PATHS,
    at,
    change,
    confirmation,
    in_days,
    newest,
    previewed,
    submission,
)
from tests.pages import page_of

pytestmark = pytest.mark.slow

PAGES = {"pool": "balance", "validity": "validity"}


def lost(
    sandbox: Sandbox, client: Client, what: str, *, is_applied: bool, fault: FaultClass = UNKNOWN
) -> tuple[Entry, int]:
    """A change whose answer never came, and that could not be read back at once."""
    url, data, number = submission(client, sandbox, what)
    before = len(writes(sandbox))
    match = {"method": "POST", "path": PATHS[what]}
    sandbox.fault(**fault.fault, apply=is_applied, match=match)
    # Read when the page is asked for, and when it is sent.
    sandbox.fault(kind="null_data", after=2, times=None, match={"method": "GET"})
    answer = client.post(url, data)
    sandbox.clear_faults()
    entry = newest()
    assert entry.outcome == Outcome.UNKNOWN
    assert answer["Location"] == f"/activity/{entry.pk}/"
    assert len(writes(sandbox)) == before + 1
    return entry, number


def a_while_ago() -> None:
    Entry.objects.update(started_at=Now() - timedelta(minutes=2))


@pytest.mark.parametrize(
    ("what", "is_applied", "outcome"),
    [
        ("freeze", True, Outcome.DONE),
        ("balance", True, Outcome.DONE),
        ("freeze", False, Outcome.REFUSED),
        ("unfreeze", False, Outcome.REFUSED),
        ("pool", False, Outcome.REFUSED),
        ("validity", False, Outcome.REFUSED),
        # Visits may have used up again what it had added.
        ("balance", False, Outcome.UNKNOWN),
    ],
)
def test_unknown_change_is_settled_by_checking_and_never_sent_again(
    sandbox: Sandbox, edith: Client, what: str, is_applied: bool, outcome: Outcome
) -> None:
    entry, _number = lost(sandbox, edith, what, is_applied=is_applied)
    if not is_applied:  # Altegio may still be at work on it
        check(edith, entry)
        assert entry.outcome == Outcome.UNKNOWN
    a_while_ago()
    check(edith, entry)
    assert (entry.outcome, entry.kept) == (outcome, [])
    assert len(writes(sandbox)) == 1


@pytest.mark.parametrize("what", ["freeze", "balance"])
def test_what_something_else_changed_since_stays_unknown(
    sandbox: Sandbox, edith: Client, what: str
) -> None:
    entry, number = lost(sandbox, edith, what, is_applied=False)
    if what == "balance":
        sandbox.use_membership(CHAIN, number, timezone.now())
    else:
        sandbox.alter_membership(CHAIN, number, expiration_date=moment(33))
    a_while_ago()
    check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN


@pytest.mark.parametrize(("what", "undo"), [("freeze", "unfreeze"), ("unfreeze", "freeze")])
def test_what_was_undone_here_since_had_been_carried_out(
    sandbox: Sandbox, edith: Client, what: str, undo: str
) -> None:
    entry, number = lost(sandbox, edith, what, is_applied=True)
    raw = {"id": number}
    if undo == "freeze":
        change(edith, raw, undo, {"until": in_days(5)})
    else:
        edith.post(at(raw, undo), confirmation(page_of(edith, at(raw, undo))))
    assert newest().action == f"membership.{undo.replace('freeze', 'frozen')}"
    assert newest().outcome == Outcome.DONE
    a_while_ago()
    check(edith, entry)
    assert entry.outcome == Outcome.DONE
    assert entry.reason


def test_what_may_have_been_done_by_another_like_it_is_not_called_carried_out(
    sandbox: Sandbox, edith: Client
) -> None:
    entry, number = lost(sandbox, edith, "freeze", is_applied=False)
    raw = {"id": number}
    change(edith, raw, "freeze", {"until": in_days(5)})
    edith.post(at(raw, "unfreeze"), confirmation(page_of(edith, at(raw, "unfreeze"))))
    assert (newest().action, newest().outcome) == ("membership.unfrozen", Outcome.DONE)
    a_while_ago()
    check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("what", "back"), [("pool", {"left": "20"}), ("validity", {"number": "6", "unit": "3"})]
)
def test_what_was_changed_back_here_since_is_not_called_refused(
    sandbox: Sandbox, edith: Client, what: str, back: dict[str, str]
) -> None:
    entry, number = lost(sandbox, edith, what, is_applied=True)
    as_before = sandbox.membership_of(CHAIN, number)
    change(edith, {"id": number}, PAGES[what], back)
    assert newest().outcome == Outcome.DONE
    assert sandbox.membership_of(CHAIN, number) != as_before
    a_while_ago()
    check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN


def test_visits_that_may_have_been_used_up_since_are_not_called_refused(
    sandbox: Sandbox, edith: Client
) -> None:
    """One more, and one visit: as many are left as before."""
    raw = put(sandbox, POOL, united_balance_services_count=5)
    preview = previewed(edith, raw, "balance", {"left": "6"})
    sandbox.fault(**UNKNOWN.fault, match={"method": "POST"}, apply=True)
    sandbox.fault(kind="null_data", after=2, times=None, match={"method": "GET"})
    edith.post(at(raw, "balance"), confirmation(preview))
    sandbox.clear_faults()
    sandbox.use_membership(CHAIN, raw["id"], timezone.now())
    assert kept(sandbox, raw)["united_balance_services_count"] == 5
    entry = newest()
    assert entry.outcome == Outcome.UNKNOWN
    a_while_ago()
    check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN


def test_what_may_have_been_undone_at_altegio_since_is_told_otherwise_than_a_fact(
    sandbox: Sandbox, edith: Client
) -> None:
    """What is read at once is certain. After a while somebody may have undone it at Altegio."""
    entry, _number = lost(sandbox, edith, "validity", is_applied=False, fault=UNREADABLE)
    check(edith, entry)
    certain = entry.reason
    assert entry.outcome == Outcome.REFUSED and certain
    entry, _number = lost(sandbox, edith, "validity", is_applied=False)
    a_while_ago()
    page = check(edith, entry)
    assert entry.outcome == Outcome.REFUSED
    assert entry.reason and entry.reason != certain
    assert entry.reason in page.text and certain not in page.text


def test_unknown_change_is_checked_from_the_page_of_the_membership(
    sandbox: Sandbox, edith: Client, vera: Client
) -> None:
    entry, number = lost(sandbox, edith, "pool", is_applied=True)
    page = page_of(edith, at({"id": number}))
    edith.post(f"/activity/{entry.pk}/check/", page.form(f"/activity/{entry.pk}/check/").data())
    entry.refresh_from_db()
    assert entry.outcome == Outcome.DONE
    Entry.objects.update(outcome=Outcome.UNKNOWN)
    assert not page_of(vera, at({"id": number})).all("form", action=f"/activity/{entry.pk}/check/")
