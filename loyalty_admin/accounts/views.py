from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as auth_login
from django.contrib.auth import logout as auth_logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loyalty_admin.accounts import services, sessions
from loyalty_admin.accounts.forms import (
    InviteForm,
    JoinForm,
    NewPasswordForm,
    ProfileForm,
    RoleForm,
    SignInForm,
)
from loyalty_admin.accounts.models import Invitation, Role, StaffSession, User
from loyalty_admin.web.http import Request


class SignIn(LoginView):
    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

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
    form = ProfileForm(request.POST or None, initial={"name": request.user.name})
    if request.method == "POST" and form.is_valid():
        services.rename_person(person=request.user, name=form.cleaned_data["name"])
        messages.success(request, _("Saved."))
        return redirect("accounts:account")
    context = {
        "form": form,
        "sessions": sessions.live_sessions(person=request.user),
        "current_session": sessions.find_session(request),
    }
    return render(request, "accounts/account.html", context, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: Request) -> HttpResponse:
    form = NewPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        sessions.renew_session(request=request)
        messages.success(
            request, _("Your password is changed. Other browsers that were signed in are not now.")
        )
        return redirect("accounts:account")
    return render(
        request, "accounts/password.html", {"form": form}, status=422 if form.errors else 200
    )


@require_POST
def end_session(request: Request, session_id: int) -> HttpResponse:
    session = get_object_or_404(StaffSession, pk=session_id, person=request.user)
    sessions.end_session(session=session)
    messages.success(request, _("%(device)s is signed out.") % {"device": session.device})
    return redirect("accounts:account")


@require_POST
def end_other_sessions(request: Request) -> HttpResponse:
    ended = sessions.end_other_sessions(request=request)
    messages.success(
        request,
        ngettext("%(count)s other session is ended.", "%(count)s other sessions are ended.", ended)
        % {"count": ended},
    )
    return redirect("accounts:account")


@never_cache
@require_GET
def staff(request: Request) -> HttpResponse:
    _require_manager(request)
    context = {
        "people": User.objects.order_by("-is_active", "name", "email"),
        "roles": Role,
        "invitations": services.waiting_invitations().select_related("made_by"),
    }
    return render(request, "accounts/staff.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: Request) -> HttpResponse:
    """Make a one-time link. It is in the answer to the POST and can never be shown again."""
    _require_manager(request)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invitation, token = services.invite_person(
                actor=request.user,
                email=form.cleaned_data["email"],
                role=form.cleaned_data["role"],
            )
        except services.NotPossible as error:
            form.add_error("email", str(error))
        else:
            link = request.build_absolute_uri(reverse("accounts:join", args=[token]))
            context: dict[str, Any] = {"invitation": invitation, "link": link}
            return render(request, "accounts/invited.html", context)
    return render(
        request,
        "accounts/invite.html",
        {"form": form},
        status=422 if form.errors else 200,
    )


@require_POST
def withdraw_invitation(request: Request, invitation_id: int) -> HttpResponse:
    _require_manager(request)
    invitation = get_object_or_404(Invitation, pk=invitation_id, used_at=None)
    services.withdraw_invitation(actor=request.user, invitation=invitation)
    messages.success(
        request,
        _("The invitation of %(email)s is withdrawn. Its link leads nowhere now.")
        % {"email": invitation.email},
    )
    return redirect("accounts:staff")


@require_POST
def person(request: Request, person_id: int) -> HttpResponse:
    """Change a person's role, or (`action`) deactivate or reactivate them."""
    _require_manager(request)
    person = get_object_or_404(User, pk=person_id)
    try:
        match request.POST.get("action"):
            case "deactivate":
                services.deactivate_person(actor=request.user, person=person)
                done = _("%(person)s is deactivated and signed out everywhere.")
            case "reactivate":
                services.reactivate_person(actor=request.user, person=person)
                done = _("%(person)s can sign in again.")
            case _other:
                form = RoleForm(request.POST)
                if not form.is_valid():
                    raise services.NotPossible(_("Choose one of the roles."))
                services.change_role(
                    actor=request.user, person=person, role=form.cleaned_data["role"]
                )
                done = _("The role of %(person)s is changed.")
    except services.NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done % {"person": person})
    return redirect("accounts:staff")


def _require_manager(request: Request) -> None:
    if not request.user.may_manage:
        raise PermissionDenied
