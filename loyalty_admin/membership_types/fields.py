"""Membership types as people see them: each term's label, place, help and form field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty_admin.catalog.field import Field, Fields
from loyalty_admin.catalog.form_fields import (
    choice_field,
    description_field,
    flag_field,
    locations_field,
    money_field,
    number_at_altegio_field,
    title_field,
    unit_field,
)
from loyalty_admin.membership_types import words
from loyalty_admin.membership_types.form_fields import ServicesField, UsableTimesField


def _activations(form: Any) -> forms.TypedChoiceField:
    say = form.choices.words
    known = sorted({*words.DOCUMENTED_ACTIVATIONS, *say.activations})
    return choice_field(
        form, "activation", [(number, say.activation(number)) for number in known], radio=True
    )


FIELDS = Fields(
    title=Field(label=_("Title"), group="basics", form=lambda form: title_field(), apart=True),
    price=Field(
        label=_("Price"),
        group="basics",
        form=lambda form: money_field(required=True),
        locked_once_sold=True,
    ),
    sold_without_code=Field(
        label=_("Who may use it"),
        group="basics",
        help=_("Without a code a client must be chosen at the sale."),
        form=lambda form: flag_field(words.FLAGS["sold_without_code"]),
        locked_once_sold=True,
    ),
    balance_editing=Field(
        label=_("Who may correct the balance"),
        group="basics",
        form=lambda form: choice_field(
            form, "balance_editing", words.BALANCE_EDITING.items(), radio=True
        ),
    ),
    category=Field(
        label=_("Kind"),
        group="basics",
        form=lambda form: choice_field(form, "category", [("standard", _("Standard"))]),
    ),
    category_id=Field(
        label=_("Category number"),
        group="basics",
        help=_("The number of the type's category at Altegio; empty for none."),
        form=lambda form: number_at_altegio_field(),
    ),
    is_pooled=Field(
        label=_("How visits are counted"),
        group="services",
        help=_("From a shared pool each visit takes one, whatever the service."),
        form=lambda form: flag_field(words.FLAGS["is_pooled"]),
        locked_once_sold=True,
    ),
    is_pool_unlimited=Field(
        label=_("Unlimited visits"),
        group="services",
        help=_("Not every chain may sell this. Needs a validity."),
        locked_once_sold=True,
    ),
    pool_visits=Field(label=_("Visits in all"), group="services", locked_once_sold=True),
    services=Field(
        label=_("Covered services"),
        group="services",
        form=lambda form: ServicesField(
            catalogue=form.choices.catalogue, opened=form.opened.services
        ),
        locked_once_sold=True,
        apart=True,
    ),
    recalculates_price=Field(
        label=_("Recalculates service prices"),
        group="services",
        help=_("A visit then counts with its share of the membership's price, not the list price."),
    ),
    validity=Field(
        label=_("Validity"),
        group="validity",
        help=_("0 means that it never ends."),
        locked_once_sold=True,
    ),
    validity_unit=Field(
        label=_("Unit of validity"),
        group="validity",
        form=lambda form: unit_field(form, "validity_unit"),
        locked_once_sold=True,
        apart=True,
    ),
    activation=Field(
        label=_("Activation"),
        group="validity",
        help=_(
            "The words are Altegio's own where this chain has a type with that activation. Sources "
            "disagree about the others: they are marked unconfirmed."
        ),
        form=_activations,
        locked_once_sold=True,
    ),
    auto_activation=Field(
        label=_("Activates by itself after"),
        group="validity",
        help=_(
            "Counted from the sale, where activation is on the first visit. A change also applies "
            "to memberships that were sold and are not active yet. 0 means never."
        ),
    ),
    auto_activation_unit=Field(
        label=_("Unit of self-activation"),
        group="validity",
        form=lambda form: unit_field(form, "auto_activation_unit"),
        apart=True,
    ),
    freezing=Field(label=_("Freezing"), group="freezing"),
    freeze_limit=Field(
        label=_("Freezing limit"),
        group="freezing",
        help=_("In all, over the life of a membership. 0 means no limit."),
    ),
    freeze_limit_unit=Field(
        label=_("Unit of the freezing limit"),
        group="freezing",
        form=lambda form: unit_field(form, "freeze_limit_unit"),
        apart=True,
    ),
    booking_when_frozen=Field(label=_("Online booking while frozen"), group="freezing"),
    usable_times=Field(
        label=_("Time of use"),
        group="times",
        help=_("Without any row it may be used at any time. 00:00 as an end is midnight."),
        form=lambda form: UsableTimesField(),
        apart=True,
    ),
    online_sale=Field(label=_("Online sale"), group="online"),
    online_price=Field(
        label=_("Online price"),
        group="online",
        help=_("Required while it is sold online."),
        form=lambda form: money_field(required=False),
    ),
    online_title=Field(label=_("Title in the online shop"), group="online"),
    online_description=Field(
        label=_("Description in the online shop"),
        group="online",
        form=lambda form: description_field(),
    ),
    location_ids=Field(
        label=_("Locations"),
        group="locations",
        help=_("Only these sell it."),
        form=locations_field,
        apart=True,
    ),
    is_archived=Field(label=_("Whether it is archived")),
)
