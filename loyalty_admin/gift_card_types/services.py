"""Writing gift card types: read first, write down, send once, read back, say what was kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty_admin.altegio import gift_card_types as api
from loyalty_admin.altegio.errors import OutcomeUnknown
from loyalty_admin.altegio.gift_card_terms import TERM_OF_KEY, Terms, differing_terms, to_api
from loyalty_admin.altegio.gift_card_types import GiftCardType
from loyalty_admin.altegio.transport import Answer
from loyalty_admin.audit import services as audit
from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.gift_card_types import actions, archive, journal, listing, reading, stored, words
from loyalty_admin.offers.journal import begin_to_make_good
from loyalty_admin.offers.outcomes import Written
from loyalty_admin.offers.stale import CannotWrite, merged

IS_ISSUED = gettext_lazy(
    "Cards of this type were issued, and Altegio lets no such type be changed or deleted. "
    "Duplicate it and change the duplicate. Nothing was sent."
)
IS_ARCHIVED_HERE = gettext_lazy(
    "This gift card type is archived in this dashboard. Unarchive it first. Nothing was sent."
)
# A PUT cannot say that a type is archived, so what it would make of one is not known.
IS_ARCHIVED_BY_ALTEGIO = gettext_lazy(
    "Altegio has archived this gift card type; it is changed at Altegio only. Nothing was sent."
)


def edit_gift_card_type(
    *,
    ctx: ChainContext,
    type_id: int,
    form_id: str,
    opened_on: Mapping[str, Any],
    wanted: Mapping[str, Any],
) -> Written[GiftCardType]:
    """Set the terms that differ between `opened_on` and `wanted`; all others stay.

    Raises StaleEdit and CannotWrite before anything is sent, AlreadySubmitted, AltegioError.
    """
    submission = audit.submission_of(ctx, form_id=form_id, action=actions.EDITED, object_id=type_id)
    audit.check_not_submitted(submission)
    fresh = reading.read_gift_card_type(ctx=ctx, type_id=type_id)
    # What was read may be the work of the same form, sent twice.
    audit.check_not_submitted(submission)
    target = merged(
        fresh.terms,
        opened_on,
        wanted,
        differing=differing_terms,
        label=words.label,
        say=reading.words_for(ctx).of,
    )
    names = differing_terms(fresh.terms, target)
    if not names:
        listing.show_as_read(ctx, fresh)
        return Written(entry=None, item=fresh)
    if reason := why_locked(ctx, fresh):
        raise CannotWrite(reason)
    check_readable(fresh)
    entry = audit.begin(
        ctx,
        submission=submission,
        action=actions.EDITED,
        object_id=type_id,
        object_title=fresh.terms.title,
        changes=words.changes(reading.words_for(ctx), fresh.terms, target, names),
        asked={"terms": stored.dump(target, names), "before": stored.dump(fresh.terms, names)},
        copy=dict(fresh.raw),
    )
    try:
        with audit.journaled(entry):
            read = put(ctx, entry, fresh, target)
    except OutcomeUnknown:
        return journal.settled_now(ctx, entry)
    journal.finish_done(ctx, entry, target, read)
    return Written(entry=entry, item=read)


def why_locked(ctx: ChainContext, item: GiftCardType) -> str:
    """Why the type cannot be changed; "" when it can."""
    if item.is_archived:
        return str(IS_ARCHIVED_BY_ALTEGIO)
    if item.issued:
        return str(IS_ISSUED)
    return str(IS_ARCHIVED_HERE) if archive.archived_here(ctx, item.id) else ""


def check_readable(item: GiftCardType) -> None:
    """Raises CannotWrite for a type of which a PUT would lose something."""
    if reason := why_unreadable(item):
        raise CannotWrite(reason)


def why_unreadable(item: GiftCardType) -> str:
    """What a PUT would lose, because Altegio did not say it; "" where it said everything."""
    if not item.unreadable:
        return ""
    return _(
        "Altegio did not say what is set for: %(fields)s. Saving would lose it, "
        "so nothing was sent. Try again later, or change this type at Altegio."
    ) % {"fields": unreadable_labels(item)}


def unreadable_labels(item: GiftCardType) -> str:
    return ", ".join(words.label(TERM_OF_KEY[key]) for key in item.unreadable)


def put(ctx: ChainContext, entry: Entry, read: GiftCardType, target: Terms) -> GiftCardType:
    """One PUT of everything, and what Altegio then has: its answer if that is whole, else read."""
    transport = ctx.transport()
    body = to_api(target, read=read.raw)
    answer = audit.send(
        entry,
        _("PUT of the whole type"),
        lambda: api.update_type(transport, ctx.id, read.id, body),
    )
    with audit.reading_back():
        return _answered(answer, read.id) or reading.read_back(ctx=ctx, type_id=read.id)


def _answered(answer: Answer, type_id: int) -> GiftCardType | None:
    whole = api.whole_answer(answer)
    return whole if whole and whole.id == type_id else None


def create_gift_card_type(
    *,
    ctx: ChainContext,
    form_id: str,
    terms: Terms,
    clone_of: int | None = None,
    origin: Entry | None = None,
) -> Written[GiftCardType]:
    """Make a new type, perhaps as the duplicate of another, or for a deletion, its `origin`.

    Raises AlreadySubmitted, AltegioError.
    """
    action = actions.CREATED if clone_of is None else actions.CLONED
    action = actions.RESTORED if origin else action
    object_id = origin.object_id if origin else clone_of
    submission = audit.submission_of(ctx, form_id=form_id, action=action, object_id=object_id)
    audit.check_not_submitted(submission)
    # Before the intent: without a usable token there is nothing to write down.
    transport = ctx.transport()
    known_ids = reading.known_ids(ctx, terms.title)
    say = reading.words_for(ctx)

    def begin() -> Entry:
        return audit.begin(
            ctx,
            submission=submission,
            action=action,
            object_id=object_id,
            object_title=terms.title,
            changes=words.changes(say, Terms(), terms, differing_terms(Terms(), terms)),
            asked={"terms": stored.dump(terms), "known_ids": known_ids},
            origin=origin,
        )

    entry = begin_to_make_good(origin, begin) if origin else begin()
    body = to_api(terms, read=origin.copy if origin else None)
    try:
        with audit.journaled(entry):
            answer = audit.send(
                entry,
                _("POST of the new type"),
                lambda: api.create_type(transport, ctx.id, body),
            )
            read = _read_made(ctx, entry, answer)
    except OutcomeUnknown:
        return journal.settled_now(ctx, entry)
    journal.finish_done(ctx, entry, terms, read)
    return Written(entry=entry, item=read)


def _read_made(ctx: ChainContext, entry: Entry, answer: Answer) -> GiftCardType:
    """The type that an accepted POST made, also where the answer was empty."""
    with audit.reading_back():
        made_id = api.id_in_answer(answer)
        if made_id is None:
            made = reading.new_types(ctx, entry)
            if len(made) != 1:
                raise OutcomeUnknown(answered=True, request_id=answer.request_id)
            made_id = made[0].id
        return _answered(answer, made_id) or reading.read_back(ctx=ctx, type_id=made_id)
