"""Refusals of our own, as pages and as parts for htmx."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import requires_csrf_token


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A missing role or right; what was typed stays where it is."""
    return _refusal(request, "403.html", {"exception": str(exception)})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form of an earlier sign-in, or a browser without cookies."""
    return _refusal(request, "403_csrf.html", {})


def _refusal(request: HttpRequest, template: str, context: dict[str, str]) -> HttpResponse:
    # A refused token ends the request before the middleware has made `request.htmx`.
    is_htmx = request.headers.get("HX-Request") == "true"
    response = render(request, f"{template}#problem" if is_htmx else template, context, status=403)
    if is_htmx:
        response["X-Partial"] = "1"
    return response
