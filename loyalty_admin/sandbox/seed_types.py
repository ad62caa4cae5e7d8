"""The membership types that the stand-in starts with: believable ones, and awkward ones."""

from __future__ import annotations

from typing import Any

from loyalty_admin.sandbox.membership_type_fields import blank_type, refresh_derived
from loyalty_admin.sandbox.membership_type_services import Row, as_links
from loyalty_admin.sandbox.state import Chain, Profile, Raw

HOUR = 3600
DAYS, WEEKS, MONTHS, YEARS = 1, 2, 3, 4
WEEKDAY_MORNINGS = [
    {"week_days": [1, 2, 3, 4, 5], "intervals": [{"from": 9 * HOUR, "to": 13 * HOUR}]},
    {"week_days": [6], "intervals": [{"from": 10 * HOUR, "to": 12 * HOUR + 1800}]},
]
WEEKENDS = [{"week_days": [6, 7], "intervals": [{"from": 0, "to": 24 * HOUR}]}]
LONG_TITLE = (
    "Complete care for hair, face, hands and body in every season: a haircut and a blow-dry by a "
    "master of your choice, a facial with a gentle peeling, a full body massage with warm oils, "
    "and an hour in the salt room, for you or for a friend who comes with you"
)


def lasting(period: int, unit: int) -> Raw:
    return {"period": period, "period_unit_id": unit}


def pool(visits: int) -> Raw:
    return {"is_united_balance": True, "united_balance_services_count": visits}


def freezing(limit: int, unit: int) -> Raw:
    return {
        "allow_freeze": True,
        "freeze_limit": limit,
        "freeze_limit_unit_id": unit,
        "is_booking_when_frozen_allowed": True,
    }


def online(price: float, title: str, description: str = "") -> Raw:
    return {
        "is_online_sale_enabled": True,
        "online_sale_price": price,
        "online_sale_title": title,
        "online_sale_description": description,
    }


UNLIMITED_POOL = {"is_united_balance": True, "is_united_balance_unlimited": True}
ARCHIVED = {"is_archived": True, "date_archived": "2026-03-31T18:00:00+03:00"}
# Rows of a type: (category, service or 0 for the whole category, visits or None for unlimited).
Rows = list[tuple[int, int, int | None]]
Seed = tuple[str, Rows, list[Raw]]

