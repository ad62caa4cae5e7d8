"""What the pages of membership types get besides one type's facts: plain values, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty_admin.altegio.membership_types import EDIT_RIGHT
from loyalty_admin.audit.models import Entry
from loyalty_admin.catalog import presenting
from loyalty_admin.catalog.attention import Attention
from loyalty_admin.catalog.listing import Query
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.membership_types import reading, words
from loyalty_admin.membership_types.listing import SHAPE, Row, row_of
from loyalty_admin.membership_types.words import Words

ROWS = "membership_types/rows.html"
# The words for what every page of the catalogue has.
TEXTS = {
    "title": gettext_lazy("Membership types"),
    "create": gettext_lazy("New membership type"),
    "edit": gettext_lazy("Edit membership type"),
    "about_recreate": gettext_lazy(
        "It gets a new number; memberships sold of the deleted type stay with that one."
    ),
    "no_catalogue": gettext_lazy(
        "The chain's services could not be read from Altegio: only those that are covered "
        "already can be chosen."
    ),
    "delete": gettext_lazy("Delete a membership type"),
    "about_copy": gettext_lazy(
        "A full copy is kept here under Deleted. Altegio lets few people restore a deleted "
        "type; from the copy it can always be created again, with a new number."
    ),
    "deleted": gettext_lazy("Deleted membership types"),
    "deleted_link": gettext_lazy("Deleted types"),
    "about_deleted": gettext_lazy(
        "Altegio lists no deleted types: these are the ones that were deleted in this "
        "dashboard, as they were last known."
    ),
    "none_deleted": gettext_lazy(
        "A type that is deleted in this dashboard waits here with all its terms."
    ),
    "recreate": gettext_lazy("Create again…"),
    "recreate_instead": gettext_lazy("Create it again from the last known copy"),
    "few_restore": gettext_lazy("Altegio lets few people restore a deleted type."),
    "locations": gettext_lazy("Locations"),
    "no_locations": gettext_lazy("No location sells it."),
    "actions": (
        gettext_lazy("Edit"),
        gettext_lazy("Clone"),
        gettext_lazy("Archive"),
        gettext_lazy("Delete"),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """One row of the list; `url` is the type's page, below which its actions lie."""

    id: int
    url: str
    title: str
    price: str
    validity: str
    visits: str
    locations: tuple[str, ...]
    sold: int | None
    online: str
    online_sale: bool
    freezing: bool
    is_archived: bool
    # What is odd about it.
    marks: tuple[str, ...] = ()


def show_row(row: Row, say: Words, list_url: str, marks: tuple[str, ...] = ()) -> ShownRow:
    return ShownRow(
        id=row.id,
        url=f"{list_url}{row.id}/",
        title=row.title,
        price=say.money(row.price),
        validity=words.validity(row.validity, row.validity_unit),
        visits=words.visits(
            number=row.visits,
            is_pooled=row.is_pooled,
            is_unlimited=row.is_pool_unlimited or row.has_unlimited,
        ),
        locations=tuple(map(say.location, row.location_ids)),
        sold=row.sold,
        online=say.money(row.online_price) if row.online_sale else "",
        online_sale=row.online_sale,
        freezing=row.freezing,
        is_archived=row.is_archived,
        marks=marks,
    )


def show_rows(ctx: ChainContext, rows: Iterable[Row], attention: Attention[Row]) -> list[ShownRow]:
    say, url = reading.row_words_for(ctx), index_url(ctx)
    return [show_row(row, say, url, attention.marks(row)) for row in rows]


def draw_rows(
    ctx: ChainContext, rows: Iterable[Row], attention: Attention[Row], may: Mapping[str, Any]
) -> SafeString:
    return presenting.draw_rows(f"{ROWS}#row", show_rows(ctx, rows, attention), **may)


def no_right(ctx: ChainContext) -> str:
    """Why the acting account may not change membership types here; "" when it may."""
    if ctx.may(EDIT_RIGHT):
        return ""
    return _(
        "“%(connection)s” has no right to change membership types in this chain. "
        "Someone with access to the chain's users at Altegio can grant it."
    ) % {"connection": ctx.connection.name}


def why_not(ctx: ChainContext) -> str:
    """Why the person may not change membership types here; "" when they may."""
    return presenting.why_not(ctx, no_right(ctx))


def index_url(ctx: ChainContext) -> str:
    return reverse("membership_types:index", args=[ctx.id])


def page_context(ctx: ChainContext) -> dict[str, Any]:
    """What every page of the slice needs."""
    return presenting.page_context(
        ctx, index_url=index_url(ctx), no_right=no_right(ctx), id_prefix="type", texts=TEXTS
    )


def list_context(ctx: ChainContext, query: Query, rows: Collection[Row] | None) -> dict[str, Any]:
    """What the list says of itself; `rows` are all of the chain's, None before they are read."""
    return page_context(ctx) | {
        "tabs": tabs(ctx, query, rows),
        "columns": presenting.columns(SHAPE, query, _column_labels(), ("price", "sold")),
        "filters": presenting.filter_choices(SHAPE, query, _filter_texts()),
        "texts": TEXTS
        | {
            "new": _("New type"),
            "incomplete": _("Altegio did not give the whole list: some types may be missing."),
            "reading": _("Reading the membership types from Altegio…"),
            "nothing_matches": _("No membership type here fits the search and the filters."),
            "archived": _("An archived type is not sold any more; memberships sold stay valid."),
            "none": _("No membership types yet"),
            "what": _(
                "A membership type says what a client gets for a price: which services, how many "
                "visits, for how long."
            ),
        },
    }


def tabs(
    ctx: ChainContext, query: Query | None, rows: Collection[Row] | None
) -> list[dict[str, Any]]:
    return presenting.tabs(index_url(ctx), query, rows, deleted=reading.deletions(ctx).count())


def show_deletions(ctx: ChainContext, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Deleted types as last known, with the form that restores each."""
    say, url, cell = reading.words_for(ctx), index_url(ctx), presenting.deleted_cell
    shown = []
    for entry in entries:
        row = show_row(row_of(reading.last_known(entry)), say, url)
        cells = [
            cell(_("Price"), row.price, "num"),
            cell(_("Validity"), row.validity),
            cell(_("Visits"), row.visits),
        ]
        restoring = {"restore_url": f"{row.url}restore/", "title": entry.object_title}
        shown.append(presenting.deletion(entry, url, row.title, cells) | restoring)
    return shown


def _column_labels() -> dict[str, str]:
    return {
        "title": _("Title"),
        "price": _("Price"),
        "validity": _("Validity"),
        "visits": _("Visits"),
        "locations": _("Locations"),
        "sold": _("Sold"),
        "online": _("Online sale"),
    }


def _filter_texts() -> dict[str, tuple[str, dict[str, str]]]:
    return {
        "online": (_("Online sale"), {"on": _("sold online"), "off": _("not sold online")}),
        "freezing": (_("Freezing"), {"yes": _("can be frozen"), "no": _("cannot be frozen")}),
        "sold": (_("Sold"), {"yes": _("sold"), "no": _("never sold")}),
        "balance": (
            _("Balance"),
            {
                "pooled": _("shared pool"),
                "split": _("each service apart"),
                "unlimited": _("unlimited"),
            },
        ),
    }
