"""One form writes once, though it is sent several times at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.audit.models import Entry, Outcome
from tests.catalog.catalog import Catalog, Submission
from tests.endings import newest
from tests.pages import Page, page_of, said, shown
from tests.threads import at_once, started, wait_for

together = pytest.mark.django_db(transaction=True)


def twin_of(client: Client) -> Client:
    """The same browser's session in another hand."""
    twin = Client()
    twin.cookies = client.cookies
    return twin


def send_together(catalog: Catalog, *submissions: Submission) -> list[Any]:
    return at_once([partial(one.send, twin_of(catalog.client)) for one in submissions])


@pytest.mark.slow
@together
def test_parallel_submissions_write_once_and_get_one_result(catalog: Catalog) -> None:
    for what in ("create", "edit", "delete"):
        submission = catalog.submission(what)
        count, entries = len(catalog.writes()), Entry.objects.count()
        slow = {"kind": "latency", "seconds": 0.1, "match": {"method": submission.method}}
        catalog.sandbox.fault(**slow)
        answers = send_together(catalog, submission, submission, submission)
        assert len(catalog.writes()) == count + 1, what
        assert Entry.objects.count() == entries + 1
        assert newest().outcome == Outcome.DONE
        assert {answer.status_code for answer in answers} == {302}
        assert len({answer["Location"] for answer in answers}) == 1
    # Refused, or without an answer: once too.
    submission = catalog.submission("create")
    catalog.sandbox.fault(kind="success_false", message="Not today.", match={"method": "POST"})
    answers = send_together(catalog, submission, submission)
    assert len(catalog.writes()) == count + 2
    assert {answer.status_code for answer in answers} == {422}
    assert all("Not today." in Page(answer).text for answer in answers)
    submission = catalog.submission("create")
    catalog.sandbox.fault(kind="reset", match={"method": "POST"})
    answers = send_together(catalog, submission, submission)
    assert len(catalog.writes()) == count + 3
    assert {answer["Location"] for answer in answers} == {f"/activity/{newest().pk}/"}
    # Two forms are two writes.
    answers = send_together(catalog, catalog.submission("create"), catalog.submission("create"))
    assert len(catalog.writes()) == count + 5
    assert len({answer["Location"] for answer in answers}) == 2


@pytest.mark.slow
@together
def test_two_windows_create_one_deleted_object_again_once(catalog: Catalog) -> None:
    submission = catalog.submission("create again")
    form = catalog.form_of(page_of(catalog.client, submission.url))
    other = Submission(submission.url, form.data(), submission.method, submission.action)
    assert other.data["form_id"] != submission.data["form_id"]
    catalog.sandbox.fault(kind="latency", seconds=0.1, match={"method": "POST"})
    answers = send_together(catalog, submission, other)
    assert [call["method"] for call in catalog.writes()] == ["DELETE", "POST"]
    assert {answer["Location"] for answer in answers} == {catalog.at(newest().result_id or 0)}


@pytest.mark.slow
@together
@pytest.mark.parametrize("what", ["edit", pytest.param("delete", marks=pytest.mark.long)])
def test_losing_duplicate_that_reads_the_winners_work_is_told_the_same(
    catalog: Catalog, editor: User, sign_in: Callable[[User], Client], what: str
) -> None:
    """It must say neither that there was nothing to do, nor that Altegio has something else."""
    submission = catalog.submission(what)
    catalog.sandbox.fault(kind="latency", seconds=0.2, match={"method": "GET"})
    count = len(catalog.sandbox.calls())
    late: list[Any] = []
    twin = sign_in(editor)  # with messages of its own
    loser = started(lambda: late.append(submission.send(twin)))
    wait_for(lambda: len(catalog.sandbox.calls()) > count)
    first = said(shown(catalog.client, submission.send(catalog.client)))
    loser.join()
    assert said(shown(twin, late[0])) == first
    assert len(catalog.writes()) == 1
