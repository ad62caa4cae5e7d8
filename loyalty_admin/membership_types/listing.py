"""The list of a chain's membership types: what a row holds, and searching all of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone

from loyalty_admin.altegio import membership_types as api
from loyalty_admin.altegio.membership_types import MembershipType
from loyalty_admin.chains import kept_lists
from loyalty_admin.chains.kept_lists import KeptList
from loyalty_admin.chains.services import ChainContext

KIND = "membership_types"
PAGE_SIZES = (50, 25, 100, 200)
DAYS_OF_UNIT = {1: 1, 2: 7, 3: 30, 4: 365}

Tab = Literal["active", "archived"]


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


def activation_titles(rows: Iterable[Row]) -> dict[int, str]:
    """The words that Altegio itself uses in this chain for each activation."""
    seen: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row.activation_title:
            seen[row.activation][row.activation_title] += 1
    return {activation: titles.most_common(1)[0][0] for activation, titles in seen.items()}


SORTS: Mapping[str, Callable[[Row], Any]] = {
    "title": lambda row: row.title.casefold(),
    "price": lambda row: row.price,
    "validity": lambda row: row.validity_days,
    "visits": lambda row: row.sortable_visits,
    "locations": lambda row: len(row.location_ids),
    "sold": lambda row: row.sold or 0,
    "online": lambda row: row.online_sale,
}
FILTERS: Mapping[str, Mapping[str, Callable[[Row], bool]]] = {
    "online": {"on": lambda row: row.online_sale, "off": lambda row: not row.online_sale},
    "freezing": {"yes": lambda row: row.freezing, "no": lambda row: not row.freezing},
    "sold": {"yes": lambda row: bool(row.sold), "no": lambda row: row.sold == 0},
    "balance": {
        "pooled": lambda row: row.is_pooled,
        "split": lambda row: not row.is_pooled,
        "unlimited": lambda row: row.is_pool_unlimited or row.has_unlimited,
    },
}


@dataclass(frozen=True, kw_only=True)
class Query:
    """What the list's URL asks for; anything that makes no sense in it is left out."""

    tab: Tab = "active"
    search: str = ""
    sort: str = "title"
    descending: bool = False
    location: int | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    page: int = 1
    size: int = PAGE_SIZES[0]

    @classmethod
    def from_url(cls, data: QueryDict) -> Query:
        sort = data.get("sort", "")
        page, size, location = (_number(data.get(key, "")) for key in ("page", "size", "location"))
        return cls(
            tab="archived" if data.get("tab") == "archived" else "active",
            search=data.get("q", "").strip()[:255],
            sort=sort.removeprefix("-") if sort.removeprefix("-") in SORTS else "title",
            descending=sort.startswith("-") and sort.removeprefix("-") in SORTS,
            location=location,
            filters={
                name: data.get(name, "")
                for name, choices in FILTERS.items()
                if data.get(name) in choices
            },
            page=page or 1,
            size=size if size in PAGE_SIZES else PAGE_SIZES[0],
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search or self.filters or self.location is not None)

    def url(self, **changes: Any) -> str:
        """The query string that asks for this, changed; back on page 1 unless `page` is given."""
        changed = replace(self, **{"page": 1, **changes})
        values = {
            "tab": changed.tab if changed.tab != "active" else "",
            "q": changed.search,
            **changed.filters,
            "location": "" if changed.location is None else changed.location,
            "sort": changed._sort_value(),
            "size": changed.size if changed.size != PAGE_SIZES[0] else "",
            "page": changed.page if changed.page > 1 else "",
        }
        return "?" + urlencode({key: value for key, value in values.items() if value != ""})

    def _sort_value(self) -> str:
        value = f"-{self.sort}" if self.descending else self.sort
        return "" if value == "title" else value


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 15 else None


def select(rows: Iterable[Row], query: Query) -> list[Row]:
    """The rows that the query asks for, over all pages, in its order."""
    words = query.search.casefold().split()
    chosen = [FILTERS[name][value] for name, value in query.filters.items()]
    found = [
        row
        for row in rows
        if row.is_archived == (query.tab == "archived")
        and (query.location is None or query.location in row.location_ids)
        and all(keep(row) for keep in chosen)
        and all(word in row.title.casefold() for word in words)
    ]
    found.sort(key=lambda row: (row.title.casefold(), row.id))
    found.sort(key=SORTS[query.sort], reverse=query.descending)
    return found
