"""Columns by day: each its day's, none outside, and a day that was not read is no zero."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.pictures.days import HEIGHT, STEP, DayColumn, Days, days

FIRST = date(2028, 2, 27)
AMOUNTS = st.decimals(
    min_value=-(10**12), max_value=10**12, allow_nan=False, allow_infinity=False, places=2
)


def picture_of(values: list[Decimal | None]) -> Days:
    columns = [
        DayColumn(FIRST + timedelta(days=n), None if value is None else (value,))
        for n, value in enumerate(values)
    ]
    return days(columns, series=[("Discounts", "info")], title="By day", money=str)


@given(st.lists(st.none() | AMOUNTS, max_size=40))
def test_columns_lie_in_the_drawing_on_the_side_of_zero_that_they_are(
    values: list[Decimal | None],
) -> None:
    picture = picture_of(values)
    (strip,) = picture.strips
    zero = Decimal(strip.zero)
    known = [(n, value) for n, value in enumerate(values) if value is not None]
    assert len(strip.columns) == len(known)
    for column, (n, value) in zip(strip.columns, known, strict=True):
        top, height = Decimal(column.y), Decimal(column.height)
        assert int(column.x) == n * STEP < picture.width
        assert top >= 0 and top + height <= HEIGHT + Decimal("0.02")
        assert (height > 0) == (value != 0)
        middle = top + height / 2
        if abs(value) > max(abs(one) for _n, one in known) / 50:
            assert (middle < zero) == (value > 0) or value == 0


@given(st.lists(st.none() | AMOUNTS, max_size=40))
def test_table_behind_says_every_day(values: list[Decimal | None]) -> None:
    picture = picture_of(values)
    assert [list(row.values) for row in picture.rows] == [
        [] if value is None else [str(value)] for value in values
    ]
    assert [int(gap.x) // STEP for gap in picture.gaps] == [
        n for n, value in enumerate(values) if value is None
    ]


def test_day_that_was_not_read_is_a_gap_and_no_zero() -> None:
    picture = picture_of([Decimal(3), None, Decimal(0)])
    html = render_to_string("pictures/days.html", {"picture": picture})
    tips = [line.partition("<")[0] for line in html.split("<title>")[1:]]
    gap = next(tip for tip in tips if tip.startswith("28 Feb 2028: "))
    assert not gap.endswith(": 0") and "29 Feb 2028: 0" in tips
    assert html.count('class="gap"') == 2  # the day, and what the mark means
    assert html.count('class="bar"') == 1
    assert "style=" not in html
    assert "largest: 3 on 27 Feb 2028" in html


def test_few_days_and_none_can_be_drawn() -> None:
    assert picture_of([]).ticks == []
    assert picture_of([Decimal(1), Decimal(2)]).ticks == ["27 Feb 2028", "28 Feb 2028"]
    assert len(picture_of([Decimal(1)] * 366).ticks) == 3
    html = render_to_string("pictures/days.html", {"picture": picture_of([])})
    assert "<rect" not in html
    nothing = render_to_string("pictures/days.html", {"picture": picture_of([Decimal(0)])})
    assert 'class="bar"' not in nothing and 'class="gap"' not in nothing
