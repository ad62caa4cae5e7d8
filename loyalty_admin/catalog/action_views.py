"""Buttons: delete, from a row or from the object's page; and what every button answers."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loyalty_admin.accounts.http import Request
from loyalty_admin.audit.guard import Written
from loyalty_admin.audit.models import Entry
from loyalty_admin.catalog import answers, writes
from loyalty_admin.catalog.forms import RestoreForm
from loyalty_admin.catalog.outcomes import Attempt, attempt
from loyalty_admin.catalog.presenting import PART
from loyalty_admin.catalog.screens import Screens
from loyalty_admin.catalog.views import detail_context, trash_context
from loyalty_admin.chains.services import ChainContext

DETAIL_TARGET = "type-detail"


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, chain_id: int, object_id: int, *, screens: Screens) -> HttpResponse:
    ctx = answers.editable_chain(request, chain_id, screens.why_not)
    if request.method != "POST":
        item = screens.resource.read(ctx, object_id)
        return question(request, ctx, item, screens, "delete", screens.delete_context(ctx, item))
    tried = attempt(
        lambda: writes.delete(screens.resource, ctx, object_id, form_id=answers.form_id(request))
    )
    if tried.written is None:
        return not_done(request, ctx, object_id, screens, tried)
    if request.htmx and (request.htmx.target or "").endswith(f"-row-{object_id}"):
        return row_written(request, ctx, object_id, screens, tried.written)
    answers.add_message(request, tried.written)
    return answers.go(request, screens.page_context(ctx)["index_url"])


def question(
    request: Request,
    ctx: ChainContext,
    item: Any,
    screens: Screens,
    name: str,
    context: dict[str, Any],
) -> HttpResponse:
    """A page, or a dialog, that asks before it is done."""
    context = screens.page_context(ctx) | context
    context |= {
        "item": item,
        "from_row": (request.htmx.trigger or "").startswith(f"{name}-row-"),
        "object_url": f"{context['index_url']}{item.id}/",
    }
    if request.htmx:
        context["layout"] = PART
    return render(request, f"{screens.app}/{name}.html", context)


def switched(
    request: Request, ctx: ChainContext, object_id: int, screens: Screens, tried: Attempt
) -> HttpResponse:
    """What archiving or unarchiving came to: on the object's page, or in its row."""
    if tried.written is None:
        return not_done(request, ctx, object_id, screens, tried)
    if request.htmx and request.htmx.target == DETAIL_TARGET:
        item = tried.written.item
        if item is None:
            return answers.go_to_result(request, ctx, tried.written)
        context = detail_context(ctx, item, screens) | answers.toast(tried.written)
        return render(request, f"{screens.app}/detail.html", context | {"layout": PART})
    return row_written(request, ctx, object_id, screens, tried.written)


def row_written(
    request: Request, ctx: ChainContext, object_id: int, screens: Screens, written: Written[Any]
) -> HttpResponse:
    """The row as it stands now; nothing where the object is gone."""
    if not request.htmx:
        return answers.go_to_result(request, ctx, written)
    kept = screens.list_page.kept(ctx)
    rows = dict(kept.rows) if kept else {}
    if written.item is not None:
        rows[object_id] = screens.row_of(ctx, written.item)
    row = rows.get(object_id)
    attention = screens.list_page.attention(rows.values())
    shown = screens.show_rows(ctx, [row] if row else [], attention)
    context = screens.page_context(ctx) | answers.toast(written)
    context |= {
        "row": shown[0] if shown else None,
        "row_template": f"{screens.app}/rows.html#row",
        "object_id": object_id,
        "columns": screens.list_page.columns,
    }
    return render(request, "catalog/rows.html#row_written", context)


def not_done(
    request: Request, ctx: ChainContext, object_id: int, screens: Screens, tried: Attempt
) -> HttpResponse:
    return answers.not_done(request, ctx, screens.page_context(ctx), object_id, tried)


def restored_title(request: Request) -> str:
    """The title that the person confirmed; "" where it is none."""
    form = RestoreForm(request.POST)
    return str(form.cleaned_data["title"]) if form.is_valid() else ""


def no_title() -> Attempt:
    return Attempt(problem=_("Give it a title of up to 255 characters."), status=422)


def not_restored(
    request: Request, ctx: ChainContext, deletion: Entry, screens: Screens, tried: Attempt
) -> HttpResponse:
    """Nothing typed is lost: the same row with its title, the reason, and the other way."""
    shown = screens.show_deletions(ctx, [deletion])[0] | {
        "title": request.POST.get("title", ""),
        "problem": tried.problem,
        "is_forbidden": tried.is_forbidden,
    }
    if request.htmx:
        context = screens.page_context(ctx) | {"deletion": shown}
        return answers.partial(request, "catalog/trash.html#deletion_row", context, tried.status)
    context = trash_context(ctx, screens, [shown])
    return render(request, "catalog/trash.html", context, status=tried.status)
