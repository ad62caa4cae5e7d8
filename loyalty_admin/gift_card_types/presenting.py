"""What the pages of gift card types get besides one type's facts: plain values, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty_admin.altegio.gift_card_types import EDIT_RIGHT
from loyalty_admin.audit.models import Entry
from loyalty_admin.catalog import presenting
from loyalty_admin.catalog.attention import Attention
from loyalty_admin.catalog.listing import Query
from loyalty_admin.catalog.words import numbered, period
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.gift_card_types import reading
from loyalty_admin.gift_card_types.listing import SHAPE, Row, row_of
from loyalty_admin.gift_card_types.words import Words

ROWS = "gift_card_types/rows.html"
# The words for what every page of the catalogue has.
TEXTS = {
    "title": gettext_lazy("Gift card types"),
    "create": gettext_lazy("New gift card type"),
    "edit": gettext_lazy("Edit gift card type"),
    "clone": gettext_lazy("Duplicate a gift card type"),
    "about_clone": gettext_lazy(
        "Filled from the original. Nothing is made before you save; cards issued of the "
        "original stay with it."
    ),
    "about_recreate": gettext_lazy(
        "It gets a new number: Altegio brings no deleted gift card type back."
    ),
    "no_catalogue": gettext_lazy(
        "The chain's services could not be read from Altegio: only those that are named "
        "already can be chosen."
    ),
    "delete": gettext_lazy("Delete a gift card type"),
    "about_copy": gettext_lazy(
        "Altegio brings no deleted gift card type back. A full copy is kept here under "
        "Deleted; from it the type can be made again, with a new number."
    ),
    "deleted": gettext_lazy("Deleted gift card types"),
    "deleted_link": gettext_lazy("Deleted types"),
    "about_deleted": gettext_lazy(
        "Altegio lists no deleted types: these are the ones that were deleted in this "
        "dashboard, as they were last known. Restoring makes a new type from that copy, with "
        "a new number."
    ),
    "none_deleted": gettext_lazy(
        "A type that is deleted in this dashboard waits here with all its terms."
    ),
    "recreate": gettext_lazy("Change and restore…"),
    "recreate_instead": gettext_lazy("Change it before it is made again"),
    "locations": gettext_lazy("Locations"),
    "no_locations": gettext_lazy("No location sells it."),
    "actions": (
        gettext_lazy("Edit"),
        gettext_lazy("Duplicate"),
        gettext_lazy("Archive here"),
        gettext_lazy("Delete"),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """One row of the list; `url` is the type's page, below which its actions lie."""

    id: int
    url: str
    title: str
    face_value: str
    covers: str
    uses: str
    validity: str
    locations: tuple[str, ...]
    issued: int | None
    online: str
    online_sale: bool
    archived_by_altegio: bool
    archived_here: bool
    took_off_sale: bool
    # What is odd about it.
    marks: tuple[str, ...] = ()

    @property
    def is_archived(self) -> bool:
        return self.archived_by_altegio or self.archived_here

    @property
    def is_locked(self) -> bool:
        """Altegio lets it be changed no more."""
        return bool(self.issued) or self.is_archived


def show_row(row: Row, say: Words, list_url: str, marks: tuple[str, ...] = ()) -> ShownRow:
    return ShownRow(
        id=row.id,
        url=f"{list_url}{row.id}/",
        title=row.title,
        face_value=say.money(row.face_value),
        covers=_covers(row.covers),
        uses=_("several payments") if row.several_uses else _("one payment"),
        validity=_validity(row),
        locations=tuple(map(say.location, row.location_ids)),
        issued=row.issued,
        online=say.money(row.online_price) if row.online_sale else "",
        online_sale=row.online_sale,
        archived_by_altegio=row.archived_by_altegio,
        archived_here=row.archived_here,
        took_off_sale=row.took_off_sale,
        marks=marks,
    )


def _covers(number: int) -> str:
    short = {
        0: _("everything"),
        1: _("any services"),
        2: _("any products"),
        3: _("named services"),
        4: _("named services, products"),
    }
    return short.get(number) or numbered(number)


def _validity(row: Row) -> str:
    if row.validity_kind == 1:
        if row.expires_at is None:
            return _("until a date that is not known")
        return _("until %(date)s") % {"date": date_format(row.expires_at, "j M Y")}
    if row.validity_kind == 2:
        return period(row.validity, row.validity_unit)
    return _("no end") if row.validity_kind == 0 else numbered(row.validity_kind)


