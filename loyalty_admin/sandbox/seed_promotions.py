"""The promotions that the stand-in starts with: believable ones, and awkward ones."""

from __future__ import annotations

from typing import Any

from loyalty_admin.sandbox.program_rules import as_read, with_defaults
from loyalty_admin.sandbox.state import Chain, Raw

LONG_TITLE = (
    "Ten percent for everyone who comes at least twice in a season, brings a friend or a "
    "neighbour, tells us which of the Aurora salons is the nicest, and does not mind a cup of "
    "tea while we mix the colour, because good things take time and so does a balayage"
)
AURORA, GOLD, VIP = 41, 42, 43
# A threshold and what it gives; in packages a service as well.
Tiers = list[tuple[float, ...]]
Seed = tuple[str, str, Tiers, list[Raw]]


def some_services(*ids: int) -> Raw:
    return {"service_item_type": "custom_allowed", "allowed_service_ids": [*ids]}


def some_goods(*ids: int, categories: tuple[int, ...] = ()) -> Raw:
    return {
        "good_item_type": "custom_allowed",
        "allowed_good_ids": [*ids],
        "allowed_good_category_ids": [*categories],
    }


def ending(timeout: int, unit: str, notice: int = 0) -> Raw:
    return {
        "expiration_timeout": timeout,
        "expiration_timeout_unit": unit,
        "expiration_notification_timeout": notice,
    }


def on_change(size: str, body: str = "") -> Raw:
    return {"on_changed_notification_template": {"type": size, "body": body}}


def on_end(size: str, body: str = "") -> Raw:
    return {"on_expiration_notification_template": {"type": size, "body": body}}


def since(source: str, day: str | None = None) -> Raw:
    return {"params_source_type": source, "history_start_date": day}


def cards(*ids: int) -> Raw:
    return {"loyalty_card_type_ids": [*ids]}


AMOUNT = {"value_unit": "amount"}
NO_SERVICES = {"service_item_type": "not_allowed"}
NO_GOODS = {"good_item_type": "not_allowed"}

