"""Reading: the list, a type's page, what was deleted."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from loyalty_admin.altegio.errors import NotFound
from loyalty_admin.altegio.gift_card_types import GiftCardType
from loyalty_admin.audit import services as audit
from loyalty_admin.audit.services import mark_abandoned_unknown
from loyalty_admin.catalog import answers, list_views, words
from loyalty_admin.catalog.attention import AttentionOnSale
from loyalty_admin.catalog.list_views import ListPage
from loyalty_admin.chains.services import CATEGORIES, ChainContext, chain_for, learn
from loyalty_admin.gift_card_types import (
    archive,
    archiving,
    exporting,
    facts,
    listing,
    locks,
    presenting,
    reading,
)
from loyalty_admin.web.http import Request


def editable_chain(request: Request, chain_id: int) -> ChainContext:
    return answers.editable_chain(request, chain_id, presenting.why_not)


LIST = ListPage(
    shape=listing.SHAPE,
    kept=listing.kept,
    refresh=listing.refresh,
    context=presenting.list_context,
    counted=words.types,
    attention=AttentionOnSale,
    draw=presenting.draw_rows,
    table=exporting.table_of,
)


@require_safe
@vary_on_headers("HX-Request")
def index(request: Request, chain_id: int) -> HttpResponse:
    return list_views.index(request, chain_id, LIST)


@require_safe
@vary_on_headers("HX-Request")
def loaded(request: Request, chain_id: int) -> HttpResponse:
    return list_views.loaded(request, chain_id, LIST)


@require_POST
def refresh(request: Request, chain_id: int) -> HttpResponse:
    return list_views.refresh(request, chain_id, LIST)


@require_safe
def export(request: Request, chain_id: int) -> StreamingHttpResponse:
    return list_views.export(request, chain_id, LIST)


@require_safe
def row(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    """One row as kept: what leaving the editing of a row brings back."""
    return _row(request, chain_id, type_id, "type_row")


@require_safe
def menu(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    """What can be done with the type of a row; without htmx its page offers the same."""
    return _row(request, chain_id, type_id, "type_menu")


def _row(request: Request, chain_id: int, type_id: int, part: str) -> HttpResponse:
    ctx = chain_for(request, chain_id)
    if not request.htmx:
        return redirect("gift_card_types:detail", ctx.id, type_id)
    kept = listing.kept(ctx) or listing.refresh(ctx)
    if type_id not in kept.rows:
        raise Http404
    attention = AttentionOnSale(kept.rows.values())
    context = presenting.page_context(ctx)
    context["row"] = presenting.show_rows(ctx, [kept.rows[type_id]], attention)[0]
    return render(request, f"{presenting.ROWS}#{part}", context)


@require_safe
def detail(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    ctx = chain_for(request, chain_id)
    try:
        item = reading.read_gift_card_type(ctx=ctx, type_id=type_id)
    except NotFound:
        made = reading.restored_as(ctx, type_id)
        if made:
            return redirect("gift_card_types:detail", ctx.id, made)
        if reading.deletions(ctx).filter(object_id=type_id).exists():
            return redirect("gift_card_types:trash", ctx.id)
        raise
    return render(request, "gift_card_types/detail.html", detail_context(ctx, item))


def detail_context(ctx: ChainContext, item: GiftCardType) -> dict[str, Any]:
    mark_abandoned_unknown()
    if item.terms.service_ids:
        learn(ctx, CATEGORIES)  # so that the services have names
    say = reading.words_for(ctx)
    away = archive.archived_here(ctx, item.id)
    return presenting.page_context(ctx) | {
        "item": item,
        "away": away,
        "is_archived": item.is_archived or away is not None,
        "is_changeable": not locks.why_locked(ctx, item),
        "puts_on_sale": archiving.puts_on_sale(ctx, item),
        "marks": _marks(ctx, item),
        "type_url": f"{presenting.index_url(ctx)}{item.id}/",
        "groups": facts.facts(item, say),
        "services": facts.services(item, say),
        "besides": facts.read_only_facts(item),
        "locations": [say.location(number) for number in item.terms.location_ids],
        "deletion": reading.deletion_of(ctx, item.id),
        "entries": audit.entries_of(ctx, kind="gift_card_type", object_id=item.id),
    }


def _marks(ctx: ChainContext, item: GiftCardType) -> tuple[str, ...]:
    """What is odd about it now; only the list tells whether its title is used twice."""
    kept = listing.kept(ctx)
    row = listing.row_here(ctx, item)
    rows = {**(kept.rows if kept else {}), item.id: row}
    return AttentionOnSale(rows.values()).marks(row)


@require_safe
def trash(request: Request, chain_id: int) -> HttpResponse:
    """Types that were deleted from here: Altegio lists them no more, the journal knows them."""
    ctx = chain_for(request, chain_id)
    mark_abandoned_unknown()
    page = Paginator(reading.deletions(ctx), 50).get_page(request.GET.get("page"))
    context = presenting.page_context(ctx) | {
        "page": page,
        "deletions": presenting.show_deletions(ctx, page.object_list),
        "tabs": presenting.tabs(ctx, None, listing.all_rows(ctx)),
    }
    return render(request, "gift_card_types/trash.html", context)
