"""`manage.py backup` and `manage.py restore`: everything comes back, on both engines, or nothing
does."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection as database
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django_tasks_db.models import DBTaskResult

from loyalty_admin.accounts import two_step
from loyalty_admin.accounts.models import Invitation, Session, User
from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.services import context_for
from loyalty_admin.connections import services
from loyalty_admin.connections.models import Connection
from loyalty_admin.metrics import counting
from loyalty_admin.operations import backups
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PASSWORD, Watch
from tests.jobs.common import begun, done, put_many
from tests.jobs.workers import ROOT, database_url
from tests.memberships.common import CHAIN

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SignIn = Callable[[User], Client]


def backup(file: Path) -> str:
    said = StringIO()
    call_command("backup", str(file), stdout=said)
    return said.getvalue()


def restore(file: Path) -> str:
    said = StringIO()
    call_command("restore", str(file), stdout=said)
    return said.getvalue()


def rows() -> dict[str, list[dict[str, Any]]]:
    """Every row that a backup is of, by its model."""
    found = {}
    for model in backups.models_in_it():
        of_model = [
            {name: bytes(value) if isinstance(value, memoryview) else value}
            for row in model._base_manager.order_by("pk").values()
            for name, value in row.items()
        ]
        found[model._meta.label_lower] = of_model
        for field in model._meta.many_to_many:
            through = field.remote_field.through
            assert through is not None
            pairs = through._base_manager.values()
            without_number = [{k: v for k, v in pair.items() if k != "id"} for pair in pairs]
            found[f"{model._meta.label_lower}.{field.name}"] = sorted(without_number, key=str)
    return found


@pytest.fixture
def lived_in(
    sandbox: Sandbox, connection: Connection, editor: User, viewer: User, manager: User
) -> None:
    """A deployment in which something of each kind has happened."""
    client = Client()
    client.force_login(editor)
    client.get(f"/chains/{CHAIN}/membership-types/")
    ctx = context_for(CHAIN, person=editor)
    assert ctx is not None
    done(begun(ctx, put_many(sandbox, 3), note="“Ünïcode” — \u2028 and\nlines"))
    begun(ctx, put_many(sandbox, 1))
    first = Entry.objects.order_by("pk")[0]
    Entry.objects.filter(pk=first.pk).update(
        started_at=datetime(2020, 2, 29, 23, 59, 59, 999999, tzinfo=UTC),
        origin=Entry.objects.order_by("-pk")[0],
        copy={"price": "12.50", "nested": [None, True, {"ключ": "значение"}]},
    )
    Invitation.objects.create(
        email="nina@example.com",
        token_hash="0" * 64,
        made_by=manager,
        expires_at=datetime(2030, 1, 1, tzinfo=UTC),
    )
    connection.people.set([viewer, editor])
    two_step.begin_set_up(person=viewer)
    counting.beat("worker")


@pytest.fixture
def emptied() -> Callable[[], None]:
    """Empties the database, as a new one is."""

    def empty() -> None:
        call_command("flush", interactive=False, verbosity=0)

    return empty


@pytest.mark.sqlite
def test_everything_comes_back_as_it_was(
    lived_in: None, emptied: Callable[[], None], tmp_path: Path, sandbox: Sandbox
) -> None:
    before = rows()
    for kind in (
        *("accounts.user", "accounts.twostep", "audit.entry", "jobs.item"),
        *("connections.connection", "connections.connection.people"),
    ):
        assert before[kind]
    said = backup(tmp_path / "copy")
    assert "keys are not in it" in said
    emptied()
    assert not any(rows().values())
    assert restore(tmp_path / "copy").startswith(f"Rows restored: {rows_in(tmp_path / 'copy')}.")
    assert rows() == before
    # It works on: the token opens, and a new row gets a number of its own.
    linked = Connection.objects.get()
    assert services.transport_for(linked).get("/groups").data
    last = Entry.objects.order_by("-pk")[0]
    assert Entry.objects.create(submission="new", action="a.b", chain_id=1).pk > last.pk
    assert User.objects.create_user("new@example.com").pk


def rows_in(file: Path) -> int:
    """What its last line says."""
    with gzip.open(file, "rt") as lines:
        said: int = json.loads(lines.readlines()[-1])["rows"]
        return said


@pytest.mark.sqlite
def test_a_backup_of_either_engine_goes_into_the_other(lived_in: None, tmp_path: Path) -> None:
    """From the suite's engine into a new SQLite file, by the commands themselves."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path}/new.sqlite3",
    }

    def manage(*arguments: str, **more: str) -> str:
        answer = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**environment, **more},
            capture_output=True,
            text=True,
        )
        assert answer.returncode == 0, answer.stderr
        return answer.stdout

    manage("backup", str(tmp_path / "copy"), DATABASE_URL=database_url())
    manage("migrate", "-v0")
    manage("restore", str(tmp_path / "copy"))
    manage("backup", str(tmp_path / "again"))

    def lines(name: str) -> list[str]:
        with gzip.open(tmp_path / name, "rt") as file:
            return file.readlines()[1:]

    assert len(lines("copy")) > 10
    assert lines("copy") == lines("again")


