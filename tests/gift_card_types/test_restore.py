"""Restoring: Altegio brings none back, so a new type is made from the full copy."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client

from loyalty_admin.audit.errors import AlreadySubmitted
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.audit.services import new_form_id
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.gift_card_types import reading
from loyalty_admin.gift_card_types.fields import FIELDS
from loyalty_admin.gift_card_types.resource import restore as make_again
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import (
    CHAIN,
    DATED,
    FOREIGN,
    LIST,
    PLAIN,
    UNKNOWN_EDITING,
    UNMODELLED,
    WITH_SERVICES,
    listed,
    named,
    writes,
)
from tests.gift_card_types.submitting import delete, newest, restore, shown
from tests.pages import HTMX, Page, page_of
from tests.threads import at_once

pytestmark = pytest.mark.slow

TITLE = "Подарок для мамы"
URL = f"{LIST}{PLAIN}/restore/"


@pytest.fixture
def trashed(loaded: Client) -> Client:
    """The editor's browser after a type was deleted."""
    shown(loaded, delete(loaded, PLAIN))
    return loaded


def posts(sandbox: Sandbox) -> int:
    return len([call for call in writes(sandbox) if call["method"] == "POST"])


@pytest.mark.parametrize(
    ("profile", "type_id"),
    [("documented", FOREIGN), ("documented", WITH_SERVICES), ("observed", UNMODELLED)],
    indirect=["profile"],
)
def test_new_type_has_all_that_the_copy_has_but_a_number_of_its_own(
    profile: str, sandbox: Sandbox, edith: Client, type_id: int
) -> None:
    before = sandbox.certificate_type_of(CHAIN, type_id)
    delete(edith, type_id)
    as_answered: Any = newest().copy
    response = restore(edith, type_id)
    after = named(sandbox, before["title"])
    assert after["id"] != type_id
    assert response["Location"] == f"{LIST}{after['id']}/"
    assert newest().kept == []
    only_altegios = {"id", "weight", "is_deleted"}
    different = {name for name in before if after.get(name) != before[name]} - only_altegios
    # Keys that this dashboard does not model go as they were answered.
    assert {name: after[name] for name in different} == {n: as_answered[n] for n in different}
    assert different <= {"external_code", "tags"}
    assert after.keys() == before.keys()


@pytest.mark.parametrize("htmx", [False, True])
def test_refused_restore_keeps_the_title_and_offers_the_form(
    sandbox: Sandbox, trashed: Client, htmx: bool
) -> None:
    deletion = newest()
    form = page_of(trashed, f"{LIST}trash/").form("restore/")
    sandbox.fault(
        kind="status", status=400, message="Not on <i>Sundays</i>.", match={"method": "POST"}
    )
    headers = HTMX if htmx else {}
    response = trashed.post(URL, form.data({"title": "Another <title>"}), headers=headers)
    assert response.status_code == 422
    assert response.has_header("X-Partial") == htmx
    page = Page(response)
    notice = page.one("div", class_="notice bad", role="alert")
    assert "Not on <i>Sundays</i>." in notice.text and "<i>" not in page.html
    assert page.all("a", href=f"{LIST}trash/{deletion.pk}/again/")
    # What was typed stays, and the next try is a new one.
    kept = page.form("restore/")
    assert kept.values["title"] == ["Another <title>"]
    assert kept.values["form_id"] != form.values["form_id"]
    assert page.titles() == [TITLE]
    assert newest().outcome == Outcome.REFUSED
    assert trashed.post(URL, kept.data()).status_code == 302
    named(sandbox, "Another <title>")


def test_what_altegio_does_not_take_back_can_be_changed_first(
    sandbox: Sandbox, loaded: Client
) -> None:
    delete(loaded, UNKNOWN_EDITING)
    response = restore(loaded, UNKNOWN_EDITING)
    assert response.status_code == 422
    url = f"{LIST}trash/{newest().origin_id}/again/"
    assert Page(response).all("a", href=url)
    form = page_of(loaded, url).form(id="type-form")
    assert form.values["balance_editing"] == ["7"]
    assert loaded.post(url, form.data({"balance_editing": "1"})).status_code == 302
    assert named(sandbox, "Balance edited otherwise")["balance_edit_type_id"] == 1


