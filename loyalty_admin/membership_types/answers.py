"""What the writing views share: reading their forms, and answering a browser or htmx."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.membership_types import listing, outcomes, presenting, reading
from loyalty_admin.membership_types.journal import Written
from loyalty_admin.membership_types.outcomes import Attempt
from loyalty_admin.web.http import Request

LEVELS = {
    "good": messages.SUCCESS,
    "info": messages.INFO,
    "warn": messages.WARNING,
    "bad": messages.ERROR,
}


def form_id(request: Request) -> str:
    return request.POST.get("form_id", "")[:64]


def deletion_for(request: Request, ctx: ChainContext, **which: int) -> Entry:
    """The newest such deletion; a form can be sent again after it has made it good."""
    found = reading.all_deletions(ctx) if request.method == "POST" else reading.deletions(ctx)
    entry = found.filter(**which).first()
    if entry is None:
        raise Http404
    return entry


def partial(request: Request, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    response = render(request, template, context, status=status)
    if request.htmx:
        response["X-Partial"] = "1"
    return response


def add_message(request: Request, written: Written) -> None:
    level, text = outcomes.message(written)
    messages.add_message(request, LEVELS[level], text)


def toast(written: Written) -> dict[str, str]:
    level, text = outcomes.message(written)
    return {"toast_level": level, "toast_text": text}


def go(request: Request, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def go_to_result(request: Request, ctx: ChainContext, written: Written) -> HttpResponse:
    """To the type that came of it; to the journal where that is not known."""
    entry = written.entry
    if entry is not None and entry.outcome != Outcome.DONE:
        return go(request, reverse("audit:detail", args=[entry.pk]))
    add_message(request, written)
    type_id = entry.result_id if entry else None
    if written.membership_type is not None:
        type_id = written.membership_type.id
    return go(request, reverse("membership_types:detail", args=[ctx.id, type_id]))


def row_written(
    request: Request, ctx: ChainContext, type_id: int, written: Written
) -> HttpResponse:
    if not request.htmx:
        return go_to_result(request, ctx, written)
    kept, read = listing.kept(ctx), written.membership_type
    row = listing.row_of(read) if read else kept.rows.get(type_id) if kept else None
    context = presenting.page_context(ctx) | toast(written)
    context |= {"row": presenting.show_rows(ctx, [row])[0] if row else None, "type_id": type_id}
    return render(request, "membership_types/list.html#type_row_written", context)


def not_done(request: Request, ctx: ChainContext, type_id: int, tried: Attempt) -> HttpResponse:
    """A button's write that did not go through, or that was made by the same form before."""
    url = reverse("membership_types:detail", args=[ctx.id, type_id])
    context = presenting.page_context(ctx) | {
        "tried": tried,
        "again_url": request.path,
        "back_url": url,
    }
    template = "membership_types/not_done.html"
    return partial(
        request, f"{template}#problem" if request.htmx else template, context, tried.status
    )
