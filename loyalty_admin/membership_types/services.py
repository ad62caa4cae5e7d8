"""Writing membership types: read first, write down, send once, read back, say what was kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _

from loyalty_admin.altegio import membership_types as api
from loyalty_admin.altegio.errors import AltegioError, NotFound, OutcomeUnknown, Refused
from loyalty_admin.altegio.membership_types import MembershipType, ServicesForm, Terms
from loyalty_admin.altegio.transport import Answer
from loyalty_admin.audit import services as audit
from loyalty_admin.audit import settling
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.chains.services import ChainContext, locations
from loyalty_admin.membership_types import listing, stored, words
from loyalty_admin.membership_types.words import Words

CREATED = "membership_type.created"
EDITED = "membership_type.edited"
CLONED = "membership_type.cloned"
ARCHIVED = "membership_type.archived"
UNARCHIVED = "membership_type.unarchived"
DELETED = "membership_type.deleted"
RESTORED = "membership_type.restored"
# Created again from the last known copy of a deleted type.
RECREATED = "membership_type.recreated"

# Refusals that may only mean "not in this form".
PERHAPS_ANOTHER_FORM = (404, 405, 422)
SERVICES_FORM_KEPT = 30 * 24 * 60 * 60  # seconds


class CannotWrite(Exception):
    """Nothing was sent: a PUT would lose or change what the person did not mean."""


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """A term that the form changes and that changed at Altegio since the form was opened."""

    name: str
    label: str
    opened: str
    now: str
    wanted: str


class StaleEdit(Exception):
    """Nothing was sent: the person decides about the conflicts first."""

    def __init__(self, conflicts: list[Conflict], fresh: MembershipType) -> None:
        super().__init__(", ".join(conflict.name for conflict in conflicts))
        self.conflicts = conflicts
        self.fresh = fresh


@dataclass(frozen=True, kw_only=True)
class Written:
    """How a write ended. Without an entry nothing was sent, because it was so already.

    `membership_type` is what was read back; None where it is not known.
    """

    entry: Entry | None
    membership_type: MembershipType | None = None


def words_for(ctx: ChainContext) -> Words:
    """The words that this chain has for activations and locations, and its currency."""
    kept = listing.kept(ctx)
    return Words(
        activations=listing.activation_titles(kept.rows.values()) if kept else {},
        locations={location.id: location.title for location in locations(ctx)},
        currency=ctx.currency,
    )


def read_membership_type(*, ctx: ChainContext, type_id: int) -> MembershipType:
    """The type as it is at Altegio now. Raises NotFound also for another chain's type."""
    read = api.read_type(ctx.transport(), ctx.id, type_id)
    if read.chain_id not in (None, ctx.id):
        raise NotFound(status=404)
    return read


def edit_membership_type(
    *,
    ctx: ChainContext,
    type_id: int,
    form_id: str,
    opened_on: Mapping[str, Any],
    wanted: Mapping[str, Any],
) -> Written:
    """Set the terms that differ between `opened_on` and `wanted`; all others stay.

    Raises StaleEdit and CannotWrite before anything is sent, AlreadySubmitted, AltegioError.
    """
    submission = audit.submission_of(ctx, form_id=form_id, action=EDITED, object_id=type_id)
    audit.check_not_submitted(submission)
    fresh = read_membership_type(ctx=ctx, type_id=type_id)
    target = _merged(ctx, fresh, opened_on, wanted)
    names = api.differing_terms(fresh.terms, target)
    if not names:
        listing.show_as_read(ctx, fresh)
        return Written(entry=None, membership_type=fresh)
    _check_writable(fresh)
    entry = audit.begin(
        ctx,
        submission=submission,
        action=EDITED,
        object_id=type_id,
        object_title=fresh.terms.title,
        changes=words.changes(words_for(ctx), fresh.terms, target, names),
        asked={"terms": stored.dump(target, names), "before": stored.dump(fresh.terms, names)},
        copy=dict(fresh.raw),
    )
    try:
        with audit.journaled(entry):
            read = _put(ctx, entry, fresh, target, _services_form(ctx, target))
            read = _put_services_again(ctx, entry, read, target)
    except OutcomeUnknown:
        return _settled_now(ctx, entry)
    _finish_done(ctx, entry, target, read)
    return Written(entry=entry, membership_type=read)


