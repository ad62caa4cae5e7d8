"""Altegio's rules for promotions, checked before anything is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _

from loyalty_admin.altegio.notification_templates import Notification
from loyalty_admin.altegio.promotion_kinds import KINDS, Rule
from loyalty_admin.altegio.promotions import Terms, normal_rules
from loyalty_admin.catalog.rules import Problem, problem
from loyalty_admin.promotions.words import EXPIRATION_UNITS

DAYS_OF_UNIT = {"day": 1, "week": 7, "month": 30, "year": 365}
ALL_OF_IT = 100  # percent


def problems(terms: Terms) -> list[Problem]:
    """Every rule that the terms break."""
    return [
        *_rules(terms),
        *_items(terms),
        *_expiry(terms),
        *_visits(terms),
        *_notification("on_changed", terms.on_changed),
        *_notification("on_expiration", terms.on_expiration),
    ]


def _rules(terms: Terms) -> Iterator[Problem]:
    kind = KINDS.get(terms.kind)
    shape = kind.rules if kind else "tiers"
    if not terms.rules:
        yield problem("rules", _("Say what it gives."))
    elif shape == "static" and len(terms.rules) > 1:
        yield problem("rules", _("This type takes exactly one value."))
    if any(rule.value < 0 or rule.threshold < 0 for rule in terms.rules):
        yield problem("rules", _("Nothing here can be below 0."))
    if terms.value_unit == "percent" and any(rule.value > ALL_OF_IT for rule in terms.rules):
        yield problem("rules", _("No more than 100 percent can be given."), "value_unit")
    if shape == "package" and any(rule.service_id < 1 for rule in terms.rules):
        yield problem("rules", _("Choose a service for each discount."))
    yield from _twice(shape, normal_rules(terms))


def _twice(shape: str, rules: tuple[Rule, ...]) -> Iterator[Problem]:
    counted = Counter((rule.service_id, rule.threshold) for rule in rules)
    if shape == "static" or max(counted.values(), default=0) < 2:
        return
    if shape == "package":
        yield problem("rules", _("Each service can stand here only once."))
    else:
        yield problem("rules", _("Each threshold can stand here only once."))


def _items(terms: Terms) -> Iterator[Problem]:
    if terms.services == terms.products == "not_allowed":
        yield problem("services", _("It must count for some services or products."), "products")
    if terms.services == "custom_allowed" and not terms.service_ids:
        yield problem("service_ids", _("Choose at least one service."), "services")
    if terms.products == "custom_allowed" and not (terms.product_ids or terms.product_category_ids):
        yield problem(
            "product_ids",
            _("Name at least one product or category."),
            "products",
            "product_category_ids",
        )


def _expiry(terms: Terms) -> Iterator[Problem]:
    if not terms.expiration:
        return
    if terms.expiration_unit not in EXPIRATION_UNITS:
        yield problem("expiration_unit", _("Choose days, weeks, months or years."), "expiration")
    elif terms.expiration_notice >= terms.expiration * DAYS_OF_UNIT[terms.expiration_unit]:
        yield problem(
            "expiration_notice",
            _("The notice must come after what it is about was given: fewer days, please."),
            "expiration",
            "expiration_unit",
        )


def _visits(terms: Terms) -> Iterator[Problem]:
    for name in ("visit_multiplicity", "sold_items_multiplicity"):
        if getattr(terms, name) < 1:
            yield problem(name, _("At least 1."))


def _notification(name: str, sent: Notification) -> Iterator[Problem]:
    if sent.size == "custom" and not sent.body.strip():
        yield problem(name, _("Write the text of the message."))


def is_falling(terms: Terms) -> bool:
    """Whether a higher threshold gives less: allowed, and hardly ever meant."""
    kind = KINDS.get(terms.kind)
    values = [rule.value for rule in normal_rules(terms)]
    return bool(kind and kind.rules == "tiers") and values != sorted(values)
