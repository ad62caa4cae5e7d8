"""A chain's list, kept for each connection: never older than a write that is known of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection as database
from django.utils import timezone

from loyalty_admin.accounts.models import User
from loyalty_admin.audit.services import new_form_id
from loyalty_admin.catalog import writes as engine
from loyalty_admin.chains import kept_lists
from loyalty_admin.chains.kept_lists import KeptList
from loyalty_admin.chains.services import ChainContext, choose_connection, context_for
from loyalty_admin.connections import services as connections
from loyalty_admin.connections.models import Connection
from loyalty_admin.membership_types import listing, sending
from loyalty_admin.membership_types.resource import MEMBERSHIP_TYPES
from loyalty_admin.sandbox.server import CHAINS, Sandbox
from tests.conftest import PASSWORD
from tests.threads import at_once, started, wait_for

pytestmark = pytest.mark.slow

CHAIN, OTHER_CHAIN = CHAINS
KIND = "things"
together = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ctx(editor: User, connection: Connection) -> ChainContext:
    return context(editor)


def context(person: User, chain_id: int = CHAIN) -> ChainContext:
    found = context_for(chain_id, person=person)
    assert found is not None
    return found


@pytest.fixture
def second(sandbox: Sandbox, connection: Connection, manager: User) -> Connection:
    """Another account that reaches the first chain."""
    return connections.connect(person=manager, login=sandbox.assistant, password=PASSWORD)


def a_list(**rows: str) -> KeptList[str]:
    """Rows by number: `_1="one"`."""
    numbered = {int(name[1:]): row for name, row in rows.items()}
    return KeptList(rows=numbered, read_at=timezone.now())


def rows(ctx: ChainContext, kind: str = KIND) -> dict[int, Any] | None:
    kept = kept_lists.get(ctx, kind)
    return None if kept is None else dict(kept.rows)


# Keeping


def test_nothing_is_kept_at_first(ctx: ChainContext) -> None:
    assert kept_lists.get(ctx, KIND) is None


def test_what_was_read_is_kept(ctx: ChainContext) -> None:
    read = kept_lists.refresh(ctx, KIND, lambda: a_list(_1="one", _2="two"))
    assert kept_lists.get(ctx, KIND) == read
    assert rows(ctx) == {1: "one", 2: "two"}


def test_what_cannot_be_read_leaves_what_is_kept(ctx: ChainContext) -> None:
    kept_lists.refresh(ctx, KIND, lambda: a_list(_1="one"))

    def fail() -> KeptList[str]:
        raise ValueError("no answer")

    for _ in range(2):  # also when it is asked for again at once
        began = time.monotonic()
        with pytest.raises(ValueError, match="no answer"):
            kept_lists.refresh(ctx, KIND, fail)
        assert time.monotonic() - began < 2
    assert rows(ctx) == {1: "one"}


def test_list_is_fresh_for_a_few_minutes() -> None:
    now = timezone.now()
    assert KeptList(rows={}, read_at=now - timedelta(minutes=4)).is_fresh
    assert not KeptList(rows={}, read_at=now - timedelta(minutes=6)).is_fresh


def test_kinds_and_chains_are_kept_apart(ctx: ChainContext, editor: User) -> None:
    kept_lists.refresh(ctx, KIND, lambda: a_list(_1="one"))
    assert rows(ctx, "other_things") is None
    assert rows(context(editor, OTHER_CHAIN)) is None


@dataclass
class Thing:
    name: str
    size: int


def test_what_an_earlier_version_kept_is_read_anew(ctx: ChainContext) -> None:
    whole, lacking = Thing("one", 1), Thing("two", 2)
    del lacking.size
    for thing in whole, lacking:
        kept = KeptList(rows={1: thing}, read_at=timezone.now())
        kept_lists.refresh(ctx, KIND, lambda kept=kept: kept)  # type: ignore[misc]
        assert rows(ctx) == ({1: whole} if thing is whole else None)


def test_what_the_cache_lost_is_read_anew(ctx: ChainContext) -> None:
    kept_lists.refresh(ctx, KIND, lambda: a_list(_1="one"))
    cache.clear()
    assert rows(ctx) is None


def test_few_lists_stay_in_memory_and_all_stay_kept(ctx: ChainContext) -> None:
    kinds = [f"kind_{number}" for number in range(kept_lists.IN_MEMORY + 8)]
    for kind in kinds:
        kept_lists.refresh(ctx, kind, lambda kind=kind: a_list(_1=kind))  # type: ignore[misc]
    for kind in kinds:
        assert rows(ctx, kind) == {1: kind}
    assert len(kept_lists._in_memory) <= kept_lists.IN_MEMORY


# Writes


def test_written_row_is_shown_at_once(ctx: ChainContext) -> None:
    read = kept_lists.refresh(ctx, KIND, lambda: a_list(_1="one", _2="two"))
    kept_lists.put_row(ctx, KIND, 2, "zwei")
    kept_lists.put_row(ctx, KIND, 3, "drei")
    assert rows(ctx) == {1: "one", 2: "zwei", 3: "drei"}
    kept_lists.drop_row(ctx, KIND, 1)
    assert rows(ctx) == {2: "zwei", 3: "drei"}
    kept = kept_lists.get(ctx, KIND)
    # It is no younger for that.
    assert kept is not None and kept.read_at == read.read_at


def test_written_row_alone_is_no_list(ctx: ChainContext) -> None:
    kept_lists.put_row(ctx, KIND, 2, "zwei")
    assert rows(ctx) is None


@pytest.mark.parametrize("is_kept", [False, True], ids=["nothing kept", "kept before"])
def test_refresh_begun_before_a_write_is_discarded(ctx: ChainContext, is_kept: bool) -> None:
    if is_kept:
        kept_lists.refresh(ctx, KIND, lambda: a_list(_1="one"))
    reads = []

    def read() -> KeptList[str]:
        reads.append(1)
        if len(reads) == 1:
            before = a_list(_1="one")
            kept_lists.put_row(ctx, KIND, 1, "eins")
            return before
        return a_list(_1="eins")

    assert dict(kept_lists.refresh(ctx, KIND, read).rows) == {1: "eins"}
    assert rows(ctx) == {1: "eins"}


def test_refresh_begun_before_an_unknown_write_is_not_kept(ctx: ChainContext) -> None:
    def read() -> KeptList[str]:
        kept_lists.note_write(ctx, KIND)
        return a_list(_1="one")

    # The person sees what was read; nobody after them takes it for the truth.
    assert dict(kept_lists.refresh(ctx, KIND, read).rows) == {1: "one"}
    assert rows(ctx) is None


def test_write_through_one_account_ends_the_others_list(
    ctx: ChainContext, second: Connection, editor: User
) -> None:
    kept_lists.refresh(context(editor), KIND, lambda: a_list(_1="one"))
    choose_connection(person=editor, chain_id=CHAIN, connection=second)
    other = context(editor)
    assert other.connection == second
    assert rows(other) is None, "a list belongs to the account that read it"
    kept_lists.refresh(other, KIND, lambda: a_list(_1="one", _2="two"))
    kept_lists.put_row(other, KIND, 1, "eins")
    assert rows(other) == {1: "eins", 2: "two"}
    choose_connection(person=editor, chain_id=CHAIN, connection=ctx.connection)
    assert rows(context(editor)) is None


def test_write_ends_the_list_of_an_account_that_only_others_may_use(
    ctx: ChainContext, second: Connection, editor: User, viewer: User, manager: User
) -> None:
    choose_connection(person=viewer, chain_id=CHAIN, connection=second)
    connections.limit(connection=second, actor=manager, people=[viewer])
    kept_lists.refresh(context(viewer), KIND, lambda: a_list(_1="one"))
    writer = context(editor)
    assert second not in writer.connections
    kept_lists.put_row(writer, KIND, 1, "eins")
    assert rows(context(viewer)) is None


def test_refresh_of_another_account_begun_before_a_write_is_discarded(
    ctx: ChainContext, second: Connection, editor: User, viewer: User
) -> None:
    choose_connection(person=viewer, chain_id=CHAIN, connection=second)
    writer, reader = context(editor), context(viewer)
    reads = []

    def read() -> KeptList[str]:
        reads.append(1)
        if len(reads) == 1:
            kept_lists.put_row(writer, KIND, 1, "eins")
            return a_list(_1="one")
        return a_list(_1="eins")

    kept_lists.refresh(reader, KIND, read)
    assert rows(reader) == {1: "eins"}


def test_write_in_one_chain_leaves_the_other_alone(ctx: ChainContext, editor: User) -> None:
    other = context(editor, OTHER_CHAIN)
    kept_lists.refresh(other, KIND, lambda: a_list(_1="one"))
    kept_lists.put_row(ctx, KIND, 1, "eins")
    assert rows(other) == {1: "one"}


# Several at once


@together
def test_of_many_refreshes_one_reads(sandbox: Sandbox, editor: User, ctx: ChainContext) -> None:
    sandbox.fault(kind="latency", seconds=0.5, times=None)
    start = len(sandbox.calls())
    found = at_once([lambda: listing.refresh(context(editor)) for _ in range(8)])
    assert len(sandbox.calls()) == start + 2  # active and archived
    assert all(kept.rows.keys() == found[0].rows.keys() for kept in found)
    assert len(found[0].rows) == 30


@together
def test_refresh_under_way_does_not_undo_a_write(
    sandbox: Sandbox, editor: User, ctx: ChainContext
) -> None:
    """Altegio answered the list before the write, and the answer came after it."""
    sandbox.reset(types=3)
    listing.refresh(ctx)
    start = len(sandbox.calls())
    sandbox.fault(kind="trickled", seconds=0.0005, times=2, match={"path": "abonement_types$"})
    refreshing = started(lambda: listing.refresh(context(editor)))
    wait_for(lambda: len(sandbox.calls()) == start + 2)
    sending.archive(MEMBERSHIP_TYPES, ctx, 11003, form_id=new_form_id(), archived=True)
    assert refreshing.is_alive(), "the refresh was to take longer than the write"
    refreshing.join()
    kept = listing.kept(ctx)
    assert kept is not None and kept.rows[11003].is_archived


@together
def test_many_writes_at_once_are_all_shown(
    sandbox: Sandbox, editor: User, ctx: ChainContext
) -> None:
    kept_lists.refresh(ctx, KIND, lambda: a_list(_1="one"))
    at_once(
        [
            lambda number=number: kept_lists.put_row(ctx, KIND, number, str(number))  # type: ignore[misc]
            for number in range(10, 26)
        ]
    )
    assert rows(ctx) == {1: "one"} | {number: str(number) for number in range(10, 26)}


OTHER_PROCESS = """
import json, sys
import tests.settings
database, tests.settings.ALTEGIO_API_URL = sys.argv[1:3]
tests.settings.DATABASES["default"]["NAME"] = database
import django
django.setup()
from loyalty_admin.accounts.models import User
from loyalty_admin.chains.services import context_for
from loyalty_admin.membership_types import listing
for line in sys.stdin:
    person = User.objects.get(email=line.strip())
    kept = listing.kept(context_for(1101, person=person))
    print(json.dumps(kept and {row.id: [row.title, row.is_archived] for row in kept.rows.values()}))
    sys.stdout.flush()
