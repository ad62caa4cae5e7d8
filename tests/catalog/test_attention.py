"""What is odd about what a chain sells: marked by the rules, and only by them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty_admin.catalog.attention import AttentionOnSale


@dataclass(frozen=True, kw_only=True)
class Row:
    """What every slice's rows have; as it is, nothing is odd about it."""

    id: int = 1
    title: str = "Sauna"
    price: Decimal = Decimal(90)
    location_ids: tuple[int, ...] = (501,)
    online_sale: bool = False
    online_price: Decimal | None = None
    is_archived: bool = False


def marks(row: Row, *others: Row) -> tuple[str, ...]:
    return AttentionOnSale([row, *others]).marks(row)


# Each mark, by the plainest row that has it.
(PRICE,) = marks(Row(online_sale=True, online_price=Decimal(1)))
(NOWHERE,) = marks(Row(location_ids=()))
(TWICE,) = marks(Row(), Row(id=2))
(ON_SALE,) = marks(Row(is_archived=True, online_sale=True))


def test_marks_tell_what_is_odd_apart() -> None:
    assert len({PRICE, NOWHERE, TWICE, ON_SALE} - {""}) == 4


def test_ordinary_row_has_no_mark() -> None:
    assert marks(Row()) == ()
    assert marks(Row(online_sale=True, online_price=Decimal("90.00"))) == ()


def test_other_price_online_is_marked() -> None:
    for price in (Decimal("89.99"), Decimal(0), None):
        assert marks(Row(online_sale=True, online_price=price)) == (PRICE,), price


def test_price_of_what_is_not_on_sale_online_is_no_matter() -> None:
    for price in (Decimal(80), None):
        assert marks(Row(online_price=price)) == (), price


def test_sold_nowhere_is_marked() -> None:
    assert marks(Row(location_ids=())) == (NOWHERE,)


def test_title_that_reads_the_same_is_marked_on_both() -> None:
    for title in ("Sauna", "SAUNA", "  Sauna ", "sauna"):
        rows = [Row(), Row(id=2, title=title), Row(id=3, title="Hammam")]
        attention = AttentionOnSale(rows)
        assert [attention.marks(row) for row in rows] == [(TWICE,), (TWICE,), ()], title


def test_titles_are_compared_as_people_read_them() -> None:
    assert marks(Row(title="Große  Sauna"), Row(id=2, title="GROSSE SAUNA")) == (TWICE,)
    assert marks(Row(title="Sauna 1"), Row(id=2, title="Sauna 10")) == ()


def test_archived_one_is_no_duplicate() -> None:
    rows = [Row(), Row(id=2, is_archived=True)]
    assert [AttentionOnSale(rows).marks(row) for row in rows] == [(), ()]


def test_archived_but_on_sale_online_is_all_that_is_odd_about_an_archived_one() -> None:
    row = Row(is_archived=True, location_ids=(), online_price=Decimal(1))
    assert marks(row) == ()
    assert marks(replace(row, online_sale=True)) == (ON_SALE,)


def test_every_oddity_is_said_in_one_order() -> None:
    row = Row(online_sale=True, online_price=Decimal(1), location_ids=())
    assert marks(row, Row(id=2)) == (PRICE, NOWHERE, TWICE)


def test_row_that_was_not_listed_is_no_duplicate_of_one_that_was() -> None:
    """A row read back may have a title that the list does not hold yet."""
    assert AttentionOnSale([Row()]).marks(Row(id=2, title="Hammam")) == ()
    assert AttentionOnSale([]).marks(Row()) == ()


# Few values, so that equal ones meet.
ROWS = st.lists(
    st.builds(
        Row,
        title=st.sampled_from(["Sauna", "sauna ", "Große Sauna", "GROSSE  SAUNA", "Bath", ""]),
        price=st.sampled_from([Decimal(0), Decimal(90), Decimal("90.00"), Decimal("0.1")]),
        location_ids=st.sampled_from([(), (501,), (501, 502)]),
        online_sale=st.booleans(),
        online_price=st.sampled_from([None, Decimal(0), Decimal(90), Decimal("0.10")]),
        is_archived=st.booleans(),
    ),
    max_size=6,
).map(lambda rows: [replace(row, id=number) for number, row in enumerate(rows, start=1)])


def reads_like(one: Row, other: Row) -> bool:
    return one.title.upper().split() == other.title.upper().split()


RULES: dict[str, Callable[[Row, list[Row]], bool]] = {
    PRICE: lambda row, rows: (
        not row.is_archived and row.online_sale and row.price != row.online_price
    ),
    NOWHERE: lambda row, rows: not row.is_archived and row.location_ids == (),
    TWICE: lambda row, rows: (
        not row.is_archived
        and any(
            reads_like(row, other) and not other.is_archived and other.id != row.id
            for other in rows
        )
    ),
    ON_SALE: lambda row, rows: row.is_archived and row.online_sale,
}


@settings(max_examples=50)
@given(ROWS)
def test_marks_follow_the_rules_and_only_those(rows: list[Row]) -> None:
    attention = AttentionOnSale(rows)
    for row in rows:
        found = attention.marks(row)
        assert set(found) == {mark for mark, rule in RULES.items() if rule(row, rows)}
        assert len(found) == len(set(found))


@settings(max_examples=50)
@given(ROWS)
def test_order_of_the_list_is_no_matter(rows: list[Row]) -> None:
    turned = AttentionOnSale(rows[::-1])
    assert [turned.marks(row) for row in rows] == [AttentionOnSale(rows).marks(row) for row in rows]


@settings(max_examples=50)
@given(ROWS)
def test_archived_rows_change_nothing_for_the_others(rows: list[Row]) -> None:
    active = [row for row in rows if not row.is_archived]
    assert [AttentionOnSale(rows).marks(row) for row in active] == [
        AttentionOnSale(active).marks(row) for row in active
    ]
