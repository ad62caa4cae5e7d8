"""Sums beside each other, as a table whose rows carry bars.

Positions are text in percent: a template would write numbers as the reader's language does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class BarRow:
    """`text` is the value in words, `note` what else is to be said of it."""

    label: str
    value: Decimal
    text: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar begins at the line of zero and goes left where the value lies below it."""

    row: BarRow
    start: str
    width: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    title: str
    summary: str
    # The class of the chip whose colour the bars have; "" for the plain one.
    chip: str
    zero: str
    bars: Sequence[Bar]


def bars(rows: Sequence[BarRow], *, title: str, summary: str = "", chip: str = "") -> Bars:
    """All on one scale, in their order."""
    low = min((row.value for row in rows), default=Decimal(0))
    low, high = min(low, Decimal(0)), max((row.value for row in rows), default=Decimal(0))
    span = max(high, Decimal(0)) - low or Decimal(1)
    return Bars(
        title=title,
        summary=summary,
        chip=chip,
        zero=_percent(-low, span),
        bars=[
            Bar(
                row=row,
                start=_percent(min(row.value, Decimal(0)) - low, span),
                width=_percent(abs(row.value), span),
            )
            for row in rows
        ],
    )


def _percent(part: Decimal, whole: Decimal) -> str:
    return f"{100 * part / whole:.2f}"
