"""What the templates of membership types get: plain values, already in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.paginator import Page
from django.template import Context, Engine, Template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from loyalty_admin.altegio.membership_terms import UsableTime
from loyalty_admin.altegio.membership_types import EDIT_RIGHT, MembershipType
from loyalty_admin.altegio.values import read_bool, read_decimal, read_str
from loyalty_admin.audit import services as audit
from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.kept_lists import KeptList
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.membership_types import reading, words
from loyalty_admin.membership_types.listing import FILTERS, SORTS, Query, Row, row_of
from loyalty_admin.membership_types.words import Words
from loyalty_admin.web.templatetags.moments import moment

DRAWN_ROWS_KEPT = 2000  # about 3 kB each, in every process


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


def show_row(row: Row, say: Words, list_url: str) -> ShownRow:
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
    )


def show_rows(ctx: ChainContext, rows: Iterable[Row]) -> list[ShownRow]:
    say, url = reading.row_words_for(ctx), index_url(ctx)
    return [show_row(row, say, url) for row in rows]


def draw_rows(
    ctx: ChainContext, rows: Iterable[Row], *, can_edit: bool, why_not: str
) -> SafeString:
    """The rows as HTML. Drawing a hundred costs more than all the rest of the page, so each is
    drawn once for everybody who sees it alike."""
    template = Engine.get_default().get_template("membership_types/list.html#type_row")
    language = get_language()
    drawn = (_draw_row(template, row, can_edit, why_not, language) for row in show_rows(ctx, rows))
    return SafeString("".join(drawn))  # each was escaped by its template


@lru_cache(maxsize=DRAWN_ROWS_KEPT)
def _draw_row(
    template: Template, row: ShownRow, can_edit: bool, why_not: str, language: str | None
) -> str:
    # Nothing else goes in: what is kept must not depend on who asked first.
    context = {"row": row, "can_edit": can_edit, "why_not": why_not}
    return template.render(Context(context, use_l10n=False))


def why_not(ctx: ChainContext) -> str:
    """Why the person may not change membership types here; "" when they may."""
    if not ctx.person.may_edit:
        return _("You may look at everything; changing it takes the role of an editor.")
    if not ctx.may(EDIT_RIGHT):
        return _(
            "“%(connection)s” has no right to change membership types in this chain. "
            "Someone with access to the chain's users at Altegio can grant it."
        ) % {"connection": ctx.connection.name}
    return ""


def index_url(ctx: ChainContext) -> str:
    return reverse("membership_types:index", args=[ctx.id])


def page_context(ctx: ChainContext) -> dict[str, Any]:
    """What every page of the slice needs."""
    reason = why_not(ctx)
    return {
        "ctx": ctx,
        "can_edit": not reason,
        # A viewer is not bothered with what they would not be offered anyway.
        "why_not": reason if ctx.person.may_edit else "",
        "form_id": audit.new_form_id(),
        "index_url": index_url(ctx),
    }


def tabs(
    ctx: ChainContext, query: Query | None, kept: KeptList[Row] | None
) -> list[dict[str, Any]]:
    """Active, Archived and Deleted, with how many there are; `query` is None under Deleted."""
    url = index_url(ctx)
    archived = sum(row.is_archived for row in kept.rows.values()) if kept else 0
    return [
        {
            "label": _("Active"),
            "url": url,
            "count": len(kept.rows) - archived if kept else None,
            "is_current": query is not None and query.tab == "active",
        },
        {
            "label": _("Archived"),
            "url": url + Query().url(tab="archived"),
            "count": archived if kept else None,
            "is_current": query is not None and query.tab == "archived",
        },
        {
            "label": _("Deleted"),
            "url": f"{url}trash/",
            "count": reading.deletions(ctx).count(),
            "is_current": query is None,
        },
    ]


def show_deletions(ctx: ChainContext, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Deleted types as last known, with the form that restores each."""
    say = reading.words_for(ctx)
    return [
        {
            "entry": entry,
            "row": show_row(row_of(reading.last_known(entry)), say, index_url(ctx)),
            "title": entry.object_title,
        }
        for entry in entries
    ]


def covered(item: MembershipType) -> list[dict[str, Any]]:
    """The covered services and categories with their visits in words."""
    return [
        {
            "title": row.title or _("number %(number)s") % {"number": row.id},
            "is_category": row.is_category,
            "visits": words.service_visits(row, is_pooled=item.terms.is_pooled),
        }
        for row in item.terms.services
    ]


def columns(query: Query) -> list[dict[str, Any]]:
    """The list's columns, with the link that sorts by each."""
    labels = {
        "title": _("Title"),
        "price": _("Price"),
        "validity": _("Validity"),
        "visits": _("Visits"),
        "locations": _("Locations"),
        "sold": _("Sold"),
        "online": _("Online sale"),
    }
    return [
        {
            "label": labels[name],
            "name": name,
            "url": query.url(sort=name, descending=query.sort == name and not query.descending),
            "sorted": ("descending" if query.descending else "ascending")
            if query.sort == name
            else "",
            "is_number": name in ("price", "sold"),
        }
        for name in SORTS
    ]


