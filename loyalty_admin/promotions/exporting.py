"""The list of promotions as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from loyalty_admin.catalog.attention import Attention
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.exports.tables import Cell, Table
from loyalty_admin.promotions import presenting
from loyalty_admin.promotions.listing import Row


def table_of(ctx: ChainContext, rows: Sequence[Row], attention: Attention[Row]) -> Table:
    return Table(
        name=_("Promotions of %(chain)s") % {"chain": ctx.title},
        columns=[
            _("Number"),
            _("Title"),
            _("What it does"),
            _("Type"),
            _("Locations"),
            _("Expires"),
            _("Needs attention"),
        ],
        rows=_cells(ctx, rows, attention),
    )


def _cells(
    ctx: ChainContext, rows: Sequence[Row], attention: Attention[Row]
) -> Iterator[Sequence[Cell]]:
    for shown in presenting.show_rows(ctx, rows, attention):
        yield (
            shown.id,
            shown.title,
            shown.sentence,
            shown.kind,
            ", ".join(shown.locations),
            shown.expires,
            ", ".join(shown.marks),
        )
