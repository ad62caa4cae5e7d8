"""What the engine needs to know about a kind of object that chains sell or give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.functional import Promise

from loyalty_admin.altegio.schema import Schema
from loyalty_admin.altegio.transport import Answer, Send
from loyalty_admin.audit.guard import Sender
from loyalty_admin.audit.models import Entry
from loyalty_admin.catalog.field import Fields
from loyalty_admin.chains.services import ChainContext

if TYPE_CHECKING:
    pass


class Item(Protocol):
    """One object as Altegio gives it."""

    @property
    def id(self) -> int: ...
    @property
    def terms(self) -> Any: ...
    @property
    def unreadable(self) -> tuple[str, ...]:
        """API names of terms that the answer lacked or garbled: a PUT would lose them."""
        ...

    @property
    def raw(self) -> Mapping[str, Any]: ...


class Formatter(Protocol):
    """Turns terms into texts for people."""

    def of(self, terms: Any, name: str) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Lists:
    """A chain's cached list: `show` an object as it was just read back, `drop` one, or `note_write`
    when nobody knows what became of it."""

    show: Callable[[ChainContext, Any], None]
    drop: Callable[[ChainContext, int], None]
    note_write: Callable[[ChainContext], None]


@dataclass(frozen=True, kw_only=True)
class Found:
    """Objects that may be what a creation made. `is_all`: there can be no others."""

    items: Sequence[Item]
    is_all: bool = True


def nothing(*_args: Any) -> str:
    return ""


def no_terms(*_args: Any) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Resource:
    """`name` begins the names of its actions, `app` those of its addresses.

    `actions` say what can be done ("created", "edited", …) in words, `done` that it was done.
    """

    name: str
    app: str
    label: str | Promise
    actions: Mapping[str, str | Promise]
    done: Mapping[str, str | Promise]
    again_url: Callable[[Entry], str]

    # The terms
    # What a new object of the terms starts from.
    blank: Callable[[Any], Any]
    schema: Schema[Any]
    fields: Fields
    formatter: Callable[[ChainContext, Any], Formatter]

    # Reading; each may raise AltegioError
    from_api: Callable[[Any], Item]
    read: Callable[[ChainContext, int], Item]
    read_back: Callable[[ChainContext, int], Item]
    # The object, unless it is deleted: what a list says counts. Gets what a deletion asked.
    read_listed: Callable[[ChainContext, int, Mapping[str, Any]], Item | None]
    # What is needed to tell a new object of the terms from those that were there before.
    before_creation: Callable[[ChainContext, Any], dict[str, Any]]
    find_created: Callable[[ChainContext, Entry], Found]
    lists: Lists

    # Writing: each sends, and the first two read back
    send_creation: Callable[[ChainContext, Sender, Any, Mapping[str, Any] | None], Item]
    send_update: Callable[[ChainContext, Sender, Any, Any], Item]
    send_deletion: Callable[[Send, int, int], Answer]

    # Rules of its own: reasons are "" where there is none
    why_gone: Callable[[ChainContext, int], str] = nothing
    why_locked: Callable[[ChainContext, Any], str] = nothing
    why_undeletable: Callable[[ChainContext, Any], str] = nothing
    before_deletion: Callable[[ChainContext, int], dict[str, Any]] = no_terms
    # Terms that a half-done edit lost, as they were before.
    lost_terms: Callable[[Any, Any], dict[str, Any]] = no_terms
    # Terms of which nobody knows whether they took.
    unknown_terms: Callable[[Any], Iterable[str]] = lambda terms: ()
    # Changes in this dashboard that belong to a write, once it is done.
    on_done: Callable[[ChainContext, Entry, Any], None] = lambda ctx, entry, item: None

    @property
    def terms(self) -> type[Any]:
        return self.schema.terms

    def action(self, verb: str) -> str:
        return f"{self.name}.{verb}"