SALON: list[Seed] = [
    (
        "Manicure × 5",
        [(2, 1, 5)],
        [
            {"cost": 120, "abonements_count": 12, "balance_edit_type_id": 1},
            lasting(6, MONTHS),
            freezing(14, DAYS),
            online(115, "Five manicures", "Valid in every Aurora salon."),
            {"online_sale_image": "https://images.sandbox.example/memberships/manicure.jpg"},
        ],
    ),
    ("Soin visage à l’été", [(3, 1, 3), (3, 2, 3)], [{"cost": 189.5}, lasting(3, MONTHS)]),
    ("Массаж спины, 10 визитов", [(4, 1, 10)], [{"cost": 350}, lasting(1, YEARS)]),
    ("Pool of 20 visits", [(1, 0, 0), (2, 0, 0)], [{"cost": 640}, pool(20), lasting(1, YEARS)]),
    ("Sauna without limits", [(5, 0, 0)], [{"cost": 99}, UNLIMITED_POOL, lasting(1, MONTHS)]),
    ("Morning spa", [(5, 1, 8), (5, 2, 8)], [{"cost": 144, "availability": WEEKDAY_MORNINGS}]),
    (
        "<script>alert(1)</script> \"quoted\" & 'more'",
        [(1, 1, 4)],
        [{"cost": 80}, online(80, '<b>Bold</b> & "quoted"', "<img src=x onerror=alert(2)>")],
    ),
    (LONG_TITLE, [(1, 1, 1), (3, 1, 1), (4, 2, 1)], [{"cost": 1250.25}, lasting(90, DAYS)]),
    ("Nowhere on sale yet", [(2, 2, 6)], [{"cost": 150, "attached_location_ids": []}]),
    ("Winter hair care 2024", [(1, 4, 4)], [{"cost": 210}, lasting(4, MONTHS), ARCHIVED]),
    (
        "Pedicure × 5 (old price)",
        [(2, 2, 5)],
        [{"cost": 135, "abonements_count": 3}, lasting(6, MONTHS), ARCHIVED],
    ),
    (
        "Unlimited blow-dry",
        [(1, 3, None), (1, 1, 2)],
        [{"cost": 75, "expiration_type_id": 2}, lasting(1, MONTHS)],
    ),
    (
        "ველნეს პაკეტი",
        [(5, 3, 2), (4, 4, 2)],
        [{"cost": 230, "external_code": "AUR-GE-13"}, lasting(12, WEEKS)],
    ),
    ("باقة العناية بالبشرة", [(3, 1, 5), (3, 4, 5)], [{"cost": 260}, lasting(6, MONTHS)]),
    ("水疗五次卡", [(5, 2, 5)], [{"cost": 175, "expiration_type_id": 3}, lasting(1, YEARS)]),
    ("💆‍♀️ Relax & 🌿 breathe", [(4, 2, 3), (5, 5, 3)], [{"cost": 205}, lasting(100, DAYS)]),
    ("Қыздарға арналған күтім", [(6, 0, 4)], [{"cost": 190}, lasting(6, MONTHS)]),
    ("Pēdu masāža × 6", [(4, 5, 6)], [{"cost": 132}, lasting(8, WEEKS), freezing(0, 0)]),
    (
        "Weekend hammam",
        [(5, 2, 4)],
        [{"cost": 96, "availability": WEEKENDS}, lasting(2, MONTHS), online(90, "Weekend hammam")],
    ),
    (
        "Personal balayage plan",
        [(1, 2, 3)],
        [{"cost": 420, "is_allow_empty_code": True, "category_id": 31}, lasting(1, YEARS)],
    ),
    (
        "Gift of ten treatments",
        [(3, 0, 0), (4, 0, 0), (5, 0, 0)],
        [
            {"cost": 480, "abonements_count": 57, "service_price_correction": True},
            pool(10),
            lasting(1, YEARS),
            online(480, "Ten treatments", "Hair not included."),
        ],
    ),
    (
        "Starts by itself",
        [(3, 3, 6)],
        [
            {"cost": 222, "autoactivation_time": 2, "autoactivation_time_unit_id": WEEKS},
            {"expiration_type_id": 2},
            lasting(3, MONTHS),
        ],
    ),
    ("Beard club", [(1, 5, 12)], [{"cost": 168, "balance_edit_type_id": 2}, lasting(1, YEARS)]),
    ("Summer nails 2025", [(2, 3, 3), (2, 4, 3)], [{"cost": 105}, lasting(3, MONTHS), ARCHIVED]),
    ("Free trial", [(5, 5, 1)], [{"cost": 0}, lasting(7, DAYS)]),
    ("Rīta rituāls", [(3, 5, 2), (3, 4, 2)], [{"cost": 88, "availability": WEEKDAY_MORNINGS}]),
    ("Cuidado de manos y pies", [(2, 1, 4), (2, 2, 4)], [{"cost": 199.99}, lasting(6, MONTHS)]),
    ("Thai massage × 8", [(4, 3, 8)], [{"cost": 392}, lasting(9, MONTHS), freezing(1, MONTHS)]),
    ("Salt room × 15", [(5, 5, 15)], [{"cost": 165, "abonements_count": 1}, lasting(1, YEARS)]),
    ("Old spring card", [(1, 1, 2), (2, 1, 2)], [{"cost": 99}, lasting(2, MONTHS), ARCHIVED]),
]
FITNESS: list[Seed] = [
    (
        "Айлық толық абонемент",
        [(2, 0, 0), (1, 0, 0)],
        [{"cost": 25_000}, UNLIMITED_POOL, lasting(1, MONTHS), freezing(7, DAYS)],
    ),
    ("Gym × 12", [(2, 1, 12)], [{"cost": 18_000, "abonements_count": 40}, lasting(2, MONTHS)]),
    ("Йога және пилатес", [(1, 1, 8), (1, 2, 8)], [{"cost": 21_500}, lasting(2, MONTHS)]),
    ("Персональные тренировки × 10", [(3, 1, 10)], [{"cost": 90_000}, lasting(3, MONTHS)]),
    (
        "Утренний бассейн",
        [(4, 1, None), (4, 5, None)],
        [{"cost": 15_000, "availability": WEEKDAY_MORNINGS}, lasting(1, MONTHS)],
    ),
    (
        "Any 20 visits",
        [(1, 0, 0), (2, 0, 0), (4, 0, 0)],
        [{"cost": 48_000}, pool(20), lasting(6, MONTHS), online(46_000, "Any 20 visits")],
    ),
    ("Балалар джюдо", [(6, 2, 8)], [{"cost": 14_000, "is_allow_empty_code": True}]),
    ("Lockdown online 2021", [(3, 4, 10)], [{"cost": 12_000}, lasting(3, MONTHS), ARCHIVED]),
]


def add_salon_types(chain: Chain, profile: Profile, *, first_id: int, count: int) -> None:
    for place in range(count):
        seed = SALON[place] if place < len(SALON) else _one_more(place)
        _add(chain, profile, first_id + place, seed, locations=place % len(chain.locations) + 1)


def add_fitness_types(chain: Chain, profile: Profile, *, first_id: int) -> None:
    for place, seed in enumerate(FITNESS):
        _add(chain, profile, first_id + place, seed, locations=place % len(chain.locations) + 1)


def _one_more(place: int) -> Seed:
    """Ordinary types for a large chain, no two with the same title."""
    category, service = place % 6 + 1, place // 6 % 5 + 1
    visits = place % 12 + 3
    more: list[Raw] = [{"cost": visits * (9 + place % 37)}]
    if place % 4:
        more.append(lasting(place % 11 + 1, MONTHS))
    if place % 7 == 0:
        more.append({"abonements_count": place % 23 + 1})
    if place % 9 == 0:
        more.append(ARCHIVED)
    if place % 5 == 0:
        more.append(online(visits * 10, f"{visits} visits"))
    return f"Membership {place + 1:04} × {visits}", [(category, service, visits)], more


def _add(chain: Chain, profile: Profile, type_id: int, seed: Seed, *, locations: int) -> None:
    title, rows, parts = seed
    sold_at = sorted(chain.location_ids)[:locations]
    raw = blank_type(chain.id, type_id)
    raw |= {"title": title, "weight": type_id, "attached_location_ids": sold_at}
    for part in parts:
        raw |= part
    raw["attached_salon_ids"] = list(raw["attached_location_ids"])
    links = [_row(chain, *row) for row in rows]
    raw["balance_container"] = {"links": as_links(links, chain, pooled=raw["is_united_balance"])}
    refresh_derived(raw, profile)
    chain.abonement_types[type_id] = raw


def _row(chain: Chain, category: int, service: int, visits: int | None) -> Row:
    chosen: dict[str, Any] = chain.categories[category - 1]
    if not service:
        return Row("category", chosen["id"], visits or 0, visits is None)
    return Row("service", chosen["services"][service - 1]["id"], visits or 0, visits is None)
