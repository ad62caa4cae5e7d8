"""One write at a time for each object: who holds it, and how others wait for it."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from loyalty_admin.altegio import patience
from loyalty_admin.altegio.errors import AltegioError
from loyalty_admin.audit import settling
from loyalty_admin.audit.errors import ObjectBusy
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.audit.services import check_not_submitted, mark_abandoned_unknown
from loyalty_admin.chains.services import ChainContext

MAX_WAITERS = 2  # for one object
# A quarter of a process's threads: the others are for people who want something else.
MAX_WAITING_THREADS = 2
_waiting_room = threading.BoundedSemaphore(MAX_WAITING_THREADS)
POLL_SECONDS = 0.05
# Of what is left of a page's time: the rest is for the write itself.
SHARE_FOR_WAITING = 0.5


def lease(ctx: ChainContext) -> timedelta:
    """Longer than any write lives: that of a page, with the time to settle it, or a job's dozen
    calls."""
    if ctx.is_job:
        return timedelta(seconds=max(180, 12 * settings.ALTEGIO_TIMEOUT))
    return timedelta(seconds=2 * settings.ALTEGIO_TIMEOUT + 30)


def take(
    ctx: ChainContext,
    *,
    submission: str,
    action: str,
    object_id: int | None,
    origin: Entry | None,
    note: str,
) -> Entry:
    """A pending entry that holds the object, committed. Waits for another one's end.

    Raises AlreadySubmitted, and ObjectBusy where that takes too long.
    """
    kind = action.partition(".")[0]
    entry = Entry(
        submission=submission,
        person=ctx.person,
        person_name=str(ctx.person),
        connection=ctx.connection,
        connection_name=ctx.connection.name,
        api_url=ctx.connection.api_url,
        chain_id=ctx.id,
        chain_title=ctx.title[:300],
        action=action,
        object_id=object_id,
        holds="" if object_id is None else f"{kind} {object_id}",
        origin=origin,
        note=note,
    )
    give_up_at = time.monotonic() + _seconds_to_wait()
    while True:
        entry.lease_until = Now() + lease(ctx)
        try:
            with transaction.atomic():
                entry.save(force_insert=True)
        except IntegrityError:
            check_not_submitted(submission)
            _wait(ctx, entry, give_up_at)
        else:
            return entry


def let_go(entry: Entry) -> None:
    """Nothing is to be sent: others may write to the object, and nothing is left of the entry."""
    Entry.objects.filter(pk=entry.pk, outcome=Outcome.PENDING).delete()


def refuse_unsent(entry: Entry, *, reason: str) -> bool:
    """Refuse a pending entry that has sent nothing, so that it never will; False if it has."""
    unsent = Entry.objects.filter(pk=entry.pk, outcome=Outcome.PENDING, attempts=[])
    ended = unsent.update(outcome=Outcome.REFUSED, reason=reason, finished_at=Now())
    if ended:
        entry.refresh_from_db()
    return bool(ended)


def _seconds_to_wait() -> float:
    page = patience.present()
    left = page.until - time.monotonic() if page else settings.ALTEGIO_TIMEOUT
    return max(0.0, left * SHARE_FOR_WAITING)


def _wait(ctx: ChainContext, entry: Entry, give_up_at: float) -> None:
    """Until whoever holds the object has ended. Raises ObjectBusy."""
    pending = Entry.objects.filter(
        api_url=entry.api_url,
        chain_id=entry.chain_id,
        holds=entry.holds,
        outcome=Outcome.PENDING,
    )
    holder = pending.first()
    if holder is None:
        return
    if mark_abandoned_unknown() and not pending.filter(pk=holder.pk).exists():
        holder.refresh_from_db()
        with suppress(AltegioError):  # it stays unknown, for a person to settle
            settling.settle(holder, ctx)
        return
    if not _waiting_room.acquire(blocking=False):
        raise ObjectBusy(holder)
    try:
        mine = pending.filter(pk=holder.pk)
        if not mine.filter(waiting__lt=MAX_WAITERS).update(waiting=F("waiting") + 1):
            if mine.exists():
                raise ObjectBusy(holder)
            return
        while mine.exists():
            if time.monotonic() > give_up_at:
                mine.update(waiting=F("waiting") - 1)
                raise ObjectBusy(holder)
            time.sleep(POLL_SECONDS)  # other processes tell nobody of their end
    finally:
        _waiting_room.release()
