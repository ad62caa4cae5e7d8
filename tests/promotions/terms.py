"""Terms of promotions as Altegio accepts them, for what holds of all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from loyalty_admin.altegio.notification_templates import Notification
from loyalty_admin.altegio.promotion_kinds import KINDS, Rule
from loyalty_admin.altegio.promotions import SCHEMA, Terms
from loyalty_admin.promotions.rules import DAYS_OF_UNIT
from loyalty_admin.promotions.words import Words

SAY = Words(
    locations={501: "Centre <b>", 502: "North", 503: "South", 504: "West", 505: "East"},
    services={7: "Haircut & <i>care</i>", 8: "Peeling", 9: "Sauna"},
    products={31: "Cream"},
    card_types={41: "Club", 42: "Gold"},
    currency="€",
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=20)
IDS = st.lists(st.integers(1, 10**9), min_size=1, max_size=5, unique=True).map(tuple)
SCOPES = st.sampled_from(["any_allowed", "not_allowed", "custom_allowed"])
NOTIFICATIONS = st.sampled_from(["none", "big", "mid", "small"]).map(Notification) | TEXTS.filter(
    str.strip
).map(lambda body: Notification("custom", body))
PERCENTS = st.decimals(0, 100, places=2)
SUMS = st.decimals(0, 10**9, places=2)
UNITS = st.sampled_from(sorted(DAYS_OF_UNIT))


@st.composite
def terms(draw: st.DrawFn, kinds: list[str] | None = None) -> Terms:
    """Terms of these kinds (any of them) in which no rule of Altegio is broken."""
    kind = draw(st.sampled_from(sorted(kinds or KINDS)))
    value_unit = draw(st.sampled_from(["percent", "amount"]))
    services, products = draw(
        st.tuples(SCOPES, SCOPES).filter(lambda two: {*two} != {"not_allowed"})
    )
    unit = draw(UNITS)
    expiration = draw(st.integers(0, 36))
    most_notice = max(expiration * DAYS_OF_UNIT[unit] - 1, 0)
    return Terms(
        title=draw(TEXTS.filter(str.strip)),
        kind=kind,
        location_ids=draw(IDS),
        services=services,
        service_ids=draw(IDS),
        products=products,
        product_ids=draw(IDS),
        product_category_ids=draw(IDS),
        value_unit=value_unit,
        rules=draw(_rules(KINDS[kind].rules, PERCENTS if value_unit == "percent" else SUMS)),
        usage_limit=draw(st.integers(0, 99)),
        visit_multiplicity=draw(st.integers(1, 99)),
        sold_items_multiplicity=draw(st.integers(1, 99)),
        expiration=expiration,
        expiration_unit=unit,
        expiration_notice=draw(st.integers(0, most_notice)),
        history_source=draw(st.sampled_from(["", "loyalty_card", "active_companies", "chain"])),
        history_from=draw(st.none() | st.dates()),
        card_type_ids=draw(IDS),
        on_changed=draw(NOTIFICATIONS),
        on_expiration=draw(NOTIFICATIONS),
    )


def _rules(shape: str, values: st.SearchStrategy[Decimal]) -> st.SearchStrategy[tuple[Rule, ...]]:
    if shape == "static":
        return values.map(lambda value: (Rule(0, value),))
    places = st.lists(st.integers(1, 10**9) if shape == "package" else st.integers(0, 10**9),
                      min_size=1, max_size=8, unique=True)  # fmt: skip
    return places.flatmap(
        lambda found: st.tuples(*(values for _ in found)).map(
            lambda given: tuple(
                Rule(0, value, place) if shape == "package" else Rule(place, value)
                for place, value in zip(found, given, strict=True)
            )
        )
    )


def of_kind(kind: str, *rules: Rule, **others: Any) -> Terms:
    return Terms(kind=kind, rules=rules, **others)


def percent(value: float, threshold: int = 0, service_id: int = 0) -> Rule:
    return Rule(threshold, Decimal(str(value)), service_id)


OTHER: dict[str, Any] = {
    "service_ids": (1, 2, 3),
    "product_ids": (4,),
    "product_category_ids": (5,),
    "usage_limit": 77,
    "visit_multiplicity": 13,
    "sold_items_multiplicity": 17,
    "expiration_unit": "week",
    "expiration_notice": 3,
    "history_source": "chain",
    "history_from": date(2020, 2, 29),
}


def otherwise_idle(found: Terms) -> Terms:
    """The same, with something else in every term that means nothing beside the others."""
    return replace(found, **{name: OTHER[name] for name in SCHEMA.idle(found)})
