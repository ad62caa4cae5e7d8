"""Deleting: a question that names what goes and where, and a full copy that stays."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.promotions import listing, reading
from loyalty_admin.sandbox.server import Sandbox
from tests.pages import HTMX, Page, page_of
from tests.promotions.common import (
    CHAIN,
    EVERYWHERE,
    FOREIGN,
    LIST,
    OTHER_CHAIN,
    PACKAGE,
    SEARCH,
    SILENT,
    SIX_TIERS,
    STATIC,
    asked_of,
    writes,
)
from tests.promotions.looking import (
    delete,
    newest,
    only_in,
    row_texts,
)

pytestmark = pytest.mark.slow

NBSP = "\u00a0"
TITLE = "Welcome, 10% off"
URL = f"{LIST}{STATIC}/delete/"
FROM_ROW = HTMX | {"HX-Trigger": f"delete-row-{STATIC}"}
TO_ROW = HTMX | {"HX-Target": f"promotion-row-{STATIC}"}
BY_ID = {"method": "GET", "path": f"programs/{STATIC}$"}
DELETE = {"method": "DELETE"}


def question(client: Client, promotion_id: int = STATIC) -> dict[str, list[str]]:
    """What the page's form sends."""
    return page_of(client, f"{LIST}{promotion_id}/delete/").form("delete/").data()


def text_of(page: Page) -> str:
    return page.text.replace(NBSP, " ")


# The question


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "dialog"])
def test_question_names_what_goes_and_where_and_sends_nothing(
    sandbox: Sandbox, edith: Client, htmx: bool
) -> None:
    page = page_of(edith, f"{LIST}{SIX_TIERS}/delete/", htmx=htmx)
    assert "Золотая скидка" in page.one("h2" if htmx else "h1").text
    assert "2 %" in text_of(page) and "200 €" in text_of(page)
    places = {item.text for item in page.all("li")}
    assert {"Aurora Centrs", "Aurora Āgenskalns", "Aurora Jūrmala"} <= places
    assert not {"Aurora Málaga", "Aurora Cádiz"} & places
    assert bool(page.all("html")) != htmx
    assert not writes(sandbox) and not Entry.objects.exists()


def test_question_is_asked_about_the_promotion_as_it_is_now(
    sandbox: Sandbox, loaded: Client
) -> None:
    sandbox.alter_promotion(CHAIN, STATIC, title="Renamed meanwhile")
    only_in(sandbox, STATIC, 505)
    page = page_of(loaded, URL, htmx=True)
    assert "Renamed meanwhile" in page.one("h2").text
    assert [item.text for item in page.all("li")] == ["Aurora Cádiz"]
    # Also where it is valid nowhere.
    sandbox.alter_promotion(CHAIN, STATIC, companies=[])
    page = page_of(loaded, URL, htmx=True)
    assert page.form("delete/").values["form_id"] and not page.all("li")


def test_question_names_the_services_of_a_package(edith: Client) -> None:
    page = page_of(edith, f"{LIST}{PACKAGE}/delete/")
    assert "50 %" in text_of(page) and "Pedicure" in text_of(page)


# Deleting


def test_promotion_that_is_gone_already_is_not_deleted_again(
    sandbox: Sandbox, loaded: Client
) -> None:
    first, second = question(loaded), question(loaded)
    loaded.post(URL, first)
    response = loaded.post(URL, second)
    assert response.status_code == 422
    assert len(writes(sandbox)) == 1
    assert [entry.outcome for entry in Entry.objects.all()] == [Outcome.DONE]


# From a row


def test_refusal_is_shown_where_the_row_was_and_the_row_stays(
    sandbox: Sandbox, loaded: Client
) -> None:
    form = Page(loaded.get(URL, headers=FROM_ROW)).form("delete/")
    sandbox.fault(kind="status", status=403, message="Not for you.", match=DELETE)
    response = loaded.post(URL, form.data(), headers=TO_ROW)
    assert response.status_code == 422
    page = Page(response)
    assert not page.all("html")
    assert "Not for you." in page.one("section", role="alert").text
    assert TITLE in page_of(loaded, LIST).titles()


# What goes wrong


