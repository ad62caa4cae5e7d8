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
from tests.membership_types.common import CHAIN, LIST, listed, named, writes
from tests.membership_types.submitting import (
    EACH,
    FILLED,
    at,
    create,
    form_id,
    new_form,
    newest,
    row_form,
    said,
    shown,
    submission,
)
from tests.pages import HTMX, Page
from tests.threads import at_once, started, wait_for

together = pytest.mark.django_db(transaction=True)
MANY = 6
Post = Callable[[Client], Any]
# Alike with others: a new object, an edit, a switch.
ALIKE = ("clone", "edit", "unarchive")
each = pytest.mark.parametrize(
    "what", [pytest.param(what, marks=pytest.mark.long) if what in ALIKE else what for what in EACH]
)


def _twins(client: Client) -> list[Client]:
    """The same browser's session in many hands."""
    twins = []
    for _ in range(MANY):
        twin = Client()
        twin.cookies = client.cookies
        twins.append(twin)
    return twins


def _send_together(client: Client, post: Post) -> list[Any]:
    twins = _twins(client)
    return at_once([lambda twin=twin: post(twin) for twin in twins])  # type: ignore[misc]


@pytest.mark.slow
@together
@each
def test_parallel_submissions_make_one_write_and_get_one_result(
    sandbox: Sandbox, edith: Client, what: str
) -> None:
    url, data, method = submission(edith, what)
    count, entries = len(writes(sandbox)), Entry.objects.count()
    sandbox.fault(kind="latency", seconds=0.3, match={"method": method})

    answers = _send_together(edith, lambda client: client.post(url, data))

    assert len(writes(sandbox)) == count + 1
    assert Entry.objects.count() == entries + 1
    assert newest().outcome == Outcome.DONE
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer["Location"] for answer in answers}) == 1
    result = newest().result_id or newest().object_id
    if what in ("create", "clone", "create again"):
        assert answers[0]["Location"] == f"{LIST}{result}/"


@pytest.mark.slow
@together
def test_all_of_them_are_told_the_same(sandbox: Sandbox, edith: Client) -> None:
    """Also the one that comes just after the first has ended."""
    url, data, _method = submission(edith, "edit of a sold type")
    told = {said(shown(edith, edith.post(url, data))) for _ in range(3)}
    assert len(told) == 1
    assert "120 €" in told.pop()


@pytest.mark.slow
@together
@pytest.mark.sqlite
def test_parallel_row_edits_make_one_write(sandbox: Sandbox, edith: Client) -> None:
    data = row_form(edith, 11023).data({"title": "Beards"})
    url = f"{LIST}11023/row/edit/"
    sandbox.fault(kind="latency", seconds=0.3, match={"method": "PUT"})
    answers = _send_together(edith, lambda client: client.post(url, data, headers=HTMX))
    assert len(writes(sandbox)) == 1
    assert {answer.status_code for answer in answers} == {200}
    for answer in answers:
        assert "Beards" in Page(answer).one("tr", id="type-row-11023").text


@pytest.mark.slow
@together
@pytest.mark.sqlite
def test_parallel_submissions_of_a_refused_form_are_refused_once(
    sandbox: Sandbox, edith: Client
) -> None:
    data = new_form(edith).data(FILLED)
    sandbox.fault(kind="success_false", message="Not today.", match={"method": "POST"})
    answers = _send_together(edith, lambda client: client.post(f"{LIST}new/", data))
    assert len(writes(sandbox)) == 1
    assert {answer.status_code for answer in answers} == {422}
    assert all("Not today." in Page(answer).text for answer in answers)
    assert len(listed(sandbox)) == 30


@pytest.mark.slow
@together
def test_parallel_submissions_of_an_unknown_write_are_sent_once(
    sandbox: Sandbox, edith: Client
) -> None:
    data = {"form_id": form_id(edith, 11023)}
    sandbox.fault(kind="reset", match={"method": "POST"})
    answers = _send_together(edith, lambda client: client.post(f"{LIST}11023/clone/", data))
    assert len(writes(sandbox)) == 1
    assert newest().outcome == Outcome.UNKNOWN
    assert {answer["Location"] for answer in answers} == {f"/activity/{newest().pk}/"}


@pytest.mark.slow
@together
def test_different_forms_write_each_for_itself(sandbox: Sandbox, edith: Client) -> None:
    forms = [{"form_id": form_id(edith, 11023)} for _ in range(4)]
    twins = _twins(edith)
    posts = [
        partial(twin.post, f"{LIST}11023/clone/", data)
        for twin, data in zip(twins, forms, strict=False)
    ]
    answers = at_once(posts)
    assert len({answer["Location"] for answer in answers}) == 4
    assert len(writes(sandbox)) == 4


@pytest.mark.slow
@together
@pytest.mark.sqlite
def test_loser_waits_for_the_winner(sandbox: Sandbox, edith: Client) -> None:
    data = {"form_id": form_id(edith, 11023)}
    sandbox.fault(kind="latency", seconds=0.5, match={"method": "POST"})
    first: list[Any] = []
    winner = started(lambda: first.append(edith.post(f"{LIST}11023/clone/", data)))
    wait_for(lambda: writes(sandbox))
    second = _twins(edith)[0].post(f"{LIST}11023/clone/", data)
    winner.join()
    assert second["Location"] == first[0]["Location"] != f"{LIST}11023/"


