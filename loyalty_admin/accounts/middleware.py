from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django_htmx.http import HttpResponseClientRedirect, reswap

from loyalty_admin.accounts import sessions, two_step
from loyalty_admin.accounts.answers import too_many_tries
from loyalty_admin.accounts.throttling import TooManyTries


def open_before_two_step[View: Callable[..., HttpResponse]](view: View) -> View:
    """Marks a view as one with which two-step sign-in is set up."""
    view.is_open_before_two_step = True  # type: ignore[attr-defined]  # as Django's own marks
    return view


class StaffSessionMiddleware:
    """Signs out a browser whose session ran out or was ended from elsewhere, and keeps what
    signed-in people see out of caches, that of their browser included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            session = sessions.find_session(request)
            if session:
                sessions.note_seen(request=request, session=session)
            else:
                logout(request)
        response = self.get_response(request)
        if request.user.is_authenticated and "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "no-store"
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Whatever a view asks a password or a code for, too many wrong ones end here."""
        return too_many_tries(request, error) if isinstance(error, TooManyTries) else None


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every page needs a sign-in unless its view says otherwise (`login_not_required`), and where
    TWO_STEP_REQUIRED is on, one in two steps.

    An htmx answer is swapped into a part of the page, so a sign-in form must never be one:
    a read sends the whole browser to the sign-in page, a write says that the session ended
    and leaves the form as it is.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if not request.user.is_authenticated:
            return super().process_view(request, view_func, view_args, view_kwargs)
        is_open = not getattr(view_func, "login_required", True) or getattr(
            view_func, "is_open_before_two_step", False
        )
        if is_open or not two_step.must_set_up(request.user):
            return None
        set_up = resolve_url("accounts:two_step_start")
        return (
            HttpResponseClientRedirect(set_up)
            if getattr(request, "htmx", False)
            else redirect(set_up)
        )

    def handle_no_permission(  # type: ignore[override]  # an answer to htmx is no redirect
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        sign_in = resolve_url(settings.LOGIN_URL)
        if not getattr(request, "htmx", False):
            return redirect_to_login(_way_back(request), sign_in)
        page = request.htmx.current_url_abs_path  # type: ignore[attr-defined]
        if page:
            sign_in = f"{sign_in}?{urlencode({'next': page})}"
        if request.method in ("GET", "HEAD"):
            return HttpResponseClientRedirect(sign_in)
        response = HttpResponse(status=401)
        response["HX-Trigger"] = json.dumps({"session-ended": {"url": sign_in}})
        return reswap(response, "none")


def _way_back(request: HttpRequest) -> str:
    """The page to come back to: of a form that was sent, the page that it stood on."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    sent_from = urlsplit(request.META.get("HTTP_REFERER", ""))
    if (sent_from.scheme, sent_from.netloc) == (request.scheme, request.get_host()):
        return str(urlunsplit(("", "", sent_from.path, sent_from.query, "")))
    return resolve_url(settings.LOGIN_REDIRECT_URL)
