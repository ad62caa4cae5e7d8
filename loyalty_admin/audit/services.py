"""The journal: every write at Altegio, from its intent to its outcome."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypedDict

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty_admin.altegio.errors import AltegioError, OutcomeUnknown, Refused
from loyalty_admin.altegio.transport import Answer
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.web.problems import sentence

# How long the second of two equal submissions waits for the first one's result, seconds.
PATIENCE = 14.0
# A repetition later than this after the result is no double click any more.
LATE_AFTER = timedelta(seconds=5)


# Entries shown on an object's own page; all of them stand under Activity.
MOST_SHOWN = 100


class Change(TypedDict):
    """One field of a write, in words for people."""

    field: str
    before: str
    after: str


class Kept(TypedDict):
    """A field that Altegio did not set as asked, in words for people."""

    field: str
    asked: str
    kept: str


def new_form_id() -> str:
    """What a form carries so that sending it twice writes once."""
    return secrets.token_urlsafe(16)


def submission_of(
    ctx: ChainContext, *, form_id: str, action: str, object_id: int | None = None
) -> str:
    """The unique key of one submission: bound to the person, the action and the object.

    Raises SuspiciousOperation (a 400) for a form without an id of ours.
    """
    if len(form_id) < 16:
        raise SuspiciousOperation("a form without its id")
    parts = [str(ctx.person.pk), ctx.connection.api_url, str(ctx.id), action, str(object_id)]
    return hashlib.sha256("\n".join([*parts, form_id]).encode()).hexdigest()


class AlreadySubmitted(Exception):
    """The same form was sent before. `entry` has ended, or is still pending after the wait."""

    def __init__(self, entry: Entry, *, late: bool) -> None:
        super().__init__(entry.submission)
        self.entry = entry
        self.late = late


def check_not_submitted(submission: str) -> None:
    """Raises AlreadySubmitted, after waiting for the first one's result."""
    entry = Entry.objects.filter(submission=submission).first()
    if entry is None:
        return
    if entry.outcome == Outcome.PENDING and give_up_abandoned():
        entry.refresh_from_db()
    late = entry.finished_at is not None and timezone.now() - entry.finished_at > LATE_AFTER
    patience = time.monotonic() + PATIENCE
    while entry.outcome == Outcome.PENDING and time.monotonic() < patience:
        time.sleep(0.1)
        entry.refresh_from_db()
    raise AlreadySubmitted(entry, late=late)


def begin(
    ctx: ChainContext,
    *,
    submission: str,
    action: str,
    object_id: int | None = None,
    object_title: str = "",
    changes: Iterable[Change] = (),
    asked: dict[str, Any] | None = None,
    copy: Any = None,
    origin: Entry | None = None,
    note: str = "",
) -> Entry:
    """Write down the intent, committed before any call. Raises AlreadySubmitted."""
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
        object_title=object_title[:500],
        changes=list(changes),
        asked=asked or {},
        copy=copy,
        origin=origin,
        note=note,
    )
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError:
        check_not_submitted(submission)
        raise
    return entry


class GivenUp(Exception):
    """A write took so long that it was given up for dead: it sends nothing any more."""


def give_up_unsent(entry: Entry, *, reason: str) -> bool:
    """Refuse a pending write that has sent nothing, so that it never will; False if it has."""
    with transaction.atomic():
        held = Entry.objects.select_for_update().get(pk=entry.pk)
        if held.outcome != Outcome.PENDING or held.attempts:
            return False
        finish(held, Outcome.REFUSED, reason=reason)
    return True


def send(entry: Entry, request: str, call: Callable[[], Answer]) -> Answer:
    """Send one request of a write; it stands in the journal before it leaves.

    Raises GivenUp where the write has ended in the journal meanwhile.
    """
    attempt = {"at": timezone.now().isoformat(), "request": request, "outcome": "sent"}
    with transaction.atomic():
        if Entry.objects.select_for_update().get(pk=entry.pk).outcome != Outcome.PENDING:
            raise GivenUp(entry.pk)
        entry.attempts.append(attempt)
        entry.save(update_fields=["attempts"])
    try:
        answer = call()
    except AltegioError as error:
        attempt["outcome"] = f"{error.status or ''} {type(error).__name__}".strip()
        raise
    else:
        attempt["outcome"] = str(answer.status)
        return answer
    finally:
        entry.save(update_fields=["attempts"])


@contextmanager
def journaled(entry: Entry) -> Iterator[None]:
    """Around the calls of a write: whatever goes wrong in them stands in the journal."""
    try:
        yield
    except GivenUp:
        raise  # the journal has the end of it already
    except OutcomeUnknown as error:
        entry.asked["answered"] = error.answered
        finish(entry, Outcome.UNKNOWN, reason=reason_of(error))
        raise
    except AltegioError as error:
        finish(entry, Outcome.REFUSED, reason=reason_of(error))
        raise
    except BaseException:
        finish(entry, Outcome.UNKNOWN, reason=_("The dashboard failed before it was over."))
        raise


@contextmanager
def reading_back() -> Iterator[None]:
    """Around the reads after an accepted write: when they fail, its outcome is not known."""
    try:
        yield
    except AltegioError as error:
        raise OutcomeUnknown(
            error.message, answered=True, status=error.status, request_id=error.request_id
        ) from error


def reason_of(error: AltegioError, *, is_read: bool = False) -> str:
    """What the error says, for people: our sentence, then Altegio's own words.

    The request's number helps to find it in the log. A write that Altegio simply refused stands
    in the journal with its reason, and needs none.
    """
    words = [error.message, *(text for texts in error.fields.values() for text in texts)]
    if error.request_id and (is_read or not isinstance(error, Refused)):
        words.append(_("Number for support: %(id)s") % {"id": error.request_id})
    return " ".join([sentence(error), *dict.fromkeys(word for word in words if word)])


def finish(
    entry: Entry,
    outcome: Outcome,
    *,
    reason: str = "",
    kept: Iterable[Kept] = (),
    result_id: int | None = None,
    result_title: str = "",
) -> None:
    """Write down how it ended."""
    entry.outcome = outcome
    entry.reason = reason
    entry.kept = list(kept)
    entry.result_id = result_id
    entry.result_title = result_title[:500]
    entry.finished_at = timezone.now()
    entry.save()


def entries_of(ctx: ChainContext, *, kind: str, object_id: int) -> list[Entry]:
    """What this dashboard did to one object, newest first, and how it came to be."""
    found = Entry.objects.filter(
        api_url=ctx.connection.api_url, chain_id=ctx.id, action__startswith=f"{kind}."
    )
    found = found.filter(object_id=object_id) | found.filter(result_id=object_id)
    return list(found.defer("copy", "asked")[:MOST_SHOWN])


def _abandoned_after() -> timedelta:
    """Longer than any write lives (a dozen calls): one still pending then was cut off."""
    return timedelta(seconds=max(180, 12 * settings.ALTEGIO_TIMEOUT))


def give_up_abandoned() -> int:
    """Turn writes that a crash left pending into unknown ones; returns how many."""
    abandoned = Entry.objects.filter(
        outcome=Outcome.PENDING, started_at__lt=timezone.now() - _abandoned_after()
    )
    if not abandoned.exists():  # an update locks the whole of SQLite, also one of nothing
        return 0
    return abandoned.update(
        outcome=Outcome.UNKNOWN,
        finished_at=timezone.now(),
        reason=_("The dashboard stopped before Altegio's answer was written down."),
    )
