"""What the audit log knows of the past: deletions, earlier forms, what other writes made."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.chains.services import ChainContext

# Deleted objects


def all_deletions(ctx: ChainContext, action: str) -> QuerySet[Entry]:
    """Deletions by this dashboard, newest first."""
    return Entry.objects.filter(
        api_url=ctx.connection.api_url, chain_id=ctx.id, action=action, outcome=Outcome.DONE
    )


def deletions(ctx: ChainContext, action: str) -> QuerySet[Entry]:
    """The last one of each object that was not restored or created again, newest first."""
    same = Entry.objects.filter(
        api_url=OuterRef("api_url"),
        chain_id=OuterRef("chain_id"),
        object_id=OuterRef("object_id"),
        pk__gt=OuterRef("pk"),
        outcome=Outcome.DONE,
    )
    return all_deletions(ctx, action).exclude(
        Exists(same.filter(Q(action=action) | Q(origin__action=action)))
    )


def recreation_of(deletion: Entry) -> Entry | None:
    """What restored the deleted object or created it again, or may have."""
    return Entry.objects.filter(
        api_url=deletion.api_url,
        chain_id=deletion.chain_id,
        object_id=deletion.object_id,
        origin__action=deletion.action,
        pk__gt=deletion.pk,
        outcome__in=[Outcome.DONE, Outcome.UNKNOWN],
    ).first()


# Other entries of the same object


def _of_same_kind(entry: Entry) -> QuerySet[Entry]:
    kind = entry.action.partition(".")[0]
    return Entry.objects.filter(
        api_url=entry.api_url, chain_id=entry.chain_id, action__startswith=f"{kind}."
    ).exclude(pk=entry.pk)


def _of_same_object(entry: Entry) -> QuerySet[Entry]:
    found = _of_same_kind(entry).filter(object_id=entry.object_id)
    # What makes another one of it, and keeps which ones there were, changes nothing of it.
    return found.exclude(outcome=Outcome.REFUSED).exclude(asked__has_key="known_ids")


def later_changes(entry: Entry) -> QuerySet[Entry]:
    """What the same object got, or may have got, since: reading shows what they left."""
    return _of_same_object(entry).filter(pk__gt=entry.pk)


def is_undone(entry: Entry, opposite: str) -> bool:
    """Whether the opposite was certainly done since. False also where the same was asked for once
    more before it, which may be what was undone."""
    since = later_changes(entry).filter(action__in=[entry.action, opposite])
    first = since.order_by("pk").values_list("action", "outcome").first()
    return first == (opposite, Outcome.DONE)


def may_be_undone(entry: Entry, opposite: str) -> bool:
    """Whether something was done since, or may have been, that brought back what was before."""
    later = later_changes(entry)
    terms = entry.asked.get("terms")
    if terms is None:
        return later.filter(action=opposite).exists()
    return any(terms.keys() & other.asked.get("terms", {}).keys() for other in later)


def explained_by(entry: Entry, took_terms: Collection[str]) -> Entry | None:
    """Another entry of ours that may have done what was read back; None where none can have.

    It was sent later, or nobody knows what became of it; and it asked for the same.
    """
    others = _of_same_object(entry).filter(Q(pk__gt=entry.pk) | Q(outcome=Outcome.UNKNOWN))
    if not took_terms:
        return others.filter(action=entry.action).first()
    asked = entry.asked["terms"]
    last, unexplained = None, set(took_terms)
    for other in others.order_by("pk"):
        theirs = other.asked.get("terms", {})
        same = {name for name in took_terms if name in theirs and theirs[name] == asked[name]}
        if same:
            last, unexplained = other, unexplained - same
    return None if unexplained else last


# Objects that entries made


def asked_before(
    ctx: ChainContext, number: str, action: str, object_id: int | None
) -> dict[str, Any]:
    """The terms that an entry asked for, as it keeps them; none where it is another's. `number`
    comes from an address."""
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

    Another one is known to have made them, or the log knew them before. A later change does not
    prove that: it may be of what this entry made.
    """
    others = _of_same_kind(entry)
    made = others.filter(result_id__isnull=False).exclude(object_id=F("result_id"))
    earlier = others.filter(pk__lt=entry.pk)
    found = [
        made.values_list("result_id", flat=True),
        earlier.values_list("result_id", flat=True),
        earlier.values_list("object_id", flat=True),
    ]
    return {number for numbers in found for number in numbers if number}


def proves(entry: Entry, object_id: int) -> bool:
    """Whether a new object of the entry's title can only have been made by the entry.

    Not where the list before it was not whole, and not where another unknown creation of the
    same title may have made it.
    """
    if not entry.asked.get("knows_all", True):
        return False
    rivals = _of_same_kind(entry).filter(
        outcome__in=[Outcome.UNKNOWN, Outcome.PENDING],
        asked__has_key="known_ids",
        object_title=entry.object_title,
    )
    return all(object_id in rival.asked["known_ids"] for rival in rivals)


def is_perhaps_changed_since(entry: Entry) -> bool:
    """Whether something of the title that the entry would have given, and which the log knew from
    nowhere, was changed or deleted since: it is then no more to be found by that title."""
    later = _of_same_kind(entry).filter(
        object_title__startswith=entry.object_title.strip(),
        object_id__isnull=False,
        pk__gt=entry.pk,
    )
    known = {*entry.asked.get("known_ids", ()), *claimed_ids(entry)}
    found = later.exclude(outcome=Outcome.REFUSED).values_list("object_id", flat=True)
    return any(number not in known for number in found)


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
