"""Forms: a new object, a duplicate, a whole object, one in its row, a deleted one made again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loyalty_admin.accounts.http import Request
from loyalty_admin.altegio.errors import AltegioError
from loyalty_admin.audit import history
from loyalty_admin.audit.models import Entry
from loyalty_admin.catalog import answers, signing, writes
from loyalty_admin.catalog.action_views import not_done, row_written
from loyalty_admin.catalog.forms import TermsForm
from loyalty_admin.catalog.outcomes import Attempt, attempt
from loyalty_admin.catalog.presenting import PART
from loyalty_admin.catalog.screens import RowForm, Screens
from loyalty_admin.chains.services import ChainContext

# Characters of the original's title that a duplicate keeps: its mark needs the rest.
ROOM_FOR_TITLE = 251


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, chain_id: int, *, screens: Screens) -> HttpResponse:
    ctx = answers.editable_chain(request, chain_id, screens.why_not)
    asked = asked_before(request, ctx, screens, "created", None)
    opened = screens.resource.terms(**asked) if asked else screens.new_terms
    return create(request, ctx, screens, screens.choices(ctx, None), opened=opened)


@require_http_methods(["GET", "HEAD", "POST"])
def clone(request: Request, chain_id: int, object_id: int, *, screens: Screens) -> HttpResponse:
    """A duplicate: Altegio cannot make one, so it is a new object filled from the original."""
    assert screens.duplicate_of is not None
    ctx = answers.editable_chain(request, chain_id, screens.why_not)
    original = _original(request, ctx, object_id, screens)
    opened = screens.duplicate_of(original) if original else blank_of(request, screens)
    if reason := screens.why_not_made(opened):
        messages.warning(request, reason)
        return answers.go(request, answers.page_url(request, ctx, object_id))
    if original:
        _warn_of_gaps(request, screens.gaps(original))
        opened = replace(opened, title=f"{opened.title[:ROOM_FOR_TITLE]} (2)")
    opened = replace(opened, **asked_before(request, ctx, screens, "cloned", object_id))
    choices = screens.choices(ctx, original)
    return create(request, ctx, screens, choices, opened=opened, clone_of=object_id)


def _original(request: Request, ctx: ChainContext, object_id: int, screens: Screens) -> Any:
    """What was typed outlives the original, which is then None."""
    try:
        return screens.resource.read(ctx, object_id)
    except AltegioError:
        if request.method != "POST":
            raise
        return None


def blank_of(request: Request, screens: Screens) -> Any:
    """What a form starts from of which only what was typed is left."""
    if screens.new_terms is not None:
        return screens.new_terms
    return screens.resource.terms(**{"kind": request.POST.get("kind", "")})


def _warn_of_gaps(request: Request, gaps: str) -> None:
    """A form that is filled from what was read must not invent the rest in silence."""
    if gaps and request.method != "POST":
        said = _("It is not known what was set for: %(fields)s. Look at these before you save.")
        messages.warning(request, said % {"fields": gaps})


@require_http_methods(["GET", "HEAD", "POST"])
def create_again(
    request: Request, chain_id: int, entry_id: int, *, screens: Screens
) -> HttpResponse:
    """Make a deleted object again from its last known copy, changed; it gets a new ID."""
    ctx = answers.editable_chain(request, chain_id, screens.why_not)
    deletion = answers.deletion_for(request, ctx, screens.resource.action("deleted"), pk=entry_id)
    copy = screens.resource.from_api(deletion.copy)
    opened = screens.duplicate_of(copy) if screens.duplicate_of else copy.terms
    if reason := screens.why_not_made(opened):
        messages.warning(request, reason)
        return answers.go(request, reverse(f"{screens.app}:trash", args=[ctx.id]))
    _warn_of_gaps(request, screens.gaps(copy))
    return create(request, ctx, screens, screens.choices(ctx, copy), opened=opened, origin=deletion)


def create(
    request: Request,
    ctx: ChainContext,
    screens: Screens,
    choices: Any,
    *,
    opened: Any,
    clone_of: int | None = None,
    origin: Entry | None = None,
) -> HttpResponse:
    """The form of a new object, and what became of it."""

    def page(form: TermsForm, tried: Attempt) -> HttpResponse:
        return _form_page(request, ctx, screens, form, tried, clone_of=clone_of, origin=origin)

    if request.method != "POST":
        return page(screens.new_form(opened=opened, choices=choices), Attempt())
    unfinished = screens.unfinished(request)
    form = screens.new_form(request.POST, opened=opened, choices=choices, **unfinished)
    if unfinished:
        return page(form, Attempt())
    if not form.is_valid():
        return page(form, Attempt(status=422))
    tried = attempt(
        lambda: writes.create(
            screens.resource,
            ctx,
            form_id=answers.form_id(request),
            terms=screens.resource.terms(**form.wanted()),
            clone_of=clone_of,
            origin=origin,
        ),
        form,
    )
    if tried.written is None:
        return page(form, tried)
    return answers.go_to_result(request, ctx, tried.written)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, chain_id: int, object_id: int, *, screens: Screens) -> HttpResponse:
    ctx = answers.editable_chain(request, chain_id, screens.why_not)
    opened_on = opened_terms(request, screens, object_id)
    if opened_on is None:
        return _open_edit(request, ctx, object_id, screens)
    kept = screens.list_page.kept(ctx)
    unfinished = screens.unfinished(request)
    form = screens.form(
        request.POST,
        opened=screens.resource.terms(**opened_on),
        choices=screens.choices(ctx, kept.rows.get(object_id) if kept else None),
        **screens.form_options(ctx, object_id, None),
        **unfinished,
    )
    if unfinished:
        return _form_page(request, ctx, screens, form, Attempt(), object_id=object_id)
    if not form.is_valid():
        return _form_page(request, ctx, screens, form, Attempt(status=422), object_id=object_id)
    tried = _try_edit(request, ctx, screens, object_id, form, opened_on)
    if tried.written is None:
        return _form_page(request, ctx, screens, form, tried, object_id=object_id)
    return answers.go_to_result(request, ctx, tried.written)


def _open_edit(
    request: Request, ctx: ChainContext, object_id: int, screens: Screens
) -> HttpResponse:
    """What cannot be changed says so before anybody types."""
    item = screens.resource.read(ctx, object_id)
    if reason := screens.why_not_editable(ctx, item):
        messages.warning(request, reason)
        return answers.go(request, answers.page_url(request, ctx, object_id))
    options = screens.form_options(ctx, object_id, item)
    form = screens.form(opened=item.terms, choices=screens.choices(ctx, item), **options)
    form.initial.update(asked_before(request, ctx, screens, "edited", object_id))
    tried = answers.opened_attempt(request)
    return _form_page(request, ctx, screens, form, tried, object_id=object_id)


def asked_before(
    request: Request, ctx: ChainContext, screens: Screens, verb: str, object_id: int | None
) -> dict[str, Any]:
    """What an entry of the audit log asked for and did not get, to fill the form with."""
    resource, number = screens.resource, request.GET.get("again", "")
    asked = history.asked_before(ctx, number, resource.action(verb), object_id)
    return resource.schema.load(asked)


def _try_edit(
    request: Request,
    ctx: ChainContext,
    screens: Screens,
    object_id: int,
    form: TermsForm,
    opened_on: Mapping[str, Any],
) -> Attempt:
    return attempt(
        lambda: writes.edit(
            screens.resource,
            ctx,
            object_id,
            form_id=answers.form_id(request),
            opened_on=opened_on,
            wanted=answers.wanted(request, form, opened_on),
        ),
        form,
    )


def _form_page(
    request: Request,
    ctx: ChainContext,
    screens: Screens,
    form: TermsForm,
    tried: Attempt,
    *,
    object_id: int | None = None,
    clone_of: int | None = None,
    origin: Entry | None = None,
) -> HttpResponse:
    opened = tried.stale.opened if tried.stale else form.opened
    about = object_id or clone_of
    context = screens.page_context(ctx) | {
        "form": form,
        "tried": tried,
        "object_id": object_id,
        "clone_of": clone_of,
        "origin": origin,
        "has_catalogue": bool(form.choices.catalogue),
        "opened_on": "" if object_id is None else _signed(screens, opened, object_id),
        **screens.form_context(form, object_id),
    }
    context["back_url"] = (
        context["index_url"]
        if about is None
        else reverse(f"{screens.app}:detail", args=[ctx.id, about])
    )
    if request.htmx:
        context["layout"] = PART
    return answers.partial(request, f"{screens.app}/form.html", context, tried.status)


# In the row


@require_http_methods(["GET", "HEAD", "POST"])
def edit_row(request: Request, chain_id: int, object_id: int, *, screens: Screens) -> HttpResponse:
    """Some terms, changed in the list itself."""
    assert screens.row_form is not None
    ctx = answers.editable_chain(request, chain_id, screens.why_not)
    if not request.htmx and request.method != "POST":
        return redirect(f"{screens.app}:edit", ctx.id, object_id)
    row_form = screens.row_form
    opened_on = opened_terms(request, screens, object_id, row_form)
    if opened_on is None:
        return _open_row(request, ctx, object_id, screens, row_form)
    form = row_form.form(
        request.POST,
        opened=screens.resource.terms(**opened_on),
        choices=row_form.choices(ctx),
        **screens.form_options(ctx, object_id, None),
    )
    if not form.is_valid():
        return _row_editing(request, ctx, object_id, screens, form, Attempt(status=422))
    tried = _try_edit(request, ctx, screens, object_id, form, opened_on)
    if tried.written is None:
        return _row_editing(request, ctx, object_id, screens, form, tried)
    return row_written(request, ctx, object_id, screens, tried.written)


def _open_row(
    request: Request, ctx: ChainContext, object_id: int, screens: Screens, row_form: RowForm
) -> HttpResponse:
    page = screens.list_page
    row = (page.kept(ctx) or page.refresh(ctx)).rows.get(object_id)
    if row is None:
        raise Http404
    if reason := row_form.why_locked(row):
        return not_done(request, ctx, object_id, screens, Attempt(problem=reason, status=409))
    opened = screens.resource.terms(**{name: getattr(row, name) for name in row_form.terms})
    options = screens.form_options(ctx, object_id, None)
    form = row_form.form(opened=opened, choices=row_form.choices(ctx), **options)
    return _row_editing(request, ctx, object_id, screens, form, answers.opened_attempt(request))


def _row_editing(
    request: Request,
    ctx: ChainContext,
    object_id: int,
    screens: Screens,
    form: TermsForm,
    tried: Attempt,
) -> HttpResponse:
    opened = tried.stale.opened if tried.stale else form.opened
    context = screens.page_context(ctx)
    context |= {
        "form": form,
        "tried": tried,
        "object_id": object_id,
        "url": f"{context['index_url']}{object_id}/",
        "opened_on": _signed(screens, opened, object_id, screens.row_form),
        "fields_template": f"{screens.app}/rows.html#row_fields",
        "columns": screens.list_page.columns,
    }
    if not request.htmx:
        messages.error(request, _("Nothing was saved. Change it in the full form."))
        return redirect(f"{screens.app}:edit", ctx.id, object_id)
    return answers.partial(request, "catalog/rows.html#row_edit", context, tried.status)


# What a form was opened on, signed, so that only the dashboard can have written it


def _signed(screens: Screens, terms: Any, object_id: int, row_form: RowForm | None = None) -> str:
    names = row_form.terms if row_form else None
    return signing.sign(screens.resource.schema, terms, object_id, names, salt=_salt(screens))


def opened_terms(
    request: Request, screens: Screens, object_id: int, row_form: RowForm | None = None
) -> dict[str, Any] | None:
    """None where it is not signed by us, or holds another object's or another form's terms."""
    signed, names = request.POST.get("opened_on", ""), row_form.terms if row_form else None
    schema = screens.resource.schema
    return signing.unsign(schema, signed, object_id, names, salt=_salt(screens))


def _salt(screens: Screens) -> str:
    return f"{screens.app}.opened_on"
