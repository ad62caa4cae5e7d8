"""The terms that a form was opened on come back only to the form that they were signed for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.altegio.gift_card_types import SCHEMA, Terms
from loyalty_admin.catalog.signing import sign, unsign
from loyalty_admin.gift_card_types.forms import ROW_TERMS
from tests.altegio.schemas import WRITTEN, Written

pytestmark = pytest.mark.slow

SALT = "gift_card_types.opened_on"


@pytest.mark.parametrize("written", WRITTEN.values(), ids=list(WRITTEN))
@given(st.data(), st.integers(1, 10**9))
def test_signed_terms_come_back_to_the_form_that_was_opened(
    written: Written, data: st.DataObject, object_id: int
) -> None:
    schema, terms = written.schema, data.draw(written.odd)
    opened_on = unsign(schema, sign(schema, terms, object_id, salt=SALT), object_id, salt=SALT)
    assert opened_on is not None
    assert schema.differing(schema.terms(**opened_on), terms) == []


def test_signed_terms_are_good_for_one_object_one_form_and_one_resource_only() -> None:
    terms = Terms(title="x")
    signed = sign(SCHEMA, terms, 5, salt=SALT)
    changed = signed[:-1] + ("a" if signed[-1] != "a" else "b")
    assert unsign(SCHEMA, signed, 5, salt=SALT) is not None
    assert unsign(SCHEMA, signed, 6, salt=SALT) is None
    assert unsign(SCHEMA, signed, 5, ROW_TERMS, salt=SALT) is None
    assert unsign(SCHEMA, signed, 5, salt="membership_types.opened_on") is None
    assert unsign(SCHEMA, changed, 5, salt=SALT) is None
    assert unsign(SCHEMA, "", 5, salt=SALT) is None
    row = sign(SCHEMA, terms, 5, ROW_TERMS, salt=SALT)
    assert unsign(SCHEMA, row, 5, salt=SALT) is None
    found = unsign(SCHEMA, row, 5, ROW_TERMS, salt=SALT)
    assert found == {name: getattr(terms, name) for name in ROW_TERMS}
