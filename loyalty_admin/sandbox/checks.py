"""What a value of a write may be: each check says what is wrong with it, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Check = Callable[[Any], str]  # what is wrong with the value, or ""
Errors = dict[str, list[str]]


def flag(value: Any) -> str:
    return "" if isinstance(value, bool) else "Must be true or false."


def whole(low: int = 0, high: int = 2**31 - 1) -> Check:
    def check(value: Any) -> str:
        fits = type(value) is int and low <= value <= high
        return "" if fits else f"Must be a whole number from {low} to {high}."

    return check


def amount(value: Any) -> str:
    fits = type(value) in (int, float) and 0 <= value < 10**12
    return "" if fits else "Must be a number, zero or more."


def text(*, low: int = 0, high: int = 255) -> Check:
    def check(value: Any) -> str:
        fits = isinstance(value, str) and low <= len(value) <= high and (value.strip() or not low)
        return "" if fits else f"Must be a text of {low} to {high} characters."

    return check


def one_of(*allowed: str) -> Check:
    return lambda value: "" if value in allowed else f"Must be one of: {', '.join(allowed)}."


def nullable(check: Check) -> Check:
    return lambda value: "" if value is None else check(value)


def id_list(value: Any) -> str:
    fits = isinstance(value, list) and all(type(one) is int for one in value)
    return "" if fits else "Must be a list of ids."
