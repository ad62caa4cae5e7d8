"""How a change of a sold membership ends in the journal, and how an unknown one is settled."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext as _

from loyalty_admin.altegio.memberships import Membership
from loyalty_admin.audit import history, kinds, settling
from loyalty_admin.audit import services as audit
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.audit.services import Kept
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.memberships import actions, reading, words
from loyalty_admin.memberships.changes import Wanted, load

OPPOSITE = {actions.FROZEN: actions.UNFROZEN, actions.UNFROZEN: actions.FROZEN}


def finish_done(entry: Entry, wanted: Wanted, read: Membership) -> None:
    """Written down as done, with what Altegio did otherwise than asked or than was shown before."""
    audit.finish(
        entry,
        Outcome.DONE,
        kept=wanted.missed(read) or _other_expiry(entry, read),
        result_id=read.id,
        result_title=words.code(read),
    )


def _other_expiry(entry: Entry, read: Membership) -> list[Kept]:
    """When it ends is reckoned here before, and by Altegio in its own way."""
    shown, ends = entry.asked.get("expires", ""), words.expiry(read)
    return (
        [{"field": _("Expires"), "asked": shown, "kept": ends}] if shown not in ("", ends) else []
    )


def look(entry: Entry, ctx: ChainContext) -> kinds.Evidence:
    """What became of an unknown change, by reading alone. Raises AltegioError."""
    assert entry.object_id is not None
    read = reading.read_membership(ctx=ctx, membership_id=entry.object_id)
    wanted = load(entry.action, entry.asked["change"])
    took = not wanted.missed(read)
    return kinds.Evidence(
        took=took,
        is_as_before=not took and _is_as_it_was(entry, wanted, read),
        finish=partial(finish_done, entry, wanted, read),
    )


def _is_as_it_was(entry: Entry, wanted: Wanted, read: Membership) -> bool:
    """Whether what is there now was never otherwise, as far as reading and the audit log tell."""
    if reading.state_of(read, entry.action) != entry.asked["before"]:
        return False
    if wanted.wears_off(read) and not settling.is_recent(entry):
        return False
    since = history.later_changes(entry)
    if entry.action == actions.BALANCE_SET:
        return not since.filter(action=actions.BALANCE_SET).exists()
    return not since.exclude(action=actions.BALANCE_SET).exists()


def again_url(entry: Entry) -> str:
    """No form of a change is filled from the audit log: the membership has moved on."""
    return ""
