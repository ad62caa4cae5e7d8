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
from loyalty_admin.gift_card_types.models import ArchivedType
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PASSWORD
from tests.faults.classes import BUSY, ENDINGS, NAMES, FaultClass
from tests.faults.classes import REFUSED as REFUSING
from tests.faults.classes import UNKNOWN as UNANSWERED
from tests.gift_card_types.common import CHAIN, DATED, LIST, ONLINE, PLAIN, named, writes
from tests.gift_card_types.submitting import edit, edit_form, newest, press, said, shown
from tests.gift_card_types.writing import EACH, submission, switch_plainly
from tests.pages import Page, page_of

TIMEOUT = 3.0  # seconds
SLACK = 6.0
ORIGINAL = "Подарок для мамы"
DUPLICATE = f"{ORIGINAL} (2)"


REFUSED, UNKNOWN = Outcome.REFUSED, Outcome.UNKNOWN
# What shares its service with another write is settled like that one.
KINDS = ["create", "edit", "archive", "unarchive", "delete"]
OTHERS = [pytest.param(what, marks=pytest.mark.long) for what in EACH if what not in KINDS]
FORMS = ("create", "clone", "edit", "create again")
both = pytest.mark.parametrize("is_applied", [False, True], ids=["lost", "applied"])
each = pytest.mark.parametrize("what", [*KINDS, *OTHERS])


@pytest.fixture(autouse=True)
def short_of_time(settings: Any) -> None:
    settings.ALTEGIO_TIMEOUT = TIMEOUT


def away() -> set[int]:
    """What is archived in this dashboard."""
    return set(ArchivedType.objects.values_list("type_id", flat=True))


def states(sandbox: Sandbox) -> tuple[dict[int, Any], set[int]]:
    """Everything a person can tell about the chain's types, at Altegio and here."""
    return {raw["id"]: raw for raw in sandbox.certificate_types_of(CHAIN)}, away()


def active_titles(sandbox: Sandbox) -> set[str]:
    raws, hidden = states(sandbox)
    active = [raw for raw in raws.values() if not raw["is_archived"] and not raw["is_deleted"]]
    return {" ".join(raw["title"].split()) for raw in active if raw["id"] not in hidden}


def send(sandbox: Sandbox, client: Client, what: str, **fault: Any) -> tuple[Any, dict[str, Any]]:
    """Send one submission, of which the write meets the fault: the answer, and what was sent."""
    url, data, method = submission(client, what)
    count, before = len(writes(sandbox)), states(sandbox)
    sandbox.fault(match={"method": method}, **fault)
    began = time.monotonic()
    response = client.post(url, data)
    assert time.monotonic() - began < TIMEOUT + SLACK, "the page took too long"
    sandbox.clear_faults()
    assert len(writes(sandbox)) == count + 1, "one write, whatever happens"
    entry = newest()
    assert (states(sandbox) == before) == (not writes(sandbox)[-1]["applied"])
    assert len(entry.attempts) == 1 and entry.attempts[0]["outcome"] != "sent"
    no_secrets(entry, response)
    return response, data


def no_secrets(entry: Entry, response: Any) -> None:
    connection = Connection.objects.get()
    kept = json.dumps(model_to_dict(entry), default=str) + response.content.decode()
    token = tokens.decrypt(connection.token).reveal()
    for secret in (token, "partner-of-the-tests", PASSWORD, "director@sandbox", "Bearer"):
        assert secret not in kept


@pytest.mark.parametrize("what", EACH)
@pytest.mark.parametrize(("bad", "is_applied"), ENDINGS, ids=NAMES)
def test_outcome_of_every_write_is_told_truly(
    sandbox: Sandbox, edith: Client, bad: FaultClass, is_applied: bool, what: str
) -> None:
    archived_before = {ONLINE} if what == "unarchive" else set()
    response, sent = send(sandbox, edith, what, **bad.fault, apply=is_applied)
    entry = newest()
    not_applied = UNKNOWN if bad is UNANSWERED else REFUSED
    assert entry.outcome == (Outcome.DONE if is_applied else not_applied)
    page = shown(edith, response)
    assert said(page)
    if entry.outcome == UNKNOWN:
        assert_leads_to(entry, response, page)
    if entry.outcome == REFUSED:
        assert entry.reason
    if bad in (REFUSING, BUSY):
        assert response.status_code == (503 if bad is BUSY else 422)
    if bad is REFUSING:
        assert bad.fault["message"] in said(page)
    if bad in (REFUSING, BUSY) and what in FORMS:
        # Nothing that was typed is lost, and the form can be sent again.
        form = page.form(id="type-form")
        assert form.values["title"] in (sent["title"], [sent["title"]])
        assert form.values["form_id"] != sent["form_id"]
    if not is_applied:
        assert away() == archived_before, "nothing is archived, or no more, that was not done"
    # The next request works, and shows what Altegio has.
    assert set(page_of(edith, f"{LIST}loaded/?size=100").titles()) == active_titles(sandbox)


