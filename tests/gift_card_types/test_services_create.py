"""Making and duplicating as services: one POST, and the type that came of it is found and read."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from loyalty_admin.altegio.gift_card_types import Terms
from loyalty_admin.audit import history
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.audit.services import new_form_id
from loyalty_admin.catalog import writes as engine
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.gift_card_types import listing
from loyalty_admin.gift_card_types.resource import GIFT_CARD_TYPES
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import CHAIN, PLAIN, named, writes
from tests.gift_card_types.submitting import newest

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]

BATHS = Terms(
    title="Gift of baths",
    face_value=Decimal("60.50"),
    location_ids=(501,),
    several_uses=True,
    covers=3,
    service_ids=(710503,),
    validity_kind=1,
    expires_at=datetime.fromisoformat("2031-12-31T23:59:00+02:00"),
    online_sale=True,
    online_title="Baths",
    online_description="Warm",
    online_price=Decimal(55),
)


def test_type_made_by_an_accepted_post_is_found_by_its_title(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    sandbox.fault(kind="null_data", apply=True, match={"method": "POST"})
    engine.create(GIFT_CARD_TYPES, ctx, form_id=new_form_id(), terms=BATHS)
    assert newest().outcome == Outcome.DONE
    assert newest().result_id == named(sandbox, "Gift of baths")["id"]


def test_accepted_post_that_made_nothing_is_not_called_done(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    sandbox.fault(kind="empty", match={"method": "POST"})
    written = engine.create(GIFT_CARD_TYPES, ctx, form_id=new_form_id(), terms=BATHS)
    assert written.item is None
    assert newest().outcome == Outcome.REFUSED
    assert len(writes(sandbox)) == 1


def test_number_alone_in_the_answer_is_enough(sandbox: Sandbox, ctx: ChainContext) -> None:
    """The type is read by it; nothing is taken for granted."""
    number = sandbox.state.next_id
    body = {"success": True, "data": {"id": str(number)}, "meta": []}
    sandbox.fault(kind="status", status=201, body=body, apply=True, match={"method": "POST"})
    written = engine.create(GIFT_CARD_TYPES, ctx, form_id=new_form_id(), terms=BATHS)
    assert written.item is not None
    assert (written.item.id, written.item.terms.title) == (number, "Gift of baths")


def test_what_altegio_kept_otherwise_is_named(sandbox: Sandbox, ctx: ChainContext) -> None:
    made = sandbox.put_certificate_type(CHAIN, {"title": "Gift of baths", "balance": 60.5})
    sandbox.alter_certificate_type(CHAIN, made["id"], salon_ids=[501], is_multi=True)
    body = {"success": True, "data": {"id": made["id"]}, "meta": {}}
    sandbox.fault(kind="status", status=201, body=body, match={"method": "POST"})
    engine.create(
        GIFT_CARD_TYPES, ctx, form_id=new_form_id(), terms=replace(BATHS, validity_kind=0, covers=0)
    )
    kept = {item["field"]: (item["asked"], item["kept"]) for item in newest().kept}
    assert kept["Online price"] == ("55 €", "0 €")
    assert "Title" not in kept and "Face value" not in kept


def test_type_of_the_same_title_made_at_altegio_is_not_taken_for_ours(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    """Also when the list was kept before somebody made it there."""
    listing.refresh(ctx)
    sandbox.put_certificate_type(CHAIN, {"title": "Gift of baths"})
    sandbox.fault(kind="status", status=500, match={"method": "POST"})
    engine.create(GIFT_CARD_TYPES, ctx, form_id=new_form_id(), terms=BATHS)
    assert newest().outcome == Outcome.REFUSED


def test_known_types_are_those_of_the_list_and_of_the_title(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    """A list that is fresh and whole is not read again for it."""
    everything = {*listing.refresh(ctx).rows}
    start = len(sandbox.calls())
    entry = engine.create(GIFT_CARD_TYPES, ctx, form_id=new_form_id(), terms=BATHS).entry
    reads = [call for call in sandbox.calls()[start:] if call["method"] == "GET"]
    assert {tuple(call["query"]["title"]) for call in reads} == {(BATHS.title,)}
    assert entry is not None and {*entry.asked["known_ids"]} == everything


def test_without_knowing_what_is_there_nothing_is_sent(sandbox: Sandbox, ctx: ChainContext) -> None:
    """Otherwise a POST of unknown outcome could never be settled."""
    data = [sandbox.certificate_type_of(CHAIN, PLAIN)]
    body = {"success": True, "data": data, "meta": {"total_count": 700}}
    sandbox.fault(kind="status", status=200, body=body, times=None, match={"method": "GET"})
    with pytest.raises(Exception, match="fewer"):
        engine.create(GIFT_CARD_TYPES, ctx, form_id=new_form_id(), terms=BATHS)
    assert not writes(sandbox) and not Entry.objects.exists()


def test_incomplete_list_before_a_creation_proves_nothing_afterwards(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    """A type that the list lacked may be older: a person decides."""
    data = [sandbox.certificate_type_of(CHAIN, PLAIN)]
    body = {"success": True, "data": data, "meta": {"total_count": 700}}
    sandbox.fault(kind="status", status=200, body=body, match={"method": "GET"})
    entry = engine.create(GIFT_CARD_TYPES, ctx, form_id=new_form_id(), terms=BATHS).entry
    assert entry is not None and entry.asked["knows_all"] is False
    assert not history.proves(entry, 999_999)
