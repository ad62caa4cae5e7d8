"""The panels of a chain's home: each comes from what is kept, or loads and fails by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty_admin.altegio.errors import AltegioError
from loyalty_admin.audit.models import Entry
from loyalty_admin.audit.services import new_form_id, reason_of
from loyalty_admin.catalog.attention import AttentionOnSale
from loyalty_admin.chains.kept_lists import KeptList
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.gift_card_types import listing as gift_card_types
from loyalty_admin.home import month
from loyalty_admin.membership_types import listing as membership_types
from loyalty_admin.promotions import listing as promotions
from loyalty_admin.promotions import presenting as shown_promotions
from loyalty_admin.transactions import presenting as shown_transactions
from loyalty_admin.transactions.words import words_of

MOST_PROMOTIONS = 8
MOST_ENTRIES = 8

type Context = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Panel:
    """`kept` is what the panel shows, without asking Altegio; None where it must be asked first,
    and with a true `is_old` where what it shows is to be read anew meanwhile. `read` asks it
    (AltegioError). The template is `home/<name>.html`."""

    name: str
    title: str | Promise
    kept: Callable[[ChainContext], Context | None]
    read: Callable[[ChainContext], Context]


def _attention_kept(ctx: ChainContext) -> Context | None:
    lists = membership_types.kept(ctx), gift_card_types.kept(ctx)
    return None if None in lists else _attention(ctx, *lists)


def _attention_read(ctx: ChainContext) -> Context:
    found = _fresh(membership_types.kept(ctx)) or membership_types.refresh(ctx)
    return _attention(ctx, found, _fresh(gift_card_types.kept(ctx)) or gift_card_types.refresh(ctx))


def _fresh[Row](found: KeptList[Row] | None) -> KeptList[Row] | None:
    return found if found and found.is_fresh else None


def _attention(ctx: ChainContext, *lists: KeptList[Any] | None) -> Context:
    """How many types are odd, by what is odd about them."""
    parts = []
    labels = {
        "membership_types": _("Membership types"),
        "gift_card_types": _("Gift card types"),
    }
    for (app, label), kept in zip(labels.items(), lists, strict=True):
        rows = list(kept.rows.values()) if kept else []
        attention = AttentionOnSale(rows)
        odd = [attention.marks(row) for row in rows]
        parts.append(
            {
                "label": label,
                "url": f"{reverse(f'{app}:index', args=[ctx.id])}?attention=yes",
                "count": sum(1 for marks in odd if marks),
                "all": len(rows),
                "is_partial": kept is not None and not kept.is_complete,
                "marks": Counter(mark for marks in odd for mark in marks).most_common(),
            }
        )
    return {
        "parts": parts,
        "odd": sum(part["count"] for part in parts),
        "is_old": not all(map(_fresh, lists)),
    }


def _month_kept(ctx: ChainContext) -> Context | None:
    found = month.kept(ctx)
    return None if found is None else _month(ctx, found)


def _month_read(ctx: ChainContext) -> Context:
    try:
        return _month(ctx, month.read(ctx))
    except AltegioError as error:
        known = month.known(ctx)
        if known.missing == len(known.by_day):
            raise
        return _month(ctx, known) | {"problem": reason_of(error, is_read=True)}


def _month(ctx: ChainContext, found: month.Month) -> Context:
    say = words_of(ctx)
    return {
        "say": say,
        "figures": shown_transactions.figures(found.all, say),
        "by_day": shown_transactions.by_day(found.by_day.items(), say),
        "missing": found.missing,
        "unreadable": found.all.unreadable,
        "form_id": new_form_id(),
        "add_up_url": f"{reverse('transactions:add_up', args=[ctx.id])}?period=30",
    }


def _promotions_kept(ctx: ChainContext) -> Context | None:
    found = promotions.kept(ctx)
    return None if found is None else _promotions(ctx, found)


def _promotions_read(ctx: ChainContext) -> Context:
    return _promotions(ctx, _fresh(promotions.kept(ctx)) or promotions.refresh(ctx))


def _promotions(ctx: ChainContext, found: KeptList[promotions.Row]) -> Context:
    """Those that a location reports: these are in force."""
    rows = sorted(
        (row for row in found.rows.values() if row.reported_in),
        key=lambda row: (-len(row.reported_in), row.title.casefold()),
    )
    shown = shown_promotions.show_rows(ctx, rows[:MOST_PROMOTIONS], promotions.Attention(rows))
    return {
        "rows": shown,
        "count": len(rows),
        "unanswered": len(found.unanswered),
        "is_under_way": found.is_under_way,
        "is_old": not found.is_fresh,
    }


def _activity(ctx: ChainContext) -> Context:
    found = Entry.objects.filter(api_url=ctx.connection.api_url, chain_id=ctx.id)
    return {"entries": list(found.defer("copy", "asked")[:MOST_ENTRIES])}


PANELS: Mapping[str, Panel] = {
    panel.name: panel
    for panel in (
        Panel(name="month", title=_("The last 30 days"), kept=_month_kept, read=_month_read),
        Panel(
            name="attention",
            title=_("Needs attention"),
            kept=_attention_kept,
            read=_attention_read,
        ),
        Panel(
            name="promotions",
            title=_("Promotions in force"),
            kept=_promotions_kept,
            read=_promotions_read,
        ),
        Panel(name="activity", title=_("Recent activity"), kept=_activity, read=_activity),
    )
}
