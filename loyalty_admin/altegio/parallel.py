"""Calls to Altegio side by side, in threads of a pool."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any

FAN_OUT = 16


class _Thread(threading.local):
    """In a thread of the pool: what is to be called when its work has come back."""

    later: list[Callable[[], None]] | None = None


_thread = _Thread()


def side_by_side[T](calls: Sequence[Callable[[], T]]) -> list[T]:
    """Make the calls at the same time; their results, in order.

    The first error (in the order of the calls) is raised after all have ended. A call runs
    in a thread of its own: it asks Altegio and leaves the database alone.
    """
    if not calls:
        return []
    # A context for each: their lines of the log belong to the same request.
    futures = [_threads.submit(copy_context().run, _run_aside, call) for call in calls[1:]]
    # This thread works too: one thread fewer, and `forbid` sees the caller's transaction.
    done = [_run(calls[0])]
    for call, future in zip(calls[1:], futures, strict=True):
        # One that no thread has begun is done here, so that a full pool never waits for itself.
        done.append(_run(call) if future.cancel() else future.result())
    for callback in _distinct(done):
        in_callers_thread(callback)
    for one in done:
        if one.error is not None:
            raise one.error
    return [one.result for one in done]  # type: ignore[misc]


@dataclass(frozen=True)
class _Done[T]:
    result: T | None = None
    error: BaseException | None = None
    later: tuple[Callable[[], None], ...] = ()


def _run[T](call: Callable[[], T]) -> _Done[T]:
    try:
        return _Done(result=call())
    except Exception as error:
        return _Done(error=error)


def _run_aside[T](call: Callable[[], T]) -> _Done[T]:
    later: list[Callable[[], None]] = []
    _thread.later = later
    try:
        done = _run(call)
    finally:
        _thread.later = None
    return _Done(done.result, done.error, tuple(later))


def _distinct(done: Sequence[_Done[Any]]) -> Iterator[Callable[[], None]]:
    return iter(dict.fromkeys(callback for one in done for callback in one.later))


def in_callers_thread(callback: Callable[[], None] | None) -> None:
    """Call it now, or once its work is back where this is a thread of the pool.

    It will use the database, whose connections belong to the threads that serve people.
    """
    if callback is None:
        return
    if _thread.later is None:
        callback()
    else:
        _thread.later.append(callback)


def _new_threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(FAN_OUT, thread_name_prefix="altegio")


_threads = _new_threads()


def _after_fork() -> None:
    # Threads do not survive a fork.
    global _threads
    _threads = _new_threads()


os.register_at_fork(after_in_child=_after_fork)
