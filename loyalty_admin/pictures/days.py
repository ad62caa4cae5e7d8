"""Sums by day: a strip of columns for each series, below each other on one line of days.

Strips have scales of their own, so that a small series is not pressed flat by a large one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _

# Of the drawing, in its own units; the page stretches it.
STEP, COLUMN, HEIGHT = 10, 8, 100
# So that a day of next to nothing is seen to be a day with something.
LEAST = Decimal("1.5")


class DayColumn(NamedTuple):
    """A value for each series; None for a day that was not read."""

    day: date
    values: tuple[Decimal, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`tip` is what the column says; a height of "0" draws nothing. All else as text, in units."""

    x: str
    y: str
    height: str
    tip: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    name: str
    chip: str
    largest: str
    zero: str
    columns: Sequence[Column]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Of the table behind the picture; no values where the day was not read."""

    day: str
    values: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """`gaps`: columns without values; `ticks`: days to write below the strips."""

    title: str
    width: int
    strips: Sequence[Strip]
    gaps: Sequence[Column]
    ticks: Sequence[str]
    rows: Sequence[Row]


def days(
    columns: Sequence[DayColumn],
    *,
    series: Sequence[tuple[str, str]],
    title: str,
    money: Callable[[Decimal], str],
) -> Days:
    """`series`: each one's name, and the class of the chip whose colour it has."""
    return Days(
        title=title,
        width=max(1, len(columns)) * STEP,
        strips=[
            _strip(
                [(day, None if values is None else values[place]) for day, values in columns],
                name,
                chip,
                money,
            )
            for place, (name, chip) in enumerate(series)
        ],
        gaps=[
            Column(
                x=str(place * STEP),
                y="0",
                height=str(HEIGHT),
                tip=_("%(day)s: not read") % {"day": _day(column.day)},
            )
            for place, column in enumerate(columns)
            if column.values is None
        ],
        ticks=_ticks([column.day for column in columns]),
        rows=[Row(day=_day(day), values=[money(one) for one in values or ()])
              for day, values in columns],
    )  # fmt: skip


def _strip(
    parts: Sequence[tuple[date, Decimal | None]],
    name: str,
    chip: str,
    money: Callable[[Decimal], str],
) -> Strip:
    known = [(value, day) for day, value in parts if value is not None]
    low = min([Decimal(0), *(value for value, _day in known)])
    span = max([Decimal(0), *(value for value, _day in known)]) - low or Decimal(1)
    zero = HEIGHT * (1 + low / span)
    largest = max(known, key=lambda one: abs(one[0]), default=None)
    return Strip(
        name=name,
        chip=chip,
        zero=f"{zero:.2f}",
        largest=_largest(largest, money),
        columns=[
            _column(place, day, value, span, zero, money)
            for place, (day, value) in enumerate(parts)
            if value is not None
        ],
    )


def _largest(found: tuple[Decimal, date] | None, money: Callable[[Decimal], str]) -> str:
    if found is None:
        return _("not read yet")
    if not found[0]:
        return _("nothing")
    return _("largest: %(money)s on %(day)s") % {"money": money(found[0]), "day": _day(found[1])}


def _column(
    place: int,
    day: date,
    value: Decimal,
    span: Decimal,
    zero: Decimal,
    money: Callable[[Decimal], str],
) -> Column:
    height = max(LEAST, HEIGHT * abs(value) / span) if value else Decimal(0)
    top = zero - height if value > 0 else zero
    top = min(max(top, Decimal(0)), HEIGHT - height)
    return Column(
        x=str(place * STEP),
        y=f"{top:.2f}",
        height=f"{height:.2f}",
        tip=f"{_day(day)}: {money(value)}",
    )


def _ticks(found: Sequence[date]) -> list[str]:
    """The first, the last, and one between where there is room for it."""
    if len(found) < 3:
        return [_day(day) for day in found]
    return [_day(found[0]), _day(found[len(found) // 2]), _day(found[-1])]


def _day(day: date) -> str:
    return date_format(day, "j M Y")
