"""Cloning: one press makes one copy, and opens on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import HOSTILE, LIST, OTHER_CHAIN, listed, named, writes
from tests.membership_types.submitting import at, form_id, newest, press, shown
from tests.pages import HTMX, Page, page_of


def press_in_row(client: Client, type_id: int) -> Any:
    data = page_of(client, f"{LIST}loaded/").form(id="row-actions").data()
    target = HTMX | {"HX-Target": f"type-row-{type_id}"}
    return client.post(f"{LIST}{type_id}/clone/", data, headers=target)


@pytest.mark.parametrize("chain_id", [1101, 2202])
def test_clone_opens_on_the_new_type(
    profile: str, sandbox: Sandbox, edith: Client, chain_id: int
) -> None:
    original = listed(sandbox, chain_id)[0]
    response = press(edith, original["id"], "clone", chain_id=chain_id)
    clone = named(sandbox, f"{original['title']} (2)", chain_id)
    assert response["Location"] == at(chain_id, f"{clone['id']}/")
    page = shown(edith, response)
    assert page.one("h1").text == clone["title"]
    page.one("div", class_="notice good")
    assert [call["path"].split("/")[-1] for call in writes(sandbox)] == ["clone"]


def test_clone_from_the_row_sends_the_browser_to_the_new_type(
    sandbox: Sandbox, edith: Client
) -> None:
    response = press_in_row(edith, 11005)
    clone = named(sandbox, "Sauna without limits (2)")
    assert response["HX-Redirect"] == f"{LIST}{clone['id']}/"


def test_clone_stands_in_the_list_at_once(sandbox: Sandbox, loaded: Client) -> None:
    press(loaded, 11005, "clone")
    before = len(sandbox.calls())
    assert "Sauna without limits (2)" in page_of(loaded, LIST).titles()
    assert len(sandbox.calls()) == before


def test_clone_stands_in_the_journal(edith: Client, sandbox: Sandbox) -> None:
    press(edith, 11005, "clone")
    entry = newest()
    assert entry.outcome == Outcome.DONE
    assert (entry.object_id, entry.result_title) == (11005, "Sauna without limits (2)")
    assert entry.result_id == named(sandbox, "Sauna without limits (2)")["id"]


def test_archived_type_can_be_cloned(profile: str, sandbox: Sandbox, edith: Client) -> None:
    press(edith, named(sandbox, "Old spring card")["id"], "clone")
    assert not named(sandbox, "Old spring card (2)")["is_archived"]


def test_hostile_title_is_inert(sandbox: Sandbox, edith: Client) -> None:
    page = shown(edith, press(edith, named(sandbox, HOSTILE)["id"], "clone"))
    assert page.one("h1").text == f"{HOSTILE} (2)"
    assert f"{HOSTILE} (2)" in page.one("div", class_="notice good").text
    assert "<script>alert" not in page.html


def test_second_press_of_the_same_form_gets_the_same_clone(sandbox: Sandbox, edith: Client) -> None:
    data = {"form_id": form_id(edith, 11005)}
    first = edith.post(f"{LIST}11005/clone/", data)
    second = edith.post(f"{LIST}11005/clone/", data)
    assert first["Location"] == second["Location"]
    assert len(writes(sandbox)) == 1


@pytest.mark.parametrize("htmx", [False, True])
def test_late_resend_says_already_made_and_offers_another(
    sandbox: Sandbox, edith: Client, htmx: bool
) -> None:
    data = {"form_id": form_id(edith, 11005)}
    made = edith.post(f"{LIST}11005/clone/", data)["Location"]
    Entry.objects.update(finished_at=timezone.now() - timedelta(minutes=2))
    response = edith.post(f"{LIST}11005/clone/", data, headers=HTMX if htmx else {})
    assert response.status_code == 409
    assert response.has_header("X-Partial") == htmx
    page = Page(response)
    assert page.one("a", href=made).text == "Sauna without limits (2)"
    assert len(writes(sandbox)) == 1
    again = page.form("11005/clone/").data()
    assert again["form_id"] != [data["form_id"]]
    assert edith.post(f"{LIST}11005/clone/", again)["Location"] != made
    assert len(writes(sandbox)) == 2


@pytest.mark.parametrize("htmx", [False, True])
def test_refusal_says_why_and_gives_a_new_form_id(
    sandbox: Sandbox, edith: Client, htmx: bool
) -> None:
    data = {"form_id": form_id(edith, 11005)}
    words = "<b>No</b> more than 100 types."
    sandbox.fault(kind="success_false", message=words, match={"method": "POST"})
    response = edith.post(f"{LIST}11005/clone/", data, headers=HTMX if htmx else {})
    assert response.status_code == 422
    page = Page(response)
    assert words in page.text
    assert "<b>No" not in page.html
    assert newest().outcome == Outcome.REFUSED
    if htmx:
        new = page.one("input", id="form-id")
        assert new.attrs["hx-swap-oob"] == "true"
        assert new.attrs["value"] != data["form_id"]
    else:
        assert page.all("a", href=f"{LIST}11005/")


def test_form_without_its_id_is_refused(edith: Client, sandbox: Sandbox) -> None:
    assert edith.post(f"{LIST}11005/clone/").status_code == 400
    assert edith.post(f"{LIST}11005/clone/", {"form_id": "short"}).status_code == 400
    assert not writes(sandbox)
    assert not Entry.objects.exists()


@pytest.mark.parametrize("url", [f"{LIST}99999/clone/", at(OTHER_CHAIN, "11005/clone/")])
def test_unknown_type_is_not_cloned(edith: Client, sandbox: Sandbox, url: str) -> None:
    data = {"form_id": form_id(edith, 11005)}
    response = edith.post(url, data)
    assert response.status_code in (404, 422)
    assert not writes(sandbox)


def test_only_who_may_write_comes_in(doors: Any) -> None:
    doors("11005/clone/", "post", data={"form_id": "x" * 22})


def test_clone_is_a_post(edith: Client) -> None:
    assert edith.get(f"{LIST}11005/clone/").status_code == 405
