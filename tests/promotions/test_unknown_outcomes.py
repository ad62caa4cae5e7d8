"""A write that ends badly: sent once, and told truly, as far as reading back tells."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.endings import a_while_ago, assert_leads_to, assert_no_secrets, check, reconcile
from tests.faults.classes import BUSY, ENDINGS, NAMES, UNKNOWN, UNREADABLE, FaultClass
from tests.faults.classes import REFUSED as REFUSING
from tests.pages import Page
from tests.promotions.common import (
    CHAIN,
    FOREIGN,
    LIST,
    SILENT,
    STATIC,
    named,
    writes,
)
from tests.promotions.ending import SLACK, TIMEOUT, unanswered
from tests.promotions.submitting import (
    EACH,
    clone_form,
    filled,
    form_of,
    new_form,
    new_url,
    newest,
    said,
    shown,
    submission,
)

ORIGINAL = "Welcome, 10% off"
DUPLICATE = f"{ORIGINAL} (2)"
# That nothing is found of these proves nothing: a location may report a new one later.
MAKING = ("create", "clone", "create again")


@pytest.fixture(autouse=True)
def short_of_time(settings: Any) -> None:
    settings.ALTEGIO_TIMEOUT = TIMEOUT


def send(sandbox: Sandbox, client: Client, what: str, **fault: Any) -> tuple[Any, dict[str, Any]]:
    """Send one submission, of which the write meets the fault: the answer, and what was sent."""
    url, data, method = submission(client, what)
    count, before = len(writes(sandbox)), sandbox.promotions_of(CHAIN)
    sandbox.fault(match={"method": method}, **fault)
    began = time.monotonic()
    response = client.post(url, data)
    assert time.monotonic() - began < TIMEOUT + SLACK, "the page took too long"
    sandbox.clear_faults()
    assert len(writes(sandbox)) == count + 1, "one write, whatever happens"
    entry = newest()
    assert (sandbox.promotions_of(CHAIN) == before) == (not writes(sandbox)[-1]["applied"])
    assert len(entry.attempts) == 1 and entry.attempts[0]["outcome"] != "sent"
    assert_no_secrets(entry, response)
    return response, data


def ends_as(bad: FaultClass, is_applied: bool, what: str) -> Outcome:
    """What is known of the write after it was read back at once."""
    if is_applied:
        return Outcome.DONE
    if bad is UNKNOWN or (bad is UNREADABLE and what in MAKING):
        return Outcome.UNKNOWN
    return Outcome.REFUSED


@pytest.mark.parametrize("what", EACH)
@pytest.mark.parametrize(("bad", "is_applied"), ENDINGS, ids=NAMES)
def test_outcome_of_every_write_is_told_truly(
    sandbox: Sandbox, edith: Client, bad: FaultClass, is_applied: bool, what: str
) -> None:
    response, sent = send(sandbox, edith, what, **bad.fault, apply=is_applied)
    entry = newest()
    assert entry.outcome == ends_as(bad, is_applied, what)
    page = shown(edith, response)
    assert said(page)
    if entry.outcome == Outcome.UNKNOWN:
        assert_leads_to(entry, response, page)
    if entry.outcome == Outcome.REFUSED:
        assert entry.reason
        assert response.status_code == (503 if bad is BUSY else 422)
    if bad is REFUSING:
        assert bad.fault["message"] in entry.reason
        assert bad.fault["message"] in said(page)
    if entry.outcome == Outcome.REFUSED and what != "delete":
        # Nothing typed is lost, and the form can be sent again.
        form = form_of(page)
        assert form.values["title"] in (sent["title"], [sent["title"]])
        assert form.values["form_id"] != sent["form_id"]


# Locations tell what was made: one of them may be silent


def lost_in_two_locations(
    sandbox: Sandbox, client: Client, *, is_applied: bool, silent_before: bool
) -> Entry:
    """A POST whose answer is lost; it was to be valid in 501 and 502."""
    data = new_form(client).data({**filled(), "location_ids": ["501", "502"]})
    if silent_before:
        sandbox.fault(**SILENT, match={"path": "/company/502/"})
    sandbox.fault(kind="bad_json", apply=is_applied, match={"method": "POST"})
    client.post(new_url(), data)
    sandbox.clear_faults()
    assert len(writes(sandbox)) == 1
    return newest()


def test_made_one_is_found_in_the_locations_that_answered(sandbox: Sandbox, edith: Client) -> None:
    entry = lost_in_two_locations(sandbox, edith, is_applied=True, silent_before=True)
    assert entry.asked["asked_in"] == [501]
    assert (entry.outcome, entry.result_id) == (Outcome.DONE, named(sandbox, "For friends")["id"])


def test_location_silent_when_it_was_sent_leaves_it_unknown(
    sandbox: Sandbox, edith: Client
) -> None:
    """What was in that location before is not known: nothing proves that it was not made."""
    entry = lost_in_two_locations(sandbox, edith, is_applied=False, silent_before=True)
    assert entry.outcome == Outcome.UNKNOWN
    a_while_ago(entry)
    check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN
    reconcile()
    entry.refresh_from_db()
    assert entry.outcome == Outcome.UNKNOWN


def test_location_silent_afterwards_leaves_it_unknown_until_it_speaks(
    sandbox: Sandbox, edith: Client
) -> None:
    data = new_form(edith).data({**filled(), "location_ids": ["501", "502"]})
    sandbox.fault(kind="bad_json", apply=True, match={"method": "POST"})
    silent = {"path": "/company/502/"}
    sandbox.fault(**SILENT, after=1, match=silent)
    edith.post(new_url(), data)
    entry = newest()
    assert entry.outcome == Outcome.UNKNOWN
    check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN
    sandbox.clear_faults()
    check(edith, entry)
    assert entry.outcome == Outcome.DONE


def test_one_that_no_location_reports_is_not_called_not_made(
    sandbox: Sandbox, edith: Client
) -> None:
    """Who looked at Altegio closes it, and can then make another."""
    entry = unanswered(sandbox, edith, "create", is_applied=True)
    sandbox.hide_promotion(CHAIN, named(sandbox, "For friends")["id"])
    a_while_ago(entry)
    assert said(check(edith, entry))
    assert entry.outcome == Outcome.UNKNOWN
    edith.post(f"/activity/{entry.pk}/close/")
    entry.refresh_from_db()
    assert entry.outcome == Outcome.REFUSED


@pytest.mark.slow
def test_every_location_silent_sends_nothing(sandbox: Sandbox, edith: Client) -> None:
    """Without knowing what is there, a lost POST could never be settled."""
    form = new_form(edith)
    sandbox.fault(kind="html", status=502, times=None, match={"path": "programs/search"})
    response = edith.post(new_url(), form.data(filled()))
    assert response.status_code == 503
    assert form_of(Page(response)).values["title"] == ["For friends"]
    assert not writes(sandbox)
    assert not Entry.objects.exists()


# Several could be the one


def two_candidates(sandbox: Sandbox, client: Client) -> tuple[Entry, int, int]:
    """A duplicate of unknown outcome, and two promotions that may have come of it."""
    entry = unanswered(sandbox, client, "clone", is_applied=True)
    mine = named(sandbox, DUPLICATE)["id"]
    other = sandbox.put_promotion(CHAIN, {**named(sandbox, DUPLICATE), "id": 0})["id"]
    return entry, mine, int(other)


def test_person_decides_among_several(sandbox: Sandbox, edith: Client) -> None:
    entry, mine, other = two_candidates(sandbox, edith)
    page = check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN
    choices = {box.attrs["value"] for box in page.all("input", name="object")}
    assert choices == {str(mine), str(other)}
    count = len(writes(sandbox))
    form = page.form("decide/")
    edith.post(form.attrs["action"], form.data({"object": str(mine)}))
    entry.refresh_from_db()
    assert (entry.outcome, entry.result_id) == (Outcome.DONE, mine)
    assert len(writes(sandbox)) == count


def test_what_is_no_candidate_is_not_taken(sandbox: Sandbox, edith: Client) -> None:
    entry, _mine, _other = two_candidates(sandbox, edith)
    for chosen in (str(STATIC), str(FOREIGN), "0", "", "x", "²", "-1", "9" * 40):
        answer = edith.post(f"/activity/{entry.pk}/decide/", {"object": chosen})
        assert answer.status_code == 302
        entry.refresh_from_db()
        assert (entry.outcome, entry.result_id) == (Outcome.UNKNOWN, None)
        assert said(shown(edith, answer))


def test_reconcile_leaves_the_choice_to_the_person(sandbox: Sandbox, edith: Client) -> None:
    entry, _mine, _other = two_candidates(sandbox, edith)
    assert "2" in reconcile().partition(": ")[2]
    entry.refresh_from_db()
    assert entry.outcome == Outcome.UNKNOWN


def test_promotion_that_another_entry_made_is_no_candidate(sandbox: Sandbox, edith: Client) -> None:
    """Two duplicates, of which one went well: what remains is the other's."""
    entry = unanswered(sandbox, edith, "clone", is_applied=True)
    mine = named(sandbox, DUPLICATE)["id"]
    edith.post(f"{LIST}{STATIC}/clone/", clone_form(edith, STATIC).data())
    check(edith, entry)
    assert (entry.outcome, entry.result_id) == (Outcome.DONE, mine)


def test_promotion_that_was_there_before_is_no_candidate(sandbox: Sandbox, edith: Client) -> None:
    sandbox.put_promotion(CHAIN, {**named(sandbox, ORIGINAL), "id": 0, "title": DUPLICATE})
    entry = unanswered(sandbox, edith, "clone", is_applied=False)
    a_while_ago(entry)
    page = check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN
    assert not page.all("input", name="object")
