"""The list of a chain's promotions: put together of what each of its locations reports."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty_admin.altegio import promotions as api
from loyalty_admin.altegio.errors import AltegioError, NotFound
from loyalty_admin.altegio.parallel import side_by_side
from loyalty_admin.altegio.promotion_kinds import Item
from loyalty_admin.altegio.promotions import SCHEMA, Listed, Promotion, Terms
from loyalty_admin.altegio.transport import Transport
from loyalty_admin.audit import history
from loyalty_admin.catalog.attention import Titles
from loyalty_admin.catalog.listing import Shape
from loyalty_admin.catalog.resource import Lists
from loyalty_admin.chains import kept_lists
from loyalty_admin.chains.kept_lists import KeptList
from loyalty_admin.chains.services import CATEGORIES, ChainContext, learn, locations
from loyalty_admin.promotions import kinds
from loyalty_admin.promotions.rules import DAYS_OF_UNIT, is_falling

KIND = "promotions"
# Of what was made here and no location reports, the newest are asked for one by one.
MOST_ASKED_APART = 50
MADE_BY = ("promotion.created", "promotion.cloned", "promotion.recreated")

type Read = Promotion | AltegioError


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the list needs of a promotion.

    `reported_in`: the locations that report it as active. Without `is_whole` only what they
    say is known, and that is neither what it gives nor where it is valid. `read_at`: when it was
    last read by its number, None where it never was.
    """

    id: int
    terms: Terms
    reported_in: tuple[int, ...]
    is_whole: bool
    # What the terms name by their ids, with titles.
    items: tuple[Item, ...] = ()
    read_at: datetime | None = None

    @property
    def title(self) -> str:
        return self.terms.title

    @property
    def location_ids(self) -> tuple[int, ...]:
        return self.terms.location_ids if self.is_whole else self.reported_in

    @property
    def is_archived(self) -> bool:
        return False  # Altegio has no archive for promotions

    @property
    def gives(self) -> str:
        """discount or bonus; "" where the type is not known."""
        return kinds.gives(self.terms.kind)

    @property
    def most(self) -> tuple[str, float]:
        """The most that it gives, to sort by: sums of money apart from percents."""
        values = [float(rule.value) for rule in self.terms.rules]
        return self.terms.value_unit, max(values, default=0)

    @property
    def days_to_expire(self) -> float:
        if "expiration_unit" in SCHEMA.idle(self.terms):
            return float("inf")
        return self.terms.expiration * DAYS_OF_UNIT.get(self.terms.expiration_unit, 1)


class Attention:
    """What is odd about promotions."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._titles = Titles(rows)

    def marks(self, row: Row) -> tuple[str, ...]:
        odd = []
        if row.is_whole and not row.location_ids:
            odd.append(_("no location"))
        elif not row.reported_in:
            odd.append(_("reported by no location"))
        if is_falling(row.terms):
            odd.append(_("a higher tier gives less"))
        return (*odd, *self._titles.marks(row))


def kept(ctx: ChainContext) -> KeptList[Row] | None:
    """The chain's promotions as last read; None when they were not read yet."""
    return kept_lists.get(ctx, KIND)


def all_rows(ctx: ChainContext) -> Collection[Row] | None:
    """The rows as last read."""
    found = kept(ctx)
    return None if found is None else found.rows.values()


def reported_in(ctx: ChainContext, promotion_id: int) -> tuple[int, ...]:
    """The locations that reported it when they were last asked."""
    found = kept(ctx)
    row = found.rows.get(promotion_id) if found else None
    return row.reported_in if row else ()


def refresh(ctx: ChainContext) -> KeptList[Row]:
    """Ask every location of the chain, then for each promotion as a whole: the locations say
    neither what it gives nor where it is valid. Raises AltegioError where none answered."""
    return kept_lists.refresh(ctx, KIND, lambda: _read(ctx))


def _read(ctx: ChainContext) -> KeptList[Row]:
    read_at = timezone.now()
    transport = ctx.transport()
    found = kept(ctx) or KeptList[Row](rows={}, read_at=read_at)
    earlier = found.rows
    # In a large chain time runs out over it: then only what is missing is asked for.
    goes_on = found.is_under_way and read_at - found.read_at < kept_lists.FRESH_FOR
    places = [location.id for location in locations(ctx)]
    asked_in = [one for one in places if one in found.unanswered] if goes_on else places
    listed = api.list_of_chain(transport, ctx.id, asked_in)
    if listed.failures and len(listed.failures) == len(places):
        raise next(iter(listed.failures.values()))
    silent = {*places} - ({*asked_in} - {*listed.failures})
    apart = _not_reported(ctx, listed, silent, earlier)
    ids = [*(one.id for one in listed.promotions), *apart]
    old = [one for one in ids if is_old(earlier.get(one), read_at)]
    asked = old if goes_on else sorted(ids, key=lambda one: one not in old)
    whole = _read_each(transport, ctx.id, asked)
    rows = [_row(one, whole.get(one.id), listed, silent, earlier) for one in listed.promotions]
    rows += [row for one in apart if (row := _row_apart(one, whole.get(one), silent, earlier))]
    if any(rule.service_id for row in rows for rule in row.terms.rules):
        learn(ctx, CATEGORIES)  # so that the sentences can name the services
    still_missing = len(listed.failures) + sum(is_old(row, read_at) for row in rows)
    return KeptList(
        rows={row.id: row for row in rows},
        read_at=read_at,
        unanswered=tuple(listed.failures),
        # Where no more came than the last time, something else than time is missing.
        is_under_way=0 < still_missing < len(asked_in) + len(old),
    )


