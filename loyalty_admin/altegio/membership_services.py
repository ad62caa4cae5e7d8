"""What a membership pays for and when it may be used: values of membership types made of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from loyalty_admin.altegio.schema import Codec
from loyalty_admin.altegio.values import read_bool, read_int, read_numbers, read_str

ServicesForm = Literal["maps", "links"]


@dataclass(frozen=True, kw_only=True)
class CoveredService:
    """A service, or a whole service category, that the membership pays for.

    `visits` says nothing where the row is unlimited or the visits are pooled.
    """

    id: int
    is_category: bool
    visits: int
    is_unlimited: bool = False
    title: str = field(default="", compare=False)


@dataclass(frozen=True, kw_only=True)
class UsableTime:
    """Days (1 = Monday) on which the membership may be used between seconds of the day."""

    days: tuple[int, ...]
    intervals: tuple[tuple[int, int], ...]


# Services


def _read_services(container: Any) -> tuple[CoveredService, ...] | None:
    if not isinstance(container, Mapping) or "links" not in container:
        return None
    links = [] if container["links"] is None else container["links"]
    if not isinstance(links, list):
        return None
    rows = []
    for link in links:
        row = _read_service(link) if isinstance(link, Mapping) else None
        if row is None:
            return None  # a row that is not understood would be lost by a PUT
        rows.append(row)
    return _in_order(rows)


def _read_service(link: Mapping[str, Any]) -> CoveredService | None:
    service, category = link.get("service"), link.get("category")
    target = service if isinstance(service, Mapping) else category
    target_id = read_int(target.get("id")) if isinstance(target, Mapping) else None
    if not isinstance(target, Mapping) or target_id is None:
        return None
    count, is_unlimited = link.get("count"), link.get("is_unlimited")
    visits, unlimited = read_int(count), read_bool(is_unlimited)
    if (visits is None and count is not None) or (unlimited is None and is_unlimited is not None):
        return None
    return CoveredService(
        id=target_id,
        is_category=target is category or bool(read_bool(target.get("is_category"))),
        visits=visits or 0,
        is_unlimited=bool(unlimited),
        title=read_str(target.get("title")) or "",
    )


def _in_order(rows: Iterable[CoveredService]) -> tuple[CoveredService, ...]:
    return tuple(sorted(rows, key=lambda row: (not row.is_category, row.id)))


def normal_rows(rows: Iterable[CoveredService], *, is_pooled: bool) -> tuple[CoveredService, ...]:
    """The covered services without the numbers that mean nothing, for sending and comparing."""
    return _in_order(
        replace(row, visits=0, is_unlimited=row.is_unlimited and not is_pooled)
        if is_pooled or row.is_unlimited
        else row
        for row in rows
    )


def write_rows(rows: Iterable[CoveredService], form: ServicesForm) -> dict[str, Any]:
    """The part of a body that names normal rows, in one of the two forms that chains take."""
    if form == "maps":
        return {
            "services": {str(row.id): row.visits for row in rows if not row.is_category},
            "service_categories": {str(row.id): row.visits for row in rows if row.is_category},
        }
    return {
        "services": {},
        "service_categories": {},
        "service_links": [
            {
                "service_id": None if row.is_category else row.id,
                "service_category_id": row.id if row.is_category else None,
                "is_unlimited": row.is_unlimited,
                "count": row.visits,
            }
            for row in rows
        ],
    }


SERVICES = Codec(
    parse=_read_services,
    from_json=lambda rows: tuple(CoveredService(**row) for row in rows),
)


# Usable times


def _read_times(value: Any) -> tuple[UsableTime, ...] | None:
    times = [_read_time(item) for item in value] if isinstance(value, list) else [None]
    return None if None in times else tuple(time for time in times if time is not None)


def _read_time(item: Any) -> UsableTime | None:
    if not isinstance(item, Mapping):
        return None
    asked = [item.get("week_days"), item.get("intervals")]
    days, spans = ([] if value is None else value for value in asked)
    numbers, intervals = read_numbers(days), []
    if numbers is None or not isinstance(spans, list):
        return None
    for interval in spans:
        start = read_int(interval.get("from")) if isinstance(interval, Mapping) else None
        end = read_int(interval.get("to")) if isinstance(interval, Mapping) else None
        if start is None or end is None:
            return None
        intervals.append((start, end))
    return UsableTime(days=numbers, intervals=tuple(intervals))


def _write_times(times: Iterable[UsableTime]) -> list[dict[str, Any]]:
    return [
        {
            "week_days": list(time.days),
            "intervals": [{"from": start, "to": end} for start, end in time.intervals],
        }
        for time in times
    ]


def _load_time(stored: Mapping[str, Any]) -> UsableTime:
    return UsableTime(
        days=tuple(stored["days"]),
        intervals=tuple((start, end) for start, end in stored["intervals"]),
    )


def _normal_times(times: Iterable[UsableTime]) -> set[tuple[int, int, int]]:
    """Each span of each day, whichever rows they are written in."""
    return {(day, *span) for time in times for day in time.days for span in time.intervals}


TIMES = Codec(
    parse=_read_times,
    to_api=_write_times,
    from_json=lambda times: tuple(_load_time(time) for time in times),
    normal=_normal_times,
)
