"""Restoring a deleted type under a title that the person confirms."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.membership_types import actions
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, LIST, writes
from tests.membership_types.submitting import delete, newest, restore, shown
from tests.pages import HTMX, Page, page_of

URL = f"{LIST}11006/restore/"
observed = pytest.mark.parametrize("profile", ["observed"], indirect=True)


@pytest.fixture
def trashed(loaded: Client) -> Client:
    """The editor's browser after Morning spa was deleted."""
    delete(loaded, 11006)
    return loaded


def test_restored_under_the_confirmed_title(sandbox: Sandbox, trashed: Client) -> None:
    response = restore(trashed, 11006, {"title": "Morning spa 2026"})
    assert response["Location"] == f"{LIST}11006/"
    raw = sandbox.type_of(CHAIN, 11006)
    assert (raw["is_deleted"], raw["title"]) == (False, "Morning spa 2026")
    assert writes(sandbox)[-1]["body"] == {"restore_in_title": "Morning spa 2026"}
    page = shown(trashed, response)
    assert page.one("h1").text == "Morning spa 2026"
    assert not page.all("span", text="Deleted")
    assert "Morning spa 2026" in page_of(trashed, LIST).titles()
    assert not page_of(trashed, f"{LIST}trash/").titles()


def test_both_journal_entries_name_each_other(trashed: Client) -> None:
    restore(trashed, 11006)
    restored, deleted = Entry.objects.all()
    assert restored.action == actions.RESTORED
    assert restored.origin == deleted
    for one, other in ((restored, deleted), (deleted, restored)):
        page = page_of(trashed, f"/activity/{one.pk}/")
        assert page.all("a", href=f"/activity/{other.pk}/")


def test_htmx_goes_to_the_types_page(trashed: Client) -> None:
    form = page_of(trashed, f"{LIST}trash/").form("11006/restore/")
    response = trashed.post(URL, form.data(), headers=HTMX)
    assert response["HX-Redirect"] == f"{LIST}11006/"


@observed
@pytest.mark.parametrize("htmx", [False, True])
def test_forbidden_restore_is_explained_and_offers_the_other_way(
    profile: str, sandbox: Sandbox, trashed: Client, htmx: bool
) -> None:
    deletion = newest()
    form = page_of(trashed, f"{LIST}trash/").form("11006/restore/")
    typed = form.data({"title": "Another <title>"})
    response = trashed.post(URL, typed, headers=HTMX if htmx else {})
    assert response.status_code == 422
    assert response.has_header("X-Partial") == htmx
    page = Page(response)
    notice = page.one("div", class_="notice bad", role="alert")
    assert "Access denied." in notice.text
    again = [one.attributes["href"] for one in notice.node.css("a")]
    assert again == [f"{LIST}trash/{deletion.pk}/again/"]
    # What was typed stays, and the next try is a new one.
    kept = page.form("11006/restore/")
    assert kept.values["title"] == ["Another <title>"]
    assert kept.values["form_id"] != form.values["form_id"]
    assert page.titles() == ["Morning spa"]
    assert newest().outcome == Outcome.REFUSED
    assert sandbox.type_of(CHAIN, 11006)["is_deleted"]


def test_title_is_needed(sandbox: Sandbox, trashed: Client) -> None:
    sent = len(writes(sandbox))
    for title in ("", "   ", "x" * 256):
        response = restore(trashed, 11006, {"title": title})
        assert response.status_code == 422
        assert Page(response).form("11006/restore/").values["title"] == [title]
    assert len(writes(sandbox)) == sent


def test_other_form_after_it_was_restored_sends_nothing(sandbox: Sandbox, trashed: Client) -> None:
    mine = page_of(trashed, f"{LIST}trash/").form("11006/restore/")
    colleagues = page_of(trashed, f"{LIST}trash/").form("11006/restore/")
    trashed.post(URL, mine.data())
    response = trashed.post(URL, colleagues.data())
    assert response["Location"] == f"{LIST}11006/"
    assert len(writes(sandbox)) == 2


def test_type_that_was_not_deleted_here_is_not_found(sandbox: Sandbox, trashed: Client) -> None:
    data = page_of(trashed, f"{LIST}trash/").form("11006/restore/").data()
    assert trashed.post(f"{LIST}11005/restore/", data).status_code == 404
