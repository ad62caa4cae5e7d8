"""What runs in the background: how far it is, cancelling, and trying again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Case, Count, Q, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from loyalty_admin.accounts.http import Request
from loyalty_admin.chains.services import ChainContext, chain_for
from loyalty_admin.jobs import services
from loyalty_admin.jobs.kinds import kind_named
from loyalty_admin.jobs.models import Item, ItemState, Job

PAGE_SIZE = 50
ITEMS_PAGE_SIZE = 100
CHIPS = {
    ItemState.DONE: "good",
    ItemState.REFUSED: "warn",
    ItemState.UNKNOWN: "bad",
    ItemState.RUNNING: "info",
}
# A worker looks for work every second: after so many somebody should look after it.
SECONDS_TO_BEGIN = 20


@require_safe
def index(request: Request, chain_id: int) -> HttpResponse:
    """The chain's jobs, newest first."""
    ctx = chain_for(request, chain_id)
    jobs = (
        services.jobs_of(ctx)
        .order_by("-pk")
        .annotate(
            all_items=Count("items"),
            done_items=Count("items", filter=Q(items__state=ItemState.DONE)),
        )
    )
    page = Paginator(jobs, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "jobs/index.html", {"ctx": ctx, "page": page})


@never_cache
@require_safe
def detail(request: Request, chain_id: int, job_id: int) -> HttpResponse:
    ctx = chain_for(request, chain_id)
    template = "jobs/detail.html"
    context = _context(request, ctx, get_object_or_404(services.jobs_of(ctx), pk=job_id))
    return render(request, f"{template}#progress" if request.htmx else template, context)


def _context(request: Request, ctx: ChainContext, job: Job) -> dict[str, Any]:
    services.note_settled(job)
    counts = services.counts(job)
    ended = counts["all"] - counts["waiting"] - counts["running"]
    items = job.items.select_related("entry")
    if job.finished_at is not None:
        items = items.order_by(Case(When(state=ItemState.DONE, then=1), default=0), "pk")
    page = Paginator(items, ITEMS_PAGE_SIZE).get_page(request.GET.get("page"))
    waited = (timezone.now() - job.started_at).total_seconds()
    return {
        "ctx": ctx,
        "job": job,
        "counts": counts,
        "ended": ended,
        "is_over": job.finished_at is not None,
        "has_not_begun": waited > SECONDS_TO_BEGIN
        and not (ended or counts["running"] or job.paused_until),
        "may_act": not _why_not(ctx, job),
        **_came_of_it(ctx, job, counts),
        "can_retry": bool(counts["refused"] or counts["cancelled"]) and job.finished_at is not None,
        "page": page,
        "items": [_shown(ctx, job, item) for item in page.object_list],
    }


def _came_of_it(ctx: ChainContext, job: Job, counts: Mapping[str, int]) -> dict[str, Any]:
    """Where what it found can be seen or taken away, for kinds that find something."""
    kind = kind_named(job.kind)
    if kind is None:
        return {}
    is_whole = job.finished_at is not None and counts["done"] == counts["all"]
    return {
        "result_url": reverse(kind.result, args=[ctx.id, job.pk]) if kind.result else "",
        "result_label": kind.result_label,
        "is_download": bool(kind.download),
        "export_url": reverse(kind.download, args=[ctx.id, job.pk])
        if kind.download and is_whole
        else "",
    }


def _shown(ctx: ChainContext, job: Job, item: Item) -> dict[str, Any]:
    kind = kind_named(job.kind)
    return {
        "item": item,
        "url": reverse(kind.page, args=[ctx.id, item.object_id]) if kind and kind.page else "",
        "chip": CHIPS.get(ItemState(item.state), ""),
    }


def _why_not(ctx: ChainContext, job: Job) -> str:
    """Why the person may not cancel or retry it; "" when they may."""
    kind = kind_named(job.kind)
    if kind is None:
        return _("This version of the dashboard does not know what it does.")
    return kind.why_not(ctx)


def _job_to_act_on(request: Request, chain_id: int, job_id: int) -> tuple[ChainContext, Job]:
    """PermissionDenied names what is missing."""
    ctx = chain_for(request, chain_id)
    job = get_object_or_404(services.jobs_of(ctx), pk=job_id)
    if reason := _why_not(ctx, job):
        raise PermissionDenied(reason)
    return ctx, job


@require_POST
def cancel(request: Request, chain_id: int, job_id: int) -> HttpResponse:
    ctx, job = _job_to_act_on(request, chain_id, job_id)
    if services.cancel(job):
        messages.info(request, _("Cancelled: what was not begun yet is not done any more."))
    else:
        messages.warning(request, _("It had ended already: nothing was left to cancel."))
    return redirect("jobs:detail", ctx.id, job_id)


@require_POST
def go_on(request: Request, chain_id: int, job_id: int) -> HttpResponse:
    """Ask Altegio again before the time that it named."""
    ctx, job = _job_to_act_on(request, chain_id, job_id)
    if not services.go_on(job):
        messages.warning(request, _("It was not paused any more."))
    return redirect("jobs:detail", ctx.id, job_id)


@require_POST
def retry(request: Request, chain_id: int, job_id: int) -> HttpResponse:
    """Do once more what was not done."""
    ctx, job = _job_to_act_on(request, chain_id, job_id)
    count = services.retry(ctx, job)
    if count:
        text = ngettext("%(n)s is tried again.", "%(n)s are tried again.", count) % {"n": count}
        messages.info(request, text)
    else:
        messages.warning(request, _("Nothing was tried again: it runs, or nothing had failed."))
    return redirect("jobs:detail", ctx.id, job_id)
