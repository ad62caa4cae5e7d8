"""The changes that can be made to a sold membership: what each asks, sends and comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty_admin.altegio import memberships as api
from loyalty_admin.altegio.memberships import Membership
from loyalty_admin.altegio.transport import Answer, Send
from loyalty_admin.audit.services import Change, Kept
from loyalty_admin.catalog.words import period
from loyalty_admin.memberships import actions, dates, words

NOTHING_CHANGED = gettext_lazy("Nothing was changed: write another number of visits.")


class Wanted(Protocol):
    """One change. `action` names it in the journal, `right` is Altegio's name of what it takes."""

    action: ClassVar[str]
    right: ClassVar[str]

    def why_not(self, membership: Membership) -> str:
        """Why Altegio would refuse it; "" where nothing speaks against it."""
        ...

    def changes(self, membership: Membership) -> list[Change]:
        """Before and after, in words."""
        ...

    def expiry_after(self, membership: Membership) -> str:
        """When it is to end then, in words; "" where that has nothing to do with it."""
        ...

    def send(self, send: Send, chain_id: int, membership_id: int) -> Answer: ...

    def missed(self, read: Membership) -> list[Kept]:
        """What is not as it was asked, now that it was read back."""
        ...

    def wears_off(self, read: Membership) -> bool:
        """Whether, carried out, visits alone would make of it what was read."""
        ...

    def dump(self) -> dict[str, Any]:
        """As JSON, for `load`."""
        ...


@dataclass(frozen=True)
class Freeze:
    """`until` is an aware moment."""

    until: datetime
    action: ClassVar[str] = actions.FROZEN
    right: ClassVar[str] = api.PERIOD_RIGHT

    def why_not(self, membership: Membership) -> str:
        if reason := why_not_freezable(membership):
            return reason
        if self.until <= timezone.now():
            return _("Choose a day that is still to come.")
        days_left = dates.freeze_days_left(membership)
        if days_left is not None and dates.days_until(self.until) > days_left:
            return _("Its type allows %(days)s more of freezing.") % {"days": words.days(days_left)}
        return ""

    def changes(self, membership: Membership) -> list[Change]:
        days = dates.days_until(self.until)
        days_left = dates.freeze_days_left(membership)
        limit = (
            []
            if days_left is None
            else [
                _change(
                    _("Days of freezing left"), words.days(days_left), words.days(days_left - days)
                )
            ]
        )
        return [
            _change(
                _("Frozen"),
                _("no"),
                _("until %(day)s (%(days)s)")
                % {"day": words.day(self.until), "days": words.days(days)},
            ),
            _change(_("Expires"), words.expiry(membership), self.expiry_after(membership)),
            *limit,
        ]

    def expiry_after(self, membership: Membership) -> str:
        expires_at = dates.expiry_after_freezing(membership, self.until)
        return words.day(expires_at) or words.expiry(membership)

    def send(self, send: Send, chain_id: int, membership_id: int) -> Answer:
        return api.freeze(send, chain_id, membership_id, self.until)

    def missed(self, read: Membership) -> list[Kept]:
        return [] if read.is_frozen else _none_took(self.changes(read))

    def wears_off(self, read: Membership) -> bool:
        return False

    def dump(self) -> dict[str, Any]:
        return {"until": self.until.isoformat()}


@dataclass(frozen=True)
class Unfreeze:
    action: ClassVar[str] = actions.UNFROZEN
    right: ClassVar[str] = api.PERIOD_RIGHT

    def why_not(self, membership: Membership) -> str:
        return "" if membership.is_frozen else _("It is not frozen.")

    def changes(self, membership: Membership) -> list[Change]:
        expires = self.expiry_after(membership)
        return [
            _change(_("Frozen"), _("yes"), _("no")),
            _change(_("Expires"), expires, _("%(day)s, as it is now") % {"day": expires}),
        ]

    def expiry_after(self, membership: Membership) -> str:
        return words.expiry(membership)

    def send(self, send: Send, chain_id: int, membership_id: int) -> Answer:
        return api.unfreeze(send, chain_id, membership_id)

    def missed(self, read: Membership) -> list[Kept]:
        return _none_took(self.changes(read)) if read.is_frozen else []

    def wears_off(self, read: Membership) -> bool:
        return False

    def dump(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True)
class SetPool:
    """Visits left of the shared pool, in place of what is left now."""

    left: int
    action: ClassVar[str] = actions.BALANCE_SET
    right: ClassVar[str] = api.BALANCE_RIGHT

    def why_not(self, membership: Membership) -> str:
        if reason := why_not_countable(membership):
            return reason
        return str(NOTHING_CHANGED) if self.left == membership.pool_left else ""

    def changes(self, membership: Membership) -> list[Change]:
        return [_visits(_("Visits left"), membership.pool_left, self.left)]

    def expiry_after(self, membership: Membership) -> str:
        return ""

    def send(self, send: Send, chain_id: int, membership_id: int) -> Answer:
        return api.set_pool(send, chain_id, membership_id, self.left)

    def missed(self, read: Membership) -> list[Kept]:
        return _missed_visits(_("Visits left"), self.left, read.pool_left)

    def wears_off(self, read: Membership) -> bool:
        return self.left > (read.pool_left or 0)

    def dump(self) -> dict[str, Any]:
        return {"left": self.left}


