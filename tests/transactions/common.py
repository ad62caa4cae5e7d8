"""What the tests of transactions share: addresses, rows to find, what is added up by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from loyalty_admin.jobs import tasks
from loyalty_admin.jobs.models import Job
from loyalty_admin.sandbox.server import CHAINS, Sandbox
from tests.memberships.common import RIGA, today

CHAIN, OTHER_CHAIN = CHAINS
LIST = f"/chains/{CHAIN}/transactions/"
HOSTILE = "<script>alert(1)</script> \"=1+1\" & 'more'"
# Long before what the stand-in starts with: only what a test added is there.
THEN = date(2001, 2, 3)
THAT_DAY = "?after=2001-02-03&before=2001-02-03"


def at(day: date, hour: int = 12) -> datetime:
    """At the first chain's clock."""
    return datetime.combine(day, time(hour), RIGA)


def add(sandbox: Sandbox, *rows: dict[str, Any], day: date = THEN) -> list[int]:
    """New transactions of the first chain; a row says what is not the default."""
    added = sandbox.add_transactions(CHAIN, [{"created": at(day), **row} for row in rows])
    return [row["id"] for row in added]


def ago(days: int) -> date:
    return today() - timedelta(days=days)


def over(first: int, last: int) -> list[date]:
    """The days from `first` to `last` days ago that are over in every location of the first chain:
    while it is midnight in the east it is still yesterday in Madrid."""
    days = [ago(number) for number in range(first, last - 1, -1)]
    return [day for day in days if day < datetime.now(ZoneInfo("Europe/Madrid")).date()]


def amounts(rows: Iterable[dict[str, Any]]) -> Decimal:
    return sum((row["amount"] for row in rows), Decimal(0))


def done(job: Job) -> Job:
    """Worked off in this process, to its end."""
    for _ in range(200):
        tasks.work_on(job.pk)
        job.refresh_from_db()
        if job.finished_at is not None:
            return job
    raise AssertionError("it never ended")


def calls(sandbox: Sandbox) -> list[dict[str, Any]]:
    """Every reading of transactions that the stand-in answered."""
    return [call for call in sandbox.calls() if call["path"].endswith("/loyalty/transactions")]
