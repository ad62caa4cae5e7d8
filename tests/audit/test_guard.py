"""The write guard: one write at a time for each object, each sent once and never lost sight of."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db.models.functions import Now

from loyalty_admin.altegio import membership_types as api
from loyalty_admin.altegio.errors import OutcomeUnknown, Unavailable
from loyalty_admin.audit import holding
from loyalty_admin.audit import services as audit
from loyalty_admin.audit.errors import AlreadySubmitted, CannotWrite, GivenUp, ObjectBusy
from loyalty_admin.audit.guard import Intent, Sender, Unchanged, Written, perform, reading_back
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.sandbox.server import Sandbox
from tests.audit.conftest import Note
from tests.membership_types.common import writes
from tests.threads import started, wait_for

pytestmark = pytest.mark.sqlite
TYPE = 11002
ARCHIVED = "membership_type.archived"


def archive(
    ctx: ChainContext,
    form_id: str = "a form id of the tests",
    *,
    before: Callable[[], Any] = lambda: None,
    during: Callable[[], Any] = lambda: None,
) -> Written[bool]:
    """Archive one type; `before` happens while its object is held, `during` once it was sent."""

    def prepare() -> Intent[bool] | Unchanged[bool]:
        before()
        fresh = api.read_type(ctx.transport(), ctx.id, TYPE)
        if fresh.is_archived:
            return Unchanged(True)

        def send(send: Sender) -> bool:
            api.switch_archive(send, ctx.id, TYPE, archived=True, documented=True)
            during()
            return True

        return Intent(
            title=fresh.terms.title,
            asked={"archived": True},
            send=send,
            done=lambda entry, read: audit.finish(entry, Outcome.DONE),
        )

    return perform(ctx, action=ARCHIVED, object_id=TYPE, form_id=form_id, prepare=prepare)


def taken(ctx: ChainContext, submission: str = "another one's") -> Entry:
    """The object, held by somebody else."""
    return holding.take(
        ctx, submission=submission, action=ARCHIVED, object_id=TYPE, origin=None, note=""
    )


def over(entry: Entry) -> None:
    """The entry's lease is over: whoever held it is dead."""
    Entry.objects.filter(pk=entry.pk).update(lease_until=Now() - timedelta(seconds=1))


# One at a time


@pytest.mark.django_db(transaction=True)
def test_second_write_waits_for_the_first_and_reads_what_it_left(
    ctx: ChainContext, sandbox: Sandbox
) -> None:
    holder = taken(ctx)
    results: list[Written[bool]] = []
    second = started(lambda: results.append(archive(ctx)))
    wait_for(lambda: Entry.objects.get(pk=holder.pk).waiting == 1)
    assert sandbox.calls()[-1]["path"].endswith("groups"), "nothing is read while it waits"
    sandbox.alter_type(ctx.id, TYPE, is_archived=True)
    audit.finish(holder, Outcome.DONE)
    second.join(10)
    (written,) = results
    assert written.entry is None, "what was read under the lock is as wanted already"
    assert writes(sandbox) == []


def test_who_waits_too_long_is_told_who_is_writing(
    ctx: ChainContext, sandbox: Sandbox, settings: Any
) -> None:
    settings.ALTEGIO_TIMEOUT = 0.4
    holder = taken(ctx)
    with pytest.raises(ObjectBusy) as busy:
        archive(ctx)
    assert busy.value.holder == holder
    assert "Edith Editor" in str(busy.value)
    assert writes(sandbox) == []
    assert Entry.objects.get().waiting == 0


def test_third_who_would_wait_hears_of_it_at_once(ctx: ChainContext) -> None:
    holder = taken(ctx)
    Entry.objects.filter(pk=holder.pk).update(waiting=holding.MAX_WAITERS)
    began = time.monotonic()
    with pytest.raises(ObjectBusy):
        archive(ctx)
    assert time.monotonic() - began < 1


@pytest.mark.django_db(transaction=True)
def test_waiting_takes_a_part_of_the_threads_only(ctx: ChainContext) -> None:
    holders = [
        holding.take(ctx, submission=str(one), action=ARCHIVED, object_id=one, origin=None, note="")
        for one in (1, 2, 3)
    ]

    def wait_to_hold(object_id: int) -> None:
        entry = holding.take(
            ctx,
            submission=f"waits for {object_id}",
            action=ARCHIVED,
            object_id=object_id,
            origin=None,
            note="",
        )
        holding.let_go(entry)

    waiting = [started(partial(wait_to_hold, one)) for one in (1, 2)]
    wait_for(lambda: Entry.objects.filter(waiting=1).count() == holding.MAX_WAITING_THREADS)
    with pytest.raises(ObjectBusy):
        wait_to_hold(3)
    for holder in holders:
        holding.let_go(holder)
    for thread in waiting:
        thread.join(10)
    wait_to_hold(3)


def test_other_objects_and_new_ones_are_not_held_up(ctx: ChainContext) -> None:
    taken(ctx)
    for object_id in (TYPE + 1, None, None):
        holding.take(
            ctx,
            submission=f"{object_id} {Entry.objects.count()}",
            action="membership_type.created",
            object_id=object_id,
            origin=None,
            note="",
        )
    assert Entry.objects.filter(outcome=Outcome.PENDING).count() == 4


