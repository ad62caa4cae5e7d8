"""The texts that a chain sends, by occasion, and which of its promotions send them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from loyalty_admin.accounts.http import Request
from loyalty_admin.altegio.errors import AltegioError
from loyalty_admin.audit.services import reason_of
from loyalty_admin.chains.services import (
    ChainContext,
    chain_for,
    kept_notification_templates,
    notification_templates,
)
from loyalty_admin.notification_templates import presenting
from loyalty_admin.promotions import listing
from loyalty_admin.promotions.presenting import gaps

TEMPLATE = "notification_templates/index.html"


@require_safe
@vary_on_headers("HX-Request")
def index(request: Request, chain_id: int) -> HttpResponse:
    """The texts as kept; what must be read from Altegio first comes by `loaded`."""
    return _page(request, chain_for(request, chain_id))


@require_safe
@vary_on_headers("HX-Request")
def loaded(request: Request, chain_id: int) -> HttpResponse:
    """The texts, after waiting for Altegio where they are not kept."""
    ctx = chain_for(request, chain_id)
    notification_templates(ctx)
    return _page(request, ctx, problem=_learn_promotions(ctx))


def _learn_promotions(ctx: ChainContext) -> str:
    """Without the promotions the texts are shown all the same; says what went wrong."""
    promotions = listing.kept(ctx)
    if promotions is None or not promotions.is_fresh:
        try:
            listing.refresh(ctx)
        except AltegioError as error:
            return reason_of(error, is_read=True)
    return ""


@require_POST
def refresh(request: Request, chain_id: int) -> HttpResponse:
    """Read the texts and the promotions from Altegio now."""
    ctx = chain_for(request, chain_id)
    try:
        notification_templates(ctx, refresh=True)
        listing.refresh(ctx)
    except AltegioError as error:
        if request.htmx:
            return _page(request, ctx, problem=reason_of(error, is_read=True))
        messages.warning(request, reason_of(error, is_read=True))
    if request.htmx:
        return _page(request, ctx)
    return redirect("notification_templates:index", ctx.id)


def _page(request: Request, ctx: ChainContext, *, problem: str = "") -> HttpResponse:
    templates, promotions = kept_notification_templates(ctx), listing.kept(ctx)
    context = {
        "ctx": ctx,
        "problem": problem,
        # Who sends them is known only as far as the promotions are.
        "gaps": gaps(ctx),
        "is_known": templates is not None,
        "has_promotions": promotions is not None and promotions.is_fresh,
        "groups": presenting.groups(
            ctx, templates or (), promotions.rows.values() if promotions else ()
        ),
    }
    return render(request, f"{TEMPLATE}#texts" if request.htmx else TEMPLATE, context)
