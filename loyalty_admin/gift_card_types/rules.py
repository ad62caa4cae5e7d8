"""Altegio's rules for gift card types, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty_admin.altegio.gift_card_types import Terms
from loyalty_admin.catalog.rules import Problem, online_price_missing, problem, unit_missing

NAMED_SERVICES = (3, 4)


def problems(terms: Terms) -> list[Problem]:
    """Every rule that the terms break."""
    return [*_services(terms), *_validity(terms), *online_price_missing(terms)]


def _services(terms: Terms) -> Iterator[Problem]:
    if terms.covers in NAMED_SERVICES and not terms.service_ids:
        yield problem("service_ids", _("Choose at least one service."), "covers")


def _validity(terms: Terms) -> Iterator[Problem]:
    if terms.validity_kind == 1 and terms.expires_at is None:
        yield problem("expires_at", _("Say until when."), "validity_kind")
    elif terms.validity_kind == 1 and terms.expires_at and terms.expires_at < timezone.now():
        yield problem("expires_at", _("This date is over already."), "validity_kind")
    if terms.validity_kind == 2:
        if terms.validity < 1:
            yield problem("validity", _("Say for how long: at least 1."), "validity_kind")
        yield from unit_missing("validity", terms.validity, terms.validity_unit)
