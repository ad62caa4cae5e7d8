"""Restoring a deleted type under a title that the person confirms."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.audit.models import Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, LIST, writes
from tests.membership_types.submitting import delete, newest
from tests.pages import HTMX, Page, page_of

pytestmark = pytest.mark.slow

URL = f"{LIST}11006/restore/"
observed = pytest.mark.parametrize("profile", ["observed"], indirect=True)


@pytest.fixture
def trashed(loaded: Client) -> Client:
    """The editor's browser after Morning spa was deleted."""
    delete(loaded, 11006)
    return loaded


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
