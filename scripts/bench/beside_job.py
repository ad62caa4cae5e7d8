"""What pages cost while one person's work for thousands runs in the background.

`python -m scripts.bench.beside_job`; `--quick` takes fewer and measures shorter.
"""

from __future__ import annotations

import argparse
import re
import time
from statistics import median
from typing import Any

from scripts.bench import servers
from scripts.bench.browser import Browser
from scripts.bench.load import Load, load
from scripts.bench.run import FULL_PAGE, folder

SEVERAL = f"/chains/{servers.CHAIN}/memberships/several/"
AT_ONCE = 500
LINE = "{:<34}{:>12}{:>12}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    count = 500 if quick else 10_000
    with (
        folder() as here,
        servers.sandbox(types=100, memberships=count) as altegio,
        servers.dashboard(here, altegio, with_worker=True) as ours,
    ):
        ours.get(f"{servers.LIST}loaded/")
        loads, reads = [measured(ours, quick)], [asking(ours)]
        numbers = [str(raw["id"]) for raw in altegio.memberships_of(servers.CHAIN)]
        for place in range(0, count, AT_ONCE):
            begin(ours, numbers[place : place + AT_ONCE])
        wait_until_it_runs(altegio)
        written = writes(altegio)
        loads.append(measured(ours, quick))
        reads.append(asking(ours))
        if writes(altegio) == written:
            raise RuntimeError("Nothing ran beside the pages.")
    print()
    print(LINE.format(f"Beside a change of {count:,} memberships", "alone", "beside"))
    print(LINE.format("list page, p50 ms", *(f"{one.p50:.1f}" for one in loads)))
    print(LINE.format("list page, p95 ms", *(f"{one.p95:.1f}" for one in loads)))
    print(LINE.format("page that asks Altegio, median ms", *(f"{one:.1f}" for one in reads)))


def measured(ours: Browser, quick: bool) -> Load:
    seconds = 2 if quick else 10
    return load(ours.port, FULL_PAGE, ours.headers(), connections=4, seconds=seconds)


def asking(ours: Browser) -> float:
    """The median of pages that read from Altegio, each a little after the one before."""
    page = ours.get(servers.LIST).text
    first = page.split('id="type-row-')[1].split('"')[0]
    times = []
    for _ in range(8):
        began = time.perf_counter()
        if ours.get(f"{servers.LIST}{first}/").status != 200:
            raise RuntimeError("The page did not come.")
        times.append((time.perf_counter() - began) * 1000)
        time.sleep(0.5)
    return median(times)


def begin(ours: Browser, numbers: list[str]) -> None:
    """Tick, look at the preview, confirm."""
    asked: dict[str, Any] = {"what": "extend", "days": "7"}
    preview = ours.post(SEVERAL, id=numbers, **asked).text
    hidden = dict(re.findall(r'name="(form_id|plan)" value="([^"]+)"', preview))
    answer = ours.post(SEVERAL, id=numbers, **asked, **hidden)
    if answer.status != 302:
        raise RuntimeError(f"Beginning the work answered {answer.status}.")


def writes(altegio: servers.TimedSandbox) -> int:
    with altegio.state.lock:
        return sum(call["path"].endswith("/set_period") for call in altegio.state.calls)


def wait_until_it_runs(altegio: servers.TimedSandbox) -> None:
    until = time.monotonic() + 60
    while not writes(altegio):
        if time.monotonic() > until:
            raise RuntimeError("No worker began.")
        time.sleep(0.2)


if __name__ == "__main__":
    main()
