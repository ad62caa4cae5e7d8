"""Writes whose end is not known, and what becomes of them later."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.promotions import actions
from loyalty_admin.sandbox.server import Sandbox
from tests.pages import Page
from tests.promotions.common import (
    SILENT,
    listed,
    writes,
)
from tests.promotions.submitting import (
    newest,
    shown,
    submission,
)

TIMEOUT = 3.0  # seconds
SLACK = 6.0


def check_leads_to(entry: Entry, response: Any, page: Page) -> None:
    url = f"/activity/{entry.pk}/"
    assert response.get("Location") == url or page.all("a", href=url)


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


def check_settled(sandbox: Sandbox, entry: Entry, is_applied: bool) -> None:
    """The journal says what became of it."""
    entry.refresh_from_db()
    lost = Outcome.UNKNOWN if entry.action in actions.MADE else Outcome.REFUSED
    assert entry.outcome == (Outcome.DONE if is_applied else lost)
    if is_applied and not entry.action.endswith(".deleted"):
        assert entry.result_id in {raw["id"] for raw in listed(sandbox)}
        assert entry.kept == []