"""


class OtherProcess:
    """Another worker of the deployment; it keeps what it has seen in its own memory."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def sees(self) -> dict[int, tuple[str, bool]] | None:
        """The list as that process has it: title and whether it is archived, by number."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write("edith@example.com\n")
        self._process.stdin.flush()
        found = json.loads(self._process.stdout.readline())
        return found and {int(number): tuple(row) for number, row in found.items()}


@contextmanager
def other_process() -> Iterator[OtherProcess]:
    name = str(database.settings_dict["NAME"])
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS, name, settings.ALTEGIO_API_URL],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(settings.BASE_DIR),
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
    )
    try:
        yield OtherProcess(process)
    finally:
        process.communicate(timeout=20)


@together
def test_every_process_sees_a_write_at_once(
    sandbox: Sandbox, editor: User, ctx: ChainContext
) -> None:
    with other_process() as other:
        assert other.sees() is None
        listing.refresh(ctx)
        first = other.sees()
        assert first is not None and first[11023] == ("Beard club", False)
        calls = len(sandbox.calls())

        sending.archive(MEMBERSHIP_TYPES, ctx, 11023, form_id=new_form_id(), archived=True)
        made = sending.clone(MEMBERSHIP_TYPES, ctx, 11022, form_id=new_form_id()).item
        engine.delete(MEMBERSHIP_TYPES, ctx, 11026, form_id=new_form_id())
        after = len(sandbox.calls())

        seen = other.sees()
        assert seen is not None and made is not None
        assert seen[11023] == ("Beard club", True)
        assert seen[made.id] == ("Starts by itself (2)", False)
        assert 11026 not in seen
        assert len(sandbox.calls()) == after > calls
