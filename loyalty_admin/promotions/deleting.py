"""Deleting with a full copy kept."""

from __future__ import annotations

from django.utils.translation import gettext as _

from loyalty_admin.altegio import promotions as api
from loyalty_admin.altegio.errors import OutcomeUnknown, Refused
from loyalty_admin.altegio.promotions import Promotion
from loyalty_admin.audit import services as audit
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.offers.outcomes import Written
from loyalty_admin.promotions import actions, journal, listing, reading


def delete_promotion(*, ctx: ChainContext, promotion_id: int, form_id: str) -> Written[Promotion]:
    """Delete it, keeping a full copy. Raises AlreadySubmitted, AltegioError."""
    submission = audit.submission_of(
        ctx, form_id=form_id, action=actions.DELETED, object_id=promotion_id
    )
    audit.check_not_submitted(submission)
    try:
        read = reading.read_promotion(ctx=ctx, promotion_id=promotion_id)
    finally:
        # That it is gone may be the work of the same form, sent twice.
        audit.check_not_submitted(submission)
    transport = ctx.transport()
    reported_in = listing.reported_in(ctx, promotion_id)
    entry = audit.begin(
        ctx,
        submission=submission,
        action=actions.DELETED,
        object_id=promotion_id,
        object_title=read.terms.title,
        asked={"reported_in": list(reported_in)},
        copy=dict(read.raw),
    )
    try:
        with audit.journaled(entry):
            audit.send(
                entry, "DELETE", lambda: api.delete_promotion(transport, ctx.id, promotion_id)
            )
            with audit.reading_back():
                still_there = reading.is_there(ctx, promotion_id, reported_in=reported_in)
            if still_there:
                raise Refused(_("Altegio accepted the request, but still has the promotion."))
    except OutcomeUnknown:
        return journal.settled_now(ctx, entry)
    journal.finish_deleted(ctx, entry, promotion_id)
    return Written(entry=entry)
