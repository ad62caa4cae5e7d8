"""The pages of promotions: what they show, the choice of a type, and the live sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from loyalty_admin.accounts.http import Request
from loyalty_admin.altegio.promotion_kinds import KINDS, Item
from loyalty_admin.altegio.promotions import SCHEMA, Promotion, Terms, not_known, without_gaps
from loyalty_admin.catalog import answers, form_views, views, writes
from loyalty_admin.catalog.list_views import ListPage
from loyalty_admin.catalog.screens import Screens
from loyalty_admin.catalog.urls import urls_for
from loyalty_admin.chains import services as chains
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.promotions import (
    exporting,
    facts,
    kinds,
    listing,
    presenting,
    reading,
    rules,
    sentences,
    words,
)
from loyalty_admin.promotions.fields import FIELDS
from loyalty_admin.promotions.forms import NewPromotionForm, PromotionChoices, PromotionForm
from loyalty_admin.promotions.resource import PROMOTIONS

KIND_NOT_KNOWN = _("This dashboard does not know its type, so it cannot make another.")
# The buttons that ask for more rows, or for the sentence, where no script does.
UNFINISHED = "unfinished"


def details(ctx: ChainContext, promotion: Promotion) -> dict[str, Any]:
    reading.learn_words(ctx)
    say, terms = reading.words_for(ctx, promotion.items), promotion.terms
    # Only the list tells what its locations report.
    is_listed = listing.kept(ctx) is not None
    return {
        "marks": views.marks_of(ctx, promotion, SCREENS) if is_listed else (),
        "sentence": sentences.in_full(terms, say),
        "example": facts.worked(terms, say),
        "gives": kinds.gives(terms.kind),
        "groups": facts.facts(promotion, say),
        "items": facts.items(promotion, say),
        "notifications": facts.texts(terms, chains.kept_notification_templates(ctx) or ()),
        "locations": [say.location(number) for number in terms.location_ids],
        "besides": [{"label": _("Number at Altegio"), "text": str(promotion.id)}],
        "card_types": [say.card_type(number) for number in terms.card_type_ids],
    }


def _row_of(ctx: ChainContext, promotion: Promotion) -> listing.Row:
    return listing.row_of(promotion, listing.reported_in(ctx, promotion.id))


def _delete_context(ctx: ChainContext, promotion: Promotion) -> dict[str, Any]:
    """What would go, and where it is valid."""
    reading.learn_words(ctx)
    say = reading.words_for(ctx, promotion.items)
    return {
        "sentence": sentences.in_a_list(promotion.terms, say),
        "locations": [say.location(number) for number in promotion.terms.location_ids],
    }


def _gaps(promotion: Promotion) -> str:
    """What the promotion's answer lacks or garbles, in words."""
    unreadable = (SCHEMA.term_of_key[key] for key in promotion.unreadable)
    lacking = [*unreadable, *not_known(promotion.terms)]
    return ", ".join(map(FIELDS.label, lacking))


def _choices(ctx: ChainContext, item: Any) -> PromotionChoices:
    """What the chain has, read where it is not kept; what Altegio does not give is left out."""
    reading.learn_words(ctx)
    return _kept_choices(ctx, item.items if item else ())


def _kept_choices(ctx: ChainContext, items: Iterable[Item] = ()) -> PromotionChoices:
    return PromotionChoices(
        locations=[(location.id, location.title) for location in chains.locations(ctx)],
        catalogue=chains.kept_categories(ctx),
        card_types=chains.kept_card_types(ctx),
        templates=chains.kept_notification_templates(ctx),
        words=reading.words_for(ctx, items),
    )


def _form_context(form: PromotionForm, promotion_id: int | None) -> dict[str, Any]:
    opened = form.opened
    return _summary(form) | {
        "form_class": "beside",
        "labels": facts.group_labels(),
        "kind": opened.kind,
        "kind_text": kinds.TEXTS[opened.kind],
        "fixed": facts.fixed(opened, form.choices.words) if promotion_id else [],
    }


