"""What Altegio lets nobody change of a gift card type, and what this dashboard does not."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loyalty_admin.altegio.gift_card_types import GiftCardType
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.gift_card_types import archive

IS_ISSUED = _(
    "Cards of this type were issued, and Altegio lets no such type be changed or deleted. "
    "Duplicate it and change the duplicate. Nothing was sent."
)
IS_ARCHIVED_HERE = _(
    "This gift card type is archived in this dashboard. Unarchive it first. Nothing was sent."
)
# A PUT cannot say that a type is archived, so what it would make of one is not known.
IS_ARCHIVED_BY_ALTEGIO = _(
    "Altegio has archived this gift card type; it is changed at Altegio only. Nothing was sent."
)


def why_locked(ctx: ChainContext, item: GiftCardType) -> str:
    """Why the type cannot be changed; "" when it can."""
    if item.is_archived:
        return str(IS_ARCHIVED_BY_ALTEGIO)
    if item.issued:
        return str(IS_ISSUED)
    return str(IS_ARCHIVED_HERE) if archive.archived_here(ctx, item.id) else ""


def why_undeletable(ctx: ChainContext, item: GiftCardType) -> str:
    return str(IS_ISSUED) if item.issued else ""
