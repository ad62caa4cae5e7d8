"""The limit on requests: one for all threads and processes that name the same database."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from psycopg import sql
from pyrate_limiter import RateItem

from loyalty_admin.altegio.errors import TooManyRequests, Unreachable
from loyalty_admin.altegio.limits import DatabaseLimiter, Unlimited
from tests.altegio.wire import WireServer, ok, transport_to

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]

Place = dict[str, str]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A limiter's place in the database that the tests run on."""
    table = f"limit_{uuid4().hex}"
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        yield {"path": str(tmp_path / "limits.sqlite3"), "table": table}
        return
    conninfo = psycopg.conninfo.make_conninfo(
        host=database["HOST"] or None,
        port=database["PORT"] or None,
        user=database["USER"] or None,
        password=database["PASSWORD"] or None,
        dbname=database["NAME"],
    )
    yield {"conninfo": conninfo, "table": table}
    with psycopg.connect(conninfo) as connection:
        connection.execute(
            sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(f"ratelimit___{table}"))
        )


@pytest.fixture
def limiter(place: Place) -> Iterator[DatabaseLimiter]:
    limiter = DatabaseLimiter(per_second=4, per_minute=180, **place)
    yield limiter
    limiter.close()


def most_in_a_second(moments: list[float]) -> int:
    moments = sorted(moments)
    return max(sum(0 <= other - moment < 0.8 for other in moments) for moment in moments)


def test_what_fits_passes_at_once(limiter: DatabaseLimiter) -> None:
    for _ in range(4):
        limiter.take(within=0.2)  # whatever has to wait for longer is refused


def test_what_does_not_fit_waits_its_turn(limiter: DatabaseLimiter) -> None:
    moments = []
    for _ in range(10):
        limiter.take(within=5)
        moments.append(time.monotonic())
    assert 2.0 <= moments[-1] - moments[0] < 10
    assert most_in_a_second(moments) <= 4


def test_what_one_takes_another_sees(limiter: DatabaseLimiter, place: Place) -> None:
    other = DatabaseLimiter(per_second=4, per_minute=180, **place)
    try:
        assert other.taken(within=5) == 0
        for _ in range(3):
            limiter.take(within=5)
        assert other.taken(within=5) == 3
    finally:
        other.close()


def test_how_much_is_taken_is_not_known_without_the_database(tmp_path: Path) -> None:
    lost = DatabaseLimiter(per_second=4, per_minute=180, path=tmp_path)
    with pytest.raises(Unreachable):
        lost.taken(within=0.3)


def test_threads_share_the_limit(limiter: DatabaseLimiter) -> None:
    moments: list[float] = []

    def take() -> None:
        limiter.take(within=5)
        moments.append(time.monotonic())

    with ThreadPoolExecutor(10) as threads:
        for call in [threads.submit(take) for _ in range(10)]:
            call.result()
    assert most_in_a_second(moments) <= 4


def test_limit_of_a_minute_holds(place: Place) -> None:
    limiter = DatabaseLimiter(per_second=100, per_minute=105, **place)
    try:
        for _ in range(105):
            limiter.take(within=3)
        with pytest.raises(TooManyRequests) as caught:
            limiter.take(within=0.2)
    finally:
        limiter.close()
    assert 50 < caught.value.retry_after <= 60.1
    assert caught.value.status is None


def test_too_long_a_wait_is_told_without_waiting(limiter: DatabaseLimiter) -> None:
    for _ in range(4):
        limiter.take(within=1)
    started = time.monotonic()
    with pytest.raises(TooManyRequests) as caught:
        limiter.take(within=0.05)
    assert time.monotonic() - started < 10
    assert 0 < caught.value.retry_after <= 1.1


@pytest.mark.parametrize(("per_second", "per_minute"), [(1000, 60_000), (5, 5), (2, 1_000), (1, 1)])
def test_any_two_rates_go_together(place: Place, per_second: int, per_minute: int) -> None:
    limiter = DatabaseLimiter(per_second=per_second, per_minute=per_minute, **place)
    limiter.take(within=1)
    limiter.close()


def test_closed_limiter_opens_again(limiter: DatabaseLimiter) -> None:
    limiter.take(within=1)
    limiter.close()
    limiter.take(within=1)


def test_old_slots_are_forgotten(place: Place) -> None:
    limiter = DatabaseLimiter(per_second=60, per_minute=10_000, **place)
    for _ in range(150):
        limiter.take(within=2)
    assert limiter._bucket is not None
    rows = limiter._bucket.count()
    limiter.close()
    assert isinstance(rows, int) and rows <= 110


