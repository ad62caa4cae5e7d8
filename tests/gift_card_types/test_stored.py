"""Terms as JSON, for the journal and signed inside forms: they come back as they were."""

from __future__ import annotations

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.altegio.gift_card_terms import TERM_NAMES, Terms, differing_terms
from loyalty_admin.gift_card_types import stored
from loyalty_admin.gift_card_types.forms import ROW_TERMS
from tests.gift_card_types.test_zones import MOMENTS, seconds

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
MONEY = st.decimals(0, 10**9, places=3) | st.sampled_from([Decimal("49.950"), Decimal("1E+3")])
NUMBERS = st.lists(st.integers(1, 10**9), max_size=4, unique=True).map(tuple)
TERMS = st.builds(
    Terms,
    title=TEXT,
    face_value=MONEY,
    location_ids=NUMBERS,
    several_uses=st.booleans(),
    covers=st.integers(0, 9),
    service_ids=NUMBERS,
    sold_without_code=st.booleans(),
    balance_editing=st.integers(0, 9),
    validity_kind=st.integers(0, 3),
    expires_at=st.none() | MOMENTS,
    validity=st.integers(0, 10**6),
    validity_unit=st.integers(0, 9),
    online_sale=st.booleans(),
    online_title=TEXT,
    online_description=TEXT,
    online_price=st.none() | MONEY,
    category_id=st.none() | st.integers(1, 10**9),
)


@given(TERMS)
def test_terms_come_back_from_json_as_they_were(terms: Terms) -> None:
    loaded = stored.load(json.loads(json.dumps(stored.dump(terms))))
    back = Terms(**loaded)
    assert differing_terms(terms, back) == []
    for name in set(TERM_NAMES) - {"expires_at"}:
        assert loaded[name] == getattr(terms, name), name
        assert type(loaded[name]) is type(getattr(terms, name)), name
    assert (back.expires_at is None) == (terms.expires_at is None)
    if terms.expires_at and back.expires_at:
        assert seconds(back.expires_at) == seconds(terms.expires_at)
        assert back.expires_at.utcoffset() == terms.expires_at.utcoffset()


@given(TERMS, st.integers(1, 10**9))
def test_signed_terms_come_back_to_the_form_that_was_opened(terms: Terms, type_id: int) -> None:
    opened_on = stored.unsign(stored.sign(terms, type_id), type_id)
    assert opened_on is not None
    assert differing_terms(Terms(**opened_on), terms) == []


def test_signed_terms_are_good_for_one_type_and_one_form_only() -> None:
    signed = stored.sign(Terms(title="x"), 5)
    assert stored.unsign(signed, 6) is None
    assert stored.unsign(signed, 5, ROW_TERMS) is None
    assert stored.unsign(signed[:-1] + ("a" if signed[-1] != "a" else "b"), 5) is None
    assert stored.unsign("", 5) is None
    row = stored.sign(Terms(title="x"), 5, ROW_TERMS)
    assert stored.unsign(row, 5) is None
    assert stored.unsign(row, 5, ROW_TERMS) == {
        name: getattr(Terms(title="x"), name) for name in ROW_TERMS
    }


def test_terms_of_a_membership_type_are_none_of_ours() -> None:
    from loyalty_admin.catalog import stored as shared

    foreign = shared.sign(Terms(title="x"), 5, TERM_NAMES, salt="membership_types.opened_on")
    assert stored.unsign(foreign, 5) is None