def _merged(
    ctx: ChainContext, fresh: MembershipType, opened_on: Mapping[str, Any], wanted: Mapping[str, Any]
) -> Terms:
    """The fresh terms with the form's own changes; raises StaleEdit where both changed."""
    opened = replace(fresh.terms, **opened_on)
    desired = replace(opened, **wanted)
    changed = api.differing_terms(opened, desired)
    changed_since = set(api.differing_terms(opened, fresh.terms))
    open_questions = changed_since & set(api.differing_terms(desired, fresh.terms))
    say = words_for(ctx)
    conflicts = [
        Conflict(
            name=name,
            label=words.label(name),
            opened=say.of(opened, name),
            now=say.of(fresh.terms, name),
            wanted=say.of(desired, name),
        )
        for name in changed
        if name in open_questions
    ]
    if conflicts:
        raise StaleEdit(conflicts, fresh)
    return replace(fresh.terms, **{name: getattr(desired, name) for name in changed})


def _check_writable(fresh: MembershipType) -> None:
    if fresh.is_archived:
        raise CannotWrite(
            _("This membership type is archived, and Altegio lets no archived type be changed. "
              "Unarchive it first. Nothing was sent.")
        )  # fmt: skip
    if fresh.unreadable:
        names = [words.label(api.TERM_OF_KEY[key]) for key in fresh.unreadable]
        raise CannotWrite(
            _("Altegio did not say what is set for: %(fields)s. Saving would lose it, "
              "so nothing was sent. Try again later, or change this type at Altegio.")
            % {"fields": ", ".join(names)}
        )  # fmt: skip


def _put(
    ctx: ChainContext, entry: Entry, read: MembershipType, target: Terms, form: ServicesForm
) -> MembershipType:
    """One PUT of everything, and what was read back after it."""
    body = api.to_api(target, chain_id=ctx.id, form=form, read=read.raw)
    transport = ctx.transport()
    answer = audit.send(
        entry,
        _("PUT of the whole type, services as %(form)s") % {"form": form},
        lambda: api.update_type(transport, ctx.id, read.id, body),
    )
    with audit.reading_back():
        return api.whole_answer(answer) or read_membership_type(ctx=ctx, type_id=read.id)


def _put_services_again(
    ctx: ChainContext, entry: Entry, read: MembershipType, target: Terms
) -> MembershipType:
    """Some chains take only maps, some only links, and say nothing: try the other form once."""
    form = _services_form(ctx, target)
    if api.normal_services(read.terms) == api.normal_services(target) or read.sold != 0:
        return read
    other: ServicesForm = "links" if form == "maps" else "maps"
    try:
        again = _put(ctx, entry, read, target, other)
    except OutcomeUnknown:
        raise
    except AltegioError:
        # The attempt stands in the journal; what did not take is named by the comparison.
        with audit.reading_back():
            return read_membership_type(ctx=ctx, type_id=read.id)
    if api.normal_services(again.terms) == api.normal_services(target):
        cache.set(ctx.cache_key("services_form"), other, SERVICES_FORM_KEPT)
    return again


def _services_form(ctx: ChainContext, terms: Terms) -> ServicesForm:
    known: ServicesForm | None = cache.get(ctx.cache_key("services_form"))
    first = api.first_services_form(terms)
    return known or first if first == "maps" else first


def _finish_done(ctx: ChainContext, entry: Entry, target: Terms | None, read: MembershipType) -> None:
    """Written down as done, with what Altegio kept; every list shows what was read back."""
    say = words_for(ctx)
    differing = api.differing_terms(target, read.terms) if target else []
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
    listing.show_as_read(ctx, read)


