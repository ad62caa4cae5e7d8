"""Membership types in words: labels, units, and each term as a person would say it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from loyalty_admin.altegio.membership_services import CoveredService, UsableTime
from loyalty_admin.altegio.membership_types import Terms
from loyalty_admin.catalog.words import CODE, ChainWords, join, numbered, period, unit

DAYS: Mapping[int, str | Promise] = {
    1: gettext_lazy("Mon"),
    2: gettext_lazy("Tue"),
    3: gettext_lazy("Wed"),
    4: gettext_lazy("Thu"),
    5: gettext_lazy("Fri"),
    6: gettext_lazy("Sat"),
    7: gettext_lazy("Sun"),
}
LONG_DAYS: Mapping[int, str | Promise] = {
    1: gettext_lazy("Monday"),
    2: gettext_lazy("Tuesday"),
    3: gettext_lazy("Wednesday"),
    4: gettext_lazy("Thursday"),
    5: gettext_lazy("Friday"),
    6: gettext_lazy("Saturday"),
    7: gettext_lazy("Sunday"),
}
DOCUMENTED_ACTIVATIONS: Mapping[int, str | Promise] = {
    1: gettext_lazy("On sale"),
    2: gettext_lazy("On first use"),
    3: gettext_lazy("From a chosen date"),
}
BALANCE_EDITING: Mapping[int, str | Promise] = {
    0: gettext_lazy("Nobody"),
    1: gettext_lazy("The location that sold it"),
    2: gettext_lazy("Any location"),
}
# Terms of which both sides need words.
FLAGS: Mapping[str, Mapping[bool, str | Promise]] = {
    "sold_without_code": CODE,
    "is_pooled": {
        False: gettext_lazy("For each service apart"),
        True: gettext_lazy("One shared pool of visits"),
    },
}
# Altegio keeps these as they are once a membership of the type is sold.


@dataclass(frozen=True, kw_only=True)
class Words(ChainWords):
    """The chain's own words, without which some terms are mere numbers."""

    activations: Mapping[int, str] = field(default_factory=dict)

    def of(self, terms: Terms, name: str) -> str:
        """The term in words."""
        value = getattr(terms, name)
        say = _SAYINGS.get(name)
        if say:
            return say(self, terms)
        return str(FLAGS[name][value]) if name in FLAGS else self.plain(value)

    def activation(self, activation: int) -> str:
        """What Altegio calls it here; else the documented word, marked as unconfirmed."""
        known = self.activations.get(activation)
        if known:
            return known
        documented = DOCUMENTED_ACTIVATIONS.get(activation)
        if documented is None:
            return numbered(activation)
        return _("%(word)s (unconfirmed)") % {"word": documented}


def validity(number: int, unit: int) -> str:
    return period(number, unit) if number else _("no end")


def visits(*, number: int, is_pooled: bool, is_unlimited: bool) -> str:
    """A balance at a glance."""
    if is_unlimited and (is_pooled or not number):
        return _("unlimited")
    if is_unlimited:
        return _("%(n)s + unlimited") % {"n": number}
    if is_pooled:
        return _("%(n)s shared") % {"n": number}
    return str(number)


def service_visits(row: CoveredService, *, is_pooled: bool) -> str:
    if is_pooled:
        return ""
    if row.is_unlimited:
        return _("unlimited")
    return ngettext("%(n)s visit", "%(n)s visits", row.visits) % {"n": row.visits}


def clock(seconds: int) -> str:
    """Seconds from midnight as people write them: 9:00, 24:00."""
    minutes, rest = divmod(seconds, 60)
    text = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{rest:02d}" if rest else text


def usable_time(time: UsableTime) -> str:
    days = ", ".join(str(DAYS.get(day, day)) for day in time.days)
    intervals = ", ".join(f"{clock(start)}–{clock(end)}" for start, end in time.intervals)
    return f"{days} {intervals}".strip()


def _services(words: Words, terms: Terms) -> str:
    return join(
        f"{row.title or row.id} ({said})" if said else row.title or str(row.id)
        for row in terms.services
        for said in [service_visits(row, is_pooled=terms.is_pooled)]
    )


_SAYINGS: Mapping[str, Callable[[Words, Terms], str]] = {
    "location_ids": lambda words, terms: join(map(words.location, terms.location_ids)),
    "validity": lambda _words, terms: validity(terms.validity, terms.validity_unit),
    "validity_unit": lambda _words, terms: unit(terms.validity_unit),
    "activation": lambda words, terms: words.activation(terms.activation),
    "auto_activation": lambda _words, terms: (
        period(terms.auto_activation, terms.auto_activation_unit)
        if terms.auto_activation
        else pgettext("self-activation", "never")
    ),
    "auto_activation_unit": lambda _words, terms: unit(terms.auto_activation_unit),
    "services": _services,
    "freeze_limit": lambda _words, terms: (
        period(terms.freeze_limit, terms.freeze_limit_unit) if terms.freeze_limit else _("no limit")
    ),
    "freeze_limit_unit": lambda _words, terms: unit(terms.freeze_limit_unit),
    "balance_editing": lambda _words, terms: str(
        BALANCE_EDITING.get(terms.balance_editing) or numbered(terms.balance_editing)
    ),
    "usable_times": lambda _words, terms: (
        "; ".join(map(usable_time, terms.usable_times)) or _("any time")
    ),
}
