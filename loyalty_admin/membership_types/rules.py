"""Altegio's rules for membership types, checked before anything is sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _

from loyalty_admin.altegio.membership_terms import Terms

DAY = 24 * 60 * 60  # seconds


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A rule that the terms break: shown at `name`, and only if one of `involved` changes."""

    name: str
    involved: frozenset[str]
    text: str


def problems(terms: Terms) -> list[Problem]:
    """Every rule that the terms break."""
    return [*_validity(terms), *_balance(terms), *_freezing(terms), *_times(terms), *_shop(terms)]


def _problem(name: str, text: str, *also: str) -> Problem:
    return Problem(name=name, involved=frozenset({name, *also}), text=text)


def _validity(terms: Terms) -> Iterator[Problem]:
    if terms.validity and terms.validity_unit not in (1, 2, 3, 4):
        yield _problem("validity_unit", _("Choose days, weeks, months or years."), "validity")
    if terms.auto_activation and terms.auto_activation_unit not in (1, 2, 3, 4):
        yield _problem(
            "auto_activation_unit", _("Choose days, weeks, months or years."), "auto_activation"
        )


def _balance(terms: Terms) -> Iterator[Problem]:
    if not terms.services:
        yield _problem("services", _("Choose at least one service or category."))
    unlimited = terms.is_pool_unlimited
    if terms.is_pooled:
        if not unlimited and terms.pool_visits < 1:
            yield _problem(
                "pool_visits",
                _("The pool needs at least 1 visit."),
                "is_pooled",
                "is_pool_unlimited",
            )
    else:
        unlimited = any(row.is_unlimited for row in terms.services)
        if any(row.visits < 1 and not row.is_unlimited for row in terms.services):
            yield _problem("services", _("Each service needs at least 1 visit."), "is_pooled")
    if unlimited and not terms.validity:
        yield _problem(
            "validity", _("Unlimited visits need a validity."), "is_pool_unlimited", "services"
        )
    if unlimited and terms.recalculates_price:
        yield _problem(
            "recalculates_price",
            _("With unlimited visits service prices cannot be recalculated."),
            "is_pool_unlimited",
            "services",
        )


def _freezing(terms: Terms) -> Iterator[Problem]:
    if not terms.freezing:
        return
    if not terms.validity:
        yield _problem("freezing", _("Freezing needs a validity."), "validity")
    if terms.freeze_limit and terms.freeze_limit_unit not in (1, 2, 3, 4):
        yield _problem(
            "freeze_limit_unit", _("Choose days, weeks, months or years."), "freeze_limit"
        )


def _times(terms: Terms) -> Iterator[Problem]:
    by_day: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for time in terms.usable_times:
        if not time.days or not time.intervals:
            yield _problem("usable_times", _("Every time of use needs days and hours."))
        for start, end in time.intervals:
            if not 0 <= start < end <= DAY:
                yield _problem(
                    "usable_times",
                    _(
                        "Each time must end after it starts. A night is two rows: until 00:00, and "
                        "from 00:00 on the next day."
                    ),
                )
            for day in time.days:
                by_day[day].append((start, end))
    for intervals in by_day.values():
        intervals.sort()
        if any(left[1] > right[0] for left, right in pairwise(intervals)):
            yield _problem("usable_times", _("Two times of one day overlap."))
            return


def _shop(terms: Terms) -> Iterator[Problem]:
    if terms.online_sale and (terms.online_price is None or terms.online_price <= 0):
        yield _problem("online_price", _("Selling online needs a price above 0."), "online_sale")