def _summary(form: PromotionForm) -> dict[str, Any]:
    terms, say = form.typed_terms(), form.choices.words
    return {
        "sentence": sentences.in_full(terms, say),
        "example": facts.worked(terms, say),
        "is_falling": rules.is_falling(terms),
        # Where the chain has no type at all, that is said beside the field.
        "has_no_card": not terms.card_type_ids and bool(form.choices.card_types),
        "say": say,
    }


SCREENS: Screens = Screens(
    resource=PROMOTIONS,
    list_page=ListPage(
        shape=listing.SHAPE,
        kept=listing.kept,
        refresh=listing.refresh,
        context=presenting.list_context,
        counted=words.promotions,
        attention=listing.Attention,
        draw=presenting.draw_rows,
        table=exporting.table_of,
    ),
    page_context=presenting.page_context,
    why_not=presenting.why_not,
    show_rows=presenting.show_rows,
    row_of=_row_of,
    details=details,
    deletion_of=lambda ctx, promotion_id: None,
    show_deletions=presenting.show_deletions,
    delete_context=_delete_context,
    new_form=NewPromotionForm,
    form=PromotionForm,
    duplicate_of=lambda promotion: without_gaps(promotion.terms),
    choices=_choices,
    form_context=_form_context,
    why_not_editable=lambda ctx, promotion: writes.why_unreadable(PROMOTIONS, promotion),
    why_not_made=lambda terms: "" if terms.kind in KINDS else str(KIND_NOT_KNOWN),
    gaps=_gaps,
    unfinished=lambda request: {UNFINISHED: True} if UNFINISHED in request.POST else {},
)


@require_safe
def choose_kind(request: Request, chain_id: int) -> HttpResponse:
    """Discounts or bonuses, then the type: each is explained with an example."""
    ctx = answers.editable_chain(request, chain_id, presenting.why_not)
    context = presenting.page_context(ctx) | {
        "kinds": [
            {"name": name, "text": text, "gives": kinds.gives(name)}
            for name, text in kinds.TEXTS.items()
        ]
    }
    return render(request, "promotions/choose_kind.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, chain_id: int, kind: str) -> HttpResponse:
    if kind not in KINDS:
        raise Http404
    ctx = answers.editable_chain(request, chain_id, presenting.why_not)
    choices = _choices(ctx, None)
    opened = _blank(kind, choices)
    asked = form_views.asked_before(request, ctx, SCREENS, "created", None)
    if asked.get("kind") == kind:
        opened = replace(opened, **asked)
    return form_views.create(request, ctx, SCREENS, choices, opened=opened)


def _blank(kind: str, choices: PromotionChoices) -> Terms:
    """What a new one starts from: valid everywhere, and the only card type there is."""
    card_types = choices.card_types or ()
    return Terms(
        kind=kind,
        location_ids=tuple(number for number, _title in choices.locations),
        card_type_ids=(card_types[0].id,) if len(card_types) == 1 else (),
        expiration_unit="month",
    )


@require_POST
def summary(request: Request, chain_id: int) -> HttpResponse:
    """What a form that is being filled in would do; nothing is read or written for it."""
    ctx = answers.editable_chain(request, chain_id, presenting.why_not)
    kind, number = request.POST.get("kind", ""), request.POST.get("promotion", "")
    if kind not in KINDS:
        raise Http404
    if not request.htmx:
        return redirect("promotions:index", ctx.id)
    promotion_id = int(number) if number.isdecimal() and len(number) < 19 else 0
    opened_on = form_views.opened_terms(request, SCREENS, promotion_id)
    make = NewPromotionForm if opened_on is None else PromotionForm
    form = make(
        request.POST,
        opened=Terms(kind=kind) if opened_on is None else Terms(**opened_on),
        choices=_kept_choices(ctx),
        unfinished=True,
    )
    return render(request, "promotions/form.html#summary", _summary(form))


urlpatterns = [
    *urls_for(SCREENS),
    path("new/", choose_kind, name="choose_kind"),
    path("new/<slug:kind>/", new, name="new"),
    path("summary/", summary, name="summary"),
]
