"""The work of jobs: done in slices, and taken over when a worker is gone."""

from __future__ import annotations

import logging
import secrets
import time
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _
from structlog.contextvars import bound_contextvars

from loyalty_admin.altegio.errors import AltegioError, TooManyRequests
from loyalty_admin.audit.errors import AlreadySubmitted, CannotWrite, ObjectBusy
from loyalty_admin.audit.services import reason_of
from loyalty_admin.chains.services import ChainContext, context_for
from loyalty_admin.jobs.kinds import JobKind, Step, kind_named
from loyalty_admin.jobs.models import Item, ItemState, Job

logger = logging.getLogger(__name__)

# One task ends after so long, so that jobs take turns; the next task goes on.
SLICE = timedelta(seconds=15)
# Seconds for which a worker waits itself where there are too many requests; for longer ones the
# job is laid aside.
MOST_TO_WAIT = 5.0
# A person is changing the object just now.
SECONDS_WHILE_BUSY = 1.0
# A private job, with what it found, is cleared away so long after it has ended.
FOUND_STAYS = timedelta(days=1)


def lease() -> timedelta:
    """Longer than any item takes (a dozen calls): one that is over belongs to nobody."""
    return timedelta(seconds=max(90, 12 * settings.ALTEGIO_TIMEOUT))


@task
def work(job_id: int) -> None:
    """A slice of a job; it queues the next one itself."""
    work_on(job_id)


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
                work.enqueue(job_id)
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
    rested = Q(paused_until=None) | Q(paused_until__lte=now)
    if not Job.objects.filter(free, rested, pk=job_id, finished_at=None).update(
        holder=me, lease_until=now + lease(), paused_until=None
    ):
        return
    until, rest = now + SLICE, 0.0
    while timezone.now() < until:
        # Read anew each time: what it acts through may be taken away meanwhile.
        job = Job.objects.select_related("person", "connection").get(pk=job_id)
        item = _next(job)
        if item is None:
            break
        rest = _do(job, item, me)
        if not _renew(job_id, me):
            return  # taken over: this worker was believed to be gone
        if rest > MOST_TO_WAIT:
            break
        time.sleep(rest)  # so short that laying the job aside would take longer
    _give_back(job_id, me, rest if rest > MOST_TO_WAIT else 0.0)


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


def _do(job: Job, item: Item, me: str) -> float:
    """Returns the seconds for which Altegio wants to be asked nothing."""
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
    return step.rest


def _step(ctx: ChainContext, kind: JobKind, item: Item) -> Step:
    try:
        return kind.run(ctx, item)
    except AlreadySubmitted as earlier:
        return Step.of(earlier.entry)
    except ObjectBusy:
        return Step(ItemState.WAITING, rest=SECONDS_WHILE_BUSY)
    except CannotWrite as reason:
        return Step(ItemState.REFUSED, str(reason))
    except TooManyRequests as error:
        # Nobody waits for it: it is done later, unless it is cancelled.
        return Step(ItemState.WAITING, rest=error.retry_after)
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


def _give_back(job_id: int, me: str, rest: float) -> None:
    """End the job where all its items have ended, else queue the next slice, in `rest` seconds."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=job_id, holder=me).first()
        if job is None:
            return
        open_items = job.items.filter(state__in=[ItemState.WAITING, ItemState.RUNNING])
        go_on = timezone.now() + timedelta(seconds=rest)
        job.holder, job.lease_until = "", go_on + lease()
        if not open_items.exists():
            job.finished_at = timezone.now()
        elif rest:
            job.paused_until = go_on
            work.using(run_after=go_on).enqueue(job_id)
        else:
            work.enqueue(job_id)
        job.save(update_fields=["holder", "lease_until", "paused_until", "finished_at"])
