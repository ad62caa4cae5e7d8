"""Writing the objects of any resource: each function prepares, sends, and compares.

All of them raise AlreadySubmitted, CannotWrite (nothing was sent) and AltegioError.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty_admin.altegio.errors import OutcomeUnknown, Refused
from loyalty_admin.altegio.transport import Answer
from loyalty_admin.altegio.values import read_int
from loyalty_admin.audit import history
from loyalty_admin.audit.errors import AlreadySubmitted, CannotWrite
from loyalty_admin.audit.guard import Intent, Sender, Unchanged, Written, perform, reading_back
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.audit.services import Change, Kept, finish
from loyalty_admin.catalog.resource import Item, Resource
from loyalty_admin.catalog.stale import merged
from loyalty_admin.chains.services import ChainContext


def create(
    resource: Resource,
    ctx: ChainContext,
    *,
    form_id: str,
    terms: Any,
    clone_of: int | None = None,
    origin: Entry | None = None,
) -> Written[Any]:
    """Make a new object, perhaps as the duplicate of another, or for a deletion, its `origin`."""
    verb = "recreated" if origin else "created" if clone_of is None else "cloned"
    copy = origin.copy if origin else None

    def prepare() -> Intent[Item]:
        check_not_recreated(origin)
        return Intent(
            title=terms.title,
            changes=_changes_of_new(resource, ctx, terms),
            asked={"terms": resource.schema.dump(terms), **resource.before_creation(ctx, terms)},
            send=lambda send: resource.send_creation(ctx, send, terms, copy),
            done=lambda entry, read: finish_done(resource, ctx, entry, terms, read),
        )

    return perform(
        ctx,
        action=resource.action(verb),
        object_id=origin.object_id if origin else clone_of,
        origin=origin,
        form_id=form_id,
        prepare=prepare,
    )


def edit(
    resource: Resource,
    ctx: ChainContext,
    object_id: int,
    *,
    form_id: str,
    opened_on: Mapping[str, Any],
    wanted: Mapping[str, Any],
) -> Written[Any]:
    """Set the terms that differ between `opened_on` and `wanted`; all others stay.

    Raises StaleEdit where what it sets changed at Altegio since; nothing was sent then.
    """

    def prepare() -> Intent[Item] | Unchanged[Item]:
        fresh = resource.read(ctx, object_id)
        formatter = resource.formatter(ctx, fresh)
        target = merged(
            fresh.terms,
            opened_on,
            wanted,
            differing=resource.schema.differing,
            label=resource.fields.label,
            say=formatter.of,
        )
        _check(resource.why_gone(ctx, object_id))
        names = resource.schema.differing(fresh.terms, target)
        if not names:
            resource.lists.show(ctx, fresh)
            return Unchanged(fresh)
        _check(resource.why_locked(ctx, fresh))
        _check(why_unreadable(resource, fresh))
        return Intent(
            title=fresh.terms.title,
            changes=changes(resource, ctx, fresh, target, names),
            asked={
                "terms": resource.schema.dump(target, names),
                "before": resource.schema.dump(fresh.terms, names),
            },
            copy=dict(fresh.raw),
            send=lambda send: resource.send_update(ctx, send, fresh, target),
            done=lambda entry, read: finish_done(resource, ctx, entry, target, read),
        )

    return perform(
        ctx,
        action=resource.action("edited"),
        object_id=object_id,
        form_id=form_id,
        prepare=prepare,
    )


def delete(resource: Resource, ctx: ChainContext, object_id: int, *, form_id: str) -> Written[Any]:
    """Delete it, keeping a full copy."""

    def prepare() -> Intent[Item]:
        fresh = resource.read(ctx, object_id)
        _check(resource.why_undeletable(ctx, fresh))
        asked = resource.before_deletion(ctx, object_id)

        def send(send: Sender) -> None:
            resource.send_deletion(send, ctx.id, object_id)
            with reading_back():
                still_there = resource.read_listed(ctx, object_id, asked)
            if still_there is not None:
                raise Refused(_("Altegio accepted the request, but still lists it."))

        return Intent(
            title=fresh.terms.title,
            asked=asked,
            copy=dict(fresh.raw),
            send=send,
            done=lambda entry, _read: finish_deleted(resource, ctx, entry),
        )

    return perform(
        ctx,
        action=resource.action("deleted"),
        object_id=object_id,
        form_id=form_id,
        prepare=prepare,
    )


# What the writes share


def _check(reason: str) -> None:
    if reason:
        raise CannotWrite(reason)


def why_unreadable(resource: Resource, item: Item) -> str:
    """What a PUT would lose, because Altegio did not say it; "" where it said everything."""
    if not item.unreadable:
        return ""
    return _(
        "Altegio did not say what is set for: %(fields)s. Saving would lose it, so nothing was "
        "sent. Try again later, or change it at Altegio."
    ) % {"fields": unreadable_labels(resource, item)}


def unreadable_labels(resource: Resource, item: Item) -> str:
    names = dict.fromkeys(resource.schema.term_of_key.get(key, key) for key in item.unreadable)
    return ", ".join(resource.fields.label(name) for name in names)


def check_not_recreated(origin: Entry | None) -> None:
    """Raises AlreadySubmitted where the deleted object was made again, or may have been."""
    other = history.recreation_of(origin) if origin else None
    if other is not None:
        raise AlreadySubmitted(other, late=False)


def changes(
    resource: Resource, ctx: ChainContext, item: Item | None, target: Any, names: Iterable[str]
) -> list[Change]:
    """What a write sets, for the audit log."""
    formatter = resource.formatter(ctx, item)
    before = item.terms if item else resource.terms()
    return [
        {
            "field": resource.fields.label(name),
            "before": formatter.of(before, name),
            "after": formatter.of(target, name),
        }
        for name in names
    ]


def _changes_of_new(resource: Resource, ctx: ChainContext, terms: Any) -> list[Change]:
    nothing, blank = resource.terms(), resource.blank(terms)
    fixed = [n for n in resource.schema.names if getattr(blank, n) != getattr(nothing, n)]
    return changes(resource, ctx, None, terms, [*fixed, *resource.schema.differing(blank, terms)])


def read_created(
    resource: Resource, ctx: ChainContext, entry: Entry, answer: Answer, whole: Item | None
) -> Item:
    """The object that an accepted POST made, also where the answer was empty.

    `whole`: the object in the answer, where that is whole.
    """
    with reading_back():
        created_id = read_int(answer.data.get("id")) if isinstance(answer.data, Mapping) else None
        if created_id is None:
            found = resource.find_created(ctx, entry).items
            if len(found) != 1:
                raise OutcomeUnknown(answered=True, request_id=answer.request_id)
            created_id = found[0].id
        if whole is not None and whole.id == created_id:
            return whole
        return resource.read_back(ctx, created_id)


def finish_done(
    resource: Resource, ctx: ChainContext, entry: Entry, target: Any, read: Item | None
) -> None:
    """End the entry as done, naming what Altegio did not apply; every list shows what was read.

    `target`: the terms that were asked for, None where the write was not about terms.
    """
    assert read is not None
    formatter = resource.formatter(ctx, read)
    names = resource.schema.differing(target, read.terms) if target else []
    # Neither of them can be called kept where only one is known.
    unknown = {*resource.unknown_terms(read.terms), *resource.unknown_terms(target or read.terms)}
    kept: list[Kept] = [
        {
            "field": resource.fields.label(name),
            "asked": formatter.of(target, name),
            "kept": formatter.of(read.terms, name),
        }
        for name in names
        if name not in unknown
    ]
    # First, so that whoever waits for the outcome finds the list in order.
    resource.lists.show(ctx, read)
    with transaction.atomic():
        resource.on_done(ctx, entry, read)
        finish(entry, Outcome.DONE, kept=kept, result_id=read.id, result_title=read.terms.title)


def finish_deleted(resource: Resource, ctx: ChainContext, entry: Entry) -> None:
    """End the entry as done; no list shows the object any more."""
    assert entry.object_id is not None
    resource.lists.drop(ctx, entry.object_id)
    with transaction.atomic():
        resource.on_done(ctx, entry, None)
        finish(entry, Outcome.DONE)
