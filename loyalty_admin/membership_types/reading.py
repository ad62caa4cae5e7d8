"""Reading membership types: one at Altegio now, the ones that were deleted, the chain's words."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import QuerySet

from loyalty_admin.altegio import membership_types as api
from loyalty_admin.altegio.errors import NotFound, UnreadableAnswer
from loyalty_admin.altegio.membership_types import MembershipType
from loyalty_admin.audit import history
from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.services import ChainContext, locations
from loyalty_admin.membership_types import actions, listing
from loyalty_admin.membership_types.words import Words


def words_for(ctx: ChainContext, item: MembershipType | None = None) -> Words:
    """The words that this chain has for activations and locations, and its currency; `item` is
    a type that was just read, whose own word for its activation counts first."""
    kept = listing.kept(ctx)
    activations = listing.activation_titles(kept.rows.values()) if kept else {}
    if item and item.activation_title:
        activations[item.terms.activation] = item.activation_title
    return replace(row_words_for(ctx), activations=activations)


def row_words_for(ctx: ChainContext) -> Words:
    """The same without activations, which no row of the list says."""
    return Words(
        locations={location.id: location.title for location in locations(ctx)},
        currency=ctx.currency,
    )


def read_membership_type(*, ctx: ChainContext, type_id: int) -> MembershipType:
    """The type as it is at Altegio now. Raises NotFound also for another chain's type."""
    read = api.read_type(ctx.transport(), ctx.id, type_id)
    if read.chain_id not in (None, ctx.id):
        raise NotFound(status=404)
    return read


def read_listed(ctx: ChainContext, type_id: int) -> MembershipType | None:
    """The type, if it is not deleted: deleted ones still answer by id, only the list tells."""
    try:
        read = read_membership_type(ctx=ctx, type_id=type_id)
    except NotFound:
        return None
    # By its present title: it may have got another one at Altegio.
    listed = _listed(ctx, read.terms.title.strip())
    return read if any(item.id == type_id for item in listed) else None


def known_ids(ctx: ChainContext, title: str) -> list[int]:
    """Types that carry the title now, so that a new one can be told from them.

    Asked at Altegio: a type that somebody made there since the list was kept is none of ours.
    """
    return [item.id for item in _titled(ctx, title)]


def _titled(ctx: ChainContext, title: str) -> list[MembershipType]:
    """Types of the title, also where it was cut to make room for a clone's number."""
    start = title.strip()[:200]
    return [item for item in _listed(ctx, start) if item.terms.title.strip().startswith(start)]


def _listed(ctx: ChainContext, title: str) -> tuple[MembershipType, ...]:
    """Raises UnreadableAnswer for a list with gaps: what it lacks may be there all the same."""
    listed = api.list_all(ctx.transport(), ctx.id, title=title)
    if not listed.is_complete:
        raise UnreadableAnswer("fewer membership types than counted")
    return listed.types


def new_types(ctx: ChainContext, entry: Entry) -> list[MembershipType]:
    """Types that may have come of the entry: of its title, and not known before it."""
    not_new = {*entry.asked["known_ids"], *history.claimed_ids(entry)}
    title = entry.object_title.strip()
    exact = entry.action != actions.CLONED  # a clone gets a number behind its title
    return [
        item
        for item in _titled(ctx, title)
        if item.id not in not_new and not (exact and item.terms.title.strip() != title)
    ]


def deletions(ctx: ChainContext) -> QuerySet[Entry]:
    """Deletions by this dashboard that nothing has made good yet, newest first."""
    return history.deletions(ctx, actions.DELETED)


def deletion_of(ctx: ChainContext, type_id: int) -> Entry | None:
    """The deletion that stands: Altegio still shows a deleted type by its number.

    One that Altegio lists again was restored there, whatever the journal knows.
    """
    kept = listing.kept(ctx)
    if kept is not None and type_id in kept.rows:
        return None
    return deletions(ctx).filter(object_id=type_id).first()


def last_known(deletion: Entry) -> MembershipType:
    """The deleted type as it was just before."""
    return MembershipType.from_api(deletion.copy)
