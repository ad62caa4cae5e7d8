"""One table of terms for each resource: how each term is read, written, compared and stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from loyalty_admin.altegio.values import (
    read_bool,
    read_decimal,
    read_int,
    read_numbers,
    read_str,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def same(value: Any) -> Any:
    return value


def plain(value: Any) -> Any:
    """Return the value as JSON: decimals and dates as strings, dataclasses by their fields."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def normal_text(text: str) -> str:
    # A browser sends line breaks its own way, and blanks around a text are nothing to see.
    return text.replace("\r\n", "\n").strip()


@dataclass(frozen=True, kw_only=True)
class Codec:
    """One kind of value.

    `parse` returns None for what it cannot read. `normal` returns what is compared. No function
    gets or stores None: it stands for "no value" in every kind.
    """

    parse: Callable[[Any], Any]
    to_api: Callable[[Any], Any] = same
    to_json: Callable[[Any], Any] = plain
    from_json: Callable[[Any], Any] = same
    normal: Callable[[Any], Any] = same


TEXT = Codec(parse=read_str, normal=normal_text)
INT = Codec(parse=read_int)
FLAG = Codec(parse=read_bool)
DECIMAL = Codec(parse=read_decimal, from_json=Decimal)
IDS = Codec(parse=read_numbers, to_api=list, from_json=tuple)

# True, or what the terms have to be like.
type Rule = bool | Callable[[Any], bool]


def _holds(rule: Rule, terms: Any) -> bool:
    return rule if isinstance(rule, bool) else rule(terms)


@dataclass(frozen=True, kw_only=True)
class Spec:
    """How the API has one term.

    `keys`: the names under which it is given. The first that is not null counts, or with
    `any_key` the first that is understood. `write`: the names under which it is taken; one with a
    dot is inside an object that the resource writes itself. `errors`: more names that a refusal
    uses. `read` takes the place of the keys where several of them make one value.

    `required`: null says nothing about it. `idle`: it means nothing beside the other terms.
    `gap` stands in for a value that the API did not say and that no write would lose.
    `normal` is what is compared, where that depends on the other terms.
    """

    codec: Codec
    keys: tuple[str, ...]
    write: tuple[str, ...]
    errors: tuple[str, ...] = ()
    any_key: bool = False
    read: Callable[[Mapping[str, Any]], Any] | None = None
    required: Rule = False
    idle: Rule = False
    gap: Any = None
    normal: Callable[[Any, Any], Any] | None = None

    def value_in(self, raw: Mapping[str, Any]) -> Any:
        """Return the value in an answer; None where the answer lacks it, garbles it or has null."""
        if self.read:
            return self.read(raw)
        said = [raw[key] for key in self.keys if raw.get(key) is not None]
        values = (self.codec.parse(value) for value in (said if self.any_key else said[:1]))
        return next((value for value in values if value is not None), None)

    def key_in(self, raw: Mapping[str, Any]) -> str:
        """Return the name under which an answer has the value, or should have it."""
        there = [key for key in self.keys if key in raw] or self.keys
        said = [key for key in there if raw.get(key) is not None]
        return there[0] if self.any_key or not said else said[0]

    def is_null(self, raw: Mapping[str, Any]) -> bool:
        there = [key for key in self.keys if key in raw]
        return bool(there) and all(raw[key] is None for key in there)


def term(
    default: Any, codec: Codec, *keys: str, write: Sequence[str] | None = None, **rules: Any
) -> Any:
    """Return a field of the terms, written under its first key. `rules` are those of its Spec."""
    written = keys[:1] if write is None else tuple(write)
    spec = Spec(codec=codec, keys=keys, write=written, **rules)
    return field(default=default, metadata={"spec": spec})


