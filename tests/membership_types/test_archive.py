"""Archiving: from the row and from the type's page, swapping only what changed."""

from __future__ import annotations

from typing import Any

from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, HOSTILE, LIST, named, writes
from tests.membership_types.submitting import form_id, menu_of, newest, press, shown
from tests.pages import HTMX, Page, page_of

ROW = HTMX | {"HX-Target": "type-row-11005"}
DETAIL = HTMX | {"HX-Target": "type-detail"}
# A browser without JavaScript, the list, the page of the type.
ASKERS: list[dict[str, str]] = [{}, ROW, DETAIL]


def press_with(client: Client, headers: dict[str, str], type_id: int = 11005) -> Any:
    data = {"form_id": form_id(client, type_id)}
    return client.post(f"{LIST}{type_id}/archive/", data, headers=headers)


def test_archive_without_javascript(sandbox: Sandbox, edith: Client) -> None:
    """Also one that is sold."""
    response = press(edith, 11001, "archive")
    assert response["Location"] == f"{LIST}11001/"
    assert sandbox.type_of(CHAIN, 11001)["is_archived"]
    assert "Manicure × 5" in shown(edith, response).one("div", class_="notice good").text
    page = page_of(edith, f"{LIST}loaded/?tab=archived")
    assert "Manicure × 5" in page.titles()
    assert newest().outcome == Outcome.DONE


def test_row_is_swapped_alone_with_a_toast(loaded: Client) -> None:
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


def test_types_page_is_swapped_alone(edith: Client) -> None:
    response = press_with(edith, DETAIL)
    page = Page(response)
    page.one("div", id="type-detail")
    assert not page.all("html")
    page.one("button", formaction=f"{LIST}11005/unarchive/")
    assert "Sauna without limits" in page.one("div", id="toasts").text


def test_list_knows_it_at_once(sandbox: Sandbox, loaded: Client) -> None:
    press(loaded, 11005, "archive")
    before = len(sandbox.calls())
    assert "Sauna without limits" not in page_of(loaded, LIST).titles()
    assert "Sauna without limits" in page_of(loaded, f"{LIST}?tab=archived").titles()
    assert len(sandbox.calls()) == before


def test_already_archived_sends_nothing(sandbox: Sandbox, loaded: Client) -> None:
    data = {"form_id": form_id(loaded, 11005)}
    sandbox.alter_type(CHAIN, 11005, is_archived=True)
    for headers in ASKERS:
        response = loaded.post(f"{LIST}11005/archive/", data, headers=headers)
        assert response.status_code == (200 if headers else 302)
        assert "Sauna without limits" in page_of(loaded, f"{LIST}?tab=archived").titles()
    assert not writes(sandbox)
    assert not Entry.objects.exists()


def test_refusal_says_why_and_gives_a_new_form_id(sandbox: Sandbox, loaded: Client) -> None:
    message = "Not on <i>Sundays</i>."
    for headers in ASKERS:
        old = form_id(loaded, 11005)
        sandbox.fault(kind="success_false", message=message, match={"method": "PATCH"})
        response = loaded.post(f"{LIST}11005/archive/", {"form_id": old}, headers=headers)
        assert response.status_code == 422
        page = Page(response)
        assert message in page.text
        assert "<i>" not in page.html
        if headers:
            assert response["X-Partial"]
            assert page.one("input", id="form-id").attrs["value"] != old
    assert not sandbox.type_of(CHAIN, 11005)["is_archived"]


def test_unknown_outcome_leads_to_its_entry(sandbox: Sandbox, loaded: Client) -> None:
    for headers in ASKERS:
        sandbox.alter_type(CHAIN, 11005, is_archived=False)
        data = {"form_id": form_id(loaded, 11005)}
        count = len(writes(sandbox))
        sandbox.fault(kind="reset_after", match={"method": "PATCH"})
        # The first read is the one before the write; no read is tried again after it.
        sandbox.fault(kind="status", status=302, after=1, times=None, match={"method": "GET"})
        response = loaded.post(f"{LIST}11005/archive/", data, headers=headers, follow=True)
        sandbox.clear_faults()
        assert newest().outcome == Outcome.UNKNOWN
        entry_url = f"/activity/{newest().pk}/"
        led_to = (response.request["PATH_INFO"], response.headers.get("HX-Redirect"))
        assert Page(response).all("a", href=entry_url) or entry_url in led_to
        assert len(writes(sandbox)) == count + 1


def test_hostile_title_is_inert_in_toasts(sandbox: Sandbox, loaded: Client) -> None:
    type_id = named(sandbox, HOSTILE)["id"]
    data = {"form_id": form_id(loaded, type_id)}
    target = HTMX | {"HX-Target": f"type-row-{type_id}"}
    response = loaded.post(f"{LIST}{type_id}/archive/", data, headers=target)
    page = Page(response)
    assert HOSTILE in page.one("div", id="toasts").text
    assert "<script>alert" not in page.html
    assert "HX-Trigger" not in response