def show_rows(ctx: ChainContext, rows: Iterable[Row], attention: Attention[Row]) -> list[ShownRow]:
    say, url = reading.words_for(ctx), index_url(ctx)
    return [show_row(row, say, url, attention.marks(row)) for row in rows]


def draw_rows(
    ctx: ChainContext, rows: Iterable[Row], attention: Attention[Row], may: Mapping[str, Any]
) -> SafeString:
    return presenting.draw_rows(f"{ROWS}#row", show_rows(ctx, rows, attention), **may)


def no_right(ctx: ChainContext) -> str:
    """Why the acting account may not change gift card types here; "" when it may."""
    if ctx.may(EDIT_RIGHT):
        return ""
    return _(
        "“%(connection)s” has no right to change gift card types in this chain. "
        "Someone with access to the chain's users at Altegio can grant it."
    ) % {"connection": ctx.connection.name}


def why_not(ctx: ChainContext) -> str:
    """Why the person may not change gift card types here; "" when they may."""
    return presenting.why_not(ctx, no_right(ctx))


def index_url(ctx: ChainContext) -> str:
    return reverse("gift_card_types:index", args=[ctx.id])


def page_context(ctx: ChainContext) -> dict[str, Any]:
    """What every page of the slice needs."""
    return presenting.page_context(
        ctx, index_url=index_url(ctx), no_right=no_right(ctx), id_prefix="type", texts=TEXTS
    )


def list_context(ctx: ChainContext, query: Query, rows: Collection[Row] | None) -> dict[str, Any]:
    """What the list says of itself; `rows` are all of the chain's, None before they are read."""
    return page_context(ctx) | {
        "tabs": tabs(ctx, query, rows),
        "columns": presenting.columns(SHAPE, query, _column_labels(), ("face_value", "issued")),
        "filters": presenting.filter_choices(SHAPE, query, _filter_texts()),
        "texts": TEXTS
        | {
            "new": _("New type"),
            "incomplete": _("Altegio did not give the whole list: some types may be missing."),
            "reading": _("Reading the gift card types from Altegio…"),
            "nothing_matches": _("No gift card type here fits the search and the filters."),
            "about_archive": _(
                "This is the dashboard's own archive, for everybody who uses it: Altegio has none "
                "for gift card types and still sells what is archived only here."
            ),
            "archived": _("A type that is archived here no longer stands among the active ones."),
            "none": _("No gift card types yet"),
            "what": _(
                "A gift card type says what a card holds, what it pays for, and for how long."
            ),
        },
    }


def tabs(
    ctx: ChainContext, query: Query | None, rows: Collection[Row] | None
) -> list[dict[str, Any]]:
    return presenting.tabs(index_url(ctx), query, rows, deleted=reading.deletions(ctx).count())


def show_deletions(ctx: ChainContext, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Deleted types as last known, with the form that makes each again."""
    say, url, cell = reading.words_for(ctx), index_url(ctx), presenting.deleted_cell
    shown = []
    for entry in entries:
        row = show_row(row_of(reading.last_known(entry)), say, url)
        cells = [
            cell(_("Face value"), row.face_value, "num"),
            cell(_("Pays for"), row.covers),
            cell(_("Validity"), row.validity),
        ]
        restoring = {"restore_url": f"{row.url}restore/", "title": entry.object_title}
        shown.append(presenting.deletion(entry, url, row.title, cells) | restoring)
    return shown


def _column_labels() -> dict[str, str]:
    return {
        "title": _("Title"),
        "face_value": _("Face value"),
        "covers": _("Pays for"),
        "uses": _("Used up with"),
        "validity": _("Validity"),
        "locations": _("Locations"),
        "issued": _("Issued"),
        "online": _("Online sale"),
    }


def _filter_texts() -> dict[str, tuple[str, dict[str, str]]]:
    return {
        "uses": (_("Uses"), {"once": _("one payment"), "several": _("several payments")}),
        "validity": (
            _("Validity"),
            {"endless": _("no end"), "date": _("fixed date"), "period": _("from the sale")},
        ),
        "issued": (_("Issued"), {"yes": _("issued"), "no": _("never issued")}),
        "online": (_("Online sale"), {"on": _("sold online"), "off": _("not sold online")}),
    }
