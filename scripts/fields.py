"""The fields of docs/rules.md: what the server checks of every form, read from the forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import (
    BaseValidator,
    MaxLengthValidator,
    MaxValueValidator,
    MinValueValidator,
)
from django.http import QueryDict
from django.urls import get_resolver

from loyalty_admin.accounts import forms as accounts
from loyalty_admin.accounts.models import User
from loyalty_admin.altegio import gift_card_types as gift_card_api
from loyalty_admin.altegio import membership_types as membership_api
from loyalty_admin.altegio import promotion_kinds
from loyalty_admin.altegio import promotions as promotion_api
from loyalty_admin.altegio.membership_balance import Balance
from loyalty_admin.altegio.memberships import Membership
from loyalty_admin.catalog.forms import Choices, RestoreForm, TermsForm
from loyalty_admin.connections import forms as connections
from loyalty_admin.connections.models import Connection
from loyalty_admin.gift_card_types import form_fields as gift_card_fields
from loyalty_admin.gift_card_types import forms as gift_card_types
from loyalty_admin.gift_card_types.words import Words as GiftCardWords
from loyalty_admin.membership_types import form_fields as membership_fields
from loyalty_admin.membership_types import forms as membership_types
from loyalty_admin.membership_types.words import Words as MembershipWords
from loyalty_admin.memberships import forms as memberships
from loyalty_admin.promotions import form_fields as promotion_fields
from loyalty_admin.promotions import forms as promotions
from loyalty_admin.promotions.words import Words as PromotionWords
from loyalty_admin.transactions.forms import FilterForm
from loyalty_admin.transactions.words import Words as TransactionWords


def sections() -> dict[str, list[forms.Form]]:
    """Return every form by the name of its table, the one that makes something before the one that
    changes it. What a chain has to choose from is left out."""
    membership = Membership.from_api({"id": 1})
    several = replace(membership, balances=(Balance(1, False, "Each service", 1),))
    of_membership: dict[str, Any] = {"membership": membership, "zone": ZoneInfo("UTC")}
    membership_type: dict[str, Any] = {
        "opened": membership_api.Terms(),
        "choices": Choices(words=MembershipWords()),
    }
    gift_card_type: dict[str, Any] = {
        "opened": gift_card_api.Terms(),
        "choices": Choices(words=GiftCardWords()),
    }
    request: Any = None  # only looked at where something was sent
    return {
        "membership types": [
            membership_types.NewMembershipTypeForm(**membership_type),
            membership_types.MembershipTypeForm(**membership_type),
            membership_types.RowForm(**membership_type),
        ],
        "gift card types": [
            gift_card_types.NewGiftCardTypeForm(**gift_card_type),
            gift_card_types.GiftCardTypeForm(**gift_card_type),
            gift_card_types.RowForm(**gift_card_type),
        ],
        "promotions": [
            form(
                opened=promotion_api.Terms(kind=kind),
                choices=promotions.PromotionChoices(words=PromotionWords()),
            )
            for form in (promotions.NewPromotionForm, promotions.PromotionForm)
            for kind in promotion_kinds.KINDS
        ],
        "a type that is created again": [RestoreForm()],
        "memberships by phone": [memberships.PhoneForm()],
        "memberships by ID": [memberships.NumbersForm()],
        "memberships by period": [memberships.PeriodForm()],
        "freezing": [memberships.FreezeForm(**of_membership)],
        "unfreezing": [memberships.UnfreezeForm(**of_membership)],
        "visits left": [
            memberships.PoolForm(**of_membership),
            memberships.BalancesForm(**(of_membership | {"membership": several})),
        ],
        "validity": [memberships.ValidityForm(**of_membership)],
        "several memberships": [memberships.SeveralForm()],
        "transactions": [FilterForm(QueryDict(), say=TransactionWords(), today=date(2026, 3, 1))],
        "signing in": [accounts.SignInForm()],
        "code": [accounts.CodeForm()],
        "recovery code": [accounts.RecoveryCodeForm()],
        "inviting a person": [accounts.InviteForm()],
        "joining": [accounts.JoinForm(email="")],
        "profile": [accounts.ProfileForm()],
        "role": [accounts.RoleForm()],
        "own password": [
            accounts.OwnPasswordForm(request=request),
            accounts.EndSessionsForm(request=request),
        ],
        "new password": [
            accounts.ChosenPasswordForm(User()),
            accounts.NewPasswordForm(User(), request=request),
        ],
        "forgotten password": [accounts.ForgotForm()],
        "Altegio account": [connections.AltegioSignInForm()],
        "who sees an Altegio account": [connections.PeopleForm(connection=Connection(pk=1))],
    }


# Other forms are made of these.
NO_FORM = {TermsForm, memberships.ChangeForm}


def without_a_table() -> list[str]:
    """Return the name of every form that is in no section."""
    get_resolver().url_patterns  # noqa: B018  # loads every view, and with it every form
    found: set[type[forms.Form]] = set()
    waiting = [forms.Form]
    while waiting:
        below = waiting.pop().__subclasses__()
        waiting += below
        found |= {form for form in below if form.__module__.startswith("loyalty_admin.")}
    missing = found - NO_FORM - {type(form) for made in sections().values() for form in made}
    return [f"{form.__module__}.{form.__name__}" for form in missing]


def rows(made: list[forms.Form]) -> Iterator[list[str]]:
    found: dict[str, list[tuple[str, forms.Field]]] = {}
    for form in made:
        for name, field in form.fields.items():
            found.setdefault(str(field.label), []).append((name, field))
    yield ["field", "kind", "required", "what the server accepts", "help text"]
    for label, fields in found.items():
        name, first = fields[0]
        yield [label, kind(first), required(fields), accepted(name, first), str(first.help_text)]


def required(fields: list[tuple[str, forms.Field]]) -> str:
    if all(field.required for _name, field in fields):
        return "yes"
    return "when created" if fields[0][1].required else "no"


# What a chain or this deployment has to choose from, by the name of the field.
CHOICES_OF = {
    "location_ids": "the chain's locations",
    "location": "the chain's locations",
    "service_ids": "the chain's services",
    "activation": "the chain's and Altegio's documented ones",
    "card_type_ids": "the chain's types of loyalty cards",
    "people": "people of this dashboard, managers aside",
}
CHOICE = (forms.ChoiceField, forms.ModelMultipleChoiceField)
SEVERAL = (forms.MultipleChoiceField, forms.ModelMultipleChoiceField)
# Fields of several controls: their limits are among those of what is typed.
OF_SEVERAL_CONTROLS: dict[type[forms.Field], tuple[str, str]] = {
    membership_fields.ServicesField: ("rows", "services or categories of the chain, and visits"),
    membership_fields.UsableTimesField: ("rows", "days, a start and an end"),
    promotion_fields.RulesField: ("rows", "a threshold or a service, and a value"),
    promotion_fields.NotificationField: ("message", ""),
    gift_card_fields.MomentField: ("moment", "a date and a time in a time zone of the chain"),
}
KINDS: list[tuple[str, Any]] = [
    ("IDs", promotion_fields.NumbersField),
    ("amount", forms.DecimalField),
    ("whole number", forms.IntegerField),
    ("date", forms.DateField),
    ("yes or no", forms.BooleanField),
    ("any of", SEVERAL),
    ("one of", CHOICE),
    ("e-mail", forms.EmailField),
    ("text", forms.CharField),
]


def kind(field: forms.Field) -> str:
    if isinstance(field.widget, forms.PasswordInput):
        return "secret"
    if type(field) in OF_SEVERAL_CONTROLS:
        return OF_SEVERAL_CONTROLS[type(field)][0]
    return next(name for name, kinds in KINDS if isinstance(field, kinds))


def accepted(name: str, field: Any) -> str:
    """Return what the field's validators accept: an attribute alone checks nothing."""
    least, most = limit(field, MinValueValidator), limit(field, MaxValueValidator)
    longest = limit(field, MaxLengthValidator)
    if isinstance(field, promotion_fields.NotificationField):
        return labels(field.widget.sizes.values())
    if type(field) in OF_SEVERAL_CONTROLS:
        return OF_SEVERAL_CONTROLS[type(field)][1]
    if isinstance(field, CHOICE):
        choices: Any = field.choices
        return CHOICES_OF.get(name) or labels(label for value, label in choices if value != "")
    if isinstance(field, forms.DateField):
        return f"until {most:%-d %b %Y}" if most else "any date"
    if isinstance(field, forms.DecimalField):
        digits, places = field.max_digits or 0, field.decimal_places or 0
        return f"{least} to {(Decimal(10) ** digits - 1).scaleb(-places):,}"
    if isinstance(field, forms.IntegerField):
        return f"{least:,} to {most:,}"
    return f"up to {longest:,} characters" if longest else ""


def limit(field: forms.Field, kind: type[BaseValidator]) -> Any:
    found = [one.limit_value for one in field.validators if isinstance(one, kind)]
    return min(found, default=None)


def labels(every: Iterable[Any]) -> str:
    return "; ".join(str(label).partition(". ")[0].strip(":") for label in every)
