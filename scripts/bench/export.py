"""How much memory an export of loyalty transactions takes: `python -m scripts.bench.export`.

Each size is measured in a process of its own, from SQLite in a temporary folder, and prints the
most that the process held in all, the libraries that it loads included.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROWS = (1_000, 10_000, 100_000)
FORMATS = ("csv", "xlsx")
PAGE = 100
MEGABYTE = 1024  # of what Linux counts in KB


def main() -> None:
    print("Export of transactions      rows    seconds   most MB held")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        environment = dict(
            os.environ,
            ENV_FILE=os.devnull,
            DEBUG="on",
            DATABASE_URL=f"sqlite:///{folder}/db.sqlite3",
            DJANGO_SETTINGS_MODULE="config.settings",
        )
        run = [sys.executable, "-m", "scripts.bench.export"]
        subprocess.run([*run, "fill"], env=environment, check=True)
        for rows in ROWS:
            for wanted in FORMATS:
                measure = [*run, wanted, str(rows), folder]
                subprocess.run(measure, env=environment, check=True)


def fill() -> None:
    """One job for each size, as the worker leaves it."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from datetime import date

    from django.utils import timezone

    from loyalty_admin.jobs.models import Job, Portion

    asked: dict[str, Any] = {"types": [], "location_ids": [], "visit_ids": []}
    day = date(2026, 1, 1)
    for rows in ROWS:
        job = Job.objects.create(
            submission=str(rows),
            kind="transactions.export",
            asked={"filter": {"after": str(day), "before": str(day), **asked}},
            chain_id=1,
            lease_until=timezone.now(),
        )
        item = job.items.create(object_id=day.toordinal())
        row = [5_001_844, 1, "", "discount", "58.17", 21_004, 10_000_923, None, None, 1, 1, 7, 1]
        Portion.objects.bulk_create(
            Portion(item=item, number=number, rows=[row] * PAGE) for number in range(rows // PAGE)
        )


def measure(wanted: str, rows: int, folder: Path) -> None:
    from loyalty_admin.accounts.models import User
    from loyalty_admin.altegio.chains import Chain
    from loyalty_admin.chains.services import ChainContext
    from loyalty_admin.connections.models import Connection
    from loyalty_admin.exports.tables import csv_chunks, write_xlsx
    from loyalty_admin.jobs.models import Job
    from loyalty_admin.transactions.exporting import table_of

    chain = Chain.from_json({"id": 1, "title": "", "locations": [], "access": {}})
    ctx = ChainContext(chain, Connection(pk=1), (), User())
    began = time.perf_counter()
    table = table_of(ctx, Job.objects.get(submission=str(rows)))
    with (folder / "file").open("wb") as file:
        if wanted == "csv":
            file.writelines(csv_chunks(table, bom=False))
        else:
            write_xlsx(table, file)
    took = time.perf_counter() - began
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
    print(f"{wanted:<22}{rows:>10,}{took:>11.1f}{held:>15.0f}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        import django

        django.setup()
        if sys.argv[1] == "fill":
            fill()
        else:
            measure(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