SALON: list[Seed] = [
    ("Welcome, 10% off", "discount_static", [(0, 10)], [cards(AURORA)]),
    (
        "Mēs jūs gaidām: atlaide par apmeklējumiem",
        "discount_accumulative_visits",
        [(3, 3), (6, 5), (10, 7.5)],
        [cards(AURORA, GOLD), since("chain", "2025-01-01"), on_change("big")],
    ),
    (
        "Золотая скидка",
        "discount_accumulative_sold",
        [(200, 2), (500, 4), (1000, 6), (2000, 8), (4000, 10), (8000, 15)],
        [cards(GOLD), since("loyalty_card"), ending(1, "year", 14), on_end("mid")],
    ),
    (
        "Paid in full, paid back",
        "discount_accumulative_paid",
        [(1000, 5), (300, 3)],
        [cards(AURORA), NO_GOODS, since("active_companies"), on_change("small")],
    ),
    ("Cashback 5%", "cashback_static_sold", [(0, 5)], [cards(AURORA, GOLD, VIP)]),
    (
        "Cashback 5%",
        "cashback_static_paid",
        [(0, 5)],
        [cards(AURORA), {"usage_limit": 10}, ending(90, "day", 7), on_end("big")],
    ),
    (
        "Puntos por cada euro",
        "cashback_accumulative_sold",
        [(0, 1), (500, 2.5)],
        [cards(GOLD), since("chain"), some_services(7101, 710201)],
    ),
    (
        "Баллы за оплату",
        "cashback_accumulative_paid",
        [(100, 2), (400, 6), (900, 4)],
        [cards(AURORA), since("chain", "2024-02-29"), ending(6, "month", 30)],
    ),
    (
        "Постоянный гость 🎁",
        "cashback_accumulative_sold_visits",
        [(5, 5), (15, 7), (30, 10), (60, 12)],
        [cards(VIP), since("loyalty_card"), on_change("custom", "Теперь у вас больше баллов!")],
    ),
    (
        "نقاط لكل زيارة",
        "cashback_accumulative_paid_visits",
        [(4, 3)],
        [cards(AURORA), since("active_companies"), ending(2, "week", 3)],
    ),
    (
        "Every fifth visit",
        "cashback_sold_visits",
        [(0, 20)],
        [cards(AURORA), {"visit_multiplicity": 5, "usage_limit": 3}, NO_GOODS],
    ),
    (
        "每第三次到访",
        "cashback_paid_visits",
        [(0, 15)],
        [AMOUNT, cards(GOLD), {"visit_multiplicity": 3}, some_services(7105)],
    ),
    (
        "Three treatments, a pedicure for half",
        "package_discount",
        [(0, 50, 710202), (0, 30, 710204)],
        [
            cards(AURORA),
            {"sold_items_multiplicity": 3},
            some_services(710201, 710203),
            NO_GOODS,
            since("chain", "2026-01-15"),
        ],
    ),
    (
        "<script>alert(1)</script> \"promo\" & 'sale'",
        "discount_static",
        [(0, 12.5)],
        [
            cards(VIP),
            ending(1, "month", 5),
            on_change("custom", "</textarea><img src=x onerror=alert(3)>"),
            on_end("custom", "{{ 7*7 }} {% now 'Y' %} ${7*7} <b>\"soon\"</b>\nAurora"),
        ],
    ),
    (LONG_TITLE, "discount_accumulative_visits", [(2, 10)], [since("chain")]),
    (
        "€15 off creams and oils",
        "discount_static",
        [(0, 15)],
        [AMOUNT, NO_SERVICES, some_goods(9001, 9002, categories=(901,)), cards(GOLD)],
    ),
    ("Oils", "cashback_static_paid", [(0, 2.5)], [NO_SERVICES, some_goods(categories=(902,))]),
    (
        "Hair care day",
        "discount_accumulative_paid",
        [(150, 5), (450, 12.75), (900, 20), (1800, 40), (3600, 80)],
        [AMOUNT, cards(AURORA), some_services(7101), some_goods(9003), on_end("small")],
    ),
]
FITNESS: list[Seed] = [
    ("Жаңа мүшелерге 10%", "discount_static", [(0, 10)], [cards(51)]),
    (
        "Баллы за тренировки",
        "cashback_accumulative_sold_visits",
        [(10, 3), (30, 6)],
        [cards(51), since("chain"), ending(1, "year", 30), on_change("big")],
    ),
    ("Pool 2 000 ₸", "discount_static", [(0, 2000)], [AMOUNT, NO_GOODS, some_services(8104)]),
]


def add_salon_promotions(chain: Chain, *, first_id: int, count: int) -> None:
    for place in range(count):
        seed = SALON[place] if place < len(SALON) else _one_more(place)
        _add(chain, first_id + place, seed, locations=place % len(chain.locations) + 1)


def add_fitness_promotions(chain: Chain, *, first_id: int) -> None:
    for place, seed in enumerate(FITNESS):
        _add(chain, first_id + place, seed, locations=place % len(chain.locations) + 1)


def _one_more(place: int) -> Seed:
    """Ordinary promotions for a large chain, no two with the same title."""
    kind = ("discount_static", "cashback_static_paid", "discount_accumulative_visits")[place % 3]
    value = place % 20 + 1
    tiers: Tiers = [(0, value)]
    more = [cards(AURORA)]
    if kind == "discount_accumulative_visits":
        tiers = [(5, value), (20, value + 5)]
        more.append(since("chain"))
    if place % 4 == 0:
        more.append(ending(place % 11 + 1, "month", 7))
    return f"Promotion {place + 1:04} {value}%", kind, tiers, more


def _add(chain: Chain, program_id: int, seed: Seed, *, locations: int) -> None:
    title, kind, tiers, parts = seed
    sent: dict[str, Any] = {
        "title": title,
        "type": kind,
        "company_ids": sorted(chain.location_ids)[:locations],
        "rules": [
            dict(zip(("parameter", "value", "service_id"), tier, strict=False)) for tier in tiers
        ],
    }
    for part in parts:
        sent |= part
    chain.programs[program_id] = as_read(with_defaults(sent, None), chain, program_id)
