"""Loyalty transactions: rows read exactly, pages to their true end, no row twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from socket import socket
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.altegio import transactions as api
from loyalty_admin.altegio.auth import sign_in
from loyalty_admin.altegio.errors import Forbidden, UnreadableAnswer
from loyalty_admin.altegio.transactions import Filter, Page, Transaction
from loyalty_admin.altegio.transport import Secret
from loyalty_admin.sandbox.server import Sandbox
from tests.altegio.paged import Query, paged
from tests.altegio.test_values import ANYTHING
from tests.altegio.wire import WireServer, ok, refusal, reply, transport_to

CHAIN = 7
PATH = f"/api/v1/chain/{CHAIN}/loyalty/transactions"
SEPTEMBER = Filter(after=date(2026, 9, 1), before=date(2026, 9, 30))
RAW: dict[str, Any] = {
    "id": 10614,
    "visit_id": 31,
    "status_id": 1,
    "amount": 12.5,
    "type_id": 8,
    "card_id": 32,
    "program_id": 33,
    "certificate_id": 34,
    "abonement_id": 35,
    "salon_group_id": CHAIN,
    "item_id": 36,
    "item_type_id": 7,
    "item_record_id": 37,
    "goods_transaction_id": 38,
    "services_transaction_id": 39,
    "is_discount": False,
    "is_loyalty_withdraw": True,
    "type": {"id": 8, "title": "<b>Gift card</b>"},
}
IDS = [name for name in RAW if name.endswith("_id") and name not in ("status_id", "type_id")]


def transaction(number: int, **changes: Any) -> dict[str, Any]:
    return {**RAW, "id": number, **changes}


def read(**changes: Any) -> Transaction:
    return Transaction.from_api({**RAW, **changes})


def ids_of(page: Page) -> list[int]:
    return [row.id for row in page.rows]


def number(query: Query) -> int:
    return int(query["page"][0])


def rows_of(query: Query, ids: list[int], size: int) -> list[Any]:
    """What an API that takes no larger page than `size` makes of it."""
    page = number(query)
    return [transaction(each) for each in ids[(page - 1) * size : page * size]]


def iterated(base_url: str, **options: int) -> Iterator[Page]:
    return api.iterate(transport_to(base_url), CHAIN, SEPTEMBER, **options)


# One transaction


def test_whole_transaction_is_read() -> None:
    assert asdict(read()) == {
        "id": 10614,
        "amount": Decimal("12.5"),
        "type_id": 8,
        "type_title": "<b>Gift card</b>",
        "status_id": 1,
        "chain_id": CHAIN,
        "visit_id": 31,
        "promotion_id": 33,
        "card_id": 32,
        "gift_card_id": 34,
        "membership_id": 35,
        "item_id": 36,
        "item_type_id": 7,
        "item_record_id": 37,
        "product_transaction_id": 38,
        "service_transaction_id": 39,
        "is_discount": False,
        "is_withdrawal": True,
        "unreadable": (),
    }


def test_id_of_nothing_is_none() -> None:
    table: list[Any] = [0, "0", None, ""]
    wrong = {}
    for nothing in table:
        row = read(**dict.fromkeys(IDS, nothing))
        ids = {
            row.chain_id,
            row.visit_id,
            row.promotion_id,
            row.card_id,
            row.gift_card_id,
            row.membership_id,
            row.item_id,
            row.item_type_id,
            row.item_record_id,
            row.product_transaction_id,
            row.service_transaction_id,
        }
        if (ids, row.unreadable) != ({None}, ()):
            wrong[repr(nothing)] = row
    assert wrong == {}


def test_numbers_and_flags_may_come_as_text() -> None:
    row = read(id="5", program_id="33", is_discount="1", is_loyalty_withdraw=0, amount="-12.50")
    assert (row.id, row.promotion_id, row.is_discount, row.is_withdrawal) == (5, 33, True, False)
    assert str(row.amount) == "-12.50"


def test_what_is_not_said_is_no_fact() -> None:
    row = Transaction.from_api({"id": 5})
    assert (row.amount, row.type_id, row.status_id) == (None, None, None)
    assert (row.is_discount, row.is_withdrawal, row.type_title) == (None, None, "")
    assert row.unreadable == ()


def test_amount_of_nothing_is_zero_and_known() -> None:
    assert read(amount=0).amount == 0


def test_garbled_fields_are_named_and_no_fact() -> None:
    row = read(amount="12,50", is_discount="perhaps", program_id=[33], type="gift card")
    assert (row.amount, row.is_discount, row.promotion_id, row.type_title) == (None, None, None, "")
    assert row.unreadable == ("amount", "program_id", "is_discount")


def test_type_may_be_said_only_inside() -> None:
    assert read(type_id=None).type_id == 8
    assert read(type_id=3).type_id == 3
    assert read(type_id=99).type_id == 99


@given(ANYTHING)
def test_any_row_is_read_or_said_to_be_unreadable(value: Any) -> None:
    for raw in (value, {"id": value}, dict.fromkeys(RAW, value) | {"id": 1}):
        with suppress(UnreadableAnswer):
            assert isinstance(Transaction.from_api(raw).id, int)


AMOUNTS = st.integers(0, 12).flatmap(lambda places: st.decimals(-(10**15), 10**15, places=places))


@given(st.lists(AMOUNTS, min_size=1, max_size=20))
def test_amounts_keep_every_digit_as_number_and_as_text(amounts: list[Decimal]) -> None:
    written = [form for amount in amounts for form in (f"{amount:f}", f'"{amount:f}"')]
    rows = ",".join(f'{{"id": {at}, "amount": {form}}}' for at, form in enumerate(written, 1))
    with WireServer(reply(body=f'{{"success": true, "data": [{rows}], "meta": []}}')) as server:
        page = api.read_page(transport_to(server), CHAIN, SEPTEMBER, 1)
    assert [row.amount for row in page.rows] == [each for each in amounts for _ in range(2)]
    # Equal is not enough: 1.50 is to stay 1.50.
    places = [None if row.amount is None else row.amount.as_tuple().exponent for row in page.rows]
    assert places == [each.as_tuple().exponent for each in amounts for _ in range(2)]


# What is asked


def test_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before"):
        Filter(after=date(2026, 9, 2), before=date(2026, 9, 1))
    assert Filter(after=date(2026, 9, 1), before=date(2026, 9, 1)).types == ()


def test_filter_is_sent_with_ids_in_one_value() -> None:
    filter = Filter(
        after=date(2026, 9, 1),
        before=date(2026, 9, 30),
        types=(1, 8),
        location_ids=(41, 42),
        visit_ids=(51,),
    )
    with paged(lambda query: []) as asked:
        list(api.iterate(transport_to(asked.base_url), CHAIN, filter))
    assert asked.paths == [PATH]
    assert asked.queries == [
        {
            "created_after": ["2026-09-01"],
            "created_before": ["2026-09-30"],
            "types": ["1,8"],
            "company_ids": ["41,42"],
            "visit_ids": ["51"],
            "page": ["1"],
            "count": ["100"],
        }
    ]


def test_what_is_not_filtered_is_not_sent() -> None:
    with paged(lambda query: []) as asked:
        list(iterated(asked.base_url))
    assert asked.queries[0].keys() == {"created_after", "created_before", "page", "count"}


def test_answer_without_a_list_is_said() -> None:
    table: list[Any] = [{"id": 5}, "rows", 5]
    taken: list[tuple[Any, object]] = []
    for data in table:
        with WireServer(ok(data)) as server:
            with suppress(UnreadableAnswer):
                taken.append((data, api.read_page(transport_to(server), CHAIN, SEPTEMBER, 1)))
            with suppress(UnreadableAnswer):
                taken.append((data, list(iterated(server.base_url))))
    assert taken == []


def test_refusal_is_passed_on() -> None:
    with WireServer(refusal(403, "Access denied")) as server, pytest.raises(Forbidden):
        list(iterated(server.base_url))


# One page


def test_last_page_is_known_whatever_the_size_of_pages() -> None:
    table = [(1, [1, 2], False), (2, [3, 4], False), (3, [5], True), (4, [], True)]
    wrong = {}
    with paged(lambda query: rows_of(query, [1, 2, 3, 4, 5], 2)) as asked:
        for page, rows, is_last in table:
            found = api.read_page(transport_to(asked.base_url), CHAIN, SEPTEMBER, page)
            if (ids_of(found), found.is_last) != (rows, is_last):
                wrong[page] = found
    assert wrong == {}


def test_page_that_is_full_as_asked_for_may_be_the_last() -> None:
    with paged(lambda query: rows_of(query, [1, 2, 3, 4], 2)) as asked:
        found = api.read_page(transport_to(asked.base_url), CHAIN, SEPTEMBER, 2, count=2)
    assert (ids_of(found), found.is_last) == ([3, 4], True)
    assert sorted(number(query) for query in asked.queries) == [2, 3]
    assert {query["count"][0] for query in asked.queries} == {"2"}


def test_page_says_how_many_rows_the_api_gives() -> None:
    with paged(lambda query: rows_of(query, [1, 2, 3, 4, 5], 2)) as asked:
        assert api.read_page(transport_to(asked.base_url), CHAIN, SEPTEMBER, 1).size == 2


def test_page_that_repeats_itself_is_the_last() -> None:
    with paged(lambda query: [transaction(1), transaction(2), transaction(1)]) as asked:
        found = api.read_page(transport_to(asked.base_url), CHAIN, SEPTEMBER, 1)
    assert (ids_of(found), found.is_last) == ([1, 2], True)


def test_page_before_one_of_unreadable_rows_is_not_the_last() -> None:
    with paged(lambda query: [transaction(1)] if number(query) == 1 else [None]) as asked:
        found = api.read_page(transport_to(asked.base_url), CHAIN, SEPTEMBER, 1)
    assert (found.is_last, found.unreadable) == (False, 0)


def test_unreadable_rows_are_counted() -> None:
    rows = [transaction(1), None, "row", {"amount": 5}, transaction(0), transaction(2), None]
    with paged(lambda query: rows if number(query) == 1 else []) as asked:
        found = api.read_page(transport_to(asked.base_url), CHAIN, SEPTEMBER, 1)
    assert (ids_of(found), found.unreadable) == ([1, 2], 5)


# Page after page


def all_pages(answer: Callable[[Query], list[Any]], **options: int) -> tuple[list[Page], list[int]]:
    """All pages, and the numbers of those that were asked for."""
    asked: list[int] = []

    # Only for calls in turn, and there many times quicker than `paged`.
    def step(sock: socket) -> bool:
        query = parse_qs(urlsplit(server.requests[-1].target).query)
        asked.append(number(query))
        return ok(answer(query))(sock)

    with WireServer(step) as server:
        return list(iterated(server.base_url, **options)), asked


def pages_of(ids: list[int], taken: int, /, **options: int) -> tuple[list[Page], list[int]]:
    """The same of these rows in pages of that size."""
    return all_pages(lambda query: rows_of(query, ids, taken), **options)


def test_reading_ends_with_a_short_page_or_an_empty_one() -> None:
    table: list[tuple[list[int], list[list[int]], int]] = [
        ([], [[]], 1),
        ([1], [[1], []], 2),
        ([1, 2], [[1, 2], []], 2),
        ([1, 2, 3], [[1, 2], [3]], 2),
        ([1, 2, 3, 4], [[1, 2], [3, 4], []], 3),
        ([1, 2, 3, 4, 5], [[1, 2], [3, 4], [5]], 3),
    ]
    wrong = {}
    for ids, found, calls in table:
        pages, asked = pages_of(ids, 2)
        seen = ([ids_of(page) for page in pages], asked, [page.is_last for page in pages])
        if seen != (found, list(range(1, calls + 1)), [False] * (calls - 1) + [True]):
            wrong[len(ids)] = seen
    assert wrong == {}


def test_short_first_page_is_the_last_where_the_size_of_pages_is_known() -> None:
    pages, asked = pages_of([1], 2, size=2)
    assert ([ids_of(page) for page in pages], asked) == ([[1]], [1])
    assert pages[0].size == 2


def test_reading_goes_on_where_it_was_left() -> None:
    pages, asked = pages_of([1, 2, 3, 4, 5], 2, start_page=2)
    assert ([ids_of(page) for page in pages], asked) == ([[3, 4], [5]], [2, 3])


def test_pages_are_asked_for_only_when_they_are_wanted() -> None:
    with paged(lambda query: rows_of(query, [1, 2, 3], 1)) as asked:
        pages = iterated(asked.base_url)
        assert asked.queries == []
        next(pages)
        assert len(asked.queries) == 1


def test_api_that_gives_the_same_page_for_ever_comes_to_an_end() -> None:
    pages, _ = all_pages(lambda query: [transaction(1), transaction(2)])
    assert [ids_of(page) for page in pages] == [[1, 2], [], []]
    assert [page.is_last for page in pages] == [False, False, True]


def test_api_that_takes_no_end_is_given_up() -> None:
    with paged(lambda query: [transaction(number(query))]) as asked:
        pages = iterated(asked.base_url, start_page=api.MOST_PAGES - 1)
        assert [ids_of(next(pages)) for _ in range(2)] == [[api.MOST_PAGES - 1], [api.MOST_PAGES]]
        with pytest.raises(UnreadableAnswer, match="no end"):
            next(pages)
    assert len(asked.queries) == 2


def test_unreadable_rows_make_no_page_short_and_are_counted_once() -> None:
    pages: dict[int, list[Any]] = {
        1: [transaction(1), {"n": 1}],
        2: [{"n": 1}, {"n": 2}],
        3: [transaction(2), None],
    }
    read, _ = all_pages(lambda query: pages.get(number(query), []))
    assert [ids_of(page) for page in read] == [[1], [], [2], []]
    assert [page.unreadable for page in read] == [1, 1, 1, 0]


def test_row_that_is_twice_on_a_page_comes_once() -> None:
    pages, _ = pages_of([1, 1, 2, 3], 3)
    assert [ids_of(page) for page in pages] == [[1, 2], [3]]


class Moving:
    """A list into which rows come while it is read: before each page those of `arrivals`, each
    at its place. A place counts from the front."""

    def __init__(self, size: int, ids: list[int], arrivals: list[list[int]]) -> None:
        self.size, self.ids, self.arrivals = size, list(ids), list(arrivals)
        self.next_id = 1000

    def __call__(self, query: Query) -> list[Any]:
        for place in self.arrivals.pop(0) if self.arrivals else []:
            self.ids.insert(place, self.next_id)
            self.next_id += 1
        return rows_of(query, self.ids, self.size)


@st.composite
def moving_lists(draw: st.DrawFn) -> Moving:
    size = draw(st.integers(1, 6))
    ids = list(range(1, draw(st.integers(0, 40)) + 1))
    arrivals: list[list[int]] = [[]]
    for _ in range(draw(st.integers(0, 12))):
        # Fewer than two pages' worth in between one page and the next but one.
        most = 2 * size - 1 - len(arrivals[-1])
        arrivals.append(draw(st.lists(st.just(0) | st.integers(0, 60), max_size=most)))
    return Moving(size, ids, arrivals)


@pytest.mark.slow
@given(moving_lists())
def test_rows_that_come_in_meanwhile_hide_none_and_double_none(moving: Moving) -> None:
    there = set(moving.ids)
    pages, _ = all_pages(moving)
    found = [each for page in pages for each in ids_of(page)]
    assert len(found) == len(set(found))
    assert there <= set(found) <= set(moving.ids)
    assert [page.is_last for page in pages] == [False] * (len(pages) - 1) + [True]
    assert {page.unreadable for page in pages} == {0}


def test_rows_pushed_to_later_pages_come_once() -> None:
    """Of two rows a page and new ones in front."""
    table = [
        # More than a page's worth: the next page reaches back to the last but one.
        ([0, 0, 3], [[1, 2], [3, 4], [], [5], [6, 7], [8]]),
        # A whole page's worth: the next page is the same, and not the last for it.
        ([0, 2], [[1, 2], [], [3, 4], [5, 6], [7, 8], []]),
        # The same rows are pushed on from page to page.
        ([0, 2, 1, 2], [[1, 2], [], [3], [], [4, 5], [6, 7], [8]]),
    ]
    wrong = {}
    for arrivals, found in table:
        moving = Moving(2, [1, 2, 3, 4, 5, 6, 7, 8], [[0] * each for each in arrivals])
        pages = [ids_of(page) for page in all_pages(moving)[0]]
        if pages != found:
            wrong[repr(arrivals)] = pages
    assert wrong == {}


@pytest.mark.slow
@given(st.integers(1, 9), st.integers(0, 40))
def test_all_rows_come_in_order_whatever_the_size_of_pages(size: int, count: int) -> None:
    ids = list(range(1, count + 1))
    pages, asked = pages_of(ids, size)
    assert [each for page in pages for each in ids_of(page)] == ids
    assert asked == list(range(1, len(pages) + 1))


def test_all_of_the_stand_in_are_read_with_their_amounts(profile: str, sandbox: Sandbox) -> None:
    partner = Secret("partner-of-the-tests")
    alone = transport_to(sandbox.api_url, partner_token=partner, user_token=None)
    token = sign_in(alone, login=sandbox.director, password=sandbox.password).user_token
    transport = transport_to(sandbox.api_url, partner_token=partner, user_token=token)
    chain_id = min(sandbox.state.chains)
    ever = Filter(after=date(2000, 1, 1), before=date(2100, 1, 1))
    rows = [row for page in api.iterate(transport, chain_id, ever) for row in page.rows]
    kept = sandbox.transactions_of(chain_id)
    assert len(rows) == len(kept) > 0
    assert {row.id: row.amount for row in rows} == {raw["id"]: raw["amount"] for raw in kept}
    assert {name for row in rows for name in row.unreadable} == set()
