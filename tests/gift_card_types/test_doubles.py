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
from loyalty_admin.gift_card_types.models import ArchivedType
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import CHAIN, LIST, ONLINE, PLAIN, listed, writes
from tests.gift_card_types.submitting import (
    FILLED,
    at,
    form_id,
    new_form,
    newest,
    row_form,
    said,
    shown,
)
from tests.gift_card_types.writing import EACH, submission
from tests.pages import HTMX, Page
from tests.threads import at_once, started, wait_for

together = pytest.mark.django_db(transaction=True)
MANY = 4
MAKING = ["create", "clone", "restore", "create again"]
# What makes sense a second time: the person is asked.
REPEATABLE = ["create", "edit", "archive"]
# What shares its service with another write meets the same lock.
OTHERS = [pytest.param(what, marks=pytest.mark.long) for what in ("clone", "unarchive")]


def twins_of(client: Client) -> list[Client]:
    """The same browser's session in many hands."""
    twins = []
    for _ in range(MANY):
        twin = Client()
        twin.cookies = client.cookies
        twins.append(twin)
    return twins


def send_together(client: Client, url: str, data: dict[str, Any], **how: Any) -> list[Any]:
    return at_once([partial(twin.post, url, data, **how) for twin in twins_of(client)])


def slow(sandbox: Sandbox, method: str, seconds: float = 0.2) -> None:
    sandbox.fault(kind="latency", seconds=seconds, match={"method": method})


def some_time_ago() -> None:
    Entry.objects.update(finished_at=timezone.now() - timedelta(minutes=5))


# At the same moment


@together
@pytest.mark.slow
@pytest.mark.parametrize(
    "what",
    [
        pytest.param(what, marks=[] if what in ("create", "edit", "delete") else pytest.mark.long)
        for what in EACH
    ],
)
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
def test_parallel_archiving_that_needs_no_request_is_noted_once(
    sandbox: Sandbox, edith: Client
) -> None:
    data = {"form_id": form_id(edith, PLAIN)}
    answers = send_together(edith, f"{LIST}{PLAIN}/archive/", data)
    assert {answer.status_code for answer in answers} == {302}
    assert Entry.objects.count() == ArchivedType.objects.count() == 1
    assert not writes(sandbox)


@together
@pytest.mark.sqlite
def test_parallel_row_edits_make_one_write(sandbox: Sandbox, edith: Client) -> None:
    data = row_form(edith, PLAIN).data({"title": "For her"})
    slow(sandbox, "PUT")
    answers = send_together(edith, f"{LIST}{PLAIN}/row/edit/", data, headers=HTMX)
    assert len(writes(sandbox)) == 1
    assert {answer.status_code for answer in answers} == {200}
    for answer in answers:
        assert "For her" in Page(answer).one("tr", id=f"type-row-{PLAIN}").text


@together
@pytest.mark.sqlite
def test_parallel_submissions_of_a_refused_form_are_refused_once(
    sandbox: Sandbox, edith: Client
) -> None:
    data, count = new_form(edith).data(FILLED), len(listed(sandbox))
    sandbox.fault(kind="success_false", message="Not today.", match={"method": "POST"})
    answers = send_together(edith, f"{LIST}new/", data)
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
def test_different_forms_write_each_for_itself(sandbox: Sandbox, edith: Client) -> None:
    forms = [submission(edith, "clone") for _ in range(3)]
    posts = [
        partial(twin.post, url, data)
        for twin, (url, data, _method) in zip(twins_of(edith), forms, strict=False)
    ]
    answers = at_once(posts)
    assert len({answer["Location"] for answer in answers}) == 3
    assert len(writes(sandbox)) == 3


@together
def test_loser_waits_for_the_winner(sandbox: Sandbox, edith: Client) -> None:
    url, data, method = submission(edith, "create")
    slow(sandbox, method, seconds=0.4)
    first: list[Any] = []
    winner = started(lambda: first.append(edith.post(url, data)))
    wait_for(lambda: writes(sandbox))
    second = twins_of(edith)[0].post(url, data)
    winner.join()
    assert second["Location"] == first[0]["Location"] == f"{LIST}{newest().result_id}/"


