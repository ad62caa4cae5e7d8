"""Changing sold memberships: read first, write down, send once, read back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from loyalty_admin.altegio.errors import OutcomeUnknown
from loyalty_admin.altegio.memberships import Membership
from loyalty_admin.audit import services as audit
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.memberships import journal, words
from loyalty_admin.memberships.changes import Wanted
from loyalty_admin.memberships.reading import read_membership, state_of
from loyalty_admin.offers.outcomes import Written
from loyalty_admin.offers.stale import CannotWrite


class ChangedMeanwhile(Exception):
    """Nothing was sent: the membership is not as the person saw it any more."""

    def __init__(self, membership: Membership) -> None:
        super().__init__(membership.id)
        self.membership = membership


def change_membership(
    *,
    ctx: ChainContext,
    membership_id: int,
    wanted: Wanted,
    seen: str,
    form_id: str,
    note: str = "",
) -> Written[Membership]:
    """Carry the change out where the membership is still as `seen` (a `state_of`).

    Raises ChangedMeanwhile and CannotWrite before anything is sent, AlreadySubmitted, AltegioError.
    """
    submission = audit.submission_of(
        ctx, form_id=form_id, action=wanted.action, object_id=membership_id
    )
    audit.check_not_submitted(submission)
    fresh = read_membership(ctx=ctx, membership_id=membership_id)
    # What was read may be the work of the same form, sent twice.
    audit.check_not_submitted(submission)
    if state_of(fresh, wanted.action) != seen:
        raise ChangedMeanwhile(fresh)
    if reason := wanted.why_not(fresh):
        raise CannotWrite(_("%(reason)s Nothing was sent.") % {"reason": reason})
    transport = ctx.transport()
    entry = audit.begin(
        ctx,
        submission=submission,
        action=wanted.action,
        object_id=membership_id,
        object_title=words.code(fresh),
        changes=wanted.changes(fresh),
        asked={
            "change": wanted.dump(),
            "before": state_of(fresh, wanted.action),
            "expires": wanted.expiry_after(fresh),
        },
        note=note,
    )
    try:
        with audit.journaled(entry):
            audit.send(entry, "POST", lambda: wanted.send(transport, ctx.id, membership_id))
            with audit.reading_back():
                read = read_membership(ctx=ctx, membership_id=membership_id)
    except OutcomeUnknown:
        return journal.settled_now(ctx, entry)
    journal.finish_done(entry, wanted, read)
    return Written(entry=entry, item=read)