@dataclass(frozen=True)
class SetBalances:
    """Visits left by the number of a service or category; the others keep theirs."""

    left: Mapping[int, int]
    action: ClassVar[str] = actions.BALANCE_SET
    right: ClassVar[str] = api.BALANCE_RIGHT

    def why_not(self, membership: Membership) -> str:
        if reason := why_not_countable(membership):
            return reason
        countable = {row.id for row in membership.balances if not row.is_unlimited}
        if not self.left:
            return str(NOTHING_CHANGED)
        return "" if self.left.keys() <= countable else _("It does not cover that service.")

    def changes(self, membership: Membership) -> list[Change]:
        return [
            _visits(words.service(row), row.left, self.left[row.id])
            for row in membership.balances
            if row.id in self.left
        ]

    def expiry_after(self, membership: Membership) -> str:
        return ""

    def send(self, send: Send, chain_id: int, membership_id: int) -> Answer:
        return api.set_balances(send, chain_id, membership_id, self.left)

    def missed(self, read: Membership) -> list[Kept]:
        now = {row.id: row for row in read.balances}
        return [
            kept
            for number, asked in self.left.items()
            for kept in _missed_visits(
                words.service(now[number]) if number in now else str(number),
                asked,
                now[number].left if number in now else None,
            )
        ]

    def wears_off(self, read: Membership) -> bool:
        now = {row.id: row.left or 0 for row in read.balances}
        return any(asked > now.get(number, 0) for number, asked in self.left.items())

    def dump(self) -> dict[str, Any]:
        return {"left": {str(number): visits for number, visits in self.left.items()}}


@dataclass(frozen=True)
class SetPeriod:
    """How long it lasts from its activation; `unit` 1 day, 2 week, 3 month, 4 year."""

    number: int
    unit: int
    action: ClassVar[str] = actions.VALIDITY_SET
    right: ClassVar[str] = api.PERIOD_RIGHT

    def why_not(self, membership: Membership) -> str:
        if (self.number, self.unit) == (membership.period, membership.period_unit):
            return _("It lasts that long already.")
        # Nothing at all would be without end.
        return "" if self.number > 0 else _("It would have ended before it began.")

    def changes(self, membership: Membership) -> list[Change]:
        return [
            _change(_("Lasts"), words.validity(membership), period(self.number, self.unit)),
            _change(_("Expires"), words.expiry(membership), self.expiry_after(membership)),
        ]

    def expiry_after(self, membership: Membership) -> str:
        after = dates.expiry_of_period(membership, self.number, self.unit)
        return words.day(after) or _("counted from its activation")

    def send(self, send: Send, chain_id: int, membership_id: int) -> Answer:
        return api.set_period(send, chain_id, membership_id, self.number, self.unit)

    def missed(self, read: Membership) -> list[Kept]:
        if (read.period, read.period_unit) == (self.number, self.unit):
            return []
        return _none_took(self.changes(read))

    def wears_off(self, read: Membership) -> bool:
        return False

    def dump(self) -> dict[str, Any]:
        return {"number": self.number, "unit": self.unit}


def load(action: str, asked: Mapping[str, Any]) -> Wanted:
    """The change that `dump` wrote down for this action."""
    if action == actions.FROZEN:
        return Freeze(datetime.fromisoformat(asked["until"]))
    if action == actions.UNFROZEN:
        return Unfreeze()
    if action == actions.VALIDITY_SET:
        return SetPeriod(asked["number"], asked["unit"])
    left = asked["left"]
    if isinstance(left, int):
        return SetPool(left)
    return SetBalances({int(number): visits for number, visits in left.items()})


def why_not_freezable(membership: Membership) -> str:
    if membership.is_frozen:
        return _("It is frozen already.")
    if membership.freezing and membership.freezing.allowed is False:
        return _("Its type does not allow freezing.")
    if membership.status not in ("created", "active"):
        return _("Only an issued or active membership can be frozen.")
    if dates.freeze_days_left(membership) == 0:
        return _("All the days of freezing that its type allows are used up.")
    return ""


def why_not_countable(membership: Membership) -> str:
    if not membership.knows_what_is_left:
        return _("Altegio did not say what is left on it.")
    is_unlimited = (
        membership.is_pool_unlimited
        if membership.is_pooled
        else all(row.is_unlimited for row in membership.balances)
    )
    return _("What is unlimited cannot be changed.") if is_unlimited else ""


def _change(field: str, before: str, after: str) -> Change:
    return {"field": field, "before": before, "after": after}


def _kept(field: str, asked: str, kept: str) -> Kept:
    return {"field": field, "asked": asked, "kept": kept}


def _none_took(changes: list[Change]) -> list[Kept]:
    """All of them, reckoned from what was read back, were kept as they were."""
    return [_kept(each["field"], each["after"], each["before"]) for each in changes]


def _visits(field: str, before: int | None, after: int) -> Change:
    if before is None:
        return _change(field, _("not known"), str(after))
    return _change(field, str(before), f"{after} ({after - before:+d})")


def _missed_visits(field: str, asked: int, now: int | None) -> list[Kept]:
    if now == asked:
        return []
    return [_kept(field, str(asked), _("not known") if now is None else str(now))]
