"""`/metrics` for Prometheus: off without METRICS_TOKEN, and only for who has it."""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count as CountOf
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.jobs.models import Item, ItemState, Job
from loyalty_admin.metrics import counting
from loyalty_admin.metrics.models import Count, Heartbeat

TYPE = "text/plain; version=0.0.4; charset=utf-8"
COUNTERS = {
    "altegio_requests": ("Requests to Altegio, by method and outcome", ["method", "outcome"]),
    "cache_lookups": ("What was kept already, or had to be asked for", ["kind", "result"]),
}
TIMES = {
    "altegio_request": ("Seconds from a request to Altegio to its answer", ["method"]),
    "limiter_wait": ("Seconds that a request waited for its turn", []),
}


def answer(request: HttpRequest) -> HttpResponse:
    """The page; 401 without the right token, 503 without the database."""
    said = request.headers.get("Authorization", "")
    if not secrets.compare_digest(said.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        refusal = HttpResponse("not allowed", status=401, content_type="text/plain; charset=utf-8")
        refusal.headers["WWW-Authenticate"] = "Bearer"
        return refusal
    counting.write()
    registry = CollectorRegistry(auto_describe=False)
    registry.register(FromDatabase())
    try:
        text = generate_latest(registry)
    except DatabaseError:
        return HttpResponse("no database", status=503, content_type="text/plain; charset=utf-8")
    return HttpResponse(text, content_type=TYPE, headers={"Cache-Control": "no-store"})


class FromDatabase(Collector):
    """What all processes have counted, and what stands in the tables now."""

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        rows: dict[str, list[tuple[dict[str, str], float]]] = defaultdict(list)
        for name, labels, value in Count.objects.values_list("name", "labels", "value"):
            rows[name].append((json.loads(labels), value))
        for name, (text, by) in COUNTERS.items():
            family = CounterMetricFamily(f"loyalty_{name}", text, labels=by)
            for of, value in rows[name]:
                family.add_metric([of[label] for label in by], value)
            yield family
        for name, (text, by) in TIMES.items():
            yield _histogram(name, text, by, rows[f"{name}_class"], rows[f"{name}_sum"])
        yield from _states()


def _histogram(
    name: str,
    text: str,
    labels: list[str],
    classes: list[tuple[dict[str, str], float]],
    sums: list[tuple[dict[str, str], float]],
) -> Metric:
    family = HistogramMetricFamily(f"loyalty_{name}_seconds", text, labels=labels)
    for of, total in sums:
        counted = {c["le"]: n for c, n in classes if all(c[label] == of[label] for label in labels)}
        buckets, so_far = [], 0.0
        for bound in [*map(str, counting.BOUNDS), "+Inf"]:
            so_far += counted.get(bound, 0.0)
            buckets.append((bound, so_far))
        family.add_metric([of[label] for label in labels], buckets, total)
    return family


def _states() -> Iterator[Metric]:
    journal = GaugeMetricFamily(
        "loyalty_journal_entries", "Writes in the journal, by outcome", labels=["outcome"]
    )
    counted = dict(Entry.objects.values_list("outcome").annotate(CountOf("pk")).order_by())
    for outcome in Outcome.values:
        journal.add_metric([outcome], counted.get(outcome, 0))
    yield journal

    unfinished = Job.objects.filter(finished_at=None)
    now = timezone.now()
    jobs = GaugeMetricFamily("loyalty_jobs", "Jobs that have not ended, by state", labels=["state"])
    jobs.add_metric(["held"], unfinished.exclude(holder="").filter(lease_until__gte=now).count())
    jobs.add_metric(["waiting"], unfinished.filter(holder="", lease_until__gte=now).count())
    jobs.add_metric(["overdue"], unfinished.filter(lease_until__lt=now).count())
    yield jobs

    items = GaugeMetricFamily(
        "loyalty_job_items", "Items of jobs that have not ended, by state", labels=["state"]
    )
    of_items = Item.objects.filter(job__finished_at=None).values_list("state")
    counted = dict(of_items.annotate(CountOf("pk")).order_by())
    for state in ItemState.values:
        items.add_metric([state], counted.get(state, 0))
    yield items

    seen = GaugeMetricFamily(
        "loyalty_process_seen_seconds", "Seconds since a process was last seen", labels=["process"]
    )
    for beat in Heartbeat.objects.all():
        seen.add_metric([beat.name], (now - beat.at).total_seconds())
    yield seen
