"""Deleting and restoring as services: a copy first, and only the list tells what is there."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty_admin.altegio.errors import Forbidden, NotFound, Refused
from loyalty_admin.audit import settling
from loyalty_admin.audit.errors import AlreadySubmitted
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.audit.services import new_form_id
from loyalty_admin.catalog import writes as engine
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.membership_types import listing, reading, sending
from loyalty_admin.membership_types.resource import MEMBERSHIP_TYPES
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, writes
from tests.membership_types.submitting import newest

pytestmark = pytest.mark.slow


def delete(ctx: ChainContext, type_id: int = 11023, form_id: str = "") -> Entry:
    form_id = form_id or new_form_id()
    written = engine.delete(MEMBERSHIP_TYPES, ctx, type_id, form_id=form_id)
    assert written.entry is not None
    return written.entry


def restore(ctx: ChainContext, deletion: Entry, title: str = "Beard club") -> Any:
    return sending.restore(MEMBERSHIP_TYPES, ctx, deletion, title, form_id=new_form_id())


def test_success_after_which_it_is_still_listed_is_refused(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    for kind in ("empty", "null_data"):
        sandbox.fault(kind=kind, match={"method": "DELETE"})
        with pytest.raises(Refused):
            delete(ctx)
        assert newest().outcome == Outcome.REFUSED, kind
        assert not reading.deletions(ctx), kind


def test_type_renamed_meanwhile_is_not_taken_for_deleted(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    """Only the list tells, and it is searched by the present title."""
    sandbox.fault(kind="hang", seconds=0.1, match={"method": "DELETE"})
    entry = delete(ctx)
    assert entry.outcome == Outcome.UNKNOWN
    sandbox.alter_type(CHAIN, 11023, title="Something else")
    listing.refresh(ctx)
    settling.settle(entry, ctx)
    assert entry.outcome != Outcome.DONE


def test_success_after_which_it_is_not_listed_is_refused(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    deletion = delete(ctx)
    sandbox.fault(kind="empty", match={"path": "/restore$"})
    with pytest.raises(Refused):
        restore(ctx, deletion)
    assert newest().outcome == Outcome.REFUSED
    assert list(reading.deletions(ctx)) == [deletion]


@pytest.mark.parametrize("profile", ["observed"], indirect=True)
def test_missing_right_to_restore_is_its_own_refusal(
    profile: str, sandbox: Sandbox, ctx: ChainContext
) -> None:
    deletion = delete(ctx)
    with pytest.raises(Forbidden):
        restore(ctx, deletion)
    assert list(reading.deletions(ctx)) == [deletion]


def test_brought_back_once_is_not_brought_back_again(sandbox: Sandbox, ctx: ChainContext) -> None:
    deletion = delete(ctx)
    restored = restore(ctx, deletion).entry
    count = len(writes(sandbox))
    with pytest.raises(AlreadySubmitted) as repeated:
        restore(ctx, deletion)
    assert repeated.value.entry == restored
    assert len(writes(sandbox)) == count


def test_deleted_again_after_it_came_back_waits_again(sandbox: Sandbox, ctx: ChainContext) -> None:
    first = delete(ctx)
    restore(ctx, first)
    second = delete(ctx)
    assert list(reading.deletions(ctx)) == [second]


def test_type_of_another_chain_is_not_deleted(sandbox: Sandbox, ctx: ChainContext) -> None:
    with pytest.raises(NotFound):
        delete(ctx, 5003)
    assert not writes(sandbox)


def test_deletions_belong_to_their_chain_and_address(
    sandbox: Sandbox, ctx: ChainContext, other_ctx: ChainContext
) -> None:
    delete(ctx)
    assert not reading.deletions(other_ctx)
    Entry.objects.update(api_url="https://elsewhere.example/api/v1")
    assert not reading.deletions(ctx)
