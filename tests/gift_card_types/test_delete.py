"""Deleting: a question that names what goes, and a full copy that stays."""

from __future__ import annotations

import pytest
from django.test import Client

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
    named,
    writes,
)
from tests.gift_card_types.submitting import delete, newest
from tests.gift_card_types.writing import archive_plainly
from tests.pages import HTMX, Page, page_of

pytestmark = pytest.mark.slow

TITLE = "Подарок для мамы"
URL = f"{LIST}{PLAIN}/delete/"


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
