"""Ticked memberships: what is to be done to all, a preview of each, one confirmation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from loyalty_admin.accounts.http import Request
from loyalty_admin.altegio.errors import AltegioError
from loyalty_admin.audit.services import new_form_id, reason_of
from loyalty_admin.catalog import answers
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.memberships import presenting, several, words
from loyalty_admin.memberships.forms import SeveralForm
from loyalty_admin.memberships.several import Planned

TEMPLATE = "memberships/several.html"


@never_cache
@require_POST
def change_several(request: Request, chain_id: int) -> HttpResponse:
    ctx = answers.editable_chain(request, chain_id, presenting.why_not_several)
    ids = _ids(request)
    if not ids:
        messages.warning(request, _("Tick at least one membership."))
        return redirect(_search_url(request, ctx))
    if "what" not in request.POST:
        return _page(request, ctx, SeveralForm(initial={"days": 7}), ids)
    form = SeveralForm(request.POST, zone=ctx.zone)
    if not form.is_valid():
        return _page(request, ctx, form, ids, status=422)
    if "back" in request.POST:
        return _page(request, ctx, form, ids)
    if "plan" in request.POST:
        return _begin(request, ctx, form, ids)
    try:
        planned = several.plan_all(ctx, ids, form.plan())
    except AltegioError as error:
        return _page(request, ctx, form, ids, problem=reason_of(error, is_read=True), status=502)
    return _page(request, ctx, form, ids, planned=planned)


def _ids(request: Request) -> list[int]:
    found = [text for text in request.POST.getlist("id") if text.isdecimal() and len(text) < 16]
    return list(dict.fromkeys(map(int, found)))[: several.MOST]


def _search_url(request: Request, ctx: ChainContext) -> str:
    """Of the search in which they were ticked."""
    search = QueryDict(request.POST.get("search", "")[:8000]).urlencode()
    return f"{presenting.index_url(ctx)}?{search}" if search else presenting.index_url(ctx)


def _begin(request: Request, ctx: ChainContext, form: SeveralForm, ids: list[int]) -> HttpResponse:
    plan = several.unsign(ctx, request.POST["plan"])
    if plan is None or not plan[1]:
        problem = _("This preview was too old, or nothing of it can be done. Nothing was begun.")
        return _page(request, ctx, form, ids, problem=problem, status=409)
    title, rows = plan
    job = several.begin(
        ctx,
        rows=rows,
        title=title,
        form_id=answers.form_id(request),
        note=form.cleaned_data["note"],
    )
    return redirect("jobs:detail", ctx.id, job.pk)


def _page(
    request: Request,
    ctx: ChainContext,
    form: SeveralForm,
    ids: list[int],
    *,
    planned: list[Planned] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "ctx": ctx,
        "form": form,
        "ids": ids,
        "counted": words.memberships(len(ids)),
        "problem": problem,
        "search": request.POST.get("search", ""),
        "search_url": _search_url(request, ctx),
        "form_id": new_form_id(),
    }
    if planned is not None:
        context |= {
            # First what cannot be done: it is what somebody has to think about.
            "planned": [
                _shown(ctx, one) for one in sorted(planned, key=lambda one: not one.why_not)
            ],
            "title": form.title(),
            "possible": sum(1 for one in planned if one.wanted),
            "plan": several.sign(ctx, form.title(), planned),
            "not_found": len(ids) - len(planned),
        }
    return render(request, TEMPLATE, context, status=status)


def _shown(ctx: ChainContext, one: Planned) -> dict[str, Any]:
    return {
        "row": presenting.show_row(ctx, one.membership, ()),
        "changes": one.wanted.changes(one.membership) if one.wanted else [],
        "why_not": one.why_not,
    }
