"""Jobs: begun once, held by one worker, taken over when that is gone, cancelled, tried again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from loyalty_admin.accounts.models import User
from loyalty_admin.altegio.errors import Refused
from loyalty_admin.audit.errors import CannotWrite
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.jobs import kinds, services, tasks
from loyalty_admin.jobs.models import Item, ItemState, Job
from loyalty_admin.sandbox.server import Sandbox
from tests.jobs.common import begun, done, make_due, put_many, states
from tests.memberships.common import writes
from tests.threads import at_once, started, wait_for

pytestmark = pytest.mark.sqlite

Run = Callable[[ChainContext, Item], Any]


def queued() -> int:
    return DBTaskResult.objects.ready().count()


def job_of(ctx: ChainContext, count: int = 2, *, kind: str = "nothing", name: str = "one") -> Job:
    """A job of objects that are at no Altegio."""
    items: list[tuple[int, str, dict[str, Any]]] = [
        (number, f"No. {number}", {}) for number in range(count)
    ]
    return services.start(ctx, submission=name, kind=kind, title="Nothing", items=items)


@pytest.fixture
def kind() -> Iterator[Callable[[Run], None]]:
    """Registers what is done to the items of the kind "nothing"."""

    def register(run: Run) -> None:
        def step(ctx: ChainContext, item: Item) -> kinds.Step:
            run(ctx, item)
            return kinds.Step()

        kinds.register(kinds.JobKind(name="nothing", run=step))

    register(lambda ctx, item: None)
    yield register
    del kinds._kinds["nothing"]


# Beginning


def test_job_is_queued_once_with_all_its_items(ctx: ChainContext) -> None:
    job = job_of(ctx, 3)
    assert queued() == 1
    assert states(job) == ["waiting"] * 3
    assert (job.person, job.connection, job.chain_id) == (ctx.person, ctx.connection, ctx.id)


def test_same_submission_begins_one_job(ctx: ChainContext) -> None:
    first, second = job_of(ctx), job_of(ctx, 5)
    assert first == second
    assert second.items.count() == 2 and queued() == 1
    assert job_of(ctx, name="other") != first


def test_long_titles_are_cut(ctx: ChainContext, kind: object) -> None:
    job = services.start(
        ctx, submission="s", kind="nothing", title="x" * 900, items=[(1, "y" * 900, {})]
    )
    assert (len(job.title), len(job.items.get().title)) == (300, 500)


def test_jobs_of_another_chain_or_address_are_not_the_chains(ctx: ChainContext) -> None:
    job, other, elsewhere = (job_of(ctx, name=name) for name in "abc")
    Job.objects.filter(pk=other.pk).update(chain_id=999)
    Job.objects.filter(pk=elsewhere.pk).update(api_url="https://elsewhere.example")
    assert list(services.jobs_of(ctx)) == [job]


# Working


def test_items_are_done_in_order_and_the_job_ends(
    ctx: ChainContext, kind: Callable[[Run], None]
) -> None:
    seen: list[int] = []
    kind(lambda ctx, item: seen.append(item.object_id))
    job = done(job_of(ctx, 5))
    assert seen == [0, 1, 2, 3, 4]
    assert states(job) == ["done"] * 5
    assert (job.holder, queued()) == ("", 1)  # the task that nobody took: it finds nothing to do
    tasks.work_on(job.pk)
    assert len(seen) == 5


def test_items_act_for_whoever_began_it_and_leave_a_part_of_the_limit(
    ctx: ChainContext, kind: Callable[[Run], None]
) -> None:
    seen: list[ChainContext] = []
    kind(lambda ctx, item: seen.append(ctx))
    done(job_of(ctx, 1))
    assert (seen[0].person, seen[0].connection, seen[0].id) == (ctx.person, ctx.connection, ctx.id)
    assert seen[0].is_job


def test_what_goes_wrong_with_one_is_told_and_stops_no_other(
    ctx: ChainContext, kind: Callable[[Run], None]
) -> None:
    """Of an error of ours nothing is told but that there was one."""
    errors = [CannotWrite("It cannot be."), Refused("No, later"), ZeroDivisionError("x/0")]

    def run(ctx: ChainContext, item: Item) -> None:
        if item.object_id < len(errors):
            raise errors[item.object_id]

    kind(run)
    job = done(job_of(ctx, 4))
    assert states(job) == ["refused", "refused", "refused", "done"]
    cannot, refused, failed, fine = (item.reason for item in job.items.all())
    assert cannot == "It cannot be."
    assert "No, later" in refused
    assert failed and "x/0" not in failed
    assert fine == ""


def test_kind_that_is_not_known_does_nothing(ctx: ChainContext) -> None:
    job = done(job_of(ctx, 2, kind="of a newer version"))
    assert states(job) == ["refused"] * 2


def test_job_that_is_gone_is_no_error(db: None) -> None:
    tasks.work_on(404)


# Leases


def test_lease_lasts_longer_than_any_item(settings: Any) -> None:
    for timeout in (1.0, 15.0, 60.0):
        settings.ALTEGIO_TIMEOUT = timeout
        assert tasks.lease() >= timedelta(seconds=max(90, 12 * timeout))


@pytest.mark.django_db(transaction=True)
def test_job_that_a_living_worker_holds_is_not_taken_over(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    job = begun(ctx, put_many(sandbox, 2))
    sandbox.fault(kind="latency", seconds=0.8, match={"method": "POST"})
    worker = started(lambda: tasks.work_on(job.pk))
    wait_for(lambda: any(call["status"] is None for call in writes(sandbox)))
    holder = Job.objects.get().holder
    assert holder
    assert tasks.requeue_due() == 0
    tasks.work_on(job.pk)
    job.refresh_from_db()
    assert job.holder == holder
    assert states(job) == ["running", "waiting"]
    worker.join(30)
    assert states(job) == ["done", "done"]


def test_lease_is_renewed_with_each_item(ctx: ChainContext, kind: Callable[[Run], None]) -> None:
    left: list[timedelta] = []

    def run(ctx: ChainContext, item: Item) -> None:
        left.append(Job.objects.get().lease_until - timezone.now())
        Job.objects.update(lease_until=timezone.now() + timedelta(seconds=5))

    kind(run)
    done(job_of(ctx, 3))
    assert all(each > tasks.lease() - timedelta(seconds=5) for each in left)


def test_who_lost_the_job_does_no_more_of_it(
    ctx: ChainContext, kind: Callable[[Run], None]
) -> None:
    def run(ctx: ChainContext, item: Item) -> None:
        Job.objects.update(holder="another")

    kind(run)
    job = job_of(ctx, 3)
    tasks.work_on(job.pk)
    # What became of the first is for the other to find out.
    assert states(job) == ["running", "waiting", "waiting"]
    job.refresh_from_db()
    assert (job.holder, job.finished_at) == ("another", None)


def test_task_that_never_began_is_queued_again_when_its_lease_is_due(
    ctx: ChainContext, kind: object
) -> None:
    job = job_of(ctx)
    DBTaskResult.objects.all().delete()
    assert (tasks.requeue_due(), queued()) == (0, 0)
    make_due(job)
    assert (tasks.requeue_due(), queued()) == (1, 1)
    # The new one has a lease of its own.
    assert (tasks.requeue_due(), queued()) == (0, 1)
    assert states(done(job)) == ["done", "done"]


@pytest.mark.django_db(transaction=True)
def test_two_that_look_at_once_queue_it_once(ctx: ChainContext) -> None:
    job = job_of(ctx)
    DBTaskResult.objects.all().delete()
    make_due(job)
    assert sorted(at_once([tasks.requeue_due] * 3)) == [0, 0, 1]
    assert queued() == 1


def test_job_of_a_dead_worker_is_taken_over_without_waiting_for_the_queue(
    ctx: ChainContext, kind: object
) -> None:
    job = job_of(ctx)
    Job.objects.update(holder="dead")
    tasks.work_on(job.pk)
    assert states(job) == ["waiting", "waiting"]
    make_due(job)
    assert states(done(job)) == ["done", "done"]


def test_job_that_is_over_is_not_queued_again(ctx: ChainContext, kind: object) -> None:
    job = done(job_of(ctx))
    make_due(job)
    assert tasks.requeue_due() == 0


# Cancelling and trying again


def test_cancelled_job_ends_when_a_worker_comes(ctx: ChainContext, kind: object) -> None:
    job = job_of(ctx)
    services.cancel(job)
    assert states(job) == ["cancelled", "cancelled"]
    job.refresh_from_db()
    assert job.cancelled_at is not None and job.finished_at is None
    assert done(job).finished_at is not None
    assert states(job) == ["cancelled", "cancelled"]


def test_job_that_is_over_cannot_be_cancelled(ctx: ChainContext, kind: object) -> None:
    job = done(job_of(ctx))
    assert not services.cancel(job)
    job.refresh_from_db()
    assert job.cancelled_at is None
    assert states(job) == ["done", "done"]


def test_trying_again_twice_tries_once(ctx: ChainContext, kind: Callable[[Run], None]) -> None:
    seen: list[int] = []

    def run(ctx: ChainContext, item: Item) -> None:
        seen.append(item.object_id)
        if len(seen) == 1:
            raise CannotWrite("Not now.")

    kind(run)
    job = done(job_of(ctx, 2))
    assert states(job) == ["refused", "done"]
    assert services.retry(ctx, job) == 1
    assert services.retry(ctx, job) == 0
    assert job.items.get(object_id=0).tries == 2
    assert states(done(job)) == ["done", "done"]
    assert seen == [0, 1, 0]


def test_trying_again_where_all_is_done_begins_nothing(ctx: ChainContext, kind: object) -> None:
    job = done(job_of(ctx))
    before = queued()
    assert services.retry(ctx, job) == 0
    job.refresh_from_db()
    assert job.finished_at is not None and queued() == before


# In parts


def test_item_that_has_more_to_do_goes_on_where_it_was(
    ctx: ChainContext, kind: Callable[[Run], None]
) -> None:
    def part(ctx: ChainContext, item: Item) -> kinds.Step:
        item.found = {"parts": item.found.get("parts", 0) + 1}
        item.save(update_fields=["found"])
        return kinds.Step(ItemState.WAITING if item.found["parts"] < 3 else ItemState.DONE)

    kinds.register(kinds.JobKind(name="nothing", run=part))
    job = done(job_of(ctx, 2))
    assert states(job) == ["done", "done"]
    assert [item.found for item in job.items.all()] == [{"parts": 3}] * 2


def test_item_in_parts_can_be_cancelled_between_them(
    ctx: ChainContext, kind: Callable[[Run], None]
) -> None:
    def part(ctx: ChainContext, item: Item) -> kinds.Step:
        services.cancel(item.job)
        return kinds.Step(ItemState.WAITING)

    kinds.register(kinds.JobKind(name="nothing", run=part))
    assert states(done(job_of(ctx, 2))) == ["cancelled", "cancelled"]


def test_private_job_is_shown_to_nobody_else_and_forgotten_a_day_after(
    ctx: ChainContext, kind: object, viewer: User
) -> None:
    job = services.start(
        ctx, submission="s", kind="nothing", title="x", items=[(1, "y", {})], is_private=True
    )
    assert list(services.jobs_of(ctx)) == [job]
    assert not services.jobs_of(replace(ctx, person=viewer)).exists()
    done(job)
    tasks.clear_old()
    assert Job.objects.exists()
    Job.objects.update(finished_at=timezone.now() - timedelta(days=1, minutes=1))
    tasks.clear_old()
    assert not Job.objects.exists()
