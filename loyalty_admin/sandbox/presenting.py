"""How an answer shows what is stored."""

from __future__ import annotations

from typing import Any

from loyalty_admin.sandbox.state import Raw, State


def as_answered(state: State, raw: Raw) -> Raw:
    """A stored object with an `id` as the profile's answers show it."""
    shown = {name: value for name, value in raw.items() if name != "is_deleted"}
    if not state.observed:
        return shown
    return {
        name: _mixed(value, raw["id"] + turn) for turn, (name, value) in enumerate(shown.items())
    }


def _mixed(value: Any, turn: int) -> Any:
    """The value in one of the types in which the real backend was seen to send it."""
    if isinstance(value, bool):
        return (value, int(value), str(int(value)))[turn % 3]
    if isinstance(value, int | float):
        return (value, str(value))[turn % 2]
    if isinstance(value, list):
        return [_mixed(one, turn + place) for place, one in enumerate(value)] or None
    if isinstance(value, dict):
        return {name: _mixed(one, turn + place) for place, (name, one) in enumerate(value.items())}
    return value
