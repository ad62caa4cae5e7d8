"""Whole lists out of pages: nothing left out unsaid, nothing twice, no page asked in vain."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from loyalty_admin.altegio.errors import Unavailable, UnreadableAnswer
from loyalty_admin.altegio.paging import (
    MOST_PAGES,
    Page,
    Whole,
    read_in_turn,
    read_page,
    read_whole,
)
from loyalty_admin.altegio.transport import Answer
from loyalty_admin.altegio.values import read_int


@dataclass(frozen=True)
class Row:
    id: int
    page: int = 0


class Pages:
    """A list of those pages, of ids; it remembers which were asked for."""

    def __init__(self, *pages: list[int], total: int | None) -> None:
        self.pages, self.total = pages, total
        self.asked: list[int] = []

    def __call__(self, page: int) -> Page[Row]:
        self.asked.append(page)
        ids = self.pages[page - 1] if page <= len(self.pages) else []
        return Page(rows=tuple(Row(number, page) for number in ids), total=self.total)


def ids_of(whole: Whole[Row]) -> list[int]:
    return [row.id for row in whole.rows]


def test_counted_pages_are_all_read_and_no_more() -> None:
    pages = Pages([1, 2], [3, 4], [5], total=5)
    whole = read_whole([pages])
    assert ids_of(whole) == [1, 2, 3, 4, 5]
    assert whole.is_complete
    assert sorted(pages.asked) == [1, 2, 3]


def test_full_last_page_is_the_last() -> None:
    pages = Pages([1, 2], [3, 4], total=4)
    assert read_whole([pages]).is_complete
    assert sorted(pages.asked) == [1, 2]


def test_pages_after_the_first_are_read_side_by_side() -> None:
    together = Barrier(4)

    def page_of(offset: int, page: int) -> Page[Row]:
        if page > 1:
            together.wait(5)  # raises where the others are not being read meanwhile
        return Page(rows=(Row(offset + page),), total=3)

    assert read_whole([partial(page_of, 0), partial(page_of, 10)]).is_complete


def test_several_lists_are_one() -> None:
    one, other = Pages([1, 2], [3], total=3), Pages([7], [8], total=2)
    whole = read_whole([one, other])
    assert sorted(ids_of(whole)) == [1, 2, 3, 7, 8]
    assert whole.is_complete


def test_without_a_total_it_reads_until_a_short_page() -> None:
    pages = Pages([1, 2], [3, 4], [5], [6], total=None)
    whole = read_whole([pages])
    assert ids_of(whole) == [1, 2, 3, 4, 5]
    assert whole.is_complete
    assert pages.asked == [1, 2, 3]


def test_one_list_may_be_counted_and_the_other_not() -> None:
    counted, uncounted = Pages([1], [2], total=2), Pages([3, 4], [5], total=None)
    assert sorted(ids_of(read_whole([counted, uncounted]))) == [1, 2, 3, 4, 5]


def test_empty_list_takes_one_call() -> None:
    wrong = {}
    for total in [0, None]:
        pages = Pages([], total=total)
        whole = read_whole([pages])
        if (whole, pages.asked) != (Whole(rows=(), is_complete=True), [1]):
            wrong[total] = (whole, pages.asked)
    assert wrong == {}


def test_row_on_two_pages_counts_once_as_it_was_last_read() -> None:
    whole = read_whole([Pages([1, 2], [2, 3], total=3)])
    assert whole.rows == (Row(1, 1), Row(2, 2), Row(3, 2))
    assert whole.is_complete


def test_gap_is_said() -> None:
    table: list[tuple[list[int], ...]] = [([1, 2], [2, 3]), ([1, 2], []), ([], [1])]
    whole = [pages for pages in table if read_whole([Pages(*pages, total=4)]).is_complete]
    assert whole == []


def test_nonsense_of_a_total_does_not_ask_without_end() -> None:
    pages = Pages([1], total=10**15)
    assert not read_whole([pages]).is_complete
    assert len(pages.asked) == MOST_PAGES


def test_list_without_end_is_left_and_said() -> None:
    asked = []

    def page_of(page: int) -> Page[Row]:
        asked.append(page)
        return Page(rows=(Row(page),), total=None)

    assert not read_whole([page_of]).is_complete
    assert len(asked) == MOST_PAGES


def test_page_that_fails_fails_the_list() -> None:
    def page_of(page: int) -> Page[Row]:
        if page == 2:
            raise Unavailable
        return Page(rows=(Row(page),), total=3)

    with pytest.raises(Unavailable):
        read_whole([page_of])


# One page


def row_of(raw: Any) -> Row:
    number = read_int(raw.get("id")) if isinstance(raw, Mapping) else None
    if number is None:
        raise UnreadableAnswer("no row")
    return Row(number)


def test_total_may_come_as_text_or_not_at_all() -> None:
    table: list[tuple[Any, int | None]] = [(5, 5), ("5", 5), (None, None), ("many", None)]
    wrong = {}
    for said, total in table:
        found = read_page(Answer(200, [{"id": 1}], {"total_count": said}), row_of)
        if found != Page(rows=(Row(1),), total=total):
            wrong[said] = found
    assert wrong == {}


def test_null_is_an_empty_list_that_is_none() -> None:
    assert read_page(Answer(200, None), row_of) == Page(rows=(), total=None, is_list=False)


def test_search_that_gives_nothing_at_all_says_not_that_nothing_is_there() -> None:
    def read(data: Any, total: int | None) -> Whole[Row]:
        answer = Answer(200, data, {"total_count": total})
        return read_in_turn([lambda page: read_page(answer, row_of)])

    table: list[tuple[Any, int | None, bool]] = [
        ([], None, True),
        ([], 0, True),
        (None, 0, True),
        (None, None, False),
        (None, 2, False),
    ]
    wrong = {
        repr((data, total)): found
        for data, total, is_complete in table
        if (found := read(data, total)) != Whole(rows=(), is_complete=is_complete)
    }
    assert wrong == {}


def test_list_that_is_nothing_at_all_is_not_whole() -> None:
    def read(data: Any, total: int | None) -> Whole[Row]:
        answer = Answer(200, data, {"total_count": total})
        return read_whole([lambda page: read_page(answer, row_of)])

    table: list[tuple[Any, int | None, bool]] = [
        ([], None, True),
        (None, 0, True),
        (None, None, False),
        (None, 2, False),
    ]
    wrong = {
        repr((data, total)): found
        for data, total, is_complete in table
        if (found := read(data, total)) != Whole(rows=(), is_complete=is_complete)
    }
    assert wrong == {}


def test_list_that_is_none_is_said() -> None:
    table: list[Any] = [{"id": 1}, {}, "rows", 0, [None], [{"title": "no id"}]]
    taken = []
    for data in table:
        with suppress(UnreadableAnswer):
            taken.append((data, read_page(Answer(200, data), row_of)))
    assert taken == []
