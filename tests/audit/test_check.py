"""Who may settle an unknown outcome; how it is settled is under test with the writes."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.audit.models import Outcome
from loyalty_admin.connections import services as connections
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.audit.conftest import OTHER_CHAIN, Note, SignIn
from tests.conftest import PASSWORD
from tests.pages import page_of

both = pytest.mark.parametrize("what", ["check", "decide"])
ASKED = {"archived": True, "answered": True}


def unknown(note: Note, chain_id: int = 0) -> str:
    """The address of an unknown entry, and what settles it."""
    fields = {"chain_id": chain_id} if chain_id else {}
    entry = note(action="membership_type.archived", outcome=Outcome.UNKNOWN, asked=ASKED, **fields)
    return f"/activity/{entry.pk}/"


@both
def test_viewer_cannot(sandbox: Sandbox, vera: Client, note: Note, what: str) -> None:
    url = unknown(note)
    start = len(sandbox.calls())
    assert vera.post(f"{url}{what}/", {"object": "1"}).status_code == 403
    assert len(sandbox.calls()) == start
    assert "unknown" in page_of(vera, url).text


@both
def test_stranger_finds_nothing(
    sandbox: Sandbox, editor: User, manager: User, note: Note, sign_in: SignIn, what: str
) -> None:
    url = unknown(note, OTHER_CHAIN)
    connections.connect(person=manager, login=sandbox.assistant, password=PASSWORD)
    connections.remove(connection=Connection.objects.get(name__contains="Daina"), person=manager)
    start = len(sandbox.calls())
    assert sign_in(editor).post(f"{url}{what}/", {"object": "1"}).status_code == 404
    assert len(sandbox.calls()) == start


@both
def test_it_takes_a_post(edith: Client, note: Note, what: str) -> None:
    assert edith.get(f"{unknown(note)}{what}/").status_code == 405


@both
def test_without_a_sign_in_it_leads_to_one(note: Note, what: str) -> None:
    assert Client().post(f"{unknown(note)}{what}/").headers["Location"].startswith("/login/")


def test_editor_settles_it_by_reading_only(sandbox: Sandbox, edith: Client, note: Note) -> None:
    sandbox.alter_type(1101, 11023, is_archived=True)
    url = unknown(note)
    start = len(sandbox.calls())
    assert edith.post(f"{url}check/").headers["Location"] == url
    assert "done" in page_of(edith, url).text
    assert {call["method"] for call in sandbox.calls()[start:]} == {"GET"}


def test_account_that_may_only_read_can_settle_too(
    sandbox: Sandbox, editor: User, manager: User, note: Note, sign_in: SignIn
) -> None:
    url = unknown(note)
    connections.connect(person=manager, login=sandbox.assistant, password=PASSWORD)
    connections.remove(connection=Connection.objects.get(name__contains="Daina"), person=manager)
    edith = sign_in(editor)
    edith.post(f"{url}check/")
    assert "refused" in page_of(edith, url).text


def test_entry_that_is_still_at_work_is_left_alone(
    sandbox: Sandbox, edith: Client, note: Note
) -> None:
    entry = note(action="membership_type.archived", outcome=Outcome.PENDING, asked=ASKED)
    start = len(sandbox.calls())
    edith.post(f"/activity/{entry.pk}/check/")
    entry.refresh_from_db()
    assert entry.outcome == Outcome.PENDING
    assert len(sandbox.calls()) == start
