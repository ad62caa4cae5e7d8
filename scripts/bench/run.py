"""Measures the list page beside Django's admin, and prints one table: `make bench`.

Everything runs on this machine, on loopback, in a temporary folder; it takes about two minutes.
`--quick` measures shorter and less surely.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import median

# Called as a file: `import scripts` has to work all the same.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from scripts.bench import servers
from scripts.bench.browser import Browser, files_of
from scripts.bench.load import Load, load

FULL_PAGE = f"{servers.LIST}?size=100"
LATENCY = 0.15
LINE = "{:<34}{:>5}{:>10}{:>9}{:>9}{:>10}{:>9}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers end with this process
    print_machine()
    print()
    print(LINE.format("", "c", "pages/s", "p50 ms", "p95 ms", "KB gzip", "x admin"))
    for types in (100, 1000):
        with folder() as here, servers.sandbox(types=types) as altegio:
            measure_pages(here, altegio, types, rounds=2 if quick else 7)
    print()
    print("Cold: 1,000 types, 150 ms to Altegio     calls  in sequence  page ms  list ms")
    for label, limits in (("4 calls a second (default)", {}), ("unlimited", servers.UNLIMITED)):
        with folder() as here, servers.sandbox(types=1000) as altegio:
            measure_cold(here, altegio, label, limits)


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def print_machine() -> None:
    print(
        f"{os.cpu_count()} cores ({cpu()}), load {os.getloadavg()[0]:.1f}, "
        f"Python {platform.python_version()}, Django {version('django')}, "
        f"gunicorn {version('gunicorn')}, SQLite"
    )


def cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def measure_pages(here: Path, altegio: servers.TimedSandbox, types: int, *, rounds: int) -> None:
    with servers.dashboard(here, altegio) as ours, servers.admin(here, altegio) as theirs:
        ours.get(f"{servers.LIST}loaded/")
        asked = len(altegio.calls())
        check_rows(ours, theirs)
        pages = {"list page": (ours, FULL_PAGE), "admin": (theirs, servers.ADMIN_LIST)}
        for browser, path in pages.values():  # every process has drawn the page once
            load(browser.port, path, browser.headers(), connections=16, seconds=2)
        for connections in (1, 16):
            taken: dict[str, list[Load]] = {name: [] for name in pages}
            for _round in range(rounds):  # in turns, so that a busy moment hits both
                for name, (browser, path) in pages.items():
                    headers = browser.headers()
                    taken[name].append(
                        load(browser.port, path, headers, connections=connections, seconds=2)
                    )
            print_pages(types, connections, taken)
        if len(altegio.calls()) > asked:
            raise RuntimeError("A page from a warm cache asked Altegio.")
        if types == 1000:
            print_sizes(ours)


def check_rows(ours: Browser, theirs: Browser) -> None:
    drawn = ours.get(FULL_PAGE).text.count('id="type-row-')
    theirs_drawn = theirs.get(servers.ADMIN_LIST).text.count('class="action-select"')
    if (drawn, theirs_drawn) != (100, 100):
        raise RuntimeError(f"Not 100 rows each, but {drawn} and {theirs_drawn}.")


def print_pages(types: int, connections: int, taken: Mapping[str, list[Load]]) -> None:
    for name, rounds in taken.items():
        # Round by round: what else the machine does hits both sides of one round alike.
        ratios = [
            mine.per_second / admins.per_second
            for mine, admins in zip(rounds, taken["admin"], strict=True)
        ]
        print(
            LINE.format(
                f"{name}, 100 of {types:,} rows",
                connections,
                f"{median(one.per_second for one in rounds):.1f}",
                f"{median(one.p50 for one in rounds):.1f}",
                f"{median(one.p95 for one in rounds):.1f}",
                f"{rounds[0].size / 1024:.1f}",
                f"{median(ratios):.1f}",
            ),
            flush=True,
        )


def print_sizes(ours: Browser) -> None:
    page = ours.get(servers.LIST)
    files = [ours.get(path).size for path in sorted(files_of(page.text))]
    first_id = page.text.split('id="type-row-')[1].split('"')[0]
    row = f"{servers.LIST}{first_id}/row/"
    menu = ours.get(f"{servers.LIST}{first_id}/menu/", htmx=True)
    written = ours.post(
        f"{servers.LIST}{first_id}/archive/", htmx=True, form_id=form_id_of(page.text)
    )
    sizes = {
        f"first visit, 50 rows and {len(files)} files": page.size + sum(files),
        "a row as swapped in": ours.get(row, htmx=True).size,
        "a row's menu": menu.size,
        "a row being edited": ours.get(f"{row}edit/", htmx=True).size,
        "a row after a write, with its toast": written.size,
    }
    print()
    print("Bytes, gzipped")
    for name, size in sizes.items():
        print(f"{name:<49}{size / 1024:>9.1f} KB")


def form_id_of(page: str) -> str:
    return page.split('name="form_id" value="')[1].split('"')[0]


def measure_cold(
    here: Path, altegio: servers.TimedSandbox, label: str, limits: Mapping[str, str]
) -> None:
    with servers.dashboard(here, altegio, limits) as ours:
        ours.get("/account/")  # the process is warm, the list is not
        time.sleep(1.1)  # the limiter has forgotten the sign-in
        altegio.latency = LATENCY
        altegio.spans.clear()
        began = time.perf_counter()
        ours.get(servers.LIST)
        shown = time.perf_counter() - began
        if altegio.spans:
            raise RuntimeError("The page waited for Altegio before it showed itself.")
        began = time.perf_counter()
        answer = ours.get(f"{servers.LIST}loaded/", htmx=True)
        took = time.perf_counter() - began
        if answer.status != 200:
            raise RuntimeError(f"The cold list answered {answer.status}.")
    print(
        f"{label:<41}{len(altegio.spans):>5}{in_sequence(altegio.spans):>13}"
        f"{shown * 1000:>9.0f}{took * 1000:>9.0f}",
        flush=True,
    )


def in_sequence(spans: list[tuple[float, float]]) -> int:
    """The most calls of which each began after the one before it had ended."""
    count, ended = 0, float("-inf")
    for began, end in sorted(spans, key=lambda span: span[1]):
        if began >= ended:
            count, ended = count + 1, end
    return count


if __name__ == "__main__":
    main()
