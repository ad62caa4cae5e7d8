"""Reading gift card types: one at Altegio now, the ones that were deleted, the chain's words."""

from __future__ import annotations

from django.db.models import QuerySet

from loyalty_admin.altegio import gift_card_types as api
from loyalty_admin.altegio.errors import NotFound, UnreadableAnswer
from loyalty_admin.altegio.gift_card_types import GiftCardType
from loyalty_admin.audit import history
from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.services import ChainContext, kept_categories, locations
from loyalty_admin.gift_card_types import listing
from loyalty_admin.gift_card_types.words import Words
from loyalty_admin.gift_card_types.zones import zone_names


def words_for(ctx: ChainContext) -> Words:
    """The words that this chain has for places and services, its currency and time zones."""
    return Words(
        locations={location.id: location.title for location in locations(ctx)},
        services={
            service.id: service.title
            for category in kept_categories(ctx)
            for service in category.services
        },
        zones=zone_names(locations(ctx)),
        currency=ctx.currency,
    )


def read_gift_card_type(*, ctx: ChainContext, type_id: int) -> GiftCardType:
    """The type as it is at Altegio now. Raises NotFound also for another chain's type."""
    try:
        read = api.read_type(ctx.transport(), ctx.id, type_id)
    except NotFound:
        kept = listing.kept(ctx)
        if kept is not None and type_id in kept.rows:
            listing.show_no_more(ctx, type_id)  # deleted at Altegio since
        raise
    if read.chain_id not in (None, ctx.id):
        raise NotFound(status=404)
    return read


def read_back(*, ctx: ChainContext, type_id: int) -> GiftCardType:
    """The same after a write: what it does not say is no fact. Raises UnreadableAnswer."""
    read = read_gift_card_type(ctx=ctx, type_id=type_id)
    if read.unreadable:
        raise UnreadableAnswer(f"a gift card type without {', '.join(read.unreadable)}")
    return read


def deletions(ctx: ChainContext) -> QuerySet[Entry]:
    """Deletions by this dashboard that nothing has made good yet, newest first."""
    return history.deletions(ctx, "gift_card_type.deleted")


def deletion_of(ctx: ChainContext, type_id: int) -> Entry | None:
    """The deletion that stands; none where Altegio lists the type, whatever the journal knows."""
    kept = listing.kept(ctx)
    if kept is not None and type_id in kept.rows:
        return None
    return deletions(ctx).filter(object_id=type_id).first()


def restored_as(ctx: ChainContext, type_id: int) -> int | None:
    """The number of the type that was made again of a deleted one."""
    return history.result_of(ctx, "gift_card_type.recreated", type_id)


def last_known(deletion: Entry) -> GiftCardType:
    """The deleted type as it was just before."""
    return GiftCardType.from_api(deletion.copy)
