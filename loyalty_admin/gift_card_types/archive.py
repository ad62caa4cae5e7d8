"""What this dashboard hides: an archive of its own, because Altegio has none for gift cards."""

from __future__ import annotations

from django.db.models import QuerySet

from loyalty_admin.chains.services import ChainContext
from loyalty_admin.gift_card_types.models import ArchivedType


def archived(ctx: ChainContext) -> QuerySet[ArchivedType]:
    """What is archived here, in the chain; for everybody who reaches it."""
    return ArchivedType.objects.filter(api_url=ctx.connection.api_url, chain_id=ctx.id)


def archived_here(ctx: ChainContext, type_id: int) -> ArchivedType | None:
    """How the type was archived in this dashboard; None where it was not."""
    return archived(ctx).filter(type_id=type_id).first()


def put_away(ctx: ChainContext, type_id: int, *, took_off_sale: bool) -> None:
    """Archived twice, it is still known that the first time took it off online sale."""
    away, _made = ArchivedType.objects.get_or_create(
        api_url=ctx.connection.api_url, chain_id=ctx.id, type_id=type_id
    )
    if took_off_sale and not away.took_off_sale:
        archived(ctx).filter(type_id=type_id).update(took_off_sale=True)


def take_out(ctx: ChainContext, type_id: int) -> None:
    archived(ctx).filter(type_id=type_id).delete()