@pytest.mark.slow
@together
@pytest.mark.parametrize("what", ["edit of a sold type", "archive"])
def test_losing_duplicate_sees_the_winner(
    sandbox: Sandbox,
    edith: Client,
    editor: User,
    sign_in: Callable[[User], Client],
    what: str,
) -> None:
    """It must not say "it was so already", nor that somebody changed it at Altegio."""
    url, data, _method = submission(edith, what)
    sandbox.fault(kind="latency", seconds=0.5, match={"method": "GET"})
    count = len(sandbox.calls())
    slow: list[Any] = []
    twin = sign_in(editor)  # with messages of its own
    loser = started(lambda: slow.append(twin.post(url, data)))
    wait_for(lambda: len(sandbox.calls()) > count)
    first = said(shown(edith, edith.post(url, data)))
    loser.join()
    assert said(shown(twin, slow[0])) == first
    assert len(writes(sandbox)) == 1


def test_same_id_in_another_persons_form_is_another_submission(
    sandbox: Sandbox, edith: Client, manager: User, sign_in: Callable[[User], Client]
) -> None:
    data = {"form_id": form_id(edith, 11023)}
    first = edith.post(f"{LIST}11023/clone/", data)
    second = sign_in(manager).post(f"{LIST}11023/clone/", data)
    assert len(writes(sandbox)) == 2
    assert first["Location"] != second["Location"]


def test_same_id_for_another_action_or_type_is_another_submission(
    sandbox: Sandbox, edith: Client
) -> None:
    data = {"form_id": form_id(edith, 11023)}
    for path in ("11023/clone/", "11023/archive/", "11023/unarchive/", "11022/clone/"):
        edith.post(LIST + path, data)
    assert len(writes(sandbox)) == 4


@pytest.mark.parametrize("what", EACH)
def test_late_resend_says_it_was_done_and_sends_nothing(
    sandbox: Sandbox, edith: Client, what: str
) -> None:
    url, data, _method = submission(edith, what)
    edith.post(url, data)
    count = len(writes(sandbox))
    Entry.objects.update(finished_at=timezone.now() - timedelta(minutes=5))
    answer = edith.post(url, data)
    assert len(writes(sandbox)) == count
    entry = newest()
    title = entry.result_title or entry.object_title
    page = shown(edith, answer)
    assert title in said(page)
    if what in ("create", "clone", "edit", "edit of a sold type", "archive", "unarchive"):
        # It could be meant: the person is asked, and shown what came of it.
        assert answer.status_code == 409
        links = {link.attrs["href"] for link in page.all("a") if title in link.text}
        assert at(CHAIN, f"{entry.result_id}/") in links


def test_late_resend_offers_to_make_another(sandbox: Sandbox, edith: Client) -> None:
    url, data, _method = submission(edith, "create")
    first = edith.post(url, data)
    Entry.objects.update(finished_at=timezone.now() - timedelta(minutes=5))
    page = Page(edith.post(url, data))
    form = page.form(id="type-form")
    assert form.values["form_id"] != data["form_id"]
    second = edith.post(url, form.data())
    assert second.status_code == 302
    assert second["Location"] != first["Location"]
    assert len(writes(sandbox)) == 2


def test_refused_form_gets_a_new_id_and_can_be_sent_again(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="status", status=422, match={"method": "POST"})
    refused = create(edith)
    again = Page(refused).form(id="type-form")
    assert edith.post(f"{LIST}new/", again.data()).status_code == 302
    named(sandbox, "Ten baths")
    assert [entry.outcome for entry in Entry.objects.all()] == [Outcome.DONE, Outcome.REFUSED]


def test_refused_form_sent_again_as_it_was_is_not_sent(sandbox: Sandbox, edith: Client) -> None:
    """A reload of the answer: the refusal stands, and a new id waits in the form."""
    data = new_form(edith).data(FILLED)
    sandbox.fault(kind="status", status=422, message="Not today.", match={"method": "POST"})
    edith.post(f"{LIST}new/", data)
    answer = edith.post(f"{LIST}new/", data)
    assert answer.status_code == 422
    assert "Not today." in said(Page(answer))
    assert len(writes(sandbox)) == 1
    assert Page(answer).form(id="type-form").values["form_id"] != data["form_id"]


@pytest.mark.parametrize("what", ["create", "edit", "delete", "restore", "create again"])
def test_form_without_its_id_is_a_bad_request(sandbox: Sandbox, edith: Client, what: str) -> None:
    url, data, _method = submission(edith, what)
    count = len(writes(sandbox))
    del data["form_id"]
    assert edith.post(url, data).status_code == 400
    assert len(writes(sandbox)) == count


def test_form_id_that_is_too_short_is_a_bad_request(sandbox: Sandbox, edith: Client) -> None:
    for number in ("", "x", "a short one"):
        answer = edith.post(f"{LIST}11023/clone/", {"form_id": number})
        assert answer.status_code == 400, number
    assert not writes(sandbox)


def test_form_id_of_any_length_is_no_error(sandbox: Sandbox, edith: Client) -> None:
    for number in ("y" * 10_000, "\0" * 20, "ü" * 40):
        assert edith.post(f"{LIST}11023/clone/", {"form_id": number}).status_code == 302
    assert len(writes(sandbox)) == 3
