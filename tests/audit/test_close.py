"""Closing by hand what no reading can settle."""

from __future__ import annotations

import pytest
from django.db.models.functions import Now
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.audit.settling import STILL_AT_WORK
from loyalty_admin.connections import services as connections
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.audit.conftest import OTHER_CHAIN, Note, SignIn
from tests.conftest import PASSWORD
from tests.pages import page_of


@pytest.fixture
def entry(note: Note) -> Entry:
    """An unknown entry that Altegio answered, which nothing can settle: its type is gone."""
    return note(object_id=99999, outcome=Outcome.UNKNOWN, asked={"terms": {}, "answered": True})


def close(client: Client, entry: Entry, **pressed: str) -> str:
    """The text of the page that closing leads to."""
    url = f"/activity/{entry.pk}/close/"
    return page_of(client, client.post(url, pressed).headers["Location"]).text


def test_editor_closes_it_and_nothing_is_asked_at_altegio(
    sandbox: Sandbox, edith: Client, editor: User, entry: Entry
) -> None:
    asked = len(sandbox.calls())
    page_of(edith, f"/activity/{entry.pk}/").form("/close/")
    said = close(edith, entry)
    entry.refresh_from_db()
    assert entry.outcome == Outcome.REFUSED
    assert entry.reason.startswith(f"{editor} ") and entry.reason in said
    assert len(sandbox.calls()) == asked


def test_it_waits_until_altegio_has_certainly_ended(edith: Client, note: Note) -> None:
    entry = note(outcome=Outcome.UNKNOWN, asked={"terms": {}, "answered": False})
    close(edith, entry)
    entry.refresh_from_db()
    assert (entry.outcome, entry.reason) == (Outcome.UNKNOWN, "")
    Entry.objects.filter(pk=entry.pk).update(started_at=Now() - STILL_AT_WORK * 2)
    close(edith, entry)
    entry.refresh_from_db()
    assert entry.outcome == Outcome.REFUSED


def test_what_was_seen_at_altegio_is_closed_as_done_at_once(
    sandbox: Sandbox, edith: Client, editor: User, note: Note
) -> None:
    entry = note(outcome=Outcome.UNKNOWN, asked={"terms": {}, "answered": False})
    button = page_of(edith, f"/activity/{entry.pk}/").one("button", name="carried_out")
    asked = len(sandbox.calls())
    said = close(edith, entry, carried_out=button.attrs["value"])
    entry.refresh_from_db()
    assert entry.outcome == Outcome.DONE
    assert entry.reason.startswith(f"{editor} ") and entry.reason in said
    assert len(sandbox.calls()) == asked


def test_what_is_known_stays_as_it_is(edith: Client, note: Note) -> None:
    entry = note(outcome=Outcome.DONE)
    close(edith, entry)
    entry.refresh_from_db()
    assert (entry.outcome, entry.reason) == (Outcome.DONE, "")


def test_viewer_cannot_close(vera: Client, entry: Entry) -> None:
    assert vera.post(f"/activity/{entry.pk}/close/").status_code == 403
    assert "I looked" not in page_of(vera, f"/activity/{entry.pk}/").text
    entry.refresh_from_db()
    assert entry.outcome == Outcome.UNKNOWN


def test_stranger_finds_nothing(editor: User, manager: User, note: Note, sign_in: SignIn) -> None:
    entry = note(chain_id=OTHER_CHAIN, outcome=Outcome.UNKNOWN, asked={"answered": True})
    connections.connect(person=manager, login=Sandbox.assistant, password=PASSWORD)
    connections.remove(connection=Connection.objects.get(name__contains="Daina"), person=manager)
    assert sign_in(editor).post(f"/activity/{entry.pk}/close/").status_code == 404


def test_it_takes_a_post_and_a_sign_in(edith: Client, entry: Entry) -> None:
    url = f"/activity/{entry.pk}/close/"
    assert edith.get(url).status_code == 405
    assert Client().post(url).headers["Location"].startswith("/login/")
