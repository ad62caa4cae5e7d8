"""Bars stay in their drawing and beside the truth, whatever the values are."""

from __future__ import annotations

from decimal import Decimal

from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.pictures.bars import BarRow, bars

VALUES = st.lists(
    st.decimals(
        min_value=-(10**15), max_value=10**15, allow_nan=False, allow_infinity=False, places=2
    ),
    max_size=12,
)
HOSTILE = "<script>alert(1)</script>"


def row(value: Decimal, **said: str) -> BarRow:
    return BarRow(**{"label": "a", "text": str(value), "url": "", "note": ""} | said, value=value)


@given(VALUES)
def test_every_bar_ends_at_zero_and_lies_in_the_drawing(values: list[Decimal]) -> None:
    picture = bars([row(value) for value in values], title="Sums")
    zero = Decimal(picture.zero)
    for bar in picture.bars:
        start, width = Decimal(bar.start), Decimal(bar.width)
        assert 0 <= start <= 100 and 0 <= width <= 100 and start + width <= Decimal("100.02")
        end = start + width if bar.row.value < 0 else start
        assert abs(end - zero) <= Decimal("0.02")


@given(VALUES)
def test_longer_bars_are_larger_sums(values: list[Decimal]) -> None:
    picture = bars([row(value) for value in values], title="Sums")
    by_size = sorted(picture.bars, key=lambda bar: abs(bar.row.value))
    widths = [Decimal(bar.width) for bar in by_size]
    assert widths == sorted(widths)


def test_text_of_others_is_inert_and_numbers_are_the_drawings_own() -> None:
    picture = bars(
        [row(Decimal("1234.5"), label=HOSTILE, text="1,234.50 €", url="/there/")], title=HOSTILE
    )
    html = render_to_string("pictures/bars.html", {"picture": picture})
    assert "<script>" not in html and "&lt;script&gt;" in html
    assert 'width="100.00"' in html and "style=" not in html


def test_nothing_is_said_to_be_nothing() -> None:
    html = render_to_string("pictures/bars.html", {"picture": bars([], title="Sums")})
    assert "<rect" not in html and html.count('<td colspan="4"') == 1
