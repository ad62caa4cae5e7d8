"""How an answer shows what is stored."""

from __future__ import annotations

from typing import Any

from loyalty_admin.sandbox.state import Raw, State


def as_answered(state: State, raw: Raw) -> Raw:
    """A stored object as the profile's answers show it."""
    shown = {name: value for name, value in raw.items() if name != "is_deleted"}
    if not state.observed:
        return shown
    turn = raw.get("id", 0)
    return {name: _mixed(value, turn + len(name)) for name, value in shown.items()}


def _mixed(value: Any, turn: int) -> Any:
    """The value in one of the types in which the real backend was seen to send it.

    A value that is sent back as it was answered is answered like that again, wherever its key
    then stands: so a turn comes from the key's name, and an even one leaves numbers alone.
    """
    if isinstance(value, bool):
        return (value, str(int(value)), int(value), str(int(value)))[turn % 4]
    if isinstance(value, int | float):
        return (value, str(value))[turn % 2]
    if isinstance(value, list):
        return [_mixed(one, turn + place) for place, one in enumerate(value)] or None
    if isinstance(value, dict):
        return {name: _mixed(one, turn + len(name)) for name, one in value.items()}
    return value
