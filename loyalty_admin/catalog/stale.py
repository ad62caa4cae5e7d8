"""Edits of something that changed at Altegio since the form was opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """A term that the form changes and that changed at Altegio since the form was opened."""

    name: str
    label: str
    opened: str
    now: str
    wanted: str


class StaleEdit(Exception):
    """Nothing was sent: the person decides about the conflicts first."""

    def __init__(self, conflicts: list[Conflict], opened: Any) -> None:
        super().__init__(", ".join(conflict.name for conflict in conflicts))
        self.conflicts = conflicts
        # The terms that the form stands on from now.
        self.opened = opened


def merged[Terms: DataclassInstance](
    fresh: Terms,
    opened_on: Mapping[str, Any],
    wanted: Mapping[str, Any],
    *,
    differing: Callable[[Terms, Terms], list[str]],
    label: Callable[[str], str],
    say: Callable[[Terms, str], str],
) -> Terms:
    """The fresh terms with the form's own changes; raises StaleEdit where both changed."""
    opened = replace(fresh, **opened_on)
    desired = replace(opened, **wanted)
    changed = differing(opened, desired)
    target = _with(fresh, desired, changed)
    differs = differing(desired, fresh)
    questions = {*differing(opened, fresh)} & {*differs}
    lost = {*differing(target, desired)}
    asked: set[str] = set()
    for name in changed:
        # What means nothing beside another term as Altegio has it now: the question is about that.
        decisive = {
            other
            for other in questions - {name}
            if name in lost and name in differing(desired, _with(desired, fresh, [other]))
        }
        asked |= decisive or questions & {name}
    conflicts = [
        Conflict(
            name=name,
            label=label(name),
            opened=say(opened, name),
            now=say(fresh, name),
            wanted=say(desired, name),
        )
        for name in differs
        if name in asked
    ]
    if conflicts:
        # Moved on only where the person decides, so that other changes made at Altegio are
        # still seen as theirs.
        moved = {conflict.name: getattr(fresh, conflict.name) for conflict in conflicts}
        raise StaleEdit(conflicts, replace(opened, **moved))
    return target


def _with[Terms: DataclassInstance](terms: Terms, other: Terms, names: Iterable[str]) -> Terms:
    """The terms, but the named ones as the other has them."""
    return replace(terms, **{name: getattr(other, name) for name in names})
