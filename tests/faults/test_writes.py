"""Whatever goes wrong at Altegio while something is written: it is sent once, told truly, and what
is not known is settled by reading; nothing that was typed is lost, and the next request works."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.faults.classes import not_sent
from tests.faults.matrix import ACCEPTED, FOR_ALL, IN_TIME, MATRIX, Row, assert_says_nothing_else
from tests.faults.slices import OTHER_WRITES, WRITES, Write
from tests.membership_types.common import writes
from tests.membership_types.submitting import newest, said, shown
from tests.pages import Page, page_of

pytestmark = pytest.mark.slow

# Faults that end with the time of the page; and that time in seconds.
ENDLESS = ("hang", "trickled")
LITTLE_TIME = 1.5
# What a form sends that nobody typed.
UNTYPED = {"csrfmiddlewaretoken", "form_id", "opened_on", "seen", "confirmed"}
EVERY_WRITE = [*WRITES, *OTHER_WRITES]


def is_ordinary(write: Write, row: Row, applied: bool) -> bool:
    """One write meets them all. The contract suite of the catalogue and the tests of memberships
    put each class in the way of the others."""
    return write is WRITES[0] and row in FOR_ALL and (row.write != ACCEPTED or not applied)


CASES = [
    pytest.param(
        write,
        row,
        applied,
        id=f"{write.name}-{row.name}-{'carried out' if applied else 'not carried out'}",
        marks=[] if is_ordinary(write, row, applied) else [pytest.mark.long],
    )
    for write in EVERY_WRITE
    for row in MATRIX
    for applied in row.endings()
]


@pytest.mark.parametrize(("write", "row", "applied"), CASES)
def test_write_is_sent_once_and_told_truly(
    write: Write, row: Row, applied: bool, sandbox: Sandbox, edith: Client, connection: Connection,
    caplog: pytest.LogCaptureFixture, settings: Any,
) -> None:  # fmt: skip
    url, data, method = write.submit(edith, sandbox)
    before, count = write.state(sandbox), len(writes(sandbox))
    patience = settings.ALTEGIO_TIMEOUT
    if row.fault["kind"] in ENDLESS:
        settings.ALTEGIO_TIMEOUT = LITTLE_TIME
    sandbox.fault(**{**row.fault, "apply": applied}, match={"method": method})
    started = time.monotonic()
    response = edith.post(url, data)
    assert time.monotonic() - started < IN_TIME
    assert response.status_code in (302, 422, 503)
    settings.ALTEGIO_TIMEOUT = patience
    page = shown(edith, response)
    sandbox.clear_faults()

    assert len(writes(sandbox)) == count + 1
    assert writes(sandbox)[-1]["applied"] is applied
    assert (write.state(sandbox) != before) is applied
    entry = newest()
    assert entry.outcome == (Outcome.DONE if applied else write.undone[row.write])
    assert_told(page, response, entry)
    assert row.fault.get("message", "") in page.text
    if entry.outcome == Outcome.REFUSED:
        assert_keeps(page, write, data)
    assert_says_nothing_else(page, caplog.text, connection)

    after = write.state(sandbox)
    Connection.objects.update(needs_sign_in=False)
    edith.post(url, data)  # the same form once more
    if entry.outcome == Outcome.UNKNOWN:
        settle(edith, entry, write.is_seen)
        assert entry.outcome == Outcome.REFUSED
    assert len(writes(sandbox)) == count + 1
    assert write.state(sandbox) == after
    page_of(edith, write.next)


@pytest.mark.parametrize("write", EVERY_WRITE, ids=lambda write: write.name)
def test_write_that_never_left_is_refused(write: Write, sandbox: Sandbox, edith: Client) -> None:
    """The cable is pulled after everything was read, just before the write."""
    url, data, _method = write.submit(edith, sandbox)
    before, count = write.state(sandbox), len(writes(sandbox))
    with not_sent(sandbox):
        response = edith.post(url, data)
        assert response.status_code == 503
        page = Page(response)
    entry = newest()
    assert (entry.outcome, [one["outcome"] for one in entry.attempts]) == (
        Outcome.REFUSED,
        ["Unreachable"],
    )
    assert_told(page, response, entry)
    assert_keeps(page, write, data)
    assert len(writes(sandbox)) == count
    assert write.state(sandbox) == before


def assert_told(page: Page, response: Any, entry: Entry) -> None:
    """The page is as the journal: a message, of trouble where it was not done, and the way to what
    is not known."""
    if entry.outcome == Outcome.DONE:
        assert response.status_code == 302
    elif entry.outcome == Outcome.UNKNOWN:
        settling = f"/activity/{entry.pk}/"
        assert response.headers.get("Location") == settling or page.all("a", href=settling)
    else:
        assert response.status_code in (422, 503)
        assert page.all(role="alert")
    assert said(page)


def assert_keeps(page: Page, write: Write, data: dict[str, Any]) -> None:
    """What was typed stands in the form still, which can be sent again; after a button there is
    a way back into its part."""
    if not write.form:
        part = "/".join(write.next.split("/")[:4])
        assert page.one("main").node.css(f'a[href^="{part}"]')
        return
    form = page.form(id=write.form)
    for name in data.keys() - UNTYPED:
        assert form.values[name] == data[name]
    assert form.values.get("form_id") != data["form_id"]


def settle(client: Client, entry: Entry, by_reading: bool) -> None:
    """A while later, from the journal: by reading or, where that proves nothing, by a person."""
    Entry.objects.update(started_at=Now() - timedelta(minutes=2))
    for button in ["check"] if by_reading else ["check", "close"]:
        entry.refresh_from_db()
        assert entry.outcome == Outcome.UNKNOWN
        client.post(f"/activity/{entry.pk}/{button}/")
    entry.refresh_from_db()
