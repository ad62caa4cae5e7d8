"""Transactions added up: exactly, and in pieces that can be put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Context, Decimal
from typing import Any, Literal, NamedTuple

from loyalty_admin.altegio.transactions import Transaction

type Group = Literal["discount", "bonus", "withdrawal", "unknown"]
GROUPS: tuple[Group, ...] = ("discount", "bonus", "withdrawal")
# Python's own 28 digits would round a long enough sum.
_EXACT = Context(prec=400)


class Key(NamedTuple):
    """What is kept apart; `type_id` and `promotion_id` are None where Altegio names none."""

    type_id: int | None
    promotion_id: int | None
    group: Group


@dataclass(frozen=True, slots=True)
class Sum:
    """`count` rows of `amount` in all; `without_amount` of them do not say theirs."""

    count: int = 0
    amount: Decimal = Decimal(0)
    without_amount: int = 0

    def plus(self, other: Sum) -> Sum:
        return Sum(
            self.count + other.count,
            _EXACT.add(self.amount, other.amount),
            self.without_amount + other.without_amount,
        )


def group_of(row: Transaction) -> Group:
    """By what Altegio says of the row, not by its type: types may be added there."""
    if row.is_discount is None or row.is_withdrawal is None:
        return "unknown"
    if row.is_discount:
        return "discount"
    return "withdrawal" if row.is_withdrawal else "bonus"


def key_of(row: Transaction) -> Key:
    return Key(row.type_id, row.promotion_id, group_of(row))


@dataclass
class Sums:
    """`unreadable`: rows that Altegio garbled so that they are nowhere among the sums."""

    by_key: dict[Key, Sum] = field(default_factory=dict)
    unreadable: int = 0

    def add(self, rows: Iterable[Transaction], *, unreadable: int = 0) -> None:
        for row in rows:
            amount = Decimal(0) if row.amount is None else row.amount
            self._put(key_of(row), Sum(1, amount, int(row.amount is None)))
        self.unreadable += unreadable

    def merge(self, other: Sums) -> None:
        for key, part in other.by_key.items():
            self._put(key, part)
        self.unreadable += other.unreadable

    def take_away(self, other: Sums) -> None:
        for key, part in other.by_key.items():
            self._put(key, Sum(-part.count, part.amount.copy_negate(), -part.without_amount))
        self.by_key = {key: part for key, part in self.by_key.items() if part != Sum()}

    def _put(self, key: Key, part: Sum) -> None:
        self.by_key[key] = self.by_key.get(key, Sum()).plus(part)

    @property
    def all(self) -> Sum:
        return self.by(lambda key: None).get(None, Sum())

    def by[By: Hashable](self, what: Callable[[Key], By]) -> dict[By, Sum]:
        """Put together by what of the key; for example `lambda key: key.type_id`."""
        found: defaultdict[By, Sum] = defaultdict(Sum)
        for key, part in self.by_key.items():
            found[what(key)] = found[what(key)].plus(part)
        return dict(found)

    def dump(self) -> dict[str, Any]:
        """As JSON, for `load`; amounts as text, so that none is ever a binary fraction."""
        rows = [
            [*key, part.count, str(part.amount), part.without_amount]
            for key, part in self.by_key.items()
        ]
        return {"rows": rows, "unreadable": self.unreadable}

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> Sums:
        by_key = {
            Key(type_id, promotion_id, group): Sum(count, Decimal(amount), without)
            for type_id, promotion_id, group, count, amount, without in dumped["rows"]
        }
        return cls(by_key, dumped["unreadable"])
