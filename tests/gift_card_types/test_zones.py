"""A fixed date in the time zone of a location, while Altegio only keeps an offset."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.altegio.chains import Location
from loyalty_admin.gift_card_types.zones import as_zone, exists, in_words, zone_names, zone_of

RIGA, MADRID = "Europe/Riga", "Europe/Madrid"
ZONES = ("Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe", RIGA, MADRID, "UTC")
# Whole seconds: Python itself reads no smaller part of an offset back.
OFFSETS = st.integers(-82_800, 82_800).map(lambda seconds: timezone(timedelta(seconds=seconds)))
# At either end of the calendar another zone's clock would be past it; those are never read.
MOMENTS = st.datetimes(
    datetime(2, 1, 1), datetime(9998, 12, 31), timezones=st.timezones() | OFFSETS
)
NAMES = st.lists(st.sampled_from(ZONES), min_size=1, unique=True)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def located(*names: str) -> tuple[str, ...]:
    return zone_names([Location(id=n, title="", timezone=name) for n, name in enumerate(names)])


def seconds(moment: datetime) -> timedelta:
    """Where clocks are set back, Python calls equal moments of two zones unequal."""
    return moment - datetime(1970, 1, 1, tzinfo=UTC)


def test_zones_are_the_locations_own_each_once() -> None:
    assert located(RIGA, MADRID, RIGA) == (RIGA, MADRID)


@given(MOMENTS, NAMES)
def test_clock_time_and_zone_give_the_very_moment(moment: datetime, names: list[str]) -> None:
    zone = zone_of(moment, names)
    assert zone in names or zone[0] in "+-"
    shown = moment.replace(tzinfo=as_zone(zone))
    # Where clocks are set back one time of day comes twice.
    either = {seconds(shown.replace(fold=fold)) for fold in (0, 1)}
    assert seconds(moment) in either
    assert exists(shown)


@given(MOMENTS, NAMES)
def test_words_name_the_day_the_time_and_the_zone(moment: datetime, names: list[str]) -> None:
    said = in_words(moment, names)
    clock, _, zone = said.partition(" (")
    assert zone == f"{zone_of(moment, names)})"
    assert str(moment.year) in clock
    assert f"{moment:%H:%M}" in clock
    if moment.second:
        assert clock.endswith(f"{moment:%H:%M:%S}")


def test_zone_that_is_none_is_left_out() -> None:
    for odd in ("", "Nowhere/City", "../../etc/passwd", "Europe", "a\0b", "+02:00"):
        assert located(odd, RIGA) == (RIGA,), odd
        assert located(odd) == ("UTC",), odd


def test_zone_is_the_first_whose_clocks_show_this_offset_then() -> None:
    expected = {
        "2030-12-31T23:59:59+02:00": RIGA,
        "2030-12-31T23:59:59+01:00": MADRID,
        # In summer the offset of Riga's winter is Madrid's.
        "2030-07-31T23:59:59+02:00": MADRID,
        "2030-07-31T23:59:59+03:00": RIGA,
        "2030-11-29T23:59:59-05:00": "-05:00",
        "2030-07-31T23:59:59+00:00": "+00:00",
        "2030-07-31T23:59:59+05:45": "+05:45",
        "2030-07-31T23:59:59-00:30": "-00:30",
    }
    assert {text: zone_of(at(text), (RIGA, MADRID)) for text in expected} == expected


def test_moment_in_words() -> None:
    expected = {
        "2026-12-31T23:59:00+02:00": "31 Dec 2026, 23:59 (Europe/Riga)",
        "2026-12-31T23:59:59+02:00": "31 Dec 2026, 23:59:59 (Europe/Riga)",
        "2026-12-31T00:00:00-05:00": "31 Dec 2026, 00:00 (-05:00)",
    }
    assert {text: in_words(at(text), (RIGA, MADRID)) for text in expected} == expected


def test_clocks_skip_some_times() -> None:
    expected = {
        ("2030-03-31T03:30", RIGA): False,
        ("2030-03-31T02:59", RIGA): True,
        ("2030-03-31T04:00", RIGA): True,
        ("2030-03-31T02:30", MADRID): False,
        ("2030-03-31T03:30", MADRID): True,
        # Set back: this time of day comes twice.
        ("2030-10-27T03:30", RIGA): True,
        # A whole day was skipped.
        ("2011-12-30T12:00", "Pacific/Apia"): False,
        ("2030-03-31T03:30", "+02:00"): True,
    }
    found = {
        (clock, zone): exists(at(clock).replace(tzinfo=as_zone(zone))) for clock, zone in expected
    }
    assert found == expected
