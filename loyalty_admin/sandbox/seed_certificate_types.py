"""The certificate types that the stand-in starts with: believable ones, and awkward ones."""

from __future__ import annotations

from loyalty_admin.sandbox.certificate_type_fields import blank_type, item_type
from loyalty_admin.sandbox.state import Chain, Raw

DAYS, WEEKS, MONTHS, YEARS = 1, 2, 3, 4
ALL, ANY_SERVICES, ANY_PRODUCTS, SERVICES, SERVICES_AND_PRODUCTS = range(5)
LONG_TITLE = (
    "A year of fine gifts for anyone who has everything: any service of any Aurora salon, any "
    "cream, oil or brush from our shelves, a cup of tea while you wait, and a card with your own "
    "words in it, written by hand by the person at the desk and sealed with wax"
)


def until(date: str) -> Raw:
    return {"expiration_type_id": 1, "expiration_date": date}


def lasting(timeout: int, unit: int) -> Raw:
    return {
        "expiration_type_id": 2,
        "expiration_timeout": timeout,
        "expiration_timeout_unit_id": unit,
    }


def online(price: float, title: str, description: str = "") -> Raw:
    return {
        "online_sale_is_enabled": True,
        "online_sale_price": price,
        "online_sale_title": title,
        "online_sale_description": description,
    }


MULTI = {"is_multi": True}
ARCHIVED = {"is_archived": True, "date_archived": "2026-03-31T18:00:00+03:00"}
# What the certificates of a type pay for: an item type, and its services as (category, service).
Covers = tuple[int, list[tuple[int, int]]]
Seed = tuple[str, float, Covers, list[Raw]]

SALON: list[Seed] = [
    (
        "Gift card €50",
        50,
        (ALL, []),
        [
            MULTI | {"released_total": 214, "is_serial_number_limited": True},
            lasting(1, YEARS),
            online(50, "Aurora gift card", "For every service and every product."),
            {"online_sale_image": "https://images.sandbox.example/certificates/aurora.jpg"},
        ],
    ),
    ("Dāvanu karte 75 €", 75, (ALL, []), [MULTI, until("2030-12-31T23:59:59+02:00")]),
    ("Подарок для мамы", 120, (ANY_SERVICES, []), [lasting(6, MONTHS)]),
    ("Gift card €100", 100, (ALL, []), [MULTI, lasting(1, YEARS), online(90, "€100 for €90")]),
    ("Gift card €100", 100, (ALL, []), []),
    ("Care at home", 40, (ANY_PRODUCTS, []), [lasting(90, DAYS), online(40, "Care at home")]),
    ("Manicure and pedicure", 49.95, (SERVICES, [(2, 1), (2, 2)]), [lasting(12, WEEKS)]),
    (
        "Tarjeta regalo: balayage y cuidado",
        180.5,
        (SERVICES_AND_PRODUCTS, [(1, 2), (1, 4)]),
        [until("2030-07-31T23:59:59+02:00"), {"salon_ids": [504, 505]}],
    ),
    (
        "<script>alert(1)</script> \"gift\" & 'card'",
        30,
        (ALL, []),
        [online(30, '<b>Bold</b> & "quoted"', "</textarea><img src=x onerror=alert(2)>")],
    ),
    (LONG_TITLE, 365.25, (ALL, []), [MULTI]),
    ("Christmas 2024", 60, (ALL, []), [MULTI, until("2024-12-31T23:59:59+02:00")]),
    ("Black Friday", 25, (ANY_SERVICES, []), [until("2030-11-29T23:59:59-05:00")]),
    ("🎁 Happy birthday 🎂", 55, (ALL, []), [{"is_allow_empty_code": True}, lasting(30, DAYS)]),
    ("بطاقة هدية للعناية", 80, (SERVICES, [(3, 1), (3, 4)]), [MULTI, lasting(6, MONTHS)]),
    ("礼品卡", 88, (ANY_SERVICES, []), [MULTI | {"balance_edit_type_id": 2}]),
    ("სასაჩუქრე ბარათი", 70, (ALL, []), [{"external_code": "AUR-GE-16", "tags": ["spa", 7]}]),
    ("Summer 2023", 45, (ALL, []), [MULTI | {"released_total": 31}, ARCHIVED]),
    ("Spa evening", 150, (SERVICES, [(5, 1), (5, 2)]), [ARCHIVED, online(150, "Spa evening")]),
    ("Company gift", 35, (ALL, []), [{"released_total": 1, "category_id": 8}, lasting(2, YEARS)]),
    ("Nowhere on sale yet", 65, (ALL, []), [MULTI, {"salon_ids": []}]),
    ("Balance edited by nobody", 20, (ALL, []), [MULTI | {"balance_edit_type_id": 0}]),
    ("Balance edited otherwise", 20, (ALL, []), [MULTI | {"balance_edit_type_id": 7}]),
    ("Сыйлық картасы", 95, (SERVICES_AND_PRODUCTS, [(6, 1)]), [MULTI, lasting(3, MONTHS)]),
    ("Free try", 0, (SERVICES, [(5, 5)]), [lasting(7, DAYS)]),
]
FITNESS: list[Seed] = [
    ("Сыйлық 20 000 ₸", 20_000, (ALL, []), [MULTI | {"released_total": 12}, lasting(1, YEARS)]),
    ("Подарок: бассейн", 15_000, (SERVICES, [(4, 1), (4, 2)]), [lasting(3, MONTHS)]),
    ("Наурыз", 10_000, (ANY_SERVICES, []), [until("2030-03-31T23:59:59+05:00")]),
    ("Sports shop", 5_000.5, (ANY_PRODUCTS, []), [MULTI, online(5_000.5, "Sports shop")]),
]


def add_salon_certificate_types(chain: Chain, *, first_id: int, count: int) -> None:
    for place in range(count):
        seed = SALON[place] if place < len(SALON) else _one_more(place)
        _add(chain, first_id + place, seed, locations=place % len(chain.locations) + 1)


def add_fitness_certificate_types(chain: Chain, *, first_id: int) -> None:
    for place, seed in enumerate(FITNESS):
        _add(chain, first_id + place, seed, locations=place % len(chain.locations) + 1)


def _one_more(place: int) -> Seed:
    """Ordinary types for a large chain, no two with the same title."""
    balance = 5 * (place % 40 + 1)
    kind = place % 5
    services = [(place % 6 + 1, place // 6 % 5 + 1)]
    more: list[Raw] = [{"is_multi": place % 3 > 0}]
    if place % 4:
        more.append(lasting(place % 11 + 1, MONTHS))
    if place % 7 == 0:
        more.append({"released_total": place % 23 + 1})
    if place % 5 == 0:
        more.append(online(balance, f"Gift card €{balance}"))
    covers = kind, services if kind in (SERVICES, SERVICES_AND_PRODUCTS) else []
    return f"Gift card {place + 1:04} €{balance}", balance, covers, more


def _add(chain: Chain, type_id: int, seed: Seed, *, locations: int) -> None:
    title, balance, (item_type_id, services), parts = seed
    raw = blank_type(chain.id, type_id)
    raw |= {
        "title": title,
        "balance": balance,
        "weight": type_id,
        "item_type": item_type(item_type_id),
        "service_ids": [
            chain.categories[category - 1]["services"][service - 1]["id"]
            for category, service in services
        ],
        "salon_ids": sorted(chain.location_ids)[:locations],
    }
    for part in parts:
        raw |= part
    chain.certificate_types[type_id] = raw
