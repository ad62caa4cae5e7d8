"""What can go wrong with one call to Altegio, and how a page and a write have to end then.

The ordinary run takes of it what stands for a class (tests/faults/classes.py) and what is like no
other; all of it meets every page and every write in `make test-long`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from loyalty_admin.connections.models import Connection
from loyalty_admin.connections.services import transport_for
from tests.faults.classes import CLASSES
from tests.pages import Page

# Seconds that no fault may hold a page for: some would for a minute.
IN_TIME = 16.0

# How a read ends while the fault lasts, and when it came only once.
SHOWN, SAID, RETRIED = "shown", "said", "said; shown when it came only once"
# How a write ends that was carried out, and one that was not.
DONE = "done"
# Of the class "unreadable".
TOLD = "done; refused where it was not carried out"
# Of the class "unknown".
OPEN = "done; unknown where it was not carried out"
ACCEPTED = "done; called a success where it was not carried out"
# Of the classes "refused" and "busy".
REFUSED = "refused"


@dataclass(frozen=True)
class Row:
    name: str
    fault: dict[str, Any]
    read: str
    write: str

    @property
    def number(self) -> str:
        return self.name.split()[0]

    def endings(self) -> list[bool]:
        """Whether the write was carried out: what says no did nothing, what comes whole did it."""
        return {DONE: [True], REFUSED: [False]}.get(self.write, [True, False])


def status(number: int, **headers: str) -> dict[str, Any]:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"kind": "status", "status": number, "headers": names}


# What the kinds of objects are worth, by the names that the API has for it.
WORTH = ["cost", "balance", "value", "amount", "united_balance_services_count"]


MATRIX = [
    Row("1 slow", {"kind": "latency", "seconds": 0.2}, SHOWN, DONE),
    Row("2 no answer", {"kind": "hang", "seconds": 60}, SAID, OPEN),
    Row("5 reset before the answer", {"kind": "reset"}, RETRIED, OPEN),
    Row("6 reset in the body", {"kind": "broken_off"}, RETRIED, TOLD),
    Row("7 truncated", {"kind": "truncated"}, RETRIED, TOLD),
    Row("8 truncated without a length", {"kind": "truncated", "close_delimited": True},
        RETRIED, TOLD),
    Row("9 busy for a moment", status(429, Retry_After="0"), RETRIED, REFUSED),
    Row("10 busy for a day", status(429, Retry_After="86400"), SAID, REFUSED),
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
        REFUSED),
    Row("18 no number", {"kind": "altered", "body": dict.fromkeys(WORTH, float("nan"))},
        SHOWN, DONE),
    Row("18 fields are missing", {"kind": "altered", "missing": [*WORTH, "period"]}, SHOWN, DONE),
    Row("18 fields of another type", {"kind": "altered", "body": {key: ["x"] for key in WORTH}},
        SHOWN, DONE),
    Row("18 unknown fields", {"kind": "altered", "body": {"title": "Other"}}, SHOWN, DONE),
    Row("19 byte after byte", {"kind": "trickled", "seconds": 0.1}, SAID, TOLD),
    Row("20 a bomb", {"kind": "gzip_bomb"}, SAID, TOLD),
    Row("20 a header of 70 KB", {"kind": "big_header"}, RETRIED, OPEN),
    Row("21 sent elsewhere", status(302, Location="http://169.254.169.254/"), SAID, REFUSED),
    Row("21 sent back to itself", status(307, Location="."), SAID, REFUSED),
    Row("22 signed out at Altegio", status(401), SAID, REFUSED),
    Row("23 no right", status(403), SAID, REFUSED),
]  # fmt: skip
# One for each class, and the success that brings nothing: these meet pages and writes every time.
FOR_ALL = [
    row for row in MATRIX
    if row.fault in [one.fault for one in CLASSES] or row.name == "16 no data"
]  # fmt: skip
# Answers that come whole, with fields that are not as they should be.
GARBLED = [row for row in MATRIX if row.number == "18"]


def assert_says_nothing_else(page: Page, logged: str, connection: Connection) -> None:
    """No token on the page or in the log, and nothing that is for programmers on the page."""
    token = transport_for(connection)._user_token
    assert token is not None
    for text in (page.html, logged):
        assert token.reveal() not in text
        assert "partner-of-the-tests" not in text
    for word in ("Traceback", "Error(", "requests.exc", "<b>way</b>", "Bad gateway"):
        assert word not in page.html
