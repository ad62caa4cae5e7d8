"""Several memberships changed by a worker: each once, with a result of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from loyalty_admin.accounts.models import Role, User
from loyalty_admin.audit import holding, settling
from loyalty_admin.audit import services as audit
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.connections import services as connections
from loyalty_admin.connections.models import Connection
from loyalty_admin.jobs import services, tasks
from loyalty_admin.jobs.models import Item, ItemState, Job
from loyalty_admin.memberships import changes, several
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PROFILES
from tests.faults.classes import UNREADABLE
from tests.jobs.common import begun, done, item_of, make_due, posts, put_many, states
from tests.memberships.common import (
    begun_days,
    end_of_day,
    kept,
    moment,
    put,
    status,
    writes,
)
from tests.threads import at_once, started, wait_for

pytestmark = pytest.mark.slow


def post_of(raw: dict[str, Any]) -> dict[str, str]:
    """What a fault matches to meet the change of one membership."""
    return {"method": "POST", "path": f"/{raw['id']}/"}


def first_is_under_way(sandbox: Sandbox) -> Callable[[], bool]:
    return lambda: any(call["status"] is None for call in writes(sandbox))


@pytest.mark.parametrize("profile", PROFILES, indirect=True)
def test_each_is_changed_once_and_stands_in_the_journal(
    profile: str, sandbox: Sandbox, ctx: ChainContext
) -> None:
    raws = put_many(sandbox, 4)
    job = done(begun(ctx, raws, note="Closed for a week"))
    assert states(job) == ["done"] * 4
    assert posts(sandbox) == {raw["id"]: [True] for raw in raws}
    for raw in raws:
        assert kept(sandbox, raw)["expiration_date"] == moment(107)
        entry = item_of(job, raw).entry
        assert entry is not None and Entry.objects.get(object_id=raw["id"]) == entry
        assert (entry.outcome, entry.person, entry.note) == (
            Outcome.DONE,
            ctx.person,
            "Closed for a week",
        )
        assert (entry.object_title, entry.connection) == (raw["number"], ctx.connection)


@pytest.mark.django_db(transaction=True)
def test_intent_stands_in_the_journal_before_its_call(sandbox: Sandbox, ctx: ChainContext) -> None:
    raws = put_many(sandbox, 2)
    job = begun(ctx, raws)
    sandbox.fault(kind="latency", seconds=0.8, match=post_of(raws[0]))
    worker = started(lambda: tasks.work_on(job.pk))
    wait_for(first_is_under_way(sandbox))
    entry = Entry.objects.get()
    assert (entry.object_id, entry.outcome) == (raws[0]["id"], Outcome.PENDING)
    assert [attempt["outcome"] for attempt in entry.attempts] == ["sent"]
    counts = services.counts(job)
    assert (counts["running"], counts["waiting"], counts["done"]) == (1, 1, 0)
    worker.join(30)
    assert services.counts(job)["done"] == 2


def test_progress_counts_the_items_by_how_they_ended(sandbox: Sandbox, ctx: ChainContext) -> None:
    raws = put_many(sandbox, 5)
    job = begun(ctx, raws)
    assert services.counts(job) == dict.fromkeys(ItemState.values, 0) | {"waiting": 5, "all": 5}
    sandbox.fault(kind="success_false", message="No, later", match=post_of(raws[1]))
    done(job)
    assert services.counts(job) == dict.fromkeys(ItemState.values, 0) | {
        "done": 4,
        "refused": 1,
        "all": 5,
    }


def test_membership_that_changed_since_the_preview_is_left_alone(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    raws = put_many(sandbox, 2)
    job = begun(ctx, raws)
    sandbox.alter_membership(ctx.id, raws[0]["id"], freeze_period=2, expiration_date=moment(102))
    done(job)
    assert states(job) == ["refused", "done"]
    assert raws[0]["id"] not in posts(sandbox)
    assert item_of(job, raws[0]).reason
    assert not Entry.objects.filter(object_id=raws[0]["id"]).exists()


def test_visit_since_the_preview_is_no_reason_to_leave_it_alone(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    (raw,) = put_many(sandbox, 1)
    job = begun(ctx, [raw])
    sandbox.use_membership(ctx.id, raw["id"], timezone.now())
    assert states(done(job)) == ["done"]
    assert posts(sandbox) == {raw["id"]: [True]}


def test_visit_that_activates_it_since_the_preview_is_one(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    issued: dict[str, Any] = {
        "status": status("created"),
        "activated_date": None,
        "expiration_date": None,
    }
    raw = put(sandbox, period=30, period_unit_id=1, **issued)
    job = begun(ctx, [raw])
    sandbox.use_membership(ctx.id, raw["id"], timezone.now())
    assert states(done(job)) == ["refused"]
    assert posts(sandbox) == {}


def test_membership_that_is_gone_is_not_done(sandbox: Sandbox, ctx: ChainContext) -> None:
    raws = put_many(sandbox, 2)
    job = begun(ctx, raws)
    del sandbox.state.chains[ctx.id].abonements[raws[0]["id"]]
    assert states(done(job)) == ["refused", "done"]
    assert item_of(job, raws[0]).reason
    assert {*posts(sandbox)} == {raws[1]["id"]}


def test_refusal_of_one_is_told_and_stops_no_other(sandbox: Sandbox, ctx: ChainContext) -> None:
    raws = put_many(sandbox, 3)
    job = begun(ctx, raws)
    sandbox.fault(kind="success_false", message="No, <b>later</b>", match=post_of(raws[1]))
    done(job)
    assert states(job) == ["done", "refused", "done"]
    refused = item_of(job, raws[1])
    assert "No, <b>later</b>" in refused.reason
    assert refused.entry is not None and refused.entry.outcome == Outcome.REFUSED
    assert posts(sandbox)[raws[1]["id"]] == [False]


@pytest.mark.slow
def test_while_altegio_is_down_nothing_is_sent_and_it_is_said(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    raws = put_many(sandbox, 2)
    job = begun(ctx, raws)
    sandbox.fault(**UNREADABLE.fault, times=None, match={"method": "GET"})
    done(job)
    assert states(job) == ["refused", "refused"]
    assert all(item.reason for item in job.items.all())
    assert posts(sandbox) == {} and not Entry.objects.exists()
    sandbox.clear_faults()
    assert services.retry(ctx, job) == 2
    assert states(done(job)) == ["done", "done"]
    assert posts(sandbox) == {raw["id"]: [True] for raw in raws}


def test_with_a_token_that_is_refused_nothing_is_sent(sandbox: Sandbox, ctx: ChainContext) -> None:
    raws = put_many(sandbox, 3)
    job = begun(ctx, raws)
    sandbox.revoke_tokens()
    before = len(sandbox.calls())
    assert states(done(job)) == ["refused"] * 3
    assert posts(sandbox) == {}
    # The first one shows it; after that nobody asks with a token that is no good.
    assert len(sandbox.calls()) == before + 1
    assert all(item.reason for item in job.items.all())
    assert Connection.objects.get(pk=ctx.connection.pk).needs_sign_in


@pytest.mark.slow
def test_where_there_are_too_many_requests_the_job_waits_instead_of_giving_up(
    sandbox: Sandbox, ctx: ChainContext, settings: Any
) -> None:
    raws = put_many(sandbox, 3)
    job = begun(ctx, raws)
    settings.ALTEGIO_TIMEOUT = 0.5
    sandbox.fault(kind="status", status=429, headers={"Retry-After": "1"}, times=2)
    assert states(done(job)) == ["done"] * 3
    assert posts(sandbox) == {raw["id"]: [True] for raw in raws}


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_job_that_waits_can_be_cancelled(
    sandbox: Sandbox, ctx: ChainContext, settings: Any
) -> None:
    job = begun(ctx, put_many(sandbox, 2))
    settings.ALTEGIO_TIMEOUT = 0.5
    sandbox.fault(kind="status", status=429, headers={"Retry-After": "1"}, times=None)
    calls = len(sandbox.calls())
    worker = started(lambda: tasks.work_on(job.pk))
    wait_for(lambda: len(sandbox.calls()) > calls)
    services.cancel(job)
    worker.join(30)
    done(job)
    assert states(job) == ["cancelled", "cancelled"]
    assert posts(sandbox) == {}


def deactivate(person: User, connection: Connection) -> None:
    person.is_active = False
    person.save()


def make_viewer(person: User, connection: Connection) -> None:
    person.role = Role.VIEWER
    person.save()


def remove_connection(person: User, connection: Connection) -> None:
    connections.remove(connection=connection, person=person)


def delete_person(person: User, connection: Connection) -> None:
    User.objects.filter(pk=person.pk).delete()


LOSSES = [deactivate, make_viewer, remove_connection, delete_person]
Loss = Callable[[User, Connection], None]


@pytest.mark.parametrize("lose", LOSSES)
def test_nothing_is_sent_for_a_person_or_account_that_went_meanwhile(
    lose: Loss, sandbox: Sandbox, ctx: ChainContext
) -> None:
    job = begun(ctx, put_many(sandbox, 2))
    lose(ctx.person, ctx.connection)
    before = len(sandbox.calls())
    assert states(done(job)) == ["refused", "refused"]
    assert len(sandbox.calls()) == before
    assert all(item.reason for item in job.items.all())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "lose",
    [deactivate, *(pytest.param(lose, marks=pytest.mark.long) for lose in LOSSES[1:3])],
)
@pytest.mark.slow
def test_who_goes_in_the_middle_of_a_run_ends_it(
    lose: Loss, sandbox: Sandbox, ctx: ChainContext
) -> None:
    raws = put_many(sandbox, 3)
    job = begun(ctx, raws)
    sandbox.fault(kind="latency", seconds=0.8, match=post_of(raws[0]))
    worker = started(lambda: tasks.work_on(job.pk))
    wait_for(first_is_under_way(sandbox))
    lose(ctx.person, ctx.connection)
    worker.join(30)
    assert posts(sandbox) == {raws[0]["id"]: [True]}
    assert states(job)[1:] == ["refused", "refused"]


def test_account_that_works_in_place_of_another_is_not_used(
    sandbox: Sandbox, ctx: ChainContext, manager: User
) -> None:
    job = begun(ctx, put_many(sandbox, 1))
    connections.connect(person=manager, login=sandbox.assistant, password=sandbox.password)
    connections.remove(connection=ctx.connection, person=manager)
    assert states(done(job)) == ["refused"]
    assert posts(sandbox) == {}


# Outcomes that are not known


def test_answer_that_was_lost_is_settled_by_reading(sandbox: Sandbox, ctx: ChainContext) -> None:
    raws = put_many(sandbox, 2)
    job = begun(ctx, raws)
    sandbox.fault(kind="reset_after", match=post_of(raws[0]))
    assert states(done(job)) == ["done", "done"]
    assert posts(sandbox) == {raw["id"]: [True] for raw in raws}


def unknown_job(sandbox: Sandbox, ctx: ChainContext, *, applied: bool) -> Job:
    """Of two: what became of the first one's request could not be found out."""
    raws = put_many(sandbox, 2)
    job = begun(ctx, raws)
    kind = "reset_after" if applied else "reset"
    sandbox.fault(kind=kind, match=post_of(raws[0]))
    # The read before it succeeds, those after it do not.
    match = {"method": "GET", "path": "abonements"}
    sandbox.fault(kind="null_data", times=1, after=1, match=match)
    done(job)
    sandbox.clear_faults()
    return job


