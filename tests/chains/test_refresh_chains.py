"""Reading the chains of the connections: when it is due, side by side, in spite of failures."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from loyalty_admin.accounts.models import User
from loyalty_admin.altegio.errors import SignInNeeded, Unavailable
from loyalty_admin.connections import services
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.connections.common import CHAIN, allow, link_assistant, paths, spoil_token

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
GROUPS = {"path": "^/groups$"}


def grow_old(minutes: float) -> None:
    """Let all chains have been read so long ago."""
    Connection.objects.update(chains_read_at=timezone.now() - timedelta(minutes=minutes))


def read_since(sandbox: Sandbox, before: int) -> int:
    return paths(sandbox)[before:].count("GET /groups")


@pytest.mark.parametrize(("minutes", "due"), [(9.9, 0), (10.1, 1)])
def test_due_after_ten_minutes(
    sandbox: Sandbox, connection: Connection, minutes: float, due: int
) -> None:
    before = len(sandbox.calls())
    grow_old(minutes)
    services.refresh_chains(Connection.objects.get())
    assert read_since(sandbox, before) == due
    grow_old(minutes)
    assert services.refresh_all_chains() == []
    assert read_since(sandbox, before) == 2 * due
    recent = Connection.objects.filter(chains_read_at__gt=timezone.now() - timedelta(minutes=1))
    assert recent.count() == due


def test_force_reads_at_any_time(sandbox: Sandbox, connection: Connection) -> None:
    before = len(sandbox.calls())
    services.refresh_chains(connection, force=True)
    services.refresh_all_chains(force=True)
    services.refresh_all_chains(force=True)
    assert read_since(sandbox, before) == 3


def test_what_goes_beside_is_done_in_any_case(sandbox: Sandbox, connection: Connection) -> None:
    done: list[str] = []
    services.refresh_chains(connection, beside=lambda: done.append("fresh"))
    grow_old(11)
    services.refresh_chains(Connection.objects.get(), beside=lambda: done.append("old"))
    assert done == ["fresh", "old"]


def test_failed_attempt_is_repeated_after_a_minute_only(
    sandbox: Sandbox, connection: Connection
) -> None:
    grow_old(11)
    sandbox.fault(kind="status", status=403, match=GROUPS, times=None)
    before = len(sandbox.calls())
    assert len(services.refresh_all_chains()) == 1
    assert services.refresh_all_chains() == []
    assert read_since(sandbox, before) == 1
    cache.clear()  # as a minute later
    assert len(services.refresh_all_chains()) == 1
    assert len(Connection.objects.get().chains) == 2


def test_failure_of_one_does_not_stop_the_others(
    sandbox: Sandbox, connection: Connection, manager: User
) -> None:
    assistant = link_assistant(sandbox, manager)
    for broken, other in ((connection, assistant), (assistant, connection)):
        services.sign_in_again(
            connection=other,
            person=manager,
            login=sandbox.director if other == connection else sandbox.assistant,
            password=sandbox.password,
        )
        broken.refresh_from_db()
        spoil_token(broken)
        grow_old(11)
        cache.clear()
        # One of the two is read in a thread of its own, which leaves the database alone.
        (problem,) = services.refresh_all_chains()
        assert isinstance(problem, SignInNeeded)
        broken.refresh_from_db()
        other.refresh_from_db()
        assert broken.needs_sign_in
        assert broken.chains
        assert not other.needs_sign_in
        assert other.chains_read_at is not None
        assert other.chains_read_at > timezone.now() - timedelta(minutes=1)


def test_connections_are_read_side_by_side(
    sandbox: Sandbox, connection: Connection, manager: User
) -> None:
    link_assistant(sandbox, manager)
    sandbox.fault(kind="latency", seconds=2.0, match=GROUPS, times=None)
    began = time.monotonic()
    assert services.refresh_all_chains(force=True) == []
    assert 2.0 <= time.monotonic() - began < 3.9


def test_page_does_not_wait_long_for_what_is_known(
    sandbox: Sandbox, connection: Connection
) -> None:
    grow_old(11)
    sandbox.fault(kind="hang", seconds=30, match=GROUPS, times=None)
    began = time.monotonic()
    (problem,) = services.refresh_all_chains()
    assert isinstance(problem, Unavailable)
    assert time.monotonic() - began < services.SECONDS_FOR_KNOWN_CHAINS + 10


@pytest.mark.parametrize("kind", ["null_data", "empty", "success_false"])
def test_answer_without_a_list_takes_no_chain_away(
    sandbox: Sandbox, connection: Connection, kind: str
) -> None:
    grow_old(11)
    sandbox.fault(kind=kind, times=None, match=GROUPS)
    assert len(services.refresh_all_chains()) == 1
    assert CHAIN in {raw["id"] for raw in Connection.objects.get().chains}


def test_chain_that_is_taken_away_is_gone(sandbox: Sandbox, connection: Connection) -> None:
    allow(sandbox, sandbox.director, {CHAIN: {}})
    services.refresh_all_chains(force=True)
    assert [chain["id"] for chain in Connection.objects.get().chains] == [CHAIN]
