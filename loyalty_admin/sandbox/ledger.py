"""A chain's loyalty transactions, kept so that a page of 200,000 is found at once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from loyalty_admin.sandbox.state import Raw


class Ledger:
    """In the order of answers: oldest first, by `created` and id."""

    def __init__(self, make: Callable[[], Iterable[Raw]] = tuple) -> None:
        """`make` gives the first ones in that order. It is called when they are first asked for,
        so that a reset costs nothing."""
        self._make = make

    @cached_property
    def rows(self) -> list[Raw]:
        return list(self._make())

    @cached_property
    def _of_kind(self) -> dict[tuple[Any, ...], list[int]]:
        """Places in `rows` by type and location: every page of both filters comes from these."""
        return self._places("type_id", "company_id")

    @cached_property
    def _of_visit(self) -> dict[tuple[Any, ...], list[int]]:
        return self._places("visit_id")

    def _places(self, *names: str) -> dict[tuple[Any, ...], list[int]]:
        places = defaultdict(list)
        for place, row in enumerate(self.rows):
            places[tuple([row[name] for name in names])].append(place)
        return dict(places)

    def add(self, rows: Iterable[Raw]) -> None:
        self.rows.extend(rows)
        self.rows.sort(key=lambda row: (row["created"], row["id"]))
        for name in ("_of_kind", "_of_visit"):
            self.__dict__.pop(name, None)

    def page(
        self,
        first: datetime,
        last: datetime,
        wanted: Mapping[str, frozenset[int]],
        *,
        skip: int,
        count: int,
    ) -> list[Raw]:
        """Up to `count` of those created from `first` to `last`, both included, that have one of
        the `wanted` values in each field named there: `type_id`, `company_id`, `visit_id`."""
        start = bisect_left(self.rows, first, key=_created)
        end = bisect_right(self.rows, last, key=_created)
        if not wanted:
            return self.rows[start + skip : min(end, start + skip + count)]
        found = sorted(
            place
            for places in self._lists_of(wanted)
            for place in places[bisect_left(places, start) : bisect_left(places, end)]
        )
        return [self.rows[place] for place in found[skip : skip + count]]

    def _lists_of(self, wanted: Mapping[str, frozenset[int]]) -> list[list[int]]:
        types, locations = wanted.get("type_id"), wanted.get("company_id")

        def fits(type_id: Any, company_id: Any) -> bool:
            return (types is None or type_id in types) and (
                locations is None or company_id in locations
            )

        if "visit_id" not in wanted:
            return [places for kind, places in self._of_kind.items() if fits(*kind)]
        of_visits = [self._of_visit.get((visit,), []) for visit in wanted["visit_id"]]
        return [
            [
                place
                for place in places
                if fits(self.rows[place]["type_id"], self.rows[place]["company_id"])
            ]
            for places in of_visits
        ]


def _created(row: Raw) -> datetime:
    moment: datetime = row["created"]
    return moment
