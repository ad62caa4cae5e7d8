"""Gift card types in words: labels, and each term as a person would say it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty_admin.altegio.gift_card_types import SCHEMA, Terms
from loyalty_admin.catalog.words import CODE, ChainWords, join, numbered, period, unit
from loyalty_admin.gift_card_types import zones

SEVERAL_USES: Mapping[bool, str | Promise] = {
    False: gettext_lazy("With one payment, whatever is left"),
    True: gettext_lazy("With several payments, until nothing is left"),
}
COVERS: Mapping[int, str | Promise] = {
    0: gettext_lazy("All services and products"),
    1: gettext_lazy("Any services, no products"),
    2: gettext_lazy("Any products, no services"),
    3: gettext_lazy("Named services only"),
    4: gettext_lazy("Named services and any products"),
}
VALIDITY_KINDS: Mapping[int, str | Promise] = {
    0: gettext_lazy("Without end"),
    1: gettext_lazy("Until a fixed date, the same for all cards"),
    2: gettext_lazy("For some time from the sale"),
}
# Sources disagree about other values: those are kept and called by their number.
BALANCE_EDITING: Mapping[int, str | Promise] = {
    1: gettext_lazy("Allowed"),
    2: gettext_lazy("Not allowed"),
}


@dataclass(frozen=True, kw_only=True)
class Words(ChainWords):
    """The chain's own words, without which some terms are mere numbers."""

    services: Mapping[int, str] = field(default_factory=dict)
    zones: tuple[str, ...] = ("UTC",)

    def of(self, terms: Terms, name: str) -> str:
        """The term in words; not what it says beside another term that makes it mean nothing."""
        if name in SCHEMA.idle(terms):
            return _("not set")
        say = _SAYINGS.get(name)
        return say(self, terms) if say else self.plain(getattr(terms, name))


def _named(texts: Mapping[int, str | Promise], number: int) -> str:
    return str(texts.get(number) or numbered(number))


_SAYINGS: Mapping[str, Callable[[Words, Terms], str]] = {
    "location_ids": lambda words, terms: join(map(words.location, terms.location_ids)),
    "several_uses": lambda _words, terms: str(SEVERAL_USES[terms.several_uses]),
    "covers": lambda _words, terms: _named(COVERS, terms.covers),
    "service_ids": lambda words, terms: join(
        words.services.get(number) or numbered(number) for number in terms.service_ids
    ),
    "sold_without_code": lambda _words, terms: str(CODE[terms.sold_without_code]),
    "balance_editing": lambda _words, terms: _named(BALANCE_EDITING, terms.balance_editing),
    "validity_kind": lambda _words, terms: _named(VALIDITY_KINDS, terms.validity_kind),
    "expires_at": lambda words, terms: (
        zones.in_words(terms.expires_at, words.zones) if terms.expires_at else _("not set")
    ),
    "validity": lambda _words, terms: period(terms.validity, terms.validity_unit),
    "validity_unit": lambda _words, terms: unit(terms.validity_unit),
}
