"""Trying again what was not done."""

from __future__ import annotations

from dataclasses import replace

from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.connections.models import Connection
from loyalty_admin.jobs import services
from loyalty_admin.jobs.models import Job
from loyalty_admin.sandbox.server import Sandbox
from tests.jobs.common import at, begun, done, posts, put_many, states
from tests.memberships.conftest import without_right
from tests.pages import HTMX, page_of


def failed(sandbox: Sandbox, ctx: ChainContext) -> Job:
    """Of two the first was refused."""
    raws = put_many(sandbox, 2)
    job = begun(ctx, raws)
    sandbox.fault(kind="success_false", match={"path": f"/{raws[0]['id']}/"})
    return done(job)


def test_viewer_cannot_try_again(
    sandbox: Sandbox, ctx: ChainContext, vera: Client, edith: Client
) -> None:
    job = failed(sandbox, ctx)
    for headers in ({}, HTMX):
        assert vera.post(at(job, "retry"), headers=headers).status_code == 403
    assert Client().post(at(job, "retry"))["Location"].startswith("/login/")
    assert edith.get(at(job, "retry")).status_code == 405
    assert edith.post(at(job, "retry").replace("1101", "9999")).status_code == 404
    Job.objects.update(chain_id=999)
    assert edith.post(at(job, "retry")).status_code == 404
    assert states(job) == ["refused", "done"]


def test_editor_tries_the_failed_ones_again(
    sandbox: Sandbox, ctx: ChainContext, edith: Client
) -> None:
    job = failed(sandbox, ctx)
    form = page_of(edith, at(job)).form("/retry/")
    answer = edith.post(form.attrs["action"], form.data())
    assert answer["Location"] == at(job)
    page = page_of(edith, at(job))
    assert "1" in page.one("div", role="status").text
    assert states(job) == ["waiting", "done"]
    assert page.one(id="job-progress").attrs["hx-get"] == at(job)
    assert states(done(job)) == ["done", "done"]
    assert sorted(map(len, posts(sandbox).values())) == [1, 2]


def test_trying_again_acts_for_whoever_tries_again(
    sandbox: Sandbox, ctx: ChainContext, edith: Client, manager: User
) -> None:
    job = failed(sandbox, ctx)
    assert ctx.person != manager
    assert services.retry(replace(ctx, person=manager), job) == 1
    assert states(done(job)) == ["done", "done"]
    assert {entry.person for entry in Entry.objects.filter(outcome="done")} == {
        ctx.person,
        manager,
    }


def test_account_without_the_right_cannot_try_again_or_cancel(
    sandbox: Sandbox, ctx: ChainContext, edith: Client, connection: Connection
) -> None:
    job = failed(sandbox, ctx)
    without_right(connection, "loyalty_abonement_period_edit_access")
    for name in ("retry", "cancel"):
        answer = edith.post(at(job, name))
        assert answer.status_code == 403
        assert connection.name in answer.content.decode()
    page = page_of(edith, at(job))
    assert "/retry/" not in page.html


def test_job_that_runs_is_not_tried_again(sandbox: Sandbox, ctx: ChainContext) -> None:
    job = failed(sandbox, ctx)
    Job.objects.update(finished_at=None)
    assert services.retry(ctx, job) == 0
    assert states(job) == ["refused", "done"]
