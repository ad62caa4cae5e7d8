"""Changing a sold membership: a form, a preview of before and after, one confirmation."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from loyalty_admin.accounts.http import Request
from loyalty_admin.altegio import memberships as api
from loyalty_admin.altegio.memberships import Membership
from loyalty_admin.audit.services import new_form_id
from loyalty_admin.catalog import answers
from loyalty_admin.catalog.outcomes import Attempt, attempt
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.memberships import actions, changes, presenting, reading, services, words
from loyalty_admin.memberships.forms import (
    BalancesForm,
    ChangeForm,
    FreezeForm,
    PoolForm,
    UnfreezeForm,
    ValidityForm,
)
from loyalty_admin.memberships.services import ChangedMeanwhile

TEMPLATE = "memberships/change.html"
ACTIONS = {
    "freeze": actions.FROZEN,
    "unfreeze": actions.UNFROZEN,
    "balance": actions.BALANCE_SET,
    "validity": actions.VALIDITY_SET,
}
write = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@write
def freeze(request: Request, chain_id: int, membership_id: int) -> HttpResponse:
    ctx = _editable(request, chain_id, api.PERIOD_RIGHT)
    membership = reading.read_membership(ctx=ctx, membership_id=membership_id)
    blocked = changes.why_not_freezable(membership)
    return _change(request, ctx, membership, FreezeForm, "freeze", blocked)


@never_cache
@write
def unfreeze(request: Request, chain_id: int, membership_id: int) -> HttpResponse:
    ctx = _editable(request, chain_id, api.PERIOD_RIGHT)
    membership = reading.read_membership(ctx=ctx, membership_id=membership_id)
    blocked = changes.Unfreeze().why_not(membership)
    return _change(request, ctx, membership, UnfreezeForm, "unfreeze", blocked)


@never_cache
@write
def balance(request: Request, chain_id: int, membership_id: int) -> HttpResponse:
    ctx = _editable(request, chain_id, api.BALANCE_RIGHT)
    membership = reading.read_membership(ctx=ctx, membership_id=membership_id)
    form_class = PoolForm if membership.is_pooled else BalancesForm
    blocked = changes.why_not_countable(membership)
    return _change(request, ctx, membership, form_class, "balance", blocked)


@never_cache
@write
def validity(request: Request, chain_id: int, membership_id: int) -> HttpResponse:
    ctx = _editable(request, chain_id, api.PERIOD_RIGHT)
    membership = reading.read_membership(ctx=ctx, membership_id=membership_id)
    return _change(request, ctx, membership, ValidityForm, "validity", "")


def _editable(request: Request, chain_id: int, right: str) -> ChainContext:
    return answers.editable_chain(request, chain_id, lambda ctx: presenting.why_not(ctx, right))


def _change(
    request: Request,
    ctx: ChainContext,
    membership: Membership,
    form_class: type[ChangeForm],
    name: str,
    blocked: str,
) -> HttpResponse:
    """The form, then its preview, then the change itself."""
    if request.method != "POST":
        form = form_class(membership=membership, zone=ctx.zone)
        return _page(request, ctx, form, name, blocked=blocked)
    form = form_class(request.POST, membership=membership, zone=ctx.zone)
    if "confirmed" in request.POST and form.is_valid():
        return _carry_out(request, ctx, form, name)
    if form.is_valid() and (reason := form.wanted().why_not(membership)):
        form.add_error(None, reason)
    if not form.is_valid():
        return _page(request, ctx, form, name, status=422)
    back = "back" in request.POST
    return _page(request, ctx, form, name, is_preview=not back)


def _carry_out(request: Request, ctx: ChainContext, form: ChangeForm, name: str) -> HttpResponse:
    try:
        tried = attempt(
            lambda: services.change_membership(
                ctx=ctx,
                membership_id=form.membership.id,
                wanted=form.wanted(),
                seen=request.POST.get("seen", ""),
                form_id=answers.form_id(request),
                note=form.cleaned_data["note"],
            )
        )
    except ChangedMeanwhile as changed:
        form.membership = changed.membership
        reason = form.wanted().why_not(changed.membership)
        if reason:
            form.add_error(None, reason)
        return _page(request, ctx, form, name, is_preview=not reason, has_changed=True, status=409)
    if tried.written is not None:
        return answers.go_to_result(request, ctx, tried.written)
    return _page(request, ctx, form, name, tried=tried, status=tried.status)


def _page(
    request: Request,
    ctx: ChainContext,
    form: ChangeForm,
    name: str,
    *,
    blocked: str = "",
    is_preview: bool = False,
    has_changed: bool = False,
    tried: Attempt | None = None,
    status: int = 200,
) -> HttpResponse:
    membership = form.membership
    if name == "unfreeze":  # nothing is typed that a preview would need
        is_preview = not (blocked or tried or form.errors)
    wanted = changes.Unfreeze() if name == "unfreeze" else form.wanted() if is_preview else None
    context: dict[str, Any] = {
        "ctx": ctx,
        "form": form,
        "form_id": new_form_id(),
        "name": name,
        "blocked": blocked,
        "is_preview": is_preview,
        "has_changed": has_changed,
        "tried": tried or Attempt(),
        "membership": membership,
        "code": words.code(membership),
        "type_title": presenting.type_title(membership),
        "changes": wanted.changes(membership) if wanted and not blocked else [],
        "seen": reading.state_of(membership, ACTIONS[name]),
        "facts": presenting.facts(membership),
        "back_url": f"{presenting.index_url(ctx)}{membership.id}/",
    }
    template = f"{TEMPLATE}#change" if request.htmx else TEMPLATE
    return answers.partial(request, template, context, status)
