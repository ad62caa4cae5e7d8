"""Writing promotions: read first, write down, send once, read back, say what was kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from loyalty_admin.altegio import promotions as api
from loyalty_admin.altegio.errors import OutcomeUnknown
from loyalty_admin.altegio.promotion_terms import (
    TERM_OF_KEY,
    Terms,
    create_body,
    differing_terms,
    not_known,
    update_body,
)
from loyalty_admin.altegio.promotions import Promotion
from loyalty_admin.altegio.transport import Answer
from loyalty_admin.audit import services as audit
from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.offers.journal import begin_to_make_good
from loyalty_admin.offers.outcomes import Written
from loyalty_admin.offers.stale import CannotWrite, merged
from loyalty_admin.promotions import actions, journal, listing, reading, stored, words


def edit_promotion(
    *,
    ctx: ChainContext,
    promotion_id: int,
    form_id: str,
    opened_on: Mapping[str, Any],
    wanted: Mapping[str, Any],
) -> Written[Promotion]:
    """Set the terms that differ between `opened_on` and `wanted`; all others stay.

    Raises StaleEdit and CannotWrite before anything is sent, AlreadySubmitted, AltegioError.
    """
    submission = audit.submission_of(
        ctx, form_id=form_id, action=actions.EDITED, object_id=promotion_id
    )
    audit.check_not_submitted(submission)
    fresh = reading.read_promotion(ctx=ctx, promotion_id=promotion_id)
    # What was read may be the work of the same form, sent twice.
    audit.check_not_submitted(submission)
    say = reading.words_for(ctx, fresh.items)
    target = merged(
        fresh.terms,
        opened_on,
        wanted,
        differing=differing_terms,
        label=words.label,
        say=say.of,
    )
    names = differing_terms(fresh.terms, target)
    if not names:
        listing.show_as_read(ctx, fresh)
        return Written(entry=None, item=fresh)
    if reason := why_unreadable(fresh):
        raise CannotWrite(reason)
    transport = ctx.transport()
    entry = audit.begin(
        ctx,
        submission=submission,
        action=actions.EDITED,
        object_id=promotion_id,
        object_title=fresh.terms.title,
        changes=words.changes(say, fresh.terms, target, names),
        asked={"terms": stored.dump(target, names), "before": stored.dump(fresh.terms, names)},
        copy=dict(fresh.raw),
    )
    body = update_body(target, fresh.terms)
    try:
        with audit.journaled(entry):
            audit.send(
                entry,
                _("PUT of all that can be changed"),
                lambda: api.update_promotion(transport, ctx.id, promotion_id, body),
            )
            with audit.reading_back():
                read = reading.read_back(ctx=ctx, promotion_id=promotion_id)
    except OutcomeUnknown:
        return journal.settled_now(ctx, entry)
    journal.finish_done(ctx, entry, target, read)
    return Written(entry=entry, item=read)


def why_unreadable(promotion: Promotion) -> str:
    """What a PUT would lose, because Altegio did not say it; "" where it loses nothing."""
    if not promotion.unreadable:
        return ""
    lost = [words.label(TERM_OF_KEY[key]) for key in promotion.unreadable]
    return _(
        "Altegio did not say what is set for: %(fields)s. Saving would lose it, "
        "so nothing was sent. Try again later, or change this promotion at Altegio."
    ) % {"fields": ", ".join(lost)}


def gaps_in_words(promotion: Promotion) -> str:
    """What the promotion's answer lacks or garbles, in words."""
    lacking = [*(TERM_OF_KEY[key] for key in promotion.unreadable), *not_known(promotion.terms)]
    return ", ".join(map(words.label, lacking))


def create_promotion(
    *,
    ctx: ChainContext,
    form_id: str,
    terms: Terms,
    clone_of: int | None = None,
    origin: Entry | None = None,
) -> Written[Promotion]:
    """Make a new one, perhaps as the duplicate of another, or for a deletion, its `origin`.

    Raises AlreadySubmitted, AltegioError, and ValueError for a kind that is none.
    """
    action = actions.CREATED if clone_of is None else actions.CLONED
    action = actions.CREATED_AGAIN if origin else action
    object_id = origin.object_id if origin else clone_of
    submission = audit.submission_of(ctx, form_id=form_id, action=action, object_id=object_id)
    audit.check_not_submitted(submission)
    # Before the intent: without a usable token there is nothing to write down.
    transport = ctx.transport()
    body = create_body(terms)
    # So that a new one can be told from them.
    before = reading.namesakes(ctx, terms.title, terms.location_ids)
    say = reading.words_for(ctx)
    blank = Terms(kind=terms.kind)

    def begin() -> Entry:
        return audit.begin(
            ctx,
            submission=submission,
            action=action,
            object_id=object_id,
            object_title=terms.title,
            changes=[
                *words.changes(say, Terms(), terms, ["kind"]),
                *words.changes(say, blank, terms, differing_terms(blank, terms)),
            ],
            asked={
                "terms": stored.dump(terms),
                "known_ids": [one.id for one in before.promotions],
                "asked_in": list(before.asked_in),
            },
            origin=origin,
        )

    entry = begin_to_make_good(origin, begin) if origin else begin()
    try:
        with audit.journaled(entry):
            answer = audit.send(
                entry,
                _("POST of the new promotion"),
                lambda: api.create_promotion(transport, ctx.id, body),
            )
            read = _read_made(ctx, entry, answer)
    except OutcomeUnknown:
        return journal.settled_now(ctx, entry)
    journal.finish_done(ctx, entry, terms, read)
    return Written(entry=entry, item=read)


def _read_made(ctx: ChainContext, entry: Entry, answer: Answer) -> Promotion:
    """The promotion that an accepted POST made, also where the answer was empty."""
    with audit.reading_back():
        made_id = api.id_in_answer(answer)
        if made_id is None:
            made = reading.new_promotions(ctx, entry)
            if len(made) != 1:
                raise OutcomeUnknown(answered=True, request_id=answer.request_id)
            made_id = made[0].id
        return reading.read_back(ctx=ctx, promotion_id=made_id)
