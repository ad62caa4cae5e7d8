"""What the tests of jobs share: jobs that are begun and worked off, and what was sent for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models.functions import Now
from django.utils import timezone

from loyalty_admin.audit.models import Entry
from loyalty_admin.audit.services import new_form_id
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.jobs import tasks
from loyalty_admin.jobs.models import Item, Job
from loyalty_admin.memberships import several
from loyalty_admin.memberships.several import Plan
from loyalty_admin.sandbox.server import Sandbox
from tests.memberships.common import CHAIN, put, writes

JOBS = f"/chains/{CHAIN}/jobs/"
EXTENDED = "Extend by 7 days"


def at(job: Job, name: str = "") -> str:
    """The address of a job, or of what is done to it."""
    return f"{JOBS}{job.pk}/{name}/" if name else f"{JOBS}{job.pk}/"


def put_many(sandbox: Sandbox, count: int, **fields: Any) -> list[dict[str, Any]]:
    """New memberships with codes of their own."""
    return [put(sandbox, number=f"MC-{place}", **fields) for place in range(count)]


def begun(
    ctx: ChainContext, raws: Iterable[dict[str, Any]], plan: Plan | None = None, note: str = ""
) -> Job:
    """A job that nobody works on yet: a week longer for each, or what is planned."""
    plan = plan or several.longer_by(7)
    planned = several.plan_all(ctx, [raw["id"] for raw in raws], plan)
    signed = several.unsign(ctx, several.sign(ctx, EXTENDED, planned))
    assert signed is not None
    title, rows = signed
    return several.begin(ctx, rows=rows, title=title, form_id=new_form_id(), note=note)


def done(job: Job) -> Job:
    """Worked off in this process, to its end."""
    for _ in range(20):
        tasks.work_on(job.pk)
        job.refresh_from_db()
        if job.finished_at is not None:
            return job
    raise AssertionError("it never ended")


def item_of(job: Job, raw: dict[str, Any]) -> Item:
    return job.items.get(object_id=raw["id"])


def states(job: Job) -> list[str]:
    return list(job.items.values_list("state", flat=True))


def posts(sandbox: Sandbox) -> dict[int, list[bool]]:
    """By membership, each request that may have changed it: whether it did."""
    found: dict[int, list[bool]] = {}
    for call in writes(sandbox):
        found.setdefault(int(call["path"].split("/")[-2]), []).append(call["applied"])
    return found


def make_due(job: Job) -> None:
    """As if the worker had been gone for long: its lease is over, and so is Altegio's work."""
    long_ago = timezone.now() - timedelta(minutes=10)
    Job.objects.filter(pk=job.pk).update(lease_until=long_ago)
    by_the_database = Now() - timedelta(minutes=10)
    Entry.objects.update(started_at=by_the_database, lease_until=by_the_database)
