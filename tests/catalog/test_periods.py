"""Periods by a word."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty_admin.catalog import periods

DAYS = [
    ("today", date(2028, 3, 1), date(2028, 3, 1)),
    ("yesterday", date(2028, 2, 29), date(2028, 2, 29)),
    ("7", date(2028, 2, 24), date(2028, 3, 1)),
    ("30", date(2028, 2, 1), date(2028, 3, 1)),
    ("month", date(2028, 3, 1), date(2028, 3, 1)),
    ("last_month", date(2028, 2, 1), date(2028, 2, 29)),
]


def test_words_mean_whole_days_with_both_ends() -> None:
    found = [(name, *periods.DAYS[name](date(2028, 3, 1))) for name, _after, _before in DAYS]
    assert found == DAYS


def test_every_word_but_own_dates_has_its_days() -> None:
    assert {*periods.WORDS} == {*periods.DAYS, periods.OWN}


@settings(max_examples=50)
@given(st.dates(date(2000, 1, 1)), st.sampled_from(sorted(periods.DAYS)))
def test_no_period_ends_before_it_begins_or_after_today(today: date, name: str) -> None:
    after, before = periods.DAYS[name](today)
    assert after <= before <= today
    days = periods.each_day(after, before)
    assert (days[0], days[-1], len(days)) == (after, before, (before - after).days + 1)


def test_period_in_words_says_each_year_once() -> None:
    assert periods.in_words(date(2026, 11, 1), date(2026, 11, 30)) == "1 Nov – 30 Nov 2026"
    assert periods.in_words(date(2025, 12, 1), date(2026, 1, 2)) == "1 Dec 2025 – 2 Jan 2026"
    assert periods.in_words(date(2026, 1, 2), date(2026, 1, 2)) == "2 Jan 2026"
