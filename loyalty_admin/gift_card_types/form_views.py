"""The forms: a new type, a duplicate, a whole type, a type in its row, a deleted one made again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loyalty_admin.altegio.errors import AltegioError
from loyalty_admin.altegio.gift_card_terms import TERM_NAMES, Terms
from loyalty_admin.altegio.gift_card_types import GiftCardType
from loyalty_admin.audit import history
from loyalty_admin.audit.models import Entry
from loyalty_admin.catalog import answers, writes
from loyalty_admin.catalog.forms import Choices, choices_of
from loyalty_admin.catalog.outcomes import Attempt, attempt
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.gift_card_types import answers as own
from loyalty_admin.gift_card_types import (
    facts,
    listing,
    locks,
    presenting,
    reading,
    stored,
)
from loyalty_admin.gift_card_types.forms import (
    NEW,
    ROW_TERMS,
    GiftCardTypeForm,
    NewGiftCardTypeForm,
    RowForm,
)
from loyalty_admin.gift_card_types.resource import GIFT_CARD_TYPES
from loyalty_admin.gift_card_types.views import editable_chain
from loyalty_admin.web.http import Request


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, chain_id: int) -> HttpResponse:
    ctx = editable_chain(request, chain_id)
    asked = _asked_before(request, ctx, "gift_card_type.created", None)
    return _create(request, ctx, opened=Terms(**asked) if asked else NEW)


@require_http_methods(["GET", "HEAD", "POST"])
def clone(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    """A duplicate: Altegio cannot make one, so it is a new type filled from the original."""
    ctx = editable_chain(request, chain_id)
    asked = _asked_before(request, ctx, "gift_card_type.cloned", type_id)
    opened = replace(_duplicated(request, ctx, type_id), **asked)
    return _create(request, ctx, opened=opened, clone_of=type_id)


def _duplicated(request: Request, ctx: ChainContext, type_id: int) -> Terms:
    """What the form of a duplicate starts from; what was typed outlives its original."""
    try:
        original = reading.read_gift_card_type(ctx=ctx, type_id=type_id)
    except AltegioError:
        if request.method != "POST":
            raise
        return NEW
    _warn_of_gaps(request, original)
    return replace(original.terms, title=f"{original.terms.title[:251]} (2)")


def _warn_of_gaps(request: Request, item: GiftCardType) -> None:
    """A form that is filled from what was read must not invent the rest in silence."""
    if item.unreadable and request.method != "POST":
        said = _("It is not known what was set for: %(fields)s. Look at these before you save.")
        messages.warning(
            request, said % {"fields": writes.unreadable_labels(GIFT_CARD_TYPES, item)}
        )


@require_http_methods(["GET", "HEAD", "POST"])
def create_again(request: Request, chain_id: int, entry_id: int) -> HttpResponse:
    """Make a deleted type again from its last known copy, changed; it gets a new number."""
    ctx = editable_chain(request, chain_id)
    deletion = answers.deletion_for(request, ctx, "gift_card_type.deleted", pk=entry_id)
    copy = reading.last_known(deletion)
    _warn_of_gaps(request, copy)
    return _create(request, ctx, opened=copy.terms, origin=deletion)


def _create(
    request: Request,
    ctx: ChainContext,
    *,
    opened: Terms,
    clone_of: int | None = None,
    origin: Entry | None = None,
) -> HttpResponse:
    def page(form: GiftCardTypeForm, tried: Attempt) -> HttpResponse:
        return _form_page(request, ctx, form, tried, clone_of=clone_of, origin=origin)

    choices = _choices(ctx)
    if request.method != "POST":
        return page(NewGiftCardTypeForm(opened=opened, choices=choices), Attempt())
    form = NewGiftCardTypeForm(request.POST, opened=opened, choices=choices)
    if not form.is_valid():
        return page(form, Attempt(status=422))
    tried = attempt(
        lambda: writes.create(
            GIFT_CARD_TYPES,
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
def edit(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    ctx = editable_chain(request, chain_id)
    opened_on = _opened_on(request, type_id)
    if opened_on is None:
        return _open_edit(request, ctx, type_id)
    form = GiftCardTypeForm(request.POST, opened=Terms(**opened_on), choices=_choices(ctx))
    if not form.is_valid():
        return _form_page(request, ctx, form, Attempt(status=422), type_id=type_id)
    tried = _try_edit(request, ctx, type_id, form, opened_on)
    if tried.written is None:
        return _form_page(request, ctx, form, tried, type_id=type_id)
    return answers.go_to_result(request, ctx, tried.written)


def _open_edit(request: Request, ctx: ChainContext, type_id: int) -> HttpResponse:
    """What cannot be changed says so before anybody types."""
    item = reading.read_gift_card_type(ctx=ctx, type_id=type_id)
    if reason := locks.why_locked(ctx, item) or writes.why_unreadable(GIFT_CARD_TYPES, item):
        messages.warning(request, reason)
        return answers.go(request, reverse("gift_card_types:detail", args=[ctx.id, type_id]))
    form = GiftCardTypeForm(opened=item.terms, choices=_choices(ctx))
    form.initial.update(_asked_before(request, ctx, "gift_card_type.edited", type_id))
    return _form_page(request, ctx, form, answers.opened_attempt(request), type_id=type_id)


def _asked_before(
    request: Request, ctx: ChainContext, action: str, type_id: int | None
) -> dict[str, Any]:
    """What an entry of the journal asked for and did not get, to fill the form with."""
    return stored.load(history.asked_before(ctx, request.GET.get("again", ""), action, type_id))


def _try_edit(
    request: Request,
    ctx: ChainContext,
    type_id: int,
    form: GiftCardTypeForm,
    opened_on: Mapping[str, Any],
) -> Attempt:
    return attempt(
        lambda: writes.edit(
            GIFT_CARD_TYPES,
            ctx,
            type_id,
            form_id=answers.form_id(request),
            opened_on=opened_on,
            wanted=answers.wanted(request, form, opened_on),
        ),
        form,
    )


def _form_page(
    request: Request,
    ctx: ChainContext,
    form: GiftCardTypeForm,
    tried: Attempt,
    *,
    type_id: int | None = None,
    clone_of: int | None = None,
    origin: Entry | None = None,
) -> HttpResponse:
    opened = tried.stale.opened if tried.stale else form.opened
    about = type_id or clone_of
    context = presenting.page_context(ctx) | {
        "form": form,
        "labels": facts.group_labels(),
        "tried": tried,
        "type_id": type_id,
        "clone_of": clone_of,
        "origin": origin,
        "has_catalogue": bool(form.choices.catalogue),
        "opened_on": "" if type_id is None else stored.sign(opened, type_id),
        "back_url": reverse("gift_card_types:detail", args=[ctx.id, about])
        if about is not None
        else presenting.index_url(ctx),
    }
    template = "gift_card_types/form.html"
    return answers.partial(
        request, f"{template}#form" if request.htmx else template, context, tried.status
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit_row(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    """Title, face value, online sale and locations, changed in the list itself."""
    ctx = editable_chain(request, chain_id)
    if not request.htmx and request.method != "POST":
        return redirect("gift_card_types:edit", ctx.id, type_id)
    opened_on = _opened_on(request, type_id, ROW_TERMS)
    if opened_on is None:
        return _open_row(request, ctx, type_id)
    form = RowForm(request.POST, opened=Terms(**opened_on), choices=_row_choices(ctx))
    if not form.is_valid():
        return _row_editing(request, ctx, type_id, form, Attempt(status=422))
    tried = _try_edit(request, ctx, type_id, form, opened_on)
    if tried.written is None:
        return _row_editing(request, ctx, type_id, form, tried)
    return own.row_written(request, ctx, type_id, tried.written)


def _open_row(request: Request, ctx: ChainContext, type_id: int) -> HttpResponse:
    row = (listing.kept(ctx) or listing.refresh(ctx)).rows.get(type_id)
    if row is None:
        raise Http404
    if reason := _why_locked(row):
        return own.not_done(request, ctx, type_id, Attempt(problem=reason, status=409))
    opened = Terms(**{name: getattr(row, name) for name in ROW_TERMS})
    form = RowForm(opened=opened, choices=_row_choices(ctx))
    return _row_editing(request, ctx, type_id, form, answers.opened_attempt(request))


def _why_locked(row: listing.Row) -> str:
    """As `locks.why_locked`, from what the list knows."""
    if row.archived_by_altegio:
        return str(locks.IS_ARCHIVED_BY_ALTEGIO)
    if row.issued:
        return str(locks.IS_ISSUED)
    return str(locks.IS_ARCHIVED_HERE) if row.archived_here else ""


def _row_editing(
    request: Request, ctx: ChainContext, type_id: int, form: RowForm, tried: Attempt
) -> HttpResponse:
    opened = tried.stale.opened if tried.stale else form.opened
    context = presenting.page_context(ctx) | {
        "form": form,
        "tried": tried,
        "type_id": type_id,
        "url": f"{presenting.index_url(ctx)}{type_id}/",
        "opened_on": stored.sign(opened, type_id, ROW_TERMS),
    }
    if not request.htmx:
        messages.error(request, _("Nothing was saved. Change it in the full form."))
        return redirect("gift_card_types:edit", ctx.id, type_id)
    return answers.partial(request, f"{presenting.ROWS}#type_row_edit", context, tried.status)


def _opened_on(
    request: Request, type_id: int, names: Iterable[str] = TERM_NAMES
) -> dict[str, Any] | None:
    return stored.unsign(request.POST.get("opened_on", ""), type_id, names)


def _row_choices(ctx: ChainContext) -> Choices:
    return choices_of(ctx, reading.words_for(ctx), with_catalogue=False)


def _choices(ctx: ChainContext) -> Choices:
    return choices_of(ctx, reading.words_for(ctx), with_catalogue=True)
