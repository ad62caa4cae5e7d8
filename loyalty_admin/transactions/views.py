"""Loyalty transactions: the list of a period, and what all of them come to."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from loyalty_admin.accounts.http import Request
from loyalty_admin.altegio import transactions as api
from loyalty_admin.altegio.errors import AltegioError
from loyalty_admin.altegio.transactions import Filter
from loyalty_admin.audit.services import new_form_id, reason_of
from loyalty_admin.catalog import periods
from loyalty_admin.catalog.answers import form_id
from loyalty_admin.catalog.listing import page_number
from loyalty_admin.chains.services import ChainContext, chain_for
from loyalty_admin.exports import answers as exports
from loyalty_admin.jobs import services as jobs
from loyalty_admin.promotions import listing as promotions
from loyalty_admin.transactions import exporting, presenting, totals
from loyalty_admin.transactions.forms import FilterForm
from loyalty_admin.transactions.words import Words, words_of

# In an address: read promotions' names first. It is no part of the filter.
NAMES = "names"


@never_cache
@require_safe
def index(request: Request, chain_id: int) -> HttpResponse:
    """A page of the transactions that the address asks for, as Altegio gives them now."""
    ctx = chain_for(request, chain_id)
    form = _form(request, ctx)
    number = page_number(request.GET)
    context: dict[str, Any] = {
        "ctx": ctx,
        "form": form,
        "ticked": [form["type"], *([form["location"]] if ctx.chain.locations else [])],
        "query": _query(request),
        "form_id": new_form_id(),
        "number": number,
    }
    if not form.is_valid():
        return render(request, "transactions/index.html", context, status=422)
    filter = form.filter()
    say = _words(request, ctx, filter)
    context["said"] = [
        periods.in_words(filter.after, filter.before),
        *presenting.narrowing_in_words(filter, say),
    ]
    context |= {"say": say, "exactly": _query_of(filter)}
    try:
        page = api.read_page(ctx.transport(), ctx.id, filter, number)
    except AltegioError as error:
        context["problem"] = reason_of(error, is_read=True)
        return render(request, "transactions/index.html", context, status=502)
    context |= {
        "lacks_names": _lacks_names(ctx, (row.promotion_id for row in page.rows)),
        "rows": [presenting.show_row(ctx, row, say) for row in page.rows],
        "unreadable": page.unreadable,
        "previous": _query(request, page=number - 1) if number > 1 else "",
        "next": "" if page.is_last else _query(request, page=number + 1),
    }
    return render(request, "transactions/index.html", context)


def _form(request: Request, ctx: ChainContext) -> FilterForm:
    today = timezone.now().astimezone(ctx.zone).date()
    return FilterForm(request.GET, say=words_of(ctx), today=today)


def _query(request: Request, **more: int) -> str:
    """The filter as it stands in the address."""
    asked = [
        (name, value)
        for name, values in request.GET.lists()
        for value in values
        if name not in ("page", NAMES) and value
    ]
    return urlencode([*asked, *more.items()])


@require_POST
def add_up(request: Request, chain_id: int) -> HttpResponse:
    """Have all of it added up in the background; the filter stands in the address."""
    ctx = chain_for(request, chain_id)
    form = _form(request, ctx)
    if not form.is_valid():
        return redirect(_index_url(request, ctx))
    job = totals.begin(
        ctx,
        form.filter(),
        by_day="by_day" in request.POST,
        anew="anew" in request.POST,
        form_id=form_id(request),
    )
    return redirect("transactions:totals", ctx.id, job.pk)


@require_POST
def export(request: Request, chain_id: int) -> HttpResponse:
    """Have all of it read into a file in the background."""
    ctx = chain_for(request, chain_id)
    form = _form(request, ctx)
    if not form.is_valid():
        return redirect(_index_url(request, ctx))
    job = exporting.begin(ctx, form.filter(), form_id=form_id(request))
    return redirect("jobs:detail", ctx.id, job.pk)


def _index_url(request: Request, ctx: ChainContext) -> str:
    return f"{reverse('transactions:index', args=[ctx.id])}?{_query(request)}"


@never_cache
@require_safe
def show_totals(request: Request, chain_id: int, job_id: int) -> HttpResponse:
    """What is added up so far, and in the end."""
    ctx = chain_for(request, chain_id)
    job = get_object_or_404(jobs.jobs_of(ctx), pk=job_id, kind=totals.KIND)
    found = totals.totals_of(job)
    say = _words(request, ctx, found.filter)
    by_promotion = found.all.by(lambda key: key.promotion_id)
    template = "transactions/totals.html"
    context = {
        "ctx": ctx,
        "job": job,
        "counts": jobs.counts(job),
        "say": say,
        "lacks_names": job.finished_at is not None and _lacks_names(ctx, by_promotion),
        "said": presenting.narrowing_in_words(found.filter, say),
        "totals": found,
        "figures": presenting.figures(found.all, say),
        "by_type": presenting.by_type(found.all, say),
        "by_promotion": presenting.by_promotion(ctx, found.all, say),
        "by_location": presenting.by_location(found, say),
        "unread_locations": presenting.unread_locations(found, say),
        "by_day": presenting.by_day(found.days.items(), say) if found.by_day else None,
        "query": _query_of(found.filter),
        "form_id": new_form_id(),
    }
    return render(request, f"{template}#progress" if request.htmx else template, context)


def _query_of(filter: Filter) -> str:
    """An address of the same days whenever it is followed: a word like "today" means others
    after midnight."""
    visits = ",".join(map(str, filter.visit_ids))
    return urlencode(
        [
            ("after", filter.after.isoformat()),
            ("before", filter.before.isoformat()),
            *(("type", number) for number in filter.types),
            *(("location", number) for number in filter.location_ids),
            *([("visits", visits)] if visits else []),
        ]
    )


def _words(request: Request, ctx: ChainContext, filter: Filter) -> Words:
    """The chain's words; promotions' names are read first where the address asks for that."""
    if NAMES in request.GET and promotions.kept(ctx) is None:
        with suppress(AltegioError):
            promotions.refresh(ctx)
    return words_of(ctx, filter.location_ids)


def _lacks_names(ctx: ChainContext, promotion_ids: Iterable[int | None]) -> bool:
    return promotions.kept(ctx) is None and any(promotion_ids)


@never_cache
@require_safe
def download(request: Request, chain_id: int, job_id: int) -> HttpResponseBase:
    """The file, once all of it was read."""
    ctx = chain_for(request, chain_id)
    job = get_object_or_404(jobs.jobs_of(ctx), pk=job_id, kind=exporting.KIND)
    if not jobs.is_all_done(job):
        return redirect("jobs:detail", ctx.id, job.pk)
    return exports.answer(request, exporting.table_of(ctx, job))
