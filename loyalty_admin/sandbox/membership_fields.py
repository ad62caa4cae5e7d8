"""What a sold membership is made of on the wire, and how its dates and words follow from it.

What is `INTERNAL` is kept beside the fields, and a read never answers it.
"""

from __future__ import annotations

import calendar
import copy
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from loyalty_admin.sandbox.presenting import as_answered
from loyalty_admin.sandbox.state import Chain, Raw, State

STATUSES = {
    "created": (1, "Issued", "Issued, not activated yet"),
    "active": (2, "Active", "Active"),
    "expired": (3, "Expired", "The validity is over"),
    "wasted": (4, "Used up", "No visits are left"),
}
SHORT_TYPE = (
    "id",
    "title",
    "allow_freeze",
    "freeze_limit",
    "freeze_limit_unit_id",
    "salon_group_id",
    "is_united_balance",
    "balance_edit_type_id",
)
BALANCE = (
    "is_united_balance",
    "is_united_balance_unlimited",
    "united_balance_services_count",
    "balance_container",
)
# The client's phone as digits, the locations whose search by phone finds it (None: all of the
# chain), the instant of the last visit, and until when it is frozen.
INTERNAL = ("phone", "found_in", "last_used", "freeze_till")
DAYS_OF = {1: 1, 2: 7, 3: 30, 4: 365}


def status(slug: str) -> Raw:
    number, title, extended = STATUSES[slug]
    return {"id": number, "slug": slug, "title": title, "extended_title": extended}


def has_status(raw: Raw, *slugs: str) -> bool:
    kept = raw.get("status")
    return isinstance(kept, dict) and kept.get("slug") in slugs


def sold_membership(chain: Chain, of_type: Raw, membership_id: int, *, at: datetime) -> Raw:
    """A membership of the type as it is once it is sold: issued, with all of its visits."""
    raw = {
        "id": membership_id,
        "number": "" if of_type.get("is_allow_empty_code") else f"{membership_id:010}",
        "balance_string": "",
        "is_frozen": False,
        "freeze_period": 0,
        "period": of_type.get("period", 0),
        "period_unit_id": of_type.get("period_unit_id", 0),
        "created_date": written(at, chain),
        "activated_date": None,
        "expiration_date": None,
        **{name: copy.deepcopy(of_type.get(name)) for name in BALANCE},
        "goods_transaction_id": membership_id * 3,
        "status": status("created"),
        "type": {name: of_type.get(name) for name in SHORT_TYPE},
        "phone": "",
        "found_in": None,
        "last_used": None,
        "freeze_till": None,
    }
    return raw | {"balance_string": balance_string(raw)}


def as_shown(state: State, raw: Raw, *names: str) -> Raw:
    """A kept membership, or these fields of it, as an answer shows it."""
    names = names or tuple(name for name in raw if name not in INTERNAL)
    shown = as_answered(state, {name: raw[name] for name in ("id", *names)})
    return shown | {"id": str(raw["id"])} if state.observed else shown


# Dates


def zone_of(chain: Chain) -> ZoneInfo:
    return ZoneInfo(chain.locations[0]["timezone_name"])


def written(instant: datetime, chain: Chain) -> str:
    return instant.astimezone(zone_of(chain)).isoformat(timespec="seconds")


def instant_of(value: Any) -> datetime | None:
    """An ISO 8601 instant with its offset; None for anything else."""
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return instant if instant.tzinfo else None


def is_over(raw: Raw, now: datetime) -> bool:
    ends = instant_of(raw.get("expiration_date"))
    return ends is not None and ends < now


def moved(value: str, days: int, chain: Chain) -> str:
    """An instant so many days later at the same time of the day; OverflowError past year 9999."""
    start = datetime.fromisoformat(value).astimezone(zone_of(chain))
    return written(start + timedelta(days), chain)


def expiration_of(raw: Raw, chain: Chain) -> str | None:
    """The end of the validity, frozen days included; None before activation and for a validity
    without end. OverflowError past the year 9999."""
    activated = instant_of(raw["activated_date"])
    if activated is None or not raw["period"]:
        return None
    started = activated.astimezone(zone_of(chain))
    ends = _after(started, raw["period"], raw["period_unit_id"])
    return moved(ends.isoformat(), raw["freeze_period"], chain)


def _after(start: datetime, number: int, unit: int) -> datetime:
    if unit < 3:
        return start + timedelta(number * DAYS_OF[unit])
    months = start.month - 1 + (number if unit == 3 else number * 12)
    year, month = start.year + months // 12, months % 12 + 1
    if year > 9999:
        raise OverflowError
    return start.replace(
        year=year, month=month, day=min(start.day, calendar.monthrange(year, month)[1])
    )


# Visits


def links_of(raw: Raw) -> list[Raw]:
    """The rows of the balance; none where it was put as garbled as answers can be."""
    container = raw.get("balance_container")
    links = container.get("links") if isinstance(container, dict) else None
    return [link for link in links if isinstance(link, dict)] if isinstance(links, list) else []


def item_of(link: Raw) -> Raw:
    """The service or service category of a row."""
    item = link.get("service") or link.get("category")
    return item if isinstance(item, dict) else {}


def is_used_up(raw: Raw) -> bool:
    if raw["is_united_balance"]:
        return not raw["is_united_balance_unlimited"] and not raw["united_balance_services_count"]
    return not any(link["is_unlimited"] or link["count"] for link in links_of(raw))


def take_visit(raw: Raw, chain: Chain, *, at: datetime) -> None:
    """Of the pool, or of the first row that has any; the first visit activates. ValueError when
    none is left."""
    if is_used_up(raw):
        raise ValueError("No visits are left.")
    if raw["activated_date"] is None:
        raw |= {"activated_date": written(at, chain), "status": status("active")}
        raw["expiration_date"] = expiration_of(raw, chain)
    if raw["is_united_balance"]:
        if not raw["is_united_balance_unlimited"]:
            raw["united_balance_services_count"] -= 1
    else:
        row = next(link for link in links_of(raw) if link["is_unlimited"] or link["count"])
        row["count"] -= not row["is_unlimited"]
    raw["balance_string"] = balance_string(raw)
    if is_used_up(raw):
        raw["status"] = status("wasted")
    last_used = instant_of(raw.get("last_used"))
    raw["last_used"] = written(max(at, last_used or at), chain)


def balance_string(raw: Raw) -> str:
    """The visits left as a person reads them: `Manicure (x5), Pedicure (unlimited)`."""
    rows = [(str(item_of(link).get("title")), link) for link in links_of(raw)]
    if raw.get("is_united_balance"):
        titles = ", ".join(title for title, _ in rows)
        count = raw.get("united_balance_services_count")
        return f"{titles} ({_left(count, raw.get('is_united_balance_unlimited'))})"
    return ", ".join(
        f"{title} ({_left(link.get('count'), link.get('is_unlimited'))})" for title, link in rows
    )


def _left(count: Any, is_unlimited: Any) -> str:
    return "unlimited" if is_unlimited else f"x{count}"
