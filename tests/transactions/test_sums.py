"""Sums are exact, however they are put together."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty_admin.altegio.transactions import Transaction
from loyalty_admin.transactions.sums import Key, Sum, Sums, group_of

AMOUNTS = st.none() | st.decimals(
    min_value=-(10**15), max_value=10**15, allow_nan=False, allow_infinity=False, places=4
)


@st.composite
def transactions(draw: st.DrawFn) -> Transaction:
    amount = draw(AMOUNTS)
    return Transaction.from_api(
        {
            "id": draw(st.integers(1, 10**9)),
            "amount": None if amount is None else str(amount),
            "type_id": draw(st.integers(0, 12)),
            "program_id": draw(st.none() | st.integers(0, 3)),
            "is_discount": draw(st.sampled_from([True, False, 1, "0", None])),
            "is_loyalty_withdraw": draw(st.sampled_from([True, False, 0, "1", None])),
        }
    )


def brute_force(rows: list[Transaction]) -> Fraction:
    return sum((Fraction(row.amount) for row in rows if row.amount is not None), Fraction(0))


def sums_of(rows: list[Transaction]) -> Sums:
    sums = Sums()
    sums.add(rows)
    return sums


@settings(max_examples=50)
@given(st.lists(transactions(), max_size=40))
def test_every_way_of_putting_together_is_the_exact_sum_of_its_rows(
    rows: list[Transaction],
) -> None:
    sums = sums_of(rows)
    assert Fraction(sums.all.amount) == brute_force(rows)
    assert sums.all.count == len(rows)
    by_type = sums.by(lambda key: key.type_id)
    assert by_type.keys() == {row.type_id for row in rows}
    for type_id, part in by_type.items():
        those = [row for row in rows if row.type_id == type_id]
        assert Fraction(part.amount) == brute_force(those)
        assert part.without_amount == sum(1 for row in those if row.amount is None)
    for group, part in sums.by(lambda key: key.group).items():
        those = [row for row in rows if group_of(row) == group]
        assert (Fraction(part.amount), part.count) == (brute_force(those), len(those))


@settings(max_examples=50)
@given(st.lists(transactions(), max_size=30), st.integers(0, 30))
def test_parts_come_to_the_same_as_the_whole_and_can_be_taken_away(
    rows: list[Transaction], cut: int
) -> None:
    first, second, whole = sums_of(rows[:cut]), sums_of(rows[cut:]), sums_of(rows)
    together = Sums()
    together.merge(first)
    together.merge(second)
    assert together.by_key == whole.by_key
    together.take_away(second)
    kept = {key: part for key, part in first.by_key.items() if part != Sum()}
    assert together.by_key == kept


@settings(max_examples=50)
@given(st.lists(transactions(), max_size=30), st.integers(0, 9))
def test_sums_survive_a_json_column(rows: list[Transaction], unreadable: int) -> None:
    sums = sums_of(rows)
    sums.add([], unreadable=unreadable)
    read = Sums.load(json.loads(json.dumps(sums.dump())))
    assert read == sums


def test_long_sums_are_not_rounded() -> None:
    large, small = Decimal(10**30), Decimal("0.0001")
    assert Sum(1, large).plus(Sum(1, small)).amount - large == small


def test_group_is_what_altegio_says_of_the_row_whatever_its_type() -> None:
    def group(**raw: object) -> str:
        return group_of(Transaction.from_api({"id": 1, "type_id": 2, **raw}))

    assert group(is_discount=1, is_loyalty_withdraw=0) == "discount"
    assert group(is_discount=0, is_loyalty_withdraw="1") == "withdrawal"
    assert group(is_discount=False, is_loyalty_withdraw=False) == "bonus"
    assert group(is_discount=False) == "unknown"
    assert group(is_discount="odd", is_loyalty_withdraw=True) == "unknown"


def test_taking_away_does_not_round_either() -> None:
    long = Decimal("1234567890123456789012345678.1234")
    key = Key(1, None, "discount")
    sums = Sums({key: Sum(2, long)})
    sums.take_away(Sums({key: Sum(1, long)}))
    assert sums.all == Sum(1, Decimal(0))
