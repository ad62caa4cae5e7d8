"""What the writing views of gift card types share."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from loyalty_admin.altegio.gift_card_types import GiftCardType
from loyalty_admin.audit.guard import Written
from loyalty_admin.catalog import answers
from loyalty_admin.catalog.attention import AttentionOnSale
from loyalty_admin.catalog.outcomes import Attempt
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.gift_card_types import listing, presenting
from loyalty_admin.web.http import Request


def row_written(
    request: Request, ctx: ChainContext, type_id: int, written: Written[GiftCardType]
) -> HttpResponse:
    if not request.htmx:
        return answers.go_to_result(request, ctx, written)
    kept = listing.kept(ctx)
    rows = kept.rows if kept else {}
    if written.item:
        rows = {**rows, type_id: listing.row_here(ctx, written.item)}
    row = rows.get(type_id)
    shown = presenting.show_rows(ctx, [row] if row else [], AttentionOnSale(rows.values()))
    context = presenting.page_context(ctx) | answers.toast(written)
    context |= {"row": shown[0] if shown else None, "type_id": type_id}
    return render(request, f"{presenting.ROWS}#type_row_written", context)


def not_done(request: Request, ctx: ChainContext, type_id: int, tried: Attempt) -> HttpResponse:
    return answers.not_done(request, ctx, presenting.page_context(ctx), type_id, tried)
