"""The button that deletes, from a row or from the promotion's page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from loyalty_admin.catalog import answers, writes
from loyalty_admin.catalog.outcomes import attempt
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.promotions import answers as own
from loyalty_admin.promotions import presenting, reading, sentences
from loyalty_admin.promotions.resource import PROMOTIONS
from loyalty_admin.promotions.views import editable_chain
from loyalty_admin.web.http import Request


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, chain_id: int, promotion_id: int) -> HttpResponse:
    ctx = editable_chain(request, chain_id)
    if request.method != "POST":
        return _question(request, ctx, promotion_id)
    tried = attempt(
        lambda: writes.delete(PROMOTIONS, ctx, promotion_id, form_id=answers.form_id(request))
    )
    if tried.written is None:
        return own.not_done(request, ctx, promotion_id, tried)
    if request.htmx and request.htmx.target == f"promotion-row-{promotion_id}":
        return own.row_written(request, ctx, promotion_id, tried.written)
    answers.add_message(request, tried.written)
    return answers.go(request, presenting.index_url(ctx))


def _question(request: Request, ctx: ChainContext, promotion_id: int) -> HttpResponse:
    """A page, or a dialog, that says what would go and where it is valid."""
    promotion = reading.read_promotion(ctx=ctx, promotion_id=promotion_id)
    reading.learn_words(ctx)
    say = reading.words_for(ctx, promotion.items)
    context = presenting.page_context(ctx) | {
        "promotion": promotion,
        "sentence": sentences.in_a_list(promotion.terms, say),
        "locations": [say.location(number) for number in promotion.terms.location_ids],
        "from_row": (request.htmx.trigger or "").startswith("delete-row-"),
        "promotion_url": f"{presenting.index_url(ctx)}{promotion_id}/",
    }
    template = "promotions/delete.html"
    return render(request, f"{template}#confirm" if request.htmx else template, context)
