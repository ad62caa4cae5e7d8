"""The forms: choosing a type, a new promotion, a duplicate, a change, a deleted one made again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from loyalty_admin.altegio.errors import AltegioError
from loyalty_admin.altegio.promotion_terms import (
    KINDS,
    TERM_OF_KEY,
    Item,
    Terms,
    not_known,
    without_gaps,
)
from loyalty_admin.altegio.promotions import Promotion
from loyalty_admin.audit import history
from loyalty_admin.audit.models import Entry
from loyalty_admin.catalog import answers, writes
from loyalty_admin.catalog.outcomes import Attempt, attempt
from loyalty_admin.chains import services as chains
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.promotions import (
    facts,
    kinds,
    listing,
    presenting,
    reading,
    rules,
    sentences,
    stored,
    words,
)
from loyalty_admin.promotions.forms import NewPromotionForm, PromotionChoices, PromotionForm
from loyalty_admin.promotions.resource import PROMOTIONS
from loyalty_admin.promotions.views import editable_chain
from loyalty_admin.web.http import Request

FORM = "promotions/form.html"
# The buttons that ask for more rows, or for the sentence, where no script does.
UNFINISHED = "unfinished"


@require_safe
def choose_kind(request: Request, chain_id: int) -> HttpResponse:
    """Discounts or bonuses, then the type: each is explained with an example."""
    ctx = editable_chain(request, chain_id)
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
    ctx = editable_chain(request, chain_id)
    choices = _choices(ctx)
    opened = _blank(kind, choices)
    asked = _asked_before(request, ctx, "promotion.created", None)
    if asked.get("kind") == kind:
        opened = replace(opened, **asked)
    return _create(request, ctx, choices, opened=opened)


def _blank(kind: str, choices: PromotionChoices) -> Terms:
    """What a new one starts from: valid everywhere, and the only card type there is."""
    card_types = choices.card_types or ()
    return Terms(
        kind=kind,
        location_ids=tuple(number for number, _title in choices.locations),
        card_type_ids=(card_types[0].id,) if len(card_types) == 1 else (),
        expiration_unit="month",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def clone(request: Request, chain_id: int, promotion_id: int) -> HttpResponse:
    """A duplicate: Altegio cannot make one, so it is a new one filled from the original."""
    ctx = editable_chain(request, chain_id)
    original = _original(request, ctx, promotion_id)
    opened = original.terms if original else Terms(kind=request.POST.get("kind", ""))
    if opened.kind not in KINDS:
        return _kind_not_known(request, answers.page_url(request, ctx, promotion_id))
    if original:
        _warn_of_gaps(request, original)
        opened = replace(without_gaps(opened), title=f"{opened.title[:251]} (2)")
    asked = _asked_before(request, ctx, "promotion.cloned", promotion_id)
    choices = _choices(ctx, original.items if original else ())
    return _create(request, ctx, choices, opened=replace(opened, **asked), clone_of=promotion_id)


def _original(request: Request, ctx: ChainContext, promotion_id: int) -> Promotion | None:
    """What was typed outlives the original."""
    try:
        return reading.read_promotion(ctx=ctx, promotion_id=promotion_id)
    except AltegioError:
        if request.method != "POST":
            raise
        return None


def _kind_not_known(request: Request, url: str) -> HttpResponse:
    messages.warning(
        request, _("This dashboard does not know its type, so it cannot make another.")
    )
    return answers.go(request, url)


def gaps_in_words(promotion: Promotion) -> str:
    """What the promotion's answer lacks or garbles, in words."""
    lacking = [*(TERM_OF_KEY[key] for key in promotion.unreadable), *not_known(promotion.terms)]
    return ", ".join(map(words.label, lacking))


def _warn_of_gaps(request: Request, promotion: Promotion) -> None:
    """A form that is filled from what was read must not invent the rest in silence."""
    gaps = gaps_in_words(promotion)
    if gaps and request.method != "POST":
        said = _("It is not known what was set for: %(fields)s. Look at these before you save.")
        messages.warning(request, said % {"fields": gaps})


@require_http_methods(["GET", "HEAD", "POST"])
def create_again(request: Request, chain_id: int, entry_id: int) -> HttpResponse:
    """Make a deleted promotion again from its last known copy; it gets a new number."""
    ctx = editable_chain(request, chain_id)
    deletion = answers.deletion_for(request, ctx, "promotion.deleted", pk=entry_id)
    copy = reading.last_known(deletion)
    if copy.terms.kind not in KINDS:
        return _kind_not_known(request, reverse("promotions:trash", args=[ctx.id]))
    _warn_of_gaps(request, copy)
    choices = _choices(ctx, copy.items)
    return _create(request, ctx, choices, opened=without_gaps(copy.terms), origin=deletion)


