"""One form writes once, however often and however fast it is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_admin.accounts.models import User
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.pages import Page, Typed
from tests.promotions.common import CHAIN, LIST, STATIC, listed, named, writes
from tests.promotions.submitting import (
    EACH,
    again,
    at,
    clone_form,
    create,
    delete,
    each_write,
    filled,
    form_of,
    new_form,
    new_url,
    newest,
    said,
    shown,
    submission,
)
from tests.threads import at_once, started, wait_for

# Threads, and a database that is emptied after each of them, take time.
pytestmark = pytest.mark.slow
together = pytest.mark.django_db(transaction=True)
MANY = 4
MAKING = ["create", "clone", "create again"]
# What makes sense a second time: the person is asked.
REPEATABLE = ["create", "clone", "edit"]


def twins_of(client: Client) -> list[Client]:
    """The same browser's session in many hands."""
    twins = []
    for _ in range(MANY):
        twin = Client()
        twin.cookies = client.cookies
        twins.append(twin)
    return twins


def send_together(client: Client, url: str, data: dict[str, Any]) -> list[Any]:
    return at_once([partial(twin.post, url, data) for twin in twins_of(client)])


def slow(sandbox: Sandbox, method: str, seconds: float = 0.3) -> None:
    sandbox.fault(kind="latency", seconds=seconds, match={"method": method})


def some_time_ago() -> None:
    Entry.objects.update(finished_at=timezone.now() - timedelta(minutes=5))


# At the same moment


@together
@each_write
def test_parallel_submissions_make_one_write_and_get_one_result(
    sandbox: Sandbox, edith: Client, what: str
) -> None:
    url, data, method = submission(edith, what)
    count, entries = len(writes(sandbox)), Entry.objects.count()
    slow(sandbox, method)

    answers = send_together(edith, url, data)

    assert len(writes(sandbox)) == count + 1
    assert Entry.objects.count() == entries + 1
    assert newest().outcome == Outcome.DONE
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer["Location"] for answer in answers}) == 1
    if what in MAKING:
        assert answers[0]["Location"] == f"{LIST}{newest().result_id}/"


@together
@pytest.mark.sqlite
def test_parallel_submissions_of_a_refused_form_are_refused_once(
    sandbox: Sandbox, edith: Client
) -> None:
    data, count = new_form(edith).data(filled()), len(listed(sandbox))
    sandbox.fault(kind="success_false", message="Not today.", match={"method": "POST"})
    answers = send_together(edith, new_url(), data)
    assert len(writes(sandbox)) == 1
    assert {answer.status_code for answer in answers} == {422}
    assert all("Not today." in Page(answer).text for answer in answers)
    assert len(listed(sandbox)) == count


@together
def test_parallel_submissions_of_an_unknown_write_are_sent_once(
    sandbox: Sandbox, edith: Client
) -> None:
    url, data, method = submission(edith, "clone")
    sandbox.fault(kind="reset", match={"method": method})
    answers = send_together(edith, url, data)
    assert len(writes(sandbox)) == 1
    assert newest().outcome == Outcome.UNKNOWN
    assert {answer["Location"] for answer in answers} == {f"/activity/{newest().pk}/"}


@together
@pytest.mark.sqlite
def test_two_windows_that_make_one_deletion_good_make_one_promotion(
    sandbox: Sandbox, edith: Client
) -> None:
    delete(edith, STATIC)
    (url, one), (_url, other) = again(edith), again(edith)
    assert one.values["form_id"] != other.values["form_id"]
    slow(sandbox, "POST")
    windows = zip(twins_of(edith), (one, other, one, other), strict=False)
    answers = at_once([partial(twin.post, url, form.data()) for twin, form in windows])
    assert [call["method"] for call in writes(sandbox)] == ["DELETE", "POST"]
    made = named(sandbox, "Welcome, 10% off")
    assert {answer["Location"] for answer in answers} == {f"{LIST}{made['id']}/"}


