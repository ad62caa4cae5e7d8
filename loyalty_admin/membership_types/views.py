"""Reading: the list, a type's page, what was deleted."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from loyalty_admin.altegio.membership_types import MembershipType
from loyalty_admin.audit import services as audit
from loyalty_admin.audit.services import mark_abandoned_unknown
from loyalty_admin.catalog import answers, list_views, words
from loyalty_admin.catalog.attention import AttentionOnSale
from loyalty_admin.catalog.list_views import ListPage
from loyalty_admin.chains.services import ChainContext, chain_for
from loyalty_admin.membership_types import exporting, facts, listing, presenting, reading
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
        return redirect("membership_types:detail", ctx.id, type_id)
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
    item = reading.read_membership_type(ctx=ctx, type_id=type_id)
    return render(request, "membership_types/detail.html", detail_context(request, ctx, item))


def detail_context(request: Request, ctx: ChainContext, item: MembershipType) -> dict[str, Any]:
    mark_abandoned_unknown()
    say = reading.words_for(ctx, item)
    return presenting.page_context(ctx) | {
        "item": item,
        "type_url": f"{presenting.index_url(ctx)}{item.id}/",
        "groups": facts.facts(item, say),
        "besides": facts.read_only_facts(item, say),
        "services": facts.covered(item),
        "locations": [say.location(number) for number in item.terms.location_ids],
        "week": facts.week(item.terms.usable_times),
        "deletion": reading.deletion_of(ctx, item.id),
        "entries": audit.entries_of(ctx, kind="membership_type", object_id=item.id),
    }


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
    return render(request, "membership_types/trash.html", context)
