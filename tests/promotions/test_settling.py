"""What is not known of a write is settled by reading back alone, also long after it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.endings import (
    a_while_ago,
    check,
)
from tests.promotions.common import (
    CHAIN,
    LIST,
    PAID,
    STATIC,
)
from tests.promotions.ending import TIMEOUT, gone_after_write
from tests.promotions.submitting import (
    edit_form,
    newest,
)

pytestmark = pytest.mark.slow

both = pytest.mark.parametrize("is_applied", [False, True], ids=["lost", "applied"])


@pytest.fixture(autouse=True)
def short_of_time(settings: Any) -> None:
    settings.ALTEGIO_TIMEOUT = TIMEOUT


def test_what_reading_back_lacks_is_no_fact(sandbox: Sandbox, edith: Client) -> None:
    entry = gone_after_write(sandbox, edith, "edit", is_applied=True, kind="bad_json")
    raw = {**sandbox.promotion_of(CHAIN, STATIC)}
    del raw["rules"]
    by_id = {"method": "GET", "path": f"programs/{STATIC}$"}
    sandbox.fault(kind="status", status=200, body=raw, match=by_id, times=None)
    a_while_ago(entry)
    check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN
    sandbox.clear_faults()
    check(edith, entry)
    assert (entry.outcome, entry.kept) == (Outcome.DONE, [])


@both
def test_expiry_that_was_taken_away_is_settled(
    sandbox: Sandbox, edith: Client, is_applied: bool
) -> None:
    """What the change made meaningless counts for nothing."""
    data = edit_form(edith, PAID).data({"expiration": "0"})
    sandbox.fault(kind="bad_json", apply=is_applied, match={"method": "PUT"})
    edith.post(f"{LIST}{PAID}/edit/", data)
    assert newest().outcome == (Outcome.DONE if is_applied else Outcome.REFUSED)
    assert newest().kept == []
