"""The list of a chain's gift card types: what a row holds, and by what it is searched."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from loyalty_admin.altegio import gift_card_types as api
from loyalty_admin.altegio.gift_card_types import GiftCardType
from loyalty_admin.catalog.listing import Shape
from loyalty_admin.catalog.resource import Lists
from loyalty_admin.catalog.words import DAYS_OF_UNIT
from loyalty_admin.chains import kept_lists
from loyalty_admin.chains.kept_lists import KeptList
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.gift_card_types import archive

KIND = "gift_card_types"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the list needs of a gift card type."""

    id: int
    title: str
    face_value: Decimal
    location_ids: tuple[int, ...]
    several_uses: bool
    covers: int
    validity_kind: int
    expires_at: datetime | None
    validity: int
    validity_unit: int
    online_sale: bool
    online_price: Decimal | None
    issued: int | None
    archived_by_altegio: bool
    archived_here: bool = False
    # Archiving it here took it off online sale.
    took_off_sale: bool = False

    @property
    def price(self) -> Decimal:
        return self.face_value

    @property
    def is_archived(self) -> bool:
        return self.archived_by_altegio or self.archived_here

    @property
    def sortable_validity(self) -> tuple[int, float]:
        """Periods first, by length, then dates, then what never ends."""
        if self.validity_kind == 2:
            return 0, self.validity * DAYS_OF_UNIT.get(self.validity_unit, 1)
        if self.validity_kind == 1 and self.expires_at:
            return 1, self.expires_at.timestamp()
        return 2, 0


def row_of(item: GiftCardType) -> Row:
    terms = item.terms
    return Row(
        id=item.id,
        title=terms.title,
        face_value=terms.face_value,
        location_ids=terms.location_ids,
        several_uses=terms.several_uses,
        covers=terms.covers,
        validity_kind=terms.validity_kind,
        expires_at=terms.expires_at,
        validity=terms.validity,
        validity_unit=terms.validity_unit,
        online_sale=terms.online_sale,
        online_price=terms.online_price,
        issued=item.issued,
        archived_by_altegio=item.is_archived,
    )


def kept(ctx: ChainContext) -> KeptList[Row] | None:
    """The chain's types as last read; None when they were not read yet."""
    found = kept_lists.get(ctx, KIND)
    return None if found is None else _with_archive(ctx, found)


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

    return _with_archive(ctx, kept_lists.refresh(ctx, KIND, read))


def _with_archive(ctx: ChainContext, found: KeptList[Row]) -> KeptList[Row]:
    """What is archived here is never in the cache: it counts for every account at once."""
    hidden = {
        away.type_id: replace(
            found.rows[away.type_id], archived_here=True, took_off_sale=away.took_off_sale
        )
        for away in archive.archived(ctx)
        if away.type_id in found.rows
    }
    return replace(found, rows={**found.rows, **hidden}) if hidden else found


def row_here(ctx: ChainContext, item: GiftCardType) -> Row:
    """The row of a type that was just read, with what this dashboard knows of it."""
    away = archive.archived_here(ctx, item.id)
    if away is None:
        return row_of(item)
    return replace(row_of(item), archived_here=True, took_off_sale=away.took_off_sale)


def show_as_read(ctx: ChainContext, item: GiftCardType) -> None:
    """Let every list of this chain show the type as it was just read back."""
    kept_lists.put_row(ctx, KIND, item.id, row_of(item))


def show_no_more(ctx: ChainContext, type_id: int) -> None:
    kept_lists.drop_row(ctx, KIND, type_id)


def note_write(ctx: ChainContext) -> None:
    """A write whose outcome is not known: what is being read now may be old already."""
    kept_lists.note_write(ctx, KIND)


LISTS = Lists(show=show_as_read, drop=show_no_more, note_write=note_write)


SHAPE = Shape[Row](
    sorts={
        "title": lambda row: row.title.casefold(),
        "face_value": lambda row: row.face_value,
        "covers": lambda row: row.covers,
        "uses": lambda row: row.several_uses,
        "validity": lambda row: row.sortable_validity,
        "locations": lambda row: len(row.location_ids),
        "issued": lambda row: row.issued or 0,
        "online": lambda row: row.online_sale,
    },
    filters={
        "uses": {"once": lambda row: not row.several_uses, "several": lambda row: row.several_uses},
        "validity": {
            "endless": lambda row: row.validity_kind == 0,
            "date": lambda row: row.validity_kind == 1,
            "period": lambda row: row.validity_kind == 2,
        },
        "issued": {"yes": lambda row: bool(row.issued), "no": lambda row: row.issued == 0},
        "online": {"on": lambda row: row.online_sale, "off": lambda row: not row.online_sale},
    },
)
