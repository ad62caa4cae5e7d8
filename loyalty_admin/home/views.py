"""A chain's home: what there is to know of it at a glance."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from loyalty_admin.accounts.http import Request
from loyalty_admin.altegio.errors import AltegioError
from loyalty_admin.audit.services import mark_abandoned_unknown, reason_of
from loyalty_admin.chains.services import ChainContext, chain_for
from loyalty_admin.home.panels import PANELS, Panel


@never_cache
@require_safe
def index(request: Request, chain_id: int) -> HttpResponse:
    """Every panel as far as it is known; the others load by themselves."""
    ctx = chain_for(request, chain_id)
    mark_abandoned_unknown()
    panels = [_shown(panel, panel.kept(ctx)) for panel in PANELS.values()]
    return render(request, "home/index.html", {"ctx": ctx, "panels": panels})


@never_cache
@require_safe
@vary_on_headers("HX-Request")
def panel(request: Request, chain_id: int, name: str) -> HttpResponse:
    """One panel, after waiting for Altegio; without htmx on a page of its own."""
    ctx = chain_for(request, chain_id)
    if name not in PANELS:
        raise Http404
    shown = _read(ctx, PANELS[name])
    template = "home/panel.html"
    context = {"ctx": ctx, "panel": shown}
    return render(request, f"{template}#panel" if request.htmx else template, context)


def _read(ctx: ChainContext, panel: Panel) -> dict[str, Any]:
    try:
        return _shown(panel, panel.read(ctx))
    except AltegioError as error:
        return _shown(panel, panel.kept(ctx)) | {"problem": reason_of(error, is_read=True)}


def _shown(panel: Panel, found: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "name": panel.name,
        "title": panel.title,
        "template": f"home/{panel.name}.html",
        "found": found,
    }
