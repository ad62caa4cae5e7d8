"""Making and duplicating as services: one POST, and the promotion that came of it is read."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from loyalty_admin.altegio.errors import AltegioError, SignInNeeded
from loyalty_admin.altegio.promotion_kinds import Rule
from loyalty_admin.altegio.promotions import Terms
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.audit.services import new_form_id
from loyalty_admin.catalog import writes as engine
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.connections.models import Connection
from loyalty_admin.promotions import listing
from loyalty_admin.promotions.fields import FIELDS
from loyalty_admin.promotions.resource import PROMOTIONS
from loyalty_admin.sandbox.server import Sandbox
from tests.promotions.common import (
    CHAIN,
    LOCATIONS,
    SEARCH,
    SILENT,
    asked_of,
    named,
    writes,
)
from tests.promotions.submitting import newest
from tests.threads import started, wait_for

pytestmark = pytest.mark.sqlite

TIERS = Terms(
    title="Come often",
    kind="discount_accumulative_visits",
    location_ids=(501, 503),
    # Typed in any order, and with what this type does not take.
    rules=(Rule(20, Decimal("7.5"), 9), Rule(5, Decimal(3))),
    usage_limit=4,
    sold_items_multiplicity=3,
    card_type_ids=(41,),
)


def create(ctx: ChainContext, terms: Terms = TIERS, **more: Any) -> Any:
    return engine.create(
        PROMOTIONS, ctx, form_id=more.pop("form_id", new_form_id()), terms=terms, **more
    )


def test_few_locations_are_asked_before_it_however_many_it_is_for(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    """All of a large chain would leave no time for the write itself."""
    before = len(sandbox.calls())
    create(ctx, replace(TIERS, location_ids=LOCATIONS))
    asked = asked_of(sandbox.calls()[before:])
    assert sorted(asked[: asked.index("POST")]) == ["GET in 501", "GET in 502", "GET in 503"]
    assert newest().asked["asked_in"] == [501, 502, 503]


def test_one_post_says_only_what_the_type_takes_and_the_new_one_is_known(
    profile: str, sandbox: Sandbox, ctx: ChainContext
) -> None:
    listing.refresh(ctx)
    written = create(ctx)
    (call,) = writes(sandbox)
    assert (call["method"], call["path"].rpartition("/")[2]) == ("POST", "programs")
    assert call["body"] == {
        "title": "Come often",
        "type": "discount_accumulative_visits",
        "company_ids": [501, 503],
        "service_item_type": "any_allowed",
        "good_item_type": "any_allowed",
        "value_unit": "percent",
        "rules": [
            {"parameter": 5, "value": 3, "service_id": 0},
            {"parameter": 20, "value": 7.5, "service_id": 0},
        ],
        "expiration_timeout": 0,
        "loyalty_card_type_ids": [41],
        "on_changed_notification_template": {"type": "none"},
        "on_expiration_notification_template": {"type": "none"},
    }
    made = named(sandbox, "Come often")
    assert written.item is not None and written.item.id == made["id"]
    entry = newest()
    assert (entry.action, entry.object_id) == ("promotion.created", None)
    assert (entry.outcome, entry.result_id, entry.kept) == (Outcome.DONE, made["id"], [])
    after = {change["field"]: change["after"] for change in entry.changes}
    assert after[FIELDS.label("title")] == "Come often"
    assert after[FIELDS.label("location_ids")] == "Aurora Centrs, Aurora Jūrmala"
    assert not after.keys() & {*map(FIELDS.label, ("usage_limit", "sold_items_multiplicity"))}
    kept = listing.kept(ctx)
    assert kept is not None and kept.rows[made["id"]].title == "Come often"


def test_one_made_by_an_accepted_post_is_found_by_its_title(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    sandbox.fault(kind="null_data", apply=True, match={"method": "POST"})
    written = create(ctx)
    number = named(sandbox, "Come often")["id"]
    assert (newest().outcome, newest().result_id) == (Outcome.DONE, number)
    assert written.item is not None and written.item.id == number


def test_one_of_two_that_may_have_been_made_is_not_chosen_by_itself(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    """Somebody else makes one of the same title while the empty answer is on its way."""
    sandbox.fault(kind="null_data", apply=True, match={"method": "POST"})
    sandbox.fault(kind="latency", seconds=0.5, times=2, after=2, match={"path": SEARCH})

    def make_another() -> None:
        wait_for(lambda: writes(sandbox))
        sandbox.put_promotion(CHAIN, {**named(sandbox, "Come often"), "id": 0})

    somebody = started(make_another)
    written = create(ctx)
    somebody.join()
    assert written.item is None
    assert (newest().outcome, newest().result_id) == (Outcome.UNKNOWN, None)


def test_accepted_post_that_made_nothing_is_not_called_done(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    sandbox.fault(kind="empty", match={"method": "POST"})
    written = create(ctx)
    assert written.item is None
    assert newest().outcome == Outcome.UNKNOWN
    # Altegio has ended its work on it: a person may say at once that it made nothing.
    assert newest().asked["answered"] is True
    assert len(writes(sandbox)) == 1


def test_number_alone_in_the_answer_is_enough(sandbox: Sandbox, ctx: ChainContext) -> None:
    """The promotion is read by it; nothing is taken for granted."""
    number = sandbox.state.next_id
    body = {"id": str(number)}
    sandbox.fault(kind="status", status=201, body=body, apply=True, match={"method": "POST"})
    written = create(ctx)
    assert (written.item.id, written.item.terms.title) == (number, "Come often")


def test_what_altegio_kept_otherwise_is_named(sandbox: Sandbox, ctx: ChainContext) -> None:
    fewer = [{"id": 1, "parameter": 5, "value": 3, "service_id": 0}]
    made = sandbox.put_promotion(
        CHAIN,
        {
            "title": "Come often",
            "type": TIERS.kind,
            "rules": fewer,
            "companies": [{"id": number, "title": ""} for number in TIERS.location_ids],
        },
    )
    body = {"id": made["id"]}
    sandbox.fault(kind="status", status=201, body=body, match={"method": "POST"})
    create(ctx)
    assert {item["field"] for item in newest().kept} == {
        FIELDS.label("rules"),
        FIELDS.label("card_type_ids"),
    }


def test_namesakes_are_asked_for_only_where_it_is_to_be_valid(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    start = len(sandbox.calls())
    create(ctx)
    asked = asked_of(sandbox.calls()[start:])
    assert sorted(asked[:2]) == ["GET in 501", "GET in 503"]
    assert asked[2] == "POST" and len(asked) == 4
    assert newest().asked["asked_in"] == [501, 503]


def test_without_knowing_what_is_there_nothing_is_sent(sandbox: Sandbox, ctx: ChainContext) -> None:
    """Otherwise a POST of unknown outcome could never be settled."""
    sandbox.fault(**SILENT, match={"path": SEARCH})
    with pytest.raises(AltegioError):
        create(ctx)
    assert not writes(sandbox) and not Entry.objects.exists()


def test_one_silent_location_does_not_hold_it_up(sandbox: Sandbox, ctx: ChainContext) -> None:
    sandbox.fault(**SILENT, match={"path": "/company/503/"})
    assert create(ctx).item.terms.title == "Come often"
    assert newest().asked["asked_in"] == [501]


def test_refused_token_writes_nothing_down(sandbox: Sandbox, ctx: ChainContext) -> None:
    sandbox.revoke_tokens()
    with pytest.raises(SignInNeeded):
        create(ctx)
    assert Connection.objects.get().needs_sign_in
    assert not writes(sandbox) and not Entry.objects.exists()


def test_kind_that_there_is_not_is_never_sent(sandbox: Sandbox, ctx: ChainContext) -> None:
    with pytest.raises(ValueError):
        create(ctx, replace(TIERS, kind="discount_lottery"))
    assert not writes(sandbox) and not Entry.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_intent_is_committed_before_the_call(sandbox: Sandbox, ctx: ChainContext) -> None:
    """Another process sees the entry while Altegio is at work."""
    seen: list[tuple[str, list[Any]]] = []
    sandbox.fault(kind="latency", seconds=1.0, match={"method": "POST"})

    def watch() -> None:
        wait_for(lambda: writes(sandbox))
        seen.append((newest().outcome, newest().attempts))

    watcher = started(watch)
    create(ctx)
    watcher.join()
    ((outcome, attempts),) = seen
    assert outcome == Outcome.PENDING
    assert [attempt["outcome"] for attempt in attempts] == ["sent"]
