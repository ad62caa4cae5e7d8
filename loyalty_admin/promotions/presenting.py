"""What the pages of promotions get besides one promotion's facts: plain values, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from loyalty_admin.altegio.promotions import EDIT_RIGHT
from loyalty_admin.audit.models import Entry
from loyalty_admin.catalog import presenting
from loyalty_admin.catalog.attention import Attention
from loyalty_admin.catalog.listing import Query
from loyalty_admin.catalog.words import some
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.promotions import kinds, listing, reading, sentences
from loyalty_admin.promotions.listing import SHAPE, Row, row_of
from loyalty_admin.promotions.words import Words, expiry, number

ROWS = "promotions/rows.html"
# The words for what every page of the catalogue has.
TEXTS = {
    "title": gettext_lazy("Promotions"),
    "create": gettext_lazy("New promotion"),
    "edit": gettext_lazy("Edit promotion"),
    "clone": gettext_lazy("Duplicate a promotion"),
    "about_clone": gettext_lazy("Filled from the original. Nothing is made before you save."),
    "about_recreate": gettext_lazy(
        "It gets a new number: Altegio brings no deleted promotion back."
    ),
    "no_catalogue": gettext_lazy(
        "The chain's services could not be read from Altegio: only those that are chosen "
        "already can be chosen."
    ),
    "delete": gettext_lazy("Delete a promotion"),
    "about_copy": gettext_lazy(
        "Altegio brings no deleted promotion back. A full copy is kept here under Deleted; "
        "from it the promotion can be created again, with a new number."
    ),
    "deleted": gettext_lazy("Deleted promotions"),
    "deleted_link": gettext_lazy("Deleted promotions"),
    "about_deleted": gettext_lazy(
        "These were deleted in this dashboard, as they were last known. Creating one again "
        "makes a new promotion from that copy, with a new number."
    ),
    "none_deleted": gettext_lazy(
        "A promotion that is deleted in this dashboard waits here with all its terms."
    ),
    "recreate": gettext_lazy("Create again…"),
    "locations": gettext_lazy("Where it is valid"),
    "no_locations": gettext_lazy("In no location."),
    "actions": (gettext_lazy("Edit"), gettext_lazy("Duplicate"), gettext_lazy("Delete")),
}
SILENT_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """One row of the list; `url` is the promotion's page, below which its actions lie."""

    id: int
    url: str
    title: str
    # What it does; "" where that is not known.
    sentence: str
    kind: str
    gives: str
    locations: tuple[str, ...]
    is_everywhere: bool
    expires: str
    is_whole: bool
    # What is odd about it.
    marks: tuple[str, ...] = ()


def show_row(row: Row, say: Words, list_url: str, marks: tuple[str, ...] = ()) -> ShownRow:
    return ShownRow(
        id=row.id,
        url=f"{list_url}{row.id}/",
        title=row.title,
        sentence=sentences.in_a_list(row.terms, say) if row.is_whole else "",
        kind=kinds.title(row.terms.kind),
        gives=row.gives,
        locations=tuple(map(say.location, row.location_ids)),
        is_everywhere=len(say.locations) > 1 and {*say.locations} <= {*row.location_ids},
        expires=expiry(row.terms) if row.is_whole else "",
        is_whole=row.is_whole,
        marks=marks,
    )


def show_rows(ctx: ChainContext, rows: Iterable[Row], attention: Attention[Row]) -> list[ShownRow]:
    say, url = reading.words_for(ctx), index_url(ctx)
    return [show_row(row, say, url, attention.marks(row)) for row in rows]


def draw_rows(
    ctx: ChainContext, rows: Iterable[Row], attention: Attention[Row], may: Mapping[str, Any]
) -> SafeString:
    return presenting.draw_rows(f"{ROWS}#row", show_rows(ctx, rows, attention), **may)


def no_right(ctx: ChainContext) -> str:
    """Why the acting account may not change promotions here; "" when it may."""
    if ctx.may(EDIT_RIGHT):
        return ""
    return _(
        "“%(connection)s” has no right to change promotions in this chain. "
        "Someone with access to the chain's users at Altegio can grant it."
    ) % {"connection": ctx.connection.name}


