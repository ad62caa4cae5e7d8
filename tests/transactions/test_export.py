"""The export of transactions: all rows of the filter, exactly, once, for whoever asked."""

from __future__ import annotations

import tracemalloc
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from loyalty_admin.altegio import transactions as api
from loyalty_admin.altegio.transactions import Filter
from loyalty_admin.audit.services import new_form_id
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.exports.tables import csv_chunks, write_xlsx
from loyalty_admin.jobs import services as jobs
from loyalty_admin.jobs import tasks
from loyalty_admin.jobs.models import Job, Portion
from loyalty_admin.promotions import listing as promotions
from loyalty_admin.sandbox.server import Sandbox
from loyalty_admin.transactions import exporting
from loyalty_admin.transactions.reading import PAGES_AT_A_TIME
from tests.conftest import PROFILES
from tests.exports.files import csv_of, xlsx_of
from tests.pages import page_of
from tests.transactions.common import (
    CHAIN,
    HOSTILE,
    LIST,
    OTHER_CHAIN,
    THAT_DAY,
    THEN,
    add,
    at,
    calls,
    done,
)

pytestmark = pytest.mark.slow


def begun(ctx: ChainContext, **asked: Any) -> Job:
    filter = Filter(**{"after": THEN, "before": THEN} | asked)
    return exporting.begin(ctx, filter, form_id=new_form_id())


def file_of(job: Job) -> str:
    return f"{LIST}export/{job.pk}/?"


@pytest.mark.parametrize("profile", PROFILES, indirect=True)
def test_file_holds_each_row_of_the_filter_with_its_day(
    profile: str, sandbox: Sandbox, vera: Client, ctx: ChainContext
) -> None:
    promotion = next(iter(promotions.refresh(ctx).rows.values()))
    (first,) = add(
        sandbox,
        {"type_id": 1, "amount": Decimal("12.5"), "program_id": promotion.id, "visit_id": 7},
    )
    add(sandbox, {"type_id": 5})
    (second,) = add(
        sandbox, {"type_id": 3, "amount": Decimal("-0.10")}, day=THEN + timedelta(days=2)
    )
    add(sandbox, {"type_id": 3}, day=THEN + timedelta(days=3))
    form = page_of(vera, f"{LIST}?after=2001-02-03&before=2001-02-05&type=1&type=3").form(
        id="export"
    )
    url = vera.post(form.attrs["action"], form.data())["Location"]
    job = done(Job.objects.get())
    assert url == f"/chains/{CHAIN}/jobs/{job.pk}/"
    assert f"{file_of(job)}format=xlsx" in offered(vera, job)
    rows = csv_of(vera, file_of(job))
    assert [row["Number"] for row in rows] == [str(first), str(second)]
    assert [row["Day"] for row in rows] == ["2001-02-03", "2001-02-05"]
    assert [Decimal(row["Amount, €"]) for row in rows] == [Decimal("12.5"), Decimal("-0.1")]
    assert rows[0]["Promotion"] == promotion.title and rows[0]["Visit"] == "7"
    assert rows[0]["Type"] != rows[1]["Type"] and rows[0]["Group"] != rows[1]["Group"]
    cells = xlsx_of(vera, file_of(job))
    assert [row["Number"].value for row in cells] == [first, second]
    assert cells[0]["Day"].value.date() == THEN
    # A negative number stays a number.
    assert cells[1]["Amount, €"].value == -0.1 and cells[1]["Amount, €"].data_type == "n"


def test_one_location_is_named_in_every_row(
    sandbox: Sandbox, vera: Client, ctx: ChainContext
) -> None:
    add(sandbox, {"company_id": 502}, {"company_id": 501})
    (row,) = csv_of(vera, file_of(done(begun(ctx, location_ids=(502,)))))
    assert row["Location"] == ctx.chain.locations[1].title


def test_hostile_titles_are_inert(sandbox: Sandbox, vera: Client, ctx: ChainContext) -> None:
    add(sandbox, {"type_id": 77, "type": {"id": 77, "title": f"=1+1 {HOSTILE}"}})
    job = done(begun(ctx))
    (row,) = csv_of(vera, file_of(job))
    assert row["Type"] == f"'=1+1 {HOSTILE}"
    (cells,) = xlsx_of(vera, file_of(job))
    assert cells["Type"].data_type == "s" and cells["Type"].quotePrefix


def test_many_pages_come_once_each_however_often_it_is_taken_up(
    sandbox: Sandbox, vera: Client, ctx: ChainContext
) -> None:
    ids = add(sandbox, *({"type_id": 2},) * (api.PAGE_SIZE * (PAGES_AT_A_TIME + 1) + 3))
    job = begun(ctx)
    assert vera.get(f"{file_of(job)}format=csv")["Location"] == f"/chains/{CHAIN}/jobs/{job.pk}/"
    done(job)
    assert [row["Number"] for row in csv_of(vera, file_of(job))] == [str(one) for one in ids]


def offered(client: Client, job: Job) -> list[str]:
    """The files that the job's page leads to."""
    links = page_of(client, f"/chains/{CHAIN}/jobs/{job.pk}/").all("a")
    found = [link.attrs.get("href", "") for link in links]
    return [href for href in found if href.startswith(file_of(job))]


