"""What a list's address asks for, and the rows of a chain's whole list that answer it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

from django.http import QueryDict

PAGE_SIZES = (50, 25, 100, 200)
MOST_PAGES = 1_000_000
MOST_OF_A_SEARCH = 255  # characters

Tab = Literal["active", "archived"]


class Listed(Protocol):
    """What every row has that is listed."""

    @property
    def id(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def location_ids(self) -> tuple[int, ...]: ...
    @property
    def is_archived(self) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class Shape[Row: Listed]:
    """By what one kind of list is sorted and narrowed; `sorts` begins with the usual one."""

    sorts: Mapping[str, Callable[[Row], Any]]
    filters: Mapping[str, Mapping[str, Callable[[Row], bool]]]

    def query(self, data: QueryDict) -> Query:
        """What the address asks for; anything that makes no sense in it is left out."""
        sort = data.get("sort", "")
        size, location = (_number(data.get(key, "")) for key in ("size", "location"))
        return Query(
            tab="archived" if data.get("tab") == "archived" else "active",
            search=data.get("q", "").strip()[:MOST_OF_A_SEARCH],
            sort=sort.removeprefix("-") if sort.removeprefix("-") in self.sorts else "title",
            descending=sort.startswith("-") and sort.removeprefix("-") in self.sorts,
            location=location,
            attention=data.get("attention") == "yes",
            filters={
                name: data.get(name, "")
                for name, choices in self.filters.items()
                if data.get(name) in choices
            },
            page=page_number(data),
            size=size if size in PAGE_SIZES else PAGE_SIZES[0],
        )

    def select(
        self, rows: Iterable[Row], query: Query, is_odd: Callable[[Row], object]
    ) -> list[Row]:
        """The rows that the query asks for, over all pages, in its order.

        `is_odd` tells those that need attention.
        """
        words = query.search.casefold().split()
        chosen = [self.filters[name][value] for name, value in query.filters.items()]
        found = [
            row
            for row in rows
            if row.is_archived == (query.tab == "archived")
            and (query.location is None or query.location in row.location_ids)
            and all(keep(row) for keep in chosen)
            and all(word in row.title.casefold() for word in words)
            and (not query.attention or is_odd(row))
        ]
        found.sort(key=lambda row: (row.title.casefold(), row.id))
        found.sort(key=self.sorts[query.sort], reverse=query.descending)
        return found


@dataclass(frozen=True, kw_only=True)
class Query:
    tab: Tab = "active"
    search: str = ""
    sort: str = "title"
    descending: bool = False
    location: int | None = None
    # Only what needs attention.
    attention: bool = False
    filters: Mapping[str, str] = field(default_factory=dict)
    page: int = 1
    size: int = PAGE_SIZES[0]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search or self.filters or self.attention or self.location is not None)

    def url(self, **changes: Any) -> str:
        """The query string that asks for this, changed; back on page 1 unless `page` is given."""
        changed = replace(self, **{"page": 1, **changes})
        values = {
            "tab": changed.tab if changed.tab != "active" else "",
            "q": changed.search,
            "attention": "yes" if changed.attention else "",
            **changed.filters,
            "location": "" if changed.location is None else changed.location,
            "sort": changed._sort_value(),
            "size": changed.size if changed.size != PAGE_SIZES[0] else "",
            "page": changed.page if changed.page > 1 else "",
        }
        return "?" + urlencode({key: value for key, value in values.items() if value != ""})

    def _sort_value(self) -> str:
        value = f"-{self.sort}" if self.descending else self.sort
        return "" if value == "title" else value


def page_number(data: QueryDict) -> int:
    """The page that an address asks for; the first where that makes no sense."""
    page = _number(data.get("page", "")) or 1
    return page if page <= MOST_PAGES else 1


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 15 else None