def is_old(row: Row | None, at: datetime) -> bool:
    """Whether it was not read by its number lately, or never."""
    return row is None or row.read_at is None or at - row.read_at > kept_lists.FRESH_FOR


def _not_reported(
    ctx: ChainContext, listed: Listed, silent: set[int], earlier: Mapping[int, Row]
) -> list[int]:
    """Promotions that may be there all the same: made here, or of a location that is silent."""
    hidden = [row.id for row in earlier.values() if {*row.reported_in} & silent]
    made = history.made_ids(ctx, MADE_BY, deleted="promotion.deleted")[:MOST_ASKED_APART]
    return [one for one in dict.fromkeys([*hidden, *made]) if one not in listed.location_ids]


def _read_each(transport: Transport, chain_id: int, ids: list[int]) -> dict[int, Read]:
    reads = side_by_side([partial(_read_one, transport, chain_id, one) for one in ids])
    return dict(zip(ids, reads, strict=True))


def _read_one(transport: Transport, chain_id: int, promotion_id: int) -> Read:
    try:
        return api.read_promotion(transport, chain_id, promotion_id)
    except AltegioError as error:
        return error


def _row(
    listed: Promotion,
    whole: Read | None,
    found: Listed,
    silent: set[int],
    earlier: Mapping[int, Row],
) -> Row:
    known = earlier.get(listed.id)
    reported_in = tuple(sorted({*found.location_ids[listed.id], *_before(known, silent)}))
    if isinstance(whole, Promotion):
        return row_of(whole, reported_in)
    # What is known from earlier says more than what a list says now.
    if known and known.read_at:
        return replace(known, reported_in=reported_in)
    return Row(id=listed.id, terms=listed.terms, reported_in=reported_in, is_whole=False)


def _row_apart(
    promotion_id: int, whole: Read | None, silent: set[int], earlier: Mapping[int, Row]
) -> Row | None:
    """None for one that is gone, or of which nothing is known."""
    known = earlier.get(promotion_id)
    reported_in = _before(known, silent)
    if isinstance(whole, Promotion):
        return row_of(whole, reported_in)
    if known is None or isinstance(whole, NotFound):
        return None
    return replace(known, reported_in=reported_in)


def _before(known: Row | None, silent: set[int]) -> tuple[int, ...]:
    """The locations that reported it before and say nothing at all now."""
    return tuple(one for one in known.reported_in if one in silent) if known else ()


def row_of(promotion: Promotion, reported_in: tuple[int, ...]) -> Row:
    return Row(
        id=promotion.id,
        terms=promotion.terms,
        reported_in=reported_in,
        is_whole=not promotion.unreadable,
        items=promotion.items,
        read_at=timezone.now(),
    )


def show_as_read(ctx: ChainContext, promotion: Promotion) -> None:
    """Let every list of this chain show the promotion as it was just read back."""
    found = kept(ctx)
    known = found.rows.get(promotion.id) if found else None
    # Where it is valid now, the locations will report it when they are asked next.
    reported_in = known.reported_in if known else promotion.terms.location_ids
    kept_lists.put_row(ctx, KIND, promotion.id, row_of(promotion, reported_in))


def show_no_more(ctx: ChainContext, promotion_id: int) -> None:
    kept_lists.drop_row(ctx, KIND, promotion_id)


def note_write(ctx: ChainContext) -> None:
    """A write whose outcome is not known: what is being read now may be old already."""
    kept_lists.note_write(ctx, KIND)


LISTS = Lists(show=show_as_read, drop=show_no_more, note_write=note_write)


SHAPE = Shape[Row](
    sorts={
        "title": lambda row: row.title.casefold(),
        "gives": lambda row: row.most,
        "kind": lambda row: kinds.title(row.terms.kind).casefold(),
        "locations": lambda row: len(row.location_ids),
        "expires": lambda row: row.days_to_expire,
    },
    filters={
        "gives": {
            "discount": lambda row: row.gives == "discount",
            "bonus": lambda row: row.gives == "bonus",
        },
        "kind": {
            kind: (lambda row, kind=kind: row.terms.kind == kind)  # type: ignore[misc]
            for kind in kinds.TEXTS
        },
    },
)
