"""Editing as a service: read, write down, send once, read back."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from loyalty_admin.altegio.errors import Forbidden, NotFound, SignInNeeded
from loyalty_admin.altegio.membership_types import MembershipType
from loyalty_admin.audit.errors import CannotWrite
from loyalty_admin.audit.guard import Written
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.audit.services import new_form_id
from loyalty_admin.catalog import writes as engine
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.connections.models import Connection
from loyalty_admin.membership_types import listing, reading, sending
from loyalty_admin.membership_types.resource import MEMBERSHIP_TYPES
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, OTHER_CHAIN, asked_of, writes
from tests.membership_types.submitting import newest
from tests.threads import started, wait_for


def edit(
    ctx: ChainContext, type_id: int, form_id: str = "", **wanted: Any
) -> Written[MembershipType]:
    opened = reading.read_membership_type(ctx=ctx, type_id=type_id).terms
    return engine.edit(
        MEMBERSHIP_TYPES,
        ctx,
        type_id,
        form_id=form_id or new_form_id(),
        opened_on={name: getattr(opened, name) for name in wanted},
        wanted=wanted,
    )


def test_empty_answer_is_read_back(sandbox: Sandbox, ctx: ChainContext) -> None:
    sandbox.fault(kind="empty", apply=True, match={"method": "PUT"})
    start = len(sandbox.calls())
    written = edit(ctx, 11023, title="Beards")
    assert asked_of(sandbox.calls()[start:])[-2:] == ["PUT /11023", "GET /11023"]
    assert written.item is not None
    assert written.item.terms.title == "Beards"


@pytest.mark.parametrize("wanted", [{}, {"title": "Beards"}], ids=["nothing", "a title"])
def test_what_was_deleted_while_its_form_was_open_stays_deleted(
    sandbox: Sandbox, ctx: ChainContext, wanted: dict[str, Any]
) -> None:
    """Altegio still answers for it as if it were there."""
    listing.refresh(ctx)
    engine.delete(MEMBERSHIP_TYPES, ctx, 11023, form_id=new_form_id())
    sent = len(writes(sandbox))
    with pytest.raises(CannotWrite):
        edit(ctx, 11023, **wanted)
    for archived in (True, False):
        with pytest.raises(CannotWrite):
            sending.archive(MEMBERSHIP_TYPES, ctx, 11023, form_id=new_form_id(), archived=archived)
    assert len(writes(sandbox)) == sent
    kept = listing.kept(ctx)
    assert kept is not None and 11023 not in kept.rows


def test_what_was_restored_at_altegio_is_edited(sandbox: Sandbox, ctx: ChainContext) -> None:
    raw = sandbox.type_of(CHAIN, 11023)
    engine.delete(MEMBERSHIP_TYPES, ctx, 11023, form_id=new_form_id())
    sandbox.put_type(CHAIN, raw)
    assert edit(ctx, 11023, title="Beards").item is not None
    assert sandbox.type_of(CHAIN, 11023)["title"] == "Beards"


def test_intent_is_written_down_whole(sandbox: Sandbox, ctx: ChainContext) -> None:
    edit(ctx, 11023, title="Beards", validity=2, location_ids=(502,))
    entry = newest()
    assert (entry.action, entry.object_id, entry.object_title) == (
        "membership_type.edited",
        11023,
        "Beard club",
    )
    assert entry.person == ctx.person and entry.connection == ctx.connection
    assert (entry.api_url, entry.chain_id) == (sandbox.api_url, CHAIN)
    changes = {change["field"]: (change["before"], change["after"]) for change in entry.changes}
    assert changes["Title"] == ("Beard club", "Beards")
    assert changes["Validity"] == ("1 year", "2 years")
    assert changes["Locations"][1] == "Aurora Āgenskalns"
    assert len(changes) == 3
    assert entry.copy is not None and entry.copy["title"] == "Beard club"
    assert (entry.outcome, entry.result_title) == (Outcome.DONE, "Beards")
    assert entry.finished_at is not None
    (attempt,) = entry.attempts
    assert attempt["outcome"] == "200" and "PUT" in attempt["request"]


def test_type_of_another_chain_is_not_found(sandbox: Sandbox, ctx: ChainContext) -> None:
    with pytest.raises(NotFound):
        edit(ctx, 5003, title="Mine")
    # Also where Altegio would show it.
    sandbox.alter_type(CHAIN, 11023, salon_group_id=OTHER_CHAIN)
    with pytest.raises(NotFound):
        edit(ctx, 11023, title="Mine")
    assert not writes(sandbox) and not Entry.objects.exists()


def test_missing_right_at_altegio_is_its_own_refusal(sandbox: Sandbox, ctx: ChainContext) -> None:
    body = {"success": False, "data": None, "meta": {"message": "Access denied."}}
    sandbox.fault(kind="status", status=403, body=body, match={"method": "PUT"})
    with pytest.raises(Forbidden):
        edit(ctx, 11023, title="Beards")
    assert newest().outcome == Outcome.REFUSED


def test_revoked_token_marks_the_connection(sandbox: Sandbox, ctx: ChainContext) -> None:
    opened = reading.read_membership_type(ctx=ctx, type_id=11023).terms
    sandbox.revoke_tokens()
    with pytest.raises(SignInNeeded):
        engine.edit(
            MEMBERSHIP_TYPES,
            ctx,
            11023,
            form_id=new_form_id(),
            opened_on={"title": opened.title},
            wanted={"title": "Beards"},
        )
    assert Connection.objects.get().needs_sign_in
    assert not writes(sandbox)


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite
def test_no_call_is_made_inside_a_transaction(sandbox: Sandbox, ctx: ChainContext) -> None:
    start = len(sandbox.calls())
    with transaction.atomic(), pytest.raises(RuntimeError):
        reading.read_membership_type(ctx=ctx, type_id=11023)
    assert len(sandbox.calls()) == start
    with transaction.atomic(), pytest.raises(RuntimeError):
        listing.refresh(ctx)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite
def test_intent_is_committed_before_the_call(sandbox: Sandbox, ctx: ChainContext) -> None:
    """Another process sees the entry while Altegio is at work."""
    seen: list[tuple[str, list[Any]]] = []
    sandbox.fault(kind="latency", seconds=0.7, match={"method": "PUT"})

    def watch() -> None:
        wait_for(lambda: writes(sandbox))
        seen.append((newest().outcome, newest().attempts))

    watcher = started(watch)
    edit(ctx, 11023, title="Beards")
    watcher.join()
    ((outcome, attempts),) = seen
    assert outcome == Outcome.PENDING
    assert [attempt["outcome"] for attempt in attempts] == ["sent"]
