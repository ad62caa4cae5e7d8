"""A membership type's own page: every term in words, by group, and what Altegio says besides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from loyalty_admin.altegio.membership_services import UsableTime
from loyalty_admin.altegio.membership_types import MembershipType
from loyalty_admin.altegio.values import read_bool, read_decimal, read_str
from loyalty_admin.catalog.words import moment_or_text
from loyalty_admin.membership_types import words
from loyalty_admin.membership_types.fields import FIELDS
from loyalty_admin.membership_types.words import Words


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


def facts(item: MembershipType, say: Words) -> list[dict[str, Any]]:
    """Every term in words, by group; lists and the week are shown by parts of their own."""
    labels = group_labels()
    return [
        {
            "name": group,
            "title": labels[group],
            # The week is shown below its facts, of which it has none.
            "is_always_shown": group == "times",
            "facts": [
                {
                    "label": FIELDS.label(name),
                    "text": say.of(item.terms, name),
                    "is_kept": bool(item.sold) and FIELDS[name].locked_once_sold,
                    "is_long": name == "online_description",
                }
                for name in names
                if _says_something(item, name)
            ],
        }
        for group, names in FIELDS.groups().items()
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
        (_("Archived on"), moment_or_text(item.archived_at)),
        (_("Lowest price in the chain"), _price(raw.get("chain_price_min"), say)),
        (_("Highest price in the chain"), _price(raw.get("chain_price_max"), say)),
        (_("Position in lists"), read_str(raw.get("weight"))),
        (_("Needs a code"), _yes_no(raw.get("is_code_required"))),
        (_("Belongs to the chain"), _yes_no(raw.get("is_chain"))),
    ]
    return [{"label": label, "text": text} for label, text in found if text not in (None, "")]


def _price(value: Any, say: Words) -> str | None:
    amount = read_decimal(value)
    return None if amount is None else say.money(amount)


def _yes_no(value: Any) -> str | None:
    flag = read_bool(value)
    return None if flag is None else _("yes") if flag else _("no")