def test_limiter_that_nobody_closed_ends_quietly(place: Place) -> None:
    script = """
        import json, sys
        from loyalty_admin.altegio.limits import DatabaseLimiter
        limiter = DatabaseLimiter(per_second=4, per_minute=4, **json.loads(sys.argv[1]))
        limiter.take(within=5)
    """
    ended = subprocess.run(
        [sys.executable, "-X", "dev", "-c", textwrap.dedent(script), json.dumps(place)],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_two_processes_share_the_limit(place: Place) -> None:
    script = """
        import json, sys, time
        from loyalty_admin.altegio.limits import DatabaseLimiter
        limiter = DatabaseLimiter(per_second=4, per_minute=180, **json.loads(sys.argv[1]))
        limiter.take(within=10)
        print("ready", flush=True)
        sys.stdin.readline()
        for _ in range(8):
            limiter.take(within=10)
            print(time.time(), flush=True)
        limiter.close()
    """
    running = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", textwrap.dedent(script), json.dumps(place)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in running:
        assert process.stdout and process.stdout.readline() == "ready\n"
    moments = []
    for process in running:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in running:
        printed, complaints = process.communicate(timeout=30)
        assert (process.returncode, complaints) == (0, "")
        moments += [float(line) for line in printed.split()]
    assert len(moments) == 16
    assert most_in_a_second(moments) <= 4
    assert max(moments) - min(moments) > 2.8


def test_fork_keeps_the_limit_and_harms_nothing(place: Place) -> None:
    script = """
        import json, os, sys
        from loyalty_admin.altegio.errors import TooManyRequests
        from loyalty_admin.altegio.limits import DatabaseLimiter
        limiter = DatabaseLimiter(per_second=4, per_minute=4, **json.loads(sys.argv[1]))
        limiter.take(within=1)
        child = os.fork()
        limiter.take(within=5)
        if child == 0:
            limiter.close()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        limiter.take(within=1)
        try:
            limiter.take(within=0.1)
        except TooManyRequests:
            limiter.close()
            sys.exit(0)
        sys.exit("a fifth was let through")
    """
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(script), json.dumps(place)],
        check=True,
        timeout=30,
    )


def test_transport_keeps_to_the_limit(limiter: DatabaseLimiter) -> None:
    with WireServer(ok()) as server:
        talking = transport_to(server, limiter=limiter, timeout=10)
        moments = []
        for _ in range(9):
            talking.get("/x")
            moments.append(time.monotonic())
    assert most_in_a_second(moments) <= 4


def test_database_that_cannot_be_opened_sends_nothing(tmp_path: Path) -> None:
    lost = DatabaseLimiter(per_second=4, per_minute=180, path=tmp_path)
    started = time.monotonic()
    with pytest.raises(Unreachable):
        lost.take(within=0.3)
    assert time.monotonic() - started < 10


def test_database_server_that_does_not_answer_sends_nothing() -> None:
    lost = DatabaseLimiter(
        per_second=4, per_minute=180, conninfo="host=127.0.0.1 port=1 dbname=none"
    )
    started = time.monotonic()
    with pytest.raises(Unreachable):
        lost.take(within=0.3)
    assert time.monotonic() - started < 10


def test_clock_that_was_set_back_blocks_nobody(
    limiter: DatabaseLimiter,
) -> None:
    limiter.take(within=1)
    bucket = limiter._bucket
    assert bucket is not None
    ahead = (time.time_ns() // 1_000_000) + 300_000
    for _ in range(4):
        bucket.put(RateItem("request", ahead))
    limiter.take(within=1)


def test_locked_file_is_waited_for_until_the_deadline(tmp_path: Path) -> None:
    path = tmp_path / "limits.sqlite3"
    holder = DatabaseLimiter(per_second=4, per_minute=180, path=path)
    waiter = DatabaseLimiter(per_second=4, per_minute=180, path=path)
    holder.take(within=1)
    assert holder._file_lock is not None
    with holder._file_lock:
        with pytest.raises(Unreachable):
            waiter.take(within=0.2)
        threading.Timer(0.2, holder._file_lock.release).start()
        waiter.take(within=2)
    holder.close()
    waiter.close()


@pytest.mark.parametrize("place", [{}, {"path": "a", "conninfo": "b"}])
def test_limiter_needs_one_place(place: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="either"):
        DatabaseLimiter(per_second=1, per_minute=1, **place)


def test_unlimited_never_waits() -> None:
    for _ in range(1_000):
        Unlimited().take(within=0)


def test_why_the_database_tells_no_limit_is_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = DatabaseLimiter(per_second=4, per_minute=180, path=tmp_path)
    with pytest.raises(Unreachable) as raised:
        folder.take(within=0.3)
    assert "unable to open database file" in str(raised.value.__cause__)
    assert "limit of calls is not told by its database: unable to open" in caplog.text
