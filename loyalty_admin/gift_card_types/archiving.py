"""Archiving in this dashboard, and taking a type off online sale at Altegio with it."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from django.utils.translation import gettext as _

from loyalty_admin.altegio.errors import OutcomeUnknown, Refused
from loyalty_admin.altegio.gift_card_types import GiftCardType
from loyalty_admin.audit import services as audit
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.gift_card_types import (
    actions,
    archive,
    journal,
    listing,
    reading,
    services,
    stored,
    words,
)
from loyalty_admin.offers.outcomes import Written
from loyalty_admin.offers.stale import CannotWrite


class Said(Enum):
    """What the person was told, and chose, about the online sale."""

    NOTHING = ""
    SALE_TOO = "sale"
    ONLY_HERE = "only"


class NotSaid(Exception):
    """Nothing was sent: it would change the online sale too, and the person was not told."""


def takes_off_sale(item: GiftCardType) -> bool:
    """Whether archiving also ends its online sale: Altegio must still let it be changed."""
    return item.terms.online_sale and _may_be_put(item)


def puts_on_sale(ctx: ChainContext, item: GiftCardType) -> bool:
    """Whether unarchiving also begins the online sale again that archiving had ended."""
    away = archive.archived_here(ctx, item.id)
    return bool(away and away.took_off_sale) and not item.terms.online_sale and _may_be_put(item)


def _may_be_put(item: GiftCardType) -> bool:
    return not item.issued and not item.is_archived


def archive_gift_card_type(
    *, ctx: ChainContext, type_id: int, form_id: str, said: Said
) -> Written[GiftCardType]:
    """Hide it from everybody here, and end its online sale where the person chose that.

    Raises NotSaid, CannotWrite, AlreadySubmitted, AltegioError.
    """
    return _switch(ctx, type_id, form_id, said, archived=True)


def unarchive_gift_card_type(
    *, ctx: ChainContext, type_id: int, form_id: str, said: Said
) -> Written[GiftCardType]:
    """Show it again, and put it back on sale online where the person chose that.

    Raises NotSaid, CannotWrite, AlreadySubmitted, AltegioError.
    """
    return _switch(ctx, type_id, form_id, said, archived=False)


def _switch(
    ctx: ChainContext, type_id: int, form_id: str, said: Said, *, archived: bool
) -> Written[GiftCardType]:
    action = actions.ARCHIVED if archived else actions.UNARCHIVED
    submission = audit.submission_of(ctx, form_id=form_id, action=action, object_id=type_id)
    audit.check_not_submitted(submission)
    read = reading.read_gift_card_type(ctx=ctx, type_id=type_id)
    # What was read may be the work of the same form, sent twice.
    audit.check_not_submitted(submission)
    away = archive.archived_here(ctx, type_id)
    if read.is_archived and not archived:
        raise CannotWrite(services.IS_ARCHIVED_BY_ALTEGIO)
    if read.is_archived or bool(away) == archived:
        listing.show_as_read(ctx, read)
        return Written(entry=None, item=read)
    switches = takes_off_sale(read) if archived else puts_on_sale(ctx, read)
    if switches and said is Said.NOTHING:
        # The list that it was chosen from did not know it.
        listing.show_as_read(ctx, read)
        raise NotSaid
    switches = switches and said is Said.SALE_TOO
    if switches:
        services.check_readable(read)
    target = replace(read.terms, online_sale=not archived) if switches else read.terms
    names = ["online_sale"] if switches else []
    entry = audit.begin(
        ctx,
        submission=submission,
        action=action,
        object_id=type_id,
        object_title=read.terms.title,
        changes=words.changes(reading.words_for(ctx), read.terms, target, names),
        asked={"terms": stored.dump(target, names)},
        copy=dict(read.raw),
    )
    if switches:
        try:
            with audit.journaled(entry):
                read = services.put(ctx, entry, read, target)
                if read.terms.online_sale == archived:
                    listing.show_as_read(ctx, read)
                    raise Refused(_("Altegio accepted the request, but the type is as it was."))
        except OutcomeUnknown:
            return journal.settled_now(ctx, entry)
    journal.finish_done(ctx, entry, target, read)
    return Written(entry=entry, item=read)
