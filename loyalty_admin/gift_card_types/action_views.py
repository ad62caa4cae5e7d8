"""The buttons: archive, unarchive, delete, restore; from a row or from the type's page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from loyalty_admin.altegio.gift_card_types import GiftCardType
from loyalty_admin.audit.models import Entry
from loyalty_admin.catalog import answers, writes
from loyalty_admin.catalog.forms import RestoreForm
from loyalty_admin.catalog.outcomes import Attempt, attempt
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.gift_card_types import answers as own
from loyalty_admin.gift_card_types import archive as archive_of
from loyalty_admin.gift_card_types import (
    archiving,
    listing,
    locks,
    presenting,
    reading,
)
from loyalty_admin.gift_card_types.resource import GIFT_CARD_TYPES
from loyalty_admin.gift_card_types.resource import restore as make_again
from loyalty_admin.gift_card_types.views import detail_context, editable_chain
from loyalty_admin.web.http import Request

DETAIL_TARGET = "type-detail"
_NOT_ARCHIVED_HERE = gettext_lazy("It is not archived in this dashboard.")


@require_http_methods(["GET", "HEAD", "POST"])
def archive(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    """GET says what it will do, where it also ends an online sale."""
    ctx = editable_chain(request, chain_id)
    if request.method == "POST":
        return _switch(request, ctx, type_id, archived=True)
    item = reading.read_gift_card_type(ctx=ctx, type_id=type_id)
    if item.is_archived or archive_of.archived_here(ctx, type_id):
        return _nothing_to_ask(request, ctx, type_id, _("It is archived already."))
    context = {"takes_off_sale": archiving.takes_off_sale(item), "verb": "archive"}
    return _question(request, ctx, item, "archive", context)


@require_http_methods(["GET", "HEAD", "POST"])
def unarchive(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    """GET says what it will do, where it also begins an online sale again."""
    ctx = editable_chain(request, chain_id)
    if request.method == "POST":
        return _switch(request, ctx, type_id, archived=False)
    item = reading.read_gift_card_type(ctx=ctx, type_id=type_id)
    if item.is_archived or archive_of.archived_here(ctx, type_id) is None:
        reason = locks.IS_ARCHIVED_BY_ALTEGIO if item.is_archived else _NOT_ARCHIVED_HERE
        return _nothing_to_ask(request, ctx, type_id, str(reason))
    context = {"puts_on_sale": archiving.puts_on_sale(ctx, item), "verb": "unarchive"}
    return _question(request, ctx, item, "archive", context)


def _nothing_to_ask(request: Request, ctx: ChainContext, type_id: int, reason: str) -> HttpResponse:
    messages.info(request, reason)
    return answers.go(request, answers.page_url(request, ctx, type_id))


def _question(
    request: Request, ctx: ChainContext, item: GiftCardType, name: str, context: dict[str, Any]
) -> HttpResponse:
    """A page, or a dialog, that asks before it is done."""
    context |= presenting.page_context(ctx) | {
        "item": item,
        "from_row": (request.htmx.trigger or "").startswith(f"{name}-row-"),
        "type_url": f"{presenting.index_url(ctx)}{item.id}/",
    }
    template = f"gift_card_types/{name}.html"
    return render(request, f"{template}#confirm" if request.htmx else template, context)


def _switch(
    request: Request,
    ctx: ChainContext,
    type_id: int,
    *,
    archived: bool,
) -> HttpResponse:
    chosen = request.POST.get("said", "")
    choice = archiving.SaleChoice(chosen if chosen in ("sale", "only") else "")
    try:
        tried = attempt(
            lambda: archiving.switch(
                GIFT_CARD_TYPES,
                ctx,
                type_id,
                form_id=answers.form_id(request),
                archived=archived,
                choice=choice,
            )
        )
    except archiving.SaleChoiceRequired:
        return answers.go(request, request.path)  # where it is said
    if tried.written is None:
        return own.not_done(request, ctx, type_id, tried)
    if request.htmx and request.htmx.target == DETAIL_TARGET:
        item = tried.written.item
        if item is None:
            return answers.go_to_result(request, ctx, tried.written)
        context = detail_context(ctx, item) | answers.toast(tried.written)
        return render(request, "gift_card_types/detail.html#type", context)
    return own.row_written(request, ctx, type_id, tried.written)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    ctx = editable_chain(request, chain_id)
    if request.method != "POST":
        item = reading.read_gift_card_type(ctx=ctx, type_id=type_id)
        return _question(request, ctx, item, "delete", {})
    tried = attempt(
        lambda: writes.delete(GIFT_CARD_TYPES, ctx, type_id, form_id=answers.form_id(request))
    )
    if tried.written is None:
        return own.not_done(request, ctx, type_id, tried)
    if request.htmx and request.htmx.target == f"type-row-{type_id}":
        return own.row_written(request, ctx, type_id, tried.written)
    answers.add_message(request, tried.written)
    return answers.go(request, presenting.index_url(ctx))


@require_POST
def restore(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    """Make a deleted type again, under a title that the person confirms."""
    ctx = editable_chain(request, chain_id)
    deletion = answers.deletion_for(request, ctx, "gift_card_type.deleted", object_id=type_id)
    form = RestoreForm(request.POST)
    if not form.is_valid():
        problem = _("Give it a title of up to 255 characters.")
        return _not_restored(request, ctx, deletion, Attempt(problem=problem, status=422))
    tried = attempt(
        lambda: make_again(
            ctx, deletion, form.cleaned_data["title"], form_id=answers.form_id(request)
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
    shown |= {"title": request.POST.get("title", ""), "problem": tried.problem}
    context = presenting.page_context(ctx) | {"deletion": shown}
    template = "gift_card_types/trash.html"
    if request.htmx:
        return answers.partial(request, f"{template}#deletion_row", context, tried.status)
    context |= {
        "tabs": presenting.tabs(ctx, None, listing.all_rows(ctx)),
        "deletions": [shown],
    }
    return render(request, template, context, status=tried.status)
