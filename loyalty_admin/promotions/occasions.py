"""When a chain's texts are sent: each occasion in words, and which promotions send it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty_admin.altegio.notification_templates import ABOUT_A_MEMBERSHIP, NotificationTemplate

WORDS: Mapping[str, str | Promise] = {
    "loyalty_discount_changed": _("A discount changed"),
    "loyalty_discount_increased": _("A discount grew"),
    "loyalty_discount_decreased": _("A discount shrank"),
    "loyalty_discount_expiration": _("A discount is about to expire"),
    "loyalty_cashback_changed": _("A cashback rate changed"),
    "loyalty_cashback_expiration": _("Bonuses are about to expire"),
    "loyalty_card_cashback": _("Bonuses were given for a visit"),
    "loyalty_card_cashback_cancelled": _("Bonuses for a visit were taken back"),
    "loyalty_card_income": _("A loyalty card was topped up"),
    "loyalty_card_manual": _("A loyalty card was topped up by hand"),
    "loyalty_card_manual_withdraw": _("Something was taken off a loyalty card by hand"),
    "loyalty_card_withdraw": _("A loyalty card was paid with"),
    "loyalty_withdraw_cancelled": _("A payment with a loyalty card was taken back"),
    "loyalty_card_created": _("A loyalty card was made"),
    ABOUT_A_MEMBERSHIP: _("About a membership"),
}
# Which occasions are those of a promotion's two messages is inferred from their names.
OCCASIONS: Mapping[tuple[str, str], Sequence[str]] = {
    ("on_changed", "discount"): (
        "loyalty_discount_changed",
        "loyalty_discount_increased",
        "loyalty_discount_decreased",
    ),
    ("on_changed", "bonus"): ("loyalty_cashback_changed",),
    ("on_expiration", "discount"): ("loyalty_discount_expiration",),
    ("on_expiration", "bonus"): ("loyalty_cashback_expiration",),
}


def words(message_type: str) -> str:
    """The occasion; as Altegio calls it where this dashboard does not know it."""
    return str(WORDS.get(message_type, message_type))


def previews(
    templates: Iterable[NotificationTemplate], message: str, gives: str
) -> dict[str, list[tuple[str, str]]]:
    """By size: each occasion on which a promotion sends it, and the chain's text.

    `message` is on_changed or on_expiration, `gives` discount or bonus.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    wanted = OCCASIONS.get((message, gives), ())
    for template in sorted(
        (one for one in templates if one.message_type in wanted),
        key=lambda one: wanted.index(one.message_type),
    ):
        found.setdefault(template.size, []).append((words(template.message_type), template.body))
    return found