def test_what_is_not_sent_leaves_nothing_and_holds_nothing(
    ctx: ChainContext, sandbox: Sandbox
) -> None:
    def refuse() -> None:
        raise CannotWrite("not now")

    with pytest.raises(CannotWrite):
        archive(ctx, before=refuse)
    assert not Entry.objects.exists()
    written = archive(ctx)  # the same form, once more
    assert written.entry is not None
    assert written.entry.outcome == Outcome.DONE
    assert len(writes(sandbox)) == 1


# Leases


def test_dead_writer_that_sent_nothing_is_refused_and_frees_its_object(
    ctx: ChainContext, sandbox: Sandbox
) -> None:
    dead = taken(ctx)
    over(dead)
    assert archive(ctx).entry is not None
    dead.refresh_from_db()
    assert (dead.outcome, dead.attempts) == (Outcome.REFUSED, [])
    assert len(writes(sandbox)) == 1


@pytest.mark.parametrize("applied", [True, False])
def test_dead_writer_that_may_have_sent_is_settled_before_the_next_write(
    ctx: ChainContext, sandbox: Sandbox, applied: bool
) -> None:
    class Killed(BaseException):
        pass

    def die() -> None:
        entry = Entry.objects.get()
        assert entry.attempts[-1]["outcome"] != "", "it is stored before it leaves"
        raise Killed

    if not applied:
        sandbox.fault(kind="reset", match={"method": "PATCH"})
    with suppress(Killed):
        archive(ctx, during=die)
    dead = Entry.objects.get()
    ago = Now() - timedelta(minutes=2)
    Entry.objects.update(outcome=Outcome.PENDING, started_at=ago, lease_until=ago)
    count = len(writes(sandbox))
    written = archive(ctx, "another form id of the tests")
    dead.refresh_from_db()
    assert dead.outcome == (Outcome.DONE if applied else Outcome.REFUSED)
    assert (written.entry is None) == applied
    assert len(writes(sandbox)) == count + (not applied)


def test_write_that_was_given_up_sends_nothing_any_more(
    ctx: ChainContext, sandbox: Sandbox
) -> None:
    def give_up() -> None:
        over(Entry.objects.get())
        audit.mark_abandoned_unknown()

    with pytest.raises(GivenUp):
        archive(ctx, before=give_up)
    assert (Entry.objects.get().outcome, writes(sandbox)) == (Outcome.REFUSED, [])


def test_pending_write_that_sent_nothing_can_be_refused(ctx: ChainContext) -> None:
    entry = taken(ctx)
    assert holding.refuse_unsent(entry, reason="The worker stopped.")
    entry.refresh_from_db()
    assert (entry.outcome, entry.reason) == (Outcome.REFUSED, "The worker stopped.")


@pytest.mark.parametrize(
    "fields",
    [
        {"outcome": Outcome.PENDING, "attempts": [{"outcome": "sent"}]},
        {"outcome": Outcome.DONE},
        {"outcome": Outcome.UNKNOWN},
    ],
)
def test_write_that_may_have_been_sent_is_not_given_up(note: Note, fields: dict[str, str]) -> None:
    entry = note(**fields)
    assert not holding.refuse_unsent(entry, reason="The worker stopped.")
    entry.refresh_from_db()
    assert entry.outcome == fields["outcome"]


# Equal forms


def test_second_of_two_equal_forms_does_not_wait_for_ever(
    note: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = note(outcome=Outcome.PENDING)
    # As long as people wait in earnest would only make the test slow: the wait itself is real.
    monkeypatch.setattr(audit, "DUPLICATE_WAIT_SECONDS", 0.5)
    began = time.monotonic()
    with pytest.raises(AlreadySubmitted) as repeated:
        audit.check_not_submitted(entry.submission)
    assert time.monotonic() - began >= 0.5
    assert (repeated.value.entry.outcome, repeated.value.late) == (Outcome.PENDING, False)


@pytest.mark.django_db(transaction=True)
def test_second_of_two_equal_forms_goes_on_where_the_first_sent_nothing(
    ctx: ChainContext, sandbox: Sandbox
) -> None:
    held, go_on = threading.Event(), threading.Event()

    def refuse() -> None:
        held.set()
        go_on.wait(10)
        raise CannotWrite("not now")

    def first() -> None:
        with pytest.raises(CannotWrite):
            archive(ctx, before=refuse)

    one = started(first)
    held.wait(10)
    results: list[Written[bool]] = []
    two = started(lambda: results.append(archive(ctx)))
    go_on.set()
    one.join(10)
    two.join(10)
    assert [written.entry and written.entry.outcome for written in results] == [Outcome.DONE]
    assert len(writes(sandbox)) == 1


# Reading back


def test_reading_back_that_fails_leaves_an_ended_write_unknown() -> None:
    """Altegio accepted it: what is read later is final."""
    with pytest.raises(OutcomeUnknown) as caught, reading_back():
        raise Unavailable("Bad gateway", status=502, request_id="a1b2")
    assert (caught.value.answered, caught.value.status) == (True, 502)
    assert (caught.value.message, caught.value.request_id) == ("Bad gateway", "a1b2")
