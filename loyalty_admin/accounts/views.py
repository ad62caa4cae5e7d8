from __future__ import annotations

import logging

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as auth_login
from django.contrib.auth import logout as auth_logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from loyalty_admin.accounts import half_way, resets, services, sessions, two_step
from loyalty_admin.accounts.forms import (
    EndSessionsForm,
    JoinForm,
    NewPasswordForm,
    ProfileForm,
    SignInForm,
)
from loyalty_admin.accounts.http import Request
from loyalty_admin.accounts.models import Session

logger = logging.getLogger("loyalty_admin.accounts")


class SignIn(LoginView):
    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        person = form.get_user()
        if not person.has_two_step:
            return super().form_valid(form)
        half_way.begin(request=self.request, person=person, next_page=self.get_redirect_url())
        return redirect("accounts:code")

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        """Where to go after signing in; never back to the sign-in page itself."""
        url = super().get_redirect_url(request)
        here = (resolve_url("accounts:login"), resolve_url("accounts:logout"))
        return "" if url.startswith(here) else url


@require_POST
@login_not_required
def logout(request: HttpRequest) -> HttpResponse:
    auth_logout(request)
    return redirect("accounts:login")


@login_not_required
@never_cache
@sensitive_post_parameters("password", "password_again")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Where a one-time link leads: choose a name and a password, and be signed in."""
    try:
        invitation = services.find_invitation(token=token)
        if request.user.is_authenticated:
            return render(request, "accounts/join_signed_in.html", status=409)
        form = JoinForm(request.POST or None, email=invitation.email)
        if request.method != "POST" or not form.is_valid():
            context = {"form": form, "invitation": invitation}
            return render(
                request, "accounts/join.html", context, status=422 if form.errors else 200
            )
        person = services.accept_invitation(
            token=token,
            name=form.cleaned_data["name"],
            password=form.cleaned_data["password"],
        )
    except services.InvitationEnded:
        return render(request, "accounts/invitation_ended.html", status=404)
    auth_login(request, person)
    messages.success(request, _("Welcome, %(name)s.") % {"name": person.name})
    return redirect(settings.LOGIN_REDIRECT_URL)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: Request) -> HttpResponse:
    form = _profile_form(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.rename_person(person=request.user, name=form.cleaned_data["name"])
        messages.success(request, _("Saved."))
        return redirect("accounts:account")
    return _account_page(request, form, EndSessionsForm(request=request))


def _profile_form(request: Request, data: QueryDict | None = None) -> ProfileForm:
    return ProfileForm(data, initial={"name": request.user.name})


def _account_page(
    request: Request, form: ProfileForm, end_sessions_form: EndSessionsForm
) -> HttpResponse:
    context = {
        "form": form,
        "end_sessions_form": end_sessions_form,
        "sessions": sessions.live_sessions(person=request.user),
        "current_session": sessions.find_session(request),
        "has_two_step": request.user.has_two_step,
        "recovery_codes_left": two_step.recovery_codes_left(person=request.user),
        "is_two_step_required": settings.TWO_STEP_REQUIRED,
    }
    is_refused = bool(form.errors or end_sessions_form.errors)
    return render(request, "accounts/account.html", context, status=422 if is_refused else 200)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: Request) -> HttpResponse:
    form = NewPasswordForm(request.user, request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        form.save()
        resets.end_resets(person=request.user)
        sessions.renew_session(request=request)
        logger.info("Person %s changed their password", request.user.pk)
        messages.success(
            request, _("Your password is changed. Other browsers that were signed in are not now.")
        )
        return redirect("accounts:account")
    return render(
        request, "accounts/password.html", {"form": form}, status=422 if form.errors else 200
    )


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def end_session(request: Request, session_id: int) -> HttpResponse:
    session = get_object_or_404(Session, pk=session_id, person=request.user)
    form = EndSessionsForm(request.POST or None, request=request)
    if request.method != "POST" or not form.is_valid():
        return _account_page(request, _profile_form(request), form)
    sessions.end_session(session=session)
    logger.info("Person %s signed another browser of theirs out", request.user.pk)
    messages.success(request, _("%(device)s is signed out.") % {"device": session.device})
    return redirect("accounts:account")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def end_other_sessions(request: Request) -> HttpResponse:
    form = EndSessionsForm(request.POST or None, request=request)
    if request.method != "POST" or not form.is_valid():
        return _account_page(request, _profile_form(request), form)
    ended = sessions.end_other_sessions(request=request)
    logger.info("Person %s signed other browsers of theirs out: %s", request.user.pk, ended)
    messages.success(
        request,
        ngettext("%(count)s other session is ended.", "%(count)s other sessions are ended.", ended)
        % {"count": ended},
    )
    return redirect("accounts:account")