def test_accepted_but_still_there_is_no_deletion(
    sandbox: Sandbox, edith: Client, ctx: ChainContext
) -> None:
    data = question(edith)
    sandbox.fault(kind="empty", match=DELETE)
    assert edith.post(URL, data).status_code == 422
    assert newest().outcome == Outcome.REFUSED
    assert not reading.deletions(ctx)
    assert not sandbox.promotion_of(CHAIN, STATIC)["is_deleted"]


def test_promotion_that_still_answers_by_its_number_is_deleted_when_no_location_has_it(
    sandbox: Sandbox, loaded: Client
) -> None:
    raw = sandbox.promotion_of(CHAIN, STATIC)
    data = question(loaded)
    sandbox.fault(kind="status", status=200, body=raw, times=None, match=BY_ID)
    loaded.post(URL, data)
    assert newest().outcome == Outcome.DONE


def test_few_locations_are_asked_whether_it_is_gone(sandbox: Sandbox, loaded: Client) -> None:
    """All of a large chain would leave no time to hear of it."""
    raw, url = sandbox.promotion_of(CHAIN, EVERYWHERE), f"{LIST}{EVERYWHERE}/delete/"
    data = page_of(loaded, url).form("delete/").data()
    match = {"method": "GET", "path": f"programs/{EVERYWHERE}$"}
    sandbox.fault(kind="status", status=200, body=raw, times=None, match=match)
    before = len(sandbox.calls())
    loaded.post(url, data)
    asked = asked_of(sandbox.calls()[before:])
    assert len([line for line in asked if line.startswith("GET in ")]) == 3
    assert newest().outcome == Outcome.DONE


def test_promotion_that_no_location_ever_reported_is_not_called_deleted_while_it_is_read(
    sandbox: Sandbox, edith: Client, ctx: ChainContext
) -> None:
    sandbox.hide_promotion(CHAIN, STATIC)
    assert edith.get(f"{LIST}loaded/").status_code == 200
    data = question(edith)
    sandbox.fault(kind="status", status=500, match=DELETE)
    edith.post(URL, data)
    assert newest().outcome == Outcome.UNKNOWN
    assert not reading.deletions(ctx)


def test_it_is_not_called_deleted_while_a_location_does_not_say(
    sandbox: Sandbox, edith: Client
) -> None:
    raw = sandbox.promotion_of(CHAIN, EVERYWHERE)
    data = question(edith, EVERYWHERE)
    by_id = {"method": "GET", "path": f"programs/{EVERYWHERE}$"}
    sandbox.fault(kind="status", status=200, body=raw, times=None, match=by_id)
    sandbox.fault(**SILENT, match={"path": f"/company/503/{SEARCH}"})
    edith.post(f"{LIST}{EVERYWHERE}/delete/", data)
    assert newest().outcome == Outcome.UNKNOWN
    assert not page_of(edith, f"{LIST}trash/").titles()


def test_nothing_is_sent_while_the_promotion_cannot_be_read(
    sandbox: Sandbox, loaded: Client
) -> None:
    data = question(loaded)
    sandbox.fault(**SILENT, match=BY_ID)
    assert loaded.post(URL, data).status_code >= 400
    assert not writes(sandbox) and not Entry.objects.exists()


# Whose


def test_promotion_that_is_back_is_shown_as_what_it_is(
    sandbox: Sandbox, edith: Client, ctx: ChainContext
) -> None:
    delete(edith, STATIC)
    sandbox.alter_promotion(CHAIN, STATIC, is_deleted=False)
    listing.refresh(ctx)
    assert page_of(edith, f"{LIST}{STATIC}/").one("h1").text == TITLE
    assert STATIC in row_texts(page_of(edith, LIST))


def test_promotion_of_another_chain_is_not_deleted(sandbox: Sandbox, edith: Client) -> None:
    data = question(edith)
    assert edith.post(f"{LIST}{FOREIGN}/delete/", data).status_code == 422
    assert edith.get(f"{LIST}{FOREIGN}/delete/").status_code == 404
    sandbox.alter_promotion(CHAIN, STATIC, group_id=OTHER_CHAIN)
    assert edith.post(URL, data).status_code == 422
    assert not writes(sandbox)
