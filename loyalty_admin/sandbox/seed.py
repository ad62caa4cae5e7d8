"""The two chains that the stand-in starts with: places, people, rights, services."""

from __future__ import annotations

import pickle
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from loyalty_admin.sandbox.seed_certificate_types import (
    add_fitness_certificate_types,
    add_salon_certificate_types,
)
from loyalty_admin.sandbox.seed_memberships import add_fitness_memberships, add_salon_memberships
from loyalty_admin.sandbox.seed_promotions import add_fitness_promotions, add_salon_promotions
from loyalty_admin.sandbox.seed_templates import add_fitness_words, add_salon_words
from loyalty_admin.sandbox.seed_transactions import (
    add_fitness_transactions,
    add_salon_transactions,
)
from loyalty_admin.sandbox.seed_types import add_fitness_types, add_salon_types
from loyalty_admin.sandbox.state import Chain, Person, Profile, Raw, State

SALON_CHAIN, FITNESS_CHAIN = CHAINS = (1101, 2202)
RIGHTS = (
    "settings_access",
    "clients_access",
    "users_access",
    "loyalty_access",
    "loyalty_abonement_types_access",
    "loyalty_abonement_balance_edit_access",
    "loyalty_abonement_period_edit_access",
    "loyalty_abonement_history_access",
    "loyalty_cards_manual_transactions_access",
    "loyalty_certificate_types_access",
    "loyalty_programs_access",
    "network_services_access",
    "analytics_access",
)


def _rights(*allowed: str) -> dict[str, int]:
    return {right: int(right in allowed) for right in RIGHTS}


PEOPLE = [
    Person(
        id=901,
        name="Daina Ozola",
        login="director@sandbox.example",
        phone="37120000001",
        access={
            SALON_CHAIN: _rights(*RIGHTS),
            FITNESS_CHAIN: _rights(
                "clients_access", "loyalty_access", "loyalty_abonement_types_access"
            ),
        },
    ),
    Person(
        id=902,
        name="Álvaro Núñez",
        login="assistant@sandbox.example",
        phone="34600000002",
        access={
            SALON_CHAIN: _rights("clients_access", "loyalty_access", "network_services_access")
        },
    ),
]

SALON_LOCATIONS = [
    ("Aurora Centrs", "Brīvības iela 33, Rīga", "Europe/Riga"),
    ("Aurora Āgenskalns", "Nometņu iela 47, Rīga", "Europe/Riga"),
    ("Aurora Jūrmala", "Jomas iela 62, Jūrmala", "Europe/Riga"),
    ("Aurora Málaga", "Calle Larios 5, Málaga", "Europe/Madrid"),
    ("Aurora Cádiz", "Calle Ancha 12, Cádiz", "Europe/Madrid"),
]
FITNESS_LOCATIONS = [
    ("Тұлпар Fitness Абай", "Абай даңғылы 44, Алматы", "Asia/Almaty"),
    ("Тұлпар Fitness Медеу", "Достық даңғылы 132, Алматы", "Asia/Almaty"),
]
SALON_SERVICES = {
    "Hair": ["Haircut", "Balayage", "Blow-dry", "Keratin care", "Beard trim"],
    "Nails": ["Manicure", "Pedicure", "Gel polish", "Nail design", "Nail repair"],
    "Face care": ["Facial", "Peeling", "Microcurrent", "Brow shaping", "Lash lift"],
    "Massage": ["Back massage", "Full body massage", "Thai massage", "Hot stones", "Foot massage"],
    "Spa": ["Sauna", "Hammam", "Float bath", "Body wrap", "Salt room"],
    "Крем и уход": ["Уход за кожей", "Шугаринг", "Парафинотерапия", "Массаж лица", "Обёртывание"],
}
FITNESS_SERVICES = {
    "Топтық сабақтар": ["Йога", "Пилатес", "Зумба", "Стретчинг", "Функционалды жаттығу"],
    "Gym": ["Gym visit", "Morning gym", "Weekend gym", "Body check", "Programme"],
    "Personal training": ["60 minutes", "45 minutes", "Duo", "Online", "Rehab"],
    "Бассейн": ["Свободное плавание", "Аквааэробика", "Обучение", "Дети", "Дорожка"],
    "Recovery": ["Sauna", "Cold plunge", "Massage gun", "Stretch", "Physio"],
    "Kids": ["Football", "Judo", "Gymnastics", "Dance", "Chess"],
}


