from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AltegioSignInForm(forms.Form):
    """The login and password of an Altegio account; the password is never sent back."""

    login = forms.CharField(
        label=_("Login at Altegio"),
        max_length=254,
        help_text=_("The phone number or e-mail with which the account signs in at Altegio."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password at Altegio"),
        max_length=1000,
        strip=False,
        help_text=_("Sent to Altegio once and kept nowhere."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
