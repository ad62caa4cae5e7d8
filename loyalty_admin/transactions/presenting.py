"""What the pages of transactions get: plain values, in words."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from loyalty_admin.altegio.transactions import Filter, Transaction
from loyalty_admin.catalog.words import some
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.pictures.bars import Bar, BarRow, Bars, bars
from loyalty_admin.pictures.days import DayColumn, Days, days
from loyalty_admin.transactions import words
from loyalty_admin.transactions.sums import GROUPS, Group, Key, Sum, Sums, group_of
from loyalty_admin.transactions.totals import Totals
from loyalty_admin.transactions.words import Words

MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """One transaction; ids that have a page of their own come with its address."""

    id: int
    type: str
    group: str
    chip: str
    amount: str
    promotion: str
    promotion_url: str
    visit_id: int | None
    membership_id: int | None
    membership_url: str
    gift_card_id: int | None
    card_id: int | None
    item: str


def show_row(ctx: ChainContext, row: Transaction, say: Words) -> ShownRow:
    group = group_of(row)
    return ShownRow(
        id=row.id,
        type=say.type(row.type_id, row.type_title),
        group=words.group(group),
        chip=words.GROUP_CHIPS.get(group, ""),
        amount=_("not said") if row.amount is None else say.money(row.amount),
        promotion="" if row.promotion_id is None else say.promotion(row.promotion_id),
        promotion_url=_url("promotions:detail", ctx, row.promotion_id),
        visit_id=row.visit_id,
        membership_id=row.membership_id,
        membership_url=_url("memberships:detail", ctx, row.membership_id),
        gift_card_id=row.gift_card_id,
        card_id=row.card_id,
        item=_item(row),
    )


def _url(name: str, ctx: ChainContext, number: int | None) -> str:
    return "" if number is None else reverse(name, args=[ctx.id, number])


def _item(row: Transaction) -> str:
    if row.item_id is None:
        return ""
    kinds = {1: _("service %(n)s"), 7: _("product %(n)s")}
    return kinds.get(row.item_type_id or 0, _("item %(n)s")) % {"n": row.item_id}


def narrowing_in_words(filter: Filter, say: Words) -> list[str]:
    """What a filter leaves of its period; nothing where that is all. Of many some are named."""
    named = (
        [say.type(number) for number in filter.types],
        [say.location(number) for number in filter.location_ids],
        [_("visit %(n)s") % {"n": number} for number in filter.visit_ids],
    )
    return [some(parts, MOST_NAMED) for parts in named if parts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A sum to read at a glance."""

    label: str
    chip: str
    amount: str
    count: str
    note: str


def figures(sums: Sums, say: Words) -> list[Figure]:
    """Discounts, bonuses and withdrawals, always; what is neither, where there is some."""
    by_group = sums.by(lambda key: key.group)
    rest = [group for group in by_group if group not in GROUPS]
    return [
        Figure(
            label=words.group(group),
            chip=words.GROUP_CHIPS.get(group, ""),
            amount=say.money(by_group.get(group, Sum()).amount),
            count=words.transactions(by_group.get(group, Sum()).count),
            note=_note(by_group.get(group, Sum())),
        )
        for group in (*GROUPS, *rest)
    ]


def _note(part: Sum) -> str:
    if not part.without_amount:
        return ""
    return _("%(n)s of them do not say an amount") % {"n": part.without_amount}


def by_type(sums: Sums, say: Words) -> Bars:
    return _bars(
        sums.by(lambda key: key.type_id), say, _("By type"), lambda number: say.type(number)
    )


def by_promotion(ctx: ChainContext, sums: Sums, say: Words) -> Bars:
    """What has no promotion comes last and without a bar: it is of other kinds, and mostly so much
    that it would press all others flat."""
    parts = sums.by(lambda key: key.promotion_id)
    rest = parts.pop(None, None)
    picture = _bars(
        parts,
        say,
        _("By promotion"),
        say.promotion,
        lambda number: _url("promotions:detail", ctx, number),
    )
    if rest is None:
        return picture
    row = BarRow(
        label=say.promotion(None),
        value=rest.amount,
        text=say.money(rest.amount),
        note=words.transactions(rest.count),
    )
    return replace(picture, bars=[*picture.bars, Bar(row=row, start=picture.zero, width="0.00")])


def by_location(totals: Totals, say: Words) -> list[Bars]:
    """A picture for each group: discounts, bonuses and withdrawals would hide each other in one
    sum. All have the same order: locations that were read to their end, and what belongs to none.
    """
    known: dict[int | None, dict[Group, Sum]] = {
        number: sums.by(_group) for number, sums in totals.locations.items() if sums is not None
    }
    if rest := totals.without_location:
        known |= {None: rest.by(_group)} if rest.by_key else {}
    by_size = sorted(
        known, key=lambda number: sum(abs(part.amount) for part in known[number].values())
    )
    rest_groups = {group for parts in known.values() for group in parts} - {*GROUPS}
    return [
        _bars(
            {number: known[number].get(group, Sum()) for number in reversed(by_size)},
            say,
            words.group(group),
            lambda number: _("without a location") if number is None else say.location(number),
            money=lambda number, amount: say.at(number).money(amount),
            chip=words.GROUP_CHIPS.get(group, ""),
            is_sorted=True,
        )
        for group in (*GROUPS, *rest_groups)
    ]


def unread_locations(totals: Totals, say: Words) -> list[str]:
    return [say.location(number) for number, sums in totals.locations.items() if sums is None]


def _bars[By: Hashable](
    parts: dict[By, Sum],
    say: Words,
    title: str,
    label: Callable[[By], str],
    url: Callable[[By], str] = lambda by: "",
    *,
    money: Callable[[By, Decimal], str] | None = None,
    chip: str = "",
    is_sorted: bool = False,
) -> Bars:
    rows = [
        BarRow(
            label=label(by),
            value=part.amount,
            text=money(by, part.amount) if money else say.money(part.amount),
            note=words.transactions(part.count),
            url=url(by),
        )
        for by, part in parts.items()
    ]
    if not is_sorted:
        rows.sort(key=lambda row: abs(row.value), reverse=True)
    largest = max(rows, key=lambda row: abs(row.value), default=None)
    return bars(
        rows,
        title=title,
        summary=_("The largest: %(label)s, %(value)s")
        % {"label": largest.label, "value": largest.text}
        if largest and largest.value
        else "",
        chip=chip,
    )


def by_day(parts: Iterable[tuple[date, Sums | None]], say: Words) -> Days:
    """A day that was not read is a gap, not a zero."""
    return days(
        [DayColumn(day, _values(sums)) for day, sums in parts],
        series=[(words.group(group), words.GROUP_CHIPS[group]) for group in GROUPS],
        title=_("By day"),
        money=say.money,
    )


def _values(sums: Sums | None) -> tuple[Decimal, ...] | None:
    if sums is None:
        return None
    by_group = sums.by(_group)
    return tuple(by_group.get(group, Sum()).amount for group in GROUPS)


def _group(key: Key) -> Group:
    return key.group
