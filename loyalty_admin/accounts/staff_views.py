"""Pages on which managers look after the people who work here."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loyalty_admin.accounts import mail, resets, services, sessions
from loyalty_admin.accounts.forms import InviteForm, RoleForm
from loyalty_admin.accounts.http import Request
from loyalty_admin.accounts.models import Invitation, Role, Session, User


@require_GET
def staff(request: Request) -> HttpResponse:
    _require_manager(request)
    context = {
        "people": services.everybody(),
        "roles": Role,
        "invitations": services.waiting_invitations().select_related("made_by"),
    }
    return render(request, "accounts/staff.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: Request) -> HttpResponse:
    """Make a one-time link and send it; where it is shown instead, it is in the answer to the POST
    and can never be shown again."""
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
            return _hand_over(request, invitation, token)
    return render(
        request,
        "accounts/invite.html",
        {"form": form, "by_mail": mail.is_set_up()},
        status=422 if form.errors else 200,
    )


def _hand_over(request: Request, invitation: Invitation, token: str) -> HttpResponse:
    """By e-mail; without a mail server, or when it fails, on the page."""
    link = mail.link_to("accounts:join", token, request=request)
    is_lost = False
    if mail.is_set_up():
        try:
            mail.send_invitation(invitation=invitation, link=link)
        except mail.NotSent:
            is_lost = True
        else:
            messages.success(
                request, _("The link is sent to %(email)s.") % {"email": invitation.email}
            )
            return redirect("accounts:staff")
    context = {"invitation": invitation, "link": link, "is_lost": is_lost}
    return render(request, "accounts/invited.html", context)


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


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: Request, person_id: int) -> HttpResponse:
    """One person; POST changes their role, or (`action`) deactivates or reactivates them."""
    _require_manager(request)
    person = get_object_or_404(User, pk=person_id)
    if request.method != "POST":
        context = {
            "person": person,
            "has_two_step": person.has_two_step,
            "sessions": sessions.live_sessions(person=person),
        }
        return render(request, "accounts/person.html", context)
    try:
        done = _change(request, person)
    except services.NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done % {"person": person})
    return redirect("accounts:staff")


def _change(request: Request, person: User) -> str:
    """Do what the form asks; says what was done. Raises NotPossible."""
    match request.POST.get("action"):
        case "deactivate":
            services.deactivate_person(actor=request.user, person=person)
            return _("%(person)s is deactivated and signed out everywhere.")
        case "reactivate":
            services.reactivate_person(actor=request.user, person=person)
            return _("%(person)s can sign in again.")
        case _other:
            form = RoleForm(request.POST)
            if not form.is_valid():
                raise services.NotPossible(_("Choose one of the roles."))
            role = form.cleaned_data["role"]
            if services.change_role(actor=request.user, person=person, role=role):
                return _("The role of %(person)s is changed.")
            return _("%(person)s has that role already: nothing was changed.")


@require_POST
def reset_link(request: Request, person_id: int) -> HttpResponse:
    """Make a link for a new password. It is in this answer and can never be shown again."""
    _require_manager(request)
    person = get_object_or_404(User, pk=person_id)
    try:
        reset, token = resets.make_reset(person=person, actor=request.user)
    except services.NotPossible as error:
        messages.error(request, str(error))
        return redirect("accounts:person", person_id)
    link = mail.link_to("accounts:reset", token, request=request)
    context = {"person": person, "reset": reset, "link": link}
    return render(request, "accounts/reset_link.html", context)


@require_POST
def two_step_off(request: Request, person_id: int) -> HttpResponse:
    _require_manager(request)
    person = get_object_or_404(User, pk=person_id)
    try:
        services.turn_two_step_off(actor=request.user, person=person)
    except services.NotPossible as error:
        messages.error(request, str(error))
    else:
        done = _("%(person)s signs in with the password alone now, and is signed out everywhere.")
        messages.success(request, done % {"person": person})
    return redirect("accounts:person", person_id)


@require_POST
def end_session(request: Request, person_id: int, session_id: int) -> HttpResponse:
    _require_manager(request)
    session = get_object_or_404(Session, pk=session_id, person_id=person_id)
    try:
        services.end_session_of(actor=request.user, session=session)
    except services.NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(device)s is signed out.") % {"device": session.device})
    return redirect("accounts:person", person_id)


@require_POST
def end_sessions(request: Request, person_id: int) -> HttpResponse:
    _require_manager(request)
    person = get_object_or_404(User, pk=person_id)
    try:
        ended = services.end_sessions_of(actor=request.user, person=person)
    except services.NotPossible as error:
        messages.error(request, str(error))
    else:
        done = ngettext("%(count)s session is ended.", "%(count)s sessions are ended.", ended)
        messages.success(request, done % {"count": ended})
    return redirect("accounts:person", person_id)


def _require_manager(request: Request) -> None:
    if not request.user.may_manage:
        raise PermissionDenied
