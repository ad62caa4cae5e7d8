"""Reading what a chain sells and gives: the list, the page of one object, what was deleted."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from loyalty_admin.accounts.http import Request
from loyalty_admin.altegio.errors import NotFound
from loyalty_admin.audit import history
from loyalty_admin.audit import services as audit
from loyalty_admin.audit.services import mark_abandoned_unknown
from loyalty_admin.catalog import list_views, presenting
from loyalty_admin.catalog.resource import Item
from loyalty_admin.catalog.screens import Screens
from loyalty_admin.chains.services import ChainContext, chain_for

DELETIONS_OF_A_PAGE = 50


@require_safe
@vary_on_headers("HX-Request")
def index(request: Request, chain_id: int, *, screens: Screens) -> HttpResponse:
    return list_views.index(request, chain_id, screens.list_page)


@require_safe
@vary_on_headers("HX-Request")
def loaded(request: Request, chain_id: int, *, screens: Screens) -> HttpResponse:
    return list_views.loaded(request, chain_id, screens.list_page)


@require_POST
def refresh(request: Request, chain_id: int, *, screens: Screens) -> HttpResponse:
    return list_views.refresh(request, chain_id, screens.list_page)


@require_safe
def export(request: Request, chain_id: int, *, screens: Screens) -> StreamingHttpResponse:
    return list_views.export(request, chain_id, screens.list_page)


@require_safe
def row(request: Request, chain_id: int, object_id: int, *, screens: Screens) -> HttpResponse:
    """One row as kept: what leaving the editing of a row brings back."""
    return _row(request, chain_id, object_id, screens, "row")


@require_safe
def menu(request: Request, chain_id: int, object_id: int, *, screens: Screens) -> HttpResponse:
    """What can be done with the object of a row; without htmx its page offers the same."""
    return _row(request, chain_id, object_id, screens, "menu")


def _row(
    request: Request, chain_id: int, object_id: int, screens: Screens, part: str
) -> HttpResponse:
    ctx = chain_for(request, chain_id)
    if not request.htmx:
        return redirect(f"{screens.app}:detail", ctx.id, object_id)
    page = screens.list_page
    kept = page.kept(ctx) or page.refresh(ctx)
    if object_id not in kept.rows:
        raise Http404
    attention = page.attention(kept.rows.values())
    context = screens.page_context(ctx)
    context["row"] = screens.show_rows(ctx, [kept.rows[object_id]], attention)[0]
    return render(request, f"{screens.app}/rows.html#{part}", context)


@require_safe
def detail(request: Request, chain_id: int, object_id: int, *, screens: Screens) -> HttpResponse:
    """Of a deleted object the page of what was made again of it, or what was deleted."""
    ctx = chain_for(request, chain_id)
    try:
        item = screens.resource.read(ctx, object_id)
    except NotFound:
        resource = screens.resource
        made = history.result_of(ctx, resource.action("recreated"), object_id)
        if made:
            return redirect(f"{screens.app}:detail", ctx.id, made)
        deletions = history.deletions(ctx, resource.action("deleted"))
        if deletions.filter(object_id=object_id).exists():
            return redirect(f"{screens.app}:trash", ctx.id)
        raise
    return render(request, f"{screens.app}/detail.html", detail_context(ctx, item, screens))


def detail_context(ctx: ChainContext, item: Item, screens: Screens) -> dict[str, Any]:
    mark_abandoned_unknown()
    context = screens.page_context(ctx)
    return context | {
        "item": item,
        "object_url": f"{context['index_url']}{item.id}/",
        "deletion": screens.deletion_of(ctx, item.id),
        "entries": audit.entries_of(ctx, kind=screens.resource.name, object_id=item.id),
        **screens.details(ctx, item),
    }


def marks_of(ctx: ChainContext, item: Item, screens: Screens) -> tuple[str, ...]:
    """What is odd about the object as it was just read: only the list tells of duplicates."""
    page = screens.list_page
    kept = page.kept(ctx)
    shown = screens.row_of(ctx, item)
    return page.attention({**(kept.rows if kept else {}), item.id: shown}.values()).marks(shown)


@require_safe
def trash(request: Request, chain_id: int, *, screens: Screens) -> HttpResponse:
    """What was deleted from here: Altegio lists it no more, the audit log knows it."""
    ctx = chain_for(request, chain_id)
    mark_abandoned_unknown()
    found = history.deletions(ctx, screens.resource.action("deleted"))
    page = Paginator(found, DELETIONS_OF_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "catalog/trash.html",
        trash_context(ctx, screens, screens.show_deletions(ctx, page.object_list)) | {"page": page},
    )


def trash_context(
    ctx: ChainContext, screens: Screens, deletions: list[dict[str, Any]]
) -> dict[str, Any]:
    context, kept = screens.page_context(ctx), screens.list_page.kept(ctx)
    return context | {
        "deletions": deletions,
        "tabs": presenting.tabs(
            context["index_url"],
            None,
            kept.rows.values() if kept else None,
            deleted=history.deletions(ctx, screens.resource.action("deleted")).count(),
            has_archive="archived" in screens.resource.actions,
        ),
    }
