"""Unknown outcomes are settled by reading back, never by sending again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.chains.services import ChainContext

# Without an answer Altegio may still be at work: until then "not there" proves nothing.
STILL_AT_WORK = timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An object that may be the one an unknown write made."""

    id: int
    title: str


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What reading back showed. Several `candidates`: the person decides which one it is."""

    entry: Entry
    candidates: tuple[Candidate, ...] = ()


Settler = Callable[[Entry, ChainContext], Settled]
Decider = Callable[[Entry, ChainContext, int], None]
_kinds: dict[str, tuple[Settler, Decider]] = {}


def register(kind: str, settler: Settler, decider: Decider) -> None:
    """Who settles the entries whose action starts with `kind` and a dot."""
    _kinds[kind] = (settler, decider)


def settle(entry: Entry, ctx: ChainContext) -> Settled:
    """Read back and write the outcome down where it is now known. Raises AltegioError."""
    if entry.outcome != Outcome.UNKNOWN:
        return Settled(entry=entry)
    settler, _decider = _kinds[entry.action.split(".")[0]]
    return settler(entry, ctx)


def decide(entry: Entry, ctx: ChainContext, object_id: int) -> None:
    """A person says which candidate it is. Raises AltegioError; ValueError for none of them."""
    candidates = settle(entry, ctx).candidates
    entry.refresh_from_db()  # somebody else may have decided meanwhile
    if entry.outcome != Outcome.UNKNOWN:
        return
    if object_id not in {candidate.id for candidate in candidates}:
        raise ValueError("not one of the objects that this write may have made")
    _settler, decider = _kinds[entry.action.split(".")[0]]
    decider(entry, ctx, object_id)


def is_final(entry: Entry) -> bool:
    """Whether Altegio has certainly ended its work on an entry's last request."""
    return bool(entry.asked.get("answered")) or timezone.now() - entry.started_at > STILL_AT_WORK
