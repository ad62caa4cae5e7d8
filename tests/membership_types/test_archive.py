"""Archiving: from the row and from the type's page, swapping only what changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, HOSTILE, LIST, OTHER_CHAIN, named, writes
from tests.membership_types.submitting import at, form_id, menu_of, newest, press, shown
from tests.pages import HTMX, Page, page_of

ROW = HTMX | {"HX-Target": "type-row-11005"}
DETAIL = HTMX | {"HX-Target": "type-detail"}


def press_with(client: Client, headers: dict[str, str], type_id: int = 11005) -> Any:
    data = {"form_id": form_id(client, type_id)}
    return client.post(f"{LIST}{type_id}/archive/", data, headers=headers)


@pytest.mark.parametrize("type_id", [11005, 11001])  # the second one is sold
def test_archive_without_javascript(
    profile: str, sandbox: Sandbox, edith: Client, type_id: int
) -> None:
    response = press(edith, type_id, "archive")
    assert response["Location"] == f"{LIST}{type_id}/"
    assert sandbox.type_of(CHAIN, type_id)["is_archived"]
    page = shown(edith, edith.get(f"{LIST}loaded/?tab=archived"))
    assert sandbox.type_of(CHAIN, type_id)["title"] in page.titles()
    assert newest().outcome == Outcome.DONE


def test_message_names_what_was_archived(edith: Client) -> None:
    page = shown(edith, press(edith, 11005, "archive"))
    assert "Sauna without limits" in page.one("div", class_="notice good").text


def test_row_is_swapped_alone_with_a_toast(profile: str, loaded: Client) -> None:
    response = press_with(loaded, ROW)
    assert response.status_code == 200
    page = Page(response)
    row = page.one("tr", id="type-row-11005")
    assert row.text.count("Sauna without limits") == 1
    assert len(page.all("tr")) == 1
    # Now it offers the way back.
    assert not page.all("a", href=f"{LIST}11005/edit/")
    menu = menu_of(loaded, 11005)
    menu.one("button", formaction=f"{LIST}11005/unarchive/")
    assert not menu.all("a", href=f"{LIST}11005/edit/")
    toast = page.one("div", id="toasts")
    assert toast.attrs["hx-swap-oob"] == "beforeend"
    assert "Sauna without limits" in toast.text
    # The next press needs an id of its own.
    assert page.one("input", id="form-id").attrs["hx-swap-oob"] == "true"


def test_new_form_id_lets_it_be_undone_and_done_again(loaded: Client, sandbox: Sandbox) -> None:
    carried = {"form_id": form_id(loaded, 11005)}
    for action, is_archived in [
        ("archive", True), ("unarchive", False), ("archive", True), ("unarchive", False)
    ]:  # fmt: skip
        response = loaded.post(f"{LIST}11005/{action}/", carried, headers=ROW)
        assert response.status_code == 200
        carried = {"form_id": Page(response).one("input", id="form-id").attrs["value"]}
        assert sandbox.type_of(CHAIN, 11005)["is_archived"] is is_archived
    assert len(writes(sandbox)) == 4


def test_types_page_is_swapped_alone(profile: str, edith: Client) -> None:
    response = press_with(edith, DETAIL)
    page = Page(response)
    page.one("div", id="type-detail")
    assert not page.all("html")
    assert page.all("button", text="Unarchive")
    assert "Sauna without limits" in page.one("div", id="toasts").text


def test_list_knows_it_at_once(sandbox: Sandbox, loaded: Client) -> None:
    press(loaded, 11005, "archive")
    before = len(sandbox.calls())
    assert "Sauna without limits" not in page_of(loaded, LIST).titles()
    assert "Sauna without limits" in page_of(loaded, f"{LIST}?tab=archived").titles()
    assert len(sandbox.calls()) == before


@pytest.mark.parametrize("headers", [{}, ROW, DETAIL], ids=["plain", "row", "detail"])
def test_already_archived_sends_nothing(
    profile: str, sandbox: Sandbox, loaded: Client, headers: dict[str, str]
) -> None:
    data = {"form_id": form_id(loaded, 11005)}
    sandbox.alter_type(CHAIN, 11005, is_archived=True)
    response = loaded.post(f"{LIST}11005/archive/", data, headers=headers)
    assert response.status_code in (200, 302)
    assert not writes(sandbox)
    assert not Entry.objects.exists()
    assert "Sauna without limits" in page_of(loaded, f"{LIST}?tab=archived").titles()


@pytest.mark.parametrize("headers", [{}, ROW, DETAIL], ids=["plain", "row", "detail"])
def test_refusal_says_why_and_gives_a_new_form_id(
    sandbox: Sandbox, loaded: Client, headers: dict[str, str]
) -> None:
    old = form_id(loaded, 11005)
    words = "Not on <i>Sundays</i>."
    sandbox.fault(kind="success_false", message=words, match={"method": "PATCH"})
    response = loaded.post(f"{LIST}11005/archive/", {"form_id": old}, headers=headers)
    assert response.status_code == 422
    page = Page(response)
    assert words in page.text
    assert "<i>" not in page.html
    if headers:
        assert response["X-Partial"]
        assert page.one("input", id="form-id").attrs["value"] != old
    assert not sandbox.type_of(CHAIN, 11005)["is_archived"]


def test_missing_right_at_altegio_is_said(sandbox: Sandbox, loaded: Client) -> None:
    body = {"success": False, "data": None, "meta": {"message": "Access denied."}}
    sandbox.fault(kind="status", status=403, body=body, match={"method": "PATCH"})
    response = press_with(loaded, ROW)
    assert response.status_code == 422
    assert "no right" in Page(response).text
    assert "Access denied." in Page(response).text


@pytest.mark.parametrize("headers", [{}, ROW, DETAIL], ids=["plain", "row", "detail"])
def test_unknown_outcome_is_never_said_to_be_nothing(
    sandbox: Sandbox, loaded: Client, headers: dict[str, str]
) -> None:
    data = {"form_id": form_id(loaded, 11005)}
    sandbox.fault(kind="reset_after", match={"method": "PATCH"})
    # The first read is the one before the write.
    sandbox.fault(kind="reset", after=1, times=None, match={"method": "GET"})
    response = loaded.post(f"{LIST}11005/archive/", data, headers=headers, follow=True)
    page = Page(response)
    assert newest().outcome == Outcome.UNKNOWN
    entry_url = f"/activity/{newest().pk}/"
    led_to = (response.request["PATH_INFO"], response.headers.get("HX-Redirect"))
    assert page.all("a", href=entry_url) or entry_url in led_to
    assert "Nothing was changed" not in page.text
    assert len(writes(sandbox)) == 1


def test_late_resend_says_so(sandbox: Sandbox, loaded: Client) -> None:
    data = {"form_id": form_id(loaded, 11005)}
    loaded.post(f"{LIST}11005/archive/", data)
    Entry.objects.update(finished_at=timezone.now() - timedelta(minutes=2))
    response = loaded.post(f"{LIST}11005/archive/", data)
    assert response.status_code == 409
    assert Page(response).all("a", href=f"{LIST}11005/", text="Sauna without limits")
    assert len(writes(sandbox)) == 1


def test_hostile_title_is_inert_in_toasts(sandbox: Sandbox, loaded: Client) -> None:
    type_id = named(sandbox, HOSTILE)["id"]
    data = {"form_id": form_id(loaded, type_id)}
    target = HTMX | {"HX-Target": f"type-row-{type_id}"}
    response = loaded.post(f"{LIST}{type_id}/archive/", data, headers=target)
    page = Page(response)
    assert HOSTILE in page.one("div", id="toasts").text
    assert "<script>alert" not in page.html
    assert "HX-Trigger" not in response


def test_type_of_another_chain_is_left_alone(profile: str, sandbox: Sandbox, edith: Client) -> None:
    # The switch itself checks no chain at Altegio: the read before it does.
    response = edith.post(at(OTHER_CHAIN, "11005/archive/"), {"form_id": form_id(edith, 11005)})
    assert response.status_code == 422
    assert not writes(sandbox)
    assert not sandbox.type_of(CHAIN, 11005)["is_archived"]


def test_answer_about_another_chains_type_stops_the_switch(
    profile: str, sandbox: Sandbox, loaded: Client
) -> None:
    data = {"form_id": form_id(loaded, 11005)}
    sandbox.alter_type(CHAIN, 11005, salon_group_id=OTHER_CHAIN)
    assert loaded.post(f"{LIST}11005/archive/", data).status_code == 422
    assert loaded.get(f"{LIST}11005/").status_code == 404
    assert not writes(sandbox)


def test_form_without_its_id_is_refused(edith: Client, sandbox: Sandbox) -> None:
    assert edith.post(f"{LIST}11005/archive/").status_code == 400
    assert not writes(sandbox)


def test_only_who_may_write_comes_in(doors: Any) -> None:
    doors("11005/archive/", "post", data={"form_id": "x" * 22})


def test_archive_is_a_post(edith: Client) -> None:
    assert edith.get(f"{LIST}11005/archive/").status_code == 405
