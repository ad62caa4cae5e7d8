"""What the views of everything a chain sells share: answering a browser or htmx.

The slices' addresses have the same names: `index`, `detail`, `create_again`.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from loyalty_admin.audit.models import Outcome
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.offers import outcomes
from loyalty_admin.offers.outcomes import Attempt, Written
from loyalty_admin.web.http import Request

LEVELS = {
    "good": messages.SUCCESS,
    "info": messages.INFO,
    "warn": messages.WARNING,
    "bad": messages.ERROR,
}


def form_id(request: Request) -> str:
    return request.POST.get("form_id", "")[:64]


def partial(request: Request, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    """The page, or for htmx the part of it that the browser puts in whatever the status is."""
    response = render(request, template, context, status=status)
    if request.htmx:
        response["X-Partial"] = "1"
    return response


def add_message(request: Request, written: Written[Any]) -> None:
    level, text = outcomes.message(written)
    messages.add_message(request, LEVELS[level], text)


def toast(written: Written[Any]) -> dict[str, str]:
    level, text = outcomes.message(written)
    return {"toast_level": level, "toast_text": text}


def go(request: Request, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def page_url(request: Request, ctx: ChainContext, object_id: int | None) -> str:
    """The page of one object of the slice that is asked."""
    assert request.resolver_match is not None
    return reverse(f"{request.resolver_match.app_name}:detail", args=[ctx.id, object_id])


def go_to_result(request: Request, ctx: ChainContext, written: Written[Any]) -> HttpResponse:
    """To what came of it; to the journal where that is not known."""
    entry = written.entry
    if entry is not None and entry.outcome != Outcome.DONE:
        return go(request, reverse("audit:detail", args=[entry.pk]))
    add_message(request, written)
    object_id = entry.result_id if entry else None
    if written.item is not None:
        object_id = written.item.id
    return go(request, page_url(request, ctx, object_id))


def not_done(
    request: Request, ctx: ChainContext, context: dict[str, Any], object_id: int, tried: Attempt
) -> HttpResponse:
    """A button's write that did not go through, or that was made by the same form before."""
    context |= {
        "tried": tried,
        "again_url": request.path,
        "back_url": page_url(request, ctx, object_id),
    }
    template = "offers/not_done.html"
    return partial(
        request, f"{template}#problem" if request.htmx else template, context, tried.status
    )
