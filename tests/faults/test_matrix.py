"""Whatever goes wrong at Altegio, on pages and in writes.

For each fault: nothing is lost, nothing is written twice, the page comes in time and says in words
what happened and under which number it stands in the log, no traceback, no token in the log, and
the next request works.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.connections.models import Connection
from loyalty_admin.connections.services import transport_for
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, LIST, writes
from tests.membership_types.submitting import newest, shown, submission
from tests.pages import Page

NUMBER = 11023
PAGE = f"{LIST}{NUMBER}/"
READ = {"method": "GET", "path": rf"abonement_types/{NUMBER}$"}
TIMEOUT = 1.5
# What no fault may last longer than on a page: each of them would hold it for a minute.
IN_TIME = 20.0

# How a read ends while the fault lasts, and when it came only once.
SHOWN, SAID, RETRIED = "shown", "said", "said; shown when it came only once"
# How a write ends that was carried out, and one that was not.
DONE = "done"
TOLD = "done; refused where it was not carried out"
OPEN = "done; unknown where it was not carried out"
ACCEPTED = "done; said to have changed nothing where it was not carried out"
REFUSED = "refused"


# What the journal holds of one that was not carried out, and what the page says of it.
UNDONE = {
    TOLD: Outcome.REFUSED,
    OPEN: Outcome.UNKNOWN,
    ACCEPTED: Outcome.DONE,
    REFUSED: Outcome.REFUSED,
}
WORDS = {
    TOLD: "Altegio did not carry it out. Nothing was changed.",
    OPEN: "It is not known whether Altegio carried this out",
    ACCEPTED: "changed nothing of what was asked",
    REFUSED: "Nothing was changed",
}


@dataclass(frozen=True)
class Row:
    name: str
    fault: dict[str, Any]
    read: str
    write: str
    words: str = field(default="")


def status(number: int, **headers: str) -> dict[str, Any]:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"kind": "status", "status": number, "headers": names}


MATRIX = [
    Row("1 slow", {"kind": "latency", "seconds": 0.2}, SHOWN, DONE),
    Row("2 no answer", {"kind": "hang", "seconds": 60}, SAID, OPEN),
    Row("5 reset before the answer", {"kind": "reset"}, RETRIED, OPEN),
    Row("6 reset in the body", {"kind": "broken_off"}, RETRIED, TOLD),
    Row("7 truncated", {"kind": "truncated"}, RETRIED, TOLD),
    Row("8 truncated without a length", {"kind": "truncated", "close_delimited": True},
        RETRIED, TOLD),
    Row("9 busy for a moment", status(429, Retry_After="0"), RETRIED, REFUSED, "too many requests"),
    Row("10 busy for a day", status(429, Retry_After="86400"), SAID, REFUSED, "1440 minutes"),
    Row("11 failed", status(500), RETRIED, TOLD),
    Row("12 a gateway's page", {"kind": "html", "status": 502}, RETRIED, TOLD),
    Row("13 not available", status(503), RETRIED, TOLD),
    Row("13 a gateway gave up", status(504), RETRIED, OPEN),
    Row("14 a page in place of an answer", {"kind": "html"}, RETRIED, TOLD),
    Row("15 no JSON", {"kind": "bad_json"}, RETRIED, TOLD),
    Row("15 no UTF-8", {"kind": "bad_utf8"}, RETRIED, TOLD),
    Row("16 empty", {"kind": "empty"}, SAID, ACCEPTED),
    Row("16 no data", {"kind": "null_data"}, SAID, ACCEPTED),
    Row("17 said no in a 200", {"kind": "success_false", "message": "No <b>way</b>."}, SAID,
        REFUSED, "No <b>way</b>."),
    Row("18 no number", {"kind": "altered", "body": {"cost": float("nan")}}, SHOWN, DONE),
    Row("18 fields are missing", {"kind": "altered", "missing": ["cost", "period"]}, SHOWN, DONE),
    Row("18 fields of another type", {"kind": "altered", "body": {"cost": ["x"]}}, SHOWN, DONE),
    Row("18 unknown fields", {"kind": "altered", "body": {"title": "Other"}}, SHOWN, DONE),
    Row("19 byte after byte", {"kind": "trickled", "seconds": 0.1}, SAID, TOLD),
    Row("20 a bomb", {"kind": "gzip_bomb"}, SAID, TOLD),
    Row("20 a header of 70 KB", {"kind": "big_header"}, RETRIED, OPEN),
    Row("21 sent elsewhere", status(302, Location="http://169.254.169.254/"), SAID, REFUSED,
        "Something on the way"),
    Row("21 sent back to itself", status(307, Location="."), SAID, REFUSED, "Something on the way"),
    Row("22 signed out at Altegio", status(401), SAID, REFUSED, "sign in again"),
    Row("23 no right", status(403), SAID, REFUSED, "no right"),
]  # fmt: skip
each = pytest.mark.parametrize("row", MATRIX, ids=lambda row: row.name)


@pytest.fixture(autouse=True)
def hurried(settings: Any) -> None:
    settings.ALTEGIO_TIMEOUT = TIMEOUT


@each
def test_page_says_what_is_wrong_and_comes_again(
    row: Row, sandbox: Sandbox, edith: Client, connection: Connection,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    for times in (None, 1):
        sandbox.fault(**row.fault, times=times, match=READ)
        started = time.monotonic()
        response = edith.get(PAGE)
        assert time.monotonic() - started < IN_TIME
        page = Page(response)
        if row.read == SHOWN or (row.read == RETRIED and times):
            assert response.status_code == 200, page.text
        else:
            assert response.status_code in (403, 422, 502, 503)
            assert page.one(class_="problem notice bad", role="alert").text.strip()
            assert "Number for support: " in page.text
        assert_says_nothing_else(page, caplog, connection)
        sandbox.clear_faults()
        Connection.objects.update(needs_sign_in=False)
        assert edith.get(PAGE).status_code == 200
    assert not writes(sandbox)


@each
@pytest.mark.parametrize("applied", [True, False], ids=["carried out", "not carried out"])
def test_write_is_sent_once_and_told_truly(
    row: Row, applied: bool, sandbox: Sandbox, edith: Client, connection: Connection,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    if row.write in (DONE, REFUSED) and applied != (row.write == DONE):
        applied = not applied  # what says no does nothing, and what comes whole did it
    url, data, method = submission(edith, "edit")
    before = sandbox.type_of(CHAIN, NUMBER)
    sandbox.fault(**{**row.fault, "apply": applied}, times=1, match={"method": method})
    started = time.monotonic()
    response = edith.post(url, data)
    assert time.monotonic() - started < IN_TIME
    assert response.status_code in (302, 422, 503)
    page = shown(edith, response)
    sandbox.clear_faults()

    (write,) = writes(sandbox)
    assert write["applied"] is applied
    assert (sandbox.type_of(CHAIN, NUMBER) != before) is applied
    entry = newest()
    assert entry.outcome == (Outcome.DONE if applied else UNDONE[row.write])
    is_open = entry.outcome == Outcome.UNKNOWN
    if not applied:
        assert row.words in page.text
        assert WORDS[row.write] in page.text
    assert_says_nothing_else(page, caplog, connection)

    Connection.objects.update(needs_sign_in=False)
    edith.post(url, data)  # the same form once more
    assert len(writes(sandbox)) == 1
    if is_open:
        Entry.objects.update(started_at=timezone.now() - timedelta(minutes=2))
        edith.post(f"/activity/{entry.pk}/check/")
        entry.refresh_from_db()
        assert entry.outcome == Outcome.REFUSED
    url, data, _method = submission(edith, "edit of a sold type")
    assert edith.post(url, data).status_code == 302
    assert newest().outcome == Outcome.DONE


def assert_says_nothing_else(
    page: Page, caplog: pytest.LogCaptureFixture, connection: Connection
) -> None:
    token = transport_for(connection)._user_token
    assert token is not None
    for text in (page.html, caplog.text):
        assert token.reveal() not in text
        assert "partner-of-the-tests" not in text
    for word in ("Traceback", "Error(", "requests.exc", "<b>way</b>", "Bad gateway"):
        assert word not in page.html
