"""How a write of a gift card type ends in the journal, and how an unknown one is settled."""

from __future__ import annotations

from django.urls import reverse

from loyalty_admin.altegio.gift_card_terms import Terms, differing_terms
from loyalty_admin.altegio.gift_card_types import GiftCardType
from loyalty_admin.audit import history, kinds
from loyalty_admin.audit import services as audit
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.gift_card_types import actions, archive, listing, reading, stored, words
from loyalty_admin.offers import journal
from loyalty_admin.offers.outcomes import Written

MADE = (actions.CREATED, actions.CLONED, actions.RESTORED)
OPPOSITE = {actions.ARCHIVED: actions.UNARCHIVED, actions.UNARCHIVED: actions.ARCHIVED}


def finish_done(ctx: ChainContext, entry: Entry, target: Terms | None, read: GiftCardType) -> None:
    """Written down as done, with what Altegio kept; every list shows what was read back."""
    say = reading.words_for(ctx)
    differing = differing_terms(target, read.terms) if target else []
    # First, so that whoever waits for the outcome finds the list in order.
    if entry.action in OPPOSITE and not _is_undone(entry):
        if entry.action == actions.ARCHIVED:
            ended = bool(entry.changes) or _may_have_ended_sale(ctx, entry)
            archive.put_away(ctx, read.id, took_off_sale=ended and not read.terms.online_sale)
        else:
            archive.take_out(ctx, read.id)
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


def _is_undone(entry: Entry) -> bool:
    """Whether somebody did the opposite before it was known what became of the entry."""
    undone = history.later_changes(entry).filter(action=OPPOSITE[entry.action])
    return undone.filter(outcome=Outcome.DONE).exists()


def _may_have_ended_sale(ctx: ChainContext, entry: Entry) -> bool:
    """Whether an archiving before it, of which nobody knows the outcome, ended the online sale."""
    found = Entry.objects.filter(
        pk__lt=entry.pk,
        api_url=ctx.connection.api_url,
        chain_id=ctx.id,
        object_id=entry.object_id,
        action=actions.ARCHIVED,
        outcome=Outcome.UNKNOWN,
    )
    return any(earlier.changes for earlier in found)


def finish_deleted(ctx: ChainContext, entry: Entry, type_id: int) -> None:
    """Written down as done; no list shows it any more."""
    archive.take_out(ctx, type_id)
    listing.show_no_more(ctx, type_id)
    audit.finish(entry, Outcome.DONE)


def settled_now(ctx: ChainContext, entry: Entry) -> Written[GiftCardType]:
    """Read back at once; when that fails as well, the outcome stays unknown."""
    return journal.settled_now(ctx, entry, settle, listing.note_write)


def settle(entry: Entry, ctx: ChainContext) -> kinds.Settled:
    """Find out by reading whether an unknown write was carried out. Raises AltegioError."""
    if entry.action in MADE:
        return _settle_made(entry, ctx)
    assert entry.object_id is not None
    if entry.action == actions.DELETED:
        if reading.read_listed(ctx, entry.object_id) is not None:
            return journal.not_seen(entry)
        finish_deleted(ctx, entry, entry.object_id)
        return kinds.Settled(entry=entry)
    read = reading.read_back(ctx=ctx, type_id=entry.object_id)
    listing.show_as_read(ctx, read)
    return journal.settle_edit(
        entry,
        read.terms,
        load=stored.load,
        differing=differing_terms,
        finish=lambda target: finish_done(ctx, entry, target, read),
    )


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
    read = reading.read_back(ctx=ctx, type_id=type_id)
    finish_done(ctx, entry, Terms(**stored.load(entry.asked["terms"])), read)


def again_url(entry: Entry) -> str:
    """The form of a new or changed type, filled with what the entry asked for."""
    if entry.action == actions.CREATED:
        form = reverse("gift_card_types:new", args=[entry.chain_id])
    elif entry.action == actions.EDITED:
        form = reverse("gift_card_types:edit", args=[entry.chain_id, entry.object_id])
    elif entry.action == actions.CLONED:
        form = reverse("gift_card_types:clone", args=[entry.chain_id, entry.object_id])
    else:
        return ""
    return f"{form}?again={entry.pk}"
