"""What the pages of sold memberships get: plain values, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from loyalty_admin.altegio import memberships as api
from loyalty_admin.altegio.memberships import Membership
from loyalty_admin.catalog import presenting
from loyalty_admin.catalog.words import numbered
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.memberships import changes, dates, searching, words
from loyalty_admin.memberships.searching import Result

SOON = 7  # days


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    id: int
    url: str
    code: str
    type_title: str
    status: str
    chip: str
    is_frozen: bool
    left: str
    created: str
    expires: str
    is_expiring: bool
    locations: tuple[str, ...]


def index_url(ctx: ChainContext) -> str:
    return reverse("memberships:index", args=[ctx.id])


def type_title(membership: Membership) -> str:
    if membership.type_title:
        return membership.type_title
    return numbered(membership.type_id) if membership.type_id else _("not known")


def show_row(ctx: ChainContext, one: Membership, location_ids: tuple[int, ...]) -> ShownRow:
    titles = {location.id: location.title for location in ctx.chain.locations}
    return ShownRow(
        id=one.id,
        url=f"{index_url(ctx)}{one.id}/",
        code=words.code(one),
        type_title=type_title(one),
        status=words.status(one),
        chip=words.CHIPS.get(one.status, ""),
        is_frozen=one.is_frozen,
        left=words.left(one),
        created=words.day(one.created_at),
        expires=words.expiry(one),
        is_expiring=dates.expires_within(one, SOON),
        locations=tuple(titles.get(number, str(number)) for number in location_ids),
    )


def rows_left(result: Result, filters: Mapping[str, str]) -> list[Membership]:
    """Those that the filters leave, newest first."""
    found = list(filter(searching.keeper(filters), result.rows))
    found.sort(key=lambda one: (one.created_at is not None, one.created_at, one.id), reverse=True)
    return found


def show_result(ctx: ChainContext, result: Result, filters: Mapping[str, str]) -> dict[str, Any]:
    """The rows that the filters leave, and what else is to be said."""
    found = rows_left(result, filters)
    titles = {location.id: location.title for location in ctx.chain.locations}
    return {
        "rows": [show_row(ctx, one, tuple(result.locations_of.get(one.id, ()))) for one in found],
        "counted": words.memberships(len(found)),
        "looked_through": len(result.rows),
        "silent": [titles.get(number, str(number)) for number in result.silent],
        "missing": list(map(str, result.missing)),
        "filters": _filters(filters, result.rows),
        "expiring": filters.get("expiring", ""),
        "most_days": searching.MOST_DAYS,
        "is_filtered": bool(filters),
    }


def _filters(chosen: Mapping[str, str], rows: Iterable[Membership]) -> list[dict[str, Any]]:
    types = {str(one.type_id): type_title(one) for one in rows if one.type_id is not None}
    if chosen.get("type") and chosen["type"] not in types:
        types[chosen["type"]] = numbered(int(chosen["type"]))
    choices: dict[str, tuple[str, Mapping[str, str | Promise]]] = {
        "type": (_("Type"), types),
        "status": (_("Status"), words.STATUSES),
        "frozen": (_("Frozen"), {"yes": _("frozen"), "no": _("not frozen")}),
        "left": (_("Visits left"), {"yes": _("some"), "no": _("none")}),
    }
    return [
        {
            "name": name,
            "label": label,
            "choices": [{"value": value, "label": text} for value, text in texts.items()],
            "chosen": chosen.get(name, ""),
        }
        for name, (label, texts) in choices.items()
    ]


def no_right(ctx: ChainContext, right: str) -> str:
    """Why the acting account may not make such a change here; "" when it may."""
    if ctx.may(right):
        return ""
    texts = {
        api.PERIOD_RIGHT: _("“%(connection)s” has no right to freeze memberships or change how "
                            "long they last in this chain."),
        api.BALANCE_RIGHT: _("“%(connection)s” has no right to correct balances in this chain."),
    }  # fmt: skip
    grant = _("Someone with access to the chain's users at Altegio can grant it.")
    return f"{texts[right] % {'connection': ctx.connection.name}} {grant}"


def why_not(ctx: ChainContext, right: str) -> str:
    """Why the person may not make such a change here; "" when they may."""
    return presenting.why_not(ctx, no_right(ctx, right))


def why_not_several(ctx: ChainContext) -> str:
    """The same for changes to several at once, which all take one right."""
    return why_not(ctx, api.PERIOD_RIGHT)


def buttons(ctx: ChainContext, membership: Membership) -> list[dict[str, str]]:
    """Each change, with its address, or why it cannot be made."""
    url = f"{index_url(ctx)}{membership.id}/"
    freezing = (
        ("unfreeze", _("Unfreeze"), "")
        if membership.is_frozen
        else ("freeze", _("Freeze"), changes.why_not_freezable(membership))
    )
    offered = [
        (*freezing, api.PERIOD_RIGHT),
        ("balance", _("Correct the balance"), changes.why_not_countable(membership),
         api.BALANCE_RIGHT),
        ("validity", _("Change the validity"), "", api.PERIOD_RIGHT),
    ]  # fmt: skip
    return [
        {"url": f"{url}{name}/", "label": label, "why_not": why_not(ctx, right) or reason}
        for name, label, reason, right in offered
    ]


def timeline(membership: Membership) -> list[dict[str, str]]:
    """What became of it, and what will: when, and what."""
    frozen = membership.frozen_days
    steps = [
        (words.day(membership.created_at), _("Created")),
        (words.day(membership.activated_at), _("Activated")),
        (
            words.day(membership.frozen_until),
            _("Frozen until then") if membership.is_frozen and membership.frozen_until else "",
        ),
        (words.days(frozen) if frozen else "", _("Frozen in all")),
        (words.expiry(membership), _expires_text(membership)),
    ]
    return [{"when": when, "what": what} for when, what in steps if when and what]


def _expires_text(membership: Membership) -> str:
    if membership.expires_at and membership.expires_at < timezone.now():
        return _("Expired")
    return _("Expires")


def time_used(membership: Membership) -> dict[str, int] | None:
    """Days of its validity in all and gone by; None where it has no known end or start."""
    start, end = membership.activated_at, membership.expires_at
    if start is None or end is None or end <= start:
        return None
    # By the calendar: a day on which clocks change is a whole one.
    days = (end.date() - start.date()).days
    gone = (timezone.now().astimezone(end.tzinfo).date() - start.date()).days
    return {"all": max(1, days), "gone": min(max(0, gone), days)}


def facts(membership: Membership) -> list[dict[str, str]]:
    found = [
        (_("Number at Altegio"), str(membership.id)),
        (_("Lasts"), words.validity(membership)),
        (_("Expires"), words.expiry(membership)),
        (_("Left"), words.left(membership)),
        (_("Freezing"), _freezing(membership)),
    ]
    return [{"label": label, "text": text} for label, text in found if text]


def _freezing(membership: Membership) -> str:
    """What its type still allows; "" where Altegio does not say."""
    freezing, left = membership.freezing, dates.freeze_days_left(membership)
    if freezing is None or freezing.allowed is None:
        return ""
    if not freezing.allowed:
        return _("its type does not allow it")
    return _("without a limit") if left is None else _("%(days)s left") % {"days": words.days(left)}
