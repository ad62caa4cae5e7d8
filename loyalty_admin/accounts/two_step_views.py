"""Setting two-step sign-in up, turning it off, and the second step itself."""

from __future__ import annotations

import logging
import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as auth_login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from loyalty_admin.accounts import half_way, qr, sessions, throttling, two_step
from loyalty_admin.accounts.forms import CodeForm, OwnPasswordForm, RecoveryCodeForm
from loyalty_admin.accounts.http import Request
from loyalty_admin.accounts.middleware import open_before_two_step

logger = logging.getLogger("loyalty_admin.accounts")

PASSWORD_GIVEN = "password_given_at"
SECONDS_TO_SET_UP = 15 * 60


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second step of signing in: a code of the app, or (`recovery_code`) one kept for need."""
    found = half_way.find(request=request)
    if found is None:
        return redirect("accounts:login")
    person, next_page = found
    with_recovery = "recovery_code" in request.POST
    form = CodeForm(request.POST if request.method == "POST" and not with_recovery else None)
    recovery_form = RecoveryCodeForm(request.POST if with_recovery else None)
    used = recovery_form if with_recovery else form
    if used.is_valid():
        of_code = throttling.of_code(person)
        of_recovery = throttling.of_recovery_code(request, person)
        throttling.count(of_recovery if with_recovery else of_code)
        try:
            used.use(person)
        except two_step.WrongCode:
            logger.warning("A wrong code for person %s", person.pk)
            used.refuse()
        else:
            throttling.forget([*of_code, *of_recovery])
            half_way.forget(request=request)
            auth_login(request, person)
            if with_recovery:
                _say_codes_left(request, two_step.recovery_codes_left(person=person))
            return redirect(next_page or settings.LOGIN_REDIRECT_URL)
    context = {"form": form, "recovery_form": recovery_form, "with_recovery": with_recovery}
    return render(request, "accounts/code.html", context, status=422 if used.errors else 200)


@open_before_two_step
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: Request) -> HttpResponse:
    """Asks for the password before a seed is shown."""
    form = OwnPasswordForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        two_step.begin_set_up(person=request.user)
        request.session[PASSWORD_GIVEN] = time.time()
        return redirect("accounts:two_step_set_up")
    context = {"form": form, "is_required": two_step.must_set_up(request.user)}
    return render(
        request, "accounts/two_step_start.html", context, status=422 if form.errors else 200
    )


@open_before_two_step
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: Request) -> HttpResponse:
    """Shows the seed to the app until it has given a code; then, once, the recovery codes."""
    given_at = request.session.get(PASSWORD_GIVEN, 0)
    seed = two_step.new_seed(person=request.user)
    if seed is None or not 0 <= time.time() - given_at < SECONDS_TO_SET_UP:
        return redirect("accounts:two_step_start")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = two_step.finish_set_up(person=request.user, code=form.cleaned_data["code"])
        except two_step.WrongCode:
            form.refuse()
        else:
            del request.session[PASSWORD_GIVEN]
            sessions.renew_session(request=request)
            return render(request, "accounts/recovery_codes.html", {"codes": codes, "is_new": True})
    address = two_step.address_for_app(person=request.user, seed=seed)
    context = {"form": form, "drawing": qr.draw(address), "seed": seed.reveal()}
    return render(
        request, "accounts/two_step_set_up.html", context, status=422 if form.errors else 200
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: Request) -> HttpResponse:
    """Asks for the password and shows, once, new recovery codes in place of the old ones."""
    if not request.user.has_two_step:
        return redirect("accounts:two_step_start")
    form = OwnPasswordForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        codes = two_step.make_recovery_codes(person=request.user)
        return render(request, "accounts/recovery_codes.html", {"codes": codes})
    return render(
        request,
        "accounts/recovery_codes_again.html",
        {"form": form, "left": two_step.recovery_codes_left(person=request.user)},
        status=422 if form.errors else 200,
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def off(request: Request) -> HttpResponse:
    if settings.TWO_STEP_REQUIRED:
        raise PermissionDenied(_("Everybody here signs in with two steps."))
    form = OwnPasswordForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        two_step.turn_off(person=request.user)
        sessions.renew_session(request=request)
        messages.success(
            request,
            _("Two-step sign-in is off. Other browsers that were signed in are not now."),
        )
        return redirect("accounts:account")
    return render(
        request, "accounts/two_step_off.html", {"form": form}, status=422 if form.errors else 200
    )


def _say_codes_left(request: HttpRequest, left: int) -> None:
    messages.warning(
        request,
        _(
            "You signed in with a recovery code, which will not work again. Left: %(left)s. "
            "Set two-step sign-in up anew under Account if your device is lost."
        )
        % {"left": left},
    )