def test_sessions_queue_and_counts_stay_out(
    lived_in: None, tmp_path: Path, emptied: Callable[[], None]
) -> None:
    assert Session.objects.exists()
    backup(tmp_path / "copy")
    with gzip.open(tmp_path / "copy", "rt") as file:
        kinds = {json.loads(line).get("model") for line in file}
    assert {"accounts.user", "jobs.job"} <= kinds
    out = {"accounts.session", "metrics.heartbeat"}
    out.add(DBTaskResult._meta.label_lower)
    assert out <= {model._meta.label_lower for model in apps.get_models()}
    assert not out & kinds


def test_the_file_is_its_owners_and_opens_nothing(
    lived_in: None, tmp_path: Path, watch: Watch, settings: Any
) -> None:
    backup(tmp_path / "copy")
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600
    with gzip.open(tmp_path / "copy", "rt") as file:
        text = file.read()
    for secret in watch.secrets | {PASSWORD, settings.SECRET_KEY, *settings.TOKEN_KEYS}:
        assert secret not in text


def test_a_file_that_is_there_is_not_written_over(db: None, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("precious")
    with pytest.raises(CommandError, match="is there already"):
        backup(tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "precious"
    with pytest.raises(CommandError, match="cannot be written"):
        backup(tmp_path / "no such folder" / "copy")


@pytest.mark.sqlite
def test_a_backup_that_fails_leaves_no_file(db: None, tmp_path: Path) -> None:
    def broken(execute: Any, sql: str, *rest: Any) -> Any:
        return execute(sql.replace('FROM "audit_entry"', 'FROM "no_such_table"'), *rest)

    with pytest.raises(Exception, match="no_such_table"), database.execute_wrapper(broken):
        backup(tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


@pytest.mark.sqlite
def test_people_may_work_while_it_is_written(lived_in: None, tmp_path: Path) -> None:
    """Nobody waits for it, and what they do meanwhile is not in it by halves."""

    def meanwhile(execute: Any, sql: str, *rest: Any) -> Any:
        result = execute(sql, *rest)
        if 'FROM "accounts_user"' in sql and not seen:
            other = connections.create_connection("default")
            try:
                with other.cursor() as cursor:
                    cursor.execute("DELETE FROM jobs_item")
                seen.append(sql)
            finally:
                other.close()
        return result

    seen: list[str] = []
    before = rows()
    with database.execute_wrapper(meanwhile):
        backup(tmp_path / "copy")
    assert seen and not rows()["jobs.item"]
    with gzip.open(tmp_path / "copy", "rt") as file:
        kinds = [json.loads(line).get("model") for line in file]
    assert kinds.count("jobs.item") == 4
    assert before["jobs.item"]


def test_a_large_database_needs_no_more_memory_than_a_small_one(
    db: None, tmp_path: Path, emptied: Callable[[], None]
) -> None:
    size = 20_000
    for start in range(0, 1500, 100):
        Entry.objects.bulk_create(
            Entry(submission=str(start + more), action="a.b", chain_id=1, note="x" * size)
            for more in range(100)
        )
    tracemalloc.start()
    try:
        backup(tmp_path / "copy")
        emptied()
        restore(tmp_path / "copy")
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert Entry.objects.count() == 1500
    assert most < 1500 * size / 2  # of one copy of it


@pytest.mark.sqlite
def test_a_database_with_people_in_it_is_refused(lived_in: None, tmp_path: Path) -> None:
    backup(tmp_path / "copy")
    before = rows()
    with pytest.raises(CommandError, match="not empty"):
        restore(tmp_path / "copy")
    assert rows() == before


def _rewritten(file: Path, change: Callable[[list[str]], list[str]]) -> Path:
    with gzip.open(file, "rt") as old:
        lines = old.readlines()
    with gzip.open(file.with_suffix(".changed"), "wt") as new:
        new.writelines(change(lines))
    return file.with_suffix(".changed")


def test_another_version_is_refused_and_named(
    lived_in: None, tmp_path: Path, emptied: Callable[[], None]
) -> None:
    backup(tmp_path / "copy")
    emptied()

    def newer(lines: list[str]) -> list[str]:
        head = json.loads(lines[0])
        head["migrations"] = [one for one in head["migrations"] if one[0] != "jobs"]
        head["migrations"].append(["audit", "0099_of_the_future"])
        return [json.dumps(head) + "\n", *lines[1:]]

    with pytest.raises(CommandError, match=r"audit\.0099_of_the_future.*jobs\.0001"):
        restore(_rewritten(tmp_path / "copy", newer))
    assert not any(rows().values())


@pytest.mark.sqlite
def test_a_database_without_tables_asks_for_them(lived_in: None, tmp_path: Path) -> None:
    backup(tmp_path / "copy")
    applied = MigrationRecorder(database).migration_qs
    kept = list(applied)
    applied.delete()
    try:
        with pytest.raises(CommandError, match=r"no tables yet: run manage\.py migrate"):
            restore(tmp_path / "copy")
    finally:
        applied.bulk_create(kept)


BROKEN: dict[str, Callable[[list[str]], list[str]]] = {
    "without its last row": lambda lines: [*lines[:-2], lines[-1]],
    "without its end": lambda lines: lines[:-1],
    "with half a row": lambda lines: [*lines[:-2], lines[-2][:20]],
    "of something else": lambda lines: ["hello\n"],
    "of nothing": lambda lines: [],
    "of another format": lambda lines: ['{"format": "other"}\n', *lines[1:]],
    "without its schema": lambda lines: ['{"format": "loyalty-admin backup 1"}\n', *lines[1:]],
    "of a schema that is none": lambda lines: [
        '{"format": "loyalty-admin backup 1", "migrations": 5}\n',
        *lines[1:],
    ],
    "with a number for a row": lambda lines: [lines[0], "5\n", *lines[1:]],
    "with a row without its fields": lambda lines: [
        lines[0],
        '{"model": "accounts.user"}\n',
        *lines[1:],
    ],
    "with a field that is none": lambda lines: [
        lines[0],
        '{"model": "accounts.user", "pk": 1, "fields": {"evil": 1}}\n',
        *lines[1:],
    ],
    "with a value of another kind": lambda lines: [
        lines[0],
        '{"model": "accounts.user", "pk": 1, "fields": {"made_at": []}}\n',
        *lines[1:],
    ],
    "with a value that no column holds": lambda lines: [
        lines[0],
        '{"model": "accounts.user", "pk": 99999999999999999999999, "fields": {}}\n',
        *lines[1:],
    ],
    "with a session, which is in none": lambda lines: [
        *lines[:-1],
        '{"model": "sessions.session", "pk": "a", "fields": '
        '{"session_data": "a", "expire_date": "2100-01-01T00:00:00Z"}}\n',
        json.dumps({"rows": len(lines) - 1}) + "\n",
    ],
    "with a row that has no bottom": lambda lines: [
        lines[0],
        "[" * 100_000 + "]" * 100_000 + "\n",
        *lines[1:],
    ],
    "with a row of no model": lambda lines: [*lines[:-1], '{"model": "a.b", "pk": 1}\n', lines[-1]],
}


def test_a_broken_file_restores_nothing(
    lived_in: None, tmp_path: Path, emptied: Callable[[], None], subtests: pytest.Subtests
) -> None:
    backup(tmp_path / "copy")
    emptied()
    for how, change in BROKEN.items():
        with subtests.test(how):
            with pytest.raises(CommandError, match="no whole backup"):
                restore(_rewritten(tmp_path / "copy", change))
            assert not any(rows().values())


def test_rows_that_do_not_fit_together_restore_nothing(
    lived_in: None, tmp_path: Path, emptied: Callable[[], None]
) -> None:
    backup(tmp_path / "copy")
    emptied()

    def without_jobs(lines: list[str]) -> list[str]:
        kept = [line for line in lines[:-1] if '"model": "jobs.job"' not in line]
        return [*kept, json.dumps({"rows": len(kept) - 1}) + "\n"]

    with pytest.raises(CommandError, match="do not fit together"):
        restore(_rewritten(tmp_path / "copy", without_jobs))
    assert not any(rows().values())


def test_a_damaged_file_restores_nothing(
    lived_in: None, tmp_path: Path, emptied: Callable[[], None], subtests: pytest.Subtests
) -> None:
    backup(tmp_path / "copy")
    emptied()
    content = (tmp_path / "copy").read_bytes()
    half = len(content) // 2
    damaged = {
        "cut": content[:half],
        "garbled": content[:half] + bytes(50) + content[half + 50 :],
        "plain": b"SQLite format 3\0",
    }
    for damage, bad in damaged.items():
        (tmp_path / damage).write_bytes(bad)
    for damage in (*damaged, "missing"):
        with subtests.test(damage):
            with pytest.raises(CommandError, match="no whole backup"):
                restore(tmp_path / damage)
            assert not any(rows().values())
