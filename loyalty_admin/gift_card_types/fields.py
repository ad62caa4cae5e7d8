"""Gift card types as people see them: each term's label, place, help and form field."""

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
    services_field,
    title_field,
    unit_field,
)
from loyalty_admin.catalog.words import CODE, numbered
from loyalty_admin.gift_card_types import words
from loyalty_admin.gift_card_types.form_fields import MomentField


def _balance_editing(form: Any) -> forms.TypedChoiceField:
    value = form.opened.balance_editing
    known = dict(words.BALANCE_EDITING)
    return choice_field(
        form, "balance_editing", ({value: numbered(value)} | known).items(), radio=True
    )


FIELDS = Fields(
    title=Field(label=_("Title"), group="basics", form=lambda form: title_field(), apart=True),
    face_value=Field(
        label=_("Face value"),
        group="basics",
        help=_("What a card holds when it is sold, whatever it is sold for."),
        form=lambda form: money_field(required=True),
    ),
    several_uses=Field(
        label=_("How it is used up"),
        group="basics",
        form=lambda form: flag_field(words.SEVERAL_USES),
    ),
    sold_without_code=Field(
        label=_("Who may use it"),
        group="basics",
        help=_("Without a code the client's phone must be given at the sale."),
        form=lambda form: flag_field(CODE),
    ),
    balance_editing=Field(
        label=_("Correcting its balance"),
        group="basics",
        help=_("Sources disagree about other values: one that was read is kept."),
        form=_balance_editing,
    ),
    category_id=Field(
        label=_("Category number"),
        group="basics",
        help=_("The number of the type's category at Altegio; empty for none."),
        form=lambda form: number_at_altegio_field(),
    ),
    covers=Field(
        label=_("What it pays for"),
        group="covers",
        form=lambda form: choice_field(form, "covers", words.COVERS.items(), radio=True),
    ),
    service_ids=Field(
        label=_("Named services"),
        group="covers",
        help=_("Only these are paid for."),
        form=lambda form: services_field(
            form.choices.catalogue, form.opened.service_ids, form.choices.words.services
        ),
        apart=True,
    ),
    validity_kind=Field(
        label=_("How long it is valid"),
        group="validity",
        form=lambda form: choice_field(
            form, "validity_kind", words.VALIDITY_KINDS.items(), radio=True
        ),
    ),
    expires_at=Field(
        label=_("Valid until"),
        group="validity",
        help=_("Altegio keeps the moment with the offset of this time zone."),
        form=lambda form: MomentField(
            zone_names=form.choices.words.zones, opened=form.opened.expires_at
        ),
    ),
    validity=Field(label=_("Valid for"), group="validity"),
    validity_unit=Field(
        label=_("Unit of validity"),
        group="validity",
        form=lambda form: unit_field(form, "validity_unit"),
        apart=True,
    ),
    online_sale=Field(label=_("Online sale"), group="online"),
    online_price=Field(
        label=_("Online price"),
        group="online",
        help=_("Required while it is sold online; usually the face value."),
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
)
