"""The kinds of objects whose writes stand in the journal: each slice registers its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.services import ChainContext


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


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`name` begins the name of each of its `actions`, before a dot.

    `page` is the URL name of an object's page, which takes the chain's number and its own.
    `done` says that an action is done, of %(title)s; those `once_only` are not offered again
    to a form that is sent late a second time.
    `settle` reads back what came of an unknown write; `decide` takes a candidate for it.
    `again_url` is a form filled with what an entry asked for; "" where there is none.
    """

    name: str
    label: str | Promise
    page: str
    actions: Mapping[str, str | Promise]
    done: Mapping[str, str | Promise]
    once_only: frozenset[str]
    settle: Callable[[Entry, ChainContext], Settled]
    decide: Callable[[Entry, ChainContext, int], None]
    again_url: Callable[[Entry], str]


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Called once for each kind, when its app is ready."""
    _kinds[kind.name] = kind


def kind_of(entry: Entry) -> Kind | None:
    """None for an entry that a version with more kinds has written."""
    return _kinds.get(entry.action.partition(".")[0])


def all_actions() -> dict[str, str | Promise]:
    """Every action by name, in words."""
    return {name: text for kind in _kinds.values() for name, text in kind.actions.items()}
