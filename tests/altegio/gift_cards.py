"""A gift card type as the API gives it, and ways to change it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from loyalty_admin.altegio.gift_card_types import GiftCardType
from loyalty_admin.sandbox.server import CHAINS

CHAIN = CHAINS[0]
DATE = "2030-12-31T23:59:59.000+0200"
MOMENT = datetime(2030, 12, 31, 21, 59, 59, tzinfo=UTC)
RAW: Mapping[str, Any] = {
    "id": 77,
    "company_group_id": CHAIN,
    "title": "Fifty",
    "balance": 49.95,
    "is_multi": True,
    "is_allow_empty_code": False,
    "balance_edit_type_id": 2,
    "category_id": None,
    "weight": 3,
    "expiration_type_id": 0,
    "expiration_date": None,
    "expiration_timeout": 0,
    "expiration_timeout_unit_id": 0,
    "online_sale_is_enabled": True,
    "online_sale_title": "Fifty",
    "online_sale_description": "For her",
    "online_sale_price": 45,
    "online_sale_image": "https://images.example/1.jpg",
    "is_serial_number_limited": False,
    "is_archived": False,
    "date_archived": None,
    "released_total": 0,
    "item_type": {"id": 3, "title": "Named services"},
    "service_ids": [12, 11],
    "salon_ids": [502, 501],
}
UNTIL = {"expiration_type_id": 1, "expiration_date": DATE}
LASTING = {"expiration_type_id": 2, "expiration_timeout": 6, "expiration_timeout_unit_id": 3}


def read(**changes: Any) -> GiftCardType:
    return GiftCardType.from_api({**RAW, **changes})


def without(*keys: str, **changes: Any) -> GiftCardType:
    raw = {**RAW, **changes}
    return GiftCardType.from_api({key: raw[key] for key in raw.keys() - {*keys}})


PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(max_size=10)
    | st.datetimes(timezones=st.timezones()).map(datetime.isoformat)
    | st.sampled_from(["1", "true", 0, 1, 2, 3, DATE])
)
# Whatever an answer may hold in the place of a value.
ANYTHING = PLAIN | st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "title", "big"]), inner, max_size=3)
    ),
    max_leaves=12,
)
