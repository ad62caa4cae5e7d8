"""The audit log: every write to Altegio, from its intent to its outcome."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import TypedDict

from django.core.exceptions import SuspiciousOperation
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from loyalty_admin.altegio.errors import AltegioError, Refused
from loyalty_admin.audit.errors import AlreadySubmitted
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.web.problems import sentence

# How long the second of two equal submissions waits for the first one's result.
DUPLICATE_WAIT_SECONDS = 14.0
# A repetition later than this after the result is no double click any more.
LATE_AFTER = timedelta(seconds=5)
# Entries shown on an object's own page; all of them stand under Activity.
MAX_SHOWN = 100


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


def check_not_submitted(submission: str) -> None:
    """Raises AlreadySubmitted, after waiting for the first one's result."""
    entry = Entry.objects.filter(submission=submission).first()
    if entry is None:
        return
    if entry.outcome == Outcome.PENDING:
        mark_abandoned_unknown()
    late = Entry.objects.filter(pk=entry.pk, finished_at__lt=Now() - LATE_AFTER).exists()
    give_up_at = time.monotonic() + DUPLICATE_WAIT_SECONDS
    while entry.outcome == Outcome.PENDING:
        found = Entry.objects.filter(submission=submission).first()
        if found is None:
            return  # the first one let go: nothing was sent
        entry = found
        if entry.outcome != Outcome.PENDING or time.monotonic() > give_up_at:
            break
        time.sleep(0.1)
    raise AlreadySubmitted(entry, late=late)


def reason_of(error: AltegioError, *, is_read: bool = False) -> str:
    """What the error says, for people: our sentence, then Altegio's own words.

    The request's number helps to find it in the log. A write that Altegio simply refused stands
    in the audit log with its reason, and needs none.
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
    """Store how it ended."""
    entry.outcome = outcome
    entry.reason = reason
    entry.kept = list(kept)
    entry.result_id = result_id
    entry.result_title = result_title[:500]
    entry.finished_at = Now()
    entry.save(
        update_fields=[
            "outcome", "reason", "kept", "result_id", "result_title", "finished_at", "asked",
        ]
    )  # fmt: skip


def entries_of(ctx: ChainContext, *, kind: str, object_id: int) -> list[Entry]:
    """What this dashboard did to one object, newest first, and how it came to be."""
    found = Entry.objects.filter(
        api_url=ctx.connection.api_url, chain_id=ctx.id, action__startswith=f"{kind}."
    )
    found = found.filter(object_id=object_id) | found.filter(result_id=object_id)
    return list(found.defer("copy", "asked")[:MAX_SHOWN])


def mark_abandoned_unknown() -> int:
    """End pending entries whose lease is over: a crash left them. Returns how many.

    What stored no request sent none, and is refused; of the others nobody knows.
    """
    abandoned = Entry.objects.filter(outcome=Outcome.PENDING, lease_until__lt=Now())
    if not abandoned.exists():  # an update locks the whole of SQLite, also one of nothing
        return 0
    unsent = abandoned.filter(attempts=[]).update(
        outcome=Outcome.REFUSED,
        finished_at=Now(),
        reason=_("The dashboard stopped before anything was sent."),
    )
    return unsent + abandoned.update(
        outcome=Outcome.UNKNOWN,
        finished_at=Now(),
        reason=_("The dashboard stopped before Altegio's answer was written down."),
    )
