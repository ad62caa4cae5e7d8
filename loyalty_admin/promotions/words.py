"""Promotions in words: labels, choices, and each term as a person would say it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from loyalty_admin.altegio.notification_templates import Notification
from loyalty_admin.altegio.promotion_kinds import KINDS, Rule
from loyalty_admin.altegio.promotions import SCHEMA, Terms, not_known
from loyalty_admin.catalog.words import ChainWords, join, numbered, period
from loyalty_admin.promotions import kinds

ITEMS: Mapping[str, str | Promise] = {
    "any_allowed": gettext_lazy("All"),
    "not_allowed": gettext_lazy("None"),
    "custom_allowed": gettext_lazy("Chosen ones"),
}
VALUE_UNITS: Mapping[str, str | Promise] = {
    "percent": gettext_lazy("Percent"),
    "amount": gettext_lazy("A sum of money"),
}
EXPIRATION_UNITS: Mapping[str, str | Promise] = {
    "day": gettext_lazy("days"),
    "week": gettext_lazy("weeks"),
    "month": gettext_lazy("months"),
    "year": gettext_lazy("years"),
}
_NUMBER_OF_UNIT = {name: number for number, name in enumerate(EXPIRATION_UNITS, 1)}
HISTORY_SOURCES: Mapping[str, str | Promise] = {
    "loyalty_card": gettext_lazy("Of the loyalty card"),
    "active_companies": gettext_lazy("In the locations where it is valid"),
    "chain": gettext_lazy("In the whole chain"),
}
SIZES: Mapping[str, str | Promise] = {
    "none": gettext_lazy("No message"),
    "big": gettext_lazy("The chain's long text"),
    "mid": gettext_lazy("The chain's medium text"),
    "small": gettext_lazy("The chain's short text"),
    "custom": gettext_lazy("A text of its own"),
}

TEXT_SIZES: Mapping[str, str | Promise] = {
    "big": gettext_lazy("long"),
    "mid": gettext_lazy("medium"),
    "small": gettext_lazy("short"),
    "custom": gettext_lazy("own text"),
}


def promotions(number: int) -> str:
    """How many a list has found."""
    return ngettext("%(n)s promotion", "%(n)s promotions", number) % {"n": number}


def number(value: Decimal | int) -> str:
    """Grouped, without zeros that say nothing."""
    value = Decimal(value)
    is_whole = value == value.to_integral_value()
    plain = value.quantize(Decimal(1)) if is_whole else value.normalize()
    return number_format(plain, use_l10n=True, force_grouping=True)


def percent(value: Decimal) -> str:
    return f"{number(value)}\u00a0%"


def expiry(terms: Terms) -> str:
    """For example "6 months"; "" for what never expires."""
    if not terms.expiration:
        return ""
    return period(terms.expiration, _NUMBER_OF_UNIT.get(terms.expiration_unit, 0))


@dataclass(frozen=True, kw_only=True)
class Words(ChainWords):
    """The chain's own words, without which some terms are mere numbers.

    `services` holds services and their categories, `products` products and theirs.
    """

    services: Mapping[int, str] = field(default_factory=dict)
    products: Mapping[int, str] = field(default_factory=dict)
    card_types: Mapping[int, str] = field(default_factory=dict)

    def of(self, terms: Terms, name: str) -> str:
        """The term in words; not what it says beside another term that makes it mean nothing."""
        if name in SCHEMA.idle(terms):
            return _("not set")
        if name in not_known(terms):
            return _("not known")
        say = _SAYINGS.get(name)
        return say(self, terms) if say else self.plain(getattr(terms, name))

    def value(self, terms: Terms, value: Decimal) -> str:
        """What a rule gives, as percent or money."""
        if "value_unit" in not_known(terms):
            return _("%(n)s (percent or money)") % {"n": number(value)}
        return percent(value) if terms.value_unit == "percent" else self.money(value)

    def service(self, service_id: int) -> str:
        return self.services.get(service_id) or numbered(service_id)

    def card_type(self, card_type_id: int) -> str:
        return self.card_types.get(card_type_id) or numbered(card_type_id)

    def threshold(self, terms: Terms, threshold: int) -> str:
        """For example "3 visits" or "1,000 €"."""
        kind = KINDS.get(terms.kind)
        if kind and kind.thresholds == "visits":
            return ngettext("%(n)s visit", "%(n)s visits", threshold) % {"n": number(threshold)}
        return self.money(Decimal(threshold))

    def rule(self, terms: Terms, rule: Rule) -> str:
        given = self.value(terms, rule.value)
        if rule.service_id:
            return f"{self.service(rule.service_id)}: {given}"
        if not rule.threshold:
            return given
        return _("%(given)s from %(threshold)s") % {
            "given": given,
            "threshold": self.threshold(terms, rule.threshold),
        }


def _named(texts: Mapping[str, str | Promise], value: str) -> str:
    return str(texts.get(value) or value or _("not set"))


def _titles(known: Mapping[int, str], numbers: Iterable[int]) -> str:
    return join(known.get(one) or numbered(one) for one in numbers)


def size(name: str) -> str:
    """Of a text that the chain sends."""
    return _named(TEXT_SIZES, name)


def notification(sent: Notification) -> str:
    if sent.size == "custom":
        return _("its own text: “%(text)s”") % {"text": sent.body}
    return _named(SIZES, sent.size)


_SAYINGS: Mapping[str, Callable[[Words, Terms], str]] = {
    "kind": lambda _words, terms: kinds.title(terms.kind) or _("not set"),
    "location_ids": lambda words, terms: join(map(words.location, terms.location_ids)),
    "services": lambda _words, terms: _named(ITEMS, terms.services),
    "service_ids": lambda words, terms: _titles(words.services, terms.service_ids),
    "products": lambda _words, terms: _named(ITEMS, terms.products),
    "product_ids": lambda words, terms: _titles(words.products, terms.product_ids),
    "product_category_ids": lambda words, terms: _titles(
        words.products, terms.product_category_ids
    ),
    "value_unit": lambda _words, terms: _named(VALUE_UNITS, terms.value_unit),
    "rules": lambda words, terms: (
        "; ".join(words.rule(terms, rule) for rule in terms.rules) or _("nothing")
    ),
    "usage_limit": lambda _words, terms: (
        number(terms.usage_limit) if terms.usage_limit else _("no limit")
    ),
    "expiration": lambda _words, terms: expiry(terms) or _("never"),
    "expiration_unit": lambda _words, terms: _named(EXPIRATION_UNITS, terms.expiration_unit),
    "history_source": lambda _words, terms: _named(HISTORY_SOURCES, terms.history_source),
    "history_from": lambda _words, terms: (
        date_format(terms.history_from, "j M Y") if terms.history_from else _("not set")
    ),
    "card_type_ids": lambda words, terms: _titles(words.card_types, terms.card_type_ids),
    "on_changed": lambda _words, terms: notification(terms.on_changed),
    "on_expiration": lambda _words, terms: notification(terms.on_expiration),
}
