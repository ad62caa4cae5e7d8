"""Counts for `/metrics`: gathered in each process, added up in the database.

A process writes what it has gathered at the end of a request, or in the worker's loop, at most once
in SECONDS_BETWEEN_WRITES. One that is killed loses what it had not written yet.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import defaultdict
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.db.models import F
from django.utils import timezone

from loyalty_admin.altegio.transport import Attempt
from loyalty_admin.metrics.models import Count, Heartbeat

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_WRITES = 5.0
# Upper bounds, in seconds, of the classes that times are counted in.
BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0)

_gathered: dict[tuple[str, str], float] = defaultdict(float)
_lock = threading.Lock()
_written_at = 0.0


def add(name: str, amount: float = 1.0, **labels: str) -> None:
    """Count something; nothing happens where metrics are off. Safe in any thread."""
    if settings.METRICS_TOKEN:
        with _lock:
            _gathered[name, json.dumps(labels, sort_keys=True)] += amount


def add_time(name: str, seconds: float, **labels: str) -> None:
    """Count a time: in its class, and in the sum."""
    bound = next((str(bound) for bound in BOUNDS if seconds <= bound), "+Inf")
    add(f"{name}_class", 1.0, le=bound, **labels)
    add(f"{name}_sum", seconds, **labels)


def note_attempt(attempt: Attempt) -> None:
    """Count a call to Altegio, and the wait for its turn."""
    add_time("limiter_wait", attempt.waited)
    add("altegio_requests", method=attempt.method, outcome=attempt.outcome)
    if attempt.seconds is not None:
        add_time("altegio_request", attempt.seconds, method=attempt.method)


def note_lookup(kind: str, *, found: bool) -> None:
    """Count whether something was kept already, or had to be asked of Altegio."""
    add("cache_lookups", kind=kind, result="hit" if found else "miss")


def write_if_due(**kwargs: Any) -> None:
    """What is called often: after each request, in each round of the worker."""
    if _gathered and time.monotonic() - _written_at >= SECONDS_BETWEEN_WRITES:
        write()


def write() -> None:
    """Add what this process has gathered to what stands in the database."""
    global _written_at
    with _lock:
        gathered = dict(_gathered)
        _gathered.clear()
        _written_at = time.monotonic()
    try:
        for name, labels in list(gathered):
            _add_to_row(name, labels, gathered[name, labels])
            del gathered[name, labels]
    except DatabaseError as error:
        # It is no reason to fail a page; what is left is tried again.
        logger.warning("counts not written: %s", type(error).__name__)
        with _lock:
            for series, amount in gathered.items():
                _gathered[series] += amount


def _add_to_row(name: str, labels: str, amount: float) -> None:
    row = Count.objects.filter(name=name, labels=labels)
    if not row.update(value=F("value") + amount):
        Count.objects.get_or_create(name=name, labels=labels)
        row.update(value=F("value") + amount)


def beat(name: str) -> None:
    """Say that this kind of process is alive."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now()})