class Counts(NamedTuple):
    """How many of each kind the salon chain starts with."""

    types: int
    certificate_types: int
    promotions: int
    memberships: int
    transactions: int


def build_state(*, profile: Profile, password: str, counts: Counts, now: datetime | None) -> State:
    """A fresh stand-in; the salon chain gets the same membership types, certificate types and
    promotions each time, and the same memberships and loyalty transactions each day. `now` is what
    its clock says; None: the time it is."""
    state = State(profile=profile, password=password, people=PEOPLE, fixed_now=now)
    # Everything in a chain ends and begins at a full hour: within one nothing of it differs.
    hour = state.now().replace(minute=0, second=0, microsecond=0)
    # A copy of what was built before: tests begin thousands of times.
    salon, fitness = pickle.loads(_pickled_chains(profile, counts, hour))
    add_salon_transactions(salon, first_id=5_000_001, count=counts.transactions, now=state.now())
    add_fitness_transactions(fitness, first_id=4_000_001, now=state.now())
    state.chains = {chain.id: chain for chain in (salon, fitness)}
    state.next_id = 1 + max(
        taken
        for chain in state.chains.values()
        for taken in (*chain.abonement_types, *chain.certificate_types, *chain.programs)
    )
    return state


@lru_cache(maxsize=8)
def _pickled_chains(profile: Profile, counts: Counts, now: datetime) -> bytes:
    """Both chains without their transactions, which are made when they are first asked for."""
    salon = Chain(
        id=SALON_CHAIN,
        title="Aurora Salons & Spa",
        locations=_locations(501, SALON_LOCATIONS, "€", city_id=11),
        categories=_categories(7100, SALON_SERVICES),
    )
    fitness = Chain(
        id=FITNESS_CHAIN,
        title="Тұлпар Fitness",
        locations=_locations(601, FITNESS_LOCATIONS, "₸", city_id=21),
        categories=_categories(8100, FITNESS_SERVICES),
    )
    add_salon_types(salon, profile, first_id=11_001, count=counts.types)
    add_fitness_types(fitness, profile, first_id=5_001)
    add_salon_certificate_types(salon, first_id=31_001, count=counts.certificate_types)
    add_fitness_certificate_types(fitness, first_id=25_001)
    add_salon_words(salon)
    add_fitness_words(fitness)
    add_salon_promotions(salon, first_id=21_001, count=counts.promotions)
    add_fitness_promotions(fitness, first_id=27_001)
    add_salon_memberships(salon, first_id=900_001, count=counts.memberships, now=now)
    add_fitness_memberships(fitness, first_id=800_001, now=now)
    return pickle.dumps((salon, fitness), pickle.HIGHEST_PROTOCOL)


def _locations(
    first_id: int, places: list[tuple[str, str, str]], currency: str, *, city_id: int
) -> list[Raw]:
    return [
        {
            "id": first_id + place,
            "title": title,
            "public_title": title,
            "address": address,
            "city_id": city_id,
            "timezone_name": timezone,
            "currency_short_title": currency,
            "phone": f"+371 20000{first_id + place}",
        }
        for place, (title, address, timezone) in enumerate(places)
    ]


def _categories(first_id: int, services: dict[str, list[str]]) -> list[Raw]:
    return [
        {
            "id": first_id + place,
            "title": title,
            "services": [
                {"id": (first_id + place) * 100 + turn, "title": service}
                for turn, service in enumerate(names, start=1)
            ],
        }
        for place, (title, names) in enumerate(services.items(), start=1)
    ]
