"""The journal as a file: what the filters leave, of the chains that one reaches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.connections import services as connections
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.audit.conftest import OTHER_CHAIN, Note, SignIn
from tests.conftest import PASSWORD
from tests.exports.files import csv_of, xlsx_of
from tests.pages import HTMX, Page

pytestmark = pytest.mark.slow

EXPORT = "/activity/export/"


def test_file_holds_what_the_filters_leave(
    vera: Client, note: Note, subtests: pytest.Subtests
) -> None:
    entries = {
        "edited": note(),
        "refused": note(outcome=Outcome.REFUSED),
        "elsewhere": note(chain_id=OTHER_CHAIN, object_title="Gym"),
    }
    for asked, found in [
        ("?", ["elsewhere", "refused", "edited"]),
        ("?outcome=refused", ["refused"]),
        (f"?chain={OTHER_CHAIN}", ["elsewhere"]),
        ("?q=beard&outcome=done", ["edited"]),
        ("?chain=9999", []),
    ]:
        with subtests.test(asked=asked, found=found):
            numbers = [entries[name].pk for name in found]
            assert [int(row["Number"]) for row in csv_of(vera, f"{EXPORT}{asked}")] == numbers
            assert [row["Number"].value for row in xlsx_of(vera, f"{EXPORT}{asked}")] == numbers


def test_all_pages_are_in_it(vera: Client, note: Note) -> None:
    for _number in range(51):
        note()
    assert len(csv_of(vera, f"{EXPORT}?page=2")) == 51


def test_entry_says_what_changed_and_when(vera: Client, note: Note) -> None:
    changes: list[dict[str, Any]] = [{"field": "Price", "before": "50 €", "after": "60 €"}]
    entry = note(changes=changes)
    (row,) = csv_of(vera, f"{EXPORT}?")
    assert row["Changes"] == "Price: 50 € → 60 €"
    assert datetime.fromisoformat(row["When, UTC"]) == entry.started_at
    (cells,) = xlsx_of(vera, f"{EXPORT}?")
    assert cells["When, UTC"].is_date


def test_hostile_text_is_inert(vera: Client, note: Note) -> None:
    note(object_title="=1+1", note="@SUM(1)", reason="\x00\x0bbad".replace("\x00", ""))
    (row,) = csv_of(vera, f"{EXPORT}?")
    assert (row["Title"], row["Note"]) == ("'=1+1", "'@SUM(1)")
    (cells,) = xlsx_of(vera, f"{EXPORT}?")
    assert (cells["Title"].data_type, cells["Title"].value) == ("s", "=1+1")
    assert cells["Reason"].value == "\ufffdbad"


def test_writes_of_chains_out_of_reach_are_not_in_it(
    sandbox: Sandbox, manager: User, viewer: User, note: Note, sign_in: SignIn
) -> None:
    mine: Entry = note()
    note(chain_id=OTHER_CHAIN, object_title="Gym")
    connections.connect(person=manager, login=sandbox.assistant, password=PASSWORD)
    connections.remove(connection=Connection.objects.get(name__contains="Daina"), person=manager)
    rows = csv_of(sign_in(viewer), f"{EXPORT}?")
    assert [int(row["Number"]) for row in rows] == [mine.pk]


def test_stranger_is_sent_to_sign_in(note: Note) -> None:
    note()
    assert Client().get(f"{EXPORT}?format=csv")["Location"].startswith("/login/")


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["whole", "part"])
def test_menu_keeps_the_filters(vera: Client, note: Note, headers: dict[str, str]) -> None:
    note()
    page = Page(vera.get("/activity/?q=beard&outcome=done", headers=headers))
    link = page.one("a", text="Excel")
    assert link.attrs["href"] == f"{EXPORT}?outcome=done&q=beard&format=xlsx"
