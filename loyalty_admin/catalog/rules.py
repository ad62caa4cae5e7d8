"""Rules of Altegio that are checked before anything is sent: what every slice needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext as _

UNITS = (1, 2, 3, 4)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A rule that the terms break: shown at `name`, and only if one of `involved` changes."""

    name: str
    involved: frozenset[str]
    text: str


def problem(name: str, text: str, *also: str) -> Problem:
    """`also`: the other terms that the rule is about."""
    return Problem(name=name, involved=frozenset({name, *also}), text=text)


def unit_missing(name: str, number: int, unit: int) -> Iterator[Problem]:
    """`name` is the length's; its unit's name ends with _unit."""
    if number and unit not in UNITS:
        yield problem(f"{name}_unit", _("Choose days, weeks, months or years."), name)


class SoldOnline(Protocol):
    @property
    def online_sale(self) -> bool: ...
    @property
    def online_price(self) -> Decimal | None: ...


def online_price_missing(terms: SoldOnline) -> Iterator[Problem]:
    if terms.online_sale and (terms.online_price is None or terms.online_price <= 0):
        yield problem("online_price", _("Selling online needs a price above 0."), "online_sale")