@together
@pytest.mark.parametrize("what", ["edit", "delete"])
def test_loser_that_reads_the_winners_work_is_told_the_same(
    sandbox: Sandbox,
    edith: Client,
    editor: User,
    sign_in: Callable[[User], Client],
    what: str,
) -> None:
    """It must say neither that there was nothing to do, nor that Altegio has something else."""
    url, data, _method = submission(edith, what)
    sandbox.fault(kind="latency", seconds=0.4, match={"method": "GET"})
    count, written = len(sandbox.calls()), len(writes(sandbox))
    late: list[Any] = []
    twin = sign_in(editor)  # with messages of its own
    loser = started(lambda: late.append(twin.post(url, data)))
    wait_for(lambda: len(sandbox.calls()) > count)
    first = said(shown(edith, edith.post(url, data)))
    loser.join()
    assert said(shown(twin, late[0])) == first
    assert len(writes(sandbox)) == written + 1


# One after the other


@pytest.mark.parametrize("what", EACH)
def test_form_that_is_sent_again_writes_nothing_and_is_told_what_it_did(
    sandbox: Sandbox, edith: Client, what: str
) -> None:
    url, data, _method = submission(edith, what)
    first = edith.post(url, data)
    count, told = len(writes(sandbox)), said(shown(edith, first))
    second = edith.post(url, data)
    assert second["Location"] == first["Location"]
    assert said(shown(edith, second)) == told != ""
    # Some time later it may be meant, unless it makes sense once only.
    some_time_ago()
    late = edith.post(url, data)
    assert len(writes(sandbox)) == count
    if what not in REPEATABLE:
        assert late["Location"] == first["Location"]
        return
    assert late.status_code == 409
    page, title = Page(late), newest().result_title
    assert title in said(page)
    links = {link.attrs["href"] for link in page.all("a") if title in link.text}
    assert at(CHAIN, f"{newest().result_id}/") in links
    assert form_of(page).values["form_id"] != data["form_id"]


def test_late_resend_offers_to_make_another(sandbox: Sandbox, edith: Client) -> None:
    url, data, _method = submission(edith, "create")
    first = edith.post(url, data)
    some_time_ago()
    second = edith.post(url, form_of(Page(edith.post(url, data))).data())
    assert second.status_code == 302
    assert second["Location"] != first["Location"]
    assert len(writes(sandbox)) == 2


def test_same_id_for_another_action_or_promotion_is_another_submission(
    sandbox: Sandbox, edith: Client
) -> None:
    data: Typed = {"form_id": "x" * 22}
    for number in (STATIC, STATIC + 1):
        form = clone_form(edith, number).data(data)
        assert edith.post(at(CHAIN, f"{number}/clone/"), form).status_code == 302
        assert edith.post(at(CHAIN, f"{number}/delete/"), data).status_code == 302
    assert Entry.objects.filter(outcome=Outcome.DONE).count() == 4


def test_refused_form_gets_a_new_id_and_can_be_sent_again(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="status", status=422, match={"method": "POST"})
    mended = form_of(Page(create(edith)))
    assert edith.post(new_url(), mended.data()).status_code == 302
    named(sandbox, "For friends")
    assert [entry.outcome for entry in Entry.objects.all()] == [Outcome.DONE, Outcome.REFUSED]


def test_refused_form_sent_again_as_it_was_is_not_sent(sandbox: Sandbox, edith: Client) -> None:
    """A reload of the answer: the refusal stands, and a new id waits in the form."""
    data = new_form(edith).data(filled())
    sandbox.fault(kind="status", status=422, message="Not today.", match={"method": "POST"})
    edith.post(new_url(), data)
    answer = edith.post(new_url(), data)
    assert answer.status_code == 422
    assert "Not today." in said(Page(answer))
    assert len(writes(sandbox)) == 1
    assert form_of(Page(answer)).values["form_id"] != data["form_id"]


def test_unfinished_form_uses_its_id_up_for_nothing(sandbox: Sandbox, edith: Client) -> None:
    data = new_form(edith).data(filled())
    for _ in range(2):
        assert edith.post(new_url(), data | {"unfinished": ["summary"]}).status_code == 200
    assert edith.post(new_url(), data).status_code == 302
    assert len(writes(sandbox)) == 1


def test_form_without_its_id_is_a_bad_request(sandbox: Sandbox, edith: Client) -> None:
    taken = []
    for what in EACH:
        url, data, _method = submission(edith, what)
        count = len(writes(sandbox))
        del data["form_id"]
        for number in ({}, {"form_id": ""}, {"form_id": "a short one"}):
            if edith.post(url, data | number).status_code != 400:
                taken.append((what, number))
        assert len(writes(sandbox)) == count
    assert taken == []
