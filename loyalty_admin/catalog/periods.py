"""Periods that people ask for by a word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

OWN = "own"

WORDS: Mapping[str, str | Promise] = {
    "today": gettext_lazy("Today"),
    "yesterday": gettext_lazy("Yesterday"),
    "7": gettext_lazy("Last 7 days"),
    "30": gettext_lazy("Last 30 days"),
    "month": gettext_lazy("This month"),
    "last_month": gettext_lazy("Last month"),
    OWN: gettext_lazy("Own dates"),
}


def _last(days: int) -> Callable[[date], tuple[date, date]]:
    return lambda today: (today - timedelta(days=days - 1), today)


def _yesterday(today: date) -> tuple[date, date]:
    yesterday = today - timedelta(days=1)
    return yesterday, yesterday


def _last_month(today: date) -> tuple[date, date]:
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


# From today to the first and the last day, both included.
DAYS: Mapping[str, Callable[[date], tuple[date, date]]] = {
    "today": lambda today: (today, today),
    "yesterday": _yesterday,
    "7": _last(7),
    "30": _last(30),
    "month": lambda today: (today.replace(day=1), today),
    "last_month": _last_month,
}


def each_day(after: date, before: date) -> list[date]:
    """The days of a period, both ends included."""
    return [after + timedelta(days=n) for n in range((before - after).days + 1)]


def in_words(after: date, before: date) -> str:
    """For example "1 Nov – 30 Nov 2026"."""
    if after == before:
        return day(after)
    start = date_format(after, "j M" if after.year == before.year else "j M Y")
    return _("%(start)s – %(end)s") % {"start": start, "end": day(before)}


def day(value: date) -> str:
    return date_format(value, "j M Y")
