"""Deleting: a question that names what goes, and a full copy that stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.gift_card_types import archive, listing, reading
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import (
    ARCHIVED_BY_ALTEGIO,
    CHAIN,
    HOSTILE,
    ISSUED,
    LIST,
    OTHER_CHAIN,
    PLAIN,
    UNMODELLED,
    asked_of,
    named,
    writes,
)
from tests.gift_card_types.submitting import delete, newest, said, shown
from tests.gift_card_types.writing import archive_plainly
from tests.pages import HTMX, Page, page_of

TITLE = "Подарок для мамы"
URL = f"{LIST}{PLAIN}/delete/"
FROM_ROW = HTMX | {"HX-Trigger": f"delete-row-{PLAIN}"}


@pytest.mark.parametrize("htmx", [False, True])
def test_question_names_the_title_and_sends_nothing(
    sandbox: Sandbox, edith: Client, htmx: bool
) -> None:
    page = page_of(edith, URL, htmx=htmx)
    assert TITLE in page.one("h2" if htmx else "h1").text
    page.form("delete/")
    assert bool(page.all("html")) != htmx
    assert not writes(sandbox) and not Entry.objects.exists()


def test_question_about_an_issued_type_offers_other_ways(edith: Client) -> None:
    page = page_of(edith, f"{LIST}{ISSUED}/delete/")
    assert "214" in page.text
    assert not page.all("form", action=f"{LIST}{ISSUED}/delete/")
    for way in ("archive", "clone"):
        assert page.all("a", href=f"{LIST}{ISSUED}/{way}/")


def test_question_asks_from_which_place_it_came(edith: Client) -> None:
    from_row = Page(edith.get(URL, headers=FROM_ROW)).form("delete/")
    assert from_row.attrs["hx-target"] == f"#type-row-{PLAIN}"
    assert "hx-post" not in page_of(edith, URL, htmx=True).form("delete/").attrs


def test_deleted_once_and_gone_by_its_number(sandbox: Sandbox, loaded: Client) -> None:
    data = page_of(loaded, URL).form("delete/").data()
    start = len(sandbox.calls())
    response = loaded.post(URL, data)
    asked = asked_of(sandbox.calls()[start:])
    assert asked == [f"GET /{PLAIN}", f"DELETE /{PLAIN}", f"GET /{PLAIN}"]
    assert sandbox.certificate_type_of(CHAIN, PLAIN)["is_deleted"]
    page = shown(loaded, response)
    assert TITLE in page.one("div", class_="notice good").text
    assert TITLE not in page.titles()
    assert (newest().action, newest().outcome) == ("gift_card_type.deleted", Outcome.DONE)
    # Its page leads to what waits under Deleted.
    assert loaded.get(f"{LIST}{PLAIN}/")["Location"] == f"{LIST}trash/"
    assert page_of(loaded, f"{LIST}trash/").titles() == [TITLE]


def test_full_copy_is_kept_before_the_call(sandbox: Sandbox, edith: Client) -> None:
    before = sandbox.certificate_type_of(CHAIN, UNMODELLED)
    sandbox.fault(kind="reset_after", match={"method": "DELETE"})
    delete(edith, UNMODELLED)
    copy: Any = newest().copy
    assert set(copy) >= set(before) - {"is_deleted"}
    # Fields that this dashboard does not know, too.
    assert (copy["title"], copy["external_code"]) == (before["title"], "AUR-GE-16")


def test_row_says_where_it_went(loaded: Client) -> None:
    form = Page(loaded.get(URL, headers=FROM_ROW)).form("delete/")
    target = HTMX | {"HX-Target": f"type-row-{PLAIN}"}
    page = Page(loaded.post(URL, form.data(), headers=target))
    assert TITLE in page.one("tr", id=f"type-row-{PLAIN}").text
    assert page.all("a", href=f"{LIST}trash/")
    assert page.one("input", id="form-id").attrs["hx-swap-oob"] == "true"


def test_type_issued_since_the_question_is_not_deleted(sandbox: Sandbox, loaded: Client) -> None:
    data = page_of(loaded, URL).form("delete/").data()
    sandbox.issue(CHAIN, PLAIN)
    for headers in ({}, HTMX | {"HX-Target": f"type-row-{PLAIN}"}):
        response = loaded.post(URL, data, headers=headers)
        assert response.status_code == 409
        assert Page(response).one("section", role="alert").text
    assert not writes(sandbox) and not Entry.objects.exists()
    assert TITLE in page_of(loaded, LIST).titles()


def test_what_altegio_itself_refuses_is_shown_and_stays(sandbox: Sandbox, loaded: Client) -> None:
    data = page_of(loaded, URL).form("delete/").data()
    message = "Cannot delete certificate type with issued certificates"
    sandbox.fault(kind="status", status=400, message=message, match={"method": "DELETE"})
    response = loaded.post(URL, data)
    assert response.status_code == 422
    assert message in Page(response).text
    assert newest().outcome == Outcome.REFUSED
    assert TITLE in page_of(loaded, LIST).titles()
    assert not page_of(loaded, f"{LIST}trash/").titles()


def test_accepted_but_still_there_is_no_deletion(
    sandbox: Sandbox, edith: Client, ctx: ChainContext
) -> None:
    sandbox.fault(kind="null_data", match={"method": "DELETE"})
    assert delete(edith, PLAIN).status_code == 422
    assert newest().outcome == Outcome.REFUSED
    assert not reading.deletions(ctx)


def test_type_that_still_answers_by_its_number_is_deleted_when_no_list_has_it(
    sandbox: Sandbox, edith: Client
) -> None:
    raw = sandbox.certificate_type_of(CHAIN, PLAIN)
    body = {"success": True, "data": raw, "meta": {}}
    data = page_of(edith, URL).form("delete/").data()
    sandbox.fault(
        kind="status",
        status=200,
        body=body,
        times=None,
        match={"method": "GET", "path": f"/{PLAIN}$"},
    )
    edith.post(URL, data)
    assert newest().outcome == Outcome.DONE


def test_what_was_archived_here_is_forgotten_with_it(edith: Client, ctx: ChainContext) -> None:
    archive_plainly(edith)
    delete(edith, PLAIN)
    assert archive.archived_here(ctx, PLAIN) is None


def test_archived_by_altegio_can_be_deleted(sandbox: Sandbox, edith: Client) -> None:
    delete(edith, ARCHIVED_BY_ALTEGIO)
    assert sandbox.certificate_type_of(CHAIN, ARCHIVED_BY_ALTEGIO)["is_deleted"]


def test_late_resend_says_it_is_deleted(sandbox: Sandbox, edith: Client) -> None:
    data = page_of(edith, URL).form("delete/").data()
    shown(edith, edith.post(URL, data))
    Entry.objects.update(finished_at=timezone.now() - timedelta(minutes=2))
    assert TITLE in said(shown(edith, edith.post(URL, data)))
    assert len(writes(sandbox)) == 1


def test_deletions_belong_to_their_chain_and_address(
    edith: Client, ctx: ChainContext, other_ctx: ChainContext
) -> None:
    delete(edith, PLAIN)
    assert reading.deletions(ctx)
    assert not reading.deletions(other_ctx)
    Entry.objects.update(api_url="https://elsewhere.example/api/v1")
    assert not reading.deletions(ctx)


def test_type_that_is_back_in_the_list_is_shown_as_what_it_is(
    sandbox: Sandbox, edith: Client, ctx: ChainContext
) -> None:
    """Whatever Altegio's support brought back is no deletion to make good."""
    delete(edith, PLAIN)
    sandbox.alter_certificate_type(CHAIN, PLAIN, is_deleted=False)
    listing.refresh(ctx)
    assert page_of(edith, f"{LIST}{PLAIN}/").all("span", text="Active")


def test_hostile_title_is_inert(sandbox: Sandbox, loaded: Client) -> None:
    type_id = named(sandbox, HOSTILE)["id"]
    url = f"{LIST}{type_id}/delete/"
    page = page_of(loaded, url, htmx=True)
    assert HOSTILE in page.one("h2").text
    target = HTMX | {"HX-Target": f"type-row-{type_id}"}
    written = Page(loaded.post(url, page.form("delete/").data(), headers=target))
    assert HOSTILE in written.one("tr").text
    assert "<script>alert" not in page.html + written.html


def test_type_of_another_chain_is_not_deleted(sandbox: Sandbox, edith: Client) -> None:
    data = page_of(edith, URL).form("delete/").data()
    assert edith.post(f"{LIST}25002/delete/", data).status_code == 422
    assert edith.get(f"{LIST}25002/delete/").status_code == 404
    sandbox.alter_certificate_type(CHAIN, PLAIN, company_group_id=OTHER_CHAIN)
    assert edith.post(URL, data).status_code == 422
    assert not writes(sandbox)
