"""Whatever goes wrong at Altegio while something is written: it is sent once, told truly, and what
is not known is settled by reading; nothing that was typed is lost, and the next request works."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.faults.matrix import IN_TIME, MATRIX, ONE_OF_EACH, Row, assert_says_nothing_else
from tests.faults.slices import WRITES, Write
from tests.membership_types.common import writes
from tests.membership_types.submitting import newest, shown
from tests.pages import Page, page_of

# Faults that end with the time of the page; and that time in seconds.
ENDLESS = ("hang", "trickled")
LITTLE_TIME = 1.5
# What a form sends that nobody typed.
UNTYPED = {"csrfmiddlewaretoken", "form_id", "opened_on", "seen", "confirmed"}

CASES = [
    pytest.param(
        write,
        row,
        applied,
        id=f"{write.name}-{row.name}-{'carried out' if applied else 'not carried out'}",
    )
    for write in WRITES
    for row in (MATRIX if write is WRITES[0] else ONE_OF_EACH)
    for applied in row.endings()
]


@pytest.mark.parametrize(("write", "row", "applied"), CASES)
def test_write_is_sent_once_and_told_truly(
    write: Write, row: Row, applied: bool, sandbox: Sandbox, edith: Client, connection: Connection,
    caplog: pytest.LogCaptureFixture, settings: Any,
) -> None:  # fmt: skip
    url, data, method = write.submit(edith, sandbox)
    before = write.state(sandbox)
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

    (sent,) = writes(sandbox)
    assert sent["applied"] is applied
    assert (write.state(sandbox) != before) is applied
    entry = newest()
    assert entry.outcome == (Outcome.DONE if applied else write.undone[row.write])
    if not applied:
        assert row.words in page.text
        assert write.words[row.write] in page.text
    if entry.outcome == Outcome.REFUSED:
        assert_keeps(page, write, data)
    assert_says_nothing_else(page, caplog.text, connection)

    after = write.state(sandbox)
    Connection.objects.update(needs_sign_in=False)
    edith.post(url, data)  # the same form once more
    if entry.outcome == Outcome.UNKNOWN:
        settle(edith, entry, write.is_seen)
        assert entry.outcome == Outcome.REFUSED
    assert len(writes(sandbox)) == 1
    assert write.state(sandbox) == after
    page_of(edith, write.next)


def assert_keeps(page: Page, write: Write, data: dict[str, Any]) -> None:
    """What was typed stands in the form still, which can be sent again."""
    if not write.form:
        assert page.all("a", text="To its page")
        return
    form = page.form(id=write.form)
    for name in data.keys() - UNTYPED:
        assert form.values[name] == data[name]
    assert form.values.get("form_id") != data["form_id"]


def settle(client: Client, entry: Entry, by_reading: bool) -> None:
    """A while later, from the journal: by reading or, where that proves nothing, by a person."""
    Entry.objects.update(started_at=timezone.now() - timedelta(minutes=2))
    for button in ["check"] if by_reading else ["check", "close"]:
        entry.refresh_from_db()
        assert entry.outcome == Outcome.UNKNOWN
        client.post(f"/activity/{entry.pk}/{button}/")
    entry.refresh_from_db()