def create_membership_type(
    *, ctx: ChainContext, form_id: str, terms: Terms, origin: Entry | None = None
) -> Written:
    """Make a new type; `origin` is the deletion it makes good. Raises AlreadySubmitted, AltegioError."""
    action = RECREATED if origin else CREATED
    submission = audit.submission_of(
        ctx, form_id=form_id, action=action, object_id=origin.object_id if origin else None
    )
    audit.check_not_submitted(submission)
    entry = audit.begin(
        ctx,
        submission=submission,
        action=action,
        object_id=origin.object_id if origin else None,
        object_title=terms.title,
        changes=words.changes(
            words_for(ctx), Terms(), terms, api.differing_terms(Terms(), terms)
        ),
        asked={"terms": stored.dump(terms), "known_ids": _known_ids(ctx, terms.title)},
        origin=origin,
    )
    form = _services_form(ctx, terms)
    body = api.to_api(terms, chain_id=ctx.id, form=form)
    transport = ctx.transport()
    try:
        with audit.journaled(entry):
            answer = audit.send(
                entry,
                _("POST of the new type, services as %(form)s") % {"form": form},
                lambda: api.create_type(transport, ctx.id, body),
            )
            read = _read_made(ctx, entry, answer)
            read = _put_services_again(ctx, entry, read, terms)
    except OutcomeUnknown:
        return _settled_now(ctx, entry)
    _finish_done(ctx, entry, terms, read)
    return Written(entry=entry, membership_type=read)


def clone_membership_type(*, ctx: ChainContext, type_id: int, form_id: str) -> Written:
    """Have Altegio copy the type. Raises AlreadySubmitted, AltegioError."""
    submission = audit.submission_of(ctx, form_id=form_id, action=CLONED, object_id=type_id)
    audit.check_not_submitted(submission)
    original = read_membership_type(ctx=ctx, type_id=type_id)
    entry = audit.begin(
        ctx,
        submission=submission,
        action=CLONED,
        object_id=type_id,
        object_title=original.terms.title,
        asked={"known_ids": _known_ids(ctx, original.terms.title)},
    )
    transport = ctx.transport()
    try:
        with audit.journaled(entry):
            answer = audit.send(
                entry, _("POST to clone"), lambda: api.clone_type(transport, ctx.id, type_id)
            )
            read = _read_made(ctx, entry, answer)
    except OutcomeUnknown:
        return _settled_now(ctx, entry)
    _finish_done(ctx, entry, None, read)
    return Written(entry=entry, membership_type=read)


def _known_ids(ctx: ChainContext, title: str) -> list[int]:
    """Types that carry the title already, so that a new one can be told from them."""
    kept = listing.kept(ctx) or listing.refresh(ctx)
    return [row.id for row in kept.rows.values() if row.title.startswith(title)]


def _read_made(ctx: ChainContext, entry: Entry, answer: Answer) -> MembershipType:
    """The type that an accepted POST made, also where the answer was empty."""
    with audit.reading_back():
        made_id = api.id_in_answer(answer)
        if made_id is None:
            made = _new_types(ctx, entry)
            if len(made) != 1:
                raise OutcomeUnknown(answered=True, request_id=answer.request_id)
            made_id = made[0].id
        return api.whole_answer(answer) or read_membership_type(ctx=ctx, type_id=made_id)


def _new_types(ctx: ChainContext, entry: Entry) -> list[MembershipType]:
    """Types that may have come of the entry: of its title, and not known before it."""
    claimed = Entry.objects.filter(
        api_url=entry.api_url, chain_id=entry.chain_id, result_id__isnull=False
    ).exclude(pk=entry.pk)
    not_new = {*entry.asked["known_ids"], *claimed.values_list("result_id", flat=True)}
    title = entry.object_title.strip()
    listed = api.list_all(ctx.transport(), ctx.id, title=title)
    exact = entry.action != CLONED  # a clone gets a number behind its title
    return [
        item
        for item in listed.types
        if item.id not in not_new
        and (item.terms.title == title if exact else item.terms.title.startswith(title))
    ]


