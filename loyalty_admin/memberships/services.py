"""Changing sold memberships: read first, write down, send once, read back."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils.translation import gettext as _

from loyalty_admin.altegio import memberships as api
from loyalty_admin.altegio.errors import NotFound, OutcomeUnknown
from loyalty_admin.altegio.memberships import Membership
from loyalty_admin.audit import services as audit
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.memberships import actions, journal, words
from loyalty_admin.memberships.changes import Wanted
from loyalty_admin.offers.outcomes import Written
from loyalty_admin.offers.stale import CannotWrite


class ChangedMeanwhile(Exception):
    """Nothing was sent: the membership is not as the person saw it any more."""

    def __init__(self, membership: Membership) -> None:
        super().__init__(membership.id)
        self.membership = membership


def read_membership(*, ctx: ChainContext, membership_id: int) -> Membership:
    """The membership as it is at Altegio now. Raises NotFound also for another chain's."""
    read = api.read_membership(ctx.transport(), ctx.id, membership_id)
    if read.chain_id not in (None, ctx.id):
        raise NotFound(status=404)
    return read


def state_of(membership: Membership, action: str) -> str:
    """What a person decides such a change by, to tell later whether it is still so: of a balance
    the visits left, else the rest. A visit is no reason not to freeze."""
    state: tuple[Any, ...] = (
        membership.status,
        membership.is_frozen,
        membership.frozen_days,
        membership.period,
        membership.period_unit,
        membership.activated_at and membership.activated_at.timestamp(),
        membership.expires_at and membership.expires_at.timestamp(),
    )
    if action == actions.BALANCE_SET:
        rows = [(row.id, row.left, row.is_unlimited) for row in membership.balances]
        state = membership.pool_left, rows
    return hashlib.sha256(repr(state).encode()).hexdigest()


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
        asked={"change": wanted.dump(), "before": state_of(fresh, wanted.action)},
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
