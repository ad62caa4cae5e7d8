"""Finding sold memberships, and the page of one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from loyalty_admin.altegio.errors import AltegioError
from loyalty_admin.altegio.memberships import PERIOD_RIGHT, Membership
from loyalty_admin.audit import services as audit
from loyalty_admin.audit.services import new_form_id, reason_of
from loyalty_admin.chains.services import ChainContext, chain_for
from loyalty_admin.memberships import presenting, reading, searching, words
from loyalty_admin.memberships.forms import NumbersForm, PeriodForm, PhoneForm
from loyalty_admin.memberships.phones import NoPhone
from loyalty_admin.memberships.searching import Result
from loyalty_admin.offers import answers
from loyalty_admin.offers.listing import page_number
from loyalty_admin.web.http import Request


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Request, chain_id: int) -> HttpResponse:
    """The search. A phone comes as a POST, and what it found has an address of its own, so that
    the phone stands in none and going back asks nobody to send it again. So do numbers, among
    which somebody may have typed a phone: only those that the chain has come into an address."""
    ctx = chain_for(request, chain_id)
    typed = request.POST if request.method == "POST" else request.GET
    phone = PhoneForm(typed if request.method == "POST" and "ids" not in typed else None)
    numbers = NumbersForm(typed if "ids" in typed else None)
    period = PeriodForm(request.GET if "after" in request.GET else None)
    filters = searching.chosen(request.GET)
    context: dict[str, Any] = {
        "ctx": ctx,
        "index_url": presenting.index_url(ctx),
        "can_edit": not presenting.why_not(ctx, PERIOD_RIGHT),
        "phone": phone,
        "numbers": numbers,
        "period": period,
        "found": request.GET.get("found", ""),
        "search": request.GET.urlencode(),
        # Of what answers a POST: where going back leads, instead of to the POST.
        "here": presenting.index_url(ctx) if request.method == "POST" else "",
    }
    try:
        result = _search(request, ctx, phone, numbers, period, filters)
    except NoPhone as reason:
        phone.add_error("phone", str(reason))
        result = None
    except AltegioError as error:
        if request.htmx:
            raise
        context["problem"], result = reason_of(error, is_read=True), None
    if result is not None:
        if phone.is_bound and (result.waiting or result.locations_of):
            return _found_by_phone(request, ctx, result, context)
        known = ",".join(str(one.id) for one in result.rows)
        if request.method == "POST" and result.rows and not result.missing:
            return answers.go(request, _address(ctx, ids=known))
        asked = request.GET.dict()
        if request.method == "POST":
            asked = {"ids": known}
            context["search"] = urlencode(asked)
            context["here"] = _address(ctx, ids=known) if known else context["here"]
        context["ids"] = asked.get("ids", "")
        context |= presenting.show_result(ctx, result, filters)
        context |= _urls(asked, result)
        context["form_id"] = new_form_id()
    context["is_lost"] = result is None and "found" in request.GET and "problem" not in context
    wrong = any(form.is_bound and form.errors for form in (phone, numbers, period))
    status = 502 if "problem" in context else 422 if wrong else 200
    part = "#result" if request.htmx and "rows" in context else ""
    return answers.partial(request, f"memberships/index.html{part}", context, status)


def _found_by_phone(
    request: Request, ctx: ChainContext, result: Result, context: dict[str, Any]
) -> HttpResponse:
    """The address of what was found; while locations of a large chain are still to be asked, a
    part of the page that goes on by itself, and holds the phone for it."""
    so_far = searching.sign_found(ctx, result)
    url = _address(ctx, found=so_far)
    if not result.waiting:
        return answers.go(request, url)
    context["asking"] = {
        "phone": request.POST["phone"],
        "so_far": so_far,
        "url": url if result.locations_of else "",
        "found": words.memberships(len(result.locations_of)),
        "waiting": len(result.waiting),
        "all": len(ctx.chain.locations),
        "asked": len(ctx.chain.locations) - len(result.waiting),
    }
    part = "#asking" if request.htmx else ""
    return answers.partial(request, f"memberships/index.html{part}", context, 200)


def _address(ctx: ChainContext, **query: str) -> str:
    return f"{presenting.index_url(ctx)}?{urlencode(query)}"


def _search(
    request: Request,
    ctx: ChainContext,
    phone: PhoneForm,
    numbers: NumbersForm,
    period: PeriodForm,
    filters: dict[str, str],
) -> Result | None:
    if phone.is_bound:
        if not phone.is_valid():
            return None
        return searching.by_phone(ctx, phone.cleaned_data["phone"], request.POST.get("so_far", ""))
    if request.method != "POST" and "found" in request.GET:
        return searching.found_before(ctx, request.GET["found"])
    if numbers.is_bound and numbers.is_valid():
        return searching.by_numbers(ctx, numbers.cleaned_data["ids"])
    if numbers.is_bound or not period.is_bound or not period.is_valid():
        return None
    after, before = period.cleaned_data["after"], period.cleaned_data["before"]
    return searching.by_period(ctx, after, before, page_number(request.GET), filters)


def _urls(query: dict[str, str], result: Result) -> dict[str, str]:
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
    audit.give_up_abandoned()
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
