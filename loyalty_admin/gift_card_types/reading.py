"""Reading gift card types: one at Altegio now, the ones that were deleted, the chain's words."""

from __future__ import annotations

from django.db.models import QuerySet

from loyalty_admin.altegio import gift_card_types as api
from loyalty_admin.altegio.errors import NotFound, UnreadableAnswer
from loyalty_admin.altegio.gift_card_types import GiftCardType
from loyalty_admin.audit import history
from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.services import ChainContext, kept_categories, locations
from loyalty_admin.gift_card_types import actions, listing
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


def read_listed(ctx: ChainContext, type_id: int) -> GiftCardType | None:
    """The type, if it is not deleted: whether deleted ones answer by id is not known."""
    try:
        read = read_gift_card_type(ctx=ctx, type_id=type_id)
    except NotFound:
        return None
    listed = _listed(ctx, read.terms.title.strip())
    return read if any(item.id == type_id for item in listed) else None


def known_ids(ctx: ChainContext, title: str) -> list[int]:
    """Types that carry the title now, so that a new one can be told from them.

    Asked at Altegio: a type that somebody made there since the list was kept is none of ours.
    """
    return [item.id for item in _titled(ctx, title)]


def _titled(ctx: ChainContext, title: str) -> list[GiftCardType]:
    title = title.strip()
    return [item for item in _listed(ctx, title) if item.terms.title.strip() == title]


def _listed(ctx: ChainContext, title: str) -> tuple[GiftCardType, ...]:
    """Raises UnreadableAnswer for a list with gaps: what it lacks may be there all the same."""
    listed = api.list_all(ctx.transport(), ctx.id, title=title)
    if not listed.is_complete:
        raise UnreadableAnswer("fewer gift card types than counted")
    return listed.types


def new_types(ctx: ChainContext, entry: Entry) -> list[GiftCardType]:
    """Types that may have come of the entry: of its title, and not known before it."""
    not_new = {*entry.asked["known_ids"], *history.claimed_ids(entry)}
    return [item for item in _titled(ctx, entry.object_title) if item.id not in not_new]


def deletions(ctx: ChainContext) -> QuerySet[Entry]:
    """Deletions by this dashboard that nothing has made good yet, newest first."""
    return history.deletions(ctx, actions.DELETED)


def deletion_of(ctx: ChainContext, type_id: int) -> Entry | None:
    """The deletion that stands; none where Altegio lists the type, whatever the journal knows."""
    kept = listing.kept(ctx)
    if kept is not None and type_id in kept.rows:
        return None
    return deletions(ctx).filter(object_id=type_id).first()


def restored_as(ctx: ChainContext, type_id: int) -> int | None:
    """The number of the type that was made again of a deleted one."""
    return history.result_of(ctx, actions.RESTORED, type_id)


def last_known(deletion: Entry) -> GiftCardType:
    """The deleted type as it was just before."""
    return GiftCardType.from_api(deletion.copy)
