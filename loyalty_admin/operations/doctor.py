"""Looks at a deployment from inside and says of each part whether it is well, or how to mend it."""

from __future__ import annotations

import ipaddress
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from loyalty_admin.altegio.limits import DatabaseLimiter
from loyalty_admin.altegio.probing import Probe, probe
from loyalty_admin.connections import services as connections
from loyalty_admin.crypto import encrypted
from loyalty_admin.jobs.models import Job
from loyalty_admin.metrics.models import Heartbeat
from loyalty_admin.operations.headers import headers_of_a_page
from loyalty_admin.operations.libraries import age_of_libraries
from loyalty_admin.operations.safety import THIS_MACHINE, settings_for_safety

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn

SECONDS_FOR_A_ROUND = 5.0
WORKER_IS_GONE_AFTER = timedelta(minutes=1)
QUEUE_IS_LATE_AFTER = timedelta(minutes=5)
CLOCK_MAY_DIFFER = timedelta(seconds=2)
# Its answer's date has whole seconds, and some way behind it.
ALTEGIOS_CLOCK_MAY_DIFFER = timedelta(seconds=10)
LEAST_METRICS_TOKEN = 16


@dataclass(frozen=True)
class Finding:
    """What one look at one part found. `mend` says what to do; "" where it is well."""

    part: str
    says: str
    mend: str = ""

    @property
    def is_well(self) -> bool:
        return not self.mend


# A look gives pairs: what it found, and how to mend that ("" where it is well).
Looks = Iterator[tuple[str, str]]


def examine() -> list[Finding]:
    """Look at everything. A look that fails is a finding too."""
    found: list[Finding] = []
    for part, look in PARTS.items():
        try:
            for says, mend in look():  # one by one: what was found before it failed stays
                found.append(Finding(part, says, mend))
        except Exception as error:  # whatever a driver raises: the other looks go on
            cause = error.__cause__ or error
            reason = (str(cause).splitlines() or [""])[0]
            says = f"could not be looked at: {type(cause).__name__}: {reason}"
            found.append(Finding(part, says, "Mend this, or what is wrong above, and look again."))
    return found


def _keys() -> Looks:
    yield f"TOKEN_KEYS are {len(settings.TOKEN_KEYS)}, each of them a key", ""
    seen = encrypted.look()
    if seen.unreadable:
        yield (
            f"No key reads the token of {', '.join(seen.unreadable)}",
            "Put the missing key behind the others, or sign in again under Connections.",
        )
    if seen.renewed:
        yield (
            f"Encrypted with an older key: {seen.renewed}",
            "python manage.py rotate_keys",
        )
    yield f"Encrypted with the first key: {seen.current}", ""
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < LEAST_METRICS_TOKEN:
        yield "METRICS_TOKEN can be guessed", f"Make it {LEAST_METRICS_TOKEN} letters or more."


def _database() -> Looks:
    connection.ensure_connection()
    version = ".".join(map(str, connection.get_database_version()))
    if connection.vendor == "sqlite":
        yield f"SQLite {version}: enough for one host; for more take PostgreSQL", ""
    else:
        yield f"{connection.display_name} {version} answers", ""
        yield way_to_database(connection.connection.pgconn)
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield f"Migrations that wait: {len(waiting)}", "python manage.py migrate"
    else:
        yield "Every migration is applied", ""


def way_to_database(link: PGconn) -> tuple[str, str]:
    """Of the connection that there is, as libpq has it: what was asked for may mean another."""
    host, address = link.host.decode(), link.hostaddr.decode()
    if host.startswith(("/", "@")):
        return "It is reached over a Unix socket", ""
    if ipaddress.ip_address(address).is_loopback:
        return f"It is reached at {address}, on this machine", ""
    mend = "Put sslmode=verify-full and sslrootcert into DATABASE_URL: see docs/operations.md."
    if not link.ssl_in_use:
        return f"All that is kept goes to {host} and back in clear", mend
    mode = next(one.val for one in link.info if one.keyword == b"sslmode")
    if mode not in (b"verify-ca", b"verify-full"):
        return f"It is encrypted for whoever answers as {host}", mend
    return f"It is reached at {host}, encrypted, and its certificate is checked", ""


def _cache() -> Looks:
    if settings.CACHES["default"]["BACKEND"].endswith(("LocMemCache", "DummyCache")):
        yield (
            "Each process keeps answers of Altegio for itself, so that they contradict each other",
            "Leave CACHE_URL out, or name a cache that all processes share.",
        )
    key, value = f"doctor:{secrets.token_hex(8)}", secrets.token_hex(8)
    cache.set(key, value, 60)
    came_back = cache.get(key) == value
    cache.delete(key)
    if came_back:
        yield "What is put in comes out", ""
    else:
        yield "What is put in does not come out", "Look at CACHE_URL and what it names."


