"""Unknown outcomes are settled by reading back, never by sending again."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty_admin.audit.kinds import Settled, kind_of
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.audit.services import finish
from loyalty_admin.chains.services import ChainContext

# Without an answer Altegio may still be at work: until then "not there" proves nothing.
STILL_AT_WORK = timedelta(seconds=60)


def settle(entry: Entry, ctx: ChainContext) -> Settled:
    """Read back and write the outcome down where it is now known. Raises AltegioError."""
    kind = kind_of(entry)
    if kind is None or entry.outcome != Outcome.UNKNOWN:
        return Settled(entry=entry)
    return kind.settle(entry, ctx)


def decide(entry: Entry, ctx: ChainContext, object_id: int) -> None:
    """A person says which candidate it is. Raises AltegioError; ValueError for none of them."""
    candidates = settle(entry, ctx).candidates
    entry.refresh_from_db()  # somebody else may have decided meanwhile
    kind = kind_of(entry)
    if kind is None or entry.outcome != Outcome.UNKNOWN:
        return
    if object_id not in {candidate.id for candidate in candidates}:
        raise ValueError("not one of the objects that this write may have made")
    kind.decide(entry, ctx, object_id)


def close(entry: Entry, ctx: ChainContext, *, carried_out: bool) -> None:
    """The person looked at Altegio themselves and says what became of it.

    ValueError where that is "not carried out" while Altegio may still be at work on it.
    """
    if entry.outcome != Outcome.UNKNOWN:
        return
    if carried_out:
        said = _("%(person)s looked at Altegio: it was carried out.") % {"person": ctx.person}
        finish(entry, Outcome.DONE, reason=said)
        return
    if not is_final(entry):
        raise ValueError("too early to say that it will not be carried out")
    said = _("%(person)s looked at Altegio: it was not carried out.") % {"person": ctx.person}
    finish(entry, Outcome.REFUSED, reason=said)


def is_final(entry: Entry) -> bool:
    """Whether Altegio has certainly ended its work on an entry's last request."""
    return bool(entry.asked.get("answered")) or not is_recent(entry)


def is_recent(entry: Entry) -> bool:
    """Whether it was begun just now."""
    return timezone.now() - entry.started_at <= STILL_AT_WORK
