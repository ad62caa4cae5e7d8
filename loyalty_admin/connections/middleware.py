"""Problems at Altegio that a view lets through become a page of their own."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from loyalty_admin.altegio import patience
from loyalty_admin.altegio.errors import AltegioError, SignInNeeded
from loyalty_admin.web import problems


class AltegioErrorMiddleware:
    """No page waits longer for Altegio than ALTEGIO_TIMEOUT, and what went wrong is said."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with patience.limited(settings.ALTEGIO_TIMEOUT):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page, or for htmx its part `problem`, which the browser puts in all the same
        because of `X-Partial`."""
        if not isinstance(error, AltegioError):
            return None
        is_htmx = bool(getattr(request, "htmx", False))
        response = render(
            request,
            "errors/altegio.html#problem" if is_htmx else "errors/altegio.html",
            {
                "title": problems.title(error),
                "sentence": problems.sentence(error),
                "needs_sign_in": isinstance(error, SignInNeeded),
                "message": error.message,
            },
            status=problems.status(error),
        )
        response["Cache-Control"] = "no-store"
        if is_htmx:
            response["X-Partial"] = "1"
        if (seconds := problems.retry_after(error)) is not None:
            response["Retry-After"] = str(seconds)
        return response
