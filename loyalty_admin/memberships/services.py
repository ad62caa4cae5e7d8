"""Changing sold memberships: read first, write down, send once, read back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from loyalty_admin.altegio.memberships import Membership
from loyalty_admin.audit.errors import CannotWrite
from loyalty_admin.audit.guard import Intent, Sender, Written, perform, reading_back
from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.memberships import journal, words
from loyalty_admin.memberships.changes import Wanted
from loyalty_admin.memberships.reading import read_membership, state_of


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

    def prepare() -> Intent[Membership]:
        fresh = read_membership(ctx=ctx, membership_id=membership_id)
        if state_of(fresh, wanted.action) != seen:
            raise ChangedMeanwhile(fresh)
        if reason := wanted.why_not(fresh):
            raise CannotWrite(_("%(reason)s Nothing was sent.") % {"reason": reason})

        def send(send: Sender) -> Membership:
            wanted.send(send, ctx.id, membership_id)
            with reading_back():
                return read_membership(ctx=ctx, membership_id=membership_id)

        def done(entry: Entry, read: Membership | None) -> None:
            assert read is not None
            journal.finish_done(entry, wanted, read)

        return Intent(
            title=words.code(fresh),
            changes=wanted.changes(fresh),
            asked={
                "change": wanted.dump(),
                "before": state_of(fresh, wanted.action),
                "expires": wanted.expiry_after(fresh),
            },
            send=send,
            done=done,
        )

    return perform(
        ctx,
        action=wanted.action,
        object_id=membership_id,
        form_id=form_id,
        note=note,
        prepare=prepare,
    )
