"""`manage.py reconcile` settles what it can and says what it could not."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from loyalty_admin.accounts.models import User
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.connections import services as connections
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.audit.conftest import Note

pytestmark = pytest.mark.slow

ASKED = {"archived": True, "answered": True}


def reconcile() -> list[str]:
    said = StringIO()
    call_command("reconcile", stdout=said)
    return said.getvalue().splitlines()


def unknown(note: Note, **fields: object) -> Entry:
    return note(
        **{
            "action": "membership_type.archived",
            "outcome": Outcome.UNKNOWN,
            "asked": ASKED,
            **fields,
        }
    )


def test_nothing_to_do_says_nothing(note: Note) -> None:
    note()
    assert reconcile() == []


def test_each_entry_is_settled_for_itself(sandbox: Sandbox, note: Note) -> None:
    sandbox.alter_type(1101, 11023, is_archived=True)
    done, refused = unknown(note), unknown(note, object_id=11022)
    gone = unknown(note, object_id=99)
    lines = reconcile()
    assert [int(line.split()[0]) for line in lines] == [done.pk, refused.pk, gone.pk]
    outcomes = dict(Entry.objects.values_list("pk", "outcome"))
    assert outcomes == {
        done.pk: Outcome.DONE,
        refused.pk: Outcome.REFUSED,
        gone.pk: Outcome.UNKNOWN,  # what Altegio does not know can be said nothing about
    }


def test_one_that_cannot_be_read_does_not_stop_the_others(sandbox: Sandbox, note: Note) -> None:
    first, second = unknown(note), unknown(note, object_id=11022)
    sandbox.fault(kind="html", status=502, times=3, match={"method": "GET"})
    assert len(reconcile()) == 2
    outcomes = dict(Entry.objects.values_list("pk", "outcome"))
    assert outcomes == {first.pk: Outcome.UNKNOWN, second.pk: Outcome.REFUSED}


def test_chain_that_nothing_reaches_is_said(
    note: Note, connection: Connection, manager: User
) -> None:
    entry = unknown(note)
    connections.remove(connection=connection, person=manager)
    (line,) = reconcile()
    assert "unknown" in line
    entry.refresh_from_db()
    assert entry.outcome == Outcome.UNKNOWN


def test_entries_of_another_address_are_left_alone(sandbox: Sandbox, note: Note) -> None:
    unknown(note, api_url="https://api.example/api/v1")
    start = len(sandbox.calls())
    assert reconcile() == []
    assert len(sandbox.calls()) == start


def test_it_only_reads(sandbox: Sandbox, note: Note) -> None:
    unknown(note)
    start = len(sandbox.calls())
    reconcile()
    assert {call["method"] for call in sandbox.calls()[start:]} == {"GET"}
