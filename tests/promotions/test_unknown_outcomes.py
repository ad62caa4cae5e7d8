"""A write that ends badly: sent once, and told truly, as far as reading back tells."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.endings import a_while_ago, check, reconcile
from tests.pages import Page
from tests.promotions.common import (
    CHAIN,
    SILENT,
    named,
    writes,
)
from tests.promotions.ending import TIMEOUT, unanswered
from tests.promotions.submitting import (
    filled,
    form_of,
    new_form,
    new_url,
    newest,
    said,
)

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def short_of_time(settings: Any) -> None:
    settings.ALTEGIO_TIMEOUT = TIMEOUT


# Locations tell what was made: one of them may be silent


def lost_in_two_locations(
    sandbox: Sandbox, client: Client, *, is_applied: bool, silent_before: bool
) -> Entry:
    """A POST whose answer is lost; it was to be valid in 501 and 502."""
    data = new_form(client).data({**filled(), "location_ids": ["501", "502"]})
    if silent_before:
        sandbox.fault(**SILENT, match={"path": "/company/502/"})
    sandbox.fault(kind="bad_json", apply=is_applied, match={"method": "POST"})
    client.post(new_url(), data)
    sandbox.clear_faults()
    assert len(writes(sandbox)) == 1
    return newest()


def test_made_one_is_found_in_the_locations_that_answered(sandbox: Sandbox, edith: Client) -> None:
    entry = lost_in_two_locations(sandbox, edith, is_applied=True, silent_before=True)
    assert entry.asked["asked_in"] == [501]
    assert (entry.outcome, entry.result_id) == (Outcome.DONE, named(sandbox, "For friends")["id"])


def test_location_silent_when_it_was_sent_leaves_it_unknown(
    sandbox: Sandbox, edith: Client
) -> None:
    """What was in that location before is not known: nothing proves that it was not made."""
    entry = lost_in_two_locations(sandbox, edith, is_applied=False, silent_before=True)
    assert entry.outcome == Outcome.UNKNOWN
    a_while_ago(entry)
    check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN
    reconcile()
    entry.refresh_from_db()
    assert entry.outcome == Outcome.UNKNOWN


def test_location_silent_afterwards_leaves_it_unknown_until_it_speaks(
    sandbox: Sandbox, edith: Client
) -> None:
    data = new_form(edith).data({**filled(), "location_ids": ["501", "502"]})
    sandbox.fault(kind="bad_json", apply=True, match={"method": "POST"})
    silent = {"path": "/company/502/"}
    sandbox.fault(**SILENT, after=1, match=silent)
    edith.post(new_url(), data)
    entry = newest()
    assert entry.outcome == Outcome.UNKNOWN
    check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN
    sandbox.clear_faults()
    check(edith, entry)
    assert entry.outcome == Outcome.DONE


def test_one_that_no_location_reports_is_not_called_not_made(
    sandbox: Sandbox, edith: Client
) -> None:
    """Who looked at Altegio closes it, and can then make another."""
    entry = unanswered(sandbox, edith, "create", is_applied=True)
    sandbox.hide_promotion(CHAIN, named(sandbox, "For friends")["id"])
    a_while_ago(entry)
    assert said(check(edith, entry))
    assert entry.outcome == Outcome.UNKNOWN
    edith.post(f"/activity/{entry.pk}/close/")
    entry.refresh_from_db()
    assert entry.outcome == Outcome.REFUSED


@pytest.mark.slow
def test_every_location_silent_sends_nothing(sandbox: Sandbox, edith: Client) -> None:
    """Without knowing what is there, a lost POST could never be settled."""
    form = new_form(edith)
    sandbox.fault(kind="html", status=502, times=None, match={"path": "programs/search"})
    response = edith.post(new_url(), form.data(filled()))
    assert response.status_code == 503
    assert form_of(Page(response)).values["title"] == ["For friends"]
    assert not writes(sandbox)
    assert not Entry.objects.exists()
