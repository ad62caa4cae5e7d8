"""Altegio's rules for membership types, checked before anything is sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from django.utils.translation import gettext as _

from loyalty_admin.altegio.membership_types import Terms
from loyalty_admin.catalog.rules import Problem, online_price_missing, problem, unit_missing

DAY = 24 * 60 * 60  # seconds


def problems(terms: Terms) -> list[Problem]:
    """Every rule that the terms break."""
    return [
        *_validity(terms),
        *_balance(terms),
        *_freezing(terms),
        *_times(terms),
        *online_price_missing(terms),
    ]


def _validity(terms: Terms) -> Iterator[Problem]:
    yield from unit_missing("validity", terms.validity, terms.validity_unit)
    yield from unit_missing("auto_activation", terms.auto_activation, terms.auto_activation_unit)


def _balance(terms: Terms) -> Iterator[Problem]:
    if not terms.services:
        yield problem("services", _("Choose at least one service or category."))
    unlimited = terms.is_pool_unlimited
    if terms.is_pooled:
        if not unlimited and terms.pool_visits < 1:
            yield problem(
                "pool_visits",
                _("The pool needs at least 1 visit."),
                "is_pooled",
                "is_pool_unlimited",
            )
    else:
        unlimited = any(row.is_unlimited for row in terms.services)
        if any(row.visits < 1 and not row.is_unlimited for row in terms.services):
            yield problem("services", _("Each service needs at least 1 visit."), "is_pooled")
    if unlimited and not terms.validity:
        yield problem(
            "validity", _("Unlimited visits need a validity."), "is_pool_unlimited", "services"
        )
    if unlimited and terms.recalculates_price:
        yield problem(
            "recalculates_price",
            _("With unlimited visits service prices cannot be recalculated."),
            "is_pool_unlimited",
            "services",
        )


def _freezing(terms: Terms) -> Iterator[Problem]:
    if not terms.freezing:
        return
    if not terms.validity:
        yield problem("freezing", _("Freezing needs a validity."), "validity")
    yield from unit_missing("freeze_limit", terms.freeze_limit, terms.freeze_limit_unit)


def _times(terms: Terms) -> Iterator[Problem]:
    by_day: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for time in terms.usable_times:
        if not time.days or not time.intervals:
            yield problem("usable_times", _("Every time of use needs days and hours."))
        for start, end in time.intervals:
            if not 0 <= start < end <= DAY:
                yield problem(
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
            yield problem("usable_times", _("Two times of one day overlap."))
            return