def _limiter() -> Looks:
    place = connections.limiter_place()
    rates = settings.ALTEGIO_RATE_PER_SECOND, settings.ALTEGIO_RATE_PER_MINUTE
    other = DatabaseLimiter(per_second=rates[0], per_minute=rates[1], **place)
    try:
        connections.limiter().take(within=SECONDS_FOR_A_ROUND)
        if other.taken(within=SECONDS_FOR_A_ROUND) < 1:
            yield "Another process would not see its count", "See the database above."
            return
    finally:
        other.close()
    where = f"in the file {place['path']}, so on this host" if "path" in place else "in PostgreSQL"
    yield f"{rates[0]} a second, {rates[1]} a minute for all processes together, {where}", ""


def _queue() -> Looks:
    now = timezone.now()
    seen = Heartbeat.objects.filter(name="worker").values_list("at", flat=True).first()
    if seen is None:
        yield "No worker has ever been seen", "Start one beside the pages: manage.py worker"
    elif now - seen > WORKER_IS_GONE_AFTER:
        yield f"No worker was seen since {seen:%Y-%m-%d %H:%M} UTC", "Start manage.py worker."
    else:
        yield f"A worker was seen {(now - seen).total_seconds():.0f} s ago", ""
    unfinished = Job.objects.filter(finished_at=None)
    old = unfinished.filter(lease_until__lt=now - WORKER_IS_GONE_AFTER).count()
    since = now - QUEUE_IS_LATE_AFTER
    waiting = DBTaskResult.objects.ready().filter(enqueued_at__lt=since)
    # A job that was paused has waited for Altegio, not for a worker.
    late = waiting.exclude(run_after__range=(since, now)).count()
    if old:
        yield f"Jobs whose lease is over and that nobody takes over: {old}", "See the worker's log."
    if late:
        yield (
            f"Tasks that wait for more than five minutes: {late}",
            "Start another manage.py worker.",
        )
    if not old and not late:
        yield f"Jobs that have not ended: {unfinished.count()}; none waits for too long", ""


def _clock() -> Looks:
    if connection.vendor == "postgresql":
        started = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            theirs: datetime = cursor.fetchone()[0]
        ahead = theirs - timezone.now() + timedelta(seconds=(time.monotonic() - started) / 2)
        yield _compared("The database's", ahead, CLOCK_MAY_DIFFER)
    else:
        yield "The database has the clock of this machine", ""
    seen = _probed()
    if seen.clock_ahead is not None:
        yield _compared("Altegio's", seen.clock_ahead, ALTEGIOS_CLOCK_MAY_DIFFER)
    elif seen.status is not None:
        yield "Altegio does not say what time it is", "See what answers in its place."


def _compared(whose: str, ahead: timedelta, allowed: timedelta) -> tuple[str, str]:
    if abs(ahead) <= allowed:
        return f"{whose} clock agrees with this machine's", ""
    seconds = abs(ahead).total_seconds()
    side = "before" if ahead > timedelta() else "behind"
    mend = "Keep the time of both with NTP: sessions, leases and the limit depend on it."
    return f"{whose} clock is {seconds:.0f} s {side} this machine's", mend


def _altegio() -> Looks:
    address = urlsplit(settings.ALTEGIO_API_URL)
    if address.scheme != "https" and address.hostname not in THIS_MACHINE:
        yield "ALTEGIO_API_URL is no https address: tokens go in clear", "Use https."
    if settings.ALTEGIO_PARTNER_TOKEN:
        yield "There is a partner token", ""
    else:
        yield "There is no partner token: nobody can connect", "Set ALTEGIO_PARTNER_TOKEN."
    seen = _probed()
    if seen.status is None:
        yield (
            f"{address.netloc} cannot be reached ({seen.flaw})",
            "Let this machine reach it over HTTPS: name service, firewall, certificates.",
        )
    elif not seen.is_api or seen.status >= 500 or 300 <= seen.status < 400:
        yield (
            f"{address.netloc} answers {seen.status}, and not as the API does",
            "Look at ALTEGIO_API_URL, and whether something on the way answers in its place.",
        )
    else:
        yield f"{address.netloc} answers in {seen.seconds * 1000:.0f} ms", ""
    usable = list(connections.usable_connections())
    for linked in usable:
        if connections.needs_sign_in(linked):
            yield f"{linked} has to sign in again", "A manager can do that under Connections."
    yield f"Accounts that are connected: {len(usable)}", ""


def _probed() -> Probe:
    return probe(
        base_url=settings.ALTEGIO_API_URL,
        limiter=connections.limiter(),
        timeout=settings.ALTEGIO_TIMEOUT,
    )


PARTS: dict[str, Callable[[], Looks]] = {
    "database": _database,
    "keys": _keys,
    "cache": _cache,
    "limiter": _limiter,
    "queue": _queue,
    "clock": _clock,
    "altegio": _altegio,
    "security": settings_for_safety,
    "headers": headers_of_a_page,
    "libraries": age_of_libraries,
}