def assert_leads_to(entry: Entry, response: Any, page: Page) -> None:
    """To its place in the journal: at once, or by a link."""
    url = f"/activity/{entry.pk}/"
    assert response.headers.get("Location") == url or page.all("a", href=url)


# Altegio gone after the write: settled later


def gone_after_write(
    sandbox: Sandbox, client: Client, what: str, *, is_applied: bool, kind: str
) -> Entry:
    """An entry whose write met the fault, and that could not be read back at once."""
    url, data, method = submission(client, what)
    count = len(writes(sandbox))
    sandbox.fault(kind=kind, apply=is_applied, match={"method": method})
    reads = 2 if what == "clone" else 1  # before the write
    sandbox.fault(kind="bad_json", after=reads, times=None, match={"method": "GET"})
    client.post(url, data)
    sandbox.clear_faults()
    assert len(writes(sandbox)) == count + 1
    entry = newest()
    assert entry.outcome == UNKNOWN
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
    """The journal, the list and what is archived here all say what became of it."""
    entry.refresh_from_db()
    assert entry.outcome == (Outcome.DONE if is_applied else REFUSED)
    action = entry.action.partition(".")[2]
    if is_applied and action != "deleted":
        assert entry.result_id in states(sandbox)[0]
    if action in ("archived", "unarchived"):
        assert away() == ({ONLINE} if is_applied == (action == "archived") else set())
    if action == "archived" and is_applied:
        assert ArchivedType.objects.get().took_off_sale
    assert set(page_of(client, f"{LIST}loaded/?size=100").titles()) == active_titles(sandbox)


@each
@both
def test_answered_but_not_understood_is_settled_by_checking(
    sandbox: Sandbox, edith: Client, is_applied: bool, what: str
) -> None:
    entry = gone_after_write(sandbox, edith, what, is_applied=is_applied, kind="bad_json")
    count, before = len(writes(sandbox)), away()
    page = page_of(edith, f"/activity/{entry.pk}/")
    assert away() == before, "nothing is archived, or no more, before it is known"
    answer = edith.post(f"/activity/{entry.pk}/check/", page.form("check/").data())
    assert said(shown(edith, answer))
    check_settled(sandbox, edith, entry, is_applied)
    assert len(writes(sandbox)) == count


@pytest.mark.parametrize("what", ["create", "archive"])
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
    assert entry.outcome == UNKNOWN
    reconcile()
    entry.refresh_from_db()
    assert entry.outcome == UNKNOWN
    a_while_ago(entry)
    check(edith, entry)
    check_settled(sandbox, edith, entry, False)


def test_edit_that_was_edited_back_since_is_not_called_refused(
    sandbox: Sandbox, edith: Client
) -> None:
    before = edit_form(edith, PLAIN).values
    entry = unanswered(sandbox, edith, "edit", is_applied=True)
    edit(edith, PLAIN, {name: before[name] for name in ("title", "face_value")})
    assert newest().outcome == Outcome.DONE
    a_while_ago(entry)
    check(edith, entry)
    assert entry.outcome == UNKNOWN


def test_edit_of_something_else_since_does_not_matter(sandbox: Sandbox, edith: Client) -> None:
    entry = unanswered(sandbox, edith, "edit", is_applied=False)
    edit(edith, PLAIN, {"location_ids": ["503"]})
    assert newest().outcome == Outcome.DONE
    a_while_ago(entry)
    check(edith, entry)
    assert entry.outcome == REFUSED


def test_duplicate_that_was_made_since_does_not_matter(sandbox: Sandbox, edith: Client) -> None:
    entry = unanswered(sandbox, edith, "edit", is_applied=False)
    url, data, _method = submission(edith, "clone")
    edith.post(url, data)
    assert (newest().object_id, newest().outcome) == (entry.object_id, Outcome.DONE)
    a_while_ago(entry)
    check(edith, entry)
    assert entry.outcome == REFUSED


def test_write_that_arrives_late_is_found(sandbox: Sandbox, edith: Client) -> None:
    entry = unanswered(sandbox, edith, "edit", is_applied=False)
    sandbox.alter_certificate_type(CHAIN, PLAIN, title="For her", balance=130)
    check(edith, entry)
    assert (entry.outcome, entry.kept) == (Outcome.DONE, [])


