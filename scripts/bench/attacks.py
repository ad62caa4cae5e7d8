"""Figures of two attacks: `python -m scripts.bench.attacks`.

Who has an account here must not show in how long a refused sign-in takes; what is far too long
must be refused at once. Asked in this process, of a database in a temporary folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from statistics import median

ROUNDS = 21
EMAIL, PASSWORD = "somebody@example.com", "a passphrase of the measurement"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        environment = dict(
            os.environ,
            ENV_FILE=os.devnull,
            DEBUG="on",
            DATABASE_URL=f"sqlite:///{folder}/db.sqlite3",
            DJANGO_SETTINGS_MODULE="config.settings",
            ALLOWED_HOSTS="testserver",
            THROTTLE_ACCOUNT="100000",
            THROTTLE_ADDRESS="100000",
        )
        subprocess.run(
            [sys.executable, "-m", "scripts.bench.attacks", "here"], env=environment, check=True
        )


def measure() -> None:
    import logging

    import django

    django.setup()
    logging.disable()
    from django.core.management import call_command
    from django.test import Client

    from loyalty_admin.accounts.models import User

    call_command("migrate", verbosity=0)
    User.objects.create_user(EMAIL, PASSWORD)
    client = Client()

    def refused(email: str) -> Callable[[], object]:
        return lambda: client.post("/login/", {"username": email, "password": "something else"})

    people = {"existing person": refused(EMAIL), "nobody": refused("nobody@example.com")}
    taken: dict[str, list[float]] = {name: [] for name in people}
    for _round in range(ROUNDS):  # in turns, so that a busy moment hits both
        for name, ask in people.items():
            taken[name].append(milliseconds(ask))
    print("A refused sign-in             median ms")
    for name, times in taken.items():
        print(f"{name:<28}{median(times):>11.0f}")
    existing, missing = (median(times) for times in taken.values())
    print(f"apart by{'':<20}{abs(existing - missing) / existing:>11.1%}")

    signed_in = Client()
    signed_in.force_login(User.objects.get())
    fields = {f"f{n}": "x" for n in range(100_000)}
    long = {
        "a body of 10 MB": lambda: client.post("/login/", {"username": "x" * 10_000_000}),
        "100,000 fields": lambda: client.post("/login/", fields),
        "a search of 10,000 letters": lambda: signed_in.get("/activity/", {"q": "x" * 10_000}),
    }
    print("\nFar too long                         ms")
    for name, ask in long.items():
        print(f"{name:<28}{milliseconds(ask):>11.0f}")


def milliseconds(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        measure()
