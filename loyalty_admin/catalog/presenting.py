"""What the templates of every list get: tabs, columns, filters, pages, and the drawn rows."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.core.paginator import Page
from django.template import Context, Engine, Template
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from loyalty_admin.audit import services as audit
from loyalty_admin.audit.models import Entry
from loyalty_admin.catalog.listing import Listed, Query, Shape
from loyalty_admin.chains.services import ChainContext

DRAWN_ROWS_KEPT = 2000  # about 2 kB each, in every process
# What a page is drawn in, and what the part of it that htmx puts in is.
PAGE, PART = "base.html", "catalog/part.html"


def page_context(
    ctx: ChainContext, *, index_url: str, no_right: str, id_prefix: str, texts: Mapping[str, Any]
) -> dict[str, Any]:
    """What every page of a slice needs.

    `no_right` says which right the account lacks, `id_prefix` starts the IDs of HTML elements,
    `texts` are the slice's words for what all pages have.
    """
    reason = why_not(ctx, no_right)
    return {
        "ctx": ctx,
        "can_edit": not reason,
        # A viewer is not bothered with what they would not be offered anyway.
        "why_not": reason if ctx.person.may_edit else "",
        "form_id": audit.new_form_id(),
        "index_url": index_url,
        "id_prefix": id_prefix,
        "texts": texts,
        "layout": PAGE,
    }


def why_not(ctx: ChainContext, no_right: str) -> str:
    """Why the person may not change things here; "" when they may."""
    if not ctx.person.may_edit:
        return _("You may look at everything; changing it takes the role of an editor.")
    return no_right


def draw_rows(
    template: str, rows: Iterable[Hashable], *, can_edit: bool, why_not: str
) -> SafeString:
    """The rows as HTML. Drawing a hundred costs more than all the rest of the page, so each is
    drawn once for everybody who sees it alike."""
    compiled = Engine.get_default().get_template(template)
    language = get_language()
    drawn = (_draw_row(compiled, row, can_edit, why_not, language) for row in rows)
    return SafeString("".join(drawn))  # each was escaped by its template


@lru_cache(maxsize=DRAWN_ROWS_KEPT)
def _draw_row(
    template: Template, row: Hashable, can_edit: bool, why_not: str, language: str | None
) -> str:
    # Nothing else goes in: what is kept must not depend on who asked first.
    context = {"row": row, "can_edit": can_edit, "why_not": why_not}
    return template.render(Context(context, use_l10n=False))


def tabs(
    index_url: str,
    query: Query | None,
    rows: Iterable[Listed] | None,
    *,
    deleted: int,
    has_archive: bool = True,
) -> list[dict[str, Any]]:
    """Active, Archived and Deleted, with how many there are; `query` is None under Deleted."""
    archived = None if rows is None else [row.is_archived for row in rows]
    shown: list[dict[str, Any]] = [
        {
            "label": _("Active"),
            "url": index_url,
            "count": None if archived is None else archived.count(False),
            "is_current": query is not None and query.tab == "active",
        },
        {
            "label": _("Archived"),
            "url": index_url + Query().url(tab="archived"),
            "count": None if archived is None else archived.count(True),
            "is_current": query is not None and query.tab == "archived",
        },
        {
            "label": _("Deleted"),
            "url": f"{index_url}trash/",
            "count": deleted,
            "is_current": query is None,
        },
    ]
    return shown if has_archive else [shown[0], shown[2]]


def columns(
    shape: Shape[Any], query: Query, labels: Mapping[str, str], numbers: Iterable[str]
) -> list[dict[str, Any]]:
    """The list's columns, with the link that sorts by each; `numbers` stand at the right."""
    return [
        {
            "label": labels[name],
            "name": name,
            "url": query.url(sort=name, descending=query.sort == name and not query.descending),
            "sorted": ("descending" if query.descending else "ascending")
            if query.sort == name
            else "",
            "is_number": name in numbers,
        }
        for name in shape.sorts
    ]


def deletion(
    entry: Entry, index_url: str, title: str, cells: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    """A row under Deleted, with a cell for each term that is shown."""
    return {
        "entry": entry,
        "object_title": title,
        "cells": cells,
        "again_url": f"{index_url}trash/{entry.pk}/again/",
    }


def deleted_cell(label: str, text: str, classes: str = "") -> dict[str, str]:
    return {"label": label, "text": text, "classes": classes}


def pages(query: Query, page: Page[Any]) -> dict[str, Any]:
    """The page of the list, and the links to those beside it."""
    return {
        "page": page,
        "previous_url": query.url(page=page.number - 1) if page.has_previous() else "",
        "next_url": query.url(page=page.number + 1) if page.has_next() else "",
    }


def filter_choices(
    shape: Shape[Any], query: Query, texts: Mapping[str, tuple[str, Mapping[str, str]]]
) -> list[dict[str, Any]]:
    """The filters beside the search; `texts`: the words for each, and for its choices."""
    return [
        {
            "name": name,
            "label": texts[name][0],
            "choices": [
                {"value": value, "label": texts[name][1][value]} for value in shape.filters[name]
            ],
            "chosen": query.filters.get(name, ""),
        }
        for name in shape.filters
    ]
