"""Several people at once: real threads, each with a database connection of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections


def started(work: Callable[[], Any]) -> threading.Thread:
    """The work in a thread that leaves no database connection open."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def at_once[T](works: Sequence[Callable[[], T]]) -> list[T]:
    """The results of works that all begin at the same moment."""
    results: dict[int, T] = {}
    barrier = threading.Barrier(len(works))

    def run(place: int) -> None:
        barrier.wait()
        results[place] = works[place]()

    threads = [started(lambda place=place: run(place)) for place in range(len(works))]  # type: ignore[misc]
    for thread in threads:
        thread.join(60)
    assert len(results) == len(works), "one of them failed"
    return [results[place] for place in range(len(works))]


def wait_for[T](said: Callable[[], T], seconds: float = 10.0) -> T:
    """What it says, as soon as that is true."""
    end = time.monotonic() + seconds
    while not (found := said()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)
    return found
