"""The looks of sold memberships and of what runs in the background."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page, expect

from loyalty_admin.chains.services import context_for
from loyalty_admin.jobs import tasks
from loyalty_admin.jobs.models import ItemState, Job
from loyalty_admin.memberships import several
from tests.browser.stage import Stage, look
from tests.jobs.common import JOBS, at, begun, done, put_many
from tests.memberships.common import (
    CHAIN,
    HOSTILE,
    LIST,
    NO_FREEZING,
    PHONE,
    POOL,
    TWO_ROWS,
    put,
    status,
)
from tests.memberships.submitting import in_days

LONG = "MC-" + "0123456789" * 6


def page_of(stage: Stage, raw: dict[str, Any], name: str = "") -> Page:
    path = f"{LIST}{raw['id']}/{name}/" if name else f"{LIST}{raw['id']}/"
    return stage.open(path, stage.manager)


def some(stage: Stage) -> list[dict[str, Any]]:
    """In every state, with codes of every kind."""
    sandbox = stage.sandbox
    return [
        put(sandbox),
        put(sandbox, number=HOSTILE, is_frozen=True, freeze_period=3),
        put(sandbox, POOL, number=LONG),
        put(sandbox, NO_FREEZING, number="", status=status("expired")),
        put(sandbox, TWO_ROWS, status=status("created"), activated_date=None, expiration_date=None),
    ]


def found(stage: Stage) -> Page:
    ids = ",".join(str(raw["id"]) for raw in some(stage))
    page = stage.open(f"{LIST}?ids={ids}", stage.manager)
    expect(page.locator("#result tbody tr")).to_have_count(5)
    return page


@look
def memberships(stage: Stage) -> Page:
    return stage.open(LIST, stage.manager)


@look
def memberships_found(stage: Stage) -> Page:
    return found(stage)


@look
def memberships_found_by_phone(stage: Stage) -> Page:
    some(stage)
    stage.sandbox.fault(kind="status", status=500, times=None, match={"path": "nowhere"})
    page = stage.open(LIST, stage.manager)
    page.locator("[name=phone]").fill(PHONE)
    page.locator("[name=phone]").press("Enter")
    expect(page.locator("#result tbody tr").first).to_be_visible()
    return page


@look
def memberships_not_found(stage: Stage) -> Page:
    return stage.open(f"{LIST}?ids=7777777", stage.manager)


@look
def membership(stage: Stage) -> Page:
    return page_of(stage, put(stage.sandbox, TWO_ROWS, number=LONG))


@look
def membership_frozen(stage: Stage) -> Page:
    return page_of(stage, put(stage.sandbox, POOL, is_frozen=True, freeze_period=3))


@look
def membership_for_a_viewer(stage: Stage) -> Page:
    return stage.open(f"{LIST}{put(stage.sandbox)['id']}/", stage.viewer)


@look
def membership_freeze(stage: Stage) -> Page:
    return page_of(stage, put(stage.sandbox), "freeze")


@look
def membership_freeze_looked_at(stage: Stage) -> Page:
    page = page_of(stage, put(stage.sandbox), "freeze")
    page.locator("[name=until]").fill(in_days(4))
    page.locator("main .form-actions .primary").click()
    expect(page.get_by_role("heading", name="Before and after")).to_be_visible()
    return page


@look
def membership_unfreeze(stage: Stage) -> Page:
    return page_of(stage, put(stage.sandbox, is_frozen=True, freeze_period=3), "unfreeze")


@look
def membership_balance(stage: Stage) -> Page:
    return page_of(stage, put(stage.sandbox, TWO_ROWS), "balance")


@look
def membership_validity(stage: Stage) -> Page:
    return page_of(stage, put(stage.sandbox), "validity")


def ticked(stage: Stage) -> Page:
    page = found(stage)
    page.get_by_label("Tick all").check()
    page.locator("#several button").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Change several memberships")
    return page


@look
def several_asked(stage: Stage) -> Page:
    return ticked(stage)


@look
def several_asked_with_errors(stage: Stage) -> Page:
    stage.windows.expected.append("422 POST")
    page = ticked(stage)
    page.locator("[name=days]").fill("")
    page.locator("main .form-actions .primary").click()
    expect(page.get_by_text("Say by how many.")).to_be_visible()
    return page


@look
def several_looked_at(stage: Stage) -> Page:
    page = ticked(stage)
    page.get_by_label("Freeze", exact=True).check()
    page.locator("[name=until]").fill(in_days(4))
    page.locator("main .form-actions .primary").click()
    expect(page.locator(".form-actions.sticky .primary")).to_be_visible()
    return page


# In the background


def job_of(stage: Stage) -> Job:
    ctx = context_for(CHAIN, person=stage.manager)
    assert ctx is not None
    raws = [*put_many(stage.sandbox, 4), put(stage.sandbox, number=HOSTILE)]
    raws.append(put(stage.sandbox, number=LONG))
    return begun(ctx, raws, several.longer_by(7), note="Closed for a week")


@look
def jobs_none(stage: Stage) -> Page:
    return stage.open(JOBS, stage.manager)


@look
def jobs(stage: Stage) -> Page:
    done(job_of(stage))
    job_of(stage)
    return stage.open(JOBS, stage.manager)


@look
def job_not_begun(stage: Stage) -> Page:
    job = job_of(stage)
    Job.objects.update(started_at=timezone.now() - timedelta(minutes=1))
    return stage.open(at(job), stage.manager)


@look
def job_paused(stage: Stage) -> Page:
    job = job_of(stage)
    stage.sandbox.fault(kind="status", status=429, headers={"Retry-After": "86400"}, times=None)
    tasks.work_on(job.pk)
    return stage.open(at(job), stage.manager)


@look
def job_in_every_state(stage: Stage) -> Page:
    stage.sandbox.fault(kind="success_false", message=HOSTILE * 3, match={"method": "POST"})
    job = done(job_of(stage))
    for item, state in zip(
        job.items.all()[1:],
        [ItemState.UNKNOWN, ItemState.CANCELLED, ItemState.WAITING],
        strict=False,
    ):
        job.items.filter(pk=item.pk).update(state=state)
    return stage.open(at(job), stage.manager)


@look
def job_for_a_viewer(stage: Stage) -> Page:
    return stage.open(at(done(job_of(stage))), stage.viewer)
