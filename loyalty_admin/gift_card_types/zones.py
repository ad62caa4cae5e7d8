"""A fixed date in the time zone of a location: Altegio only keeps an offset from UTC."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.formats import date_format

from loyalty_admin.altegio.chains import Location


def zone_names(locations: Iterable[Location]) -> tuple[str, ...]:
    """The locations' time zones, each once, as IANA names; UTC where none is known."""
    names = dict.fromkeys(location.timezone for location in locations)
    return tuple(name for name in names if _is_known(name)) or ("UTC",)


def _is_known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def zone_of(moment: datetime, names: Sequence[str]) -> str:
    """The first of the zones that has the moment's offset then, else the offset as "+05:00"."""
    offset = moment.utcoffset()
    fitting = (name for name in names if moment.astimezone(ZoneInfo(name)).utcoffset() == offset)
    return next(fitting, moment.strftime("%:z"))


def as_zone(name: str) -> tzinfo:
    """What `zone_of` named."""
    if name[:1] not in ("+", "-"):
        return ZoneInfo(name)
    offset = datetime.fromisoformat(f"2000-01-01T00:00{name}").tzinfo
    assert offset is not None
    return offset


def exists(moment: datetime) -> bool:
    """False for a time of day that the clocks of its zone skip."""
    back = moment.astimezone(UTC).astimezone(moment.tzinfo)
    return back.replace(tzinfo=None) == moment.replace(tzinfo=None)


def in_words(moment: datetime, names: Sequence[str]) -> str:
    """For example "31 Dec 2026, 23:59 (Europe/Riga)"; with seconds where there are some."""
    clock = "H:i:s" if moment.second else "H:i"
    return f"{date_format(moment, f'j M Y, {clock}')} ({zone_of(moment, names)})"
