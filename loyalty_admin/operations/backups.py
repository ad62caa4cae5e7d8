"""The database as one file, the same for SQLite and PostgreSQL.

A gzip of lines: first what it is and of which schema, then a row a line, in the end how many there
were. Writing holds BATCH rows in memory and reading one, however many there are. The keys are not
in it: a copy alone opens no token.
"""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.core import serializers
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.management.color import no_style
from django.core.serializers.base import DeserializationError
from django.db import DataError, IntegrityError, connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

FORMAT = "loyalty-admin backup 1"
BATCH = 100
# What ends or comes again by itself: sessions, the queue (jobs are queued again when their lease is
# over), counts, and what migrations put into an empty database.
LEFT_OUT = {"contenttypes", "auth", "django_tasks_database", "metrics"}
LEFT_OUT_MODELS = {"accounts.session"}
# What reading a file may end in, which somebody may have made or changed by hand.
NOT_A_BACKUP = (
    *(OSError, EOFError, zlib.error, ValueError, OverflowError, LookupError, TypeError),
    *(AttributeError, DeserializationError, FieldDoesNotExist, ValidationError, DataError),
    RecursionError,
)


class CannotRestore(Exception):
    """Nothing was restored; says why."""


def backup(path: Path) -> int:
    """Write the file, which must not be there yet, for its owner only; returns the rows in it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with (
            os.fdopen(descriptor, "wb") as raw,
            gzip.open(raw, "wt", encoding="utf-8", newline="\n") as file,
        ):
            rows = _write(file)
        return rows
    except BaseException:
        path.unlink()
        raise


def restore(path: Path) -> int:
    """Put a backup into an empty database of the same version, all of it or nothing; returns the
    rows. Raises CannotRestore."""
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file, transaction.atomic():
            _check_head(file.readline())
            _check_empty()
            rows = _read(file)
            connection.check_constraints()
            with connection.cursor() as cursor:
                for sql in connection.ops.sequence_reset_sql(no_style(), models_in_it()):
                    cursor.execute(sql)
    except IntegrityError as error:
        raise CannotRestore(f"The rows of {path} do not fit together: {error}") from error
    except NOT_A_BACKUP as error:
        raise CannotRestore(f"{path} is no whole backup: {error}") from error
    return rows


def models_in_it() -> list[type[models.Model]]:
    """Every model whose rows are in a backup."""
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label not in LEFT_OUT
        and model._meta.label_lower not in LEFT_OUT_MODELS
        and model._meta.managed
    ]


def _write(file: IO[str]) -> int:
    rows = 0
    with _one_moment():
        head = {
            "format": FORMAT,
            "made_at": timezone.now().isoformat(),
            "migrations": _migrations(),
        }
        file.write(json.dumps(head) + "\n")
        for model in models_in_it():
            for row in model._base_manager.order_by("pk").iterator(chunk_size=BATCH):
                (said,) = serializers.serialize("python", [row])
                file.write(json.dumps(said, default=_as_text) + "\n")
                rows += 1
    file.write(json.dumps({"rows": rows}) + "\n")
    return rows


@contextmanager
def _one_moment() -> Iterator[None]:
    """All tables as they are at one moment, while people go on writing."""
    mode = getattr(connection, "transaction_mode", None)
    if mode:  # SQLite: a reader has no need of the lock that keeps writers out
        connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    finally:
        if mode:
            connection.transaction_mode = mode  # type: ignore[attr-defined]


def _read(file: IO[str]) -> int:
    rows, end = 0, None
    theirs = {model._meta.label_lower for model in models_in_it()}
    for line in file:
        said = json.loads(line)
        if "model" not in said:
            end = said
            break
        if said["model"] not in theirs:
            raise ValueError(f"rows of {said['model']} are in none")
        (row,) = serializers.deserialize("python", [said])
        row.save(force_insert=True)
        rows += 1
    if end != {"rows": rows}:
        raise ValueError("it was cut off")
    return rows


def _check_head(line: str) -> None:
    head = json.loads(line)
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise ValueError("it does not begin like one")
    theirs, ours = set(map(tuple, head["migrations"])), set(map(tuple, _migrations()))
    if not ours:
        raise CannotRestore("The database has no tables yet: run manage.py migrate first.")
    if theirs != ours:
        more, fewer = sorted(theirs - ours), sorted(ours - theirs)
        said = [f"it has {_listed(more)}"] if more else []
        said += [f"the database has {_listed(fewer)}"] if fewer else []
        raise CannotRestore(
            "The backup is of another version of the dashboard: "
            + ", ".join(said)
            + ". Restore it with its own version, then update."
        )


def _check_empty() -> None:
    for model in models_in_it():
        if model._base_manager.exists():
            raise CannotRestore(
                f"The database is not empty (there are rows of {model._meta.label}). "
                "Restore into a new one: create it, then run manage.py migrate."
            )


def _migrations() -> list[list[str]]:
    return sorted([app, name] for app, name in MigrationRecorder(connection).applied_migrations())


def _as_text(value: Any) -> str:
    # Django's own encoder would cut a moment to milliseconds.
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _listed(migrations: list[Any]) -> str:
    return ", ".join(f"{app}.{name}" for app, name in migrations)
