"""Totals: begun once, exact, partial as long as they are, by day and location, kept."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.altegio import transactions as api
from loyalty_admin.altegio.transactions import Filter
from loyalty_admin.audit.services import new_form_id
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.jobs import services as jobs
from loyalty_admin.jobs.models import Job
from loyalty_admin.sandbox.server import Sandbox
from loyalty_admin.transactions import totals
from loyalty_admin.transactions.models import DaySums
from loyalty_admin.transactions.reading import PAGES_AT_A_TIME
from loyalty_admin.transactions.sums import Sums
from tests.pages import HTMX, page_of
from tests.transactions.common import (
    CHAIN,
    LIST,
    THAT_DAY,
    THEN,
    add,
    ago,
    amounts,
    at,
    calls,
    done,
)

LOCATIONS = (501, 502, 503, 504, 505)


def begun(ctx: ChainContext, filter: Filter, *, by_day: bool = False, anew: bool = False) -> Job:
    return totals.begin(ctx, filter, by_day=by_day, anew=anew, form_id=new_form_id())


def put_some(sandbox: Sandbox, seed: int, days: int = 3) -> list[dict[str, Any]]:
    """Random transactions of a few days, more than a page of them on some."""
    draw = random.Random(seed)
    rows = [
        {
            "created": at(THEN + timedelta(days=draw.randrange(days)), draw.randrange(24)),
            "type_id": draw.randint(1, 11),
            "amount": Decimal(draw.randint(-(10**7), 10**7)) / draw.choice([1, 10, 100]),
            "program_id": draw.choice([None, 1, 2, 3]),
            "company_id": draw.choice(LOCATIONS),
            "visit_id": draw.randint(1, 40),
        }
        for _ in range(draw.randint(150, 420))
    ]
    return sandbox.add_transactions(CHAIN, rows)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("by_day", [False, True])
def test_totals_are_the_sum_of_every_row(
    profile: str, seed: int, by_day: bool, sandbox: Sandbox, ctx: ChainContext
) -> None:
    rows = put_some(sandbox, seed)
    found = totals.totals_of(
        done(begun(ctx, Filter(after=THEN, before=THEN + timedelta(days=2)), by_day=by_day))
    )
    assert found.is_complete
    assert (found.all.all.count, found.all.all.amount) == (len(rows), amounts(rows))
    for number, sums in found.locations.items():
        those = [row for row in rows if row["company_id"] == number]
        assert sums is not None
        assert (sums.all.count, sums.all.amount) == (len(those), amounts(those))
    assert {*found.locations} == {*LOCATIONS}
    assert found.without_location is not None and not found.without_location.by_key
    for type_id, part in found.all.by(lambda key: key.type_id).items():
        those = [row for row in rows if row["type_id"] == type_id]
        assert (part.count, part.amount) == (len(those), amounts(those))
    for day, day_sums in found.days.items():
        those = [row for row in rows if row["created"].astimezone(at(THEN).tzinfo).date() == day]
        assert day_sums is not None
        assert (day_sums.all.count, day_sums.all.amount) == (len(those), amounts(those))
    assert bool(found.days) == by_day


def test_filter_narrows_the_totals(sandbox: Sandbox, ctx: ChainContext) -> None:
    rows = put_some(sandbox, 9)
    asked = Filter(
        after=THEN, before=THEN + timedelta(days=1), types=(1, 3), location_ids=(502, 503)
    )
    last = at(THEN + timedelta(days=2), 0)
    those = [
        row
        for row in rows
        if row["type_id"] in (1, 3) and row["company_id"] in (502, 503) and row["created"] < last
    ]
    found = totals.totals_of(done(begun(ctx, asked)))
    assert (found.all.all.count, found.all.all.amount) == (len(those), amounts(those))
    assert {*found.locations} == {502, 503}


def test_days_that_are_over_are_read_once(sandbox: Sandbox, ctx: ChainContext) -> None:
    rows = put_some(sandbox, 1)
    filter = Filter(after=THEN, before=THEN + timedelta(days=2), location_ids=(501,))
    done(begun(ctx, filter, by_day=True))
    before = len(calls(sandbox))
    found = totals.totals_of(done(begun(ctx, filter, by_day=True)))
    assert len(calls(sandbox)) == before
    those = [row for row in rows if row["company_id"] == 501]
    assert (found.all.all.count, found.all.all.amount) == (len(those), amounts(those))
    add(sandbox, {"amount": Decimal(5)})
    again = totals.totals_of(done(begun(ctx, filter, by_day=True, anew=True)))
    assert again.all.all.amount == amounts(those) + 5
    assert DaySums.objects.filter(location_id=501).count() == 3


def test_today_is_not_kept(sandbox: Sandbox, ctx: ChainContext) -> None:
    done(begun(ctx, Filter(after=ago(1), before=ago(0)), by_day=True))
    assert [row.day for row in DaySums.objects.all()] == [ago(1)]


def test_narrowed_days_are_not_kept(sandbox: Sandbox, ctx: ChainContext) -> None:
    for narrowed in ({"types": (1,)}, {"visit_ids": (1,)}, {"location_ids": (501, 502)}):
        done(begun(ctx, Filter(after=THEN, before=THEN, **narrowed), by_day=True))
    assert not DaySums.objects.exists()


def test_part_that_fails_is_said_and_read_again(
    sandbox: Sandbox, edith: Client, viewer: User, ctx: ChainContext
) -> None:
    rows = put_some(sandbox, 2)
    form = page_of(edith, f"{LIST}?after={THEN}&before={THEN + timedelta(days=2)}").form(
        id="add-up"
    )
    url = edith.post(form.attrs["action"], form.data())["Location"]
    # The whole and the first location take two calls each.
    sandbox.fault(
        kind="status", status=500, after=4, times=3, match={"path": "/loyalty/transactions"}
    )
    job = done(Job.objects.get())
    page = page_of(edith, url)
    assert "Only 5 of 6 parts could be read." in page.text
    found = totals.totals_of(job)
    assert found.locations[502] is None and found.is_complete
    assert found.without_location is None
    assert found.all.all.amount == amounts(rows)
    detail = page_of(edith, page.one("a", text="See which, and try again").attrs["href"])
    form = detail.form("/retry/")
    edith.post(form.attrs["action"], form.data())
    done(job)
    again = totals.totals_of(job)
    assert again.locations[502] is not None and again.without_location == Sums()


def test_partial_figures_say_so(sandbox: Sandbox, vera: Client) -> None:
    add(sandbox, {"amount": Decimal(7)})
    page = page_of(vera, f"{LIST}{THAT_DAY}")
    form = page.form(id="add-up")
    answer = vera.post(form.attrs["action"], form.data())
    url = answer["Location"]
    page = page_of(vera, url)
    assert "This is a part" in page.text
    assert page.one(id="totals").attrs["hx-get"] == url
    part = page_of(vera, url, htmx=True)
    part.one(id="totals")
    assert "<html" not in part.html
    done(Job.objects.get())
    page = page_of(vera, url)
    assert "This is a part" not in page.text and "hx-get" not in page.one(id="totals").attrs
    assert "7 €" in page.text.replace("\xa0", " ")


def test_same_form_sent_twice_adds_up_once(sandbox: Sandbox, vera: Client) -> None:
    form = page_of(vera, f"{LIST}{THAT_DAY}").form(id="add-up")
    first, second = (vera.post(form.attrs["action"], form.data()) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Job.objects.count() == 1


def test_totals_are_nobody_elses(
    sandbox: Sandbox, vera: Client, edith: Client, ctx: ChainContext
) -> None:
    job = begun(ctx, Filter(after=THEN, before=THEN))
    url = f"{LIST}totals/{job.pk}/"
    assert vera.get(url).status_code == 200
    assert edith.get(url).status_code == 404
    assert edith.get(url, headers=HTMX).status_code == 404
    assert Client().get(url)["Location"].startswith("/login/")
    assert vera.get(url.replace(str(CHAIN), "9999")).status_code == 404
    assert vera.get(f"{LIST}export/{job.pk}/").status_code == 404
    assert not jobs.jobs_of(ctx).filter(person=None).exists()


def test_filter_that_makes_no_sense_begins_nothing(vera: Client) -> None:
    answer = vera.post(f"{LIST}totals/?period=own", {"form_id": new_form_id()})
    assert answer["Location"] == f"{LIST}?period=own"
    assert not Job.objects.exists()
    assert vera.get(f"{LIST}totals/").status_code == 405
    assert vera.post(f"{LIST}totals/?period=7").status_code == 400


def test_worker_that_is_killed_between_pages_counts_none_twice(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    rows = add(sandbox, *({"amount": Decimal(1)},) * (api.PAGE_SIZE * PAGES_AT_A_TIME * 2 + 50))
    found = totals.totals_of(done(begun(ctx, Filter(after=THEN, before=THEN, location_ids=(501,)))))
    assert (found.all.all.count, found.all.all.amount) == (len(rows), Decimal(len(rows)))


def test_deactivated_person_reads_no_more(sandbox: Sandbox, ctx: ChainContext) -> None:
    job = begun(ctx, Filter(after=THEN, before=THEN))
    User.objects.filter(pk=ctx.person.pk).update(is_active=False)
    done(job)
    assert {item.state for item in job.items.all()} == {"refused"}
    assert not calls(sandbox)