def pages(query: Query, page: Page[Row]) -> dict[str, Any]:
    """The page of the list, and the links to those beside it."""
    return {
        "page": page,
        "previous_url": query.url(page=page.number - 1) if page.has_previous() else "",
        "next_url": query.url(page=page.number + 1) if page.has_next() else "",
    }


def filter_choices(query: Query) -> list[dict[str, Any]]:
    """The filters beside the search, each with its choices in words."""
    texts = {
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
    return [
        {
            "name": name,
            "label": texts[name][0],
            "choices": [
                {"value": value, "label": texts[name][1][value]} for value in FILTERS[name]
            ],
            "chosen": query.filters.get(name, ""),
        }
        for name in FILTERS
    ]


GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "basics",
        ("title", "price", "sold_without_code", "balance_editing", "category", "category_id"),
    ),
    (
        "services",
        ("is_pooled", "is_pool_unlimited", "pool_visits", "services", "recalculates_price"),
    ),
    (
        "validity",
        ("validity", "validity_unit", "activation", "auto_activation", "auto_activation_unit"),
    ),
    ("freezing", ("freezing", "freeze_limit", "freeze_limit_unit", "booking_when_frozen")),
    ("times", ("usable_times",)),
    ("online", ("online_sale", "online_price", "online_title", "online_description")),
    ("locations", ("location_ids",)),
)


def group_labels() -> dict[str, str]:
    return {
        "basics": _("Basics"),
        "services": _("Services and balance"),
        "validity": _("Validity and activation"),
        "freezing": _("Freezing"),
        "times": _("Time of use"),
        "online": _("Online sale"),
        "locations": _("Locations"),
    }


# Said together with the term that they belong to.
_PARTS_OF_OTHERS = {"validity_unit", "auto_activation_unit", "freeze_limit_unit"}
_SHOWN_APART = {"title", "services", "usable_times", "location_ids"}


def facts(item: MembershipType, say: Words) -> list[dict[str, Any]]:
    """Every term in words, by group; lists and the week are shown by parts of their own."""
    labels = group_labels()
    return [
        {
            "name": group,
            "title": labels[group],
            "facts": [
                {
                    "label": words.label(name),
                    "text": say.of(item.terms, name),
                    "is_kept": bool(item.sold) and name in words.LOCKED_ONCE_SOLD,
                    "is_long": name == "online_description",
                }
                for name in names
                if name not in _PARTS_OF_OTHERS | _SHOWN_APART and _says_something(item, name)
            ],
        }
        for group, names in GROUPS
    ]


def _says_something(item: MembershipType, name: str) -> bool:
    """Left out: what is without meaning beside another term."""
    terms = item.terms
    if name in ("pool_visits", "is_pool_unlimited"):
        return terms.is_pooled and (name != "pool_visits" or not terms.is_pool_unlimited)
    if name in ("freeze_limit", "booking_when_frozen"):
        return terms.freezing
    if name in ("online_price", "online_title", "online_description"):
        return terms.online_sale or bool(getattr(terms, name))
    return True


def week(times: Iterable[UsableTime]) -> list[dict[str, Any]]:
    """The time of use as a week: each day's spans in minutes from midnight, and in words."""
    times = tuple(times)
    days = []
    for number, label in words.LONG_DAYS.items():
        intervals = sorted(
            interval for time in times if number in time.days for interval in time.intervals
        )
        days.append(
            {
                "label": label,
                "text": ", ".join(
                    f"{words.clock(start)}–{words.clock(end)}" for start, end in intervals
                ),
                "spans": [
                    {"start": start // 60, "length": max(1, (end - start) // 60)}
                    for start, end in intervals
                ],
            }
        )
    return days


def read_only_facts(item: MembershipType, say: Words) -> list[dict[str, str]]:
    """What Altegio says besides and nobody sets here."""
    raw = item.raw
    found = [
        (_("Number at Altegio"), str(item.id)),
        (_("Sold and active"), _("not known") if item.sold is None else str(item.sold)),
        (_("Archived on"), _archived_on(item.archived_at)),
        (_("Lowest price in the chain"), _price(raw.get("chain_price_min"), say)),
        (_("Highest price in the chain"), _price(raw.get("chain_price_max"), say)),
        (_("Position in lists"), read_str(raw.get("weight"))),
        (_("Needs a code"), _yes_no(raw.get("is_code_required"))),
        (_("Belongs to the chain"), _yes_no(raw.get("is_chain"))),
    ]
    return [{"label": label, "text": text} for label, text in found if text not in (None, "")]


def _archived_on(text: str) -> SafeString | str:
    """As Altegio said it where it is no point in time."""
    try:
        return moment(text) or text
    except ValueError:
        return text


def _price(value: Any, say: Words) -> str | None:
    amount = read_decimal(value)
    return None if amount is None else say.money(amount)


def _yes_no(value: Any) -> str | None:
    flag = read_bool(value)
    return None if flag is None else _("yes") if flag else _("no")
