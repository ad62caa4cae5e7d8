"""Writes whose end is not known, and what becomes of them later."""

from __future__ import annotations

from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.promotions.common import (
    SILENT,
    writes,
)
from tests.promotions.submitting import (
    newest,
    submission,
)

TIMEOUT = 3.0  # seconds


def gone_after_write(
    sandbox: Sandbox, client: Client, what: str, *, is_applied: bool, kind: str
) -> Entry:
    """An entry whose write met the fault, and that could not be read back at once."""
    url, data, method = submission(client, what)
    count = len(writes(sandbox))
    sandbox.fault(kind=kind, apply=is_applied, match={"method": method})
    # Before the write: the original of a duplicate, and one location or the promotion itself.
    reads = 2 if what == "clone" else 1
    sandbox.fault(**SILENT, after=reads, match={"method": "GET"})
    client.post(url, data)
    sandbox.clear_faults()
    assert len(writes(sandbox)) == count + 1
    entry = newest()
    assert entry.outcome == Outcome.UNKNOWN
    return entry


def unanswered(sandbox: Sandbox, client: Client, what: str, *, is_applied: bool) -> Entry:
    return gone_after_write(sandbox, client, what, is_applied=is_applied, kind="reset")
