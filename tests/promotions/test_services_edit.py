"""Editing as a service: read, write down, send once, read back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from loyalty_admin.altegio.errors import Forbidden, NotFound, SignInNeeded
from loyalty_admin.altegio.promotion_kinds import Rule
from loyalty_admin.altegio.promotions import Promotion
from loyalty_admin.audit.guard import Written
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.audit.services import new_form_id
from loyalty_admin.catalog import writes as engine
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.connections.models import Connection
from loyalty_admin.promotions import reading
from loyalty_admin.promotions.fields import FIELDS
from loyalty_admin.promotions.resource import PROMOTIONS
from loyalty_admin.sandbox.server import Sandbox
from tests.promotions.common import (
    CHAIN,
    FOREIGN,
    OTHER_CHAIN,
    PAID,
    STATIC,
    writes,
)
from tests.promotions.submitting import newest
from tests.threads import started, wait_for

TWENTY = (Rule(0, Decimal(20)),)


def edit(
    ctx: ChainContext, promotion_id: int = STATIC, form_id: str = "", **wanted: Any
) -> Written[Promotion]:
    opened = reading.read_promotion(ctx=ctx, promotion_id=promotion_id).terms
    return engine.edit(
        PROMOTIONS,
        ctx,
        promotion_id,
        form_id=form_id or new_form_id(),
        opened_on={name: getattr(opened, name) for name in wanted},
        wanted=wanted,
    )


def test_one_put_says_all_that_a_put_takes(
    profile: str, sandbox: Sandbox, ctx: ChainContext
) -> None:
    edit(ctx, PAID, title="For her")
    (call,) = writes(sandbox)
    assert call["body"] == {
        "title": "For her",
        "company_ids": [501],
        "rules": [{"parameter": 0, "value": 5, "service_id": 0}],
        "usage_limit": 10,
        "expiration_timeout": 90,
        "expiration_timeout_unit": "day",
        "expiration_notification_timeout": 7,
        "loyalty_card_type_ids": [41],
        "on_changed_notification_template": {"type": "none"},
        "on_expiration_notification_template": {"type": "big"},
    }


def test_empty_answer_is_read_back(sandbox: Sandbox, ctx: ChainContext) -> None:
    sandbox.fault(kind="empty", apply=True, match={"method": "PUT"})
    written = edit(ctx, title="For her")
    assert written.item is not None
    assert written.item.terms.title == "For her"
    assert (newest().outcome, newest().kept) == (Outcome.DONE, [])


def test_intent_is_written_down_whole(sandbox: Sandbox, ctx: ChainContext) -> None:
    edit(ctx, title="Later", rules=TWENTY, location_ids=(502, 503), card_type_ids=())
    entry = newest()
    assert (entry.action, entry.object_id) == ("promotion.edited", STATIC)
    assert entry.object_title == "Welcome, 10% off"
    assert entry.person == ctx.person and entry.connection == ctx.connection
    assert (entry.api_url, entry.chain_id) == (sandbox.api_url, CHAIN)
    changes = {change["field"]: (change["before"], change["after"]) for change in entry.changes}
    assert changes[FIELDS.label("title")] == ("Welcome, 10% off", "Later")
    assert changes[FIELDS.label("rules")] == ("10\u00a0%", "20\u00a0%")
    assert changes[FIELDS.label("location_ids")][0] == "Aurora Centrs"
    set_terms = ("title", "rules", "location_ids", "card_type_ids")
    assert changes.keys() == {*map(FIELDS.label, set_terms)}
    assert entry.copy is not None and entry.copy["title"] == "Welcome, 10% off"
    assert entry.copy["rules"]
    assert (entry.outcome, entry.result_title) == (Outcome.DONE, "Later")
    (attempt,) = entry.attempts
    assert attempt["outcome"] == "200" and "PUT" in attempt["request"]


# Before anything is sent


def test_promotion_of_another_chain_is_not_found(sandbox: Sandbox, ctx: ChainContext) -> None:
    with pytest.raises(NotFound):
        edit(ctx, FOREIGN, title="Mine")
    # Also where Altegio would show it.
    sandbox.alter_promotion(CHAIN, STATIC, group_id=OTHER_CHAIN)
    with pytest.raises(NotFound):
        edit(ctx, title="Mine")
    assert not writes(sandbox) and not Entry.objects.exists()


def test_missing_right_at_altegio_is_its_own_refusal(sandbox: Sandbox, ctx: ChainContext) -> None:
    body = {"success": False, "data": None, "meta": {"message": "Access denied."}}
    sandbox.fault(kind="status", status=403, body=body, match={"method": "PUT"})
    with pytest.raises(Forbidden):
        edit(ctx, title="For her")
    assert newest().outcome == Outcome.REFUSED


def test_revoked_token_marks_the_connection(sandbox: Sandbox, ctx: ChainContext) -> None:
    sandbox.revoke_tokens()
    with pytest.raises(SignInNeeded):
        engine.edit(
            PROMOTIONS,
            ctx,
            STATIC,
            form_id=new_form_id(),
            opened_on={},
            wanted={"title": "Mine"},
        )
    assert Connection.objects.get().needs_sign_in
    assert not writes(sandbox) and not Entry.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite
def test_intent_is_committed_before_the_call(sandbox: Sandbox, ctx: ChainContext) -> None:
    """Another process sees the entry while Altegio is at work."""
    seen: list[tuple[str, list[Any]]] = []
    sandbox.fault(kind="latency", seconds=1.0, match={"method": "PUT"})

    def watch() -> None:
        wait_for(lambda: writes(sandbox))
        seen.append((newest().outcome, newest().attempts))

    watcher = started(watch)
    edit(ctx, title="For her")
    watcher.join()
    ((outcome, attempts),) = seen
    assert outcome == Outcome.PENDING
    assert [attempt["outcome"] for attempt in attempts] == ["sent"]
