"""`/metrics`: what it counts, over all processes, and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from loyalty_admin.accounts.models import User
from loyalty_admin.altegio.errors import TooManyRequests, Unreachable
from loyalty_admin.altegio.transport import Attempt
from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.services import context_for
from loyalty_admin.connections import services
from loyalty_admin.connections.models import Connection
from loyalty_admin.jobs.models import Item, Job
from loyalty_admin.metrics import counting
from loyalty_admin.metrics.models import Count, Heartbeat
from loyalty_admin.sandbox.server import Sandbox
from tests.jobs.common import begun, done, put_many
from tests.leaks import Lines
from tests.memberships.common import CHAIN

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TOKEN = "a-token-of-the-metrics"
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def metrics_are_on(settings: Any) -> Iterator[None]:
    settings.METRICS_TOKEN = TOKEN
    counting._gathered.clear()
    yield
    counting._gathered.clear()


def scraped() -> dict[str, float]:
    """Each sample as `name{label=value}`."""
    response = Client().get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain")
    assert response["Cache-Control"] == "no-store"
    found = {}
    for family in text_string_to_metric_families(response.content.decode()):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


def test_calls_to_altegio_are_counted_with_outcome_and_time(
    sandbox: Sandbox, connection: Connection
) -> None:
    transport = services.transport_for(connection)
    transport.get("/groups")
    sandbox.fault(kind="status", status=500)
    transport.get("/groups")  # asked again
    metrics = scraped()
    assert metrics["loyalty_altegio_requests_total{method=GET,outcome=200}"] == 3
    assert metrics["loyalty_altegio_requests_total{method=GET,outcome=500}"] == 1
    assert metrics["loyalty_altegio_requests_total{method=POST,outcome=201}"] == 1
    assert metrics["loyalty_altegio_request_seconds_count{method=GET}"] == 4
    assert metrics["loyalty_altegio_request_seconds_bucket{le=+Inf,method=GET}"] == 4
    assert 0 < metrics["loyalty_altegio_request_seconds_sum{method=GET}"] < 4


def test_a_call_without_an_answer_is_counted_by_its_reason(
    connection: Connection, settings: Any
) -> None:
    settings.ALTEGIO_API_URL = "http://127.0.0.1:9/api/v1"
    Connection.objects.update(api_url=settings.ALTEGIO_API_URL)
    connection.refresh_from_db()
    with pytest.raises(Unreachable):
        services.transport_for(connection).get("/groups")
    metrics = scraped()
    assert metrics["loyalty_altegio_requests_total{method=GET,outcome=ConnectionError}"] == 3


def test_waits_for_the_limiter_are_counted(connection: Connection, settings: Any) -> None:
    settings.ALTEGIO_RATE_PER_SECOND = settings.ALTEGIO_RATE_PER_MINUTE = 1
    transport = services.transport_for(connection, timeout=0.4)
    before = scraped()["loyalty_limiter_wait_seconds_count{}"]
    with pytest.raises(TooManyRequests):  # the account was linked within the same minute
        transport.get("/groups")
    metrics = scraped()
    assert metrics["loyalty_limiter_wait_seconds_count{}"] == before + 1
    assert metrics["loyalty_altegio_requests_total{method=GET,outcome=TooManyRequests}"] == 1


def test_times_are_counted_in_growing_classes() -> None:
    for seconds in (0.01, 0.2, 0.2, 3.0, 99.0):
        counting.note_attempt(Attempt("GET", "200", waited=seconds, seconds=None))
    metrics = scraped()
    at_most = {
        bound: metrics[f"loyalty_limiter_wait_seconds_bucket{{le={bound}}}"]
        for bound in ("0.05", "0.25", "2.5", "5.0", "15.0", "+Inf")
    }
    assert at_most == {"0.05": 1, "0.25": 3, "2.5": 3, "5.0": 4, "15.0": 4, "+Inf": 5}
    assert metrics["loyalty_limiter_wait_seconds_sum{}"] == pytest.approx(102.41)


def test_lookups_in_what_is_kept_are_counted(
    connection: Connection, viewer: User, sign_in: SignIn
) -> None:
    client = sign_in(viewer)
    for _ in range(3):
        client.get(f"/chains/{CHAIN}/membership-types/loaded/")
    metrics = scraped()
    kinds = {name: value for name, value in metrics.items() if name.startswith("loyalty_cache")}
    assert sum(value for name, value in kinds.items() if "result=miss" in name) >= 1
    assert sum(value for name, value in kinds.items() if "result=hit" in name) >= 2


def test_the_journal_is_counted_as_it_stands() -> None:
    for number, outcome in enumerate(["done", "done", "unknown"]):
        Entry.objects.create(submission=str(number), action="a.b", chain_id=1, outcome=outcome)
    metrics = scraped()
    assert metrics["loyalty_journal_entries{outcome=done}"] == 2
    assert metrics["loyalty_journal_entries{outcome=unknown}"] == 1
    assert metrics["loyalty_journal_entries{outcome=pending}"] == 0


def test_the_queue_is_counted_as_it_stands(
    sandbox: Sandbox, connection: Connection, editor: User
) -> None:
    ctx = context_for(CHAIN, person=editor)
    assert ctx is not None
    done(begun(ctx, put_many(sandbox, 1)))
    waiting, overdue, held = (begun(ctx, put_many(sandbox, 2)) for _ in range(3))
    Job.objects.filter(pk=overdue.pk).update(lease_until=timezone.now() - timedelta(minutes=1))
    Job.objects.filter(pk=held.pk).update(holder="somebody")
    Item.objects.filter(pk=held.items.all()[0].pk).update(state="running")
    metrics = scraped()
    assert waiting.finished_at is None
    for state in ("waiting", "overdue", "held"):
        assert metrics[f"loyalty_jobs{{state={state}}}"] == 1
    assert metrics["loyalty_job_items{state=waiting}"] == 5
    assert metrics["loyalty_job_items{state=running}"] == 1


def test_when_a_worker_was_last_seen_is_told() -> None:
    counting.beat("worker")
    Heartbeat.objects.update(at=timezone.now() - timedelta(seconds=40))
    assert 39 < scraped()["loyalty_process_seen_seconds{process=worker}"] < 60


def test_counts_of_all_processes_add_up() -> None:
    counting.note_lookup("x", found=True)
    counting.write()
    # What another process has written, and what this one has not yet.
    Count.objects.filter(name="cache_lookups").update(value=41)
    counting.note_lookup("x", found=True)
    assert scraped()["loyalty_cache_lookups_total{kind=x,result=hit}"] == 42


def test_a_request_writes_what_was_gathered_but_not_each_time() -> None:
    counting._written_at = 0.0
    counting.note_lookup("x", found=True)
    Client().get("/healthz")
    assert Count.objects.get().value == 1
    counting.note_lookup("x", found=True)
    Client().get("/healthz")
    assert Count.objects.get().value == 1


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_written_is_kept_and_fails_nothing(log_lines: Lines) -> None:
    table = Count._meta.db_table
    counting._written_at = 0.0
    counting.note_lookup("x", found=True)
    with database.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
    try:
        assert Client().get("/healthz").status_code == 200
    finally:
        with database.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table}_away RENAME TO {table}")
    assert [line["event"].partition(":")[0] for line in log_lines.parsed()] == [
        "counts not written"
    ]
    assert scraped()["loyalty_cache_lookups_total{kind=x,result=hit}"] == 1


def test_nothing_is_gathered_where_metrics_are_off(settings: Any, connection: Connection) -> None:
    settings.METRICS_TOKEN = ""
    counting._gathered.clear()
    services.transport_for(connection).get("/groups")
    assert not counting._gathered
