"""The types of promotions as a person meets them: a name, what it means, an example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty_admin.altegio.promotion_kinds import KINDS

type Text = str | Promise


@dataclass(frozen=True)
class KindText:
    title: Text
    about: Text
    example: Text


TEXTS: Mapping[str, KindText] = {
    "discount_static": KindText(
        _("Fixed discount"),
        _("The same percentage or sum is taken off every visit."),
        _("10 % off: a client pays 90 of a bill of 100."),
    ),
    "discount_accumulative_visits": KindText(
        _("Discount that grows with visits"),
        _("The more often a client came, the more is taken off."),
        _("5 % from 3 visits, 10 % from 10: whoever came 10 times pays 90 of 100."),
    ),
    "discount_accumulative_sold": KindText(
        _("Discount that grows with purchases"),
        _("It counts all that a client ever bought, at full price."),
        _("5 % from 1,000 bought, 10 % from 3,000: after 3,000 a client pays 90 of 100."),
    ),
    "discount_accumulative_paid": KindText(
        _("Discount that grows with payments"),
        _("It counts only the money that a client really paid, without discounts and bonuses."),
        _("5 % from 1,000 paid, 10 % from 3,000: after 3,000 a client pays 90 of 100."),
    ),
    "package_discount": KindText(
        _("Discount by condition"),
        _("Who pays for a number of services gets others at a discount."),
        _("Pay for 3 services and get a manicure at half the price."),
    ),
    "cashback_static_sold": KindText(
        _("Fixed cashback of the bill"),
        _("A part of the full bill comes back as bonuses, whatever it was paid with."),
        _("5 %: a bill of 100, of which 20 are paid with bonuses, brings 5."),
    ),
    "cashback_static_paid": KindText(
        _("Fixed cashback of what is paid"),
        _("A part of the money that was really paid comes back as bonuses."),
        _("5 %: a bill of 100, of which 20 are paid with bonuses, brings 4."),
    ),
    "cashback_accumulative_sold": KindText(
        _("Cashback of the bill that grows with purchases"),
        _("The more a client has bought in all, the more of each full bill comes back."),
        _("3 %, from 3,000 bought 7 %: then a bill of 100 brings 7."),
    ),
    "cashback_accumulative_paid": KindText(
        _("Cashback of what is paid that grows with payments"),
        _("The more a client has paid in all, the more of each payment comes back."),
        _("3 %, from 3,000 paid 7 %: then a payment of 100 brings 7."),
    ),
    "cashback_accumulative_sold_visits": KindText(
        _("Cashback of the bill that grows with visits"),
        _("The more often a client came, the more of each full bill comes back."),
        _("3 %, from 10 visits 7 %: then a bill of 100 brings 7."),
    ),
    "cashback_accumulative_paid_visits": KindText(
        _("Cashback of what is paid that grows with visits"),
        _("The more often a client came, the more of each payment comes back."),
        _("3 %, from 10 visits 7 %: then a payment of 100 brings 7."),
    ),
    "cashback_sold_visits": KindText(
        _("Cashback of the bill on some visits"),
        _("Every so many visits, a part of the full bill comes back as bonuses."),
        _("20 % on every 5th visit: then a bill of 100 brings 20."),
    ),
    "cashback_paid_visits": KindText(
        _("Cashback of what is paid on some visits"),
        _("Every so many visits, a part of the money that was paid comes back as bonuses."),
        _("20 % on every 5th visit: then a payment of 100 brings 20."),
    ),
}


def title(kind: str) -> str:
    """The type's name; as Altegio calls it where this dashboard does not know it."""
    return str(TEXTS[kind].title) if kind in TEXTS else kind


def gives(kind: str) -> str:
    """discount or bonus; "" for a type that is not known."""
    return KINDS[kind].gives if kind in KINDS else ""
