"""How a write of a membership type ends in the journal, and how an unknown one is settled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.urls import reverse

from loyalty_admin.altegio.membership_terms import Terms, differing_terms, normal_services
from loyalty_admin.altegio.membership_types import MembershipType
from loyalty_admin.audit import kinds
from loyalty_admin.audit import services as audit
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.membership_types import actions, listing, reading, stored, words
from loyalty_admin.offers import journal
from loyalty_admin.offers.outcomes import Written

# What each leaves at Altegio is no more to be seen after the other.
UNDONE_BY = {
    actions.ARCHIVED: actions.UNARCHIVED,
    actions.UNARCHIVED: actions.ARCHIVED,
    actions.DELETED: actions.RESTORED,
    actions.RESTORED: actions.DELETED,
}


def finish_done(
    ctx: ChainContext, entry: Entry, target: Terms | None, read: MembershipType
) -> None:
    """Written down as done, with what Altegio kept; every list shows what was read back."""
    say = reading.words_for(ctx)
    differing = differing_terms(target, read.terms) if target else []
    # First, so that whoever waits for the outcome finds the list in order.
    listing.show_as_read(ctx, read)
    audit.finish(
        entry,
        Outcome.DONE,
        kept=[
            {
                "field": words.label(name),
                "asked": say.of(target, name) if target else "",
                "kept": say.of(read.terms, name),
            }
            for name in differing
        ],
        result_id=read.id,
        result_title=read.terms.title,
    )


def finish_deleted(ctx: ChainContext, entry: Entry, type_id: int) -> None:
    """Written down as done; no list shows it any more."""
    listing.show_no_more(ctx, type_id)
    audit.finish(entry, Outcome.DONE)


def settled_now(ctx: ChainContext, entry: Entry) -> Written[MembershipType]:
    """Read back at once; when that fails as well, the outcome stays unknown."""
    return journal.settled_now(ctx, entry, settle, listing.note_write)


def settle(entry: Entry, ctx: ChainContext) -> kinds.Settled:
    """Find out by reading whether an unknown write was carried out. Raises AltegioError."""
    if entry.action in (actions.CREATED, actions.CLONED, actions.RECREATED):
        return _settle_made(entry, ctx)
    assert entry.object_id is not None
    if entry.action in UNDONE_BY and journal.settle_undone(entry, UNDONE_BY[entry.action]):
        return kinds.Settled(entry=entry)
    if entry.action in (actions.DELETED, actions.RESTORED):
        return _settle_listed(entry, ctx, entry.object_id)
    read = reading.read_membership_type(ctx=ctx, type_id=entry.object_id)
    if entry.action == actions.EDITED:
        return _settle_edited(entry, ctx, read)
    if read.is_archived != entry.asked["archived"]:
        return _not_seen(entry)
    finish_done(ctx, entry, None, read)
    return kinds.Settled(entry=entry)


def _settle_listed(entry: Entry, ctx: ChainContext, type_id: int) -> kinds.Settled:
    read = reading.read_listed(ctx, type_id)
    if (read is None) != (entry.action == actions.DELETED):
        return _not_seen(entry)
    if read is None:
        finish_deleted(ctx, entry, type_id)
    else:
        finish_done(ctx, entry, None, read)
    return kinds.Settled(entry=entry)


def _not_seen(entry: Entry) -> kinds.Settled:
    if journal.is_perhaps_undone(entry, UNDONE_BY[entry.action]):
        return kinds.Settled(entry=entry)
    return journal.not_seen(entry)


def _settle_edited(entry: Entry, ctx: ChainContext, read: MembershipType) -> kinds.Settled:
    asked = stored.load(entry.asked["terms"])
    before = MembershipType.from_api(entry.copy).terms
    # A PUT whose services did not take leaves the type without them, whatever it was about.
    target = replace(read.terms, **{"services": before.services, **asked})
    differing = set(differing_terms(target, read.terms))
    lost_services = normal_services(before) != normal_services(read.terms)
    if asked.keys() - differing or lost_services:
        finish_done(ctx, entry, target, read)
        return kinds.Settled(entry=entry)
    listing.show_as_read(ctx, read)
    were = replace(read.terms, **{name: getattr(before, name) for name in asked})
    if differing_terms(were, read.terms) or journal.is_edited_since(entry):
        # Somebody has changed them since: nobody can tell by reading.
        return kinds.Settled(entry=entry)
    return journal.not_seen(entry)


def _settle_made(entry: Entry, ctx: ChainContext) -> kinds.Settled:
    found = reading.new_types(ctx, entry)
    if len(found) == 1:
        decide(entry, ctx, found[0].id)
    elif not found:
        return journal.not_seen_made(entry)
    candidates = [kinds.Candidate(id=item.id, title=item.terms.title) for item in found]
    return kinds.Settled(entry=entry, candidates=tuple(candidates))


def decide(entry: Entry, ctx: ChainContext, type_id: int) -> None:
    """The type is the one that the unknown write made. Raises AltegioError."""
    read = reading.read_membership_type(ctx=ctx, type_id=type_id)
    asked: Iterable[str] = entry.asked.get("terms", {})
    target = Terms(**stored.load(entry.asked["terms"])) if asked else None
    finish_done(ctx, entry, target, read)


def again_url(entry: Entry) -> str:
    """The form of a new or changed type, filled with what the entry asked for."""
    if entry.action == actions.CREATED:
        form = reverse("membership_types:new", args=[entry.chain_id])
    elif entry.action == actions.EDITED:
        form = reverse("membership_types:edit", args=[entry.chain_id, entry.object_id])
    else:
        return ""
    return f"{form}?again={entry.pk}"
