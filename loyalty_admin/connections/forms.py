from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from loyalty_admin.accounts.models import Role, User
from loyalty_admin.connections.models import Connection


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


class PersonField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not so at run time
    def label_from_instance(self, obj: User) -> str:
        return f"{obj.name} ({obj.email})" if obj.name else str(obj.email)


class PeopleForm(forms.Form):
    who = forms.ChoiceField(
        label=_("Who sees it"),
        choices=[
            ("everybody", _("Everybody who works here")),
            ("chosen", _("Managers, and only these people:")),
        ],
        widget=forms.RadioSelect,
    )
    people = PersonField(
        label=_("People"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, connection: Connection) -> None:
        chosen = connection.people.all()
        who = "chosen" if connection.is_limited else "everybody"
        super().__init__(data, initial={"who": who, "people": chosen})
        field = self.fields["people"]
        assert isinstance(field, PersonField)
        # Managers see every connection. Who was chosen before stays, deactivated meanwhile or not.
        field.queryset = (
            User.objects.filter(Q(is_active=True) | Q(pk__in=chosen.values("pk")))
            .exclude(role=Role.MANAGER)
            .order_by("name", "email")
        )

    def chosen(self) -> QuerySet[User] | None:
        """None: there is no limit."""
        people: QuerySet[User] = self.cleaned_data["people"]
        return people if self.cleaned_data["who"] == "chosen" else None
