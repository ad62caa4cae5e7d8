"""Unknown outcomes are settled by reading back, never by sending again.

Each kind supplies the evidence; here it is decided what the evidence proves. What another entry of
ours explains is credited to neither: a person decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from loyalty_admin.audit import history
from loyalty_admin.audit.kinds import Candidate, Evidence, Kind, kind_of
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.audit.services import finish
from loyalty_admin.chains.services import ChainContext

# Without an answer Altegio may still be at work: until then "not there" proves nothing.
STILL_AT_WORK = timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What reading back showed. Several `candidates`: the person decides which one it is."""

    entry: Entry
    candidates: tuple[Candidate, ...] = ()


def settle(entry: Entry, ctx: ChainContext) -> Settled:
    """Read back and end the entry where its outcome is now known. Raises AltegioError."""
    kind = kind_of(entry)
    if kind is None or entry.outcome != Outcome.UNKNOWN:
        return Settled(entry=entry)
    if history.is_undone(entry, kind.opposites.get(entry.action, "")):
        # Only what had been carried out can be undone, whatever is there now.
        finish(entry, Outcome.DONE, reason=_("It was undone since, so it was carried out."))
        return Settled(entry=entry)
    evidence = kind.look(entry, ctx)
    if evidence.candidates is not None:
        return _settle_creation(entry, ctx, kind, evidence, evidence.candidates)
    if evidence.took:
        _credit(entry, evidence)
    elif evidence.is_as_before and not history.may_be_undone(
        entry, kind.opposites.get(entry.action, "")
    ):
        _refuse(entry)
    return Settled(entry=entry)


def _credit(entry: Entry, evidence: Evidence) -> None:
    other = history.explained_by(entry, evidence.took_terms)
    if other is None:
        evidence.finish()
        return
    entry.reason = _("Not confirmed: a change by %(person)s may have done this (entry %(id)s).") % {
        "person": other.person_name,
        "id": other.pk,
    }
    entry.save(update_fields=["reason"])


def _settle_creation(
    entry: Entry,
    ctx: ChainContext,
    kind: Kind,
    evidence: Evidence,
    found: tuple[Candidate, ...],
) -> Settled:
    if len(found) == 1 and history.proves(entry, found[0].id):
        kind.finish_as(entry, ctx, found[0].id)
    elif not found and evidence.is_as_before and not history.is_perhaps_changed_since(entry):
        _refuse(entry)
    return Settled(entry=entry, candidates=found)


def _refuse(entry: Entry) -> None:
    """Reading back does not show it: final only when Altegio has ended its work on it.

    Long after it that is no proof: at Altegio itself it may have been undone.
    """
    if not is_final(entry):
        return
    reason = _("Reading back showed that Altegio did not carry it out. Nothing was changed.")
    if not is_recent(entry):
        reason = _(
            "Reading back shows nothing of it: Altegio did not carry it out, or somebody undid "
            "it there since."
        )
    finish(entry, Outcome.REFUSED, reason=reason)


def note_unknown(entry: Entry, ctx: ChainContext) -> None:
    """Let the kind's lists know that what is being read now may be old already."""
    kind = kind_of(entry)
    if kind is not None:
        kind.note_unknown(ctx)


def decide(entry: Entry, ctx: ChainContext, object_id: int) -> None:
    """A person says which candidate it is. Raises AltegioError; ValueError for none of them."""
    candidates = settle(entry, ctx).candidates
    entry.refresh_from_db()  # somebody else may have decided meanwhile
    kind = kind_of(entry)
    if kind is None or entry.outcome != Outcome.UNKNOWN:
        return
    if object_id not in {candidate.id for candidate in candidates}:
        raise ValueError("not one of the objects that this write may have made")
    kind.finish_as(entry, ctx, object_id)


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
    """Whether it was begun just now, by the clock of the database."""
    return Entry.objects.filter(pk=entry.pk, started_at__gte=Now() - STILL_AT_WORK).exists()
