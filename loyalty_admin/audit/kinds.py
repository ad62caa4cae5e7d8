"""The kinds of objects whose writes stand in the audit log: each slice registers its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise

from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.services import ChainContext


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An object that may be the one an unknown write made."""

    id: int
    title: str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What reading showed of a write whose outcome is unknown.

    `took`: what the write asked for is there now; `took_terms` says which terms of an edit.
    `is_as_before`: nothing of it is, and nothing else has changed since. With neither, reading
    does not tell. `finish` ends the entry as done.

    Of a creation there are `candidates` in place of `took`: new objects of its title.
    """

    took: bool = False
    took_terms: Collection[str] = ()
    is_as_before: bool = False
    candidates: tuple[Candidate, ...] | None = None
    finish: Callable[[], None] = lambda: None


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`name` begins the name of each of its `actions`, before a dot.

    `page` is the URL name of an object's page, which takes the chain's number and its own.
    `done` says that an action is done, of %(title)s; those `once_only` are not offered again
    to a form that is sent late a second time. `opposites`: which action undoes which.
    `look` reads what came of an unknown write; `finish_as` ends the entry of a creation with the
    object that it made; `note_unknown` lets lists know that they may be old. They may raise
    AltegioError. `again_url` is a form filled with what an entry asked for; "" where there is none.
    """

    name: str
    label: str | Promise
    page: str
    actions: Mapping[str, str | Promise]
    done: Mapping[str, str | Promise]
    once_only: frozenset[str]
    look: Callable[[Entry, ChainContext], Evidence]
    again_url: Callable[[Entry], str]
    opposites: Mapping[str, str] = field(default_factory=dict)
    finish_as: Callable[[Entry, ChainContext, int], None] = lambda entry, ctx, object_id: None
    note_unknown: Callable[[ChainContext], None] = lambda ctx: None


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
