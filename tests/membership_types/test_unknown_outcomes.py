"""A write that ended badly: sent once, told truly, and settled by reading back alone."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.endings import a_while_ago, check
from tests.membership_types.common import CHAIN
from tests.membership_types.submitting import (
    newest,
    submission,
)

pytestmark = pytest.mark.slow

TIMEOUT = 3.0  # seconds
SLACK = 6.0
# A read that meets it is not tried again, so nobody waits.
GONE: dict[str, Any] = {
    "kind": "status", "status": 302, "headers": {"Location": "https://elsewhere.example/"},
}  # fmt: skip


@pytest.fixture(autouse=True)
def short_of_time(settings: Any) -> None:
    settings.ALTEGIO_TIMEOUT = TIMEOUT


def gone_after_write(
    sandbox: Sandbox, client: Client, url: str, data: dict[str, Any], method: str
) -> Any:
    """Send it; every read after its write meets an Altegio that does not answer usably."""
    reads = reads_before_write(sandbox, client, url, method)
    sandbox.fault(**GONE, after=reads, times=None, match={"method": "GET"})
    return client.post(url, data)


def reads_before_write(sandbox: Sandbox, client: Client, url: str, method: str) -> int:
    """How many reads such a submission makes before its write."""
    if url.endswith(("restore/",)):
        return 0
    if url.endswith(("new/", "again/")):
        return 2  # active and archived types of the title
    return 3 if url.endswith("clone/") else 1


# Settled later


def unknown(sandbox: Sandbox, client: Client, what: str, *, is_applied: bool) -> Entry:
    """An entry whose write went unanswered, and could not be read back at once."""
    url, data, method = submission(client, what)
    sandbox.fault(kind="reset", apply=is_applied, match={"method": method})
    gone_after_write(sandbox, client, url, data, method)
    sandbox.clear_faults()
    entry = newest()
    assert entry.outcome == Outcome.UNKNOWN
    return entry


@pytest.mark.parametrize(
    ("what", "undo"),
    [
        ("archive", "unarchived"),
        ("unarchive", "archived"),
        ("delete", "restored"),
        ("restore", "deleted"),
    ],
)
def test_what_was_undone_since_had_been_carried_out(
    sandbox: Sandbox, edith: Client, what: str, undo: str
) -> None:
    entry = unknown(sandbox, edith, what, is_applied=True)
    # The journal alone tells: reading shows what it was before.
    number = entry.object_id or 0
    Entry.objects.create(
        submission=f"undone {number}", action=f"membership_type.{undo}",
        object_id=number, api_url=entry.api_url, chain_id=entry.chain_id, outcome=Outcome.DONE,
    )  # fmt: skip
    sandbox.alter_type(
        CHAIN,
        number,
        is_archived=what == "unarchive",
        is_deleted=what == "restore",
    )
    a_while_ago(entry)
    check(edith, entry)
    assert entry.outcome == Outcome.DONE
    assert entry.reason


# A crash


@pytest.mark.slow
def test_page_ends_in_time_when_reading_back_hangs_too(
    sandbox: Sandbox, edith: Client, settings: Any
) -> None:
    url, data, _method = submission(edith, "edit")
    settings.ALTEGIO_TIMEOUT = 1.0
    sandbox.fault(kind="hang", seconds=30, match={"method": "PUT"})
    # The read before the write goes by.
    reads = {"method": "GET", "path": "/11023$"}
    sandbox.fault(kind="hang", seconds=30, match=reads, after=1, times=None)
    began = time.monotonic()
    edith.post(url, data)
    assert time.monotonic() - began < SLACK
    assert newest().outcome == Outcome.UNKNOWN
    sandbox.clear_faults()


def test_accepted_creation_that_made_nothing_is_settled_at_once(
    sandbox: Sandbox, edith: Client
) -> None:
    url, data, method = submission(edith, "create")
    sandbox.fault(kind="null_data", apply=False, match={"method": method})
    edith.post(url, data)
    assert newest().outcome == Outcome.REFUSED