def _create(
    request: Request,
    ctx: ChainContext,
    choices: PromotionChoices,
    *,
    opened: Terms,
    clone_of: int | None = None,
    origin: Entry | None = None,
) -> HttpResponse:
    def page(form: PromotionForm, tried: Attempt) -> HttpResponse:
        return _form_page(request, ctx, form, tried, clone_of=clone_of, origin=origin)

    if request.method != "POST":
        return page(NewPromotionForm(opened=opened, choices=choices), Attempt())
    unfinished = UNFINISHED in request.POST
    form = NewPromotionForm(request.POST, opened=opened, choices=choices, unfinished=unfinished)
    if unfinished:
        return page(form, Attempt())
    if not form.is_valid():
        return page(form, Attempt(status=422))
    tried = attempt(
        lambda: writes.create(
            PROMOTIONS,
            ctx,
            form_id=answers.form_id(request),
            terms=Terms(**form.wanted()),
            clone_of=clone_of,
            origin=origin,
        ),
        form,
    )
    if tried.written is None:
        return page(form, tried)
    return answers.go_to_result(request, ctx, tried.written)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, chain_id: int, promotion_id: int) -> HttpResponse:
    ctx = editable_chain(request, chain_id)
    opened_on = stored.unsign(request.POST.get("opened_on", ""), promotion_id)
    if opened_on is None:
        return _open_edit(request, ctx, promotion_id)
    unfinished = UNFINISHED in request.POST
    kept = listing.kept(ctx)
    row = kept.rows.get(promotion_id) if kept else None
    choices = _choices(ctx, row.items if row else ())
    form = PromotionForm(
        request.POST, opened=Terms(**opened_on), choices=choices, unfinished=unfinished
    )
    if unfinished:
        return _form_page(request, ctx, form, Attempt(), promotion_id=promotion_id)
    if not form.is_valid():
        return _form_page(request, ctx, form, Attempt(status=422), promotion_id=promotion_id)
    tried = attempt(
        lambda: writes.edit(
            PROMOTIONS,
            ctx,
            promotion_id,
            form_id=answers.form_id(request),
            opened_on=opened_on,
            wanted=answers.wanted(request, form, opened_on),
        ),
        form,
    )
    if tried.written is None:
        return _form_page(request, ctx, form, tried, promotion_id=promotion_id)
    return answers.go_to_result(request, ctx, tried.written)


def _open_edit(request: Request, ctx: ChainContext, promotion_id: int) -> HttpResponse:
    """What cannot be changed says so before anybody types."""
    promotion = reading.read_promotion(ctx=ctx, promotion_id=promotion_id)
    if reason := writes.why_unreadable(PROMOTIONS, promotion):
        messages.warning(request, reason)
        return answers.go(request, answers.page_url(request, ctx, promotion_id))
    form = PromotionForm(opened=promotion.terms, choices=_choices(ctx, promotion.items))
    form.initial.update(_asked_before(request, ctx, "promotion.edited", promotion_id))
    tried = answers.opened_attempt(request)
    return _form_page(request, ctx, form, tried, promotion_id=promotion_id)


def _asked_before(
    request: Request, ctx: ChainContext, action: str, promotion_id: int | None
) -> dict[str, Any]:
    """What an entry of the journal asked for and did not get, to fill the form with."""
    number = request.GET.get("again", "")
    return stored.load(history.asked_before(ctx, number, action, promotion_id))


def _form_page(
    request: Request,
    ctx: ChainContext,
    form: PromotionForm,
    tried: Attempt,
    *,
    promotion_id: int | None = None,
    clone_of: int | None = None,
    origin: Entry | None = None,
) -> HttpResponse:
    opened = tried.stale.opened if tried.stale else form.opened
    about = promotion_id or clone_of
    context = (
        presenting.page_context(ctx)
        | _summary(form)
        | {
            "form": form,
            "labels": facts.group_labels(),
            "kind": form.opened.kind,
            "kind_text": kinds.TEXTS[form.opened.kind],
            "fixed": facts.fixed(form.opened, form.choices.words) if promotion_id else [],
            "tried": tried,
            "promotion_id": promotion_id,
            "clone_of": clone_of,
            "origin": origin,
            "has_catalogue": bool(form.choices.catalogue),
            "opened_on": "" if promotion_id is None else stored.sign(opened, promotion_id),
            "back_url": presenting.index_url(ctx)
            if about is None
            else reverse("promotions:detail", args=[ctx.id, about]),
        }
    )
    template = f"{FORM}#form" if request.htmx else FORM
    return answers.partial(request, template, context, tried.status)


@require_POST
def summary(request: Request, chain_id: int) -> HttpResponse:
    """What a form that is being filled in would do; nothing is read or written for it."""
    ctx = editable_chain(request, chain_id)
    kind, number = request.POST.get("kind", ""), request.POST.get("promotion", "")
    if kind not in KINDS:
        raise Http404
    if not request.htmx:
        return redirect("promotions:index", ctx.id)
    promotion_id = int(number) if number.isdecimal() and len(number) < 19 else 0
    opened_on = stored.unsign(request.POST.get("opened_on", ""), promotion_id)
    make = NewPromotionForm if opened_on is None else PromotionForm
    form = make(
        request.POST,
        opened=Terms(kind=kind) if opened_on is None else Terms(**opened_on),
        choices=_kept_choices(ctx),
        unfinished=True,
    )
    return render(request, f"{FORM}#summary", _summary(form))


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


def _choices(ctx: ChainContext, items: Iterable[Item] = ()) -> PromotionChoices:
    """What the chain has, read where it is not kept; what Altegio does not give is left out."""
    reading.learn_words(ctx)
    return _kept_choices(ctx, items)


def _kept_choices(ctx: ChainContext, items: Iterable[Item] = ()) -> PromotionChoices:
    return PromotionChoices(
        locations=[(location.id, location.title) for location in chains.locations(ctx)],
        catalogue=chains.kept_categories(ctx),
        card_types=chains.kept_card_types(ctx),
        templates=chains.kept_notification_templates(ctx),
        words=reading.words_for(ctx, items),
    )
