"""Totals: begun once, exact, partial as long as they are, by day and location, kept."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.altegio import transactions as api
from loyalty_admin.altegio.transactions import Filter
from loyalty_admin.audit.services import new_form_id
from loyalty_admin.chains.services import ChainContext, context_for
from loyalty_admin.connections.models import Connection
from loyalty_admin.jobs import services as jobs
from loyalty_admin.jobs import tasks
from loyalty_admin.jobs.models import Job
from loyalty_admin.promotions import listing as promotions
from loyalty_admin.sandbox.server import Sandbox
from loyalty_admin.transactions import days, presenting, totals
from loyalty_admin.transactions.models import DaySums
from loyalty_admin.transactions.reading import PAGES_AT_A_TIME
from loyalty_admin.transactions.sums import Sums
from loyalty_admin.transactions.words import words_of
from tests.conftest import PROFILES
from tests.faults.classes import BUSY, REFUSED
from tests.pages import HTMX, Page, page_of
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
    over,
)

pytestmark = pytest.mark.slow

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


@pytest.mark.parametrize("profile", PROFILES, indirect=True)
@pytest.mark.parametrize(
    ("seed", "by_day"),
    [
        (0, True),
        *(
            pytest.param(seed, by_day, marks=pytest.mark.long)
            for seed in range(4)
            for by_day in (False, True)
            if (seed, by_day) != (0, True)
        ),
    ],
)
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
    done(begun(ctx, Filter(after=ago(2), before=ago(0)), by_day=True))
    assert sorted(row.day for row in DaySums.objects.all()) == over(2, 1)


def test_narrowed_days_are_not_kept(sandbox: Sandbox, ctx: ChainContext) -> None:
    for narrowed in ({"types": (1,)}, {"visit_ids": (1,)}, {"location_ids": (501, 502)}):
        done(begun(ctx, Filter(after=THEN, before=THEN, **narrowed), by_day=True))
    assert not DaySums.objects.exists()


@pytest.mark.slow
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
    assert re.findall("[0-9]+", page.one("div", role="status").text) == ["5", "6"]
    found = totals.totals_of(job)
    assert found.locations[502] is None and found.is_complete
    assert found.without_location is None
    assert found.all.all.amount == amounts(rows)
    detail = page_of(edith, page.one("a", href=f"/chains/{CHAIN}/jobs/{job.pk}/").attrs["href"])
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
    assert page.all("p", class_="notice warn")
    assert page.one(id="totals").attrs["hx-get"] == url
    part = page_of(vera, url, htmx=True)
    part.one(id="totals")
    assert "<html" not in part.html
    done(Job.objects.get())
    page = page_of(vera, url)
    assert not page.all("p", class_="notice warn") and "hx-get" not in page.one(id="totals").attrs
    assert "7 €" in page.text.replace("\xa0", " ")


def test_page_says_until_when_altegio_is_too_busy(sandbox: Sandbox, vera: Client) -> None:
    add(sandbox, {"amount": Decimal(5)})
    form = page_of(vera, f"{LIST}{THAT_DAY}").form(id="add-up")
    url = vera.post(form.attrs["action"], form.data())["Location"]
    job = Job.objects.get()
    sandbox.fault(**BUSY.fault, times=None)
    tasks.work_on(job.pk)
    page = page_of(vera, url)
    page.one("div", class_="notice warn")
    page.one("a", href=f"/chains/{CHAIN}/jobs/{job.pk}/")
    sandbox.clear_faults()
    assert jobs.go_on(job)
    done(job)
    assert not page_of(vera, url).all("div", class_="notice warn")


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


@pytest.mark.slow
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


def test_who_goes_back_and_ticks_by_day_gets_it_by_day(sandbox: Sandbox, vera: Client) -> None:
    form = page_of(vera, f"{LIST}{THAT_DAY}").form(id="add-up")
    first = vera.post(form.attrs["action"], form.data())
    second = vera.post(form.attrs["action"], form.data({"by_day": "on"}))
    assert first["Location"] != second["Location"]
    assert [job.asked["by_day"] for job in Job.objects.order_by("pk")] == [False, True]


def test_form_asks_for_the_days_that_its_page_shows(sandbox: Sandbox, vera: Client) -> None:
    """Whenever it is sent: after midnight "today" would be another day."""
    page = page_of(vera, f"{LIST}?period=today&type=2&location=501&visits=7,8")
    said = f"after={ago(0)}&before={ago(0)}&type=2&location=501&visits=7%2C8"
    for name in ("add-up", "export"):
        assert page.form(id=name).attrs["action"].endswith(f"?{said}")


def test_what_comes_in_while_it_is_read_is_no_loss_without_a_location(
    sandbox: Sandbox, vera: Client, ctx: ChainContext
) -> None:
    add(sandbox, {"amount": Decimal(5)})
    job = begun(ctx, Filter(after=THEN, before=THEN))
    item = job.items.get(object_id=0)
    totals.run(ctx, item)
    job.items.filter(pk=item.pk).update(state="done")
    add(sandbox, {"amount": Decimal(2), "company_id": 502})
    found = totals.totals_of(done(job))
    assert found.has_moved and found.without_location is None
    page_of(vera, f"{LIST}totals/{job.pk}/").one("p", class_="notice warn")
    again = totals.totals_of(done(begun(ctx, Filter(after=THEN, before=THEN))))
    assert not again.has_moved and again.without_location == Sums()


def test_location_says_discounts_bonuses_and_withdrawals_apart(
    sandbox: Sandbox, vera: Client, ctx: ChainContext
) -> None:
    """In one sum they would hide each other."""
    add(sandbox, {"type_id": 1, "amount": Decimal(9)}, {"type_id": 3, "amount": Decimal(-9)})
    add(sandbox, {"type_id": 2, "amount": Decimal(4), "company_id": 502})
    job = done(begun(ctx, Filter(after=THEN, before=THEN)))
    shown = presenting.by_location(totals.totals_of(job), words_of(ctx))
    first, second = (location.title for location in ctx.chain.locations[:2])
    assert len(shown) == 3
    amounts_of = [{bar.row.label: bar.row.value for bar in picture.bars} for picture in shown]
    assert [one[first] for one in amounts_of] == [9, 0, -9]
    assert [one[second] for one in amounts_of] == [0, 4, 0]
    # The largest stands first in each, so that they can be compared.
    assert {picture.bars[0].row.label for picture in shown} == {first}


def test_what_has_no_promotion_does_not_press_the_others_flat(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    add(sandbox, {"program_id": 1, "amount": Decimal(4)}, {"program_id": 2, "amount": Decimal(2)})
    add(sandbox, {"program_id": None, "amount": Decimal(-1000)})
    job = done(begun(ctx, Filter(after=THEN, before=THEN)))
    shown = presenting.by_promotion(ctx, totals.totals_of(job).all, words_of(ctx))
    assert [(int(bar.row.value), bar.width) for bar in shown.bars] == [
        (4, "100.00"),
        (2, "50.00"),
        (-1000, "0.00"),
    ]


def test_cancelled_totals_do_not_promise_more(
    sandbox: Sandbox, ctx: ChainContext, vera: Client
) -> None:
    add(sandbox, {"amount": Decimal(5)})
    job = begun(ctx, Filter(after=THEN, before=THEN), by_day=True)
    assert jobs.cancel(job)
    done(job)
    url = f"{LIST}totals/{job.pk}/"
    page = page_of(vera, url)
    partial = page.one("p", class_="notice warn").text
    assert partial and page.one("figure").node.css("rect.gap")
    Job.objects.update(finished_at=None)
    assert page_of(vera, url).one("p", class_="notice warn").text != partial


def other_currency(ctx: ChainContext, connection: Connection) -> ChainContext:
    """The chain with one location that has another currency than the others."""
    chain = next(one for one in connection.chains if one["id"] == CHAIN)
    chain["locations"][1]["currency"] = "$"
    connection.save()
    found = context_for(CHAIN, person=ctx.person)
    assert found is not None and found.chain.locations[1].currency == "$"
    return found


def test_different_currencies_are_never_added_up_as_one(
    sandbox: Sandbox, vera: Client, ctx: ChainContext, connection: Connection
) -> None:
    ctx = other_currency(ctx, connection)
    add(sandbox, {"amount": Decimal(5)}, {"amount": Decimal(7), "company_id": 502})
    job = done(begun(ctx, Filter(after=THEN, before=THEN)))
    page = page_of(vera, f"{LIST}totals/{job.pk}/")
    text = page.text.replace("\xa0", " ")
    assert "€, $" in page.one("p", class_="notice warn").text
    assert "12 €" not in text and "12 $" not in text
    assert "5 €" in text and "7 $" in text
    assert "€, $" in page_of(vera, f"{LIST}{THAT_DAY}").one("p", class_="notice warn").text
    one = page_of(vera, f"{LIST}{THAT_DAY}&location=502")
    assert "7 $" in one.text.replace("\xa0", " ") and not one.all("p", class_="notice warn")
    home = page_of(vera, f"/chains/{CHAIN}/home/month/")
    assert "€, $" in home.one("p", class_="notice warn").text


def names(page: Page) -> list[str]:
    """Where the names of promotions are read that are not known."""
    links = [link.attrs.get("href", "") for link in page.all("a")]
    return [href for href in links if href.startswith("?") and "names" in href]


@pytest.mark.slow
def test_names_of_promotions_come_by_themselves_where_they_are_not_known(
    sandbox: Sandbox, vera: Client, ctx: ChainContext
) -> None:
    promotion = next(iter(promotions.refresh(ctx).rows.values()))
    add(sandbox, {"program_id": promotion.id})
    job = done(begun(ctx, Filter(after=THEN, before=THEN)))
    for url in (f"{LIST}{THAT_DAY}", f"{LIST}totals/{job.pk}/"):
        cache.clear()
        page = page_of(vera, url)
        assert promotion.title not in page.text
        (link,) = names(page)
        named = page_of(vera, f"{url.partition('?')[0]}{link}")
        named.one("a", text=promotion.title)
        assert names(named) == []
        assert "names" not in "".join(form.attrs.get("action", "") for form in named.all("form"))
        sandbox.fault(**REFUSED.fault, times=None, match={"path": "/loyalty/programs"})
        cache.clear()
        assert str(promotion.id) in page_of(vera, f"{url.partition('?')[0]}{link}").text
        sandbox.clear_faults()


def test_day_is_kept_once_it_is_over_wherever_the_chain_is(ctx: ChainContext) -> None:
    """At 23:30 in Riga it is still that day, in Madrid for an hour more, in Pago Pago for 13."""
    chain = ctx.chain
    far = replace(chain.locations[0], timezone="Pacific/Pago_Pago")
    wide = replace(ctx, chain=replace(chain, locations=(*chain.locations, far)))
    for hours, here, everywhere in ((0, False, False), (2, True, False), (14, True, True)):
        begun_at = at(THEN, 23) + timedelta(minutes=30, hours=hours)
        for one, is_kept in ((ctx, here), (wide, everywhere)):
            days.keep(one, Filter(after=THEN, before=THEN), Sums(), begun_at=begun_at)
            assert DaySums.objects.exists() == is_kept
            DaySums.objects.all().delete()


def test_day_of_the_clock_change_has_all_its_hours(sandbox: Sandbox, ctx: ChainContext) -> None:
    """23 hours in spring and 25 in autumn: none is missing and none counts for two days."""
    for day in (date(2001, 3, 25), date(2001, 10, 28)):
        hours = range(24)
        for each in (day - timedelta(days=1), day, day + timedelta(days=1)):
            add(sandbox, *({"created": at(each, hour), "amount": Decimal(1)} for hour in hours))
        period = Filter(after=day - timedelta(days=1), before=day + timedelta(days=1))
        found = totals.totals_of(done(begun(ctx, period, by_day=True)))
        assert found.all.all.count == 72
        assert [sums.all.count for sums in found.days.values() if sums] == [24, 24, 24]
