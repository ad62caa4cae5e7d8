"""Making and cloning as services: one POST, and the type that came of it is found and read."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from loyalty_admin.altegio.errors import NotFound
from loyalty_admin.altegio.membership_services import CoveredService
from loyalty_admin.altegio.membership_types import Terms
from loyalty_admin.audit.models import Outcome
from loyalty_admin.audit.services import new_form_id
from loyalty_admin.catalog import writes as engine
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.membership_types import listing, sending
from loyalty_admin.membership_types.resource import MEMBERSHIP_TYPES
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, named, writes
from tests.membership_types.submitting import newest

pytestmark = pytest.mark.sqlite

BATHS = Terms(
    title="Ten baths",
    price=Decimal(140),
    location_ids=(501,),
    validity=6,
    validity_unit=3,
    activation=1,
    services=(CoveredService(id=710503, is_category=False, visits=10, title="Float bath"),),
    category="standard",
)


def test_type_made_by_an_accepted_post_is_found_by_its_title(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    for kind in ("empty", "null_data"):
        sandbox.fault(kind=kind, apply=True, match={"method": "POST"})
        terms = replace(BATHS, title=f"Baths {kind}")
        engine.create(MEMBERSHIP_TYPES, ctx, form_id=new_form_id(), terms=terms)
        assert newest().outcome == Outcome.DONE
        assert newest().result_id == named(sandbox, f"Baths {kind}")["id"]


def test_type_of_the_same_title_made_at_altegio_is_not_taken_for_ours(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    """Also when the list was kept before somebody made it there."""
    listing.refresh(ctx)
    raw = named(sandbox, "Beard club")
    sandbox.put_type(CHAIN, {**raw, "id": 0, "title": "Ten baths"})
    sandbox.fault(kind="status", status=500, match={"method": "POST"})
    engine.create(MEMBERSHIP_TYPES, ctx, form_id=new_form_id(), terms=BATHS)
    assert newest().outcome == Outcome.REFUSED
    sandbox.fault(kind="status", status=500, match={"method": "POST"})
    sending.clone(MEMBERSHIP_TYPES, ctx, raw["id"], form_id=new_form_id())
    assert newest().outcome == Outcome.REFUSED


def test_known_types_are_those_of_the_list_and_of_the_title(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    """A list that is fresh and whole is not read again for it."""
    everything = {*listing.refresh(ctx).rows}
    start = len(sandbox.calls())
    entry = engine.create(MEMBERSHIP_TYPES, ctx, form_id=new_form_id(), terms=BATHS).entry
    reads = [call for call in sandbox.calls()[start:] if call["method"] == "GET"]
    assert {tuple(call["query"]["title"]) for call in reads} == {(BATHS.title,)}
    assert entry is not None and {*entry.asked["known_ids"]} == everything


@pytest.mark.parametrize("profile", ["observed"], indirect=True)
def test_clone_with_an_empty_answer_is_found(
    profile: str, sandbox: Sandbox, other_ctx: ChainContext
) -> None:
    written = sending.clone(MEMBERSHIP_TYPES, other_ctx, 5002, form_id=new_form_id())
    assert written.item is not None
    assert written.item.terms.title == "Gym × 12 (2)"
    # An earlier clone is not taken for a later one.
    again = sending.clone(MEMBERSHIP_TYPES, other_ctx, 5002, form_id=new_form_id())
    assert again.item is not None
    assert again.item.id != written.item.id


def test_clone_whose_title_was_cut_is_found(sandbox: Sandbox, ctx: ChainContext) -> None:
    sandbox.alter_type(CHAIN, 11023, title="Beard " * 42 + "end")
    sandbox.fault(kind="reset_after", match={"method": "POST"})
    sending.clone(MEMBERSHIP_TYPES, ctx, 11023, form_id=new_form_id())
    assert newest().outcome == Outcome.DONE
    assert newest().result_title.endswith("(2)")


def test_type_of_another_chain_is_not_cloned(sandbox: Sandbox, ctx: ChainContext) -> None:
    with pytest.raises(NotFound):
        sending.clone(MEMBERSHIP_TYPES, ctx, 5002, form_id=new_form_id())
    assert not writes(sandbox)
