"""A write that ends badly: sent once, told truly, and settled by reading back alone."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.forms.models import model_to_dict
from django.test import Client
from django.utils import timezone

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.connections import tokens
from loyalty_admin.connections.models import Connection
from loyalty_admin.promotions import actions, words
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PASSWORD
from tests.faults.classes import BUSY, ENDINGS, NAMES, UNKNOWN, UNREADABLE, FaultClass
from tests.faults.classes import REFUSED as REFUSING
from tests.pages import Page, page_of
from tests.promotions.common import CHAIN, FOREIGN, LIST, PAID, STATIC, listed, named, writes
from tests.promotions.submitting import (
    EACH,
    clone_form,
    edit,
    edit_form,
    filled,
    form_of,
    new_form,
    new_url,
    newest,
    said,
    shown,
    submission,
)

TIMEOUT = 3.0  # seconds
SLACK = 6.0
ORIGINAL = "Welcome, 10% off"
DUPLICATE = f"{ORIGINAL} (2)"
# That nothing is found of these proves nothing: a location may report a new one later.
MAKING = ("create", "clone", "create again")
both = pytest.mark.parametrize("is_applied", [False, True], ids=["lost", "applied"])
# The other two make a promotion as "create" does.
each = pytest.mark.parametrize(
    "what",
    ["create", "edit", "delete", *(pytest.param(w, marks=pytest.mark.long) for w in MAKING[1:])],
)


@pytest.fixture(autouse=True)
def short_of_time(settings: Any) -> None:
    settings.ALTEGIO_TIMEOUT = TIMEOUT


def titles(sandbox: Sandbox) -> set[str]:
    return {" ".join(raw["title"].split()) for raw in listed(sandbox)}


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
    no_secrets(entry, response)
    return response, data


def no_secrets(entry: Entry, response: Any) -> None:
    connection = Connection.objects.get()
    kept = json.dumps(model_to_dict(entry), default=str) + response.content.decode()
    token = tokens.decrypt(connection.token).reveal()
    for secret in (token, "partner-of-the-tests", PASSWORD, "director@sandbox", "Bearer"):
        assert secret not in kept


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
        check_leads_to(entry, response, page)
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
    # The next request works, and shows what Altegio has.
    assert set(page_of(edith, f"{LIST}loaded/?size=100").titles()) == titles(sandbox)


def check_leads_to(entry: Entry, response: Any, page: Page) -> None:
    url = f"/activity/{entry.pk}/"
    assert response.get("Location") == url or page.all("a", href=url)


# Altegio gone after the write: settled later


def gone_after_write(
    sandbox: Sandbox, client: Client, what: str, *, is_applied: bool, kind: str
) -> Entry:
    """An entry whose write met the fault, and that could not be read back at once."""
    url, data, method = submission(client, what)
    count = len(writes(sandbox))
    sandbox.fault(kind=kind, apply=is_applied, match={"method": method})
    # Before the write: the original of a duplicate, and one location or the promotion itself.
    reads = 2 if what == "clone" else 1
    sandbox.fault(kind="bad_json", after=reads, times=None, match={"method": "GET"})
    client.post(url, data)
    sandbox.clear_faults()
    assert len(writes(sandbox)) == count + 1
    entry = newest()
    assert entry.outcome == Outcome.UNKNOWN
    return entry


def unanswered(sandbox: Sandbox, client: Client, what: str, *, is_applied: bool) -> Entry:
    return gone_after_write(sandbox, client, what, is_applied=is_applied, kind="reset")


def check(client: Client, entry: Entry) -> Page:
    answer = client.post(f"/activity/{entry.pk}/check/")
    entry.refresh_from_db()
    return shown(client, answer)


def reconcile() -> str:
    told = StringIO()
    call_command("reconcile", stdout=told)
    return told.getvalue()


def a_while_ago(entry: Entry, minutes: int = 2) -> None:
    Entry.objects.filter(pk=entry.pk).update(started_at=timezone.now() - timedelta(minutes=minutes))


def check_settled(sandbox: Sandbox, client: Client, entry: Entry, is_applied: bool) -> None:
    """The journal and the list say what became of it."""
    entry.refresh_from_db()
    lost = Outcome.UNKNOWN if entry.action in actions.MADE else Outcome.REFUSED
    assert entry.outcome == (Outcome.DONE if is_applied else lost)
    if is_applied and not entry.action.endswith(".deleted"):
        assert entry.result_id in {raw["id"] for raw in listed(sandbox)}
        assert entry.kept == []
    assert set(page_of(client, f"{LIST}loaded/?size=100").titles()) == titles(sandbox)


@each
@both
def test_answered_but_not_understood_is_settled_by_checking(
    sandbox: Sandbox, edith: Client, is_applied: bool, what: str
) -> None:
    entry = gone_after_write(sandbox, edith, what, is_applied=is_applied, kind="bad_json")
    count = len(writes(sandbox))
    page = page_of(edith, f"/activity/{entry.pk}/")
    answer = edith.post(f"/activity/{entry.pk}/check/", page.form("check/").data())
    assert said(shown(edith, answer))
    check_settled(sandbox, edith, entry, is_applied)
    assert len(writes(sandbox)) == count


@each
def test_reconcile_settles_what_was_carried_out(sandbox: Sandbox, edith: Client, what: str) -> None:
    entry = unanswered(sandbox, edith, what, is_applied=True)
    count = len(writes(sandbox))
    assert f"{entry.pk} {entry.action}" in reconcile()
    check_settled(sandbox, edith, entry, True)
    assert len(writes(sandbox)) == count
    assert reconcile() == ""


@each
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
    check_settled(sandbox, edith, entry, False)


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
    sandbox.fault(kind="bad_json", times=None)
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


# Locations tell what was made: one of them may be silent


def lost_in_two_locations(
    sandbox: Sandbox, client: Client, *, is_applied: bool, silent_before: bool
) -> Entry:
    """A POST whose answer is lost; it was to be valid in 501 and 502."""
    data = new_form(client).data({**filled(), "location_ids": ["501", "502"]})
    if silent_before:
        sandbox.fault(kind="html", status=502, times=None, match={"path": "/company/502/"})
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
    sandbox.fault(kind="html", status=502, after=1, times=None, match=silent)
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


# A crash


def cut_off(sandbox: Sandbox, client: Client, what: str, *, is_applied: bool) -> Entry:
    """An entry as the dashboard left it when it was killed during the call."""
    entry = unanswered(sandbox, client, what, is_applied=is_applied)
    entry.asked.pop("answered")
    entry.attempts = [attempt | {"outcome": "sent"} for attempt in entry.attempts]
    pending(entry)
    return entry


def pending(entry: Entry) -> None:
    entry.outcome, entry.reason, entry.finished_at = Outcome.PENDING, "", None
    entry.save()
    a_while_ago(entry, minutes=10)


@each
@both
def test_write_cut_off_by_a_crash_is_settled(
    sandbox: Sandbox, edith: Client, is_applied: bool, what: str
) -> None:
    entry = cut_off(sandbox, edith, what, is_applied=is_applied)
    count = len(writes(sandbox))
    reconcile()
    check_settled(sandbox, edith, entry, is_applied)
    assert len(writes(sandbox)) == count


def test_abandoned_write_is_unknown_wherever_it_shows(sandbox: Sandbox, edith: Client) -> None:
    entry = cut_off(sandbox, edith, "edit", is_applied=True)
    outcomes = {}
    for url in (
        "/activity/", f"/activity/{entry.pk}/", f"{LIST}{STATIC}/", f"{LIST}trash/",
    ):  # fmt: skip
        pending(entry)
        page_of(edith, url)
        entry.refresh_from_db()
        outcomes[url] = entry.outcome
    assert {*outcomes.values()} == {Outcome.UNKNOWN}, outcomes


@each
def test_form_of_an_unknown_write_does_not_write_again(
    sandbox: Sandbox, edith: Client, what: str
) -> None:
    url, data, method = submission(edith, what)
    sandbox.fault(kind="reset", match={"method": method})
    edith.post(url, data)
    count, entry = len(writes(sandbox)), newest()
    pending(entry)
    began = time.monotonic()
    answer = edith.post(url, data)
    # Nobody is at work on it any more: there is nothing to wait for.
    assert time.monotonic() - began < SLACK
    assert len(writes(sandbox)) == count
    check_leads_to(entry, answer, shown(edith, answer))


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