@pytest.mark.parametrize(("applied", "state"), [(True, "done"), (False, "refused")])
def test_what_is_not_known_is_never_sent_again_and_follows_its_settling(
    applied: bool, state: str, sandbox: Sandbox, ctx: ChainContext
) -> None:
    job = unknown_job(sandbox, ctx, applied=applied)
    assert states(job) == ["unknown", "done"]
    first = job.items.all()[0]
    assert services.retry(ctx, job) == 0
    assert posts(sandbox)[first.object_id] == [applied]
    make_due(job)
    assert first.entry is not None
    first.entry.refresh_from_db()
    settling.settle(first.entry, ctx)
    assert services.retry(ctx, job) == (0 if applied else 1)
    if not applied:
        done(job)
    assert states(job) == ["done", "done"]
    assert posts(sandbox)[first.object_id] == ([True] if applied else [False, True])


def left_behind(job: Job, item: Item) -> None:
    """As a worker leaves a job that dies in the middle of this item."""
    Item.objects.filter(pk=item.pk).update(state=ItemState.RUNNING, entry=None)
    Job.objects.filter(pk=job.pk).update(holder="dead", finished_at=None)
    make_due(job)


def test_worker_that_died_before_it_sent_anything_leaves_it_to_the_next(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    (raw,) = put_many(sandbox, 1)
    job = begun(ctx, [raw])
    item = item_of(job, raw)
    action = item.asked["action"]
    dead = holding.take(
        ctx,
        submission=audit.submission_of(
            ctx, form_id=several._form_id(item), action=action, object_id=raw["id"]
        ),
        action=action,
        object_id=raw["id"],
        origin=None,
        note="",
    )
    left_behind(job, item)
    assert states(done(job)) == ["done"]
    assert posts(sandbox) == {raw["id"]: [True]}
    dead.refresh_from_db()
    assert (dead.outcome, dead.attempts) == (Outcome.REFUSED, [])
    assert dead.reason
    assert Entry.objects.count() == 2


def test_worker_that_died_after_it_wrote_the_outcome_down_is_believed(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    (raw,) = put_many(sandbox, 1)
    job = done(begun(ctx, [raw]))
    left_behind(job, item_of(job, raw))
    assert states(done(job)) == ["done"]
    assert posts(sandbox) == {raw["id"]: [True]}
    assert item_of(job, raw).entry == Entry.objects.get()


def test_what_a_dead_worker_may_have_sent_is_not_called_unsent(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    raws = put_many(sandbox, 2)
    job = begun(ctx, raws)
    left_behind(job, item_of(job, raws[0]))
    deactivate(ctx.person, ctx.connection)
    assert states(done(job)) == ["unknown", "refused"]
    assert item_of(job, raws[0]).reason not in ("", item_of(job, raws[1]).reason)


# Once more, and not any more


def test_retry_does_the_failed_and_cancelled_ones_only(sandbox: Sandbox, ctx: ChainContext) -> None:
    raws = put_many(sandbox, 4)
    job = begun(ctx, raws)
    sandbox.fault(kind="success_false", match=post_of(raws[1]))
    job.items.filter(object_id=raws[3]["id"]).update(state=ItemState.CANCELLED)
    assert states(done(job)) == ["done", "refused", "done", "cancelled"]
    assert services.retry(ctx, job) == 2
    assert item_of(job, raws[1]).reason == ""
    assert states(done(job)) == ["done"] * 4
    once, twice = [True], [False, True]
    assert list(posts(sandbox).values()) == [once, twice, once, once]
    assert Entry.objects.filter(object_id=raws[1]["id"]).count() == 2
    assert services.retry(ctx, job) == 0
    job.refresh_from_db()
    assert job.finished_at is not None


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_cancelling_stops_what_is_not_begun_and_lets_the_rest_end(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    raws = put_many(sandbox, 4)
    job = begun(ctx, raws)
    sandbox.fault(kind="latency", seconds=0.8, match=post_of(raws[1]))
    worker = started(lambda: tasks.work_on(job.pk))
    wait_for(first_is_under_way(sandbox))
    services.cancel(job)
    worker.join(30)
    assert states(job) == ["done", "done", "cancelled", "cancelled"]
    assert posts(sandbox) == {raw["id"]: [True] for raw in raws[:2]}
    job.refresh_from_db()
    assert job.finished_at is not None and job.cancelled_at is not None
    assert services.retry(ctx, job) == 2
    assert states(done(job)) == ["done"] * 4
    assert job.cancelled_at is None


# Several workers


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_do_nothing_twice(sandbox: Sandbox, ctx: ChainContext) -> None:
    raws = put_many(sandbox, 8)
    job = begun(ctx, raws)
    at_once([lambda: tasks.work_on(job.pk)] * 3)
    done(job)
    assert states(job) == ["done"] * 8
    assert posts(sandbox) == {raw["id"]: [True] for raw in raws}
    assert Entry.objects.count() == 8


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_worker_that_was_believed_dead_and_is_not_doubles_nothing(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    raws = put_many(sandbox, 4)
    job = begun(ctx, raws)
    sandbox.fault(kind="latency", seconds=1.0, match=post_of(raws[0]))
    slow = started(lambda: tasks.work_on(job.pk))
    wait_for(first_is_under_way(sandbox))
    Job.objects.update(lease_until=F("started_at"))
    assert tasks.requeue_due() == 1
    tasks.work_on(job.pk)
    slow.join(30)
    done(job)
    assert posts(sandbox) == {raw["id"]: [True] for raw in raws}
    assert Entry.objects.filter(outcome=Outcome.DONE).count() == Entry.objects.count() == 4
    services.note_settled(job)
    assert states(job) == ["done"] * 4


def test_frozen_and_unfrozen_in_one_go(sandbox: Sandbox, ctx: ChainContext) -> None:
    raws = put_many(sandbox, 3)
    until = end_of_day(4)
    later = moment(100 + begun_days(until))
    job = done(begun(ctx, raws, several.same_for_all(changes.Freeze(until))))
    assert states(job) == ["done"] * 3
    for raw in raws:
        now = kept(sandbox, raw)
        assert now["is_frozen"] and now["expiration_date"] == later
    job = done(begun(ctx, raws, several.same_for_all(changes.Unfreeze())))
    assert states(job) == ["done"] * 3
    for raw in raws:
        now = kept(sandbox, raw)
        assert not now["is_frozen"] and now["expiration_date"] == later


@pytest.mark.slow
def test_long_job_is_worked_off_in_slices(
    sandbox: Sandbox, ctx: ChainContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "SLICE", timedelta(seconds=0.5))
    raws = put_many(sandbox, 12)
    job = begun(ctx, raws)
    sandbox.latency = 0.05
    try:
        tasks.work_on(job.pk)
        job.refresh_from_db()
        counts = services.counts(job)
        assert 0 < counts["done"] < 12 and counts["running"] == 0
        assert (job.finished_at, job.holder) == (None, "")
    finally:
        sandbox.latency = 0.0
    done(job)
    assert posts(sandbox) == {raw["id"]: [True] for raw in raws}


@pytest.mark.django_db(transaction=True)
def test_job_waits_for_a_person_who_changes_the_same_membership(
    sandbox: Sandbox, ctx: ChainContext, settings: Any
) -> None:
    (raw,) = put_many(sandbox, 1)
    job = begun(ctx, [raw])
    settings.ALTEGIO_TIMEOUT = 1.0
    holder = holding.take(
        ctx,
        submission="a person's",
        action="membership.frozen",
        object_id=raw["id"],
        origin=None,
        note="",
    )
    working = started(lambda: done(job))
    wait_for(lambda: Entry.objects.get(pk=holder.pk).waiting == 1)
    wait_for(lambda: Entry.objects.get(pk=holder.pk).waiting == 0)  # it gave up for this time
    assert posts(sandbox) == {}
    holding.let_go(holder)
    working.join(30)
    assert states(job) == ["done"]
    assert posts(sandbox) == {raw["id"]: [True]}
