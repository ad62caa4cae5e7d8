"""Whole lists out of pages, in as few round trips as the API allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import Any, Protocol

from loyalty_admin.altegio.errors import UnreadableAnswer
from loyalty_admin.altegio.parallel import side_by_side
from loyalty_admin.altegio.transport import Answer
from loyalty_admin.altegio.values import read_int

# Of one list: more take longer than anybody waits, and a count can be nonsense.
MOST_PAGES = 100


class Numbered(Protocol):
    @property
    def id(self) -> int: ...


@dataclass(frozen=True, kw_only=True)
class Page[T: Numbered]:
    """`total`: how many the API counts over all pages, None where it does not say. `is_list`:
    False where it gave nothing at all instead of a list without rows.
    """

    rows: tuple[T, ...]
    total: int | None
    is_list: bool = True


@dataclass(frozen=True, kw_only=True)
class Whole[T: Numbered]:
    """`is_complete` is False when fewer came than the API counted, there is no end of them, or it
    gave nothing at all instead of a list."""

    rows: tuple[T, ...]
    is_complete: bool


def read_page[T: Numbered](answer: Answer, read_row: Callable[[Any], T]) -> Page[T]:
    """The rows of a list's answer. Raises UnreadableAnswer where there is no list in it."""
    if answer.data is not None and not isinstance(answer.data, list):
        raise UnreadableAnswer("no list in the answer", request_id=answer.request_id)
    return Page(
        rows=tuple(read_row(raw) for raw in answer.data or []),
        total=read_int(answer.meta.get("total_count")),
        is_list=answer.data is not None,
    )


def read_whole[T: Numbered](lists: Sequence[Callable[[int], Page[T]]]) -> Whole[T]:
    """All rows of the lists, each of which answers a page by its number from 1.

    Two round trips in sequence: the first page of each list, then all the others side by
    side. A list without a total is read on, page after page, until a short one.
    """
    firsts = side_by_side([partial(page_of, 1) for page_of in lists])
    both = list(zip(lists, firsts, strict=True))
    pages = [
        *firsts,
        *side_by_side(
            [
                partial(page_of, page)
                for page_of, first in both
                for page in range(2, _last_page(first) + 1)
            ]
        ),
    ]
    is_read_out = True
    for page_of, first in both:
        if first.total is None:
            # Nothing at all, and no count of it, does not say that there is nothing.
            is_read_out &= first.is_list
            more = _until_short(page_of, first)
            is_read_out &= not more or len(more[-1].rows) != len(first.rows)
            pages += more
    # A row can move between pages while they are read.
    rows = {row.id: row for page in pages for row in page.rows}
    counted = sum(first.total or 0 for first in firsts)
    return Whole(rows=tuple(rows.values()), is_complete=is_read_out and len(rows) >= counted)


def read_in_turn[T: Numbered](lists: Sequence[Callable[[int], Page[T]]]) -> Whole[T]:
    """The same, page after page, for a search that finds little.

    Whether `total` counts what was found or the whole list is not known, so it only ends the
    reading early: an empty page ends it too.
    """
    rows: dict[int, T] = {}
    is_read_out = True
    for first in side_by_side([partial(_in_turn, page_of) for page_of in lists]):
        rows |= {row.id: row for row in first.rows}
        is_read_out &= first.is_complete
    return Whole(rows=tuple(rows.values()), is_complete=is_read_out)


def _in_turn[T: Numbered](page_of: Callable[[int], Page[T]]) -> Whole[T]:
    rows: dict[int, T] = {}
    for number in range(1, MOST_PAGES + 1):
        page = page_of(number)
        rows |= {row.id: row for row in page.rows}
        if not page.rows or len(rows) == page.total:
            # Nothing at all says that there is no more only where the count agrees.
            is_complete = page.is_list or len(rows) == page.total
            return Whole(rows=tuple(rows.values()), is_complete=is_complete)
    return Whole(rows=tuple(rows.values()), is_complete=False)


def _last_page(first: Page[Any]) -> int:
    # The API may take a smaller page than asked for: the first page's size counts.
    size = len(first.rows)
    return min(ceil((first.total or 0) / size), MOST_PAGES) if size else 1


def _until_short[T: Numbered](page_of: Callable[[int], Page[T]], first: Page[T]) -> list[Page[T]]:
    size = len(first.rows)
    pages: list[Page[T]] = []
    while size and (not pages or len(pages[-1].rows) == size) and len(pages) + 1 < MOST_PAGES:
        pages.append(page_of(len(pages) + 2))
    return pages
