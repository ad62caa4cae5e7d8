"""Archiving in this dashboard, and taking a type off online sale at Altegio with it."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from django.utils.translation import gettext as _

from loyalty_admin.altegio.errors import Refused
from loyalty_admin.altegio.gift_card_types import GiftCardType
from loyalty_admin.audit import history
from loyalty_admin.audit.errors import CannotWrite
from loyalty_admin.audit.guard import Intent, Sender, Unchanged, Written, perform
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.catalog import writes
from loyalty_admin.catalog.resource import Resource
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.gift_card_types import archive, locks, reading

ARCHIVED, UNARCHIVED = "gift_card_type.archived", "gift_card_type.unarchived"
OPPOSITE = {ARCHIVED: UNARCHIVED, UNARCHIVED: ARCHIVED}


class SaleChoice(Enum):
    """What the person was told, and chose, about the online sale."""

    NONE = ""
    SALE_TOO = "sale"
    ONLY_HERE = "only"


class SaleChoiceRequired(Exception):
    """Nothing was sent: it would change the online sale too, and the person was not told."""


def takes_off_sale(item: GiftCardType) -> bool:
    """Whether archiving also ends its online sale: Altegio must still let it be changed."""
    return item.terms.online_sale and _may_be_put(item)


def puts_on_sale(ctx: ChainContext, item: GiftCardType) -> bool:
    """Whether unarchiving also begins the online sale again that archiving had ended."""
    here = archive.archived_here(ctx, item.id)
    return bool(here and here.took_off_sale) and not item.terms.online_sale and _may_be_put(item)


def _may_be_put(item: GiftCardType) -> bool:
    return not item.issued and not item.is_archived


def switch(
    resource: Resource,
    ctx: ChainContext,
    type_id: int,
    *,
    form_id: str,
    archived: bool,
    choice: SaleChoice,
) -> Written[GiftCardType]:
    """Hide it from everybody here or show it again, and end its online sale or begin it again
    where the person chose that.

    Raises SaleChoiceRequired, CannotWrite, AlreadySubmitted, AltegioError.
    """

    def prepare() -> Intent[GiftCardType] | Unchanged[GiftCardType]:
        read = reading.read_gift_card_type(ctx=ctx, type_id=type_id)
        if read.is_archived and not archived:
            raise CannotWrite(locks.IS_ARCHIVED_BY_ALTEGIO)
        if read.is_archived or bool(archive.archived_here(ctx, type_id)) == archived:
            resource.lists.show(ctx, read)
            return Unchanged(read)
        changes_sale = takes_off_sale(read) if archived else puts_on_sale(ctx, read)
        if changes_sale and choice is SaleChoice.NONE:
            # The list that it was chosen from did not know it.
            resource.lists.show(ctx, read)
            raise SaleChoiceRequired
        changes_sale = changes_sale and choice is SaleChoice.SALE_TOO
        if changes_sale and (reason := writes.why_unreadable(resource, read)):
            raise CannotWrite(reason)
        target = replace(read.terms, online_sale=not archived) if changes_sale else read.terms
        names = ["online_sale"] if changes_sale else []

        def send(send: Sender) -> GiftCardType:
            if not changes_sale:
                return read
            after = resource.send_update(ctx, send, read, target)
            assert isinstance(after, GiftCardType)
            if after.terms.online_sale == archived:
                resource.lists.show(ctx, after)
                raise Refused(_("Altegio accepted the request, but the type is as it was."))
            return after

        return Intent(
            title=read.terms.title,
            changes=writes.changes(resource, ctx, read, target, names),
            asked={"terms": resource.schema.dump(target, names)},
            copy=dict(read.raw),
            send=send,
            done=lambda entry, after: writes.finish_done(resource, ctx, entry, target, after),
        )

    return perform(
        ctx,
        action=ARCHIVED if archived else UNARCHIVED,
        object_id=type_id,
        form_id=form_id,
        prepare=prepare,
    )


def on_done(ctx: ChainContext, entry: Entry, item: GiftCardType | None) -> None:
    """Keep this dashboard's archive as the entry left it; `item` is None where it was deleted."""
    if entry.object_id is None:
        return
    if item is None:
        archive.take_out(ctx, entry.object_id)
    elif entry.action in OPPOSITE and not _is_undone(entry):
        if entry.action == ARCHIVED:
            ended = bool(entry.changes) or _may_have_ended_sale(entry)
            archive.put_away(ctx, item.id, took_off_sale=ended and not item.terms.online_sale)
        else:
            archive.take_out(ctx, item.id)


def _is_undone(entry: Entry) -> bool:
    """Whether somebody did the opposite before it was known what became of the entry."""
    undone = history.later_changes(entry).filter(action=OPPOSITE[entry.action])
    return undone.filter(outcome=Outcome.DONE).exists()


def _may_have_ended_sale(entry: Entry) -> bool:
    """Whether an archiving before it, of which nobody knows the outcome, ended the online sale."""
    found = Entry.objects.filter(
        pk__lt=entry.pk,
        api_url=entry.api_url,
        chain_id=entry.chain_id,
        object_id=entry.object_id,
        action=ARCHIVED,
        outcome=Outcome.UNKNOWN,
    )
    return any(earlier.changes for earlier in found)
