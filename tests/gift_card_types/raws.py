"""Gift card types as Altegio may have them, for properties: valid ones, with anything besides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from loyalty_admin.sandbox.certificate_type_fields import (
    FIXED_DATE,
    ITEM_TYPES,
    NAMED_SERVICES,
    PERIOD,
    item_type,
)
from loyalty_admin.sandbox.state import Chain
from tests.membership_types.raws import COUNT, MONEY, SOME_WORDS, UNMODELLED, WORDS

# Altegio keeps an offset, and not always one of a place: odd minutes, even seconds.
OFFSETS = st.builds(
    lambda minutes, seconds: timezone(timedelta(minutes=minutes, seconds=seconds)),
    st.integers(-14 * 60, 14 * 60),
    st.sampled_from([0, 0, 30]),
)
# Several ways of writing one moment.
DATES = st.builds(
    lambda moment, write: write(moment),
    st.datetimes(datetime(1950, 1, 1), datetime(2150, 1, 1), timezones=OFFSETS),
    st.sampled_from(
        [
            datetime.isoformat,
            lambda moment: moment.isoformat(timespec="milliseconds"),
            lambda moment: moment.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        ]
    ),
)
TEXTS = st.lists(WORDS, max_size=4).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n"]).map(lambda end: end.join(lines))
)


@st.composite
def raw_types(draw: st.DrawFn, chain: Chain) -> dict[str, Any]:
    """A type that Altegio would take back as it is, in the chain.

    What means nothing beside its kind of validity may be null, or left from before.
    """
    covers = draw(st.sampled_from(sorted(ITEM_TYPES)))
    services = st.lists(
        st.sampled_from(sorted(chain.services)), min_size=1, max_size=4, unique=True
    )
    kind = draw(st.integers(0, 2))
    online = draw(st.booleans())
    return {
        **draw(UNMODELLED),
        "title": draw(SOME_WORDS),
        "balance": draw(MONEY),
        "is_multi": draw(st.booleans()),
        "is_allow_empty_code": draw(st.none() | st.booleans()),
        "balance_edit_type_id": draw(st.sampled_from([0, 1, 2, 7, 99])),
        "category_id": draw(st.none() | st.integers(1, 10**6)),
        "item_type": item_type(covers) | draw(st.sampled_from([{}, {"extra": True}])),
        "service_ids": draw(services) if covers in NAMED_SERVICES else draw(st.just([]) | services),
        "salon_ids": draw(st.lists(st.sampled_from(sorted(chain.location_ids)), unique=True)),
        "expiration_type_id": kind,
        "expiration_date": draw(DATES if kind == FIXED_DATE else st.none() | DATES),
        "expiration_timeout": draw(st.integers(1, 500) if kind == PERIOD else st.none() | COUNT),
        "expiration_timeout_unit_id": draw(
            st.integers(1, 4) if kind == PERIOD else st.none() | st.integers(0, 4)
        ),
        "online_sale_is_enabled": online,
        "online_sale_title": draw(st.none() | WORDS),
        "online_sale_description": draw(st.none() | TEXTS),
        "online_sale_price": draw(MONEY.filter(bool) if online else st.none() | MONEY),
        "online_sale_image": draw(st.sampled_from(["", "https://images.example/1.jpg"])),
        "weight": draw(COUNT),
        "is_serial_number_limited": draw(st.booleans()),
    }
