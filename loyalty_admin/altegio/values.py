"""Lenient readers of what the API sends: a flag can come as true, 1 or "1", a number as text.

Each reader answers None for what it cannot read and never raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

# Beyond this no number of the API means anything, and databases refuse to keep it.
_LARGEST = 2**63


def read_bool(value: Any) -> bool | None:
    """True, 1, "1", "true" and their opposites; None for anything else."""
    if isinstance(value, str):
        return {"1": True, "true": True, "0": False, "false": False}.get(value.strip().lower())
    if isinstance(value, bool):
        return value
    number = read_int(value)
    return bool(number) if number in (0, 1) else None


def read_int(value: Any) -> int | None:
    """A whole number, also as text or as 5.0; None for true and false."""
    number = read_decimal(value)
    if number is None or number != number.to_integral_value():
        return None
    return int(number)


def read_decimal(value: Any) -> Decimal | None:
    """A finite number, also as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    if isinstance(value, str) and len(value) > 40:
        return None
    try:
        number = Decimal(str(value) if isinstance(value, float) else value)
    except InvalidOperation:
        return None
    if not number.is_finite() or number.adjusted() > 18 or not -_LARGEST < number < _LARGEST:
        return None
    exponent = number.as_tuple().exponent
    # Past the last decimal that means anything a number is rounding noise, or an attack.
    return number if isinstance(exponent, int) and exponent >= -40 else None


def read_str(value: Any) -> str | None:
    """Text as it is; a number as its text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return str(value)


def read_list(value: Any) -> tuple[Any, ...]:
    """The items of a list; an absent list (null) or anything else has none."""
    return tuple(value) if isinstance(value, list | tuple) else ()


def read_numbers(value: Any) -> tuple[int, ...] | None:
    """Each whole number of a list once, in order; None where one of them is not understood."""
    numbers = [read_int(item) for item in value] if isinstance(value, list) else [None]
    if None in numbers:
        return None
    return tuple(sorted({number for number in numbers if number is not None}))


def read_instant(value: Any) -> datetime | None:
    """An aware moment from ISO 8601 with its offset; None without one."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if moment is None or moment.utcoffset() is None:
        return None
    # At either end of the calendar another zone's clock would be past it.
    return moment if 1 < moment.year < 9999 else None


def read_image_url(value: Any) -> str | None:
    """The address of a picture: a plain string, or the first one in an object of sizes."""
    if isinstance(value, Mapping):
        value = next((item for item in value.values() if isinstance(item, str)), None)
    return value if isinstance(value, str) and value.startswith("https://") else None
