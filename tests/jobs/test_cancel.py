"""Cancelling a job."""

from __future__ import annotations

from django.test import Client

from loyalty_admin.chains.services import ChainContext
from loyalty_admin.jobs.models import Job
from loyalty_admin.sandbox.server import Sandbox
from tests.jobs.common import at, begun, done, posts, put_many, states
from tests.pages import HTMX, page_of


def test_viewer_cannot_cancel(
    sandbox: Sandbox, ctx: ChainContext, vera: Client, edith: Client
) -> None:
    job = begun(ctx, put_many(sandbox, 1))
    for headers in ({}, HTMX):
        assert vera.post(at(job, "cancel"), headers=headers).status_code == 403
    assert Client().post(at(job, "cancel"))["Location"].startswith("/login/")
    assert edith.get(at(job, "cancel")).status_code == 405
    assert edith.post(at(job, "cancel").replace("1101", "9999")).status_code == 404
    Job.objects.update(chain_id=999)
    assert edith.post(at(job, "cancel")).status_code == 404
    assert states(job) == ["waiting"]


def test_editor_cancels_what_is_not_begun(
    sandbox: Sandbox, ctx: ChainContext, edith: Client
) -> None:
    job = begun(ctx, put_many(sandbox, 2))
    form = page_of(edith, at(job)).form("/cancel/")
    answer = edith.post(form.attrs["action"], form.data())
    assert answer["Location"] == at(job)
    assert page_of(edith, at(job)).all("div", role="status")
    assert states(done(job)) == ["cancelled", "cancelled"]
    assert posts(sandbox) == {}


def test_cancelling_twice_is_cancelling_once(
    sandbox: Sandbox, ctx: ChainContext, edith: Client
) -> None:
    job = begun(ctx, put_many(sandbox, 1))
    edith.post(at(job, "cancel"))
    job.refresh_from_db()
    before = job.cancelled_at
    assert edith.post(at(job, "cancel")).status_code == 302
    job.refresh_from_db()
    assert job.cancelled_at == before is not None


def test_job_that_is_over_stays_as_it_is(
    sandbox: Sandbox, ctx: ChainContext, edith: Client
) -> None:
    job = done(begun(ctx, put_many(sandbox, 1)))
    assert edith.post(at(job, "cancel")).status_code == 302
    job.refresh_from_db()
    assert job.cancelled_at is None and states(job) == ["done"]
