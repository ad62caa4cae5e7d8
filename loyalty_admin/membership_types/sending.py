"""What is special about sending membership types: services go out in one of two forms, archiving
in one of two, and Altegio itself clones and restores."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _

from loyalty_admin.altegio import membership_types as api
from loyalty_admin.altegio.errors import AltegioError, OutcomeUnknown, Refused
from loyalty_admin.altegio.membership_services import ServicesForm
from loyalty_admin.altegio.membership_types import (
    MembershipType,
    Terms,
    first_services_form,
    normal_services,
    to_api,
)
from loyalty_admin.altegio.transport import Answer
from loyalty_admin.audit.errors import CannotWrite
from loyalty_admin.audit.guard import Intent, Sender, Unchanged, Written, perform, reading_back
from loyalty_admin.audit.models import Entry
from loyalty_admin.catalog import writes
from loyalty_admin.catalog.resource import Resource
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.membership_types import reading

# Refusals that may only mean "not in this form".
PERHAPS_ANOTHER_FORM = (404, 405, 422)
REMEMBER_FORM_FOR = 30 * 24 * 60 * 60  # seconds


# Services


def create(resource: Resource, ctx: ChainContext, send: Sender, terms: Terms) -> MembershipType:
    form = _services_form(ctx, terms)
    body = to_api(terms, chain_id=ctx.id, form=form)
    answer = api.create_type(send, ctx.id, body, form=_named(form))
    read = _read_created(resource, ctx, send.entry, answer)
    return _put_services_again(ctx, send, read, terms, form)


def update(ctx: ChainContext, send: Sender, fresh: MembershipType, target: Terms) -> MembershipType:
    form = _services_form(ctx, target)
    read = _put(ctx, send, fresh, target, form)
    return _put_services_again(ctx, send, read, target, form)


def _put(
    ctx: ChainContext, send: Sender, read: MembershipType, target: Terms, form: ServicesForm
) -> MembershipType:
    """One PUT of everything, and what Altegio then has: its answer if that is whole, else read."""
    body = to_api(target, chain_id=ctx.id, form=form, read=read.raw)
    answer = api.update_type(send, ctx.id, read.id, body, form=_named(form))
    with reading_back():
        whole = api.whole_answer(answer)
        if whole and whole.id == read.id:
            return whole
        return reading.read_membership_type(ctx=ctx, type_id=read.id)


def _put_services_again(
    ctx: ChainContext, send: Sender, read: MembershipType, target: Terms, form: ServicesForm
) -> MembershipType:
    """Some chains take only maps, some only links, and say nothing: try the other form once."""
    if normal_services(read.terms) == normal_services(target) or read.sold != 0:
        return read
    other: ServicesForm = "links" if form == "maps" else "maps"
    try:
        again = _put(ctx, send, read, target, other)
    except OutcomeUnknown:
        raise
    except AltegioError:
        # The attempt is stored with the entry; the comparison names what did not take.
        with reading_back():
            return reading.read_membership_type(ctx=ctx, type_id=read.id)
    if normal_services(again.terms) == normal_services(target):
        cache.set(ctx.cache_key("services_form"), other, REMEMBER_FORM_FOR)
    return again


def _services_form(ctx: ChainContext, terms: Terms) -> ServicesForm:
    known: ServicesForm | None = cache.get(ctx.cache_key("services_form"))
    first = first_services_form(terms)
    return first if first == "links" else known or first


def _named(form: ServicesForm) -> str:
    return _("services as %(form)s") % {"form": form}


def _read_created(
    resource: Resource, ctx: ChainContext, entry: Entry, answer: Answer
) -> MembershipType:
    whole = api.whole_answer(answer)
    read = writes.read_created(resource, ctx, entry, answer, whole)
    assert isinstance(read, MembershipType)
    return read


# What Altegio does itself


def clone(
    resource: Resource, ctx: ChainContext, type_id: int, *, form_id: str
) -> Written[MembershipType]:
    """Have Altegio copy the type. Raises AlreadySubmitted, AltegioError."""

    def prepare() -> Intent[MembershipType]:
        original = reading.read_membership_type(ctx=ctx, type_id=type_id)

        def send(send: Sender) -> MembershipType:
            answer = api.clone_type(send, ctx.id, type_id)
            return _read_created(resource, ctx, send.entry, answer)

        return Intent(
            title=original.terms.title,
            asked=resource.before_creation(ctx, original.terms),
            send=send,
            done=partial(_finish, resource, ctx),
        )

    action = resource.action("cloned")
    return perform(ctx, action=action, object_id=type_id, form_id=form_id, prepare=prepare)


def restore(
    resource: Resource, ctx: ChainContext, deletion: Entry, title: str, *, form_id: str
) -> Written[MembershipType]:
    """Have Altegio bring a deleted type back. Raises AlreadySubmitted, AltegioError."""
    type_id = deletion.object_id
    assert type_id is not None

    def prepare() -> Intent[MembershipType]:
        writes.check_not_recreated(deletion)

        def send(send: Sender) -> MembershipType:
            api.restore_type(send, ctx.id, type_id, title)
            with reading_back():
                read = resource.read_listed(ctx, type_id, {})
            if read is None:
                raise Refused(_("Altegio accepted the request, but does not list the type."))
            assert isinstance(read, MembershipType)
            return read

        return Intent(
            title=title, asked={"title": title}, send=send, done=partial(_finish, resource, ctx)
        )

    return perform(
        ctx,
        action=resource.action("restored"),
        object_id=type_id,
        origin=deletion,
        form_id=form_id,
        prepare=prepare,
    )


def archive(
    resource: Resource, ctx: ChainContext, type_id: int, *, form_id: str, archived: bool
) -> Written[MembershipType]:
    """Archive or unarchive it. Raises CannotWrite, AlreadySubmitted, AltegioError."""

    def prepare() -> Intent[MembershipType] | Unchanged[MembershipType]:
        # Altegio checks neither right nor chain on the switch itself, but it does on reading.
        read = reading.read_membership_type(ctx=ctx, type_id=type_id)
        if reason := resource.why_gone(ctx, type_id):
            raise CannotWrite(reason)
        if read.is_archived == archived:
            resource.lists.show(ctx, read)
            return Unchanged(read)
        return Intent(
            title=read.terms.title,
            asked={"archived": archived},
            send=lambda send: _send_archive_switch(ctx, send, type_id, archived=archived),
            done=partial(_finish, resource, ctx),
        )

    action = resource.action("archived" if archived else "unarchived")
    return perform(ctx, action=action, object_id=type_id, form_id=form_id, prepare=prepare)


def _send_archive_switch(
    ctx: ChainContext, send: Sender, type_id: int, *, archived: bool
) -> MembershipType:
    """In the documented form; where that is refused in the other one that was seen."""

    def read_back() -> MembershipType:
        with reading_back():
            return reading.read_membership_type(ctx=ctx, type_id=type_id)

    def switch(documented: bool) -> None:
        api.switch_archive(send, ctx.id, type_id, archived=archived, documented=documented)

    try:
        switch(True)
        read = read_back()
    except Refused as refusal:
        if refusal.status not in PERHAPS_ANOTHER_FORM:
            raise
        read = read_back()
        if read.is_archived != archived:
            switch(False)
            read = read_back()
    if read.is_archived != archived:
        raise Refused(_("Altegio accepted the request, but the type is as it was."))
    return read


def _finish(
    resource: Resource, ctx: ChainContext, entry: Entry, read: MembershipType | Any
) -> None:
    writes.finish_done(resource, ctx, entry, None, read)
