"""Helpers for writes that end badly: check the entry, leave it as a crash does, settle it."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db.models.functions import Now
from django.forms.models import model_to_dict
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.connections.models import Connection
from loyalty_admin.crypto import tokens
from tests.conftest import PASSWORD
from tests.pages import Page, shown


def newest() -> Entry:
    """The journal's newest entry."""
    entry = Entry.objects.first()
    assert entry is not None
    return entry


def assert_leads_to(entry: Entry, response: Any, page: Page) -> None:
    """The answer goes to the entry's page, or the page links to it."""
    url = f"/activity/{entry.pk}/"
    assert response.headers.get("Location") == url or page.all("a", href=url)


def assert_no_secrets(entry: Entry, response: Any) -> None:
    """Neither the entry nor the answer holds a token, a password or a gateway's own words."""
    kept = json.dumps(model_to_dict(entry), default=str) + response.content.decode()
    token = tokens.decrypt(Connection.objects.get().token).reveal()
    secrets = (token, "partner-of-the-tests", PASSWORD, "director@sandbox", "Bearer")
    for word in (*secrets, "Bad gateway", "Traceback"):
        assert word not in kept


def check(client: Client, entry: Entry) -> Page:
    """Press "Check now", and return the page that it leads to."""
    answer = client.post(f"/activity/{entry.pk}/check/")
    entry.refresh_from_db()
    return shown(client, answer)


def reconcile() -> str:
    """Return what the command prints."""
    printed = StringIO()
    call_command("reconcile", stdout=printed)
    return printed.getvalue()


def a_while_ago(entry: Entry, minutes: int = 2) -> None:
    """Move the start of the write back."""
    Entry.objects.filter(pk=entry.pk).update(started_at=Now() - timedelta(minutes=minutes))


def left_pending(entry: Entry) -> None:
    """Leave the entry as a server does that was killed ten minutes ago."""
    entry.outcome, entry.reason, entry.finished_at = Outcome.PENDING, "", None
    entry.save()
    a_while_ago(entry, minutes=10)
    Entry.objects.filter(pk=entry.pk).update(lease_until=Now() - timedelta(minutes=5))


def left_during_the_call(entry: Entry) -> None:
    """Leave the entry as a server does that was killed before the answer came."""
    entry.asked.pop("answered")
    entry.attempts = [attempt | {"outcome": "sent"} for attempt in entry.attempts]
    left_pending(entry)
