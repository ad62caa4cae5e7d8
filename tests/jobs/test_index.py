"""The list of what runs in the background."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.jobs import services
from loyalty_admin.jobs.models import Job
from loyalty_admin.sandbox.server import Sandbox
from tests.jobs.common import JOBS, at, begun, done, put_many
from tests.memberships.common import HOSTILE
from tests.pages import page_of


def test_strangers_are_sent_to_sign_in_and_other_chains_are_not_found(
    edith: Client, vera: Client
) -> None:
    assert Client().get(JOBS)["Location"].startswith("/login/")
    assert edith.get("/chains/9999/jobs/").status_code == 404
    assert vera.get(JOBS).status_code == 200
    assert edith.post(JOBS).status_code == 405


def test_nothing_ran_yet_is_said(edith: Client) -> None:
    page = page_of(edith, JOBS)
    assert page.all("div", class_="empty")
    assert not page.all("table")


def test_jobs_are_listed_newest_first_with_how_far_they_are(
    sandbox: Sandbox, ctx: ChainContext, vera: Client
) -> None:
    ended, running, cancelled = (begun(ctx, put_many(sandbox, 2)) for _ in range(3))
    done(ended)
    services.cancel(cancelled)
    done(cancelled)
    for number, job in enumerate((ended, running, cancelled)):
        Job.objects.filter(pk=job.pk).update(title=f"No. {number}")
    page = page_of(vera, JOBS)
    assert page.titles() == ["No. 2", "No. 1", "No. 0"]
    found = [" ".join(cell.text.split()) for cell in page.all("td", data_label="State")]
    assert [re.findall("[0-9]+", text) for text in found] == [["0", "2"], ["0", "2"], ["2", "2"]]
    chips = [len(cell.node.css(".chip")) for cell in page.all("td", data_label="State")]
    assert chips == [1, 1, 0] and found[0] != found[1]
    assert page.one("a", text="No. 1").attrs["href"] == at(running)
    assert {cell.text for cell in page.all("td", data_label="By")} == {"Edith Editor"}


def test_job_of_another_chain_is_not_listed(
    sandbox: Sandbox, ctx: ChainContext, edith: Client
) -> None:
    Job.objects.filter(pk=begun(ctx, put_many(sandbox, 1)).pk).update(chain_id=999)
    assert page_of(edith, JOBS).titles() == []


def test_many_jobs_are_paged_and_read_at_once(
    ctx: ChainContext, edith: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        services.start(ctx, submission=str(number), kind="none", title=f"No. {number}", items=[])
    with django_assert_max_num_queries(20):
        page = page_of(edith, JOBS)
    assert len(page.titles()) == 50
    more = page.one("a", rel="next").attrs["href"]
    assert len(page_of(edith, f"{JOBS}{more}").titles()) == 10


def test_hostile_titles_are_inert(
    ctx: ChainContext, editor: User, sign_in: Callable[[User], Client]
) -> None:
    services.start(ctx, submission="s", kind="none", title=HOSTILE, items=[])
    Job.objects.update(person_name=HOSTILE)
    page = page_of(sign_in(editor), JOBS)
    assert page.titles() == [HOSTILE]
    assert page.one("td", data_label="By").text == HOSTILE
