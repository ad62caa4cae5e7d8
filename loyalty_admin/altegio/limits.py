"""One limit on requests to Altegio for the whole deployment, kept in its database."""

from __future__ import annotations

import logging
import os
import random
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from pathlib import Path
from typing import Protocol, cast

import psycopg
from filelock import FileLock, Timeout
from psycopg_pool import ConnectionPool, PoolTimeout
from pyrate_limiter import AbstractBucket, PostgresBucket, Rate, RateItem, SQLiteBucket

from loyalty_admin.altegio.errors import TooManyRequests, Unreachable

MINUTE = 60.0
PAUSE_AFTER_TROUBLE = 0.05


logger = logging.getLogger("loyalty_admin.altegio")


def _undecided(error: Exception) -> Unreachable:
    """To a person it is as if Altegio were away; who runs the dashboard has to know better."""
    logger.warning("The limit of calls is not told by its database: %s", error)
    return Unreachable()


class Limiter(Protocol):
    """What a transport asks before each request."""

    def take(self, *, within: float) -> None:
        """Wait at most `within` seconds for a slot, else raise TooManyRequests."""


class Unlimited:
    """Lets everything through."""

    def take(self, *, within: float) -> None:
        """No wait."""


class Both:
    """Asks one limiter, then the other: a share of what all together may do."""

    def __init__(self, share: Limiter, whole: Limiter) -> None:
        self._share, self._whole = share, whole

    def take(self, *, within: float) -> None:
        """Wait at most `within` seconds for both; raises as they do."""
        deadline = time.monotonic() + within
        self._share.take(within=within)
        self._whole.take(within=max(0.0, deadline - time.monotonic()))


class _Slots:
    """How many slots are left of those that were taken beforehand."""

    def __init__(self, count: int) -> None:
        self.count = count


_slots: ContextVar[_Slots | None] = ContextVar("slots", default=None)


@contextmanager
def reserve(limiter: Limiter, calls: int, *, within: float) -> Iterator[None]:
    """Take the slots of the next calls now: inside, a `Reserved` limiter waits for none of them.

    Raises as the limiter does.
    """
    deadline = time.monotonic() + within
    for _ in range(calls):
        limiter.take(within=max(0.0, deadline - time.monotonic()))
    token = _slots.set(_Slots(calls))
    try:
        yield
    finally:
        _slots.reset(token)


class Reserved:
    """Uses up the slots that `reserve` has taken before it asks for more."""

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter

    def take(self, *, within: float) -> None:
        """Wait at most `within` seconds for a slot, unless one is reserved."""
        slots = _slots.get()
        if slots and slots.count:
            slots.count -= 1
        else:
            self._limiter.take(within=within)


