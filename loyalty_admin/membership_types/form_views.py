"""The forms: a new type, a whole type, a type in its row, a deleted one made again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loyalty_admin.altegio.membership_terms import TERM_NAMES, Terms
from loyalty_admin.audit import history
from loyalty_admin.audit.models import Entry
from loyalty_admin.catalog import answers, writes
from loyalty_admin.catalog.forms import Choices, choices_of
from loyalty_admin.catalog.outcomes import Attempt, attempt
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.membership_types import answers as own
from loyalty_admin.membership_types import (
    facts,
    listing,
    presenting,
    reading,
    stored,
)
from loyalty_admin.membership_types.forms import (
    ROW_TERMS,
    MembershipTypeForm,
    NewMembershipTypeForm,
    RowForm,
)
from loyalty_admin.membership_types.resource import IS_ARCHIVED, IS_DELETED, MEMBERSHIP_TYPES
from loyalty_admin.membership_types.views import editable_chain
from loyalty_admin.web.http import Request

# What a new type starts from; the units only wait for a number beside them.
NEW = Terms(category="standard", validity_unit=3, auto_activation_unit=1, freeze_limit_unit=1)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, chain_id: int) -> HttpResponse:
    ctx = editable_chain(request, chain_id)
    asked = _asked_before(request, ctx, "membership_type.created", None)
    return _create(request, ctx, opened=Terms(**asked) if asked else NEW)


@require_http_methods(["GET", "HEAD", "POST"])
def create_again(request: Request, chain_id: int, entry_id: int) -> HttpResponse:
    """Make a deleted type again from its last known copy; it gets a new number."""
    ctx = editable_chain(request, chain_id)
    deletion = answers.deletion_for(request, ctx, "membership_type.deleted", pk=entry_id)
    return _create(request, ctx, opened=reading.last_known(deletion).terms, origin=deletion)


def _create(
    request: Request, ctx: ChainContext, *, opened: Terms, origin: Entry | None = None
) -> HttpResponse:
    choices = _choices(ctx)
    if request.method != "POST":
        return _form_page(
            request, ctx, NewMembershipTypeForm(opened=opened, choices=choices), origin=origin
        )
    form = NewMembershipTypeForm(request.POST, opened=opened, choices=choices)
    if not form.is_valid():
        return _form_page(request, ctx, form, Attempt(status=422), origin=origin)
    tried = attempt(
        lambda: writes.create(
            MEMBERSHIP_TYPES,
            ctx,
            form_id=answers.form_id(request),
            terms=Terms(**form.wanted()),
            origin=origin,
        ),
        form,
    )
    if tried.written is None:
        return _form_page(request, ctx, form, tried, origin=origin)
    return answers.go_to_result(request, ctx, tried.written)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    ctx = editable_chain(request, chain_id)
    opened_on = _opened_on(request, type_id)
    if opened_on is None:
        return _open_edit(request, ctx, type_id)
    form = MembershipTypeForm(
        request.POST, opened=Terms(**opened_on), choices=_choices(ctx), sold=_sold(ctx, type_id)
    )
    if not form.is_valid():
        return _form_page(request, ctx, form, Attempt(status=422), type_id=type_id)
    tried = _try_edit(request, ctx, type_id, form, opened_on)
    if tried.written is None:
        return _form_page(request, ctx, form, tried, type_id=type_id)
    return answers.go_to_result(request, ctx, tried.written)


def _open_edit(request: Request, ctx: ChainContext, type_id: int) -> HttpResponse:
    item = reading.read_membership_type(ctx=ctx, type_id=type_id)
    is_deleted = reading.deletion_of(ctx, type_id) is not None
    if is_deleted or item.is_archived:
        messages.warning(request, IS_DELETED if is_deleted else IS_ARCHIVED)
        return answers.go(request, reverse("membership_types:detail", args=[ctx.id, type_id]))
    form = MembershipTypeForm(opened=item.terms, choices=_choices(ctx), sold=item.sold)
    form.initial.update(_asked_before(request, ctx, "membership_type.edited", type_id))
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
    form: MembershipTypeForm,
    opened_on: Mapping[str, Any],
) -> Attempt:
    return attempt(
        lambda: writes.edit(
            MEMBERSHIP_TYPES,
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
    form: MembershipTypeForm,
    tried: Attempt | None = None,
    *,
    type_id: int | None = None,
    origin: Entry | None = None,
) -> HttpResponse:
    tried = tried or Attempt()
    opened = tried.stale.opened if tried.stale else form.opened
    context = presenting.page_context(ctx) | {
        "form": form,
        "labels": facts.group_labels(),
        "tried": tried,
        "type_id": type_id,
        "origin": origin,
        "is_sold": any(getattr(field, "is_kept", False) for field in form.fields.values()),
        "has_catalogue": bool(form.choices.catalogue),
        "opened_on": "" if type_id is None else stored.sign(opened, type_id),
        "back_url": reverse("membership_types:detail", args=[ctx.id, type_id])
        if type_id is not None
        else presenting.index_url(ctx),
    }
    template = "membership_types/form.html"
    return answers.partial(
        request, f"{template}#form" if request.htmx else template, context, tried.status
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit_row(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    """Title, price, online sale and locations, changed in the list itself."""
    ctx = editable_chain(request, chain_id)
    if not request.htmx and request.method != "POST":
        return redirect("membership_types:edit", ctx.id, type_id)
    opened_on = _opened_on(request, type_id, ROW_TERMS)
    if opened_on is None:
        return _open_row(request, ctx, type_id)
    form = RowForm(
        request.POST,
        opened=Terms(**opened_on),
        choices=_row_choices(ctx),
        sold=_sold(ctx, type_id),
    )
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
    opened = Terms(**{name: getattr(row, name) for name in ROW_TERMS})
    form = RowForm(opened=opened, choices=_row_choices(ctx), sold=row.sold)
    return _row_editing(request, ctx, type_id, form, answers.opened_attempt(request))


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
        return redirect("membership_types:edit", ctx.id, type_id)
    return answers.partial(request, f"{presenting.ROWS}#type_row_edit", context, tried.status)


def _opened_on(
    request: Request, type_id: int, names: Iterable[str] = TERM_NAMES
) -> dict[str, Any] | None:
    return stored.unsign(request.POST.get("opened_on", ""), type_id, names)


def _sold(ctx: ChainContext, type_id: int) -> int | None:
    kept = listing.kept(ctx)
    row = kept.rows.get(type_id) if kept else None
    return row.sold if row else None


def _row_choices(ctx: ChainContext) -> Choices:
    return choices_of(ctx, reading.words_for(ctx), with_catalogue=False)


def _choices(ctx: ChainContext) -> Choices:
    return choices_of(ctx, reading.words_for(ctx), with_catalogue=True)
