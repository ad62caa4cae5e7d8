"""Promotions as people see them: each term's label, place, help and form field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty_admin.catalog.field import Field, Fields
from loyalty_admin.catalog.form_fields import (
    MOST,
    choice_field,
    date_input,
    locations_field,
    services_field,
    title_field,
)
from loyalty_admin.promotions import kinds, occasions, words
from loyalty_admin.promotions.form_fields import NotificationField, NumbersField, RulesField


def _named(texts: Mapping[str, Any], *, unset: str = "") -> list[tuple[str, Any]]:
    return [("", unset), *texts.items()] if unset else list(texts.items())


def _rules(form: Any) -> RulesField:
    services = [
        (category.title, [(service.id, service.title) for service in category.services])
        for category in form.choices.catalogue
        if category.services
    ]
    known = {number for _title, rows in services for number, _label in rows}
    chosen = dict.fromkeys(rule.service_id for rule in form.opened.rules if rule.service_id)
    gone = [(number, form.choices.words.service(number)) for number in chosen]
    gone = [row for row in gone if row[0] not in known]
    if gone:
        services.insert(0, (str(_("Not in the chain's catalogue")), gone))
    return RulesField(kind=form.kind, services=services, currency=form.choices.words.currency)


def _card_types(form: Any) -> forms.MultipleChoiceField:
    known = {one.id: one.title for one in form.choices.card_types or ()}
    titles = form.choices.words.card_types
    for number in form.opened.card_type_ids:
        known.setdefault(number, titles.get(number) or str(number))
    return forms.MultipleChoiceField(
        choices=list(known.items()), required=False, widget=forms.CheckboxSelectMultiple
    )


def _unit(form: Any) -> forms.ChoiceField:
    known = dict(words.EXPIRATION_UNITS)
    value = form.opened.expiration_unit
    known.setdefault(value, value or _("not set"))
    return forms.ChoiceField(choices=list(known.items()), required=False)


def _notification(name: str) -> Callable[[Any], NotificationField]:
    def field(form: Any) -> NotificationField:
        return NotificationField(
            opened=getattr(form.opened, name),
            previews=occasions.previews(
                form.choices.templates or (), name, kinds.gives(form.opened.kind)
            ),
        )

    return field


def _count() -> forms.IntegerField:
    return forms.IntegerField(min_value=1, max_value=MOST)


FIELDS = Fields(
    kind=Field(label=_("Type"), group="gives"),
    rules=Field(label=_("What it gives"), group="gives", form=_rules),
    value_unit=Field(
        label=_("Given as"),
        group="gives",
        form=lambda form: choice_field(form, "value_unit", words.VALUE_UNITS.items(), radio=True),
    ),
    visit_multiplicity=Field(
        label=_("On every how many visits"),
        group="gives",
        help=_("1 is every visit, 5 every fifth."),
        form=lambda form: _count(),
    ),
    sold_items_multiplicity=Field(
        label=_("Services to pay for"),
        group="gives",
        help=_("How many a client pays for before the discounts below count."),
        form=lambda form: _count(),
    ),
    usage_limit=Field(
        label=_("Limit of uses"), group="gives", help=_("0 means that there is no limit.")
    ),
    history_source=Field(
        label=_("Visits and sums that count"),
        group="gives",
        help=_("Left open, Altegio decides."),
        form=lambda form: forms.ChoiceField(
            choices=_named(words.HISTORY_SOURCES, unset=str(_("As Altegio does by itself"))),
            required=False,
        ),
    ),
    history_from=Field(
        label=_("Counted since"),
        group="gives",
        help=_("Left open, everything ever counts."),
        form=lambda form: forms.DateField(required=False, widget=date_input()),
    ),
    services=Field(
        label=_("Services"),
        group="items",
        form=lambda form: choice_field(form, "services", words.ITEMS.items(), radio=True),
    ),
    products=Field(
        label=_("Products"),
        group="items",
        form=lambda form: choice_field(form, "products", words.ITEMS.items(), radio=True),
    ),
    expiration=Field(
        label=_("Expires after"), group="expiry", help=_("0 means that it never expires.")
    ),
    expiration_notice=Field(
        label=_("Notice, days before it expires"),
        group="expiry",
        help=_("0 means that no notice goes out ahead."),
    ),
    on_changed=Field(
        label=_("Message when it changes"), group="messages", form=_notification("on_changed")
    ),
    on_expiration=Field(
        label=_("Message before it expires"), group="messages", form=_notification("on_expiration")
    ),
    card_type_ids=Field(
        label=_("Loyalty card types"),
        group="cards",
        help=_("Clients with these cards take part."),
        form=_card_types,
        apart=True,
    ),
    location_ids=Field(label=_("Valid in"), group="locations", form=locations_field, apart=True),
    title=Field(label=_("Title"), form=lambda form: title_field()),
    service_ids=Field(
        label=_("Chosen services"),
        form=lambda form: services_field(
            form.choices.catalogue,
            form.opened.service_ids,
            form.choices.words.services,
            with_categories=True,
        ),
    ),
    product_ids=Field(
        label=_("Chosen products"),
        help=_(
            "Altegio gives this dashboard no list of products: write their numbers there, "
            "separated by commas."
        ),
        form=lambda form: NumbersField(),
    ),
    product_category_ids=Field(
        label=_("Chosen categories of products"),
        help=_("Their numbers at Altegio, separated by commas."),
        form=lambda form: NumbersField(),
    ),
    expiration_unit=Field(label=_("Unit of expiry"), form=_unit),
)
