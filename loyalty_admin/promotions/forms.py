"""The forms of promotions, in the dashboard's own words: each field is one term."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty_admin.altegio.chains import CardType
from loyalty_admin.altegio.notification_templates import NotificationTemplate
from loyalty_admin.altegio.promotion_kinds import KINDS
from loyalty_admin.altegio.promotions import FIXED_TERMS, SCHEMA, Terms
from loyalty_admin.catalog.fields import services_field
from loyalty_admin.catalog.forms import (
    MOST,
    Choices,
    TermsForm,
    choice_field,
    date_input,
    locations_field,
    title_field,
)
from loyalty_admin.catalog.rules import Problem
from loyalty_admin.promotions import kinds, occasions, rules, words
from loyalty_admin.promotions.fields import NotificationField, NumbersField, RulesField

HELP: Mapping[str, Any] = {
    "usage_limit": _("0 means that there is no limit."),
    "visit_multiplicity": _("1 is every visit, 5 every fifth."),
    "sold_items_multiplicity": _("How many a client pays for before the discounts below count."),
    "expiration": _("0 means that it never expires."),
    "expiration_notice": _("0 means that no notice goes out ahead."),
    "history_source": _("Left open, Altegio decides."),
    "history_from": _("Left open, everything ever counts."),
    "product_ids": _(
        "Altegio gives this dashboard no list of products: write their numbers there, "
        "separated by commas."
    ),
    "product_category_ids": _("Their numbers at Altegio, separated by commas."),
    "card_type_ids": _("Clients with these cards take part."),
}


@dataclass(frozen=True, kw_only=True)
class PromotionChoices(Choices):
    """`card_types` and `templates` are None where Altegio did not give them."""

    card_types: Sequence[CardType] | None = None
    templates: Sequence[NotificationTemplate] | None = None


class PromotionForm(TermsForm):
    """What Altegio lets be changed of a promotion of one type."""

    schema = SCHEMA
    labels = words.LABELS
    help = HELP
    lists = ("location_ids", "service_ids", "card_type_ids")
    long_texts = ()
    opened: Terms
    choices: PromotionChoices

    def __init__(
        self, data: Any = None, *, opened: Terms, choices: Choices, unfinished: bool = False
    ) -> None:
        """`unfinished`: somebody is still at it, and nothing is wrong yet."""
        self.kind = KINDS[opened.kind]
        self.terms = self.terms_of(opened)
        self.unfinished = unfinished
        super().__init__(data, opened=opened, choices=choices)

    def terms_of(self, opened: Terms) -> tuple[str, ...]:
        idle = SCHEMA.idle(replace(opened, expiration=1)) | FIXED_TERMS
        return tuple(name for name in SCHEMA.names if name not in idle)

    def full_clean(self) -> None:
        # A rule that is broken, or Altegio's refusal, does not unsay what was typed.
        self.understood: dict[str, Any] = {}
        super().full_clean()
        self.understood = self.understood or dict(getattr(self, "cleaned_data", {}))
        if self.unfinished:
            self.errors.clear()

    def typed_terms(self) -> Terms:
        """The terms as far as what is typed makes sense."""
        if not self.is_bound:
            return self.opened
        self.is_valid()
        field = self.fields["rules"]
        assert isinstance(field, RulesField)
        given: dict[str, Any] = {"rules": field.readable(self["rules"].data)}
        # That nothing is ticked is wrong, but it is what the person sees.
        given |= {name: () for name in self.lists if name in self.fields and not self[name].data}
        given |= self.understood
        return replace(self.opened, **{name: given[name] for name in self.terms if name in given})

    def wanted(self) -> dict[str, Any]:
        wanted = super().wanted()
        # A row that was added last has not moved to its place where one saves at once.
        if self.kind.rules == "tiers" and wanted["rules"] != self.opened.rules:
            wanted["rules"] = tuple(sorted(wanted["rules"], key=lambda rule: rule.threshold))
        return wanted

    def field_of(self, name: str) -> forms.Field:
        return _MADE_BY[name](self) if name in _MADE_BY else super().field_of(name)

    def problems(self, terms: Terms) -> list[Problem]:
        self.understood = {name: getattr(terms, name) for name in self.terms}
        return rules.problems(terms)


class NewPromotionForm(PromotionForm):
    """A promotion that is made: all that its type takes, a location at least."""

    is_new = True

    def terms_of(self, opened: Terms) -> tuple[str, ...]:
        everything = replace(
            opened, services="custom_allowed", products="custom_allowed", expiration=1
        )
        idle = SCHEMA.idle(everything) | {"kind"}
        return tuple(name for name in SCHEMA.names if name not in idle)

    def wanted(self) -> dict[str, Any]:
        return {"kind": self.opened.kind, **super().wanted()}


def _named(texts: Mapping[str, Any], *, unset: str = "") -> list[tuple[str, Any]]:
    return [("", unset), *texts.items()] if unset else list(texts.items())


def _rules(form: PromotionForm) -> RulesField:
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


def _card_types(form: PromotionForm) -> forms.MultipleChoiceField:
    known = {one.id: one.title for one in form.choices.card_types or ()}
    titles = form.choices.words.card_types
    for number in form.opened.card_type_ids:
        known.setdefault(number, titles.get(number) or str(number))
    return forms.MultipleChoiceField(
        choices=list(known.items()), required=False, widget=forms.CheckboxSelectMultiple
    )


def _unit(form: PromotionForm) -> forms.ChoiceField:
    known = dict(words.EXPIRATION_UNITS)
    value = form.opened.expiration_unit
    known.setdefault(value, value or _("not set"))
    return forms.ChoiceField(choices=list(known.items()), required=False)


def _notification(name: str) -> Callable[[PromotionForm], NotificationField]:
    def field(form: PromotionForm) -> NotificationField:
        return NotificationField(
            opened=getattr(form.opened, name),
            previews=occasions.previews(
                form.choices.templates or (), name, kinds.gives(form.opened.kind)
            ),
        )

    return field


def _count() -> forms.IntegerField:
    return forms.IntegerField(min_value=1, max_value=MOST)


_MADE_BY: Mapping[str, Callable[[PromotionForm], forms.Field]] = {
    "title": lambda form: title_field(),
    "rules": _rules,
    "value_unit": lambda form: choice_field(
        form, "value_unit", words.VALUE_UNITS.items(), radio=True
    ),
    "services": lambda form: choice_field(form, "services", words.ITEMS.items(), radio=True),
    "products": lambda form: choice_field(form, "products", words.ITEMS.items(), radio=True),
    "service_ids": lambda form: services_field(
        form.choices.catalogue,
        form.opened.service_ids,
        form.choices.words.services,
        with_categories=True,
    ),
    "product_ids": lambda form: NumbersField(),
    "product_category_ids": lambda form: NumbersField(),
    "visit_multiplicity": lambda form: _count(),
    "sold_items_multiplicity": lambda form: _count(),
    "expiration_unit": _unit,
    "history_source": lambda form: forms.ChoiceField(
        choices=_named(words.HISTORY_SOURCES, unset=str(_("As Altegio does by itself"))),
        required=False,
    ),
    "history_from": lambda form: forms.DateField(required=False, widget=date_input()),
    "location_ids": locations_field,
    "card_type_ids": _card_types,
    "on_changed": _notification("on_changed"),
    "on_expiration": _notification("on_expiration"),
}
