"""The page of one job: how far it is, and the result of each item."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.jobs import services
from loyalty_admin.jobs.models import Item, ItemState, Job
from loyalty_admin.sandbox.server import Sandbox
from tests.jobs.common import JOBS, at, begun, done, item_of, put_many
from tests.memberships.common import HOSTILE, LIST
from tests.pages import Page, page_of

pytestmark = pytest.mark.slow


def results(page: Page) -> list[str]:
    return [" ".join(cell.text.split()) for cell in page.all("td", data_label="Result")]


def said(page: Page) -> list[str]:
    """Why it ended like that, in the last column."""
    return [" ".join(cell.text.split()) for cell in page.all("td", class_="sentence")]


def progress(page: Page) -> tuple[str, str, str]:
    bar = page.one("progress").attrs
    return page.one("b", text=f"{bar['value']} of {bar['max']}").text, bar["value"], bar["max"]


def test_strangers_and_other_chains_do_not_see_it(
    sandbox: Sandbox, ctx: ChainContext, edith: Client, vera: Client
) -> None:
    job = begun(ctx, put_many(sandbox, 1))
    assert Client().get(at(job))["Location"].startswith("/login/")
    assert vera.get(at(job)).status_code == 200
    assert edith.post(at(job)).status_code == 405
    assert edith.get(f"{JOBS}{job.pk + 1}/").status_code == 404
    assert edith.get(at(job).replace("1101", "9999")).status_code == 404
    Job.objects.update(chain_id=999)
    assert edith.get(at(job)).status_code == 404
    Job.objects.update(chain_id=ctx.id, api_url="https://elsewhere.example")
    assert edith.get(at(job)).status_code == 404


def test_page_says_what_why_who_and_how_far(
    sandbox: Sandbox, ctx: ChainContext, vera: Client
) -> None:
    raws = put_many(sandbox, 3)
    job = begun(ctx, raws, note="Closed for a week")
    sandbox.fault(kind="success_false", message="No, later", match={"path": f"/{raws[1]['id']}/"})
    page = page_of(vera, at(job))
    assert page.one("h1").text.strip() == job.title
    assert "Edith Editor" in page.text and "Closed for a week" in page.text
    assert progress(page)[1:] == ("0", "3")
    assert results(page) == ["waiting"] * 3
    done(job)
    page = page_of(vera, at(job))
    assert progress(page)[1:] == ("3", "3")
    assert results(page) == ["not done", "done", "done"]
    assert "No, later" in said(page)[0]
    assert page.titles() == ["MC-1", "MC-0", "MC-2"]
    for raw in raws:
        assert page.one("a", text=raw["number"]).attrs["href"] == f"{LIST}{raw['id']}/"
        entry = item_of(job, raw).entry
        assert entry is not None and len(page.all("a", href=f"/activity/{entry.pk}/")) == 1


def test_every_state_is_said_in_words(sandbox: Sandbox, ctx: ChainContext, vera: Client) -> None:
    job = begun(ctx, put_many(sandbox, 1))
    for state in ItemState.values:
        job.items.update(state=state)
        page = page_of(vera, at(job))
        assert results(page) == [str(ItemState(state).label)]
        ended = "0" if state in ("waiting", "running") else "1"
        assert progress(page)[1:] == (ended, "1"), state


def test_progress_is_asked_for_only_while_it_runs(
    sandbox: Sandbox, ctx: ChainContext, vera: Client
) -> None:
    job = begun(ctx, put_many(sandbox, 2))
    page = page_of(vera, at(job))
    box = page.one(id="job-progress").attrs
    assert (box["hx-get"], box["hx-trigger"], box["hx-swap"]) == (at(job), "every 2s", "outerHTML")
    # Without scripts the page comes again by itself.
    refresh = page.one("meta", http_equiv="refresh").attrs["content"]
    assert refresh == "5; url=?page=1&background"
    part = page_of(vera, at(job), htmx=True)
    assert not part.all("h1") and part.one(id="job-progress").attrs["hx-get"] == at(job)
    done(job)
    for htmx in (True, False):
        page = page_of(vera, at(job), htmx=htmx)
        assert not any(name.startswith("hx-") for name in page.one(id="job-progress").attrs)
        assert not page.all("meta", http_equiv="refresh")


def test_progress_is_never_kept_by_the_browser(
    sandbox: Sandbox, ctx: ChainContext, vera: Client
) -> None:
    job = begun(ctx, put_many(sandbox, 1))
    assert "no-store" in vera.get(at(job))["Cache-Control"]


def offered(page: Page) -> list[str]:
    """What can be pressed, by the end of its address."""
    actions = [form.attrs.get("action", "") for form in page.all("form")]
    return [action.split("/")[-2] for action in actions if action.startswith(JOBS)]


def test_viewer_is_offered_nothing_to_press(
    sandbox: Sandbox, ctx: ChainContext, vera: Client
) -> None:
    job = begun(ctx, put_many(sandbox, 1))
    assert offered(page_of(vera, at(job))) == []
    services.cancel(job)
    done(job)
    assert offered(page_of(vera, at(job))) == []


def test_editor_is_offered_what_can_be_done(
    sandbox: Sandbox, ctx: ChainContext, edith: Client
) -> None:
    job = begun(ctx, put_many(sandbox, 1))
    assert offered(page_of(edith, at(job))) == ["cancel"]
    services.cancel(job)
    assert offered(page_of(edith, at(job))) == []
    done(job)
    assert offered(page_of(edith, at(job))) == ["retry"]
    services.retry(ctx, job)
    done(job)
    assert offered(page_of(edith, at(job))) == []


def test_job_that_nobody_begins_asks_for_the_worker(
    sandbox: Sandbox, ctx: ChainContext, vera: Client
) -> None:
    job = begun(ctx, put_many(sandbox, 1))

    def hints() -> int:
        """Lines beside the figures."""
        return len(page_of(vera, at(job)).one(id="job-progress").node.css("p.muted"))

    assert hints() == 0
    Job.objects.update(started_at=timezone.now() - timedelta(seconds=30))
    assert hints() == 1
    done(job)
    assert hints() == 0


def test_what_was_settled_under_activity_shows_here(
    sandbox: Sandbox, ctx: ChainContext, vera: Client
) -> None:
    (raw,) = put_many(sandbox, 1)
    job = done(begun(ctx, [raw]))
    Entry.objects.update(outcome=Outcome.UNKNOWN, reason="Nobody knows")
    Item.objects.update(state=ItemState.UNKNOWN, reason="Nobody knows")
    assert results(page_of(vera, at(job))) == ["not known"]
    Entry.objects.update(outcome=Outcome.REFUSED, reason="Somebody looked")
    page = page_of(vera, at(job))
    assert results(page) == ["not done"]
    assert "Somebody looked" in said(page)[0]


def test_hostile_texts_are_inert(sandbox: Sandbox, ctx: ChainContext, vera: Client) -> None:
    raw: dict[str, Any] = put_many(sandbox, 1)[0]
    raw = sandbox.alter_membership(ctx.id, raw["id"], number=HOSTILE)
    job = begun(ctx, [raw], note=HOSTILE)
    sandbox.fault(kind="success_false", message=HOSTILE, match={"method": "POST"})
    done(job)
    Job.objects.update(title=HOSTILE, person_name=HOSTILE)
    for htmx in (False, True):
        page = page_of(vera, at(job), htmx=htmx)
        assert page.titles() == [HOSTILE]
        assert HOSTILE in said(page)[0]
        assert "alert(1)" not in "".join(one.text for one in page.all("script"))
    assert page_of(vera, at(job)).one("h1").text.strip() == HOSTILE


def test_kind_that_is_not_known_links_nowhere(ctx: ChainContext, vera: Client) -> None:
    job = services.start(ctx, submission="s", kind="newer", title="T", items=[(1, "One", {})])
    page = page_of(vera, at(job))
    assert page.titles() == ["One"]
    assert not page.all("a", text="One")


def test_five_hundred_are_paged_and_each_page_polls_itself(
    sandbox: Sandbox, ctx: ChainContext, vera: Client
) -> None:
    items: list[tuple[int, str, dict[str, Any]]] = [
        (number, f"No. {number}", {}) for number in range(1, 501)
    ]
    job = services.start(ctx, submission="s", kind="memberships", title="T", items=items)
    page = page_of(vera, at(job))
    assert len(page.titles()) == 100
    assert progress(page)[1:] == ("0", "500")
    assert page.one("a", rel="next").attrs["href"] == "?page=2"
    for htmx in (False, True):
        second = page_of(vera, f"{at(job)}?page=2", htmx=htmx)
        assert second.titles()[0] == "No. 101"
        assert second.one(id="job-progress").attrs["hx-get"] == f"{at(job)}?page=2"
    assert page_of(vera, f"{at(job)}?page=999").titles()[-1] == "No. 500"


def test_what_was_not_done_stands_first_once_it_is_over(
    sandbox: Sandbox, ctx: ChainContext, vera: Client
) -> None:
    raws = put_many(sandbox, 4)
    job = begun(ctx, raws)
    codes = [raw["number"] for raw in raws]
    assert page_of(vera, at(job)).titles() == codes
    sandbox.fault(kind="status", status=422, after=2, match={"method": "POST"})
    done(job)
    assert page_of(vera, at(job)).titles() == [codes[2], *codes[:2], codes[3]]


def test_page_of_many_asks_the_database_no_more_than_one_of_few(
    sandbox: Sandbox, ctx: ChainContext, vera: Client, django_assert_max_num_queries: Any
) -> None:
    items: list[tuple[int, str, dict[str, Any]]] = [
        (number, f"No. {number}", {}) for number in range(1, 101)
    ]
    job = services.start(ctx, submission="s", kind="memberships", title="T", items=items)
    with django_assert_max_num_queries(20):
        vera.get(at(job))
