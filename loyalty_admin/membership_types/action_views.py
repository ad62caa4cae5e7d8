"""The buttons: clone, archive, unarchive, delete, restore; from a row or from the type's page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from loyalty_admin.audit.models import Entry
from loyalty_admin.catalog import answers, writes
from loyalty_admin.catalog.forms import RestoreForm
from loyalty_admin.catalog.outcomes import Attempt, attempt
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.membership_types import answers as own
from loyalty_admin.membership_types import (
    listing,
    presenting,
    reading,
    sending,
)
from loyalty_admin.membership_types.resource import MEMBERSHIP_TYPES
from loyalty_admin.membership_types.views import detail_context, editable_chain
from loyalty_admin.web.http import Request

DETAIL_TARGET = "type-detail"


@require_POST
def clone(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    ctx = editable_chain(request, chain_id)
    tried = attempt(
        lambda: sending.clone(MEMBERSHIP_TYPES, ctx, type_id, form_id=answers.form_id(request))
    )
    if tried.written is None:
        return own.not_done(request, ctx, type_id, tried)
    return answers.go_to_result(request, ctx, tried.written)


@require_POST
def archive(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    return _switch(request, chain_id, type_id, archived=True)


@require_POST
def unarchive(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    return _switch(request, chain_id, type_id, archived=False)


def _switch(request: Request, chain_id: int, type_id: int, *, archived: bool) -> HttpResponse:
    ctx = editable_chain(request, chain_id)
    tried = attempt(
        lambda: sending.archive(
            MEMBERSHIP_TYPES, ctx, type_id, form_id=answers.form_id(request), archived=archived
        )
    )
    if tried.written is None:
        return own.not_done(request, ctx, type_id, tried)
    if request.htmx and request.htmx.target == DETAIL_TARGET:
        item = tried.written.item
        if item is None:
            return answers.go_to_result(request, ctx, tried.written)
        context = detail_context(request, ctx, item) | answers.toast(tried.written)
        return render(request, "membership_types/detail.html#type", context)
    return own.row_written(request, ctx, type_id, tried.written)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    ctx = editable_chain(request, chain_id)
    if request.method != "POST":
        item = reading.read_membership_type(ctx=ctx, type_id=type_id)
        context = presenting.page_context(ctx) | {
            "item": item,
            "from_row": (request.htmx.trigger or "").startswith("delete-row-"),
            "type_url": f"{presenting.index_url(ctx)}{type_id}/",
        }
        template = "membership_types/delete.html"
        return render(request, f"{template}#confirm" if request.htmx else template, context)
    tried = attempt(
        lambda: writes.delete(MEMBERSHIP_TYPES, ctx, type_id, form_id=answers.form_id(request))
    )
    if tried.written is None:
        return own.not_done(request, ctx, type_id, tried)
    if request.htmx and request.htmx.target == f"type-row-{type_id}":
        return own.row_written(request, ctx, type_id, tried.written)
    answers.add_message(request, tried.written)
    return answers.go(request, presenting.index_url(ctx))


@require_POST
def restore(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    """Bring a deleted type back under a title that the person confirms."""
    ctx = editable_chain(request, chain_id)
    deletion = answers.deletion_for(request, ctx, "membership_type.deleted", object_id=type_id)
    form = RestoreForm(request.POST)
    if not form.is_valid():
        return _not_restored(
            request,
            ctx,
            deletion,
            Attempt(problem=_("Give it a title of up to 255 characters."), status=422),
        )
    tried = attempt(
        lambda: sending.restore(
            MEMBERSHIP_TYPES,
            ctx,
            deletion,
            form.cleaned_data["title"],
            form_id=answers.form_id(request),
        )
    )
    if tried.written is None:
        return _not_restored(request, ctx, deletion, tried)
    return answers.go_to_result(request, ctx, tried.written)


def _not_restored(
    request: Request, ctx: ChainContext, deletion: Entry, tried: Attempt
) -> HttpResponse:
    """Nothing typed is lost: the same row with its title, the reason, and the other way."""
    shown = presenting.show_deletions(ctx, [deletion])[0]
    context = presenting.page_context(ctx) | {
        "deletion": shown
        | {
            "title": request.POST.get("title", ""),
            "problem": tried.problem,
            "is_forbidden": tried.is_forbidden,
        },
    }
    if request.htmx:
        return answers.partial(
            request, "membership_types/trash.html#deletion_row", context, tried.status
        )
    context |= {
        "tabs": presenting.tabs(ctx, None, listing.all_rows(ctx)),
        "deletions": [context["deletion"]],
    }
    return render(request, "membership_types/trash.html", context, status=tried.status)