def archive_membership_type(*, ctx: ChainContext, type_id: int, form_id: str) -> Written:
    """Raises AlreadySubmitted, AltegioError."""
    return _switch_archive(ctx, type_id, form_id, archived=True)


def unarchive_membership_type(*, ctx: ChainContext, type_id: int, form_id: str) -> Written:
    """Raises AlreadySubmitted, AltegioError."""
    return _switch_archive(ctx, type_id, form_id, archived=False)


def _switch_archive(ctx: ChainContext, type_id: int, form_id: str, *, archived: bool) -> Written:
    action = ARCHIVED if archived else UNARCHIVED
    submission = audit.submission_of(ctx, form_id=form_id, action=action, object_id=type_id)
    audit.check_not_submitted(submission)
    # Altegio checks neither right nor chain on the switch itself, but it does on reading.
    read = read_membership_type(ctx=ctx, type_id=type_id)
    if read.is_archived == archived:
        listing.show_as_read(ctx, read)
        return Written(entry=None, membership_type=read)
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
        return _settled_now(ctx, entry)
    _finish_done(ctx, entry, None, read)
    return Written(entry=entry, membership_type=read)


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
            read = read_membership_type(ctx=ctx, type_id=type_id)
        if read.is_archived == archived:
            return read
        audit.send(entry, _("PATCH of the type, in the other form"), lambda: switch(False))
    with audit.reading_back():
        return read_membership_type(ctx=ctx, type_id=type_id)


def delete_membership_type(*, ctx: ChainContext, type_id: int, form_id: str) -> Written:
    """Delete it, keeping a full copy. Raises AlreadySubmitted, AltegioError."""
    submission = audit.submission_of(ctx, form_id=form_id, action=DELETED, object_id=type_id)
    audit.check_not_submitted(submission)
    read = read_membership_type(ctx=ctx, type_id=type_id)
    entry = audit.begin(
        ctx,
        submission=submission,
        action=DELETED,
        object_id=type_id,
        object_title=read.terms.title,
        copy=dict(read.raw),
    )
    transport = ctx.transport()
    try:
        with audit.journaled(entry):
            audit.send(entry, "DELETE", lambda: api.delete_type(transport, ctx.id, type_id))
            with audit.reading_back():
                still_there = _is_listed(ctx, type_id, read.terms.title)
            if still_there:
                raise Refused(_("Altegio accepted the request, but still lists the type."))
    except OutcomeUnknown:
        return _settled_now(ctx, entry)
    audit.finish(entry, Outcome.DONE)
    listing.show_no_more(ctx, type_id)
    return Written(entry=entry)


def _is_listed(ctx: ChainContext, type_id: int, title: str) -> bool:
    """Deleted types still answer by id; only the list tells."""
    listed = api.list_all(ctx.transport(), ctx.id, title=title)
    return any(item.id == type_id for item in listed.types)


def restore_membership_type(
    *, ctx: ChainContext, deletion: Entry, title: str, form_id: str
) -> Written:
    """Have Altegio bring a deleted type back. Raises AlreadySubmitted, AltegioError."""
    type_id = deletion.object_id
    assert type_id is not None
    submission = audit.submission_of(ctx, form_id=form_id, action=RESTORED, object_id=type_id)
    audit.check_not_submitted(submission)
    entry = audit.begin(
        ctx,
        submission=submission,
        action=RESTORED,
        object_id=type_id,
        object_title=title,
        asked={"title": title},
        origin=deletion,
    )
    transport = ctx.transport()
    try:
        with audit.journaled(entry):
            audit.send(
                entry,
                _("POST to restore"),
                lambda: api.restore_type(transport, ctx.id, type_id, title),
            )
            with audit.reading_back():
                is_back = _is_listed(ctx, type_id, title)
                read = read_membership_type(ctx=ctx, type_id=type_id)
            if not is_back:
                raise Refused(_("Altegio accepted the request, but does not list the type."))
    except OutcomeUnknown:
        return _settled_now(ctx, entry)
    _finish_done(ctx, entry, None, read)
    return Written(entry=entry, membership_type=read)


