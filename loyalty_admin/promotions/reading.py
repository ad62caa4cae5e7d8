"""Reading promotions: one at Altegio now, the ones that were deleted, the chain's words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from loyalty_admin.altegio import promotions as api
from loyalty_admin.altegio.errors import NotFound, UnreadableAnswer
from loyalty_admin.altegio.promotion_kinds import Item
from loyalty_admin.altegio.promotions import Promotion
from loyalty_admin.audit import history
from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.services import (
    CARD_TYPES,
    CATEGORIES,
    TEMPLATES,
    ChainContext,
    kept_card_types,
    kept_categories,
    learn,
    locations,
)
from loyalty_admin.promotions import listing
from loyalty_admin.promotions.words import Words

# So many locations tell beside a write what there is: asking all of a large chain would leave no
# time for the write itself.
ENOUGH_LOCATIONS = 3


def words_for(ctx: ChainContext, items: Iterable[Item] = ()) -> Words:
    """The words that this chain has, its currency, and titles that come with a promotion."""
    services: dict[int, str] = {}
    products: dict[int, str] = {}
    for item in items:
        if item.title:
            (services if item.is_service else products)[item.id] = item.title
    for category in kept_categories(ctx):
        services[category.id] = category.title
        services |= {service.id: service.title for service in category.services}
    return Words(
        locations={location.id: location.title for location in locations(ctx)},
        services=services,
        products=products,
        card_types={one.id: one.title for one in kept_card_types(ctx) or ()},
        currency=ctx.currency,
    )


def learn_words(ctx: ChainContext) -> None:
    """So that services and card types have names, and messages texts; without them they are
    called by their numbers and sizes."""
    learn(ctx, CATEGORIES, CARD_TYPES, TEMPLATES)


def read_promotion(*, ctx: ChainContext, promotion_id: int) -> Promotion:
    """The promotion as it is at Altegio now, whole. Raises NotFound also for another chain's."""
    try:
        read = api.read_promotion(ctx.transport(), ctx.id, promotion_id)
    except NotFound:
        kept = listing.kept(ctx)
        if kept is not None and promotion_id in kept.rows:
            listing.show_no_more(ctx, promotion_id)  # deleted at Altegio since
        raise
    if read.chain_id not in (None, ctx.id):
        raise NotFound(status=404)
    return read


def read_back(*, ctx: ChainContext, promotion_id: int) -> Promotion:
    """The same after a write: what it does not say is no fact. Raises UnreadableAnswer."""
    read = read_promotion(ctx=ctx, promotion_id=promotion_id)
    if read.unreadable:
        raise UnreadableAnswer(f"a promotion without {', '.join(read.unreadable)}")
    return read


def read_listed(
    ctx: ChainContext, promotion_id: int, *, reported_in: Iterable[int]
) -> Promotion | None:
    """The promotion, unless it is deleted: no source says whether a deleted one is still read by
    its id.

    `reported_in`: locations that reported it before; that none of the first does any more tells
    that it is gone. Raises AltegioError where it cannot be told.
    """
    try:
        read = read_promotion(ctx=ctx, promotion_id=promotion_id)
    except NotFound:
        return None
    before = tuple(reported_in)
    asked = (before or read.terms.location_ids)[:ENOUGH_LOCATIONS]
    listed = api.list_of_chain(ctx.transport(), ctx.id, asked)
    if promotion_id in listed.location_ids:
        return read
    for failure in listed.failures.values():
        raise failure
    if not before:
        raise UnreadableAnswer("a promotion that no location ever reported is still read")
    return None


@dataclass(frozen=True, kw_only=True)
class Reported:
    """Promotions as the locations `asked_in` reported them."""

    promotions: tuple[Promotion, ...]
    asked_in: tuple[int, ...]


def reported(ctx: ChainContext, location_ids: Iterable[int]) -> Reported:
    """Those in the first of these locations, but for locations that give nothing.

    Raises AltegioError where none answers.
    """
    asked = tuple(location_ids)[:ENOUGH_LOCATIONS]
    listed = api.list_of_chain(ctx.transport(), ctx.id, asked)
    if len(listed.failures) == len(asked):
        for failure in listed.failures.values():
            raise failure
    return Reported(
        promotions=listed.promotions,
        asked_in=tuple(one for one in asked if one not in listed.failures),
    )


def new_promotions(ctx: ChainContext, entry: Entry) -> list[Promotion]:
    """Promotions that may have come of the entry: of its title, and not known before it.

    Raises AltegioError where a location that was asked before it is silent now.
    """
    not_new = {*entry.asked["known_ids"], *history.claimed_ids(entry)}
    found = reported(ctx, entry.asked["asked_in"])
    if len(found.asked_in) < len(entry.asked["asked_in"]):
        raise UnreadableAnswer("a location did not say which promotions it has")
    title = entry.object_title.strip()
    return [
        one
        for one in found.promotions
        if one.id not in not_new and one.terms.title.strip() == title
    ]


def deletions(ctx: ChainContext) -> QuerySet[Entry]:
    """Deletions by this dashboard that nothing has made good yet, newest first."""
    return history.deletions(ctx, "promotion.deleted")


def last_known(deletion: Entry) -> Promotion:
    """The deleted promotion as it was just before."""
    return Promotion.from_api(deletion.copy)


def made_again_as(ctx: ChainContext, promotion_id: int) -> int | None:
    """The number of the promotion that was made again of a deleted one."""
    return history.result_of(ctx, "promotion.recreated", promotion_id)
