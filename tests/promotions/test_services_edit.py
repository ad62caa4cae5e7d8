"""Editing as a service: read, write down, send once, read back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation

from loyalty_admin.altegio.errors import Forbidden, NotFound, Refused, SignInNeeded
from loyalty_admin.altegio.promotion_terms import Rule
from loyalty_admin.altegio.promotions import Promotion
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.audit.services import AlreadySubmitted, new_form_id
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.connections.models import Connection
from loyalty_admin.offers.outcomes import Written
from loyalty_admin.offers.stale import CannotWrite
from loyalty_admin.promotions import listing, reading, services, words
from loyalty_admin.sandbox.server import Sandbox
from tests.promotions.common import (
    CHAIN,
    FOREIGN,
    OTHER_CHAIN,
    PAID,
    STATIC,
    VISITS,
    asked_of,
    writes,
)
from tests.promotions.submitting import newest
from tests.threads import started, wait_for

TWENTY = (Rule(0, Decimal(20)),)


def edit(
    ctx: ChainContext, promotion_id: int = STATIC, form_id: str = "", **wanted: Any
) -> Written[Promotion]:
    opened = reading.read_promotion(ctx=ctx, promotion_id=promotion_id).terms
    return services.edit_promotion(
        ctx=ctx,
        promotion_id=promotion_id,
        form_id=form_id or new_form_id(),
        opened_on={name: getattr(opened, name) for name in wanted},
        wanted=wanted,
    )


@pytest.mark.sqlite
def test_it_reads_sends_once_and_believes_what_comes_back(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    start = len(sandbox.calls())
    written = edit(ctx, title="For her", rules=TWENTY)
    asked = asked_of(sandbox.calls()[start:])
    assert asked == [f"GET /{STATIC}", f"GET /{STATIC}", f"PUT /{STATIC}", f"GET /{STATIC}"]
    assert written.item is not None
    assert (written.item.terms.title, written.item.terms.rules) == ("For her", TWENTY)
    assert sandbox.promotion_of(CHAIN, STATIC)["rules"][0]["value"] == 20


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


def test_success_that_changed_nothing_is_not_called_a_change(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    sandbox.fault(kind="null_data", match={"method": "PUT"})
    written = edit(ctx, title="For her")
    assert written.entry is not None
    (kept,) = written.entry.kept
    assert (kept["field"], kept["asked"]) == (words.label("title"), "For her")
    assert kept["kept"] == "Welcome, 10% off"


def test_intent_is_written_down_whole(sandbox: Sandbox, ctx: ChainContext) -> None:
    edit(ctx, title="Later", rules=TWENTY, location_ids=(502, 503), card_type_ids=())
    entry = newest()
    assert (entry.action, entry.object_id) == ("promotion.edited", STATIC)
    assert entry.object_title == "Welcome, 10% off"
    assert entry.person == ctx.person and entry.connection == ctx.connection
    assert (entry.api_url, entry.chain_id) == (sandbox.api_url, CHAIN)
    changes = {change["field"]: (change["before"], change["after"]) for change in entry.changes}
    assert changes[words.label("title")] == ("Welcome, 10% off", "Later")
    assert changes[words.label("rules")] == ("10\u00a0%", "20\u00a0%")
    assert changes[words.label("location_ids")][0] == "Aurora Centrs"
    set_terms = ("title", "rules", "location_ids", "card_type_ids")
    assert changes.keys() == {*map(words.label, set_terms)}
    assert entry.copy is not None and entry.copy["title"] == "Welcome, 10% off"
    assert entry.copy["rules"]
    assert (entry.outcome, entry.result_title) == (Outcome.DONE, "Later")
    (attempt,) = entry.attempts
    assert attempt["outcome"] == "200" and "PUT" in attempt["request"]


def test_refusal_stands_in_the_journal_with_its_reason(sandbox: Sandbox, ctx: ChainContext) -> None:
    sandbox.fault(kind="status", status=422, message="Not today.", match={"method": "PUT"})
    with pytest.raises(Refused):
        edit(ctx, title="For her")
    entry = newest()
    assert entry.outcome == Outcome.REFUSED
    assert "Not today." in entry.reason
    assert entry.attempts[0]["outcome"].startswith("422")


def test_nothing_to_change_sends_nothing(sandbox: Sandbox, ctx: ChainContext) -> None:
    listing.refresh(ctx)
    sandbox.alter_promotion(CHAIN, STATIC, companies=[{"id": 505, "title": "Aurora Cádiz"}])
    assert edit(ctx, title=" Welcome, 10% off ").entry is None
    assert not writes(sandbox) and not Entry.objects.exists()
    # What was read all the same is shown.
    kept = listing.kept(ctx)
    assert kept is not None and kept.rows[STATIC].location_ids == (505,)


def test_row_of_the_list_is_what_was_read_back(sandbox: Sandbox, ctx: ChainContext) -> None:
    listing.refresh(ctx)
    edit(ctx, title="For her")
    start = len(sandbox.calls())
    kept = listing.kept(ctx)
    assert kept is not None
    assert kept.rows[STATIC].title == "For her"
    assert len(sandbox.calls()) == start


# Before anything is sent


def test_what_altegio_did_not_say_is_not_put(sandbox: Sandbox, ctx: ChainContext) -> None:
    sandbox.alter_promotion(CHAIN, STATIC, loyalty_card_types="all")
    with pytest.raises(CannotWrite, match=words.label("card_type_ids")):
        edit(ctx, title="Mine")
    assert not writes(sandbox) and not Entry.objects.exists()


def test_promotion_of_another_chain_is_not_found(sandbox: Sandbox, ctx: ChainContext) -> None:
    with pytest.raises(NotFound):
        edit(ctx, FOREIGN, title="Mine")
    # Also where Altegio would show it.
    sandbox.alter_promotion(CHAIN, STATIC, group_id=OTHER_CHAIN)
    with pytest.raises(NotFound):
        edit(ctx, title="Mine")
    assert not writes(sandbox) and not Entry.objects.exists()


def test_form_without_its_id_is_refused_before_anything(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    with pytest.raises(SuspiciousOperation):
        edit(ctx, form_id="short", title="For her")
    assert not writes(sandbox)


@pytest.mark.sqlite
def test_same_form_sent_again_raises_with_its_entry(sandbox: Sandbox, ctx: ChainContext) -> None:
    form_id = new_form_id()
    first = edit(ctx, form_id=form_id, title="For her")
    with pytest.raises(AlreadySubmitted) as repeated:
        edit(ctx, form_id=form_id, title="Other")
    assert (repeated.value.entry, repeated.value.late) == (first.entry, False)
    # The same id at another promotion is another submission.
    edit(ctx, VISITS, form_id=form_id, title="Other")
    assert len(writes(sandbox)) == 2


def test_missing_right_at_altegio_is_its_own_refusal(sandbox: Sandbox, ctx: ChainContext) -> None:
    body = {"success": False, "data": None, "meta": {"message": "Access denied."}}
    sandbox.fault(kind="status", status=403, body=body, match={"method": "PUT"})
    with pytest.raises(Forbidden):
        edit(ctx, title="For her")
    assert newest().outcome == Outcome.REFUSED


def test_revoked_token_marks_the_connection(sandbox: Sandbox, ctx: ChainContext) -> None:
    sandbox.revoke_tokens()
    with pytest.raises(SignInNeeded):
        services.edit_promotion(
            ctx=ctx,
            promotion_id=STATIC,
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
