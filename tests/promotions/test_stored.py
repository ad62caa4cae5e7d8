"""Terms as JSON, for the journal and signed inside forms: they come back as they were."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.altegio.promotion_terms import TERM_NAMES, Terms, differing_terms
from loyalty_admin.promotions import stored
from tests.altegio.test_promotion_terms import TERMS as ANY_TERMS
from tests.promotions.terms import terms


@pytest.mark.slow
@given(ANY_TERMS | terms())
def test_terms_come_back_from_json_as_they_were(found: Terms) -> None:
    loaded = stored.load(json.loads(json.dumps(stored.dump(found))))
    assert Terms(**loaded) == found
    for name in TERM_NAMES:
        assert type(loaded[name]) is type(getattr(found, name)), name
    # Sums of money keep their last zero: 2.50 does not become 2.5.
    assert [str(rule.value) for rule in loaded["rules"]] == [
        str(rule.value) for rule in found.rules
    ]


@given(ANY_TERMS, st.sets(st.sampled_from(TERM_NAMES)))
def test_some_terms_are_stored_alone(found: Terms, names: set[str]) -> None:
    loaded = stored.load(json.loads(json.dumps(stored.dump(found, names))))
    assert loaded == {name: getattr(found, name) for name in names}


@given(ANY_TERMS, st.integers(1, 10**9))
def test_signed_terms_come_back_to_the_form_that_was_opened(
    found: Terms, promotion_id: int
) -> None:
    opened_on = stored.unsign(stored.sign(found, promotion_id), promotion_id)
    assert opened_on is not None
    assert differing_terms(Terms(**opened_on), found) == []


def test_signed_terms_are_good_for_one_promotion_only() -> None:
    signed = stored.sign(Terms(title="x"), 5)
    assert stored.unsign(signed, 5) is not None
    assert stored.unsign(signed, 6) is None
    assert stored.unsign(signed[:-1] + ("a" if signed[-1] != "a" else "b"), 5) is None
    assert stored.unsign("", 5) is None


def test_terms_of_a_gift_card_type_are_none_of_ours() -> None:
    from loyalty_admin.catalog import stored as shared

    foreign = shared.sign(Terms(title="x"), 5, TERM_NAMES, salt="gift_card_types.opened_on")
    assert stored.unsign(foreign, 5) is None
