"""Jobs: begun once, worked off in slices, taken over when a worker is gone, cancelled, retried."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from structlog.contextvars import bound_contextvars

from loyalty_admin.altegio.errors import AltegioError, TooManyRequests
from loyalty_admin.audit.models import Outcome
from loyalty_admin.audit.services import AlreadySubmitted, reason_of
from loyalty_admin.chains.services import ChainContext, context_for
from loyalty_admin.jobs.kinds import STATE_OF_OUTCOME, JobKind, Step, kind_named
from loyalty_admin.jobs.models import Item, ItemState, Job
from loyalty_admin.offers.stale import CannotWrite

logger = logging.getLogger(__name__)

# One task ends after so long, so that jobs take turns; the next task goes on.
SLICE = timedelta(seconds=15)
# Seconds after which it is tried again where there are too many requests.
MOST_TO_PAUSE = 5.0
FAILED = (ItemState.REFUSED, ItemState.CANCELLED)
# A private job, with what it found, is cleared away so long after it has ended.
FOUND_STAYS = timedelta(days=1)


def lease() -> timedelta:
    """Longer than any item takes (a dozen calls): one that is over belongs to nobody."""
    return timedelta(seconds=max(90, 12 * settings.ALTEGIO_TIMEOUT))


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
            _enqueue(job.pk)
    except IntegrityError:
        return Job.objects.get(submission=submission)
    return job


def _enqueue(job_id: int) -> None:
    from loyalty_admin.jobs.tasks import work

    work.enqueue(job_id)


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
    return bool(cancelled)


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
        _enqueue(job.pk)
    return count


def clear_old() -> None:
    """Forget private jobs, with what they found, a while after they have ended."""
    Job.objects.filter(is_private=True, finished_at__lt=timezone.now() - FOUND_STAYS).delete()


def requeue_due() -> int:
    """Queue jobs again whose worker is gone, or whose task never began; returns how many."""
    now, count = timezone.now(), 0
    due = Q(finished_at=None, lease_until__lt=now)
    for job_id in Job.objects.filter(due).values_list("pk", flat=True):
        with transaction.atomic():
            taken = Job.objects.filter(due, pk=job_id).update(holder="", lease_until=now + lease())
            if taken:
                _enqueue(job_id)
                count += 1
    return count


def work_on(job_id: int) -> None:
    """One slice of a job; queues the next where some is left. Nothing where another holds it."""
    with bound_contextvars(job=job_id):
        _work_on(job_id)


def _work_on(job_id: int) -> None:
    me = secrets.token_hex(16)
    now = timezone.now()
    free = Q(holder="") | Q(lease_until__lt=now)
    if not Job.objects.filter(free, pk=job_id, finished_at=None).update(
        holder=me, lease_until=now + lease()
    ):
        return
    until = now + SLICE
    while timezone.now() < until:
        # Read anew each time: what it acts through may be taken away meanwhile.
        job = Job.objects.select_related("person", "connection").get(pk=job_id)
        item = _next(job)
        if item is None:
            break
        _do(job, item, me)
        if not _renew(job_id, me):
            return  # taken over: this worker was believed to be gone
    _give_back(job_id, me)


def _context(job: Job, kind: JobKind) -> ChainContext | None:
    """None where the person or the connection is gone, or may not do it any more."""
    if job.person is None or not job.person.is_active:
        return None
    ctx = context_for(job.chain_id, person=job.person)
    if ctx is None or job.connection is None or job.api_url != settings.ALTEGIO_API_URL:
        return None
    acting = next((one for one in ctx.connections if one.pk == job.connection_id), None)
    if acting is None:
        return None
    ctx = replace(ctx, connection=acting, is_job=True)
    return None if kind.why_not(ctx) else ctx


def _next(job: Job) -> Item | None:
    """An item that was begun before and left (its `state` says so), else the next one; None when
    all have ended."""
    for state in (ItemState.RUNNING, ItemState.WAITING):
        item = job.items.filter(state=state).first()
        if item is not None and _claim(item, state):
            return item
    return None


def _claim(item: Item, state: ItemState) -> bool:
    """A conditional update: who cancels at the same moment wins or loses, never both."""
    claimed = Item.objects.filter(pk=item.pk, state=state).update(state=ItemState.RUNNING)
    return bool(claimed)


def _do(job: Job, item: Item, me: str) -> None:
    kind = kind_named(job.kind)
    ctx = _context(job, kind) if kind else None
    if ctx is None or kind is None:
        reason = _("Who began it, or the account it acts through, may not do this any more.")
        if item.state == ItemState.RUNNING:  # a worker that is gone may have sent it
            step = Step(ItemState.UNKNOWN, f"{reason} {_('Look under Activity.')}")
        else:
            step = Step(ItemState.REFUSED, f"{reason} {_('Nothing was sent.')}")
    else:
        step = _step(ctx, kind, item)
    # Whoever has taken the job over meanwhile has the say.
    held = Item.objects.filter(pk=item.pk, state=ItemState.RUNNING, job__holder=me)
    held.update(state=step.state, reason=step.reason, entry=step.entry)
    if step.state == ItemState.WAITING:
        held = Item.objects.filter(pk=item.pk, state=ItemState.WAITING)
        held.exclude(job__cancelled_at=None).update(state=ItemState.CANCELLED)


def _step(ctx: ChainContext, kind: JobKind, item: Item) -> Step:
    try:
        return kind.run(ctx, item)
    except AlreadySubmitted as earlier:
        return Step.of(earlier.entry)
    except CannotWrite as reason:
        return Step(ItemState.REFUSED, str(reason))
    except TooManyRequests as error:
        # Nobody waits for it: it is done later, unless it is cancelled.
        time.sleep(min(error.retry_after, MOST_TO_PAUSE))
        return Step(ItemState.WAITING)
    except AltegioError as error:
        return Step(ItemState.REFUSED, f"{reason_of(error)} {_('Nothing was sent.')}")
    except Exception:
        # The other items are not to wait for what is wrong with this one.
        logger.exception("item %s of job %s failed", item.pk, item.job_id)
    entry = kind.entry_of(ctx, item)
    if entry is None:
        return Step(ItemState.REFUSED, _("The dashboard failed. Nothing was sent."))
    return Step(ItemState.UNKNOWN, _("The dashboard failed; see Activity."), entry)


def _renew(job_id: int, me: str) -> bool:
    return bool(
        Job.objects.filter(pk=job_id, holder=me).update(lease_until=timezone.now() + lease())
    )


def _give_back(job_id: int, me: str) -> None:
    """End the job where all its items have ended, else queue the next slice."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=job_id, holder=me).first()
        if job is None:
            return
        open_items = job.items.filter(state__in=[ItemState.WAITING, ItemState.RUNNING])
        job.holder, job.lease_until = "", timezone.now() + lease()
        if open_items.exists():
            _enqueue(job_id)
        else:
            job.finished_at = timezone.now()
        job.save(update_fields=["holder", "lease_until", "finished_at"])
