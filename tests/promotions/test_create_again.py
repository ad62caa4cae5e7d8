"""A deleted promotion made again from its last known copy, changed before it is made."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.promotions import actions
from loyalty_admin.sandbox.server import Sandbox
from tests.pages import HTMX, Page, page_of
from tests.promotions.common import (
    CHAIN,
    CHOSEN,
    LIST,
    OTHER_CHAIN,
    PACKAGE,
    STATIC,
    named,
    writes,
)
from tests.promotions.looking import warnings
from tests.promotions.submitting import again, delete, form_of, newest, shown
from tests.promotions.test_every_kind import kept

TITLE = "Welcome, 10% off"


@pytest.mark.parametrize("promotion_id", [CHOSEN, PACKAGE])
def test_only_what_is_typed_differs_from_the_copy(
    sandbox: Sandbox, edith: Client, promotion_id: int
) -> None:
    before = sandbox.promotion_of(CHAIN, promotion_id)
    delete(edith, promotion_id)
    count = len(writes(sandbox))
    url, form = again(edith)
    assert len(writes(sandbox)) == count
    page = shown(edith, edith.post(url, form.data({"title": "Changed"})))
    assert page.one("h1").text == "Changed"
    made = named(sandbox, "Changed")
    assert made["id"] != promotion_id
    assert kept(made) == kept(before) | {"title": "Changed"}
    assert newest().action == actions.CREATED_AGAIN and newest().kept == []


def test_both_journal_entries_name_each_other(edith: Client) -> None:
    delete(edith, STATIC)
    url, form = again(edith)
    edith.post(url, form.data({"title": "Changed"}))
    made, deleted = Entry.objects.all()
    assert (made.origin, made.object_id, made.outcome) == (deleted, STATIC, Outcome.DONE)
    assert page_of(edith, f"/activity/{deleted.pk}/").all("a", href=f"/activity/{made.pk}/")


def test_it_is_made_once_and_then_waits_no_more(sandbox: Sandbox, edith: Client) -> None:
    delete(edith, STATIC)
    url, form = again(edith)
    _url, other = again(edith)
    answers = [edith.post(url, data) for data in (form.data(), form.data(), other.data())]
    to_htmx = edith.post(url, form.data(), headers=HTMX)
    made = f"{LIST}{named(sandbox, TITLE)['id']}/"
    assert {answer["Location"] for answer in answers} == {to_htmx["HX-Redirect"]} == {made}
    assert [call["method"] for call in writes(sandbox)] == ["DELETE", "POST"]
    assert not page_of(edith, f"{LIST}trash/").titles()
    assert edith.get(url).status_code == 404


def test_refusal_keeps_the_form_and_the_deletion(sandbox: Sandbox, edith: Client) -> None:
    delete(edith, STATIC)
    url, form = again(edith)
    sandbox.fault(kind="success_false", message="Not today.", match={"method": "POST"})
    response = edith.post(url, form.data({"rules-value-0": "3"}))
    assert response.status_code == 422
    page = Page(response)
    assert "Not today." in page.text
    assert form_of(page).values["rules-value-0"] == ["3"]
    assert page_of(edith, f"{LIST}trash/").titles() == [TITLE]
    # After a refusal it can still be made good.
    assert edith.post(url, form_of(page).data()).status_code == 302


def test_type_that_is_not_known_is_not_made_again(sandbox: Sandbox, edith: Client) -> None:
    sandbox.alter_promotion(CHAIN, STATIC, type="discount_lottery")
    delete(edith, STATIC)
    url = f"{LIST}trash/{newest().pk}/again/"
    for send in (edith.get, edith.post):
        response = send(url, {"form_id": "x" * 22})
        assert response["Location"] == f"{LIST}trash/"
        assert warnings(shown(edith, response))
    assert [call["method"] for call in writes(sandbox)] == ["DELETE"]


def test_copy_of_another_chain_or_of_no_deletion_is_not_found(
    edith: Client, sandbox: Sandbox
) -> None:
    sandbox.fault(kind="success_false", match={"method": "DELETE"})
    delete(edith, STATIC)
    assert newest().outcome == Outcome.REFUSED
    assert edith.get(f"{LIST}trash/{newest().pk}/again/").status_code == 404
    delete(edith, STATIC)
    assert edith.get(f"{LIST}trash/999999/again/").status_code == 404
    Entry.objects.filter(pk=newest().pk).update(chain_id=OTHER_CHAIN)
    assert edith.get(f"{LIST}trash/{newest().pk}/again/").status_code == 404
