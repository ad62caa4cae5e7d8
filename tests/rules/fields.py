"""A form's field in the words of docs/rules.md, from what the server checks it by."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import (
    BaseValidator,
    MaxLengthValidator,
    MaxValueValidator,
    MinValueValidator,
)

from loyalty_admin.gift_card_types import fields as gift_card_types
from loyalty_admin.membership_types import fields as membership_types
from loyalty_admin.promotions import fields as promotions

# What a chain or this deployment has to choose from, by the name of the field.
OF_THE_CHAIN = {
    "location_ids": "the chain's locations",
    "location": "the chain's locations",
    "service_ids": "the chain's services",
    "activation": "what the chain has, and what Altegio documents",
    "card_type_ids": "the chain's types of cards",
    "people": "who works here and is no manager",
}
OF_SEVERAL_CONTROLS = (
    membership_types.ServicesField,
    membership_types.UsableTimesField,
    promotions.RulesField,
    promotions.NotificationField,
    gift_card_types.MomentField,
)
CHOICES = (forms.ChoiceField, forms.ModelMultipleChoiceField)
MULTIPLE = (forms.MultipleChoiceField, forms.ModelMultipleChoiceField)


def kind(field: forms.Field) -> str:
    for kind, of_it in (
        ("services, visits", membership_types.ServicesField),
        ("days, hours", membership_types.UsableTimesField),
        ("rows", promotions.RulesField),
        ("numbers", promotions.NumbersField),
        ("message", promotions.NotificationField),
        ("moment", gift_card_types.MomentField),
        ("sum", forms.DecimalField),
        ("whole number", forms.IntegerField),
        ("day", forms.DateField),
        ("yes or no", forms.BooleanField),
        ("any of", MULTIPLE),
        ("one of", CHOICES),
        ("e-mail", forms.EmailField),
    ):
        if isinstance(field, of_it):
            return kind
    assert isinstance(field, forms.CharField), field
    return "secret" if isinstance(field.widget, forms.PasswordInput) else "text"


def limits(name: str, field: forms.Field) -> str:
    if isinstance(field, membership_types.ServicesField):
        return f"the chain's services; {number(membership_types.MOST_VISITS)} visits each"
    if isinstance(field, membership_types.UsableTimesField):
        return f"{number(membership_types.MOST_ROWS)} rows"
    if isinstance(field, promotions.RulesField):
        return f"{number(promotions.MOST_ROWS)} rows; 0 to {number(promotions.MOST)}"
    if isinstance(field, promotions.NotificationField):
        return (
            f"{said(field.widget.sizes.values())}, {number(promotions.MOST_OF_A_TEXT)} characters"
        )
    if isinstance(field, gift_card_types.MomentField):
        years = f"{gift_card_types.FIRST_YEAR} to {gift_card_types.LAST_YEAR}"
        return f"{years}, in a time zone of the chain"
    if isinstance(field, CHOICES):
        return OF_THE_CHAIN.get(name) or said(choices_of(field))
    if isinstance(field, forms.DateField):
        most = limit(field, MaxValueValidator)
        return f"until {most:%-d %b %Y}" if most else "any"
    if isinstance(field, forms.DecimalField):
        assert field.max_digits and field.decimal_places is not None
        most = (Decimal(10) ** field.max_digits - 1).scaleb(-field.decimal_places)
        return f"{limit(field, MinValueValidator)} to {number(most)}"
    if isinstance(field, forms.IntegerField):
        return f"{limit(field, MinValueValidator)} to {number(limit(field, MaxValueValidator))}"
    if isinstance(field, forms.BooleanField):
        return "yes; no"
    return f"{number(limit(field, MaxLengthValidator))} characters"


def limit(field: forms.Field, kind: type[BaseValidator]) -> Any:
    """What the field is really checked by: an attribute alone checks nothing."""
    found = [one.limit_value for one in field.validators if isinstance(one, kind)]
    return min(found) if found else None


def choices_of(field: Any) -> list[Any]:
    """Without those that say nothing: nothing chosen, or a value that Altegio gave no word for."""
    return [label for value, label in field.choices if value != "" and label != "not set"]


def said(labels: Iterable[Any]) -> str:
    return "; ".join(str(label).partition(". ")[0].strip(":") for label in labels)


def number(value: Any) -> str:
    assert value is not None, "nothing limits it"
    return f"{value:,}"
