"""The list: all types searched, sorted and filtered by the address, without asking Altegio."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from loyalty_admin.catalog.listing import Query
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.connections.models import Connection
from loyalty_admin.membership_types import presenting
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import LIST, grow_old, listed, named
from tests.pages import Page, page_of

pytestmark = pytest.mark.slow


def menus(page: Page) -> list[str]:
    """The addresses from which the rows load their menus."""
    found = [element.attrs.get("hx-get", "") for element in page.all("details")]
    return [url for url in found if url.endswith("/menu/")]


@pytest.fixture
def many(sandbox: Sandbox, edith: Client) -> Client:
    """The editor's browser at a chain of several pages of types, already read."""
    sandbox.reset(types=160)
    assert edith.get(f"{LIST}loaded/").status_code == 200
    return edith


def test_row_shows_the_type_at_a_glance(loaded: Client) -> None:
    for htmx in (False, True):
        page = page_of(loaded, f"{LIST}?q=Manicure+×", htmx=htmx)
        (row,) = [row for row in page.all("tr") if row.attrs.get("id", "").startswith("type-row-")]
        for text in ("Manicure × 5", "120 €", "6 months", "12", "115 €", "Aurora Centrs"):
            assert text in " ".join(row.text.split())
        assert page.one("a", text="Manicure × 5").attrs["href"] == f"{LIST}11001/"


def test_many_types_come_fifty_a_page(sandbox: Sandbox, many: Client) -> None:
    active = [raw["title"] for raw in listed(sandbox) if not raw["is_archived"]]
    page = page_of(many, LIST)
    assert len(page.titles()) == 50
    assert page.titles()[0] == min(active, key=str.casefold)
    assert f"1–50 of {len(active)}" in page.text
    seen = list(page.titles())
    while nexts := page.all("a", rel="next"):
        page = page_of(many, nexts[0].attrs["href"])
        seen += page.titles()
    assert seen == sorted(active, key=str.casefold)


def test_empty_chain_says_what_to_do(sandbox: Sandbox, edith: Client) -> None:
    sandbox.reset(types=0)
    page = page_of(edith, f"{LIST}loaded/")
    assert not page.titles()
    assert page.all("a", href=f"{LIST}new/")


def test_old_list_is_shown_with_its_age_and_read_again(
    sandbox: Sandbox, loaded: Client, connection: Connection
) -> None:
    grow_old(connection, minutes=12)
    before = len(sandbox.calls())
    page = page_of(loaded, f"{LIST}?q=spa&page=1")
    assert page.titles()
    assert "12\xa0minutes ago" in page.text
    assert page.one("span", hx_trigger="load").attrs["hx-get"] == f"{LIST}loaded/?q=spa"
    assert len(sandbox.calls()) == before


def test_incomplete_list_says_so(sandbox: Sandbox, edith: Client, ctx: ChainContext) -> None:
    text = presenting.list_context(ctx, Query(), None)["texts"]["incomplete"]
    assert text not in page_of(edith, f"{LIST}loaded/").text
    cache.clear()
    raw = {"id": 1, "title": "One", "is_united_balance": False}
    body = {"success": True, "data": [raw], "meta": {"total_count": 2}}
    sandbox.fault(
        kind="status", status=200, body=body, times=None, match={"path": "abonement_types"}
    )
    assert text in page_of(edith, f"{LIST}loaded/").text


def test_missing_right_disables_with_its_reason(assisted: Client) -> None:
    page = page_of(assisted, f"{LIST}loaded/")
    assert "Manicure × 5" in page.titles()
    button = page.one("button", text="New type", aria_disabled="true")
    assert button.attrs["title"]
    assert not page.all("a", href=f"{LIST}new/")
    assert not menus(page)
    assert button.attrs.get("type") == "button"


def test_every_action_has_an_address_without_javascript(loaded: Client, sandbox: Sandbox) -> None:
    page = page_of(loaded, LIST)
    url = f"{LIST}{named(sandbox, 'Manicure × 5')['id']}/"
    assert page.all("a", href=f"{url}edit/")
    # The row's menu leads to the type's page, which offers the rest.
    page.one("a", text="Open", href=url)
    offers = page_of(loaded, url)
    assert offers.form(id="type-actions").attrs["method"] == "post"
    for action in ("clone", "archive"):
        offers.one("button", formaction=f"{url}{action}/")
    for path in ("edit/", "delete/"):
        assert offers.all("a", href=f"{url}{path}")
    assert page.form(id="filters").attrs["action"] == LIST
    assert page.form("refresh/?").attrs["method"] == "post"
