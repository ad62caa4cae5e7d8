"""What the journal knows of the past: deletions, earlier forms, what other writes made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, QuerySet

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.chains.services import ChainContext


def all_deletions(ctx: ChainContext, action: str) -> QuerySet[Entry]:
    """Deletions by this dashboard, newest first."""
    return Entry.objects.filter(
        api_url=ctx.connection.api_url, chain_id=ctx.id, action=action, outcome=Outcome.DONE
    )


def deletions(ctx: ChainContext, action: str) -> QuerySet[Entry]:
    """Those that nothing has made good yet, newest first."""
    return all_deletions(ctx, action).exclude(follow_ups__outcome=Outcome.DONE)


def asked_before(
    ctx: ChainContext, number: str, action: str, object_id: int | None
) -> dict[str, Any]:
    """The terms that an entry of the journal asked for, as it keeps them; none where it is
    another's. `number` comes from an address."""
    found = Entry.objects.filter(
        pk=int(number) if number.isdecimal() and len(number) < 19 else 0,
        api_url=ctx.connection.api_url,
        chain_id=ctx.id,
        action=action,
        object_id=object_id,
    ).first()
    return found.asked["terms"] if found else {}


def claimed_ids(entry: Entry) -> set[int]:
    """Objects of its kind and chain that the entry cannot have made.

    Another one is known to have made them, or the journal knew them before. That one was changed
    since says nothing: it may be what this entry made.
    """
    kind = entry.action.partition(".")[0]
    others = Entry.objects.filter(
        api_url=entry.api_url, chain_id=entry.chain_id, action__startswith=f"{kind}."
    ).exclude(pk=entry.pk)
    made = others.filter(result_id__isnull=False).exclude(object_id=F("result_id"))
    earlier = others.filter(pk__lt=entry.pk)
    found = [
        made.values_list("result_id", flat=True),
        earlier.values_list("result_id", flat=True),
        earlier.values_list("object_id", flat=True),
    ]
    return {number for numbers in found for number in numbers if number}


def later_changes(entry: Entry) -> QuerySet[Entry]:
    """What the same object got, or may have got, since: reading shows what they left."""
    kind = entry.action.partition(".")[0]
    later = Entry.objects.filter(
        api_url=entry.api_url,
        chain_id=entry.chain_id,
        action__startswith=f"{kind}.",
        object_id=entry.object_id,
        pk__gt=entry.pk,
    ).exclude(outcome=Outcome.REFUSED)
    # What makes another one of it, and keeps which ones there were, changes nothing of it.
    return later.exclude(asked__has_key="known_ids")


def is_perhaps_changed_since(entry: Entry) -> bool:
    """Whether something of the title that the entry would have given, and which the journal knew
    from nowhere, was changed or deleted since: it is then no more to be found by that title."""
    kind = entry.action.partition(".")[0]
    later = Entry.objects.filter(
        api_url=entry.api_url,
        chain_id=entry.chain_id,
        action__startswith=f"{kind}.",
        object_title__startswith=entry.object_title.strip(),
        object_id__isnull=False,
        pk__gt=entry.pk,
    ).exclude(outcome=Outcome.REFUSED)
    known = {*entry.asked.get("known_ids", ()), *claimed_ids(entry)}
    return any(number not in known for number in later.values_list("object_id", flat=True))


def made_ids(ctx: ChainContext, actions: Iterable[str], *, deleted: str) -> list[int]:
    """Objects that this dashboard made by these actions and did not delete, newest first."""
    done = Entry.objects.filter(
        api_url=ctx.connection.api_url, chain_id=ctx.id, outcome=Outcome.DONE
    )
    gone = done.filter(action=deleted).values("object_id")
    made = done.filter(action__in=list(actions), result_id__isnull=False)
    found = made.exclude(result_id__in=gone).values_list("result_id", flat=True)
    return [number for number in found if number]


def result_of(ctx: ChainContext, action: str, object_id: int) -> int | None:
    """What the newest such action made of the object."""
    done = Entry.objects.filter(
        api_url=ctx.connection.api_url,
        chain_id=ctx.id,
        action=action,
        object_id=object_id,
        outcome=Outcome.DONE,
    ).first()
    return done.result_id if done else None
