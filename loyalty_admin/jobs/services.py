"""Jobs as people see them: begun once, counted, cancelled, retried. `tasks` does the work."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from loyalty_admin.audit.models import Outcome
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.jobs.kinds import STATE_OF_OUTCOME
from loyalty_admin.jobs.models import Item, ItemState, Job
from loyalty_admin.jobs.tasks import lease, work

FAILED = (ItemState.REFUSED, ItemState.CANCELLED)


def start(
    ctx: ChainContext,
    *,
    submission: str,
    kind: str,
    title: str,
    items: Iterable[tuple[int, str, dict[str, Any]]],
    note: str = "",
    asked: dict[str, Any] | None = None,
    is_private: bool = False,
) -> Job:
    """Begin a job of items (number, title, what is asked); the one that was begun where the
    same form was sent before."""
    try:
        with transaction.atomic():
            job = Job.objects.create(
                submission=submission,
                kind=kind,
                title=title[:300],
                note=note,
                asked=asked or {},
                is_private=is_private,
                person=ctx.person,
                person_name=str(ctx.person),
                connection=ctx.connection,
                api_url=ctx.connection.api_url,
                chain_id=ctx.id,
                lease_until=timezone.now() + lease(),
            )
            Item.objects.bulk_create(
                Item(job=job, object_id=number, title=text[:500], asked=asked)
                for number, text, asked in items
            )
            work.enqueue(job.pk)
    except IntegrityError:
        return Job.objects.get(submission=submission)
    return job


def jobs_of(ctx: ChainContext) -> QuerySet[Job]:
    """Those of the chain that the person may see, newest first."""
    return Job.objects.filter(
        Q(is_private=False) | Q(person=ctx.person),
        api_url=ctx.connection.api_url,
        chain_id=ctx.id,
    )


def counts(job: Job) -> dict[str, int]:
    """Items by state, and `all` of them."""
    found = dict.fromkeys(ItemState.values, 0)
    for row in job.items.values("state").annotate(n=Count("pk")).order_by():
        found[row["state"]] = row["n"]
    return found | {"all": sum(found.values())}


def is_all_done(job: Job) -> bool:
    """Whether it has ended and nothing of it is missing."""
    return job.finished_at is not None and not job.items.exclude(state=ItemState.DONE).exists()


def cancel(job: Job) -> bool:
    """What is not begun yet is not done any more; what is under way ends. False: too late."""
    cancelled = Job.objects.filter(pk=job.pk, finished_at=None, cancelled_at=None).update(
        cancelled_at=timezone.now()
    )
    if cancelled:
        job.items.filter(state=ItemState.WAITING).update(state=ItemState.CANCELLED)
        go_on(job)  # to its end
    return bool(cancelled)


def go_on(job: Job) -> bool:
    """Work on a paused job at once; False where it is not paused."""
    with transaction.atomic():
        paused = Job.objects.filter(pk=job.pk, finished_at=None).exclude(paused_until=None)
        woken = paused.update(paused_until=None, lease_until=timezone.now() + lease())
        if woken:
            work.enqueue(job.pk)
    return bool(woken)


def note_settled(job: Job) -> None:
    """Take over what was not known of items, and was settled under Activity since."""
    unknown = job.items.filter(state=ItemState.UNKNOWN)
    for item in unknown.filter(entry__outcome__in=[Outcome.DONE, Outcome.REFUSED]):
        assert item.entry is not None
        unknown.filter(pk=item.pk).update(
            state=STATE_OF_OUTCOME[Outcome(item.entry.outcome)], reason=item.entry.reason
        )


def retry(ctx: ChainContext, job: Job) -> int:
    """Once a job has ended, do those once more that were not done, as this person and through
    their account; returns how many. What is not known is not among them: that is settled
    under Activity."""
    note_settled(job)
    with transaction.atomic():
        # The first of two that come at the same time takes it.
        taken = Job.objects.filter(pk=job.pk).exclude(finished_at=None)
        failed = job.items.filter(state__in=FAILED)
        if not failed.exists() or not taken.update(
            finished_at=None,
            cancelled_at=None,
            person=ctx.person,
            person_name=str(ctx.person),
            connection=ctx.connection,
            holder="",
            lease_until=timezone.now() + lease(),
        ):
            return 0
        count = failed.update(
            state=ItemState.WAITING, reason="", entry=None, found={}, tries=F("tries") + 1
        )
        work.enqueue(job.pk)
    return count
