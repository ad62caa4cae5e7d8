"""The forms of membership types, in the dashboard's own words: each field is one term."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty_admin.altegio.membership_types import SCHEMA, Terms
from loyalty_admin.catalog.forms import (
    TermsForm,
    choice_field,
    description_field,
    flag_field,
    locations_field,
    money_field,
    number_at_altegio_field,
    title_field,
    unit_field,
)
from loyalty_admin.catalog.rules import Problem
from loyalty_admin.membership_types import rules, words
from loyalty_admin.membership_types.fields import ServicesField, UsableTimesField

ROW_TERMS = ("title", "price", "location_ids", "online_sale", "online_price")

HELP: Mapping[str, Any] = {
    "validity": _("0 means that it never ends."),
    "activation": _(
        "The words are Altegio's own where this chain has a type with that activation. Sources "
        "disagree about the others: they are marked unconfirmed."
    ),
    "auto_activation": _(
        "Counted from the sale, where activation is on the first visit. A change also applies to "
        "memberships that were sold and are not active yet. 0 means never."
    ),
    "sold_without_code": _("Without a code a client must be chosen at the sale."),
    "is_pooled": _("From a shared pool each visit takes one, whatever the service."),
    "is_pool_unlimited": _("Not every chain may sell this. Needs a validity."),
    "freeze_limit": _("In all, over the life of a membership. 0 means no limit."),
    "recalculates_price": _(
        "A visit then counts with its share of the membership's price, not the list price."
    ),
    "usable_times": _("Without any row it may be used at any time. 00:00 as an end is midnight."),
    "location_ids": _("Only these sell it."),
    "category_id": _("The number of the type's category at Altegio; empty for none."),
    "online_price": _("Required while it is sold online."),
}


class MembershipTypeForm(TermsForm):
    """Every term of a membership type."""

    terms = SCHEMA.names
    schema = SCHEMA
    labels = words.LABELS
    help = HELP
    kept = words.LOCKED_ONCE_SOLD

    def field_of(self, name: str) -> forms.Field:
        return _MADE_BY[name](self) if name in _MADE_BY else super().field_of(name)

    def problems(self, terms: Terms) -> list[Problem]:
        return rules.problems(terms)


class RowForm(MembershipTypeForm):
    """What can be changed in the list itself: without help, for the eye that scans."""

    terms = ROW_TERMS
    has_help = False


class NewMembershipTypeForm(MembershipTypeForm):
    """A type that is made: it also needs a location from which it is sold."""

    is_new = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.opened.price:
            del self.initial["price"]  # a price is typed, not left at nothing


def _activations(form: MembershipTypeForm) -> forms.TypedChoiceField:
    say = form.choices.words
    known = sorted({*words.DOCUMENTED_ACTIVATIONS, *say.activations})
    return choice_field(
        form, "activation", [(number, say.activation(number)) for number in known], radio=True
    )


_MADE_BY: Mapping[str, Callable[[MembershipTypeForm], forms.Field]] = {
    "title": lambda form: title_field(),
    "price": lambda form: money_field(required=True),
    "online_price": lambda form: money_field(required=False),
    "location_ids": locations_field,
    "validity_unit": lambda form: unit_field(form, "validity_unit"),
    "auto_activation_unit": lambda form: unit_field(form, "auto_activation_unit"),
    "freeze_limit_unit": lambda form: unit_field(form, "freeze_limit_unit"),
    "activation": _activations,
    "sold_without_code": lambda form: flag_field(words.FLAGS["sold_without_code"]),
    "is_pooled": lambda form: flag_field(words.FLAGS["is_pooled"]),
    "balance_editing": lambda form: choice_field(
        form, "balance_editing", words.BALANCE_EDITING.items(), radio=True
    ),
    "services": lambda form: ServicesField(
        catalogue=form.choices.catalogue, opened=form.opened.services
    ),
    "usable_times": lambda form: UsableTimesField(),
    "online_description": lambda form: description_field(),
    "category": lambda form: choice_field(form, "category", [("standard", _("Standard"))]),
    "category_id": lambda form: number_at_altegio_field(),
}