def deletions(ctx: ChainContext) -> list[Entry]:
    """Deletions by this dashboard that nothing has made good yet, newest first."""
    return [
        entry
        for entry in Entry.objects.filter(
            api_url=ctx.connection.api_url,
            chain_id=ctx.id,
            action=DELETED,
            outcome=Outcome.DONE,
        ).exclude(follow_ups__outcome=Outcome.DONE)
    ]


def deletion_of(ctx: ChainContext, type_id: int) -> Entry | None:
    """The deletion that stands: Altegio still shows a deleted type by its number."""
    return next((entry for entry in deletions(ctx) if entry.object_id == type_id), None)


def last_known(deletion: Entry) -> MembershipType:
    """The deleted type as it was just before."""
    return MembershipType.from_api(deletion.copy)


# Settling what is unknown


def _settled_now(ctx: ChainContext, entry: Entry) -> Written:
    """Read back at once; when that fails as well, the outcome stays unknown."""
    try:
        settle(entry, ctx)
    except AltegioError:
        listing.note_write(ctx)
    if entry.outcome == Outcome.REFUSED:
        raise Refused(entry.reason)
    return Written(entry=entry)


def settle(entry: Entry, ctx: ChainContext) -> settling.Settled:
    """Find out by reading whether an unknown write was carried out. Raises AltegioError."""
    if entry.action in (CREATED, CLONED, RECREATED):
        return _settle_made(entry, ctx)
    assert entry.object_id is not None
    if entry.action == DELETED:
        if not _is_listed(ctx, entry.object_id, entry.object_title):
            audit.finish(entry, Outcome.DONE)
            listing.show_no_more(ctx, entry.object_id)
            return settling.Settled(entry=entry)
        return _not_seen(entry)
    read = read_membership_type(ctx=ctx, type_id=entry.object_id)
    if entry.action == EDITED:
        return _settle_edited(entry, ctx, read)
    if entry.action == RESTORED:
        carried_out = _is_listed(ctx, read.id, entry.asked["title"])
    else:
        carried_out = read.is_archived == entry.asked["archived"]
    if carried_out:
        _finish_done(ctx, entry, None, read)
        return settling.Settled(entry=entry)
    return _not_seen(entry)


def _settle_edited(entry: Entry, ctx: ChainContext, read: MembershipType) -> settling.Settled:
    asked = stored.load(entry.asked["terms"])
    target = replace(read.terms, **asked)
    if len(api.differing_terms(target, read.terms)) < len(asked):
        _finish_done(ctx, entry, target, read)
        return settling.Settled(entry=entry)
    listing.show_as_read(ctx, read)
    return _not_seen(entry)


def _settle_made(entry: Entry, ctx: ChainContext) -> settling.Settled:
    found = _new_types(ctx, entry)
    if len(found) == 1:
        decide(entry, ctx, found[0].id)
    elif not found:
        return _not_seen(entry)
    candidates = [settling.Candidate(id=item.id, title=item.terms.title) for item in found]
    return settling.Settled(entry=entry, candidates=tuple(candidates))


def decide(entry: Entry, ctx: ChainContext, type_id: int) -> None:
    """The type is the one that the unknown write made. Raises AltegioError."""
    read = read_membership_type(ctx=ctx, type_id=type_id)
    asked: Iterable[str] = entry.asked.get("terms", {})
    target = Terms(**stored.load(entry.asked["terms"])) if asked else None
    _finish_done(ctx, entry, target, read)


def _not_seen(entry: Entry) -> settling.Settled:
    """Reading back does not show it: final only when Altegio has ended its work on it."""
    if settling.is_final(entry):
        audit.finish(
            entry,
            Outcome.REFUSED,
            reason=_("Reading back showed that Altegio did not carry it out. Nothing was changed."),
        )
    return settling.Settled(entry=entry)
