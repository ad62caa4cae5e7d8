"""Deleting with a full copy kept, and having Altegio bring a deleted type back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from loyalty_admin.altegio import membership_types as api
from loyalty_admin.altegio.errors import OutcomeUnknown, Refused
from loyalty_admin.altegio.membership_types import MembershipType
from loyalty_admin.audit import services as audit
from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.membership_types import actions, journal, reading
from loyalty_admin.offers.journal import begin_to_make_good
from loyalty_admin.offers.outcomes import Written


def delete_membership_type(
    *, ctx: ChainContext, type_id: int, form_id: str
) -> Written[MembershipType]:
    """Delete it, keeping a full copy. Raises AlreadySubmitted, AltegioError."""
    submission = audit.submission_of(
        ctx, form_id=form_id, action=actions.DELETED, object_id=type_id
    )
    audit.check_not_submitted(submission)
    read = reading.read_membership_type(ctx=ctx, type_id=type_id)
    entry = audit.begin(
        ctx,
        submission=submission,
        action=actions.DELETED,
        object_id=type_id,
        object_title=read.terms.title,
        copy=dict(read.raw),
    )
    transport = ctx.transport()
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


def restore_membership_type(
    *, ctx: ChainContext, deletion: Entry, title: str, form_id: str
) -> Written[MembershipType]:
    """Have Altegio bring a deleted type back. Raises AlreadySubmitted, AltegioError."""
    type_id = deletion.object_id
    assert type_id is not None
    submission = audit.submission_of(
        ctx, form_id=form_id, action=actions.RESTORED, object_id=type_id
    )
    audit.check_not_submitted(submission)
    # Before the intent: without a usable token there is nothing to write down.
    transport = ctx.transport()
    entry = begin_to_make_good(
        deletion,
        lambda: audit.begin(
            ctx,
            submission=submission,
            action=actions.RESTORED,
            object_id=type_id,
            object_title=title,
            asked={"title": title},
            origin=deletion,
        ),
    )
    try:
        with audit.journaled(entry):
            audit.send(
                entry,
                _("POST to restore"),
                lambda: api.restore_type(transport, ctx.id, type_id, title),
            )
            with audit.reading_back():
                read = reading.read_listed(ctx, type_id)
            if read is None:
                raise Refused(_("Altegio accepted the request, but does not list the type."))
    except OutcomeUnknown:
        return journal.settled_now(ctx, entry)
    journal.finish_done(ctx, entry, None, read)
    return Written(entry=entry, item=read)
