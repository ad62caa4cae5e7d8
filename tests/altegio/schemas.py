"""The schemas of the three resources, each with terms of all kinds and the answer to a write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from loyalty_admin.altegio import gift_card_types, membership_types, promotions
from loyalty_admin.altegio.membership_services import CoveredService, UsableTime
from loyalty_admin.altegio.schema import Schema
from tests.altegio.test_gift_card_terms import TERMS as GIFT_CARD_TERMS
from tests.altegio.test_gift_card_terms import flat
from tests.altegio.test_promotion_terms import TERMS as PROMOTION_TERMS
from tests.altegio.test_promotion_terms import answer_to

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
ODD_TEXTS = TEXTS | st.just("\0")  # which comes back from no answer
MONEY = st.decimals(0, 10**9, places=3) | st.sampled_from([Decimal("49.950"), Decimal("1E+3")])
IDS = st.lists(st.integers(1, 10**9), max_size=4, unique=True).map(sorted).map(tuple)
NUMBERS = st.integers(0, 10**6)
SERVICES = st.lists(
    st.builds(
        CoveredService,
        id=st.integers(1, 10**9),
        is_category=st.booleans(),
        visits=NUMBERS,
        is_unlimited=st.booleans(),
        title=TEXTS,
    ),
    max_size=4,
    unique_by=lambda row: (row.is_category, row.id),
).map(tuple)
TIMES = st.lists(
    st.builds(
        UsableTime,
        days=st.lists(st.integers(1, 7), max_size=7, unique=True).map(sorted).map(tuple),
        intervals=st.lists(st.tuples(NUMBERS, NUMBERS), max_size=2).map(tuple),
    ),
    max_size=3,
).map(tuple)
MEMBERSHIP_TERMS = st.builds(
    membership_types.Terms,
    title=TEXTS,
    price=MONEY,
    location_ids=IDS,
    validity=NUMBERS,
    validity_unit=NUMBERS,
    activation=NUMBERS,
    auto_activation=NUMBERS,
    auto_activation_unit=NUMBERS,
    sold_without_code=st.booleans(),
    is_pooled=st.booleans(),
    is_pool_unlimited=st.booleans(),
    pool_visits=NUMBERS,
    services=SERVICES,
    freezing=st.booleans(),
    freeze_limit=NUMBERS,
    freeze_limit_unit=NUMBERS,
    booking_when_frozen=st.booleans(),
    recalculates_price=st.booleans(),
    balance_editing=NUMBERS,
    usable_times=TIMES,
    online_sale=st.booleans(),
    online_title=TEXTS,
    online_description=TEXTS,
    online_price=st.none() | MONEY,
    category=TEXTS,
    category_id=st.none() | st.integers(1, 10**9),
)
# Whole seconds: Python itself reads no smaller part of an offset back.
OFFSETS = st.integers(-82_800, 82_800).map(lambda seconds: timezone(timedelta(seconds=seconds)))
MOMENTS = st.datetimes(
    datetime(2, 1, 1), datetime(9998, 12, 31), timezones=st.timezones() | OFFSETS
)
# Of any kind, also where Altegio would refuse it.
ODD_GIFT_CARD_TERMS = st.builds(
    gift_card_types.Terms,
    title=ODD_TEXTS,
    face_value=MONEY,
    location_ids=IDS,
    several_uses=st.booleans(),
    covers=st.integers(0, 9),
    service_ids=IDS,
    sold_without_code=st.booleans(),
    balance_editing=st.integers(0, 9),
    validity_kind=st.integers(0, 3),
    expires_at=st.none() | MOMENTS,
    validity=NUMBERS,
    validity_unit=st.integers(0, 9),
    online_sale=st.booleans(),
    online_title=ODD_TEXTS,
    online_description=ODD_TEXTS,
    online_price=st.none() | MONEY,
    category_id=st.none() | st.integers(1, 10**9),
)


@dataclass(frozen=True, kw_only=True)
class Written:
    """A resource: `terms` that the API takes, `odd` ones that may be stored, and `answer`, what
    the API says after it was sent the whole of the terms."""

    schema: Schema[Any]
    terms: st.SearchStrategy[Any]
    odd: st.SearchStrategy[Any]
    answer: Callable[[Any], dict[str, Any]]
    read: Callable[[Mapping[str, Any]], tuple[Any, tuple[str, ...]]]


def _answer_of_membership_type(terms: membership_types.Terms) -> dict[str, Any]:
    body = membership_types.to_api(terms, chain_id=1, form="links")
    links = body.pop("service_links")
    targets = [
        {"service": {"id": link["service_id"]}, "category": None}
        if link["service_category_id"] is None
        else {"service": None, "category": {"id": link["service_category_id"]}}
        for link in links
    ]
    container = {"links": [link | target for link, target in zip(links, targets, strict=True)]}
    return {**body, "id": 77, "balance_container": container}


WRITTEN = {
    "membership_types": Written(
        schema=membership_types.SCHEMA,
        terms=MEMBERSHIP_TERMS,
        odd=MEMBERSHIP_TERMS,
        answer=_answer_of_membership_type,
        read=membership_types.SCHEMA.read,
    ),
    "gift_card_types": Written(
        schema=gift_card_types.SCHEMA,
        terms=GIFT_CARD_TERMS,
        odd=ODD_GIFT_CARD_TERMS,
        answer=lambda terms: flat(gift_card_types.to_api(terms)),
        read=gift_card_types.SCHEMA.read,
    ),
    "promotions": Written(
        schema=promotions.SCHEMA,
        terms=PROMOTION_TERMS,
        odd=PROMOTION_TERMS,
        answer=lambda terms: answer_to(promotions.create_body(terms)),
        read=promotions.read_terms,
    ),
}
