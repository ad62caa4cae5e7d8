"""What the views of everything a chain sells share: reading forms, answering a browser or htmx.

The slices' addresses have the same names: `index`, `detail`, `create_again`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from loyalty_admin.accounts.http import Request
from loyalty_admin.audit import history
from loyalty_admin.audit.guard import Written
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.catalog import outcomes
from loyalty_admin.catalog.forms import TermsForm
from loyalty_admin.catalog.outcomes import Attempt
from loyalty_admin.chains.services import ChainContext, chain_for

LEVELS = {
    "good": messages.SUCCESS,
    "info": messages.INFO,
    "warn": messages.WARNING,
    "bad": messages.ERROR,
}


def editable_chain(
    request: Request, chain_id: int, why_not: Callable[[ChainContext], str]
) -> ChainContext:
    """The chain, for a write: PermissionDenied names what is missing."""
    ctx = chain_for(request, chain_id, edit=True)
    reason = why_not(ctx)
    if reason:
        raise PermissionDenied(reason)
    return ctx


def form_id(request: Request) -> str:
    return request.POST.get("form_id", "")[:64]


def wanted(request: Request, form: TermsForm, opened_on: Mapping[str, Any]) -> dict[str, Any]:
    """The terms as typed; where the person gave way in a conflict, what was read then."""
    theirs = [name for name in request.POST.getlist("theirs") if name in opened_on]
    return form.wanted() | {name: opened_on[name] for name in theirs}


def opened_attempt(request: Request) -> Attempt:
    """A form whose signature is broken is opened anew; nothing of it was sent."""
    if request.method != "POST":
        return Attempt()
    return Attempt(problem=_("This form was too old to be sent. Nothing was changed."), status=409)


def deletion_for(request: Request, ctx: ChainContext, action: str, **which: int) -> Entry:
    """The newest such deletion; a form can be sent again after it has made it good."""
    is_sent = request.method == "POST"
    found = (history.all_deletions if is_sent else history.deletions)(ctx, action)
    entry = found.filter(**which).first()
    if entry is None:
        raise Http404
    return entry


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
    template = "catalog/not_done.html"
    return partial(
        request, f"{template}#problem" if request.htmx else template, context, tried.status
    )
