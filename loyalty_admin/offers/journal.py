"""How writes end in the journal, and how unknown ones are settled: what every slice does alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from loyalty_admin.altegio.errors import AltegioError
from loyalty_admin.audit import history, kinds, settling
from loyalty_admin.audit import services as audit
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.offers.outcomes import Written

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# Somebody is waiting who has waited for the write itself already.
SECONDS_TO_SETTLE = 4.0


def begin_to_make_good(deletion: Entry, begin: Callable[[], Entry]) -> Entry:
    """Begin what makes the deletion good, unless another write did so, or still may have.

    Raises AlreadySubmitted, after waiting for the other one's result.
    """
    with transaction.atomic():
        # Whoever comes second waits here until the first one's intent is written down.
        Entry.objects.select_for_update().get(pk=deletion.pk)
        other = deletion.follow_ups.exclude(outcome=Outcome.REFUSED).first()
        if other is None:
            return begin()
    audit.check_not_submitted(other.submission)
    raise AssertionError("what was begun stands in the journal")


def settled_now(
    ctx: ChainContext,
    entry: Entry,
    settle: Callable[[Entry, ChainContext], kinds.Settled],
    note_write: Callable[[ChainContext], None],
) -> Written[Any]:
    """Read back at once; when that fails as well, the outcome stays unknown."""
    try:
        settle(entry, replace(ctx, timeout=min(SECONDS_TO_SETTLE, settings.ALTEGIO_TIMEOUT)))
    except AltegioError:
        note_write(ctx)
    return Written(entry=entry)


def settle_edit[Terms: DataclassInstance](
    entry: Entry,
    terms: Terms,
    *,
    load: Callable[[dict[str, Any]], dict[str, Any]],
    differing: Callable[[Terms, Terms], list[str]],
    finish: Callable[[Terms], None],
) -> kinds.Settled:
    """An edit, by the terms that were read back: done where any of it took.

    `finish` is given the terms as they were asked for. Where none took and the terms are not as
    they were before either, or the journal knows of a later edit of the same, somebody has changed
    them since: then nobody can tell.
    """
    asked = load(entry.asked["terms"])
    target = replace(terms, **asked)
    if not asked or asked.keys() - set(differing(target, terms)):
        finish(target)
        return kinds.Settled(entry=entry)
    before = replace(terms, **load(entry.asked.get("before", {})))
    if differing(before, terms) or is_edited_since(entry):
        return kinds.Settled(entry=entry)
    return not_seen(entry)


def is_edited_since(entry: Entry) -> bool:
    """Whether a later edit may have brought back what the entry had changed."""
    asked = {*entry.asked["terms"]}
    return any(asked & {*later.asked.get("terms", ())} for later in history.later_changes(entry))


def is_perhaps_undone(entry: Entry, undone_by: str) -> bool:
    """Whether the opposite was done since, or may have been: reading tells nothing then."""
    return history.later_changes(entry).filter(action=undone_by).exists()


def settle_undone(entry: Entry, undone_by: str) -> bool:
    """Settle what the journal knows to have been undone since: only what had been carried out can
    be undone, whatever is there now. False where it does not know: also where the same was asked
    for once more before, which may be what was undone."""
    since = history.later_changes(entry).filter(action__in=[entry.action, undone_by])
    first = since.order_by("pk").values_list("action", "outcome").first()
    if first != (undone_by, Outcome.DONE):
        return False
    audit.finish(entry, Outcome.DONE, reason=_("It was undone since, so it was carried out."))
    return True


def not_seen_made(entry: Entry) -> kinds.Settled:
    """The same of something that the entry would have made, which is looked for by its title.

    Where that may have been changed since, reading tells nothing, and a person has the say.
    """
    if history.is_perhaps_changed_since(entry):
        return kinds.Settled(entry=entry)
    return not_seen(entry)


def not_seen(entry: Entry) -> kinds.Settled:
    """Reading back does not show it: final only when Altegio has ended its work on it.

    Long after it that is no proof: at Altegio itself it may have been undone.
    """
    if settling.is_final(entry):
        reason = _("Reading back showed that Altegio did not carry it out. Nothing was changed.")
        if not settling.is_recent(entry):
            reason = _(
                "Reading back shows nothing of it: Altegio did not carry it out, or somebody undid "
                "it there since."
            )
        audit.finish(entry, Outcome.REFUSED, reason=reason)
    return kinds.Settled(entry=entry)
