"""25: a server that is killed while it writes. The journal knows, and nothing is sent twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from django.db import connection as database
from django.db.models.functions import Now
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import Watch
from tests.faults.server import Server
from tests.membership_types.common import LIST, listed, writes
from tests.membership_types.submitting import newest, submission
from tests.threads import started, wait_for

pytestmark = pytest.mark.slow

StartServer = Callable[[], Server]


@pytest.fixture
def start_server(transactional_db: None, tmp_path: Path, watch: Watch) -> Iterator[StartServer]:
    """Starts real servers, none of which outlives the test or has written a secret."""
    servers: list[Server] = []

    def start() -> Server:
        servers.append(Server(tmp_path / f"server-{len(servers)}"))
        return servers[-1]

    yield start
    for server in servers:
        server.end(watch)


def cut_off_others() -> None:
    """End whatever connections others have to the database; SQLite has none to end."""
    if database.vendor == "postgresql":
        with database.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.mark.parametrize("applied", [True, False], ids=["carried out", "not carried out"])
def test_write_in_which_the_server_was_killed_is_unknown_and_settled_by_reading(
    applied: bool, start_server: StartServer, sandbox: Sandbox, edith: Client
) -> None:
    url, data, method = submission(edith, "create")
    before = len(listed(sandbox))
    sandbox.fault(kind="hang", seconds=60, apply=applied, match={"method": method})
    killed = start_server()

    def send() -> None:
        with suppress(requests.ConnectionError):
            killed.post(url, data, of=edith)

    sending = started(send)
    wait_for(lambda: writes(sandbox), 30)
    killed.kill()
    sending.join(30)
    sandbox.clear_faults()
    entry = newest()
    assert entry.outcome == Outcome.PENDING
    assert [attempt["outcome"] for attempt in entry.attempts] == ["sent"]

    server = start_server()
    long_ago = Now() - timedelta(minutes=10)
    Entry.objects.update(started_at=long_ago, lease_until=long_ago)
    shown = server.get(f"/activity/{entry.pk}/", of=edith)
    assert "The dashboard stopped before Altegio" in shown.text
    entry.refresh_from_db()
    assert entry.outcome == Outcome.UNKNOWN
    again = server.post(url, data, of=edith)
    assert again.headers["Location"] == f"/activity/{entry.pk}/"
    cut_off_others()  # the server's connections, which it opens anew
    check = {"csrfmiddlewaretoken": data["csrfmiddlewaretoken"]}
    assert server.post(f"/activity/{entry.pk}/check/", check, of=edith).status_code == 302
    entry.refresh_from_db()
    assert entry.outcome == (Outcome.DONE if applied else Outcome.REFUSED)
    assert len(writes(sandbox)) == 1
    assert len(listed(sandbox)) == before + applied
    assert server.get(f"{LIST}loaded/", of=edith).status_code == 200
