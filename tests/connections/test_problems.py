"""What went wrong at Altegio, in words and as a status."""

from __future__ import annotations

import pytest

from loyalty_admin.altegio import errors
from loyalty_admin.web import problems


def test_every_problem_has_a_title_a_sentence_and_a_status(subtests: pytest.Subtests) -> None:
    for error, status in [
        (errors.SignInNeeded(), 502),
        (errors.Forbidden(), 403),
        (errors.NotFound(), 404),
        (errors.Refused(), 422),
        (errors.StoppedOnTheWay(), 422),
        (errors.TooManyRequests(retry_after=3), 503),
        (errors.Unreachable(), 502),
        (errors.Unavailable(), 502),
        (errors.UnreadableAnswer(), 502),
        (errors.OutcomeUnknown(answered=False), 502),
    ]:
        with subtests.test(error=error, status=status):
            assert problems.status(error) == status
            assert problems.title(error)
            assert problems.sentence(error).startswith(error.sentence)


def test_sign_in_says_who_can_do_it() -> None:
    assert "manager" in problems.sentence(errors.SignInNeeded())


def test_busy_says_when_to_try_again(subtests: pytest.Subtests) -> None:
    for seconds, said, header in [
        (0, "in 1 second.", 1),
        (2.2, "in 3 seconds.", 3),
        (120, "in 120 seconds.", 120),
        (121, "in 3 minutes.", 121),
        (3600, "in 60 minutes.", 3600),
        (7201, "in 3 hours.", 7201),
        (86_400, "in 24 hours.", 86_400),
    ]:
        with subtests.test(seconds=seconds, said=said, header=header):
            error = errors.TooManyRequests(retry_after=seconds)
            assert problems.sentence(error).endswith(said)
            assert problems.retry_after(error) == header


def test_only_busy_has_a_time_to_try_again() -> None:
    assert problems.retry_after(errors.Unreachable()) is None
