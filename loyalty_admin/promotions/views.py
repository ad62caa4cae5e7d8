"""Reading: the list, a promotion's page, what was deleted."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from loyalty_admin.altegio.errors import NotFound
from loyalty_admin.altegio.promotions import Promotion
from loyalty_admin.audit import services as audit
from loyalty_admin.audit.services import mark_abandoned_unknown
from loyalty_admin.catalog import answers, list_views
from loyalty_admin.catalog.list_views import ListPage
from loyalty_admin.chains.services import (
    ChainContext,
    chain_for,
    kept_notification_templates,
)
from loyalty_admin.promotions import (
    exporting,
    facts,
    kinds,
    listing,
    presenting,
    reading,
    sentences,
    words,
)
from loyalty_admin.web.http import Request


def editable_chain(request: Request, chain_id: int) -> ChainContext:
    return answers.editable_chain(request, chain_id, presenting.why_not)


LIST = ListPage(
    shape=listing.SHAPE,
    kept=listing.kept,
    refresh=listing.refresh,
    context=presenting.list_context,
    counted=words.promotions,
    attention=listing.Attention,
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
def menu(request: Request, chain_id: int, promotion_id: int) -> HttpResponse:
    """What can be done with the promotion of a row; without htmx its page offers the same."""
    ctx = chain_for(request, chain_id)
    if not request.htmx:
        return redirect("promotions:detail", ctx.id, promotion_id)
    kept = listing.kept(ctx) or listing.refresh(ctx)
    if promotion_id not in kept.rows:
        raise Http404
    attention = listing.Attention(kept.rows.values())
    context = presenting.page_context(ctx)
    context["row"] = presenting.show_rows(ctx, [kept.rows[promotion_id]], attention)[0]
    return render(request, f"{presenting.ROWS}#promotion_menu", context)


@require_safe
def detail(request: Request, chain_id: int, promotion_id: int) -> HttpResponse:
    ctx = chain_for(request, chain_id)
    try:
        promotion = reading.read_promotion(ctx=ctx, promotion_id=promotion_id)
    except NotFound:
        made = reading.made_again_as(ctx, promotion_id)
        if made:
            return redirect("promotions:detail", ctx.id, made)
        if reading.deletions(ctx).filter(object_id=promotion_id).exists():
            return redirect("promotions:trash", ctx.id)
        raise
    return render(request, "promotions/detail.html", _detail_context(ctx, promotion))


def _detail_context(ctx: ChainContext, promotion: Promotion) -> dict[str, Any]:
    mark_abandoned_unknown()
    reading.learn_words(ctx)
    say = reading.words_for(ctx, promotion.items)
    terms = promotion.terms
    return presenting.page_context(ctx) | {
        "promotion": promotion,
        "promotion_url": f"{presenting.index_url(ctx)}{promotion.id}/",
        "marks": _marks(ctx, promotion),
        "sentence": sentences.in_full(terms, say),
        "example": facts.worked(terms, say),
        "gives": kinds.gives(terms.kind),
        "groups": facts.facts(promotion, say),
        "items": facts.items(promotion, say),
        "texts": facts.texts(terms, kept_notification_templates(ctx) or ()),
        "locations": [say.location(number) for number in terms.location_ids],
        "card_types": [say.card_type(number) for number in terms.card_type_ids],
        "entries": audit.entries_of(ctx, kind="promotion", object_id=promotion.id),
    }


def _marks(ctx: ChainContext, promotion: Promotion) -> tuple[str, ...]:
    """What is odd about it now; only the list tells what its locations report."""
    kept = listing.kept(ctx)
    if kept is None:
        return ()
    known = kept.rows.get(promotion.id)
    row = listing.row_of(promotion, known.reported_in if known else ())
    return listing.Attention({**kept.rows, row.id: row}.values()).marks(row)


@require_safe
def trash(request: Request, chain_id: int) -> HttpResponse:
    """What was deleted from here: Altegio lists it no more, the journal knows it."""
    ctx = chain_for(request, chain_id)
    mark_abandoned_unknown()
    page = Paginator(reading.deletions(ctx), 50).get_page(request.GET.get("page"))
    context = presenting.page_context(ctx) | {
        "page": page,
        "deletions": presenting.show_deletions(ctx, page.object_list),
        "tabs": presenting.tabs(ctx, None, listing.all_rows(ctx)),
    }
    return render(request, "promotions/trash.html", context)
