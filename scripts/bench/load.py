"""Load: some connections, kept alive, that ask for one page again and again."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from statistics import quantiles

from scripts.bench.browser import HOST


@dataclass(frozen=True)
class Load:
    """What came of it: pages a second, milliseconds, bytes of one body as sent."""

    per_second: float
    p50: float
    p95: float
    size: int


def load(
    port: int,
    path: str,
    headers: Mapping[str, str],
    *,
    connections: int,
    seconds: float,
    at_most: int = 5000,
) -> Load:
    """Ask for the page over `connections` at once, for so many seconds or requests.

    RuntimeError when an answer is not 200.
    """
    times: list[float] = []
    sizes: list[int] = []
    problems: list[str] = []
    start = threading.Barrier(connections + 1)

    def ask() -> None:
        line = HTTPConnection(HOST, port, timeout=60)
        start.wait()
        deadline = time.perf_counter() + seconds
        while not problems and len(times) < at_most and time.perf_counter() < deadline:
            began = time.perf_counter()
            line.request("GET", path, headers=dict(headers))
            answer = line.getresponse()
            size = len(answer.read())
            times.append(time.perf_counter() - began)
            sizes.append(size)
            if answer.status != 200:
                problems.append(f"{path} answered {answer.status}.")
        line.close()

    threads = [threading.Thread(target=ask) for _ in range(connections)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    if problems:
        raise RuntimeError(problems[0])
    cuts = quantiles(times, n=20, method="inclusive")
    return Load(len(times) / took, cuts[9] * 1000, cuts[18] * 1000, max(sizes))
