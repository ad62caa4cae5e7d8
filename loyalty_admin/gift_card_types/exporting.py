"""The list of gift card types as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from loyalty_admin.catalog.attention import Attention
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.exports.tables import Cell, Table, money_column
from loyalty_admin.gift_card_types import presenting
from loyalty_admin.gift_card_types.listing import Row


def table_of(ctx: ChainContext, rows: Sequence[Row], attention: Attention[Row]) -> Table:
    return Table(
        name=_("Gift card types of %(chain)s") % {"chain": ctx.title},
        columns=[
            _("Number"),
            _("Title"),
            money_column(_("Face value"), ctx.currency),
            _("Pays for"),
            _("Used up with"),
            _("Validity"),
            _("Locations"),
            _("Issued"),
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
            row.face_value,
            shown.covers,
            shown.uses,
            shown.validity,
            ", ".join(shown.locations),
            row.issued,
            row.online_sale,
            row.online_price if row.online_sale else None,
            row.is_archived,
            ", ".join(shown.marks),
        )
