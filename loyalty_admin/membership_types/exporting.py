"""The list of membership types as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from loyalty_admin.catalog.attention import Attention
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.exports.tables import Cell, Table, money_column
from loyalty_admin.membership_types import presenting
from loyalty_admin.membership_types.listing import Row


def table_of(ctx: ChainContext, rows: Sequence[Row], attention: Attention[Row]) -> Table:
    return Table(
        name=_("Membership types of %(chain)s") % {"chain": ctx.title},
        columns=[
            _("Number"),
            _("Title"),
            money_column(_("Price"), ctx.currency),
            _("Validity"),
            _("Visits"),
            _("Locations"),
            _("Sold"),
            _("Can be frozen"),
            _("Online sale"),
            money_column(_("Online price"), ctx.currency),
            _("Archived"),
            _("Needs attention"),
        ],
        rows=_cells(ctx, rows, attention),
    )


def _cells(
    ctx: ChainContext, rows: Sequence[Row], attention: Attention[Row]
) -> Iterator[Sequence[Cell]]:
    # Words as the list has them; amounts as numbers.
    for row, shown in zip(rows, presenting.show_rows(ctx, rows, attention), strict=True):
        yield (
            row.id,
            row.title,
            row.price,
            shown.validity,
            shown.visits,
            ", ".join(shown.locations),
            row.sold,
            row.freezing,
            row.online_sale,
            row.online_price if row.online_sale else None,
            row.is_archived,
            ", ".join(shown.marks),
        )
