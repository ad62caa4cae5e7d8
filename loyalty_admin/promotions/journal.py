"""How a write of a promotion ends in the journal, and how an unknown one is settled."""

from __future__ import annotations

from django.urls import reverse

from loyalty_admin.altegio.promotion_terms import Terms, differing_terms, not_known
from loyalty_admin.altegio.promotions import Promotion
from loyalty_admin.audit import kinds
from loyalty_admin.audit import services as audit
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.offers import journal
from loyalty_admin.offers.outcomes import Written
from loyalty_admin.promotions import actions, listing, reading, stored, words


def finish_done(ctx: ChainContext, entry: Entry, target: Terms, read: Promotion) -> None:
    """Written down as done, with what Altegio kept; every list shows what was read back."""
    say = reading.words_for(ctx, read.items)
    # Neither of them can be called kept where only one is known.
    gaps = {*not_known(target), *not_known(read.terms)}
    # First, so that whoever waits for the outcome finds the list in order.
    listing.show_as_read(ctx, read)
    audit.finish(
        entry,
        Outcome.DONE,
        kept=[
            {
                "field": words.label(name),
                "asked": say.of(target, name),
                "kept": say.of(read.terms, name),
            }
            for name in differing_terms(target, read.terms)
            if name not in gaps
        ],
        result_id=read.id,
        result_title=read.terms.title,
    )


def finish_deleted(ctx: ChainContext, entry: Entry, promotion_id: int) -> None:
    """Written down as done; no list shows it any more."""
    listing.show_no_more(ctx, promotion_id)
    audit.finish(entry, Outcome.DONE)


def settled_now(ctx: ChainContext, entry: Entry) -> Written[Promotion]:
    """Read back at once; when that fails as well, the outcome stays unknown."""
    return journal.settled_now(ctx, entry, settle, listing.note_write)


def settle(entry: Entry, ctx: ChainContext) -> kinds.Settled:
    """Find out by reading whether an unknown write was carried out. Raises AltegioError."""
    if entry.action in actions.MADE:
        return _settle_made(entry, ctx)
    assert entry.object_id is not None
    if entry.action == actions.DELETED:
        reported_in = entry.asked["reported_in"]
        if reading.is_there(ctx, entry.object_id, reported_in=reported_in):
            return journal.not_seen(entry)
        finish_deleted(ctx, entry, entry.object_id)
        return kinds.Settled(entry=entry)
    read = reading.read_back(ctx=ctx, promotion_id=entry.object_id)
    listing.show_as_read(ctx, read)
    return journal.settle_edit(
        entry,
        read.terms,
        load=stored.load,
        differing=differing_terms,
        finish=lambda target: finish_done(ctx, entry, target, read),
    )


def _settle_made(entry: Entry, ctx: ChainContext) -> kinds.Settled:
    # That none is found proves nothing: a location may report a new one later, or never.
    found = reading.new_promotions(ctx, entry)
    if len(found) == 1:
        decide(entry, ctx, found[0].id)
    candidates = [kinds.Candidate(id=one.id, title=one.terms.title) for one in found]
    return kinds.Settled(entry=entry, candidates=tuple(candidates))


def decide(entry: Entry, ctx: ChainContext, promotion_id: int) -> None:
    """The promotion is the one that the unknown write made. Raises AltegioError."""
    read = reading.read_back(ctx=ctx, promotion_id=promotion_id)
    finish_done(ctx, entry, Terms(**stored.load(entry.asked["terms"])), read)


def again_url(entry: Entry) -> str:
    """The form of a new or changed promotion, filled with what the entry asked for."""
    if entry.action == actions.CREATED:
        kind = entry.asked["terms"]["kind"]
        form = reverse("promotions:new", args=[entry.chain_id, kind])
    elif entry.action == actions.EDITED:
        form = reverse("promotions:edit", args=[entry.chain_id, entry.object_id])
    elif entry.action == actions.CLONED:
        form = reverse("promotions:clone", args=[entry.chain_id, entry.object_id])
    else:
        return ""
    return f"{form}?again={entry.pk}"
