"""Deleting with a full copy kept, and making a deleted type again from it."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from loyalty_admin.altegio import gift_card_types as api
from loyalty_admin.altegio.errors import OutcomeUnknown, Refused
from loyalty_admin.altegio.gift_card_types import GiftCardType
from loyalty_admin.audit import services as audit
from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.gift_card_types import actions, journal, reading, services
from loyalty_admin.offers.outcomes import Written
from loyalty_admin.offers.stale import CannotWrite


def delete_gift_card_type(
    *, ctx: ChainContext, type_id: int, form_id: str
) -> Written[GiftCardType]:
    """Delete it, keeping a full copy. Raises CannotWrite, AlreadySubmitted, AltegioError."""
    submission = audit.submission_of(
        ctx, form_id=form_id, action=actions.DELETED, object_id=type_id
    )
    audit.check_not_submitted(submission)
    try:
        read = reading.read_gift_card_type(ctx=ctx, type_id=type_id)
    finally:
        # That it is gone may be the work of the same form, sent twice.
        audit.check_not_submitted(submission)
    if read.issued:
        raise CannotWrite(services.IS_ISSUED)
    transport = ctx.transport()
    entry = audit.begin(
        ctx,
        submission=submission,
        action=actions.DELETED,
        object_id=type_id,
        object_title=read.terms.title,
        copy=dict(read.raw),
    )
    try:
        with audit.journaled(entry):
            audit.send(entry, "DELETE", lambda: api.delete_type(transport, ctx.id, type_id))
            with audit.reading_back():
                still_there = reading.read_listed(ctx, type_id)
            if still_there is not None:
                raise Refused(_("Altegio accepted the request, but still lists the type."))
    except OutcomeUnknown:
        return journal.settled_now(ctx, entry)
    journal.finish_deleted(ctx, entry, type_id)
    return Written(entry=entry)


def restore_gift_card_type(
    *, ctx: ChainContext, deletion: Entry, title: str, form_id: str
) -> Written[GiftCardType]:
    """Make the deleted type again from its last known copy; it gets a new number.

    Raises CannotWrite, AlreadySubmitted, AltegioError.
    """
    copy = reading.last_known(deletion)
    if copy.unreadable:
        raise CannotWrite(
            _("The copy does not say what was set for: %(fields)s. Nothing was sent.")
            % {"fields": services.unreadable_labels(copy)}
        )
    terms = replace(copy.terms, title=title)
    return services.create_gift_card_type(ctx=ctx, form_id=form_id, terms=terms, origin=deletion)
