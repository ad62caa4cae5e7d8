"""Finding sold memberships, and the page of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from loyalty_admin.accounts.http import Request
from loyalty_admin.altegio.errors import AltegioError
from loyalty_admin.altegio.memberships import PERIOD_RIGHT, Membership
from loyalty_admin.audit import services as audit
from loyalty_admin.audit.services import new_form_id, reason_of
from loyalty_admin.catalog import answers
from loyalty_admin.catalog.listing import page_number
from loyalty_admin.chains.services import ChainContext, chain_for
from loyalty_admin.memberships import presenting, reading, searching, words
from loyalty_admin.memberships.forms import NumbersForm, PeriodForm, PhoneForm
from loyalty_admin.memberships.phones import NoPhone
from loyalty_admin.memberships.searching import Result


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Request, chain_id: int) -> HttpResponse:
    """The search. A phone comes as a POST, and what it found has an address of its own, so that
    the phone stands in none and going back asks nobody to send it again. So do numbers, among
    which somebody may have typed a phone: only those that the chain has come into an address."""
    ctx = chain_for(request, chain_id)
    if request.method != "POST":
        return _look_up(request, ctx)
    return _find_numbers(request, ctx) if "ids" in request.POST else _find_phone(request, ctx)


def _look_up(request: Request, ctx: ChainContext) -> HttpResponse:
    """What an address asks for: numbers, a period, what a phone search found, or nothing."""
    asked = request.GET.dict()
    numbers = NumbersForm(request.GET if "ids" in asked else None)
    period = PeriodForm(request.GET if "after" in asked else None)
    result, problem = None, ""
    try:
        if "found" in asked:
            result = searching.found_before(ctx, asked["found"])
        elif numbers.is_bound:
            result = _by_numbers(ctx, numbers)
        elif period.is_valid():
            after, before = period.cleaned_data["after"], period.cleaned_data["before"]
            filters = searching.chosen(request.GET)
            result = searching.by_period(ctx, after, before, page_number(request.GET), filters)
    except AltegioError as error:
        problem = _problem(request, error)
    return _page(
        request, ctx, numbers=numbers, period=period, result=result, problem=problem, asked=asked
    )


def _find_numbers(request: Request, ctx: ChainContext) -> HttpResponse:
    numbers = NumbersForm(request.POST)
    result, problem, asked = None, "", {}
    try:
        result = _by_numbers(ctx, numbers)
    except AltegioError as error:
        problem = _problem(request, error)
    if result is not None and result.rows:
        asked = {"ids": ",".join(str(one.id) for one in result.rows)}
        if not result.missing:
            return answers.go(request, _address(ctx, **asked))
    return _page(request, ctx, numbers=numbers, result=result, problem=problem, asked=asked)


def _by_numbers(ctx: ChainContext, numbers: NumbersForm) -> Result | None:
    return searching.by_numbers(ctx, numbers.cleaned_data["ids"]) if numbers.is_valid() else None


def _find_phone(request: Request, ctx: ChainContext) -> HttpResponse:
    """Leads to the address of what was found; while locations of a large chain are still to be
    asked, a part of the page goes on by itself, and holds the phone for it."""
    phone = PhoneForm(request.POST)
    result, problem, asking = None, "", {}
    try:
        if phone.is_valid():
            so_far = request.POST.get("so_far", "")
            result = searching.by_phone(ctx, phone.cleaned_data["phone"], so_far)
    except NoPhone as reason:
        phone.add_error("phone", str(reason))
    except AltegioError as error:
        problem = _problem(request, error)
    if result is not None and result.waiting:
        asking = _asking(ctx, result, request.POST["phone"])
        result = None
    elif result is not None and result.locations_of:
        return answers.go(request, _address(ctx, found=searching.sign_found(ctx, result)))
    return _page(request, ctx, phone=phone, result=result, problem=problem, asking=asking)


def _asking(ctx: ChainContext, result: Result, phone: str) -> dict[str, Any]:
    so_far = searching.sign_found(ctx, result)
    return {
        "phone": phone,
        "so_far": so_far,
        "url": _address(ctx, found=so_far) if result.locations_of else "",
        "found": words.memberships(len(result.locations_of)),
        "waiting": len(result.waiting),
        "all": len(ctx.chain.locations),
        "asked": len(ctx.chain.locations) - len(result.waiting),
    }


def _problem(request: Request, error: AltegioError) -> str:
    if request.htmx:
        raise error  # what is on the page already stays there
    return reason_of(error, is_read=True)


def _page(
    request: Request,
    ctx: ChainContext,
    *,
    phone: PhoneForm | None = None,
    numbers: NumbersForm | None = None,
    period: PeriodForm | None = None,
    result: Result | None = None,
    problem: str = "",
    asking: Mapping[str, Any] | None = None,
    asked: Mapping[str, str] | None = None,
) -> HttpResponse:
    """`asked`: the same search as an address says it, where one may."""
    asked = asked or {}
    forms = (phone or PhoneForm(), numbers or NumbersForm(), period or PeriodForm())
    context: dict[str, Any] = {
        "ctx": ctx,
        "index_url": presenting.index_url(ctx),
        "can_edit": not presenting.why_not(ctx, PERIOD_RIGHT),
        **dict(zip(("phone", "numbers", "period"), forms, strict=True)),
        "found": asked.get("found", ""),
        "ids": asked.get("ids", ""),
        "search": urlencode(asked),
        # Of what answers a POST: where going back leads, instead of to the POST.
        "here": _address(ctx, **asked) if request.method == "POST" else "",
        "problem": problem,
        "asking": asking,
        "is_lost": result is None and "found" in asked and not problem,
    }
    if result is not None:
        context |= presenting.show_result(ctx, result, searching.chosen(request.GET))
        context |= _urls(asked, result) | {"form_id": new_form_id()}
    status = 502 if problem else 422 if any(form.errors for form in forms) else 200
    part = "" if not request.htmx else "#asking" if asking else "#result" if result else ""
    return answers.partial(request, f"memberships/index.html{part}", context, status)


def _address(ctx: ChainContext, **asked: str) -> str:
    return f"{presenting.index_url(ctx)}{'?' if asked else ''}{urlencode(asked)}"


def _urls(query: Mapping[str, str], result: Result) -> dict[str, str]:
    """Of the same search: what comes next, and all of it without filters."""
    asked = {name: value for name, value in query.items() if name != "page"}
    plain = {name: value for name, value in asked.items() if name not in searching.NAMES}
    onward = {**asked, "page": result.next_page} if result.next_page else {}
    return {
        "next_url": f"?{urlencode(onward)}" if onward else "",
        "all_url": f"?{urlencode(plain)}",
    }


@never_cache
@require_safe
def detail(request: Request, chain_id: int, membership_id: int) -> HttpResponse:
    ctx = chain_for(request, chain_id)
    membership = reading.read_membership(ctx=ctx, membership_id=membership_id)
    return render(request, "memberships/detail.html", _detail_context(ctx, membership))


def _detail_context(ctx: ChainContext, membership: Membership) -> dict[str, Any]:
    audit.mark_abandoned_unknown()
    return {
        "ctx": ctx,
        "index_url": presenting.index_url(ctx),
        "membership": membership,
        "code": words.code(membership),
        "type_title": presenting.type_title(membership),
        "status": words.status(membership),
        "chip": words.CHIPS.get(membership.status, ""),
        "can_edit": ctx.person.may_edit,
        "buttons": presenting.buttons(ctx, membership) if ctx.person.may_edit else [],
        "timeline": presenting.timeline(membership),
        "time_used": presenting.time_used(membership),
        "facts": presenting.facts(membership),
        "entries": audit.entries_of(ctx, kind="membership", object_id=membership.id),
    }
