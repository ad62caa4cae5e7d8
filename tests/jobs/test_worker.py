"""`manage.py worker`, really run: it takes over what is due, and ends when it is told to."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection as database
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from loyalty_admin.accounts.models import Invitation, Session, User
from loyalty_admin.accounts.services import invite_person
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.jobs import tasks
from loyalty_admin.jobs.models import Job
from loyalty_admin.sandbox.server import Sandbox
from tests.jobs.common import begun, make_due, posts, put_many, states
from tests.jobs.conftest import StartWorker
from tests.jobs.workers import ROOT, Worker
from tests.memberships.common import writes
from tests.threads import wait_for


def is_finished(job: Job) -> Callable[[], bool]:
    def said() -> bool:
        job.refresh_from_db()
        return job.finished_at is not None

    return said


def is_up(worker: Worker) -> Callable[[], bool]:
    return lambda: "Starting worker" in worker.text()


@pytest.mark.slow
def test_worker_does_what_is_queued_and_ends_when_told_to(
    start_worker: StartWorker, sandbox: Sandbox, ctx: ChainContext
) -> None:
    worker = start_worker()
    raws = put_many(sandbox, 2)
    job = begun(ctx, raws)
    wait_for(is_finished(job), 30)
    assert states(job) == ["done", "done"]
    assert DBTaskResult.objects.successful().count() == 1
    assert worker.end(signal.SIGTERM) == 0, worker.text()
    assert "Traceback" not in worker.text()


@pytest.mark.slow
def test_worker_clears_sessions_and_links_away_that_ran_out(
    start_worker: StartWorker, sign_in: Callable[[User], Client], editor: User, manager: User
) -> None:
    _idle, _old, here = sign_in(editor), sign_in(editor), sign_in(editor)
    idle, old, live = Session.objects.order_by("pk")
    ago = timezone.now() - timedelta(days=1)
    Session.objects.filter(pk=idle.pk).update(last_seen=ago)
    Session.objects.filter(pk=old.pk).update(since=ago)
    abandoned = Client().session  # before a sign-in that never came
    assert Session.objects.filter(person=None).update(expire_date=ago) == 1
    assert abandoned.session_key and Session.objects.count() == 4
    invite_person(actor=manager, email="nina@example.com", role="viewer")
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=31))
    start_worker()
    wait_for(lambda: Session.objects.count() == 1, 30)
    wait_for(lambda: not Invitation.objects.exists(), 30)
    assert list(Session.objects.all()) == [live]
    assert here.get("/account/").status_code == 200


@pytest.mark.slow
@pytest.mark.sqlite
def test_worker_takes_over_what_is_due_and_nothing_else(
    start_worker: StartWorker, sandbox: Sandbox, ctx: ChainContext
) -> None:
    due, held = begun(ctx, put_many(sandbox, 2)), begun(ctx, put_many(sandbox, 1))
    DBTaskResult.objects.all().delete()  # as when the worker died that had taken them
    Job.objects.update(holder="dead")
    make_due(due)
    start_worker()
    wait_for(is_finished(due), 30)
    assert states(due) == ["done", "done"]
    assert states(held) == ["waiting"]


@pytest.mark.slow
def test_worker_that_is_told_to_end_ends_after_what_it_is_doing(
    start_worker: StartWorker, sandbox: Sandbox, ctx: ChainContext
) -> None:
    worker = start_worker()
    raws = put_many(sandbox, 2)
    job = begun(ctx, raws)
    sandbox.fault(kind="latency", seconds=1.0, times=2, match={"method": "POST"})
    wait_for(lambda: any(call["status"] is None for call in writes(sandbox)), 30)
    assert worker.end(signal.SIGTERM) == 0, worker.text()
    # Nothing is left in the middle: each is done, or not begun.
    assert set(states(job)) <= {"done", "waiting"}
    assert all(tries == [True] for tries in posts(sandbox).values())


@pytest.mark.slow
@pytest.mark.sqlite
def test_jobs_of_two_workers_are_each_done_once(
    start_worker: StartWorker, sandbox: Sandbox, ctx: ChainContext
) -> None:
    sandbox.latency = 0.02
    try:
        workers = [start_worker(), start_worker()]
        for worker in workers:
            wait_for(is_up(worker), 30)
        raws = put_many(sandbox, 24)
        jobs = [begun(ctx, raws[place : place + 6]) for place in range(0, 24, 6)]
        for job in jobs:
            tasks.work.enqueue(job.pk)  # each twice, for both to come upon it
        for job in jobs:
            wait_for(is_finished(job), 60)
    finally:
        sandbox.latency = 0.0
    assert posts(sandbox) == {raw["id"]: [True] for raw in raws}
    assert {state for job in jobs for state in states(job)} == {"done"}


@pytest.mark.slow
def test_worker_outlives_trouble_of_the_database(
    start_worker: StartWorker, sandbox: Sandbox, ctx: ChainContext
) -> None:
    table = Job._meta.db_table
    job = begun(ctx, put_many(sandbox, 1))
    DBTaskResult.objects.all().delete()
    make_due(job)
    with database.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
    try:
        worker = start_worker()
        wait_for(lambda: "looking after the leases failed" in worker.text(), 30)
    finally:
        with database.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table}_away RENAME TO {table}")
    wait_for(is_finished(job), 30)
    assert states(job) == ["done"]
    assert worker.end() == 0


@pytest.mark.parametrize(
    "fraction",
    [
        0.5,
        pytest.param(0.1, marks=pytest.mark.long),
        pytest.param(0.9, marks=pytest.mark.long),
    ],
)
@pytest.mark.slow
def test_idle_worker_ends_cleanly_whenever_it_is_told(
    fraction: float, start_worker: StartWorker, db: None
) -> None:
    worker = start_worker()
    wait_for(is_up(worker), 30)
    time.sleep(fraction)  # asleep, or looking for a task: nothing outside tells which
    assert worker.end() == 0, worker.text()
    assert "Traceback" not in worker.text()


def test_deployment_starts_a_worker_with_the_settings_of_the_pages() -> None:
    services = re.split(r"\n(?=  \w+:\n)", (ROOT / "compose.yaml").read_text())
    (worker,) = (text for text in services if text.startswith("  worker:\n"))
    assert 'command: ["python3", "manage.py", "worker"]' in worker
    for line in ("environment: *environment", "volumes: *volumes", "restart: unless-stopped"):
        assert f"    {line}\n" in worker
