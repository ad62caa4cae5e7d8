"""Unknown outcomes are settled by reading back, never by sending again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from loyalty_admin.altegio.transport import Transport
from loyalty_admin.audit.models import Entry, Outcome

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


Settler = Callable[[Entry, Transport], Settled]
_settlers: dict[str, Settler] = {}


def register(kind: str, settler: Settler) -> None:
    """Let `settler` settle the entries whose action starts with `kind` and a dot."""
    _settlers[kind] = settler


def settle(entry: Entry, transport: Transport) -> Settled:
    """Read back and write the outcome down where it is now known. Raises AltegioError."""
    if entry.outcome == Outcome.UNKNOWN:
        return _settlers[entry.action.split(".")[0]](entry, transport)
    return Settled(entry=entry)


def is_final(entry: Entry) -> bool:
    """Whether Altegio has certainly ended its work on an entry's last request."""
    return bool(entry.asked.get("answered")) or timezone.now() - entry.started_at > STILL_AT_WORK
