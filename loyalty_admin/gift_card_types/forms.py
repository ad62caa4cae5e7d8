"""The forms of gift card types, in the dashboard's own words: each field is one term."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty_admin.altegio.gift_card_types import SCHEMA, Terms
from loyalty_admin.catalog.fields import services_field
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
from loyalty_admin.catalog.words import CODE, numbered
from loyalty_admin.gift_card_types import rules, words
from loyalty_admin.gift_card_types.fields import MomentField

# What a new type starts from; the unit only waits for a number beside it.
NEW = Terms(validity_unit=3)
ROW_TERMS = ("title", "face_value", "location_ids", "online_sale", "online_price")

HELP: Mapping[str, Any] = {
    "face_value": _("What a card holds when it is sold, whatever it is sold for."),
    "sold_without_code": _("Without a code the client's phone must be given at the sale."),
    "balance_editing": _("Sources disagree about other values: one that was read is kept."),
    "service_ids": _("Only these are paid for."),
    "expires_at": _("Altegio keeps the moment with the offset of this time zone."),
    "location_ids": _("Only these sell it."),
    "category_id": _("The number of the type's category at Altegio; empty for none."),
    "online_price": _("Required while it is sold online; usually the face value."),
}


class GiftCardTypeForm(TermsForm):
    """Every term of a gift card type."""

    terms = SCHEMA.names
    schema = SCHEMA
    labels = words.LABELS
    help = HELP

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (
            "balance_editing" in self.fields
            and self.opened.balance_editing in words.BALANCE_EDITING
        ):
            self.fields["balance_editing"].help_text = ""  # only about values that have no word

    def field_of(self, name: str) -> forms.Field:
        return _MADE_BY[name](self) if name in _MADE_BY else super().field_of(name)

    def problems(self, terms: Terms) -> list[Problem]:
        return rules.problems(terms)


class RowForm(GiftCardTypeForm):
    """What can be changed in the list itself: without help, for the eye that scans."""

    terms = ROW_TERMS
    has_help = False


class NewGiftCardTypeForm(GiftCardTypeForm):
    """A type that is made: it also needs a location from which it is sold."""

    is_new = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.opened == NEW:
            del self.initial["face_value"]  # a value is typed, not left at nothing


def _balance_editing(form: TermsForm) -> forms.TypedChoiceField:
    value = form.opened.balance_editing
    known = dict(words.BALANCE_EDITING)
    return choice_field(
        form, "balance_editing", ({value: numbered(value)} | known).items(), radio=True
    )


_MADE_BY: Mapping[str, Callable[[GiftCardTypeForm], forms.Field]] = {
    "title": lambda form: title_field(),
    "face_value": lambda form: money_field(required=True),
    "online_price": lambda form: money_field(required=False),
    "location_ids": locations_field,
    "several_uses": lambda form: flag_field(words.SEVERAL_USES),
    "covers": lambda form: choice_field(form, "covers", words.COVERS.items(), radio=True),
    "service_ids": lambda form: services_field(
        form.choices.catalogue, form.opened.service_ids, form.choices.words.services
    ),
    "sold_without_code": lambda form: flag_field(CODE),
    "balance_editing": _balance_editing,
    "validity_kind": lambda form: choice_field(
        form, "validity_kind", words.VALIDITY_KINDS.items(), radio=True
    ),
    "expires_at": lambda form: MomentField(
        zone_names=form.choices.words.zones, opened=form.opened.expires_at
    ),
    "validity_unit": lambda form: unit_field(form, "validity_unit"),
    "online_description": lambda form: description_field(),
    "category_id": lambda form: number_at_altegio_field(),
}
