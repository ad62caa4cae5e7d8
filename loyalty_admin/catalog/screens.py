"""What the shared pages need to know of a resource, besides what the engine does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from loyalty_admin.accounts.http import Request
from loyalty_admin.audit.models import Entry
from loyalty_admin.catalog.attention import Attention
from loyalty_admin.catalog.forms import TermsForm
from loyalty_admin.catalog.list_views import ListPage
from loyalty_admin.catalog.resource import Item, Resource, nothing
from loyalty_admin.chains.services import ChainContext


def nothing_else(*_args: Any, **_kwargs: Any) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, kw_only=True)
class RowForm:
    """Changing some terms of an object in the list itself. `why_locked` judges by the row."""

    form: Callable[..., TermsForm]
    terms: Sequence[str]
    choices: Callable[[ChainContext], Any]
    why_locked: Callable[[Any], str] = nothing


@dataclass(frozen=True, kw_only=True)
class Screens:
    """What differs is in templates of the resource's own, which extend those of the catalogue:
    `form.html`, `detail.html`, `delete.html`; and in the partials of its `rows.html`.

    Functions that give a context get what stands on the page; those that give a reason give ""
    where there is none.
    """

    resource: Resource
    list_page: ListPage[Any]
    # What every page of the resource needs, and why a person may not change anything.
    page_context: Callable[[ChainContext], dict[str, Any]]
    why_not: Callable[[ChainContext], str]

    # The list and the page of one object
    show_rows: Callable[[ChainContext, Iterable[Any], Attention[Any]], Sequence[Any]]
    row_of: Callable[[ChainContext, Any], Any]
    details: Callable[[ChainContext, Any], dict[str, Any]]
    deletion_of: Callable[[ChainContext, int], Entry | None]
    show_deletions: Callable[[ChainContext, Iterable[Entry]], list[dict[str, Any]]]
    delete_context: Callable[[ChainContext, Any], dict[str, Any]] = nothing_else

    # Forms: of a new object, and of one that is there; both take `opened` and `choices`
    new_form: Callable[..., TermsForm]
    form: Callable[..., TermsForm]
    row_form: RowForm | None = None
    # What a new one starts from; for resources of one kind.
    new_terms: Any = None
    # The terms of a duplicate, for resources that Altegio does not clone.
    duplicate_of: Callable[[Any], Any] | None = None
    choices: Callable[[ChainContext, Item | None], Any]
    # More that the form of an object gets, by its ID; the object itself where it was just read.
    form_options: Callable[[ChainContext, int, Any], dict[str, Any]] = nothing_else
    form_context: Callable[[Any, int | None], dict[str, Any]] = nothing_else
    # Why an object cannot be edited (before its form is opened) or made once more.
    why_not_editable: Callable[[ChainContext, Any], str] = nothing
    why_not_made: Callable[[Any], str] = nothing
    gaps: Callable[[Any], str] = nothing
    # Options of a form that is not to be saved yet, for example to add a row.
    unfinished: Callable[[Request], dict[str, Any]] = nothing_else

    @property
    def app(self) -> str:
        return self.resource.app
