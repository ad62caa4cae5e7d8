"""Reading membership types: one at Altegio now, the ones that were deleted, the chain's words."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import QuerySet

from loyalty_admin.altegio import membership_types as api
from loyalty_admin.altegio.errors import NotFound
from loyalty_admin.altegio.membership_types import MembershipType
from loyalty_admin.audit import history
from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.services import ChainContext, locations
from loyalty_admin.membership_types import listing
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


def deletions(ctx: ChainContext) -> QuerySet[Entry]:
    """Deletions by this dashboard that nothing has made good yet, newest first."""
    return history.deletions(ctx, "membership_type.deleted")


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
