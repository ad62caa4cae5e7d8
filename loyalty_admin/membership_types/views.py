"""Reading: the list, a type's page, what was deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url

from loyalty_admin.altegio.errors import AltegioError
from loyalty_admin.altegio.membership_types import MembershipType
from loyalty_admin.audit import services as audit
from loyalty_admin.audit.services import give_up_abandoned, reason_of
from loyalty_admin.chains.services import ChainContext, chain_for
from loyalty_admin.chains.services import locations as locations_of
from loyalty_admin.connections.services import refresh_chains
from loyalty_admin.membership_types import listing, presenting, reading
from loyalty_admin.membership_types.listing import Query
from loyalty_admin.web.http import Request


def editable_chain(request: Request, chain_id: int) -> ChainContext:
    """The chain, for a write: PermissionDenied names what is missing."""
    ctx = chain_for(request, chain_id, edit=True)
    reason = presenting.why_not(ctx)
    if reason:
        raise PermissionDenied(reason)
    return ctx


@require_safe
@vary_on_headers("HX-Request")
def index(request: Request, chain_id: int) -> HttpResponse:
    """The list as kept; what must be read from Altegio first comes by `loaded`."""
    return _list(request, chain_for(request, chain_id), has_address=True)


@require_safe
@vary_on_headers("HX-Request")
def loaded(request: Request, chain_id: int) -> HttpResponse:
    """The list, after waiting for Altegio where nothing fresh is kept."""
    ctx = chain_for(request, chain_id)
    kept = listing.kept(ctx)
    if kept is None or not kept.is_fresh:
        return _refreshed_list(request, ctx)
    return _list(request, ctx)


@require_POST
def refresh(request: Request, chain_id: int) -> HttpResponse:
    """Read the list from Altegio now."""
    ctx = chain_for(request, chain_id)
    if request.htmx:
        return _refreshed_list(request, ctx)
    if problem := _read_anew(ctx):
        messages.warning(request, problem)
    query = Query.from_url(request.GET)
    return redirect(f"{presenting.index_url(ctx)}{query.url(page=query.page)}")


def _refreshed_list(request: Request, ctx: ChainContext) -> HttpResponse:
    problem = _read_anew(ctx)
    return _list(request, chain_for(request, ctx.id), problem=problem)


def _read_anew(ctx: ChainContext) -> str:
    """Says what went wrong: what is kept stays on screen when Altegio gives nothing newer."""
    try:
        refresh_chains(ctx.connection, beside=lambda: listing.refresh(ctx))
    except AltegioError as error:
        if listing.kept(ctx) is None:
            raise
        return reason_of(error)
    return ""


def _list(
    request: Request, ctx: ChainContext, *, problem: str = "", has_address: bool = False
) -> HttpResponse:
    query = Query.from_url(_asked(request))
    kept = listing.kept(ctx)
    context: dict[str, Any] = presenting.page_context(ctx) | {
        "query": query,
        "kept": kept,
        "problem": problem,
        "columns": presenting.columns(query),
        "filters": presenting.filter_choices(query),
        "locations": locations_of(ctx),
        "loaded_url": f"{presenting.index_url(ctx)}loaded/{query.url(page=query.page)}",
        "refresh_url": f"{presenting.index_url(ctx)}refresh/{query.url(page=query.page)}",
        "tabs": presenting.tabs(ctx, query, kept),
    }
    if kept is not None:
        page = Paginator(listing.select(kept.rows.values(), query), query.size).get_page(query.page)
        query = replace(query, page=page.number)
        may = {name: context[name] for name in ("can_edit", "why_not")}
        context["rows"] = presenting.draw_rows(ctx, page.object_list, **may)
        context |= presenting.pages(query, page)
    template = "membership_types/list.html"
    if not request.htmx:
        return render(request, template, context)
    response = render(request, f"{template}#results", context)
    # The view can be shared and gone back to by the address, whatever the form sent.
    address = f"{presenting.index_url(ctx)}{query.url(page=query.page)}"
    return push_url(response, address) if has_address else response


def _asked(request: Request) -> QueryDict:
    """What is asked of the list; beside the button that refreshes, what stands in the address."""
    if request.method == "POST":
        return QueryDict(urlsplit(request.htmx.current_url or "").query)
    return request.GET


@require_safe
def row(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    """One row as kept: what leaving the editing of a row brings back."""
    ctx = chain_for(request, chain_id)
    if not request.htmx:
        return redirect("membership_types:detail", ctx.id, type_id)
    kept = listing.kept(ctx) or listing.refresh(ctx)
    if type_id not in kept.rows:
        return redirect("membership_types:detail", ctx.id, type_id)
    context = presenting.page_context(ctx)
    context["row"] = presenting.show_rows(ctx, [kept.rows[type_id]])[0]
    return render(request, "membership_types/list.html#type_row", context)


@require_safe
def detail(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    ctx = chain_for(request, chain_id)
    item = reading.read_membership_type(ctx=ctx, type_id=type_id)
    return render(request, "membership_types/detail.html", detail_context(request, ctx, item))


def detail_context(request: Request, ctx: ChainContext, item: MembershipType) -> dict[str, Any]:
    give_up_abandoned()
    say = reading.words_for(ctx, item)
    return presenting.page_context(ctx) | {
        "item": item,
        "type_url": f"{presenting.index_url(ctx)}{item.id}/",
        "groups": presenting.facts(item, say),
        "besides": presenting.read_only_facts(item, say),
        "services": presenting.covered(item),
        "locations": [say.location(number) for number in item.terms.location_ids],
        "week": presenting.week(item.terms.usable_times),
        "deletion": reading.deletion_of(ctx, item.id),
        "entries": audit.entries_of(ctx, kind="membership_type", object_id=item.id),
    }


@require_safe
def trash(request: Request, chain_id: int) -> HttpResponse:
    """Types that were deleted from here: Altegio lists them no more, the journal knows them."""
    ctx = chain_for(request, chain_id)
    give_up_abandoned()
    page = Paginator(reading.deletions(ctx), 50).get_page(request.GET.get("page"))
    context = presenting.page_context(ctx) | {
        "page": page,
        "deletions": presenting.show_deletions(ctx, page.object_list),
        "tabs": presenting.tabs(ctx, None, listing.kept(ctx)),
    }
    return render(request, "membership_types/trash.html", context)
