"""One form writes once: clicked twice, sent again later, or sent from two windows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.audit.models import Entry, Outcome
from tests.catalog.catalog import Catalog, each_write, writes_of
from tests.endings import newest
from tests.pages import Page, page_of, said, shown

pytestmark = pytest.mark.slow

# What makes sense a second time: the person is asked.
REPEATABLE = ("create", "clone", "edit", "row edit", "archive", "unarchive")


def some_time_ago() -> None:
    Entry.objects.update(finished_at=Now() - timedelta(minutes=5))


@each_write("create", "edit", "delete", "archive", "create again")
def test_form_sent_again_writes_nothing_and_is_told_what_it_did(
    catalog: Catalog, what: str
) -> None:
    submission, client = catalog.submission(what), catalog.client
    first = submission.send(client)
    count, entry = len(catalog.writes()), newest()
    told = said(shown(client, first))
    second = submission.send(client)
    assert second["Location"] == first["Location"]
    assert said(shown(client, second)) == told != ""
    # Some time later it may be meant, unless it makes sense once only.
    some_time_ago()
    late = submission.send(client)
    assert len(catalog.writes()) == count
    assert newest() == entry
    if what == "row edit":
        assert late["Location"] == catalog.at(entry.object_id or 0, "edit/")
    elif what not in REPEATABLE:
        assert late["Location"] == first["Location"]
    else:
        assert late.status_code == 409
        links = Page(late).all("a", href=catalog.at(entry.result_id or 0))
        assert entry.result_title in [link.text for link in links]


def test_late_resend_offers_to_do_it_once_more(catalog: Catalog) -> None:
    submission = catalog.submission("create")
    first = submission.send(catalog.client)
    some_time_ago()
    form = catalog.form_of(Page(submission.send(catalog.client)))
    assert form.values["form_id"] != submission.data["form_id"]
    second = catalog.client.post(submission.url, form.data())
    assert second.status_code == 302
    assert second["Location"] != first["Location"]
    assert len(catalog.writes()) == 2


def test_refused_form_sent_again_as_it_was_is_not_sent(catalog: Catalog) -> None:
    """A reload of the answer: the refusal stands, and a new ID waits in the form."""
    submission = catalog.submission("create")
    catalog.sandbox.fault(kind="success_false", message="Not today.", match={"method": "POST"})
    submission.send(catalog.client)
    answer = submission.send(catalog.client)
    assert answer.status_code == 422
    assert "Not today." in said(Page(answer))
    assert len(catalog.writes()) == 1
    form = catalog.form_of(Page(answer))
    assert form.values["form_id"] != submission.data["form_id"]
    assert catalog.client.post(submission.url, form.data()).status_code == 302
    assert [one.outcome for one in Entry.objects.all()] == [Outcome.DONE, Outcome.REFUSED]


def test_second_window_of_a_deletion_that_was_made_good_leads_to_the_result(
    catalog: Catalog,
) -> None:
    submission = catalog.submission("create again")
    other = catalog.form_of(page_of(catalog.client, submission.url)).data()
    made = submission.send(catalog.client)["Location"]
    assert catalog.client.post(submission.url, other)["Location"] == made
    assert [call["method"] for call in catalog.writes()] == ["DELETE", "POST"]


def test_form_id_belongs_to_one_person_action_and_object(
    catalog: Catalog, manager: User, sign_in: Callable[[User], Client]
) -> None:
    one = "the same id of a form"
    number, second = catalog.put(), catalog.put()
    sent = [catalog.submission("clone", place) for place in (number, second)]
    answers = [submission.send(catalog.client, form_id=one) for submission in sent]
    answers.append(sent[0].send(sign_in(manager), form_id=one))
    assert len({answer["Location"] for answer in answers}) == 3
    catalog.submission("delete", number).send(catalog.client, form_id=one)
    assert Entry.objects.filter(outcome=Outcome.DONE).count() == 4


def test_form_without_a_usable_id_is_a_bad_request(catalog: Catalog) -> None:
    taken = []
    number = catalog.put_in_list()
    for what in ("create", *writes_of(catalog.resource)[2:], "edit"):
        if what in ("create again", "unarchive", "restore"):
            continue
        submission = catalog.submission(what, number)
        count, entries = len(catalog.writes()), Entry.objects.count()
        submission.data.pop("form_id")
        for given in ({}, {"form_id": ""}, {"form_id": "a short one"}):
            data = submission.data | given
            if catalog.client.post(submission.url, data).status_code != 400:
                taken.append((what, given))
        assert (len(catalog.writes()), Entry.objects.count()) == (count, entries)
    assert taken == []
    # Of any length and kind it is no error.
    for odd in ("y" * 10_000, "\0" * 20, "ü" * 40):
        answer = catalog.submission("create").send(catalog.client, form_id=odd)
        assert answer.status_code == 302
