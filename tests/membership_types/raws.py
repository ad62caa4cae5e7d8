"""Membership types as Altegio may have them, for properties: valid ones, with anything besides."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from loyalty_admin.sandbox.membership_type_services import Kind, Row, as_links
from loyalty_admin.sandbox.state import Chain

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30)
SOME_WORDS = WORDS.filter(lambda text: text.strip())
COUNT = st.integers(0, 500)
MONEY = st.integers(0, 10**7).map(lambda cents: cents / 100)
# Fields of tomorrow, and ones that this dashboard does not know.
UNMODELLED = st.dictionaries(
    st.sampled_from(["external_code", "extras", "is_vip", "tags", "note", "season", "pos"]),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(10**9), 10**9)
        | st.floats(-(10**6), 10**6)
        | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)


@st.composite
def intervals(draw: st.DrawFn) -> list[dict[str, int]]:
    edges = draw(st.lists(st.integers(0, 86_400), min_size=2, max_size=6, unique=True))
    edges = sorted(edges)[: len(edges) // 2 * 2]
    pairs = list(zip(edges[::2], edges[1::2], strict=True))
    return [{"from": start, "to": end} for start, end in draw(st.permutations(pairs))]


AVAILABILITY = st.lists(
    st.fixed_dictionaries(
        {
            "week_days": st.lists(st.integers(1, 7), min_size=1, unique=True),
            "intervals": intervals(),
        }
    ),
    max_size=3,
)


@st.composite
def raw_types(draw: st.DrawFn, chain: Chain, *, unlimited_rows: bool = True) -> dict[str, Any]:
    """A type that Altegio would take back as it is, in the chain."""
    pooled = draw(st.booleans())
    rows = _rows(draw, chain, unlimited_rows=unlimited_rows and not pooled)
    unlimited = pooled and draw(st.booleans())
    has_unlimited = any(row.is_unlimited for row in rows)
    period = draw(st.integers(1, 500) if unlimited or has_unlimited else COUNT)
    online = draw(st.booleans())
    prices = MONEY.filter(bool) if online else st.none() | MONEY
    locations = draw(st.lists(st.sampled_from(sorted(chain.location_ids)), unique=True))
    return {
        **draw(UNMODELLED),
        "title": draw(SOME_WORDS),
        "cost": draw(MONEY),
        "period": period,
        "period_unit_id": draw(st.integers(1, 4)),
        "expiration_type_id": draw(st.integers(1, 3)),
        "autoactivation_time": draw(COUNT),
        "autoactivation_time_unit_id": draw(st.integers(1, 4)),
        "is_allow_empty_code": draw(st.booleans()),
        "is_united_balance": pooled,
        "is_united_balance_unlimited": unlimited,
        "united_balance_services_count": draw(st.integers(1, 500)) if pooled else 0,
        "allow_freeze": bool(period) and draw(st.booleans()),
        "freeze_limit": draw(COUNT),
        "freeze_limit_unit_id": draw(st.integers(1, 4)),
        "is_booking_when_frozen_allowed": draw(st.booleans()),
        "service_price_correction": not (unlimited or has_unlimited) and draw(st.booleans()),
        "balance_edit_type_id": draw(st.integers(0, 2)),
        "availability": draw(AVAILABILITY),
        "is_online_sale_enabled": online,
        "online_sale_title": draw(st.none() | WORDS),
        "online_sale_description": draw(st.none() | _texts()),
        "online_sale_price": draw(prices),
        "category": draw(st.sampled_from(["standard", "Premium"])),
        "category_id": draw(st.none() | st.integers(1, 10**6)),
        "abonements_count": draw(st.sampled_from([0, 0, 3])),
        "attached_location_ids": locations,
        "attached_salon_ids": locations,
        "balance_container": {"links": as_links(rows, chain, pooled=pooled)},
        "online_sale_image": draw(st.sampled_from(["", "https://images.example/1.jpg"])),
    }


def _texts() -> st.SearchStrategy[str]:
    """Several lines, as Altegio may keep them."""
    return st.lists(WORDS, max_size=4).flatmap(
        lambda lines: st.sampled_from(["\n", "\r\n"]).map(lambda end: end.join(lines))
    )


def _rows(draw: st.DrawFn, chain: Chain, *, unlimited_rows: bool) -> list[Row]:
    ids: list[tuple[Kind, int]] = [("service", number) for number in chain.services]
    ids += [("category", number) for number in chain.category_titles]
    chosen = draw(st.lists(st.sampled_from(ids), min_size=1, max_size=4, unique=True))
    visits = st.integers(1, 99) | (st.none() if unlimited_rows else st.nothing())
    counts = [draw(visits) for _ in chosen]
    return [
        Row(kind, number, count or 0, count is None)
        for (kind, number), count in zip(chosen, counts, strict=True)
    ]
