"""What jobs do: each slice registers how one item of its kind is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.jobs.models import Item


@dataclass(frozen=True, kw_only=True)
class JobKind:
    """`run` does an item and gives its row in the journal; `None` where nothing had to be sent.

    It may be called again for an item that was begun before: it then finds out what became of
    that and never sends twice. Raises AltegioError or CannotWrite where nothing was sent.
    `page` is the URL name of an object's page, which takes the chain's number and its own.
    """

    name: str
    page: str
    run: Callable[[ChainContext, Item], Entry | None]


_kinds: dict[str, JobKind] = {}


def register(kind: JobKind) -> None:
    """Called once for each kind, when its app is ready."""
    _kinds[kind.name] = kind


def kind_named(name: str) -> JobKind | None:
    """None for a job that a version with more kinds has begun."""
    return _kinds.get(name)
