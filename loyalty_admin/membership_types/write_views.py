"""Writing: each view calls one service and shows what came of it, as a page or as a part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from loyalty_admin.altegio.errors import AltegioError
from loyalty_admin.altegio.membership_types import Terms
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.chains.services import ChainContext, categories, locations
from loyalty_admin.membership_types import (
    deleting,
    listing,
    outcomes,
    presenting,
    reading,
    services,
    stored,
)
from loyalty_admin.membership_types.forms import (
    ROW_TERMS,
    Choices,
    MembershipTypeForm,
    NewMembershipTypeForm,
    RestoreForm,
    RowForm,
)
from loyalty_admin.membership_types.journal import Written
from loyalty_admin.membership_types.outcomes import Attempt, attempt
from loyalty_admin.membership_types.views import detail_context, editable_chain
from loyalty_admin.web.http import Request

LEVELS = {
    "good": messages.SUCCESS,
    "info": messages.INFO,
    "warn": messages.WARNING,
    "bad": messages.ERROR,
}
# What a new type starts from; the units only wait for a number beside them.
NEW = Terms(category="standard", validity_unit=3, auto_activation_unit=1, freeze_limit_unit=1)
DETAIL_TARGET = "type-detail"


# Forms


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, chain_id: int) -> HttpResponse:
    ctx = editable_chain(request, chain_id)
    return _create(request, ctx, opened=NEW)


@require_http_methods(["GET", "HEAD", "POST"])
def create_again(request: Request, chain_id: int, entry_id: int) -> HttpResponse:
    """Make a deleted type again from its last known copy; it gets a new number."""
    ctx = editable_chain(request, chain_id)
    deletion = _deletion(ctx, pk=entry_id)
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
        lambda: services.create_membership_type(
            ctx=ctx, form_id=_form_id(request), terms=Terms(**form.wanted()), origin=origin
        ),
        form,
    )
    if tried.written is None:
        return _form_page(request, ctx, form, tried, origin=origin)
    return _go_to_result(request, ctx, tried.written)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    ctx = editable_chain(request, chain_id)
    opened_on = _opened_on(request, type_id)
    if opened_on is None:
        item = reading.read_membership_type(ctx=ctx, type_id=type_id)
        form = MembershipTypeForm(opened=item.terms, choices=_choices(ctx), sold=item.sold)
        # A form whose signature is broken is opened anew; nothing of it was sent.
        lost = Attempt(
            problem=_("This form was too old to be sent. Nothing was changed."), status=409
        )
        tried = Attempt() if request.method != "POST" else lost
        return _form_page(request, ctx, form, tried, type_id=type_id)
    form = MembershipTypeForm(
        request.POST, opened=Terms(**opened_on), choices=_choices(ctx), sold=_sold(ctx, type_id)
    )
    if not form.is_valid():
        return _form_page(request, ctx, form, Attempt(status=422), type_id=type_id)
    tried = _try_edit(request, ctx, type_id, form, opened_on)
    if tried.written is None:
        return _form_page(request, ctx, form, tried, type_id=type_id)
    return _go_to_result(request, ctx, tried.written)


def _try_edit(
    request: Request,
    ctx: ChainContext,
    type_id: int,
    form: MembershipTypeForm,
    opened_on: Mapping[str, Any],
) -> Attempt:
    wanted = form.wanted()
    # In a conflict the person gave way for these: what was read then stays.
    theirs = [name for name in request.POST.getlist("theirs") if name in opened_on]
    wanted |= {name: opened_on[name] for name in theirs}
    return attempt(
        lambda: services.edit_membership_type(
            ctx=ctx,
            type_id=type_id,
            form_id=_form_id(request),
            opened_on=opened_on,
            wanted=wanted,
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
    opened = tried.stale.fresh.terms if tried.stale else form.opened
    context = presenting.page_context(ctx, request.user) | {
        "form": form,
        "labels": presenting.group_labels(),
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
    return _partial(
        request, f"{template}#form" if request.htmx else template, context, tried.status
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit_row(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    """Title, price, online sale and locations, changed in the list itself."""
    ctx = editable_chain(request, chain_id)
    if not request.htmx and request.method != "POST":
        return redirect("membership_types:edit", ctx.id, type_id)
    opened_on = _opened_on(request, type_id)
    row = (listing.kept(ctx) or listing.refresh(ctx)).rows.get(type_id)
    if row is None:
        raise Http404
    if opened_on is None:
        opened_on = {name: getattr(row, name) for name in ROW_TERMS}
        form = RowForm(opened=Terms(**opened_on), choices=_row_choices(ctx), sold=row.sold)
        return _row_editing(request, ctx, type_id, form, Attempt())
    form = RowForm(
        request.POST, opened=Terms(**opened_on), choices=_row_choices(ctx), sold=row.sold
    )
    if not form.is_valid():
        return _row_editing(request, ctx, type_id, form, Attempt(status=422))
    tried = _try_edit(request, ctx, type_id, form, opened_on)
    if tried.written is None:
        return _row_editing(request, ctx, type_id, form, tried)
    return _row_written(request, ctx, type_id, tried.written)


def _row_editing(
    request: Request, ctx: ChainContext, type_id: int, form: RowForm, tried: Attempt
) -> HttpResponse:
    opened = tried.stale.fresh.terms if tried.stale else form.opened
    context = presenting.page_context(ctx, request.user) | {
        "form": form,
        "tried": tried,
        "type_id": type_id,
        "url": f"{presenting.index_url(ctx)}{type_id}/",
        "opened_on": stored.sign(opened, type_id, ROW_TERMS),
    }
    if not request.htmx:
        messages.error(request, _("Nothing was saved. Change it in the full form."))
        return redirect("membership_types:edit", ctx.id, type_id)
    return _partial(request, "membership_types/list.html#type_row_edit", context, tried.status)


# Buttons


@require_POST
def clone(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    ctx = editable_chain(request, chain_id)
    tried = attempt(
        lambda: services.clone_membership_type(ctx=ctx, type_id=type_id, form_id=_form_id(request))
    )
    if tried.written is None:
        return _not_done(request, ctx, type_id, tried)
    return _go_to_result(request, ctx, tried.written)


@require_POST
def archive(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    return _switch(request, chain_id, type_id, services.archive_membership_type)


@require_POST
def unarchive(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    return _switch(request, chain_id, type_id, services.unarchive_membership_type)


def _switch(
    request: Request, chain_id: int, type_id: int, service: Callable[..., Written]
) -> HttpResponse:
    ctx = editable_chain(request, chain_id)
    tried = attempt(lambda: service(ctx=ctx, type_id=type_id, form_id=_form_id(request)))
    if tried.written is None:
        return _not_done(request, ctx, type_id, tried)
    if request.htmx and request.htmx.target == DETAIL_TARGET:
        item = reading.read_membership_type(ctx=ctx, type_id=type_id)
        context = detail_context(request, ctx, item) | _toast(tried.written)
        return render(request, "membership_types/detail.html#type", context)
    return _row_written(request, ctx, type_id, tried.written)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    ctx = editable_chain(request, chain_id)
    if request.method != "POST":
        item = reading.read_membership_type(ctx=ctx, type_id=type_id)
        from_row = bool(request.htmx) and bool(request.htmx.trigger)
        context = presenting.page_context(ctx, request.user) | {
            "item": item,
            "from_row": from_row and str(request.htmx.trigger).startswith("delete-row-"),
            "type_url": f"{presenting.index_url(ctx)}{type_id}/",
        }
        template = "membership_types/delete.html"
        return render(request, f"{template}#confirm" if request.htmx else template, context)
    tried = attempt(
        lambda: deleting.delete_membership_type(ctx=ctx, type_id=type_id, form_id=_form_id(request))
    )
    if tried.written is None:
        return _not_done(request, ctx, type_id, tried)
    if request.htmx and request.htmx.target == f"type-row-{type_id}":
        return _row_written(request, ctx, type_id, tried.written)
    _message(request, tried.written)
    return _go(request, presenting.index_url(ctx))


@require_POST
def restore(request: Request, chain_id: int, type_id: int) -> HttpResponse:
    """Bring a deleted type back under a title that the person confirms."""
    ctx = editable_chain(request, chain_id)
    deletion = _deletion(ctx, object_id=type_id)
    form = RestoreForm(request.POST)
    if not form.is_valid():
        return _not_restored(
            request,
            ctx,
            deletion,
            Attempt(problem=_("Give it a title of up to 255 characters."), status=422),
        )
    tried = attempt(
        lambda: deleting.restore_membership_type(
            ctx=ctx, deletion=deletion, title=form.cleaned_data["title"], form_id=_form_id(request)
        )
    )
    if tried.written is None:
        return _not_restored(request, ctx, deletion, tried)
    return _go_to_result(request, ctx, tried.written)


def _not_restored(
    request: Request, ctx: ChainContext, deletion: Entry, tried: Attempt
) -> HttpResponse:
    """Nothing typed is lost: the same row with its title, the reason, and the other way."""
    shown = presenting.show_deletions(ctx, [deletion])[0]
    context = presenting.page_context(ctx, request.user) | {
        "deletion": shown
        | {
            "title": request.POST.get("title", ""),
            "problem": tried.problem,
            "is_forbidden": tried.is_forbidden,
        },
    }
    if request.htmx:
        return _partial(request, "membership_types/trash.html#deletion_row", context, tried.status)
    context |= {
        "tabs": presenting.tabs(ctx, None, listing.kept(ctx)),
        "deletions": [context["deletion"]],
    }
    return render(request, "membership_types/trash.html", context, status=tried.status)


# What the views share


def _form_id(request: Request) -> str:
    return request.POST.get("form_id", "")[:64]


def _opened_on(request: Request, type_id: int) -> dict[str, Any] | None:
    try:
        return stored.unsign(request.POST.get("opened_on", ""), type_id)
    except signing.BadSignature:
        return None


def _sold(ctx: ChainContext, type_id: int) -> int | None:
    kept = listing.kept(ctx)
    row = kept.rows.get(type_id) if kept else None
    return row.sold if row else None


def _row_choices(ctx: ChainContext) -> Choices:
    return Choices(
        locations=[(location.id, location.title) for location in locations(ctx)],
        words=reading.words_for(ctx),
    )


def _choices(ctx: ChainContext) -> Choices:
    plain = _row_choices(ctx)
    try:
        catalogue = categories(ctx)
    except AltegioError:
        # The form says that it is missing; what is covered already can be kept.
        catalogue = ()
    return Choices(locations=plain.locations, words=plain.words, catalogue=catalogue)


def _deletion(ctx: ChainContext, **which: int) -> Entry:
    entry = reading.deletions(ctx).filter(**which).first()
    if entry is None:
        raise Http404
    return entry


def _partial(request: Request, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    response = render(request, template, context, status=status)
    if request.htmx:
        response["X-Partial"] = "1"
    return response


def _message(request: Request, written: Written) -> None:
    level, text = outcomes.message(written)
    messages.add_message(request, LEVELS[level], text)


def _toast(written: Written) -> dict[str, str]:
    level, text = outcomes.message(written)
    return {"toast_level": level, "toast_text": text}


def _go(request: Request, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _go_to_result(request: Request, ctx: ChainContext, written: Written) -> HttpResponse:
    """To the type that came of it; to the journal where that is not known."""
    entry = written.entry
    if entry is not None and entry.outcome != Outcome.DONE:
        return _go(request, reverse("audit:detail", args=[entry.pk]))
    _message(request, written)
    type_id = entry.result_id if entry else None
    if written.membership_type is not None:
        type_id = written.membership_type.id
    return _go(request, reverse("membership_types:detail", args=[ctx.id, type_id]))


def _row_written(
    request: Request, ctx: ChainContext, type_id: int, written: Written
) -> HttpResponse:
    if not request.htmx:
        _message(request, written)
        return redirect(presenting.index_url(ctx))
    kept = listing.kept(ctx)
    row = kept.rows.get(type_id) if kept else None
    context = presenting.page_context(ctx, request.user) | _toast(written)
    context |= {"row": presenting.show_rows(ctx, [row])[0] if row else None, "type_id": type_id}
    return render(request, "membership_types/list.html#type_row_written", context)


def _not_done(request: Request, ctx: ChainContext, type_id: int, tried: Attempt) -> HttpResponse:
    """A button's write that did not go through, or that was made by the same form before."""
    url = reverse("membership_types:detail", args=[ctx.id, type_id])
    context = presenting.page_context(ctx, request.user) | {
        "tried": tried,
        "again_url": request.path,
        "back_url": url,
    }
    template = "membership_types/not_done.html"
    return _partial(
        request, f"{template}#problem" if request.htmx else template, context, tried.status
    )