class DatabaseLimiter:
    """Slots shared by every process that names the same database.

    `path` is an SQLite file (one host), `conninfo` a PostgreSQL connection string: give
    one of them. The database is held for the decision only, never while waiting.
    """

    def __init__(
        self,
        *,
        per_second: int,
        per_minute: int,
        path: str | Path = "",
        conninfo: str = "",
        table: str = "altegio_requests",
    ) -> None:
        if bool(path) == bool(conninfo):
            raise ValueError("A limiter needs either a path or a conninfo.")
        self._rates = _rates(per_second, per_minute)
        self._path = str(path)
        self._conninfo = conninfo
        self._table = table
        self._bucket: AbstractBucket | None = None
        self._closer: weakref.finalize[..., DatabaseLimiter] | None = None
        self._forget()

    def take(self, *, within: float) -> None:
        """Wait at most `within` seconds for a slot.

        Raises TooManyRequests when that is too short (its `retry_after`: seconds), and
        Unreachable when the database gives no decision in time. Either way nothing was sent.
        """
        if self._pid != os.getpid():  # connections and locks do not survive a fork
            self._forget()
        deadline = time.monotonic() + within
        while True:
            wait = self._ask(deadline)
            if wait is None:
                return
            # Those who wait for the same moment should not all ask again at once.
            pause = wait * random.uniform(1.0, 1.05) + random.uniform(0.001, 0.01)
            if time.monotonic() + pause > deadline:
                raise TooManyRequests(retry_after=max(wait, 0.1), status=None)
            time.sleep(pause)

    def taken(self, *, within: float) -> int:
        """Slots of the last minute as the database has them; raises Unreachable."""
        if self._pid != os.getpid():
            self._forget()
        deadline = time.monotonic() + within
        with self._turn:
            try:
                with self._alone(deadline):
                    bucket = self._opened(deadline)
                    bucket.leak(_now(bucket, deadline))
                    return cast(int, bucket.count())
            except (Timeout, sqlite3.Error, psycopg.Error, PoolTimeout) as error:
                self._drop()
                raise _undecided(error) from error

    def close(self) -> None:
        """Let go of the database; the next `take` opens it again."""
        with self._turn:
            self._drop()

    def _drop(self) -> None:
        if self._closer is not None:
            self._closer()
        self._bucket = self._closer = None

    def _forget(self) -> None:
        self._pid = os.getpid()
        self._turn = threading.Lock()
        self._taken = 0
        self._bucket = self._closer = None
        # One lock for all threads (they take turns before it), freed by the system when
        # a process dies.
        self._file_lock = FileLock(f"{self._path}.lock", thread_local=False) if self._path else None

    def _ask(self, deadline: float) -> float | None:
        """None when a slot was taken, else the seconds until it is worth asking again."""
        if not self._turn.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise Unreachable
        try:
            with self._alone(deadline):
                return self._decide(self._opened(deadline), deadline)
        except Timeout as error:
            raise _undecided(error) from error
        except (sqlite3.Error, psycopg.Error, PoolTimeout) as error:
            self._drop()
            if time.monotonic() + 2 * PAUSE_AFTER_TROUBLE >= deadline:
                raise _undecided(error) from error
            return PAUSE_AFTER_TROUBLE
        finally:
            self._turn.release()

    def _alone(self, deadline: float) -> AbstractContextManager[object]:
        if self._file_lock is None:
            return nullcontext()
        return self._file_lock.acquire(
            timeout=max(0.0, deadline - time.monotonic()), poll_interval=0.005
        )

    def _opened(self, deadline: float) -> AbstractBucket:
        if self._bucket is None:
            self._bucket = self._open(deadline)
            self._closer = weakref.finalize(self, _close, self._bucket, os.getpid())
        return self._bucket

    def _open(self, deadline: float) -> AbstractBucket:
        if self._path:
            bucket = SQLiteBucket.init_from_file(self._rates, table=self._table, db_path=self._path)
            bucket.conn.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
            return bucket
        pool = ConnectionPool(
            self._conninfo,
            min_size=0,
            max_size=1,
            timeout=max(0.05, deadline - time.monotonic()),
            configure=_in_utc,
            open=True,
        )
        try:
            return PostgresBucket(pool, self._table, self._rates)
        except BaseException:
            pool.close()
            raise

    def _decide(self, bucket: AbstractBucket, deadline: float) -> float | None:
        now = _now(bucket, deadline)
        item = RateItem("request", now)
        if bucket.put(item):
            self._taken += 1
            if self._taken % 50 == 0:
                bucket.leak(now)
            return None
        # Negative or 0 where another process was just deciding.
        wait = max(0.0, cast(int, bucket.waiting(item)) / 1000)
        if wait > MINUTE + 1:
            # The clock was set back: slots taken "in the future" would block for as long.
            bucket.flush()
            return 0.0
        return wait


def _now(bucket: AbstractBucket, deadline: float) -> int:
    """Milliseconds by the one clock that all processes share."""
    if not isinstance(bucket, PostgresBucket):
        return time.time_ns() // 1_000_000
    # The bucket's own clock would fall back to this machine's when the server is away.
    bucket.pool.timeout = max(0.05, deadline - time.monotonic())
    with bucket.pool.connection() as connection:
        clock = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"
        rows: list[tuple[int]] = connection.execute(clock).fetchall()
        return rows[0][0]


def _rates(per_second: int, per_minute: int) -> list[Rate]:
    second, minute = Rate(per_second, 1_000), Rate(per_minute, 60_000)
    if per_minute <= per_second:
        return [minute]
    if per_minute > per_second * 60:
        return [second]
    return [second, minute]


def _close(bucket: AbstractBucket, pid: int) -> None:
    # What a fork inherited is still in use by the process that opened it.
    if os.getpid() == pid:
        bucket.close()


def _in_utc(connection: psycopg.Connection) -> None:
    # The bucket keeps its times without a zone: a session's own zone may change its clock.
    connection.execute("SET TIME ZONE 'UTC'")
    connection.commit()
