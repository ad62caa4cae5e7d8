"""What the journal itself promises to those that write."""

from __future__ import annotations

import time

import pytest

from loyalty_admin.altegio.errors import OutcomeUnknown, Unavailable
from loyalty_admin.altegio.transport import Answer
from loyalty_admin.audit import services as audit
from loyalty_admin.audit.models import Outcome
from tests.audit.conftest import Note

pytestmark = pytest.mark.sqlite


def test_write_that_was_given_up_sends_nothing_any_more(note: Note) -> None:
    entry = note(outcome=Outcome.PENDING)
    assert audit.give_up_unsent(entry, reason="The worker stopped.")

    def call() -> Answer:
        raise AssertionError("sent")

    with pytest.raises(audit.GivenUp), audit.journaled(entry):
        audit.send(entry, "POST", call)
    entry.refresh_from_db()
    assert (entry.outcome, entry.reason) == (Outcome.REFUSED, "The worker stopped.")
    assert entry.attempts == []


@pytest.mark.parametrize(
    "fields",
    [
        {"outcome": Outcome.PENDING, "attempts": [{"outcome": "sent"}]},
        {"outcome": Outcome.DONE},
        {"outcome": Outcome.UNKNOWN},
    ],
)
def test_write_that_may_have_been_sent_is_not_given_up(note: Note, fields: dict[str, str]) -> None:
    entry = note(**fields)
    assert not audit.give_up_unsent(entry, reason="The worker stopped.")
    entry.refresh_from_db()
    assert entry.outcome == fields["outcome"]


def test_second_of_two_equal_forms_does_not_wait_for_ever(
    note: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = note(outcome=Outcome.PENDING)
    # As long as people wait in earnest would only make the test slow: the wait itself is real.
    monkeypatch.setattr(audit, "PATIENCE", 0.5)
    began = time.monotonic()
    with pytest.raises(audit.AlreadySubmitted) as repeated:
        audit.check_not_submitted(entry.submission)
    assert time.monotonic() - began >= 0.5
    assert (repeated.value.entry.outcome, repeated.value.late) == (Outcome.PENDING, False)


def test_reading_back_that_fails_leaves_an_ended_write_unknown() -> None:
    """Altegio accepted it: what is read later is final."""
    with pytest.raises(OutcomeUnknown) as caught, audit.reading_back():
        raise Unavailable("Bad gateway", status=502, request_id="a1b2")
    assert (caught.value.answered, caught.value.status) == (True, 502)
    assert (caught.value.message, caught.value.request_id) == ("Bad gateway", "a1b2")