@together
@pytest.mark.parametrize("what", ["edit", "archive", "delete"])
def test_loser_that_reads_the_winners_work_is_told_the_same(
    sandbox: Sandbox,
    edith: Client,
    editor: User,
    sign_in: Callable[[User], Client],
    what: str,
) -> None:
    """It must not say "it was so already", nor that somebody changed it at Altegio."""
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


@pytest.mark.parametrize("what", ["create", "edit", "archive", "delete", "restore", *OTHERS])
def test_second_of_a_double_click_is_told_what_the_first_is(
    sandbox: Sandbox, edith: Client, what: str
) -> None:
    url, data, _method = submission(edith, what)
    answers = [edith.post(url, data)]
    count = len(writes(sandbox))
    first = said(shown(edith, answers[0]))
    answers.append(edith.post(url, data))
    assert said(shown(edith, answers[1])) == first != ""
    assert answers[0]["Location"] == answers[1]["Location"]
    assert len(writes(sandbox)) == count


@pytest.mark.parametrize("what", REPEATABLE)
def test_late_resend_says_it_was_made_and_sends_nothing(
    sandbox: Sandbox, edith: Client, what: str
) -> None:
    url, data, _method = submission(edith, what)
    edith.post(url, data)
    count = len(writes(sandbox))
    some_time_ago()
    answer = edith.post(url, data)
    assert answer.status_code == 409
    assert len(writes(sandbox)) == count
    page, title = Page(answer), newest().result_title
    assert title in said(page)
    links = {link.attrs["href"] for link in page.all("a") if title in link.text}
    assert at(CHAIN, f"{newest().result_id}/") in links


def test_late_resend_offers_to_make_another(sandbox: Sandbox, edith: Client) -> None:
    url, data, _method = submission(edith, "create")
    first = edith.post(url, data)
    some_time_ago()
    form = Page(edith.post(url, data)).form(id="type-form")
    assert form.values["form_id"] != data["form_id"]
    second = edith.post(url, form.data())
    assert second.status_code == 302
    assert second["Location"] != first["Location"]
    assert len(writes(sandbox)) == 2


def test_archiving_once_more_after_all_asks_again_about_the_online_sale(
    sandbox: Sandbox, edith: Client
) -> None:
    """Back on sale since then: what was known of the first time is not known of this one."""
    url, data, _method = submission(edith, "archive")
    edith.post(url, data)
    ArchivedType.objects.all().delete()
    sandbox.alter_certificate_type(CHAIN, ONLINE, online_sale_is_enabled=True)
    some_time_ago()
    form = Page(edith.post(url, data)).form("archive/")
    assert edith.post(url, form.data())["Location"] == url  # the page that says it
    assert len(writes(sandbox)) == 1
    assert not ArchivedType.objects.exists()


def test_same_id_in_another_persons_form_is_another_submission(
    sandbox: Sandbox, edith: Client, manager: User, sign_in: Callable[[User], Client]
) -> None:
    url, data, _method = submission(edith, "clone")
    first = edith.post(url, data)
    second = sign_in(manager).post(url, data)
    assert len(writes(sandbox)) == 2
    assert first["Location"] != second["Location"]


def test_same_id_for_another_action_or_type_is_another_submission(
    sandbox: Sandbox, edith: Client
) -> None:
    data = {"form_id": form_id(edith, PLAIN)}
    steps = ["archive", "unarchive", "delete"]
    for path in [f"{number}/{step}/" for number in (PLAIN, PLAIN + 2) for step in steps]:
        assert edith.post(LIST + path, data).status_code == 302
    assert Entry.objects.filter(outcome=Outcome.DONE).count() == 6


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


def test_form_without_its_id_is_a_bad_request(sandbox: Sandbox, edith: Client) -> None:
    url, data, _method = submission(edith, "create")
    count = len(writes(sandbox))
    del data["form_id"]
    for number in ({}, {"form_id": ""}, {"form_id": "a short one"}):
        assert edith.post(url, data | number).status_code == 400
    assert len(writes(sandbox)) == count


def test_form_id_of_any_length_is_no_error(sandbox: Sandbox, edith: Client) -> None:
    url, data, _method = submission(edith, "clone")
    for number in ("y" * 10_000, "\0" * 20, "ü" * 40):
        assert edith.post(url, data | {"form_id": number}).status_code == 302
    assert len(writes(sandbox)) == 3
