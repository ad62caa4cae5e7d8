"""The write guard: the only code that sends a write to Altegio.

A write takes its object, so that nobody else writes to it meanwhile, and reads it afresh; its
intent is stored before anything is sent, and its outcome after what was sent is read back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty_admin.altegio.errors import AltegioError, OutcomeUnknown
from loyalty_admin.altegio.transport import Answer, Transport
from loyalty_admin.audit import holding, settling
from loyalty_admin.audit.errors import GivenUp
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.audit.services import (
    Change,
    check_not_submitted,
    finish,
    reason_of,
    submission_of,
)
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.connections import services as connections

# Somebody is waiting who has waited for the write itself already.
SECONDS_TO_SETTLE = 4.0
# Calls of most writes: one that reads, one that writes, one that reads back.
CALLS_OF_A_WRITE = 3


@dataclass(frozen=True, kw_only=True)
class Written[Item]:
    """How a write ended. Without an entry nothing was sent, because it was so already.

    `item` is what was read back; None where it is not known.
    """

    entry: Entry | None
    item: Item | None = None


@dataclass(frozen=True)
class Unchanged[Item]:
    """There is nothing to write: the object is as wanted already."""

    item: Item


@dataclass(frozen=True, kw_only=True)
class Intent[Item]:
    """What a write is about, once its object was read.

    `changes`: what it sets, in words for people. `asked`: what settling needs. `copy`: the whole
    object before it. `send` makes its calls and returns what it read back (None: it is gone);
    `done` compares that with what was asked and ends the entry.
    """

    title: str
    send: Callable[[Sender], Item | None]
    done: Callable[[Entry, Item | None], None]
    changes: Iterable[Change] = ()
    asked: Mapping[str, Any] = field(default_factory=dict)
    copy: Any = None


def perform[Item](
    ctx: ChainContext,
    *,
    action: str,
    form_id: str,
    prepare: Callable[[], Intent[Item] | Unchanged[Item]],
    object_id: int | None = None,
    origin: Entry | None = None,
    note: str = "",
) -> Written[Item]:
    """Carry a write out once.

    `prepare` is called while the object is held: it reads the object afresh, checks conflicts and
    locks, and says what to send. It may raise anything: nothing was sent then.

    Raises AlreadySubmitted, ObjectBusy, AltegioError, and what `prepare` raises.
    """
    submission = submission_of(ctx, form_id=form_id, action=action, object_id=object_id)
    check_not_submitted(submission)
    # A job waits for its calls before it holds what people may want to change.
    with connections.reserved(CALLS_OF_A_WRITE) if ctx.is_job else nullcontext():
        entry = holding.take(
            ctx, submission=submission, action=action, object_id=object_id, origin=origin, note=note
        )
        try:
            prepared = prepare()
            # Without a usable token there is nothing to store either.
            transport = ctx.transport()
        except BaseException:
            holding.let_go(entry)
            raise
        if isinstance(prepared, Unchanged):
            holding.let_go(entry)
            return Written(entry=None, item=prepared.item)
        _store(entry, prepared)
        try:
            with _outcome_stored(entry):
                read = prepared.send(Sender(entry, transport))
        except OutcomeUnknown:
            _settle_now(ctx, entry)
            return Written(entry=entry)
        prepared.done(entry, read)
        return Written(entry=entry, item=read)


def _store(entry: Entry, intent: Intent[Any]) -> None:
    entry.object_title = intent.title[:500]
    entry.changes = list(intent.changes)
    entry.asked = dict(intent.asked)
    entry.copy = intent.copy
    entry.save(update_fields=["object_title", "changes", "asked", "copy"])


class Sender:
    """Sends the requests of one write; each is stored with its entry before it leaves."""

    def __init__(self, entry: Entry, transport: Transport) -> None:
        self.entry = entry
        self._transport = transport

    def __call__(self, method: str, path: str, body: Any = None, *, form: str = "") -> Answer:
        """Send one request; `form` names the form of the body where there are several.

        Raises GivenUp where the entry has ended meanwhile, and as `Transport.send` does.
        """
        entry = self.entry
        request = f"{method} ({form})" if form else method
        attempt = {"at": timezone.now().isoformat(), "request": request, "outcome": "sent"}
        with transaction.atomic():
            if Entry.objects.select_for_update().get(pk=entry.pk).outcome != Outcome.PENDING:
                raise GivenUp(entry.pk)
            entry.attempts.append(attempt)
            entry.save(update_fields=["attempts"])
        try:
            answer = self._transport.send(method, path, body)
        except AltegioError as error:
            attempt["outcome"] = f"{error.status or ''} {type(error).__name__}".strip()
            raise
        else:
            attempt["outcome"] = str(answer.status)
            return answer
        finally:
            entry.save(update_fields=["attempts"])


@contextmanager
def _outcome_stored(entry: Entry) -> Iterator[None]:
    """Around the calls of a write: whatever goes wrong in them is the entry's outcome."""
    try:
        yield
    except GivenUp:
        raise  # the entry has its end already
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


def _settle_now(ctx: ChainContext, entry: Entry) -> None:
    """Read back at once; when that fails as well, the outcome stays unknown."""
    hurried = replace(ctx, timeout=min(SECONDS_TO_SETTLE, settings.ALTEGIO_TIMEOUT))
    try:
        settling.settle(entry, hurried)
    except AltegioError:
        settling.note_unknown(entry, ctx)