def test_page_of_the_job_says_when_there_is_a_file(
    sandbox: Sandbox, vera: Client, ctx: ChainContext
) -> None:
    job = begun(ctx)
    url = f"/chains/{CHAIN}/jobs/{job.pk}/"
    assert offered(vera, job) == []
    form = page_of(vera, url).form("/cancel/")
    vera.post(form.attrs["action"], form.data())
    done(job)
    assert offered(vera, job) == []
    assert vera.get(f"{file_of(job)}format=csv")["Location"] == url
    assert not calls(sandbox)
    form = page_of(vera, url).form("/retry/")
    vera.post(form.attrs["action"], form.data())
    done(job)
    assert offered(vera, job)
    assert csv_of(vera, file_of(job)) == []


@pytest.mark.slow
def test_failed_day_is_read_anew_and_no_row_comes_twice(
    sandbox: Sandbox, vera: Client, ctx: ChainContext
) -> None:
    ids = add(sandbox, *({"type_id": 2},) * (api.PAGE_SIZE + 1))
    sandbox.fault(
        kind="status", status=500, after=1, times=3, match={"path": "/loyalty/transactions"}
    )
    job = done(begun(ctx))
    assert job.items.get().state == "refused" and Portion.objects.count() == 1
    assert jobs.retry(ctx, job) == 1
    done(job)
    assert [row["Number"] for row in csv_of(vera, file_of(job))] == [str(one) for one in ids]


def test_file_is_nobody_elses_and_does_not_stay(
    sandbox: Sandbox, vera: Client, edith: Client, ctx: ChainContext
) -> None:
    add(sandbox, {"type_id": 2})
    job = done(begun(ctx))
    url = f"{file_of(job)}format=csv"
    assert edith.get(url).status_code == 404
    assert edith.get(f"/chains/{CHAIN}/jobs/{job.pk}/").status_code == 404
    assert vera.get(url.replace(str(CHAIN), str(OTHER_CHAIN))).status_code == 404
    assert vera.get(url.replace("/export/", "/totals/")).status_code == 404
    assert Client().get(url)["Location"].startswith("/login/")
    assert csv_of(vera, file_of(job))
    assert vera.get(f"{file_of(job)}format=exe").status_code == 400
    tasks.clear_old()
    assert csv_of(vera, file_of(job))
    Job.objects.update(finished_at=timezone.now() - tasks.FOUND_STAYS - timedelta(minutes=1))
    tasks.clear_old()
    assert vera.get(url).status_code == 404
    assert not Portion.objects.exists()


def test_filter_that_makes_no_sense_begins_nothing(vera: Client) -> None:
    answer = vera.post(f"{LIST}export/?period=own", {"form_id": new_form_id()})
    assert answer["Location"] == f"{LIST}?period=own"
    assert not Job.objects.exists()
    assert vera.get(f"{LIST}export/").status_code == 405


def test_same_form_sent_twice_reads_once(sandbox: Sandbox, vera: Client) -> None:
    form = page_of(vera, f"{LIST}{THAT_DAY}").form(id="export")
    first, second = (vera.post(form.attrs["action"], form.data()) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Job.objects.count() == 1


@pytest.mark.slow
@pytest.mark.parametrize("wanted", ["csv", pytest.param("xlsx", marks=pytest.mark.long)])
def test_more_rows_take_no_more_memory(
    sandbox: Sandbox, ctx: ChainContext, tmp_path: Any, wanted: str
) -> None:
    cache.clear()
    add(sandbox, {"created": at(THEN)})
    job = done(begun(ctx))
    item = job.items.get()
    (row,) = Portion.objects.get().rows

    def peak(portions: range) -> int:
        Portion.objects.bulk_create(
            Portion(
                item=item, number=number, rows=[[number * 100 + n, *row[1:]] for n in range(100)]
            )
            for number in portions
        )
        tracemalloc.start()
        table = exporting.table_of(ctx, job)
        if wanted == "csv":
            for _chunk in csv_chunks(table, bom=False):
                pass
        else:
            with (tmp_path / "file.xlsx").open("wb") as file:
                write_xlsx(table, file)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(range(2, 4))  # what is loaded once is loaded
    few, many = peak(range(4, 26)), peak(range(26, 80))
    assert many < few * 1.5


def test_rows_that_come_in_between_two_turns_bring_none_twice(
    sandbox: Sandbox, vera: Client, ctx: ChainContext
) -> None:
    """They move what was read last to the pages that are read next."""
    ids = add(sandbox, *({"type_id": 2},) * (api.PAGE_SIZE * (PAGES_AT_A_TIME + 2)))
    job = begun(ctx)
    item = job.items.get()
    assert exporting.run(ctx, item).state == "waiting"
    earlier = {"type_id": 2, "created": at(THEN, 1)}
    add(sandbox, *(earlier,) * (api.PAGE_SIZE * 3 // 2))
    done(job)
    assert [row["Number"] for row in csv_of(vera, file_of(job))] == [str(one) for one in ids]
