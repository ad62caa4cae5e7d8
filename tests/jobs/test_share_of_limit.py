"""What runs in the background leaves at least 40 % of the limit to people, who wait."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from loyalty_admin.altegio.errors import TooManyRequests, Unreachable
from loyalty_admin.altegio.limits import (
    Both,
    DatabaseLimiter,
    Limiter,
    Reserved,
    Unlimited,
    reserve,
)
from loyalty_admin.audit.guard import Unchanged, perform
from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.connections import services as connections
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox

SECONDS = 3.0


class Slow:
    """Gives a slot after so many seconds, and notes how long it might have waited."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.withins: list[float] = []

    def take(self, *, within: float) -> None:
        self.withins.append(within)
        if self.seconds > within:
            raise TooManyRequests(retry_after=self.seconds, status=None)
        time.sleep(self.seconds)


@pytest.fixture
def low_rate(db: None, settings: Any) -> None:
    """Ten in a second; of a minute no more is asked than that."""
    settings.ALTEGIO_RATE_PER_SECOND = 10
    settings.ALTEGIO_RATE_PER_MINUTE = 60_000
    empty()


def empty() -> None:
    """Forgets the slots that other tests took."""
    for limiter in limiters():
        with suppress(TooManyRequests):
            limiter.take(within=1)  # opens it
        assert limiter._bucket is not None
        limiter._bucket.flush()


def limiters() -> tuple[DatabaseLimiter, DatabaseLimiter]:
    """That of the share of jobs, and that of all."""
    reserved = connections.job_limiter()
    assert isinstance(reserved, Reserved)
    both = reserved._limiter
    assert isinstance(both, Both)
    assert isinstance(both._share, DatabaseLimiter) and isinstance(both._whole, DatabaseLimiter)
    return both._share, both._whole


def taken(limiter: Limiter, until: float) -> int:
    """How many slots somebody gets who takes one after the other."""
    count = 0
    while (left := until - time.monotonic()) > 0:
        try:
            limiter.take(within=left)
        except (TooManyRequests, Unreachable):  # the time is over, perhaps in a queue
            return count
        count += 1
    return count


@pytest.mark.slow
def test_people_get_their_part_while_jobs_run_flat_out(low_rate: None) -> None:
    of_jobs, of_people = connections.job_limiter(), connections.limiter()
    until = time.monotonic() + SECONDS
    counts: dict[str, int] = {"jobs": 0}
    lock = threading.Lock()

    def run() -> None:
        found = taken(of_jobs, until)
        with lock:
            counts["jobs"] += found

    jobs = [threading.Thread(target=run) for _ in range(3)]
    for job in jobs:
        job.start()
    people = taken(of_people, until)
    for job in jobs:
        job.join()
    # Six in a second for jobs at the most, four at the least for people.
    assert counts["jobs"] <= 6 * (SECONDS + 1)
    assert people >= 0.8 * 4 * SECONDS
    assert people + counts["jobs"] <= 10 * (SECONDS + 1)


@pytest.mark.slow
def test_jobs_alone_keep_to_their_part(low_rate: None) -> None:
    count = taken(connections.job_limiter(), time.monotonic() + 2.5)
    assert 6 * 1.5 <= count <= 6 * 3.5


@pytest.mark.slow
def test_job_acts_at_altegio_within_the_part_of_jobs(
    connection: Connection, low_rate: None, settings: Any
) -> None:
    settings.ALTEGIO_RATE_PER_SECOND = 5  # three are for jobs
    transport = connections.transport_for(connection, for_job=True)
    empty()
    begun = time.monotonic()
    for _ in range(9):
        transport.get("/groups", [])
    assert time.monotonic() - begun >= 1.9


def test_jobs_leave_their_part_of_a_minute(db: None, settings: Any) -> None:
    settings.ALTEGIO_RATE_PER_SECOND = 1_000
    settings.ALTEGIO_RATE_PER_MINUTE = 50
    empty()
    until = time.monotonic() + 3
    assert taken(connections.job_limiter(), until) == 30
    assert taken(connections.limiter(), until) == 20
    empty()


def test_lowest_rates_leave_people_their_part_and_jobs_something(db: None, settings: Any) -> None:
    settings.ALTEGIO_RATE_PER_MINUTE = 60_000
    for rate in (1, 2, 3, 4, 100):
        settings.ALTEGIO_RATE_PER_SECOND = rate
        empty()
        connections.job_limiter().take(within=2)
        share, _whole = limiters()
        in_a_minute = min(each.limit * 60_000 // each.interval for each in share._rates)
        assert 0 < in_a_minute <= 60 * rate * 0.6, rate


@pytest.mark.slow
def test_both_wait_no_longer_than_one_was_told_to() -> None:
    share, whole = Slow(0.3), Slow(0.1)
    Both(share, whole).take(within=0.5)
    assert share.withins == [0.5]
    assert whole.withins[0] <= 0.2
    whole = Slow(0.3)
    with pytest.raises(TooManyRequests):
        Both(Slow(0.3), whole).take(within=0.5)
    assert whole.withins[0] <= 0.2
    with pytest.raises(TooManyRequests):
        Both(Slow(1.0), Unlimited()).take(within=0.5)


def test_without_a_slot_of_the_share_none_of_the_whole_is_taken() -> None:
    whole = Slow(0.0)
    with pytest.raises(TooManyRequests):
        Both(Slow(1.0), whole).take(within=0.1)
    assert whole.withins == []


class Counted:
    """Lets everything through, and counts."""

    def __init__(self) -> None:
        self.asked = 0

    def take(self, *, within: float) -> None:
        self.asked += 1


def test_calls_of_a_write_are_waited_for_before_it_begins() -> None:
    """So that a job that waits for its turn holds nothing that people want to change."""
    whole = Counted()
    limiter = Reserved(whole)
    with reserve(limiter, 3, within=1):
        assert whole.asked == 3
        for _ in range(3):
            limiter.take(within=0)
        assert whole.asked == 3
        limiter.take(within=1)  # a fourth waits as any other
        assert whole.asked == 4
    limiter.take(within=1)
    assert whole.asked == 5


def test_job_that_must_wait_for_its_turn_holds_no_object(
    ctx: ChainContext, settings: Any, sandbox: Sandbox
) -> None:
    settings.ALTEGIO_RATE_PER_SECOND, settings.ALTEGIO_TIMEOUT = 4, 0.3
    empty()
    share, _whole = limiters()
    for _ in range(2):
        share.take(within=1)
    asked = len(sandbox.calls())

    def prepare() -> Unchanged[None]:
        raise AssertionError("it has begun")

    with pytest.raises(TooManyRequests):
        perform(
            replace(ctx, is_job=True),
            action="membership.frozen",
            object_id=1,
            form_id="a form id of the tests",
            prepare=prepare,
        )
    assert not Entry.objects.exists()
    assert len(sandbox.calls()) == asked
