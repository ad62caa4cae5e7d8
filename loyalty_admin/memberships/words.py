"""Sold memberships in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from loyalty_admin.altegio.membership_balance import Balance
from loyalty_admin.altegio.memberships import Membership
from loyalty_admin.catalog.words import numbered, period

STATUSES: Mapping[str, str | Promise] = {
    "created": gettext_lazy("issued"),
    "active": gettext_lazy("active"),
    "expired": gettext_lazy("expired"),
    "wasted": gettext_lazy("used up"),
}
CHIPS = {"created": "", "active": "good", "expired": "muted", "wasted": "muted"}


def memberships(number: int) -> str:
    return ngettext("%(n)s membership", "%(n)s memberships", number) % {"n": number}


def days(number: int) -> str:
    return period(number, 1)


def visits(number: int) -> str:
    return ngettext("%(n)s visit", "%(n)s visits", number) % {"n": number}


def status(membership: Membership) -> str:
    """As Altegio says it where this dashboard has no word."""
    known = STATUSES.get(membership.status)
    return str(known or membership.status_title or membership.status or _("not known"))


def code(membership: Membership) -> str:
    """What staff call it; its number at Altegio where it was sold without a code."""
    return membership.code or numbered(membership.id)


def day(moment: datetime | None) -> str:
    """In the offset in which Altegio says it: a membership ends at its location's midnight."""
    return date_format(moment, "j M Y") if moment else ""


def expiry(membership: Membership) -> str:
    """When it ends; what is not activated yet has no end."""
    if {"expiration_date", "activated_date", "period"} & {*membership.unreadable}:
        return day(membership.expires_at) or _("not known")
    if membership.expires_at:
        return day(membership.expires_at)
    if membership.period and membership.activated_at is None:
        return _("counted from its activation")
    return _("never")


def validity(membership: Membership) -> str:
    if {"period", "period_unit_id"} & {*membership.unreadable}:
        return _("not known")
    if not membership.period:
        return _("without end")
    return period(membership.period, membership.period_unit)


def left(membership: Membership) -> str:
    """What is left on it, in short."""
    if membership.is_pooled:
        if membership.is_pool_unlimited:
            return _("unlimited")
        return _("not known") if membership.pool_left is None else visits(membership.pool_left)
    if not membership.knows_balances:
        return membership.balance_text or _("not known")
    unlimited = [row.is_unlimited for row in membership.balances]
    if unlimited and all(unlimited):
        return _("unlimited")
    counted = visits(sum(row.left or 0 for row in membership.balances if not row.is_unlimited))
    return _("%(visits)s + unlimited") % {"visits": counted} if any(unlimited) else counted


def service(row: Balance) -> str:
    return row.title or numbered(row.id)
