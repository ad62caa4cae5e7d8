"""The archive switch: the documented request, and the other form only where it may help."""

from __future__ import annotations

from contextlib import suppress

import pytest

from loyalty_admin.altegio.errors import AltegioError, NotFound, Refused
from loyalty_admin.altegio.membership_types import MembershipType
from loyalty_admin.audit.guard import Written
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.audit.services import new_form_id
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.membership_types import sending
from loyalty_admin.membership_types.resource import MEMBERSHIP_TYPES
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, OTHER_CHAIN, asked_of, writes
from tests.membership_types.submitting import newest


def switch(
    ctx: ChainContext, type_id: int = 11023, *, archived: bool = True
) -> Written[MembershipType]:
    return sending.archive(MEMBERSHIP_TYPES, ctx, type_id, form_id=new_form_id(), archived=archived)


def test_documented_request_alone_where_it_works(sandbox: Sandbox, ctx: ChainContext) -> None:
    start = len(sandbox.calls())
    switch(ctx)
    calls = sandbox.calls()[start:]
    assert asked_of(calls) == ["GET /11023", "PATCH /11023/archive", "GET /11023"]
    assert calls[1]["body"] == {"is_archived": True}
    assert sandbox.type_of(CHAIN, 11023)["is_archived"]
    switch(ctx, archived=False)
    assert writes(sandbox)[-1]["body"] == {"is_archived": False}


@pytest.mark.parametrize("profile", ["observed"], indirect=True)
def test_other_form_after_the_refusal_and_a_second_look(
    profile: str, sandbox: Sandbox, ctx: ChainContext
) -> None:
    start = len(sandbox.calls())
    switch(ctx)
    calls = sandbox.calls()[start:]
    assert asked_of(calls) == [
        "GET /11023",
        "PATCH /11023/archive",
        "GET /11023",
        "PATCH /11023",
        "GET /11023",
    ]
    assert calls[3]["body"] == {"is_archived": "1"}
    assert [attempt["outcome"][:3] for attempt in newest().attempts] == ["404", "200"]
    assert newest().outcome == Outcome.DONE
    switch(ctx, archived=False)
    assert writes(sandbox)[-1]["body"] == {"is_archived": "0"}
    assert not sandbox.type_of(CHAIN, 11023)["is_archived"]


def test_refused_in_both_forms_is_refused(sandbox: Sandbox, ctx: ChainContext) -> None:
    """The documented stand-in does not know the other form."""
    for status in (404, 405, 422):
        count = len(writes(sandbox))
        sandbox.fault(kind="status", status=status, match={"path": "/archive$"})
        with pytest.raises(Refused):
            switch(ctx)
        sent = [call["path"].rpartition("/")[2] for call in writes(sandbox)[count:]]
        assert sent == ["archive", "11023"], status
        assert newest().outcome == Outcome.REFUSED
        assert len(newest().attempts) == 2
        assert not sandbox.type_of(CHAIN, 11023)["is_archived"]


def test_any_other_answer_leaves_it_at_one_request(sandbox: Sandbox, ctx: ChainContext) -> None:
    for status in (400, 403, 409, 500, 502, 503):
        count = len(writes(sandbox))
        sandbox.fault(kind="status", status=status, match={"path": "/archive$"})
        with suppress(AltegioError):
            switch(ctx)
        assert len(writes(sandbox)) == count + 1, status
        assert newest().outcome == Outcome.REFUSED
        assert not sandbox.type_of(CHAIN, 11023)["is_archived"]


def test_refusal_after_which_it_is_archived_needs_no_other_form(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    for status in (404, 405, 422):
        sandbox.alter_type(CHAIN, 11023, is_archived=False)
        count = len(writes(sandbox))
        sandbox.fault(kind="status", status=status, apply=True, match={"path": "/archive$"})
        switch(ctx)
        assert len(writes(sandbox)) == count + 1, status
        assert newest().outcome == Outcome.DONE


def test_second_look_that_fails_stops_the_other_form(sandbox: Sandbox, ctx: ChainContext) -> None:
    sandbox.fault(kind="status", status=404, match={"path": "/archive$"})
    sandbox.fault(kind="status", status=403, after=1, times=None, match={"method": "GET"})
    switch(ctx)
    assert len(writes(sandbox)) == 1
    assert newest().outcome == Outcome.UNKNOWN


def test_success_that_changed_nothing_is_refused(sandbox: Sandbox, ctx: ChainContext) -> None:
    for kind in ("empty", "null_data", "success_false"):
        count = len(writes(sandbox))
        sandbox.fault(kind=kind, match={"path": "/archive$"})
        with pytest.raises(Refused):
            switch(ctx)
        assert newest().outcome == Outcome.REFUSED
        assert len(writes(sandbox)) == count + 1, kind


def test_type_of_another_chain_is_never_switched(sandbox: Sandbox, ctx: ChainContext) -> None:
    """The backend checks neither right nor chain on the switch: reading first does."""
    with pytest.raises(NotFound):
        switch(ctx, 5003)
    sandbox.alter_type(CHAIN, 11023, salon_group_id=OTHER_CHAIN)
    with pytest.raises(NotFound):
        switch(ctx)
    assert not writes(sandbox) and not Entry.objects.exists()
