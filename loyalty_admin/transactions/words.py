"""Loyalty transactions in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from loyalty_admin.altegio.transactions import TYPES
from loyalty_admin.catalog.words import ChainWords, numbered
from loyalty_admin.chains.services import ChainContext, locations
from loyalty_admin.promotions import listing as promotions
from loyalty_admin.transactions.sums import Group

_TYPE_WORDS: Mapping[str, str | Promise] = {
    "promotion_discount": gettext_lazy("Promotion discount"),
    "accrual": gettext_lazy("Bonus earned"),
    "card_withdrawal": gettext_lazy("Paid with a loyalty card"),
    "referral": gettext_lazy("Bonus for a referral"),
    "manual_top_up": gettext_lazy("Added by hand"),
    "manual_withdrawal": gettext_lazy("Taken off by hand"),
    "expired_points": gettext_lazy("Bonus expired"),
    "gift_card_withdrawal": gettext_lazy("Paid with a gift card"),
    "membership_use": gettext_lazy("Paid with a membership"),
    "membership_recalculation": gettext_lazy("Membership recalculated"),
    "client_account_withdrawal": gettext_lazy("Paid from the client's account"),
}
# By Altegio's numbers.
TYPE_WORDS: Mapping[int, str | Promise] = {
    number: _TYPE_WORDS[name] for number, name in TYPES.items()
}
GROUPS: Mapping[Group, str | Promise] = {
    "discount": gettext_lazy("Discounts"),
    "bonus": gettext_lazy("Bonuses given"),
    "withdrawal": gettext_lazy("Withdrawn"),
    "unknown": gettext_lazy("Not said which"),
}
GROUP_CHIPS: Mapping[Group, str] = {"discount": "info", "bonus": "good", "withdrawal": "warn"}


@dataclass(frozen=True, kw_only=True)
class Words(ChainWords):
    """What the chain calls its locations and, as far as they were read, its promotions."""

    promotions: Mapping[int, str] = field(default_factory=dict)
    # Of the locations that are asked for. Where they differ money has no currency here, and sums
    # over several locations add what is not alike.
    currencies: Mapping[int, str] = field(default_factory=dict)

    @property
    def different_currencies(self) -> list[str]:
        found = list(dict.fromkeys(self.currencies.values()))
        return found if len(found) > 1 else []

    def at(self, location_id: int | None) -> Words:
        """The same with the location's own currency."""
        return replace(self, currency=self.currencies.get(location_id or 0, self.currency))

    def type(self, type_id: int | None, title: str = "") -> str:
        """In our words; in Altegio's for a type that is not known here."""
        if type_id is None:
            return title or _("type not said")
        return str(TYPE_WORDS.get(type_id) or title or _("type %(n)s") % {"n": type_id})

    def promotion(self, promotion_id: int | None) -> str:
        if promotion_id is None:
            return _("without a promotion")
        return self.promotions.get(promotion_id) or numbered(promotion_id)


def words_of(ctx: ChainContext, location_ids: Collection[int] = ()) -> Words:
    """Without asking Altegio for anything; no ids stand for all locations."""
    currencies = {
        one.id: one.currency
        for one in locations(ctx)
        if one.currency and (not location_ids or one.id in location_ids)
    }
    return Words(
        locations={one.id: one.title for one in locations(ctx)},
        currency=next(iter(currencies.values()), "") if len({*currencies.values()}) == 1 else "",
        currencies=currencies,
        promotions={row.id: row.title for row in promotions.all_rows(ctx) or ()},
    )


def transactions(number: int) -> str:
    grouped = number_format(number, use_l10n=True, force_grouping=True)
    return ngettext("%(n)s transaction", "%(n)s transactions", number) % {"n": grouped}


def unreadable(number: int) -> str:
    return ngettext("%(n)s more cannot be read", "%(n)s more cannot be read", number) % {
        "n": number
    }


def group(name: Group) -> str:
    return str(GROUPS[name])
