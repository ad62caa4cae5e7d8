"""What the writing views of promotions share."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from loyalty_admin.altegio.promotions import Promotion
from loyalty_admin.audit.guard import Written
from loyalty_admin.catalog import answers
from loyalty_admin.catalog.outcomes import Attempt
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.promotions import listing, presenting
from loyalty_admin.web.http import Request


def row_written(
    request: Request, ctx: ChainContext, promotion_id: int, written: Written[Promotion]
) -> HttpResponse:
    """The row as it stands now; nothing where the promotion is gone."""
    kept = listing.kept(ctx)
    rows = kept.rows if kept else {}
    row = rows.get(promotion_id)
    attention = listing.Attention(rows.values())
    shown = presenting.show_rows(ctx, [row] if row else [], attention)
    context = presenting.page_context(ctx) | answers.toast(written)
    context |= {"row": shown[0] if shown else None, "promotion_id": promotion_id}
    return render(request, f"{presenting.ROWS}#promotion_row_written", context)


def not_done(
    request: Request, ctx: ChainContext, promotion_id: int, tried: Attempt
) -> HttpResponse:
    return answers.not_done(request, ctx, presenting.page_context(ctx), promotion_id, tried)
