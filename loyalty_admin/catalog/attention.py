"""What is odd about what a chain sells: found from the list alone, and said on its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Protocol

from django.utils.translation import gettext as _

from loyalty_admin.catalog.listing import Listed


class Attention[Row](Protocol):
    """Knows a whole list, because a title is a duplicate only beside another."""

    def marks(self, row: Row) -> tuple[str, ...]:
        """What is odd about the row, each in a few words."""
        ...


class Sold(Listed, Protocol):
    """`price` is what it is sold for: a membership type's price, a gift card's face value."""

    @property
    def price(self) -> Decimal: ...
    @property
    def online_sale(self) -> bool: ...
    @property
    def online_price(self) -> Decimal | None: ...


class Titles:
    """Which titles the rows of a list have in common, archived ones aside."""

    def __init__(self, rows: Iterable[Listed]) -> None:
        self._counts = Counter(_plain(row.title) for row in rows if not row.is_archived)

    def marks(self, row: Listed) -> tuple[str, ...]:
        return (_("duplicate title"),) if self._counts[_plain(row.title)] > 1 else ()


class AttentionOnSale:
    """What is odd about types that are sold."""

    def __init__(self, rows: Iterable[Sold]) -> None:
        self._titles = Titles(rows)

    def marks(self, row: Sold) -> tuple[str, ...]:
        if row.is_archived:
            return (_("archived, but on sale online"),) if row.online_sale else ()
        odd = []
        if row.online_sale and row.online_price != row.price:
            odd.append(_("online price differs"))
        if not row.location_ids:
            odd.append(_("no location"))
        return (*odd, *self._titles.marks(row))


@lru_cache(maxsize=4096)  # each title is asked for on every page, twice
def _plain(title: str) -> str:
    return " ".join(title.split()).casefold()