def test_part_of_an_edit_that_took_is_done_and_the_rest_is_named(
    sandbox: Sandbox, edith: Client
) -> None:
    entry = unanswered(sandbox, edith, "edit", is_applied=True)
    sandbox.alter_certificate_type(CHAIN, PLAIN, balance=120)
    check(edith, entry)
    assert entry.outcome == Outcome.DONE
    assert [kept["field"] for kept in entry.kept] == ["Face value"]


def test_another_kind_of_validity_is_settled_both_ways(sandbox: Sandbox, edith: Client) -> None:
    """What the change made meaningless counts for nothing."""
    for is_applied in (False, True):
        url = f"{LIST}{DATED}/edit/"
        data = page_of(edith, url).form(id="type-form").data({"validity_kind": "0"})
        sandbox.fault(kind="bad_json", apply=is_applied, match={"method": "PUT"})
        edith.post(url, data)
        assert newest().outcome == (Outcome.DONE if is_applied else REFUSED)
        assert newest().kept == []


def test_check_shows_the_settled_row_in_the_list(sandbox: Sandbox, loaded: Client) -> None:
    entry = unanswered(sandbox, loaded, "edit", is_applied=True)
    check(loaded, entry)
    start = len(sandbox.calls())
    assert "For her" in page_of(loaded, LIST).titles()
    assert len(sandbox.calls()) == start


def test_check_while_altegio_is_still_gone_says_so(sandbox: Sandbox, edith: Client) -> None:
    entry = unanswered(sandbox, edith, "archive", is_applied=True)
    sandbox.fault(kind="bad_json", times=None)
    page = check(edith, entry)
    assert entry.outcome == UNKNOWN
    assert said(page)
    assert reconcile().count("unknown") == 1
    assert not away()


def test_settled_entry_is_checked_no_more(sandbox: Sandbox, edith: Client) -> None:
    entry = unanswered(sandbox, edith, "archive", is_applied=True)
    check(edith, entry)
    ArchivedType.objects.all().delete()
    start = len(sandbox.calls())
    check(edith, entry)
    assert entry.outcome == Outcome.DONE
    assert len(sandbox.calls()) == start
    assert not away()
    page = page_of(edith, f"/activity/{entry.pk}/")
    assert not page.all("form", action=f"/activity/{entry.pk}/check/")


def test_archiving_settled_late_does_not_undo_what_was_done_since(
    sandbox: Sandbox, edith: Client
) -> None:
    entry = unanswered(sandbox, edith, "archive", is_applied=True)
    switch_plainly(edith, ONLINE, "archive")
    press(edith, ONLINE, "unarchive")
    assert sandbox.certificate_type_of(CHAIN, ONLINE)["online_sale_is_enabled"]
    sandbox.alter_certificate_type(CHAIN, ONLINE, online_sale_is_enabled=False)
    reconcile()
    entry.refresh_from_db()
    assert (entry.outcome, away()) == (Outcome.DONE, set())


def test_archiving_settled_late_knows_that_it_took_the_type_off_sale(
    sandbox: Sandbox, edith: Client
) -> None:
    """Archived again meanwhile, when it was off sale already."""
    unanswered(sandbox, edith, "archive", is_applied=True)
    switch_plainly(edith, ONLINE, "archive")
    reconcile()
    assert ArchivedType.objects.get().took_off_sale


# Several could be the one


def two_candidates(sandbox: Sandbox, client: Client) -> tuple[Entry, int, int]:
    """A duplicate of unknown outcome, and two types that may have come of it."""
    entry = unanswered(sandbox, client, "clone", is_applied=True)
    mine = named(sandbox, DUPLICATE)["id"]
    other = sandbox.put_certificate_type(CHAIN, {**named(sandbox, DUPLICATE), "id": 0})["id"]
    return entry, mine, int(other)


def test_person_decides_among_several(sandbox: Sandbox, edith: Client) -> None:
    entry, mine, other = two_candidates(sandbox, edith)
    page = check(edith, entry)
    assert entry.outcome == UNKNOWN
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
    for chosen in (str(PLAIN), "25001", "0", "", "x", "²", "-1", "9" * 40):
        answer = edith.post(f"/activity/{entry.pk}/decide/", {"object": chosen})
        assert answer.status_code == 302
        entry.refresh_from_db()
        assert (entry.outcome, entry.result_id) == (UNKNOWN, None)
        assert said(shown(edith, answer))


