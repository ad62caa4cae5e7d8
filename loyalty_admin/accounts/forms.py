from __future__ import annotations

import logging
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm, UsernameField
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from loyalty_admin.accounts import throttling, two_step
from loyalty_admin.accounts.http import Request
from loyalty_admin.accounts.models import IN_WORDS, Role, User
from loyalty_admin.accounts.passwords import MOST_OF_A_PASSWORD

logger = logging.getLogger("loyalty_admin.accounts")

PASSWORD_HELP = _("At least 12 characters. A few unrelated words are easy to remember.")


def password_field(
    label: Any, autocomplete: str, *, help_text: Any = "", autofocus: bool = False
) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=MOST_OF_A_PASSWORD,
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete, "autofocus": autofocus}),
    )


class SignInForm(AuthenticationForm):
    username = UsernameField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = password_field(_("Password"), "current-password")
    # One text for an unknown e-mail, a wrong password and a deactivated person.
    error_messages = {
        "invalid_login": _("This e-mail and password do not match."),
        "inactive": _("This e-mail and password do not match."),
    }

    def clean(self) -> dict[str, Any]:
        """Raises TooManyTries. What is counted is the e-mail as the field cleaned it: one account
        must not have several spellings."""
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if self.request is None or not email or not password:
            return super().clean()
        counters = throttling.of_sign_in(self.request, email)
        throttling.count(counters)
        cleaned = super().clean()
        throttling.take_back(counters)
        throttling.forget(counters[:1])
        return cleaned


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("Shown beside what you do."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role)


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("What the person will sign in with."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(role.value, format_lazy("{}. {}", role.label, IN_WORDS[role])) for role in Role],
        initial=Role.VIEWER,
        widget=forms.RadioSelect,
    )


class JoinForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    password = password_field(_("Password"), "new-password", help_text=PASSWORD_HELP)
    password_again = password_field(_("The same password again"), "new-password")

    def __init__(self, data: Any = None, *, email: str) -> None:
        super().__init__(data)
        self.email = email

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        password = given.get("password")
        if password:
            try:
                validate_password(password, User(email=self.email, name=given.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
            if "password_again" in given and given["password_again"] != password:
                self.add_error("password_again", _("The two passwords differ."))
        return given


def check_own_password(request: Request, password: str) -> bool:
    """Whether it is the password of who is signed in. Raises TooManyTries."""
    counters = throttling.of_password(request, request.user)
    throttling.count(counters)
    is_right = request.user.check_password(password)
    if is_right:
        throttling.forget(counters)
    else:
        logger.warning("A wrong password of person %s, who is signed in", request.user.pk)
    return is_right


class OwnPasswordForm(forms.Form):
    password = password_field(_("Your password"), "current-password", autofocus=True)

    def __init__(self, data: Any = None, *, request: Request) -> None:
        super().__init__(data)
        self.request = request

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not check_own_password(self.request, password):
            raise ValidationError(_("This is not your password."))
        return password


class EndSessionsForm(OwnPasswordForm):
    """One field for every button that signs a browser out. It stands low on a page with other
    things, so it takes the focus only where it has to be mended."""

    def __init__(self, data: Any = None, *, request: Request) -> None:
        super().__init__(data, request=request)
        self.fields["password"].widget.attrs["autofocus"] = self.is_bound


class ForgotForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("The six digits that your authenticator app shows now."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )

    def use(self, person: User) -> None:
        """Raises WrongCode."""
        two_step.use_code(person=person, code=self.cleaned_data["code"])

    def refuse(self) -> None:
        self.add_error(
            "code",
            _("This code is wrong, too old, or was used already. Wait for the next one."),
        )


class RecoveryCodeForm(forms.Form):
    recovery_code = forms.CharField(
        label=_("Recovery code"),
        max_length=40,
        help_text=_("One of those that you kept. Each works once."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )

    def use(self, person: User) -> None:
        """Raises WrongCode."""
        two_step.use_recovery_code(person=person, code=self.cleaned_data["recovery_code"])

    def refuse(self) -> None:
        self.add_error("recovery_code", _("This is none of your codes, or it was used already."))


class ChosenPasswordForm(SetPasswordForm[User]):
    new_password1 = password_field(_("New password"), "new-password", help_text=PASSWORD_HELP)
    new_password2 = password_field(_("The same password again"), "new-password")


class NewPasswordForm(ChosenPasswordForm):
    old_password = password_field(_("Current password"), "current-password", autofocus=True)
    field_order = ("old_password", "new_password1", "new_password2")

    def __init__(self, *args: Any, request: Request) -> None:
        super().__init__(*args)
        self.request = request

    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        if not check_own_password(self.request, password):
            raise ValidationError(_("This is not your password."))
        return password
