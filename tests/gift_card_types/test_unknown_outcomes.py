"""A write that ends badly: sent once, and told truly, as far as reading back tells."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.endings import assert_leads_to, assert_no_secrets
from tests.faults.classes import BUSY, ENDINGS, FaultClass
from tests.faults.classes import REFUSED as REFUSING
from tests.faults.classes import UNKNOWN as UNANSWERED
from tests.gift_card_types.common import LIST, ONLINE, writes
from tests.gift_card_types.ending import (
    REFUSED,
    SLACK,
    TIMEOUT,
    UNKNOWN,
    active_titles,
    away,
    states,
)
from tests.gift_card_types.submitting import newest, said, shown
from tests.gift_card_types.writing import submission
from tests.pages import page_of

pytestmark = pytest.mark.slow

# The two that also change what is archived in this dashboard.
WALKED = [
    pytest.param(what, bad, applied, id=f"{what}-{bad.name}-{'carried out' if applied else 'lost'}")
    for what in ("archive", "unarchive")
    for bad, applied in ENDINGS
]


@pytest.fixture(autouse=True)
def short_of_time(settings: Any) -> None:
    settings.ALTEGIO_TIMEOUT = TIMEOUT


def send(sandbox: Sandbox, client: Client, what: str, **fault: Any) -> Any:
    """Return the answer to one submission, of which the write meets the fault."""
    url, data, method = submission(client, what)
    count, before = len(writes(sandbox)), states(sandbox)
    sandbox.fault(match={"method": method}, **fault)
    began = time.monotonic()
    response = client.post(url, data)
    assert time.monotonic() - began < TIMEOUT + SLACK, "the page took too long"
    sandbox.clear_faults()
    assert len(writes(sandbox)) == count + 1, "one write, whatever happens"
    entry = newest()
    assert (states(sandbox) == before) == (not writes(sandbox)[-1]["applied"])
    assert len(entry.attempts) == 1 and entry.attempts[0]["outcome"] != "sent"
    assert_no_secrets(entry, response)
    return response


@pytest.mark.parametrize(("what", "bad", "is_applied"), WALKED)
def test_outcome_of_archiving_is_told_truly(
    sandbox: Sandbox, edith: Client, what: str, bad: FaultClass, is_applied: bool
) -> None:
    archived_before = {ONLINE} if what == "unarchive" else set()
    response = send(sandbox, edith, what, **bad.fault, apply=is_applied)
    entry = newest()
    not_applied = UNKNOWN if bad is UNANSWERED else REFUSED
    assert entry.outcome == (Outcome.DONE if is_applied else not_applied)
    page = shown(edith, response)
    assert said(page)
    if entry.outcome == UNKNOWN:
        assert_leads_to(entry, response, page)
    if entry.outcome == REFUSED:
        assert entry.reason
    if bad in (REFUSING, BUSY):
        assert response.status_code == (503 if bad is BUSY else 422)
    if bad is REFUSING:
        assert bad.fault["message"] in said(page)
    if not is_applied:
        assert away() == archived_before, "nothing is archived, or no more, that was not done"
    # The next request works, and shows what Altegio has.
    assert set(page_of(edith, f"{LIST}loaded/?size=100").titles()) == active_titles(sandbox)


def test_accepted_creation_that_made_nothing_is_settled_at_once(
    sandbox: Sandbox, edith: Client
) -> None:
    url, data, method = submission(edith, "create")
    sandbox.fault(kind="null_data", apply=False, match={"method": method})
    edith.post(url, data)
    assert newest().outcome == REFUSED