def test_reconcile_leaves_the_choice_to_the_person(sandbox: Sandbox, edith: Client) -> None:
    entry, _mine, _other = two_candidates(sandbox, edith)
    assert "one of 2" in reconcile()
    entry.refresh_from_db()
    assert entry.outcome == UNKNOWN


def test_type_that_another_entry_made_is_no_candidate(sandbox: Sandbox, edith: Client) -> None:
    """Two duplicates, of which one went well: what remains is the other's."""
    entry = unanswered(sandbox, edith, "clone", is_applied=True)
    mine = named(sandbox, DUPLICATE)["id"]
    url, data, _method = submission(edith, "clone")
    edith.post(url, data)
    check(edith, entry)
    assert (entry.outcome, entry.result_id) == (Outcome.DONE, mine)


def test_type_that_was_there_before_is_no_candidate(sandbox: Sandbox, edith: Client) -> None:
    sandbox.put_certificate_type(CHAIN, {**named(sandbox, ORIGINAL), "id": 0, "title": DUPLICATE})
    entry = unanswered(sandbox, edith, "clone", is_applied=False)
    a_while_ago(entry)
    check(edith, entry)
    assert entry.outcome == REFUSED


def test_type_that_somebody_makes_meanwhile_is_told_from_one_of_a_longer_title(
    sandbox: Sandbox, edith: Client
) -> None:
    """Altegio's search finds a part of a title."""
    entry = unanswered(sandbox, edith, "clone", is_applied=True)
    mine = named(sandbox, DUPLICATE)["id"]
    longer = {**named(sandbox, DUPLICATE), "id": 0, "title": f"{DUPLICATE} (2)"}
    sandbox.put_certificate_type(CHAIN, longer)
    check(edith, entry)
    assert (entry.outcome, entry.result_id) == (Outcome.DONE, mine)


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


@pytest.mark.parametrize("what", ["create", "edit", "archive", "delete"])
@both
def test_write_cut_off_by_a_crash_is_settled(
    sandbox: Sandbox, edith: Client, is_applied: bool, what: str
) -> None:
    entry = cut_off(sandbox, edith, what, is_applied=is_applied)
    count = len(writes(sandbox))
    reconcile()
    check_settled(sandbox, edith, entry, is_applied)
    assert len(writes(sandbox)) == count


def test_archiving_cut_off_before_it_was_noted_is_made_up_for(
    sandbox: Sandbox, edith: Client
) -> None:
    """It sends nothing to Altegio: that it was meant is all there is to know."""
    switch_plainly(edith, PLAIN, "archive")
    ArchivedType.objects.all().delete()
    pending(newest())
    reconcile()
    assert (newest().outcome, away()) == (Outcome.DONE, {PLAIN})
    assert not ArchivedType.objects.get().took_off_sale
    assert not writes(sandbox)


def test_abandoned_write_is_unknown_wherever_it_shows(sandbox: Sandbox, edith: Client) -> None:
    entry = cut_off(sandbox, edith, "edit", is_applied=True)
    for url in ("/activity/", f"/activity/{entry.pk}/", f"{LIST}{PLAIN}/", f"{LIST}trash/"):
        pending(entry)
        page_of(edith, url)
        entry.refresh_from_db()
        assert entry.outcome == UNKNOWN, url


def test_write_that_may_still_be_under_way_is_not_abandoned(
    sandbox: Sandbox, edith: Client
) -> None:
    entry = cut_off(sandbox, edith, "edit", is_applied=False)
    Entry.objects.update(started_at=timezone.now())
    reconcile()
    page = page_of(edith, f"/activity/{entry.pk}/")
    entry.refresh_from_db()
    assert entry.outcome == Outcome.PENDING
    assert not page.all("form", action=f"/activity/{entry.pk}/check/")


@pytest.mark.parametrize("what", ["edit", "archive"])
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
    assert_leads_to(entry, answer, shown(edith, answer))


def test_page_ends_in_time_when_reading_back_hangs_too(sandbox: Sandbox, edith: Client) -> None:
    url, data, _method = submission(edith, "edit")
    sandbox.fault(kind="hang", seconds=30, match={"method": "PUT"})
    # The read before the write goes by.
    reads = {"method": "GET", "path": f"/{PLAIN}$"}
    sandbox.fault(kind="hang", seconds=30, match=reads, after=1, times=None)
    began = time.monotonic()
    edith.post(url, data)
    assert time.monotonic() - began < TIMEOUT + SLACK / 2
    assert newest().outcome == UNKNOWN
    sandbox.clear_faults()
