"""Words that everything a chain sells is said in: money, places, periods of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from loyalty_admin.web.templatetags.moments import moment

UNITS: Mapping[int, str | Promise] = {
    1: gettext_lazy("days"),
    2: gettext_lazy("weeks"),
    3: gettext_lazy("months"),
    4: gettext_lazy("years"),
}
# About so many, to sort by. That a limit of freezing comes to as much is inferred: no source says
# how long a month is.
DAYS_OF_UNIT = {1: 1, 2: 7, 3: 30, 4: 365}
CODE: Mapping[bool, str | Promise] = {
    False: gettext_lazy("Whoever has its code"),
    True: gettext_lazy("Only the client who bought it"),
}


@dataclass(frozen=True, kw_only=True)
class ChainWords:
    """The chain's own words, without which some terms are mere numbers."""

    locations: Mapping[int, str] = field(default_factory=dict)
    currency: str = ""

    def money(self, amount: Decimal | None) -> str:
        if amount is None:
            return _("not set")
        # Whole amounts stay whole: prices are scanned, not audited.
        digits = f"{amount:f}".partition(".")[2].rstrip("0")
        places = max(2, len(digits)) if digits else 0
        number = number_format(amount, places, use_l10n=True, force_grouping=True)
        return f"{number} {self.currency}".strip()

    def location(self, location_id: int) -> str:
        return self.locations.get(location_id) or _("location %(number)s") % {"number": location_id}

    def plain(self, value: Any) -> str:
        """A value that needs no words of its own."""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, Decimal):
            return self.money(value)
        return _("not set") if value in (None, "") else str(value)


def period(number: int, unit: int) -> str:
    """For example "3 months"."""
    if unit == 1:
        return ngettext("%(n)s day", "%(n)s days", number) % {"n": number}
    if unit == 2:
        return ngettext("%(n)s week", "%(n)s weeks", number) % {"n": number}
    if unit == 3:
        return ngettext("%(n)s month", "%(n)s months", number) % {"n": number}
    if unit == 4:
        return ngettext("%(n)s year", "%(n)s years", number) % {"n": number}
    return _("%(n)s (unit not set)") % {"n": number}


def types(number: int) -> str:
    """How many types a list has found."""
    return ngettext("%(n)s type", "%(n)s types", number) % {"n": number}


def unit(number: int) -> str:
    return str(UNITS.get(number, _("not set")))


def moment_or_text(text: str) -> SafeString | str:
    """A point in time that Altegio gives, for people; as Altegio said it where it is none."""
    try:
        return moment(text) or text
    except ValueError:
        return text


def join(parts: Iterable[str]) -> str:
    return ", ".join(parts) or _("none")


def some(parts: Sequence[str], most: int) -> str:
    """The first of them, and how many more there are."""
    named, more = ", ".join(parts[:most]), len(parts) - most
    if more < 1:
        return named
    text = ngettext("%(named)s and %(n)s more", "%(named)s and %(n)s more", more)
    return text % {"named": named, "n": more}


def numbered(number: int) -> str:
    """For what Altegio gives a number and nobody knows a word for."""
    return _("number %(number)s") % {"number": number}