class Schema[T: DataclassInstance]:
    """The table of a resource: a frozen dataclass whose every field is a `term`.

    `read_only`: names that the API gives and never takes.
    """

    def __init__(self, terms: type[T], *, read_only: Collection[str] = ()) -> None:
        self.terms = terms
        self.specs: Mapping[str, Spec] = {one.name: one.metadata["spec"] for one in fields(terms)}
        self.names = tuple(self.specs)
        self.gaps = {name: s.gap for name, s in self.specs.items() if s.gap is not None}
        self.read_only = frozenset(read_only)
        self.term_of_key: Mapping[str, str] = self._terms_by_key()
        self._modelled = self.read_only | self.term_of_key.keys()

    def _terms_by_key(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, spec in self.specs.items():
            for key in (*spec.keys, *spec.write, *spec.errors):
                found.setdefault(key, name)  # several terms may be read from one key
        return found

    def read(self, raw: Mapping[str, Any]) -> tuple[T, tuple[str, ...]]:
        """Return the terms, and the API names of those that are unreadable: a PUT loses them."""
        values = {name: spec.value_in(raw) for name, spec in self.specs.items()}
        terms = self.terms(**{name: one for name, one in values.items() if one is not None})
        missing = [
            name
            for name, spec in self.specs.items()
            if values[name] is None and (not spec.is_null(raw) or _holds(spec.required, terms))
        ]
        terms = replace(terms, **{name: self.gaps[name] for name in missing if name in self.gaps})
        aside = self.gaps.keys() | self.idle(terms)
        lost = (self.specs[name].key_in(raw) for name in missing if name not in aside)
        return terms, tuple(dict.fromkeys(lost))

    def to_api(
        self, terms: T, read: Mapping[str, Any] | None = None, *, without: Collection[str] = ()
    ) -> dict[str, Any]:
        """Return the flat part of a body, on top of what was `read`, and `without` some terms.

        Keys of `read` that are not modelled go back as they came, and what was null and is
        still empty goes back as null.
        """
        raw = {} if read is None else read
        body = {key: value for key, value in raw.items() if key not in self._modelled}
        for name, spec in self.specs.items():
            if name in without:
                continue
            value = getattr(terms, name)
            value = None if value is None else spec.codec.to_api(value)
            was_null = any(key in raw and raw[key] is None for key in spec.keys)
            is_empty = not value and not isinstance(value, bool | list)
            if was_null and is_empty and not _holds(spec.required, terms):
                value = None
            body.update({key: value for key in spec.write if "." not in key})
        return body

    def idle(self, terms: T) -> frozenset[str]:
        """Return the names of the terms that mean nothing beside the others."""
        return frozenset(n for n, spec in self.specs.items() if _holds(spec.idle, terms))

    def differing(self, one: T, other: T) -> list[str]:
        """Return the names of the terms in which the two differ, in the order of the table."""
        first, second = self._normal(one), self._normal(other)
        return [name for name in self.names if first[name] != second[name]]

    def _normal(self, terms: T) -> dict[str, Any]:
        idle = self.idle(terms)
        found: dict[str, Any] = {}
        for name, spec in self.specs.items():
            value = getattr(terms, name)
            if name in idle or value is None:
                found[name] = None
            elif spec.normal:
                found[name] = spec.normal(value, terms)
            else:
                found[name] = spec.codec.normal(value)
        return found

    def dump(self, terms: T, names: Iterable[str] | None = None) -> dict[str, Any]:
        """Return the named terms, or all of them, as JSON."""
        found = {}
        for name in self.names if names is None else names:
            value = getattr(terms, name)
            found[name] = None if value is None else self.specs[name].codec.to_json(value)
        return found

    def load(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Return the terms that `dump` wrote, by name."""
        return {
            name: None if value is None else self.specs[name].codec.from_json(value)
            for name, value in stored.items()
        }

    def term_of_error(self, key: str) -> str:
        """Find the term by the longest known part of "rules.0.value" or "[rules][0]"; or ""."""
        parts = re.findall(r"[^.\[\]]+", key)
        starts = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
        return next((self.term_of_key[one] for one in starts if one in self.term_of_key), "")

    def terms_of_errors(self, errors: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Group Altegio's messages by term; those about something else stand under ""."""
        by_term: dict[str, list[str]] = {}
        for key, messages in errors.items():
            name = self.term_of_error(key)
            texts = messages if name else [f"{key}: {message}" for message in messages]
            by_term.setdefault(name, []).extend(texts)
        return by_term
