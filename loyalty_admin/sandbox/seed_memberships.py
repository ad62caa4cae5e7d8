"""The sold memberships that the stand-in starts with: of the types that it has, in every state."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from loyalty_admin.sandbox.membership_fields import (
    balance_string,
    expiration_of,
    instant_of,
    is_over,
    is_used_up,
    links_of,
    sold_membership,
    status,
    written,
    zone_of,
)
from loyalty_admin.sandbox.state import Chain, Raw

FIRST_PHONE, FITNESS_PHONE = 37_120_000_001, 77_010_000_001
ALL = 1_000_000
# Place of the type, number of the client, days since the activation (None: issued), visits that
# were used, and what is different from any other.
Seed = tuple[int, int, int | None, int, Raw]


def coded(number: str) -> Raw:
    return {"number": number}


def frozen(days: int, *, since: int = 1) -> Raw:
    """Frozen `since` days ago, for so many days."""
    return {"is_frozen": True, "freeze_period": days, "freeze_till": days - since}


SALON: list[Seed] = [
    (1, 1, 40, 2, {}),
    (1, 1, 20, 0, frozen(5)),
    (4, 1, 100, 8, {}),
    (5, 1, 10, 3, {}),
    (1, 2, 60, 1, {"freeze_period": 13}),  # of 14
    (8, 2, 88, 0, {}),  # ends in two days
    (13, 2, 78, 1, {}),  # in six
    (16, 3, 75, 2, {}),  # in 25
    (6, 3, 400, 5, {}),  # never
    (12, 3, 5, 1, {}),
    (4, 3, None, 0, {}),
    (25, 4, None, 0, {}),
    (2, 4, 200, 1, {}),
    (3, 4, 300, ALL, {}),
    (4, 4, 30, ALL, {}),
    (18, 5, 30, 2, frozen(20, since=6)),
    (28, 5, 50, 3, {"freeze_period": 30}),  # all that there is
    (1, 6, 5, 0, coded("<b>1</b>")),
    (1, 6, 90, 4, coded("\"quoted\" & 'more'")),
    (7, 6, 15, 1, coded("</script><img src=x onerror=alert(5)>")),
    (11, 7, 120, 2, {}),
    (20, 7, 33, 1, {}),  # without a code
    (15, 7, None, 0, coded("АУР-000023")),
    (17, 8, 3, 1, coded("0" * 64)),
    (21, 8, 364, 3, {}),
]
FITNESS: list[Seed] = [
    (1, 1, 12, 4, {}),
    (1, 1, 20, 9, frozen(7, since=2)),
    (2, 1, 30, 5, coded("<b>2</b>")),
    (6, 2, None, 0, coded("\"т\" & 'у'")),
    (3, 2, 200, 3, {}),
    (4, 3, 80, ALL, {}),
]


def add_salon_memberships(chain: Chain, *, first_id: int, count: int, now: datetime) -> None:
    seeds = [SALON[place] if place < len(SALON) else _one_more(place) for place in range(count)]
    _add(chain, seeds, first_id=first_id, first_phone=FIRST_PHONE, now=now)


def add_fitness_memberships(chain: Chain, *, first_id: int, now: datetime) -> None:
    _add(chain, FITNESS, first_id=first_id, first_phone=FITNESS_PHONE, now=now)
    # Someone who goes to the salons as well.
    for raw in list(chain.abonements.values())[:2]:
        raw["phone"] = str(FIRST_PHONE)


def _one_more(place: int) -> Seed:
    """Ordinary memberships for a large chain, up to two years old."""
    activated = None if place % 9 == 0 else place * 13 % 720 + 1
    return place % 29 + 1, place // 3, activated, place % 5 if place % 11 else ALL, {}


def _add(
    chain: Chain, seeds: list[Seed], *, first_id: int, first_phone: int, now: datetime
) -> None:
    types = list(chain.abonement_types.values())
    locations = sorted(chain.location_ids)
    today = now.astimezone(zone_of(chain)).replace(hour=0, minute=0, second=0, microsecond=0)
    if not types:
        return
    for place, (type_place, client, activated, used, different) in enumerate(seeds):
        sold = today - timedelta((place % 6 if activated is None else activated) + place % 4 + 1)
        of_type: dict[str, Any] = types[(type_place - 1) % len(types)]
        raw = sold_membership(chain, of_type, first_id + place, at=sold + timedelta(hours=9))
        raw |= different
        raw["phone"] = str(first_phone + client - 1)
        raw["found_in"] = [
            locations[(client + turn) % len(locations)] for turn in range(place % 2 + 1)
        ]
        if raw["freeze_till"]:
            raw["freeze_till"] = written(today + timedelta(raw["freeze_till"], hours=23), chain)
        if activated is not None:
            started = today - timedelta(activated) + timedelta(hours=10)
            _use(raw, chain, started, used, today=today)
            over = "expired" if is_over(raw, now) else "active"
            raw["status"] = status("wasted" if is_used_up(raw) else over)
        chain.abonements[raw["id"]] = raw


def _use(raw: Raw, chain: Chain, started: datetime, visits: int, *, today: datetime) -> None:
    """Activate it, and take visits from the pool or from each row, down to none."""
    raw["activated_date"] = written(started, chain)
    raw["expiration_date"] = expiration_of(raw, chain)
    if visits:
        last = min(today, instant_of(raw["expiration_date"]) or today)
        raw["last_used"] = written(started + (last - started) / 2, chain)
    raw["united_balance_services_count"] = max(0, raw["united_balance_services_count"] - visits)
    for link in links_of(raw):
        link["count"] = max(0, link["count"] - visits)
    raw["balance_string"] = balance_string(raw)
