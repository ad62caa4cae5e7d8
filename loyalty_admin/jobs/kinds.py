"""What jobs do: each slice registers how one item of its kind is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.jobs.models import Item, ItemState

STATE_OF_OUTCOME = {
    Outcome.DONE: ItemState.DONE,
    Outcome.REFUSED: ItemState.REFUSED,
    Outcome.UNKNOWN: ItemState.UNKNOWN,
    Outcome.PENDING: ItemState.UNKNOWN,
}


@dataclass(frozen=True)
class Step:
    """What an item came to. `WAITING`: there is more of it to do, and it has its turn again.
    `rest`: seconds for which Altegio wants to be asked nothing.
    """

    state: ItemState = ItemState.DONE
    reason: str = ""
    entry: Entry | None = None
    rest: float = 0.0

    @classmethod
    def of(cls, entry: Entry) -> Step:
        """As the journal has it."""
        return cls(STATE_OF_OUTCOME[Outcome(entry.outcome)], entry.reason, entry)


def no_entry(ctx: ChainContext, item: Item) -> None:
    """Of kinds that only read: nothing stands in the journal."""


def may_always(ctx: ChainContext) -> str:
    """Of kinds that only read what everyone may see."""
    return ""


@dataclass(frozen=True, kw_only=True)
class JobKind:
    """`run` does an item, or a part of it that takes no longer than a lease.

    It may be called again for an item that was begun before: it then finds out what became of
    that and never sends twice. Raises AltegioError or CannotWrite where nothing was sent.
    `entry_of` is the item's row in the journal, once it has one. `why_not` says why the person
    may not have it done, nor cancel or retry it; "" when they may.

    URL names: `page` of an object's page, which takes the chain's number and its own; `result`
    of what the whole came to, which takes the chain's number and the job's, with `result_label`;
    `download` of the file that it has made, once all its items are done.
    """

    name: str
    run: Callable[[ChainContext, Item], Step]
    entry_of: Callable[[ChainContext, Item], Entry | None] = no_entry
    why_not: Callable[[ChainContext], str] = may_always
    page: str = ""
    result: str = ""
    result_label: str | Promise = ""
    download: str = ""


_kinds: dict[str, JobKind] = {}


def register(kind: JobKind) -> None:
    """Called once for each kind, when its app is ready."""
    _kinds[kind.name] = kind


def kind_named(name: str) -> JobKind | None:
    """None for a job that a version with more kinds has begun."""
    return _kinds.get(name)
