"""The list of a chain's membership types: what a row holds, and by what it is searched."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from loyalty_admin.altegio import membership_types as api
from loyalty_admin.altegio.membership_types import MembershipType
from loyalty_admin.catalog.listing import Shape
from loyalty_admin.catalog.resource import Lists
from loyalty_admin.catalog.words import DAYS_OF_UNIT
from loyalty_admin.chains import kept_lists
from loyalty_admin.chains.kept_lists import KeptList
from loyalty_admin.chains.services import ChainContext

KIND = "membership_types"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the list needs of a membership type: 1,000 of them are kept in the cache."""

    id: int
    title: str
    price: Decimal
    location_ids: tuple[int, ...]
    validity: int
    validity_unit: int
    is_pooled: bool
    is_pool_unlimited: bool
    # Of the pool, or of all services together.
    visits: int
    # Some service of a split balance may be used without limit.
    has_unlimited: bool
    freezing: bool
    online_sale: bool
    online_price: Decimal | None
    sold: int | None
    activation: int
    activation_title: str
    is_archived: bool

    @property
    def validity_days(self) -> float:
        """For sorting only: a validity without end is the longest."""
        if not self.validity:
            return float("inf")
        return self.validity * DAYS_OF_UNIT.get(self.validity_unit, 1)

    @property
    def sortable_visits(self) -> float:
        return float("inf") if self.is_pool_unlimited or self.has_unlimited else self.visits


def row_of(membership_type: MembershipType) -> Row:
    terms = membership_type.terms
    split = sum(row.visits for row in terms.services if not row.is_unlimited)
    return Row(
        id=membership_type.id,
        title=terms.title,
        price=terms.price,
        location_ids=terms.location_ids,
        validity=terms.validity,
        validity_unit=terms.validity_unit,
        is_pooled=terms.is_pooled,
        is_pool_unlimited=terms.is_pooled and terms.is_pool_unlimited,
        visits=terms.pool_visits if terms.is_pooled else split,
        has_unlimited=not terms.is_pooled and any(row.is_unlimited for row in terms.services),
        freezing=terms.freezing,
        online_sale=terms.online_sale,
        online_price=terms.online_price,
        sold=membership_type.sold,
        activation=terms.activation,
        activation_title=membership_type.activation_title,
        is_archived=membership_type.is_archived,
    )


def kept(ctx: ChainContext) -> KeptList[Row] | None:
    """The chain's types as last read; None when they were not read yet."""
    return kept_lists.get(ctx, KIND)


def all_rows(ctx: ChainContext) -> Collection[Row] | None:
    """The rows as last read."""
    found = kept(ctx)
    return None if found is None else found.rows.values()


def refresh(ctx: ChainContext) -> KeptList[Row]:
    """Read all types of the chain from Altegio. Raises AltegioError."""

    def read() -> KeptList[Row]:
        read_at = timezone.now()
        listed = api.list_all(ctx.transport(), ctx.id)
        return KeptList(
            rows={item.id: row_of(item) for item in listed.types},
            read_at=read_at,
            is_complete=listed.is_complete,
        )

    return kept_lists.refresh(ctx, KIND, read)


def show_as_read(ctx: ChainContext, membership_type: MembershipType) -> None:
    """Let every list of this chain show the type as it was just read back."""
    kept_lists.put_row(ctx, KIND, membership_type.id, row_of(membership_type))


def show_no_more(ctx: ChainContext, type_id: int) -> None:
    kept_lists.drop_row(ctx, KIND, type_id)


def note_write(ctx: ChainContext) -> None:
    """A write whose outcome is not known: what is being read now may be old already."""
    kept_lists.note_write(ctx, KIND)


LISTS = Lists(show=show_as_read, drop=show_no_more, note_write=note_write)


def activation_titles(rows: Iterable[Row]) -> dict[int, str]:
    """The words that Altegio itself uses in this chain for each activation."""
    seen: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row.activation_title:
            seen[row.activation][row.activation_title] += 1
    return {activation: titles.most_common(1)[0][0] for activation, titles in seen.items()}


SHAPE = Shape[Row](
    sorts={
        "title": lambda row: row.title.casefold(),
        "price": lambda row: row.price,
        "validity": lambda row: row.validity_days,
        "visits": lambda row: row.sortable_visits,
        "locations": lambda row: len(row.location_ids),
        "sold": lambda row: row.sold or 0,
        "online": lambda row: row.online_sale,
    },
    filters={
        "online": {"on": lambda row: row.online_sale, "off": lambda row: not row.online_sale},
        "freezing": {"yes": lambda row: row.freezing, "no": lambda row: not row.freezing},
        "sold": {"yes": lambda row: bool(row.sold), "no": lambda row: row.sold == 0},
        "balance": {
            "pooled": lambda row: row.is_pooled,
            "split": lambda row: not row.is_pooled,
            "unlimited": lambda row: row.is_pool_unlimited or row.has_unlimited,
        },
    },
)
