"""A forgotten password: asking for a link, and where it leads."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from loyalty_admin.accounts import mail, resets, throttling
from loyalty_admin.accounts.forms import ChosenPasswordForm, ForgotForm
from loyalty_admin.accounts.tasks import send_reset


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgot(request: HttpRequest) -> HttpResponse:
    """Ask for a link by e-mail. The answer is the same whether or not anybody has the e-mail."""
    form = ForgotForm(request.POST or None)
    if request.method == "POST" and mail.is_set_up() and form.is_valid():
        email = form.cleaned_data["email"]
        throttling.count(throttling.of_reset(request, email))
        send_reset.enqueue(email)
        messages.info(
            request,
            _("If somebody here signs in with %(email)s, a link is on its way there.")
            % {"email": email},
        )
        return redirect("accounts:login")
    context = {"form": form, "by_mail": mail.is_set_up()}
    return render(request, "accounts/forgot.html", context, status=422 if form.errors else 200)


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link leads: choose a new password, then sign in with it."""
    try:
        person = resets.find_reset(token=token).person
        form = ChosenPasswordForm(person, request.POST or None)
        if request.method == "POST" and form.is_valid():
            resets.use_reset(token=token, password=form.cleaned_data["new_password1"])
            messages.success(request, _("Your new password counts from now on. Sign in with it."))
            return redirect("accounts:login")
    except resets.ResetEnded:
        return render(request, "accounts/reset_ended.html", status=404)
    context = {"form": form, "person": person}
    return render(request, "accounts/reset.html", context, status=422 if form.errors else 200)
