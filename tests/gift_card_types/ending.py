"""Writes of gift card types that end badly: what is there then, and how they are settled."""

from __future__ import annotations

from typing import Any

from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.gift_card_types.models import ArchivedType
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import CHAIN, LIST, ONLINE, writes
from tests.gift_card_types.submitting import newest
from tests.gift_card_types.writing import submission
from tests.pages import page_of

TIMEOUT = 3.0  # seconds
SLACK = 6.0
REFUSED, UNKNOWN = Outcome.REFUSED, Outcome.UNKNOWN


def away() -> set[int]:
    """What is archived in this dashboard."""
    return set(ArchivedType.objects.values_list("type_id", flat=True))


def states(sandbox: Sandbox) -> tuple[dict[int, Any], set[int]]:
    """Everything a person can tell about the chain's types, at Altegio and here."""
    return {raw["id"]: raw for raw in sandbox.certificate_types_of(CHAIN)}, away()


def active_titles(sandbox: Sandbox) -> set[str]:
    raws, hidden = states(sandbox)
    active = [raw for raw in raws.values() if not raw["is_archived"] and not raw["is_deleted"]]
    return {" ".join(raw["title"].split()) for raw in active if raw["id"] not in hidden}


def gone_after_write(
    sandbox: Sandbox, client: Client, what: str, *, is_applied: bool, kind: str
) -> Entry:
    """An entry whose write met the fault, and that could not be read back at once."""
    url, data, method = submission(client, what)
    count = len(writes(sandbox))
    sandbox.fault(kind=kind, apply=is_applied, match={"method": method})
    reads = 2 if what == "clone" else 1  # before the write
    sandbox.fault(kind="bad_json", after=reads, times=None, match={"method": "GET"})
    client.post(url, data)
    sandbox.clear_faults()
    assert len(writes(sandbox)) == count + 1
    entry = newest()
    assert entry.outcome == UNKNOWN
    return entry


def unanswered(sandbox: Sandbox, client: Client, what: str, *, is_applied: bool) -> Entry:
    return gone_after_write(sandbox, client, what, is_applied=is_applied, kind="reset")


def check_settled(sandbox: Sandbox, client: Client, entry: Entry, is_applied: bool) -> None:
    """The journal, the list and what is archived here all say what became of it."""
    entry.refresh_from_db()
    assert entry.outcome == (Outcome.DONE if is_applied else REFUSED)
    action = entry.action.partition(".")[2]
    if is_applied and action != "deleted":
        assert entry.result_id in states(sandbox)[0]
    if action in ("archived", "unarchived"):
        assert away() == ({ONLINE} if is_applied == (action == "archived") else set())
    if action == "archived" and is_applied:
        assert ArchivedType.objects.get().took_off_sale
    assert set(page_of(client, f"{LIST}loaded/?size=100").titles()) == active_titles(sandbox)
