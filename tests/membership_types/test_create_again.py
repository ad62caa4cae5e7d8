"""A deleted type made again from its last known copy."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.membership_types import actions
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import (
    CHAIN,
    HOSTILE,
    LIST,
    OTHER_CHAIN,
    listed,
    named,
    writes,
)
from tests.membership_types.submitting import at, delete, newest, restore, shown
from tests.pages import HTMX, Form, Page, page_of
from tests.threads import at_once


def again(client: Client, deletion: Entry) -> tuple[str, Form]:
    url = f"{LIST}trash/{deletion.pk}/again/"
    assert page_of(client, f"{LIST}trash/").all("a", href=url)
    return url, page_of(client, url).form(id="type-form")


def rows(raw: dict[str, Any]) -> set[tuple[int, int, bool]]:
    return {
        ((link.get("service") or link["category"])["id"], link["count"], link["is_unlimited"])
        for link in raw["balance_container"]["links"]
    }


@pytest.mark.slow
def test_copy_makes_an_equal_type(profile: str, sandbox: Sandbox, edith: Client) -> None:
    for title in ("Morning spa", "Unlimited blow-dry", HOSTILE, "ველნეს პაკეტი"):
        before = named(sandbox, title)
        delete(edith, before["id"])
        url, form = again(edith, newest())
        response = edith.post(url, form.data())
        made = named(sandbox, title)
        assert response["Location"] == f"{LIST}{made['id']}/"
        not_written = {"id", "weight", "external_code", "is_deleted", "online_sale_image"}
        different = {name for name in before if made.get(name) != before[name]} - not_written
        assert different <= {"balance_container"}
        if (profile, title) == ("observed", "Unlimited blow-dry"):
            # That chain takes only maps, which cannot say "unlimited".
            assert [item["field"] for item in newest().kept] == ["Covered services"]
        else:
            assert rows(made) == rows(before)
            assert newest().kept == []
        assert made["id"] != before["id"]


def test_title_can_be_changed_first(sandbox: Sandbox, edith: Client) -> None:
    delete(edith, 11006)
    url, form = again(edith, newest())
    page = shown(edith, edith.post(url, form.data({"title": "Evening spa"})))
    assert page.one("h1").text == "Evening spa"
    assert "Evening spa" in page.one("div", class_="notice good").text


def test_both_journal_entries_name_each_other(edith: Client) -> None:
    delete(edith, 11006)
    url, form = again(edith, newest())
    edith.post(url, form.data())
    made, deleted = Entry.objects.all()
    assert (made.action, made.outcome) == (actions.RECREATED, Outcome.DONE)
    assert (made.origin, made.object_id) == (deleted, 11006)
    for one, other in ((made, deleted), (deleted, made)):
        page = page_of(edith, f"/activity/{one.pk}/")
        assert page.all("a", href=f"/activity/{other.pk}/")
    # The new type's page tells how it came to be.
    page = page_of(edith, f"{LIST}{made.result_id}/")
    assert page.all("a", href=f"/activity/{made.pk}/")


def test_deletion_leaves_the_trash_once_made_good(edith: Client) -> None:
    delete(edith, 11006)
    deletion = newest()
    url, form = again(edith, deletion)
    edith.post(url, form.data())
    assert not page_of(edith, f"{LIST}trash/").titles()
    assert edith.get(url).status_code == 404


def test_second_submission_of_htmx_makes_one(sandbox: Sandbox, edith: Client) -> None:
    delete(edith, 11006)
    url, form = again(edith, newest())
    first = edith.post(url, form.data(), headers=HTMX)
    second = edith.post(url, form.data(), headers=HTMX)
    made = f"{LIST}{named(sandbox, 'Morning spa')['id']}/"
    assert first["HX-Redirect"] == second["HX-Redirect"] == made
    assert [call["method"] for call in writes(sandbox)] == ["DELETE", "POST"]


def test_other_form_after_it_was_made_good_leads_to_what_came_of_it(
    sandbox: Sandbox, edith: Client
) -> None:
    delete(edith, 11006)
    deletion = newest()
    url, form = again(edith, deletion)
    _url, other = again(edith, deletion)
    made = edith.post(url, form.data())["Location"]
    assert edith.post(url, other.data())["Location"] == made
    Entry.objects.update(finished_at=timezone.now() - timedelta(hours=1))
    assert edith.post(url, form.data())["Location"] == made
    assert [call["method"] for call in writes(sandbox)] == ["DELETE", "POST"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_windows_at_once_make_one(sandbox: Sandbox, edith: Client) -> None:
    delete(edith, 11006)
    deletion = newest()
    sandbox.fault(kind="latency", seconds=0.3, match={"method": "POST"})
    sends = []
    for _ in range(4):
        window = Client()
        window.cookies = edith.cookies
        url, form = again(window, deletion)
        sends.append(partial(window.post, url, form.data()))
    answers = at_once(sends)
    made = named(sandbox, "Morning spa")
    assert {answer["Location"] for answer in answers} == {f"{LIST}{made['id']}/"}
    assert [call["method"] for call in writes(sandbox)] == ["DELETE", "POST"]


def test_restored_meanwhile_is_not_made_a_second_time(sandbox: Sandbox, edith: Client) -> None:
    delete(edith, 11006)
    url, form = again(edith, newest())
    restore(edith, 11006)
    assert edith.post(url, form.data())["Location"] == f"{LIST}11006/"
    assert len([raw for raw in listed(sandbox) if raw["title"] == "Morning spa"]) == 1


def test_error_keeps_what_was_typed(sandbox: Sandbox, edith: Client) -> None:
    delete(edith, 11006)
    url, form = again(edith, newest())
    response = edith.post(url, form.data({"price": "3", "services": None}))
    assert response.status_code == 422
    page = Page(response)
    page.one("ul", id="id_services_error")
    assert page.form(id="type-form").values["price"] == ["3"]
    assert len(writes(sandbox)) == 1


def test_refusal_keeps_the_deletion_in_the_trash(sandbox: Sandbox, edith: Client) -> None:
    delete(edith, 11006)
    url, form = again(edith, newest())
    sandbox.fault(kind="success_false", message="Not today.", match={"method": "POST"})
    response = edith.post(url, form.data())
    assert response.status_code == 422
    assert "Not today." in Page(response).text
    assert page_of(edith, f"{LIST}trash/").titles() == ["Morning spa"]


def test_copy_of_another_chain_is_not_found(edith: Client) -> None:
    delete(edith, 11006)
    assert edith.get(at(OTHER_CHAIN, f"trash/{newest().pk}/again/")).status_code == 404
    assert edith.get(f"{LIST}trash/999/again/").status_code == 404


def test_other_entries_are_no_copies(edith: Client, sandbox: Sandbox) -> None:
    sandbox.fault(kind="success_false", match={"method": "DELETE"})
    delete(edith, 11006)
    assert newest().outcome == Outcome.REFUSED
    assert edith.get(f"{LIST}trash/{newest().pk}/again/").status_code == 404
    assert not sandbox.type_of(CHAIN, 11006)["is_deleted"]
