"""The list page that every slice has: as kept, after waiting for Altegio, and read anew."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django_htmx.http import push_url

from loyalty_admin.accounts.http import Request
from loyalty_admin.altegio.errors import AltegioError
from loyalty_admin.audit.services import reason_of
from loyalty_admin.catalog import presenting
from loyalty_admin.catalog.attention import Attention
from loyalty_admin.catalog.listing import Listed, Query, Shape
from loyalty_admin.chains.kept_lists import KeptList
from loyalty_admin.chains.services import ChainContext, chain_for
from loyalty_admin.chains.services import locations as locations_of
from loyalty_admin.connections.services import refresh_chains
from loyalty_admin.exports.answers import answer
from loyalty_admin.exports.tables import Table, incomplete

TEMPLATE = "catalog/list.html"


@dataclass(frozen=True, kw_only=True)
class ListPage[Row: Listed]:
    """What is a slice's own about its list.

    `kept` is the whole list as last read, `refresh` reads it (AltegioError); `context` gives
    what the page says of the slice, `counted` how many there are; `attention` finds what is odd
    in the whole list; `draw` gives rows as HTML, with what is odd about each, `table` as a table.
    """

    shape: Shape[Row]
    kept: Callable[[ChainContext], KeptList[Row] | None]
    refresh: Callable[[ChainContext], KeptList[Row]]
    context: Callable[[ChainContext, Query, Collection[Row] | None], dict[str, Any]]
    counted: Callable[[int], str]
    attention: Callable[[Collection[Row]], Attention[Row]]
    draw: Callable[[ChainContext, Collection[Row], Attention[Row], Mapping[str, Any]], SafeString]
    table: Callable[[ChainContext, Sequence[Row], Attention[Row]], Table] | None = None

    @property
    def columns(self) -> int:
        """How many the table has, that of the actions too."""
        return len(self.shape.sorts) + 1


def index(request: Request, chain_id: int, page: ListPage[Any]) -> HttpResponse:
    """The list as kept; what must be read from Altegio first comes by `loaded`."""
    return _list(request, chain_for(request, chain_id), page, has_address=True)


def loaded(request: Request, chain_id: int, page: ListPage[Any]) -> HttpResponse:
    """The list, after waiting for Altegio where nothing fresh is kept."""
    ctx = chain_for(request, chain_id)
    kept = page.kept(ctx)
    if kept is None or not kept.is_fresh:
        return _refreshed_list(request, ctx, page)
    return _list(request, ctx, page)


def refresh(request: Request, chain_id: int, page: ListPage[Any]) -> HttpResponse:
    """Read the list from Altegio now."""
    ctx = chain_for(request, chain_id)
    if request.htmx:
        return _refreshed_list(request, ctx, page)
    if problem := _read_anew(ctx, page):
        messages.warning(request, problem)
    query = page.shape.query(request.GET)
    index_url = page.context(ctx, query, None)["index_url"]
    return redirect(f"{index_url}{query.url(page=query.page)}")


def export(request: Request, chain_id: int, page: ListPage[Any]) -> StreamingHttpResponse:
    """Every row that the list's address asks for, over all pages, as a file.

    What is not fresh is read first: a file, unlike the page, cannot say later that it is old.
    Raises AltegioError.
    """
    assert page.table is not None
    ctx = chain_for(request, chain_id)
    kept = page.kept(ctx)
    if kept is None or not kept.is_fresh:
        kept = page.refresh(ctx)
    rows, query = kept.rows.values(), page.shape.query(request.GET)
    attention = page.attention(rows)
    table = page.table(ctx, page.shape.select(rows, query, attention.marks), attention)
    if not kept.is_complete or page.context(ctx, query, rows).get("gaps"):
        table = incomplete(table)
    return answer(request, table)


def _refreshed_list(request: Request, ctx: ChainContext, page: ListPage[Any]) -> HttpResponse:
    problem = _read_anew(ctx, page)
    return _list(request, chain_for(request, ctx.id), page, problem=problem)


def _read_anew(ctx: ChainContext, page: ListPage[Any]) -> str:
    """Says what went wrong: what is kept stays on screen when Altegio gives nothing newer."""
    try:
        refresh_chains(ctx.connection, beside=lambda: page.refresh(ctx))
    except AltegioError as error:
        if page.kept(ctx) is None:
            raise
        return reason_of(error, is_read=True)
    return ""


def _list(
    request: Request,
    ctx: ChainContext,
    page: ListPage[Any],
    *,
    problem: str = "",
    has_address: bool = False,
) -> HttpResponse:
    query = page.shape.query(_asked(request))
    kept = page.kept(ctx)
    rows = None if kept is None else kept.rows.values()
    context = page.context(ctx, query, rows)
    here = query.url(page=query.page)
    context |= {
        "query": query,
        "kept": kept,
        "problem": problem,
        "locations": locations_of(ctx),
        "loaded_url": f"{context['index_url']}loaded/{here}",
        "refresh_url": f"{context['index_url']}refresh/{here}",
    }
    if rows is not None:
        attention = page.attention(rows)
        found = page.shape.select(rows, query, attention.marks)
        shown = Paginator(found, query.size).get_page(query.page)
        query = replace(query, page=shown.number)
        may = {name: context[name] for name in ("can_edit", "why_not")}
        context["rows"] = page.draw(ctx, list(shown.object_list), attention, may)
        context |= presenting.pages(query, shown) | {
            "counted": page.counted(len(found)),
            "odd": sum(1 for row in found if attention.marks(row)),
            "attention_url": query.url(attention=not query.attention),
            "export_url": f"{context['index_url']}export/{query.url()}" if page.table else "",
        }
    if not request.htmx:
        return render(request, TEMPLATE, context)
    response = render(request, f"{TEMPLATE}#results", context)
    # The view can be shared and gone back to by the address, whatever the form sent.
    address = f"{context['index_url']}{query.url(page=query.page)}"
    return push_url(response, address) if has_address else response


def _asked(request: Request) -> QueryDict:
    """What is asked of the list; beside the button that refreshes, what stands in the address."""
    if request.method == "POST":
        return QueryDict(urlsplit(request.htmx.current_url or "").query)
    return request.GET
