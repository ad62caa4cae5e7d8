"""Promotions as Altegio may have them, for properties: ones that it would take back as they are."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from loyalty_admin.sandbox.program_fields import TYPES, idle_fields, rules_of
from loyalty_admin.sandbox.state import Chain
from tests.membership_types.raws import COUNT, SOME_WORDS, WORDS

PERCENT = st.integers(0, 10_000).map(lambda hundredths: hundredths / 100)
MONEY = st.integers(0, 10**7).map(lambda cents: cents / 100)
TEXTS = st.lists(WORDS, max_size=4).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n"]).map(lambda end: end.join(["x", *lines]))
)
SIZES = st.sampled_from(["none", "big", "mid", "small", "custom"])
WHICH = st.sampled_from(["any_allowed", "not_allowed", "custom_allowed"])


@st.composite
def raw_promotions(draw: st.DrawFn, chain: Chain) -> dict[str, Any]:
    """A promotion of any type in the chain, as a read by id gives it with all that is included."""
    kind = draw(st.sampled_from(TYPES))
    in_money = draw(st.booleans())
    timeout = draw(COUNT)
    services = draw(WHICH)
    products = draw(WHICH.filter(lambda which: {which, services} != {"not_allowed"}))
    taken = {
        "usage_limit": draw(st.integers(0, 10**7)),
        "visit_multiplicity": draw(st.integers(1, 9)),
        "sold_items_multiplicity": draw(st.integers(1, 9)),
        "params_source_type": draw(st.sampled_from([None, "chain", "loyalty_card"])),
        "history_start_date": draw(st.none() | st.dates().map(str)),
    }
    return {
        "title": draw(SOME_WORDS),
        "type": kind,
        "value_unit": "amount" if in_money else "percent",
        "service_item_type": services,
        "good_item_type": products,
        **{name: value for name, value in taken.items() if name not in idle_fields(kind)},
        "expiration_timeout": timeout,
        "expiration_timeout_unit": draw(
            st.sampled_from(["day", "week", "month", "year"]) if timeout else st.none()
        ),
        "expiration_notification_timeout": draw(COUNT) if timeout else 0,
        "rules": _rules(draw, kind, chain, MONEY if in_money else PERCENT),
        "applicable_items": [*_items(draw, chain, services, products)],
        "companies": [
            {"id": one["id"], "title": one["title"]}
            for one in chain.locations
            if one["id"] in draw(_some(sorted(chain.location_ids)))
        ]
        or [{"id": chain.locations[0]["id"], "title": ""}],
        "loyalty_card_types": [one for one in chain.card_types if draw(st.booleans())],
        **_messages(draw),
    }


def _some(ids: list[int], *, least: int = 0) -> st.SearchStrategy[list[int]]:
    return st.lists(st.sampled_from(ids), min_size=least, max_size=4, unique=True)


def _rules(
    draw: st.DrawFn, kind: str, chain: Chain, values: st.SearchStrategy[float]
) -> list[dict[str, Any]]:
    keys: list[tuple[int, int]] = [(0, 0)]
    if rules_of(kind) == "tiers":
        thresholds = st.lists(st.integers(0, 10**6), min_size=1, max_size=6, unique=True)
        keys = [(threshold, 0) for threshold in draw(thresholds)]
    elif rules_of(kind) == "package":
        keys = [(0, number) for number in draw(_some(sorted(chain.services), least=1))]
    return [
        {"id": place, "parameter": threshold, "value": draw(values), "service_id": service_id}
        for place, (threshold, service_id) in enumerate(keys, 1)
    ]


def _items(draw: st.DrawFn, chain: Chain, services: str, products: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if services == "custom_allowed":
        for number in draw(_some([*chain.services, *chain.category_titles], least=1)):
            is_category = number in chain.category_titles
            found.append({"id": number, "is_service": True, "is_category": is_category})
    if products == "custom_allowed":
        for number in draw(_some([*range(9001, 9009)], least=1)):
            found.append({"id": number, "is_service": False, "is_category": number % 2 == 0})
    return [item | {"title": draw(WORDS)} for item in found]


def _messages(draw: st.DrawFn) -> dict[str, Any]:
    raw: dict[str, Any] = {}
    for number, occasion in enumerate(("on_changed", "on_expiration"), 11):
        name, size = f"{occasion}_notification_template", draw(SIZES)
        body = draw(TEXTS) if size == "custom" else ""
        is_none = size == "none"
        raw[name] = None if is_none else {"id": number, "type": size, "body": body}
        raw[f"{name}_id"] = 0 if is_none else number
    return raw
