"""A job that Altegio wants to rest: laid aside until then, and gone on with at once by a button."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from loyalty_admin.chains.services import ChainContext
from loyalty_admin.jobs import services, tasks
from loyalty_admin.jobs.models import Job
from loyalty_admin.sandbox.server import Sandbox
from tests.faults.classes import BUSY
from tests.jobs.common import JOBS, at, begun, done, item_of, posts, put_many, states
from tests.pages import page_of

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)


@pytest.fixture
def paused(sandbox: Sandbox, ctx: ChainContext) -> Job:
    """A job of three, none of which could be read."""
    job = begun(ctx, put_many(sandbox, 3))
    be_busy(sandbox, "GET", times=None)
    DBTaskResult.objects.all().delete()  # the task that is worked off now
    tasks.work_on(job.pk)
    sandbox.clear_faults()
    job.refresh_from_db()
    return job


def be_busy(sandbox: Sandbox, method: str, times: int | None) -> None:
    """Altegio takes no such requests any more, for a day."""
    sandbox.fault(**BUSY.fault, times=times, match={"method": method})


def test_nothing_is_asked_before_the_time_that_altegio_named(sandbox: Sandbox, paused: Job) -> None:
    assert states(paused) == ["waiting"] * 3
    assert paused.paused_until is not None
    left = paused.paused_until - timezone.now()
    assert DAY - timedelta(minutes=5) < left <= DAY
    (queued,) = DBTaskResult.objects.all()
    assert queued.run_after == paused.paused_until
    before = len(sandbox.calls())
    tasks.work_on(paused.pk)
    assert tasks.requeue_due() == 0
    assert len(sandbox.calls()) == before
    assert states(paused) == ["waiting"] * 3


def test_it_goes_on_by_itself_when_that_time_has_come(sandbox: Sandbox, paused: Job) -> None:
    Job.objects.update(paused_until=timezone.now())
    assert states(done(paused)) == ["done"] * 3
    assert paused.paused_until is None
    assert list(posts(sandbox).values()) == [[True]] * 3


def test_task_that_was_lost_meanwhile_is_queued_again(sandbox: Sandbox, paused: Job) -> None:
    DBTaskResult.objects.all().delete()
    long_ago = timezone.now() - timedelta(minutes=5)
    Job.objects.update(paused_until=long_ago, lease_until=long_ago)
    assert tasks.requeue_due() == 1
    assert states(done(paused)) == ["done"] * 3


def test_page_says_until_when_and_offers_to_go_on(
    sandbox: Sandbox, paused: Job, edith: Client
) -> None:
    Job.objects.update(started_at=timezone.now() - timedelta(minutes=5))
    page = page_of(edith, at(paused))
    assert page.one(id="job-progress").node.css(".notice.warn")
    assert not page.one(id="job-progress").node.css("p.muted")  # nobody is asked for the worker
    assert page_of(edith, JOBS).all("span", text="paused")
    form = page.form("/go-on/")
    assert edith.post(form.attrs["action"], form.data())["Location"] == at(paused)
    assert DBTaskResult.objects.ready().count() == 1
    assert states(done(paused)) == ["done"] * 3
    assert list(posts(sandbox).values()) == [[True]] * 3


def test_going_on_twice_is_going_on_once(paused: Job, edith: Client) -> None:
    for times in range(2):
        answer = edith.post(at(paused, "go-on"))
        notices = page_of(edith, answer["Location"]).all("div", class_="notice warn", role="status")
        assert len(notices) == times  # the second time there is nothing to go on with
    assert DBTaskResult.objects.ready().count() == 1


def test_viewer_sees_that_it_is_paused_and_cannot_go_on(paused: Job, vera: Client) -> None:
    page = page_of(vera, at(paused))
    assert page.one(id="job-progress").node.css(".notice.warn")
    assert not page.all("button", id="go-on")
    assert vera.post(at(paused, "go-on")).status_code == 403
    paused.refresh_from_db()
    assert paused.paused_until is not None


def test_cancelled_it_ends_at_once(sandbox: Sandbox, paused: Job, edith: Client) -> None:
    edith.post(at(paused, "cancel"))
    assert DBTaskResult.objects.ready().count() == 1
    assert states(done(paused)) == ["cancelled"] * 3
    assert posts(sandbox) == {}


def test_write_that_altegio_was_too_busy_for_pauses_the_others_and_can_be_tried_again(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    raws = put_many(sandbox, 3)
    job = begun(ctx, raws)
    be_busy(sandbox, "POST", times=1)
    tasks.work_on(job.pk)
    job.refresh_from_db()
    assert states(job) == ["refused", "waiting", "waiting"]
    assert "24 hours" in item_of(job, raws[0]).reason
    assert job.paused_until is not None
    assert posts(sandbox) == {raws[0]["id"]: [False]}
    assert services.go_on(job)
    assert states(done(job)) == ["refused", "done", "done"]
    assert services.retry(ctx, job) == 1
    assert states(done(job)) == ["done"] * 3
    first, *others = raws
    assert posts(sandbox) == {first["id"]: [False, True]} | {raw["id"]: [True] for raw in others}
