"""What is odd about what a chain sells: found from the list alone, and said on its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Protocol

from django.utils.translation import gettext as _

from loyalty_admin.offers.listing import Listed


class Sold(Listed, Protocol):
    """`price` is what it is sold for: a membership type's price, a gift card's face value."""

    @property
    def price(self) -> Decimal: ...
    @property
    def online_sale(self) -> bool: ...
    @property
    def online_price(self) -> Decimal | None: ...


class Attention:
    """Knows the whole list, because a title is a duplicate only beside another."""

    def __init__(self, rows: Iterable[Sold]) -> None:
        self._titles = Counter(_plain(row.title) for row in rows if not row.is_archived)

    def marks(self, row: Sold) -> tuple[str, ...]:
        """What is odd about the row, each in a few words."""
        if row.is_archived:
            return (_("archived, but on sale online"),) if row.online_sale else ()
        odd = []
        if row.online_sale and row.online_price != row.price:
            odd.append(_("online price differs"))
        if not row.location_ids:
            odd.append(_("no location"))
        if self._titles[_plain(row.title)] > 1:
            odd.append(_("duplicate title"))
        return tuple(odd)


@lru_cache(maxsize=4096)  # each title is asked for on every page, twice
def _plain(title: str) -> str:
    return " ".join(title.split()).casefold()
