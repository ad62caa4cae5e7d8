from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from loyalty_admin.accounts.http import Request
from loyalty_admin.connections import services as connections
from loyalty_admin.web import problems

from . import services


@require_safe
def enter(request: Request) -> HttpResponse:
    """Where a person lands: in the chain they were in last, else where one is chosen."""
    connections.refresh_all_chains()
    last = services.last_chain_id(request.user)
    if last in {ctx.id for ctx in services.chains_of(request.user)}:
        return redirect("home:index", chain_id=last)
    return redirect("chains:index")


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Request) -> HttpResponse:
    """Choose a chain; POST reads the chains at Altegio again."""
    if request.method == "POST":
        for problem in connections.refresh_all_chains(force=True):
            messages.warning(request, problems.sentence(problem))
        return redirect("chains:index")
    failed = connections.refresh_all_chains()
    chains = services.chains_of(request.user)
    if len(chains) == 1:
        return redirect("home:index", chain_id=chains[0].id)
    last = services.last_chain_id(request.user)
    return render(
        request,
        "chains/index.html",
        {
            "chains": sorted(chains, key=lambda ctx: ctx.id != last),
            "last": last,
            "has_connections": connections.connections_of(request.user).exists(),
            "may_manage": request.user.may_manage,
            "problems": [problems.sentence(problem) for problem in failed],
        },
    )


@require_POST
def choose_connection(request: Request, chain_id: int) -> HttpResponse:
    connection_id = request.POST.get("connection", "")
    if not connection_id.isdecimal() or len(connection_id) > 18:
        raise Http404
    connection = get_object_or_404(connections.connections_of(request.user), pk=int(connection_id))
    services.choose_connection(person=request.user, chain_id=chain_id, connection=connection)
    messages.success(
        request, _("You now act in this chain through %(name)s.") % {"name": connection}
    )
    # An address that a form was posted to may have no page of its own.
    page = "" if "posted" in request.POST else _page_of(request)
    return redirect(page or reverse("home:index", args=[chain_id]))


def _page_of(request: Request) -> str:
    """The page of ours that the form stood on, as a local path; "" when it is not known."""
    page = request.META.get("HTTP_REFERER", "")
    if not url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}):
        return ""
    parts = urlsplit(page)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""
