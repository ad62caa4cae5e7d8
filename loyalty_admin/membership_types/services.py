"""Writing membership types: read first, write down, send once, read back, say what was kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty_admin.altegio import membership_types as api
from loyalty_admin.altegio.errors import AltegioError, OutcomeUnknown, Refused
from loyalty_admin.altegio.membership_terms import (
    TERM_OF_KEY,
    ServicesForm,
    Terms,
    differing_terms,
    first_services_form,
    normal_services,
    to_api,
)
from loyalty_admin.altegio.membership_types import MembershipType
from loyalty_admin.altegio.transport import Answer
from loyalty_admin.audit import services as audit
from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.membership_types import actions, journal, listing, reading, stored, words
from loyalty_admin.offers.journal import begin_to_make_good
from loyalty_admin.offers.outcomes import Written
from loyalty_admin.offers.stale import CannotWrite, merged

# Refusals that may only mean "not in this form".
PERHAPS_ANOTHER_FORM = (404, 405, 422)
SERVICES_FORM_KEPT = 30 * 24 * 60 * 60  # seconds


IS_ARCHIVED = gettext_lazy(
    "This membership type is archived, and Altegio lets no archived type be changed. "
    "Unarchive it first. Nothing was sent."
)
IS_DELETED = gettext_lazy(
    "This membership type was deleted here. Under Deleted it can be restored. Nothing was sent."
)


def edit_membership_type(
    *,
    ctx: ChainContext,
    type_id: int,
    form_id: str,
    opened_on: Mapping[str, Any],
    wanted: Mapping[str, Any],
) -> Written[MembershipType]:
    """Set the terms that differ between `opened_on` and `wanted`; all others stay.

    Raises StaleEdit and CannotWrite before anything is sent, AlreadySubmitted, AltegioError.
    """
    submission = audit.submission_of(ctx, form_id=form_id, action=actions.EDITED, object_id=type_id)
    audit.check_not_submitted(submission)
    fresh = reading.read_membership_type(ctx=ctx, type_id=type_id)
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
    _check_not_deleted(ctx, type_id)
    names = differing_terms(fresh.terms, target)
    if not names:
        listing.show_as_read(ctx, fresh)
        return Written(entry=None, item=fresh)
    _check_writable(fresh)
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
            form = _services_form(ctx, target)
            read = _put(ctx, entry, fresh, target, form)
            read = _put_services_again(ctx, entry, read, target, form)
    except OutcomeUnknown:
        return journal.settled_now(ctx, entry)
    journal.finish_done(ctx, entry, target, read)
    return Written(entry=entry, item=read)


def _check_not_deleted(ctx: ChainContext, type_id: int) -> None:
    """Altegio answers for a deleted type as if it were there, and it may be: restored there."""
    if reading.deletion_of(ctx, type_id) and reading.read_listed(ctx, type_id) is None:
        raise CannotWrite(IS_DELETED)


def _check_writable(fresh: MembershipType) -> None:
    if fresh.is_archived:
        raise CannotWrite(IS_ARCHIVED)
    if fresh.unreadable:
        names = [words.label(TERM_OF_KEY.get(key, key)) for key in fresh.unreadable]
        raise CannotWrite(
            _("Altegio did not say what is set for: %(fields)s. Saving would lose it, "
              "so nothing was sent. Try again later, or change this type at Altegio.")
            % {"fields": ", ".join(names)}
        )  # fmt: skip


def _put(
    ctx: ChainContext, entry: Entry, read: MembershipType, target: Terms, form: ServicesForm
) -> MembershipType:
    """One PUT of everything, and what Altegio then has: its answer if that is whole, else read."""
    body = to_api(target, chain_id=ctx.id, form=form, read=read.raw)
    transport = ctx.transport()
    answer = audit.send(
        entry,
        _("PUT of the whole type, services as %(form)s") % {"form": form},
        lambda: api.update_type(transport, ctx.id, read.id, body),
    )
    with audit.reading_back():
        return _answered(answer, read.id) or reading.read_membership_type(ctx=ctx, type_id=read.id)


def _put_services_again(
    ctx: ChainContext, entry: Entry, read: MembershipType, target: Terms, form: ServicesForm
) -> MembershipType:
    """Some chains take only maps, some only links, and say nothing: try the other form once."""
    if normal_services(read.terms) == normal_services(target) or read.sold != 0:
        return read
    other: ServicesForm = "links" if form == "maps" else "maps"
    try:
        again = _put(ctx, entry, read, target, other)
    except OutcomeUnknown:
        raise
    except AltegioError:
        # The attempt stands in the journal; what did not take is named by the comparison.
        with audit.reading_back():
            return reading.read_membership_type(ctx=ctx, type_id=read.id)
    if normal_services(again.terms) == normal_services(target):
        cache.set(ctx.cache_key("services_form"), other, SERVICES_FORM_KEPT)
    return again


def _services_form(ctx: ChainContext, terms: Terms) -> ServicesForm:
    known: ServicesForm | None = cache.get(ctx.cache_key("services_form"))
    first = first_services_form(terms)
    return first if first == "links" else known or first


def create_membership_type(
    *, ctx: ChainContext, form_id: str, terms: Terms, origin: Entry | None = None
) -> Written[MembershipType]:
    """Make a new type; `origin` is the deletion it makes good.

    Raises AlreadySubmitted, AltegioError.
    """
    action = actions.RECREATED if origin else actions.CREATED
    object_id = origin.object_id if origin else None
    submission = audit.submission_of(ctx, form_id=form_id, action=action, object_id=object_id)
    audit.check_not_submitted(submission)
    # Before the intent: without a usable token there is nothing to write down.
    transport = ctx.transport()
    known_ids, say = reading.known_ids(ctx, terms.title), reading.words_for(ctx)

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
    form = _services_form(ctx, terms)
    body = to_api(terms, chain_id=ctx.id, form=form)
    try:
        with audit.journaled(entry):
            answer = audit.send(
                entry,
                _("POST of the new type, services as %(form)s") % {"form": form},
                lambda: api.create_type(transport, ctx.id, body),
            )
            read = _read_made(ctx, entry, answer)
            read = _put_services_again(ctx, entry, read, terms, form)
    except OutcomeUnknown:
        return journal.settled_now(ctx, entry)
    journal.finish_done(ctx, entry, terms, read)
    return Written(entry=entry, item=read)


def clone_membership_type(
    *, ctx: ChainContext, type_id: int, form_id: str
) -> Written[MembershipType]:
    """Have Altegio copy the type. Raises AlreadySubmitted, AltegioError."""
    submission = audit.submission_of(ctx, form_id=form_id, action=actions.CLONED, object_id=type_id)
    audit.check_not_submitted(submission)
    original = reading.read_membership_type(ctx=ctx, type_id=type_id)
    entry = audit.begin(
        ctx,
        submission=submission,
        action=actions.CLONED,
        object_id=type_id,
        object_title=original.terms.title,
        asked={"known_ids": reading.known_ids(ctx, original.terms.title)},
    )
    transport = ctx.transport()
    try:
        with audit.journaled(entry):
            answer = audit.send(
                entry, _("POST to clone"), lambda: api.clone_type(transport, ctx.id, type_id)
            )
            read = _read_made(ctx, entry, answer)
    except OutcomeUnknown:
        return journal.settled_now(ctx, entry)
    journal.finish_done(ctx, entry, None, read)
    return Written(entry=entry, item=read)


def _read_made(ctx: ChainContext, entry: Entry, answer: Answer) -> MembershipType:
    """The type that an accepted POST made, also where the answer was empty."""
    with audit.reading_back():
        made_id = api.id_in_answer(answer)
        if made_id is None:
            made = reading.new_types(ctx, entry)
            if len(made) != 1:
                raise OutcomeUnknown(answered=True, request_id=answer.request_id)
            made_id = made[0].id
        return _answered(answer, made_id) or reading.read_membership_type(ctx=ctx, type_id=made_id)


def _answered(answer: Answer, type_id: int) -> MembershipType | None:
    whole = api.whole_answer(answer)
    return whole if whole and whole.id == type_id else None


def archive_membership_type(
    *, ctx: ChainContext, type_id: int, form_id: str
) -> Written[MembershipType]:
    """Raises CannotWrite before anything is sent, AlreadySubmitted, AltegioError."""
    return _switch_archive(ctx, type_id, form_id, archived=True)


def unarchive_membership_type(
    *, ctx: ChainContext, type_id: int, form_id: str
) -> Written[MembershipType]:
    """Raises CannotWrite before anything is sent, AlreadySubmitted, AltegioError."""
    return _switch_archive(ctx, type_id, form_id, archived=False)


def _switch_archive(
    ctx: ChainContext, type_id: int, form_id: str, *, archived: bool
) -> Written[MembershipType]:
    action = actions.ARCHIVED if archived else actions.UNARCHIVED
    submission = audit.submission_of(ctx, form_id=form_id, action=action, object_id=type_id)
    audit.check_not_submitted(submission)
    # Altegio checks neither right nor chain on the switch itself, but it does on reading.
    read = reading.read_membership_type(ctx=ctx, type_id=type_id)
    # What was read may be the work of the same form, sent twice.
    audit.check_not_submitted(submission)
    _check_not_deleted(ctx, type_id)
    if read.is_archived == archived:
        listing.show_as_read(ctx, read)
        return Written(entry=None, item=read)
    entry = audit.begin(
        ctx,
        submission=submission,
        action=action,
        object_id=type_id,
        object_title=read.terms.title,
        asked={"archived": archived},
    )
    try:
        with audit.journaled(entry):
            read = _send_archive_switch(ctx, entry, type_id, archived=archived)
            if read.is_archived != archived:
                raise Refused(_("Altegio accepted the request, but the type is as it was."))
    except OutcomeUnknown:
        return journal.settled_now(ctx, entry)
    journal.finish_done(ctx, entry, None, read)
    return Written(entry=entry, item=read)


def _send_archive_switch(
    ctx: ChainContext, entry: Entry, type_id: int, *, archived: bool
) -> MembershipType:
    transport = ctx.transport()

    def switch(documented: bool) -> Answer:
        return api.switch_archive(
            transport, ctx.id, type_id, archived=archived, documented=documented
        )

    try:
        audit.send(entry, _("PATCH of the archive switch"), lambda: switch(True))
    except Refused as refusal:
        if refusal.status not in PERHAPS_ANOTHER_FORM:
            raise
        with audit.reading_back():
            read = reading.read_membership_type(ctx=ctx, type_id=type_id)
        if read.is_archived == archived:
            return read
        audit.send(entry, _("PATCH of the type, in the other form"), lambda: switch(False))
    with audit.reading_back():
        return reading.read_membership_type(ctx=ctx, type_id=type_id)