def why_not(ctx: ChainContext) -> str:
    """Why the person may not change promotions here; "" when they may."""
    return presenting.why_not(ctx, no_right(ctx))


def index_url(ctx: ChainContext) -> str:
    return reverse("promotions:index", args=[ctx.id])


def page_context(ctx: ChainContext) -> dict[str, Any]:
    """What every page of the slice needs."""
    return presenting.page_context(
        ctx, index_url=index_url(ctx), no_right=no_right(ctx), id_prefix="promotion", texts=TEXTS
    )


def list_context(ctx: ChainContext, query: Query, rows: Collection[Row] | None) -> dict[str, Any]:
    """What the list says of itself; `rows` are all of the chain's, None before they are read."""
    return page_context(ctx) | {
        "tabs": tabs(ctx, query, rows),
        "columns": presenting.columns(SHAPE, query, _column_labels(), ()),
        "filters": presenting.filter_choices(SHAPE, query, _filter_texts()),
        "gaps": gaps(ctx),
        "links": [
            {
                "url": reverse("notification_templates:index", args=[ctx.id]),
                "label": _("Notification templates"),
            }
        ],
        "texts": TEXTS
        | {
            "new": _("New promotion"),
            "reading": _("Asking every location of the chain for its promotions…"),
            "nothing_matches": _("No promotion here fits the search and the filters."),
            "none": _("No promotions yet"),
            "what": _("A promotion gives clients with a loyalty card discounts or bonuses."),
        },
    }


def gaps(ctx: ChainContext) -> str:
    """What the list lacks because somebody did not answer."""
    kept = listing.kept(ctx)
    if kept is None:
        return ""
    said = []
    if kept.unanswered:
        say = reading.words_for(ctx)
        said.append(
            _(
                "Not answered by: %(places)s. What is valid only there stands as it was read "
                "before, or is missing."
            )
            % {"places": some([say.location(one) for one in kept.unanswered], SILENT_NAMED)}
        )
    old = sum(listing.is_old(row, kept.read_at) for row in kept.rows.values())
    if kept.is_under_way and old:
        text = ngettext(
            "%(n)s promotion is still to be read.", "%(n)s promotions are still to be read.", old
        )
        said.append(text % {"n": number(old)})
    elif not all(row.is_whole for row in kept.rows.values()):
        said.append(_("Some promotions could not be read whole; refresh to try again."))
    elif old:
        said.append(_("Some promotions stand as they were read before; refresh to try again."))
    return " ".join(said)


def tabs(
    ctx: ChainContext, query: Query | None, rows: Collection[Row] | None
) -> list[dict[str, Any]]:
    deleted = reading.deletions(ctx).count()
    return presenting.tabs(index_url(ctx), query, rows, deleted=deleted, has_archive=False)


def show_deletions(ctx: ChainContext, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Deleted promotions as last known."""
    shown = []
    for entry in entries:
        known = reading.last_known(entry)
        say = reading.words_for(ctx, known.items)
        row = show_row(row_of(known, known.terms.location_ids), say, index_url(ctx))
        where = ", ".join(row.locations) or _("nowhere")
        cells = [
            presenting.deleted_cell(_("What it did"), row.sentence, "sentence"),
            presenting.deleted_cell(_("Was valid in"), where, "sentence"),
        ]
        shown.append(presenting.deletion(entry, index_url(ctx), row.title, cells))
    return shown


def _column_labels() -> dict[str, str]:
    return {
        "title": _("Title"),
        "gives": _("What it does"),
        "kind": _("Type"),
        "locations": _("Valid in"),
        "expires": _("Expires after"),
    }


def _filter_texts() -> dict[str, tuple[str, dict[str, str]]]:
    return {
        "gives": (_("Gives"), {"discount": _("discounts"), "bonus": _("bonuses")}),
        "kind": (_("Type"), {name: str(text.title) for name, text in kinds.TEXTS.items()}),
    }