def test_copy_that_lacks_something_is_not_made_up_for(sandbox: Sandbox, loaded: Client) -> None:
    """A restored type must not pay for everything because nobody knows what it paid for."""
    raw = sandbox.certificate_type_of(CHAIN, PLAIN)
    sandbox.put_certificate_type(CHAIN, {key: raw[key] for key in raw.keys() - {"item_type"}})
    delete(loaded, PLAIN)
    response = restore(loaded, PLAIN)
    assert response.status_code == 409
    page = Page(response)
    assert FIELDS.label("covers") in page.one("div", class_="notice bad").text
    assert page.all("a", href=f"{LIST}trash/{newest().pk}/again/")
    assert posts(sandbox) == 0


# Once only


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_forms_at_once_make_one(sandbox: Sandbox, trashed: Client) -> None:
    """Of two windows, or of two people: each form has an id of its own."""
    sandbox.fault(kind="latency", seconds=0.3, match={"method": "POST"})
    presses = []
    for _ in range(3):
        window = Client()
        window.cookies = trashed.cookies
        form = page_of(window, f"{LIST}trash/").form("restore/")
        presses.append(partial(window.post, URL, form.data()))
    answers = at_once(presses)
    assert posts(sandbox) == 1
    assert {answer["Location"] for answer in answers} == {f"{LIST}{newest().result_id}/"}
    assert len([raw for raw in listed(sandbox) if raw["title"] == TITLE]) == 1


@pytest.mark.parametrize("is_applied", [False, True])
def test_restore_of_unknown_outcome_is_settled_before_another_is_sent(
    sandbox: Sandbox, trashed: Client, is_applied: bool
) -> None:
    sandbox.fault(kind="reset", apply=is_applied, match={"method": "POST"})
    sandbox.fault(kind="html", status=403, after=1, times=None, match={"method": "GET"})
    restore(trashed, PLAIN)
    sandbox.clear_faults()
    unknown = newest()
    assert unknown.outcome == Outcome.UNKNOWN
    # It still waits under Deleted; whoever presses is led to what is not known.
    assert restore(trashed, PLAIN)["Location"] == f"/activity/{unknown.pk}/"
    assert posts(sandbox) == 1
    Entry.objects.filter(pk=unknown.pk).update(started_at=Now() - timedelta(minutes=2))
    trashed.post(f"/activity/{unknown.pk}/check/")
    unknown.refresh_from_db()
    assert unknown.outcome == (Outcome.DONE if is_applied else Outcome.REFUSED)
    if not is_applied:
        restore(trashed, PLAIN)
    assert posts(sandbox) == (1 if is_applied else 2)
    assert len([raw for raw in listed(sandbox) if raw["title"] == TITLE]) == 1


def test_service_raises_with_what_made_it_good(
    sandbox: Sandbox, ctx: ChainContext, trashed: Client
) -> None:
    deletion = newest()
    restore(trashed, PLAIN)
    with pytest.raises(AlreadySubmitted) as repeated:
        make_again(ctx, deletion, TITLE, form_id=new_form_id())
    assert repeated.value.entry == newest()
    assert posts(sandbox) == 1


def test_restored_type_that_is_deleted_waits_again(ctx: ChainContext, trashed: Client) -> None:
    first = newest()
    made = restore(trashed, PLAIN)["Location"].split("/")[-2]
    delete(trashed, int(made))
    assert list(reading.deletions(ctx)) == [newest()]
    assert newest() != first


# What does not belong to it


def test_type_that_was_not_deleted_here_is_not_found(sandbox: Sandbox, trashed: Client) -> None:
    data = page_of(trashed, f"{LIST}trash/").form("restore/").data()
    assert trashed.post(f"{LIST}{DATED}/restore/", data).status_code == 404
    assert trashed.get(URL).status_code == 405
    assert posts(sandbox) == 0
