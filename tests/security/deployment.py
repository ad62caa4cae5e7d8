"""A day of a deployment in one process, which notes whatever it reaches outside of itself.

    python -m tests.security.deployment

DATABASE_URL and STAND_IN say where it works, LOGIN and PASSWORD with which account of the stand-in.
Prints what was reached as JSON. A process of its own, because nothing takes such a hook away again.
"""

from __future__ import annotations

import json
import os
import socket
import stat
import sys
import tempfile
from io import StringIO
from pathlib import Path
from typing import Any

# What of the events that Python tells about leaves the process, and its argument that says whereto.
TOLD = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "subprocess.Popen": 0,
    "os.system": 0,
    "os.exec": 0,
    "os.posix_spawn": 0,
    "sqlite3.connect": 0,
}
seen: list[tuple[str, str]] = []


def note(event: str, arguments: tuple[Any, ...]) -> None:
    if event in TOLD:
        whereto = arguments[TOLD[event]]
        is_pair = isinstance(whereto, tuple)
        seen.append((event, ":".join(map(str, whereto[:2])) if is_pair else str(whereto)))


def others() -> list[str]:
    """Whom every socket of this process is connected with: libpq's too, which Python never sees."""
    found = []
    for name in os.listdir("/dev/fd"):
        try:
            if not stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                continue
            with socket.socket(fileno=os.dup(int(name))) as copy:
                other = copy.getpeername()
        except OSError:  # it was the listing itself, or is connected with nobody
            continue
        found.append(":".join(map(str, other[:2])) if isinstance(other, tuple) else str(other))
    return found


def work() -> dict[str, Any]:
    """Sign in, link an account, look at pages, invite, write, and do what a maintainer does."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from loyalty_admin.accounts import services, sessions
    from loyalty_admin.accounts.models import User
    from loyalty_admin.audit.models import Entry
    from loyalty_admin.jobs.tasks import clear_old, requeue_due
    from loyalty_admin.metrics import counting
    from loyalty_admin.operations import doctor
    from loyalty_admin.web.cache import clear_expired
    from tests.membership_types.submitting import create
    from tests.memberships.common import CHAIN

    password = os.environ["PASSWORD"]
    User.objects.create_superuser("olga@example.com", password)
    client = Client()
    client.post("/login/", {"username": "olga@example.com", "password": password})
    client.post("/connections/new/", {"login": os.environ["LOGIN"], "password": password})
    chain = f"/chains/{CHAIN}/"
    pages = ["/", "/staff/", "/connections/", "/activity/", "/readyz"]
    pages += [chain, f"{chain}memberships/", f"{chain}transactions/"]
    for listed in ("membership-types", "gift-card-types", "promotions"):
        pages += [f"{chain}{listed}/", f"{chain}{listed}/loaded/"]
    answers = {page: client.get(page).status_code for page in pages}
    client.post("/staff/invite/", {"email": "nina@example.com", "role": "viewer"})
    create(client)
    counting.beat("worker")
    counting.write_if_due()
    requeue_due()
    clear_old()
    sessions.clear_ended()
    services.forget_ended_links()
    clear_expired()
    with tempfile.TemporaryDirectory() as folder:
        call_command("backup", str(Path(folder) / "backup"), stdout=StringIO())
    for command in ("rotate_keys", "reconcile", "prune_db_task_results"):
        call_command(command, stdout=StringIO())
    return {
        "answers": answers,
        "outcomes": list(Entry.objects.values_list("outcome", flat=True)),
        "mend": {one.part: f"{one.says}: {one.mend}" for one in doctor.examine() if one.mend},
        "others": others(),
        "seen": sorted(set(seen)),
    }


if __name__ == "__main__":
    sys.addaudithook(note)
    print(json.dumps(work()))
