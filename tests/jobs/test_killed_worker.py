"""Workers that are killed in the middle of a call: nothing is lost, nothing done twice."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

import pytest

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.jobs import services
from loyalty_admin.jobs.models import Job
from loyalty_admin.memberships import changes, several
from loyalty_admin.memberships.several import Plan
from loyalty_admin.sandbox.server import Sandbox
from tests.jobs.common import begun, item_of, make_due, posts, put_many, states
from tests.jobs.conftest import StartWorker
from tests.memberships.common import begun_days, end_of_day, kept, moment
from tests.threads import wait_for

PLANS: dict[str, Callable[[], Plan]] = {
    "freeze": lambda: several.same_for_all(changes.Freeze(end_of_day(4))),
    "set_period": lambda: several.longer_by(7),
    "unfreeze": lambda: several.same_for_all(changes.Unfreeze()),
}


def is_finished(job: Job) -> bool:
    job.refresh_from_db()
    return job.finished_at is not None


def path_of(raw: dict[str, Any], name: str) -> str:
    return f"/{raw['id']}/{name}$"


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "freeze",
        pytest.param("set_period", marks=pytest.mark.long),
        pytest.param("unfreeze", marks=pytest.mark.long),
    ],
)
def test_killed_workers_leave_every_membership_changed_exactly_once(
    name: str, start_worker: StartWorker, sandbox: Sandbox, ctx: ChainContext
) -> None:
    raws = put_many(
        sandbox, 6, is_frozen=name == "unfreeze", freeze_period=3, expiration_date=moment(90)
    )
    _first, lost, _third, _fourth, unheard, last = raws
    job, to_freeze = begun(ctx, raws, PLANS[name]()), begun_days(end_of_day(4))
    # The one request hangs before it is carried out, the other one's answer hardly comes.
    sandbox.fault(kind="hang", seconds=60, match={"method": "POST", "path": path_of(lost, name)})
    sandbox.fault(
        kind="trickled",
        apply=True,
        seconds=5,
        match={"method": "POST", "path": path_of(unheard, name)},
    )

    killed = start_worker()
    wait_for(lambda: posts(sandbox).get(lost["id"]), 60)
    assert killed.end(signal.SIGKILL) == -signal.SIGKILL
    assert posts(sandbox)[lost["id"]] == [False]
    assert item_of(job, lost).state == "running"

    make_due(job)
    killed = start_worker()
    wait_for(lambda: posts(sandbox).get(unheard["id"]) == [True], 60)
    assert killed.end(signal.SIGKILL) == -signal.SIGKILL
    assert item_of(job, unheard).state == "running"
    assert item_of(job, last).state == "waiting"

    make_due(job)
    start_worker()
    wait_for(lambda: is_finished(job), 60)
    assert states(job) == ["done", "refused", "done", "done", "done", "done"]
    assert item_of(job, lost).reason
    assert posts(sandbox)[lost["id"]] == [False]  # found out by reading alone
    assert posts(sandbox)[unheard["id"]] == [True]

    assert services.retry(ctx, job) == 1
    wait_for(lambda: is_finished(job), 60)
    assert states(job) == ["done"] * 6
    # Each was changed once, and the journal says the same.
    assert posts(sandbox) == {raw["id"]: [False, True] if raw is lost else [True] for raw in raws}
    for raw in raws:
        now = kept(sandbox, raw)
        # As once: twice would be seen in the end, or in the days of freezing.
        days, frozen, in_all = {
            "freeze": (90 + to_freeze, True, 3 + to_freeze),
            "unfreeze": (90, False, 3),
            "set_period": (97, False, 3),
        }[name]
        assert now["expiration_date"][:10] == moment(days)[:10]
        assert (now["is_frozen"], now["freeze_period"]) == (frozen, in_all)
        entries = Entry.objects.filter(object_id=raw["id"]).order_by("pk")
        outcomes = [entry.outcome for entry in entries]
        assert outcomes == ([Outcome.REFUSED] if raw is lost else []) + [Outcome.DONE]
        assert [len(entry.attempts) for entry in entries] == [1] * len(outcomes)
        assert item_of(job, raw).entry == entries.last()
