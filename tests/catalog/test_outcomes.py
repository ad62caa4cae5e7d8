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
)
from tests.catalog.resources import Raw
from tests.endings import assert_leads_to, assert_no_secrets, newest
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

pytestmark = pytest.mark.slow

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


@each_write("create", "edit", "delete", sent=True)
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
