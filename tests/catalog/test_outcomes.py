"""A write that ends badly is sent once, told truly, and never called done without reading back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from loyalty_admin.audit.models import Entry, Outcome
from tests.catalog.catalog import (
    Catalog,
    Submission,
    each_write,
    makes,
    silent_after_the_write,
)
from tests.catalog.resources import Raw
from tests.endings import assert_leads_to, assert_no_secrets, check, left_pending, newest
from tests.faults.classes import (
    BUSY,
    ENDINGS,
    REFUSED,
    UNKNOWN,
    UNREADABLE,
    FaultClass,
    not_sent,
)
from tests.pages import Page, page_of, said, shown

IN_FORMS = ("create", "edit", "create again")


@pytest.fixture(autouse=True)
def short_of_time(settings: Any) -> None:
    settings.ALTEGIO_TIMEOUT = 3.0


def state_of(catalog: Catalog) -> dict[int, Any]:
    """Everything a person can tell about the objects at Altegio."""
    return {raw["id"]: raw | {"date_archived": None} for raw in catalog.listed()}


def possible(catalog: Catalog, what: str, bad: FaultClass, is_applied: bool) -> set[Outcome]:
    """What may be said of it after it was read back at once."""
    if is_applied:
        return {Outcome.DONE}
    if bad is UNKNOWN:
        return {Outcome.UNKNOWN}
    if bad in (REFUSED, BUSY) or not makes(catalog.resource, what):
        return {Outcome.REFUSED}
    # That a new one is not found may prove nothing.
    return {Outcome.REFUSED, Outcome.UNKNOWN}


ORDINARY = ("create", "edit", "delete")


@each_write(sent=True)
def test_outcome_of_every_write_is_told_truly(catalog: Catalog, what: str) -> None:
    """A write that is not ordinary shares its way with one that is, and meets two endings."""
    ways = [pair for pair in ENDINGS if what in ORDINARY or pair in OF_OTHERS]
    submission = catalog.submission(what)
    about = newest_deletion() or submission.number
    opened = catalog.raw(about) if about else None
    for place, (bad, is_applied) in enumerate(ways):
        if place:
            submission = renewed(catalog, submission, what, opened, place)
        check_told(catalog, submission, what, bad, is_applied)
    if what in ORDINARY:
        submission = renewed(catalog, submission, what, opened, 99)
        check_not_sent(catalog, submission)
    # The list shows what Altegio has.
    catalog.client.get(f"{catalog.url}loaded/")
    assert catalog.titles() == {" ".join(raw["title"].split()) for raw in catalog.active()}


OF_OTHERS = ((UNKNOWN, True), (UNREADABLE, False))


def newest_deletion() -> int | None:
    entry = Entry.objects.filter(action__endswith=".deleted").first()
    return entry.object_id if entry else None


def renewed(
    catalog: Catalog, submission: Submission, what: str, opened: Raw | None, place: int
) -> Submission:
    """The same once more, about the object as it was; what is unknown of it before, a person ended.
    Otherwise nobody could say which of them was carried out."""
    Entry.objects.filter(outcome=Outcome.UNKNOWN).update(outcome=Outcome.REFUSED)
    if what in ("create again", "restore"):
        return catalog.submission(what)
    if opened:
        catalog.replace(opened)
    data = submission.data | {"form_id": f"one more form, number {place}"}
    return replace(submission, data=data)


def check_told(
    catalog: Catalog, submission: Submission, what: str, bad: FaultClass, is_applied: bool
) -> None:
    case = (bad.name, is_applied)
    count, before = len(catalog.writes()), state_of(catalog)
    fault = bad.fault | {"apply": is_applied}
    catalog.sandbox.fault(**fault, match={"method": submission.method})
    response = submission.send(catalog.client, htmx=what == "row edit")
    catalog.sandbox.clear_faults()
    assert len(catalog.writes()) == count + 1, "one write, whatever happens"
    assert (state_of(catalog) == before) == (not is_applied), case
    entry = newest()
    assert entry.outcome in possible(catalog, what, bad, is_applied), case
    assert len(entry.attempts) == 1 and entry.attempts[0]["outcome"] != "sent"
    assert_no_secrets(entry, response)
    page = shown(catalog.client, response)
    assert said(page), case
    if entry.outcome == Outcome.UNKNOWN:
        assert_leads_to(entry, response, page)
        # The form that was sent does not send it a second time.
        again = submission.send(catalog.client, htmx=what == "row edit")
        assert_leads_to(entry, again, shown(catalog.client, again))
        assert len(catalog.writes()) == count + 1
    elif entry.outcome == Outcome.REFUSED:
        assert entry.reason and entry.result_id is None
        assert response.status_code == (503 if bad is BUSY else 422), case
    if entry.outcome == Outcome.REFUSED and what in IN_FORMS:
        # Nothing typed is lost, and the form can be sent again.
        form = catalog.form_of(page)
        assert form.values["title"] in (submission.data["title"], [submission.data["title"]])
        assert form.values["form_id"] != submission.data["form_id"]


def check_not_sent(catalog: Catalog, submission: Submission) -> None:
    count, before = len(catalog.writes()), state_of(catalog)
    with not_sent(catalog.sandbox):
        response = submission.send(catalog.client)
    assert (len(catalog.writes()), state_of(catalog)) == (count, before)
    assert newest().outcome == Outcome.REFUSED
    assert newest().reason
    assert response.status_code == 503
    assert said(Page(response))


def test_accepted_write_without_effect_is_not_called_carried_out(catalog: Catalog) -> None:
    """Altegio answers with success and nothing else."""
    submission = catalog.submission("edit")
    catalog.sandbox.fault(kind="null_data", apply=False, match={"method": "PUT"})
    page = shown(catalog.client, submission.send(catalog.client))
    entry = newest()
    assert entry.outcome == Outcome.DONE
    assert len(entry.kept) == len(entry.changes) == 2
    assert {one["field"] for one in entry.kept} == {one["field"] for one in entry.changes}
    assert {one["kept"] for one in entry.kept} == {one["before"] for one in entry.changes}
    told = page.one("div", class_="notice warn").text
    assert all(one["field"] in told and one["kept"] in told for one in entry.kept)
    # Deleted: it is still there. Made: it is not there.
    for what in ("delete", "create"):
        submission = catalog.submission(what)
        catalog.sandbox.fault(kind="null_data", apply=False, match={"method": submission.method})
        submission.send(catalog.client)
        assert newest().outcome in (Outcome.REFUSED, Outcome.UNKNOWN), what
        assert newest().result_id is None


def test_part_that_altegio_kept_is_named(catalog: Catalog) -> None:
    """It keeps one of the two fields, and answers with what it has."""
    number, change = catalog.put(), catalog.change
    submission = catalog.submission("edit", number)
    catalog.sandbox.fault(kind="null_data", apply=True, match={"method": "PUT"})
    old = {change.key: catalog.raw(number)[change.key]}
    by_id = {"method": "GET", "path": f"/{number}$"}
    catalog.sandbox.fault(kind="altered", body=old, after=1, times=None, match=by_id)
    page = shown(catalog.client, submission.send(catalog.client))
    (kept,) = newest().kept
    assert newest().outcome == Outcome.DONE
    changed = {one["field"]: one for one in newest().changes}[kept["field"]]
    assert (kept["asked"], kept["kept"]) == (changed["after"], changed["before"])
    assert kept["field"] in page.one("div", class_="notice warn").text


@each_write("create", "edit", "delete", "archive", sent=True)
def test_nothing_is_claimed_that_was_not_read_back(catalog: Catalog, what: str) -> None:
    """The write is answered so that nobody understands it, and every later read fails."""
    for is_applied in (False, True):
        entry = catalog.unknown(what, is_applied=is_applied, kind="bad_json")
        count = len(catalog.writes())
        assert (entry.result_id, entry.kept) == (None, [])
        # Checked: by reading alone.
        page = page_of(catalog.client, f"/activity/{entry.pk}/")
        answer = catalog.client.post(f"/activity/{entry.pk}/check/", page.form("check/").data())
        assert said(shown(catalog.client, answer))
        entry.refresh_from_db()
        assert len(catalog.writes()) == count
        assert entry.outcome in possible(catalog, what, UNREADABLE, is_applied)
        if is_applied:
            assert (entry.result_id in state_of(catalog)) == (what != "delete")
            assert entry.kept == []
        # Else both might have made what is found next.
        Entry.objects.filter(outcome=Outcome.UNKNOWN).update(outcome=Outcome.REFUSED)


def test_accepted_write_whose_reading_back_fails_is_unknown(catalog: Catalog) -> None:
    submission = catalog.submission("delete")
    with silent_after_the_write(catalog.sandbox):
        submission.send(catalog.client)
    catalog.sandbox.clear_faults()
    entry = newest()
    assert entry.outcome == Outcome.UNKNOWN
    check(catalog.client, entry)
    assert entry.outcome == Outcome.DONE
    assert len(catalog.writes()) == 1


def test_form_of_a_write_cut_off_by_a_crash_does_not_write_again(catalog: Catalog) -> None:
    submission = catalog.submission("edit")
    catalog.sandbox.fault(kind="reset", match={"method": "PUT"})
    submission.send(catalog.client)
    count, entry = len(catalog.writes()), newest()
    for url in ("/activity/", f"/activity/{entry.pk}/", f"{catalog.url}trash/"):
        left_pending(entry)
        page_of(catalog.client, url)
        entry.refresh_from_db()
        assert entry.outcome == Outcome.UNKNOWN, url
    left_pending(entry)
    answer = submission.send(catalog.client)
    assert_leads_to(entry, answer, shown(catalog.client, answer))
    assert len(catalog.writes()) == count


def test_read_that_fails_before_the_write_sends_nothing(catalog: Catalog) -> None:
    submission = catalog.submission("delete")
    catalog.sandbox.fault(kind="status", status=500, times=None, match={"method": "GET"})
    answer = submission.send(catalog.client)
    assert answer.status_code in (422, 503)
    assert not catalog.writes() and not Entry.objects.exists()


def test_check_while_altegio_is_gone_says_so(catalog: Catalog) -> None:
    entry = catalog.unknown("edit", is_applied=True)
    catalog.sandbox.unplug()
    page = check(catalog.client, entry)
    catalog.sandbox.plug_in()
    assert entry.outcome == Outcome.UNKNOWN
    assert said(page)
