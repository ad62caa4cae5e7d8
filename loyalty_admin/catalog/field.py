"""The terms of a resource as people see them: one table for forms, details, errors and the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise


@dataclass(frozen=True, kw_only=True)
class Field:
    """One term. `group` names the part of the form and of the details page where it stands.

    `form` makes its form field; without it the kind of value decides. `locked_once_sold`: Altegio
    ignores changes to it then. `apart`: the details page says it together with another term, or
    in a part of its own.
    """

    label: str | Promise
    group: str = ""
    help: Any = ""
    form: Callable[[Any], forms.Field] | None = None
    locked_once_sold: bool = False
    apart: bool = False


class Fields:
    """The table of a resource: its fields by the names of their terms, in the order of the form."""

    def __init__(self, **fields: Field) -> None:
        self.by_name = fields
        self.locked_once_sold = frozenset(n for n, one in fields.items() if one.locked_once_sold)

    def __getitem__(self, name: str) -> Field:
        return self.by_name[name]

    def label(self, name: str) -> str:
        return str(self.by_name[name].label)

    def groups(self) -> dict[str, list[str]]:
        """Each group with the names of the terms that the details page lists in it."""
        found: dict[str, list[str]] = {}
        for name, one in self.by_name.items():
            if one.group:
                found.setdefault(one.group, []).extend([] if one.apart else [name])
        return found
