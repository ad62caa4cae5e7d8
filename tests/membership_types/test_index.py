"""The list: all types searched, sorted and filtered by the address, without asking Altegio."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.connections.models import Connection
from loyalty_admin.membership_types import presenting
from loyalty_admin.offers.listing import Query
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, LIST, OTHER_CHAIN, grow_old, listed, named
from tests.pages import HTMX, Page, page_of


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


def test_cold_list_shows_itself_without_asking_altegio(sandbox: Sandbox, edith: Client) -> None:
    before = len(sandbox.calls())
    page = page_of(edith, LIST)
    assert len(sandbox.calls()) == before
    part = page.one("div", hx_trigger="load")
    assert part.attrs["hx-get"] == f"{LIST}loaded/?"
    # Without JavaScript a link shows the list whole.
    assert page.one("a", href=f"{LIST}loaded/?").text


def test_cold_list_keeps_what_its_address_asks_for(edith: Client) -> None:
    page = page_of(edith, f"{LIST}?q=spa&sort=-price")
    assert page.one("div", hx_trigger="load").attrs["hx-get"] == f"{LIST}loaded/?q=spa&sort=-price"


def test_row_shows_the_type_at_a_glance(loaded: Client) -> None:
    for htmx in (False, True):
        page = page_of(loaded, f"{LIST}?q=Manicure+×", htmx=htmx)
        (row,) = [row for row in page.all("tr") if row.attrs.get("id", "").startswith("type-row-")]
        for text in ("Manicure × 5", "120 €", "6 months", "12", "115 €", "Aurora Centrs"):
            assert text in " ".join(row.text.split())
        assert page.one("a", text="Manicure × 5").attrs["href"] == f"{LIST}11001/"


def test_lists_of_two_chains_do_not_mix(loaded: Client) -> None:
    other = LIST.replace(str(CHAIN), str(OTHER_CHAIN))
    assert "Manicure" not in page_of(loaded, other).text
    page = page_of(loaded, f"{other}loaded/")
    assert "Gym × 12" in page.titles()
    assert "18,000 ₸" in page.text


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


def test_search_reaches_every_page(sandbox: Sandbox, many: Client) -> None:
    title = max(raw["title"] for raw in listed(sandbox) if not raw["is_archived"])
    asked = title.upper()
    page = page_of(many, f"{LIST}?{urlencode({'q': asked})}")
    assert page.titles() == [title]
    assert page.one("input", id="search").attrs["value"] == asked


def test_sort_covers_all_types(sandbox: Sandbox, many: Client) -> None:
    active = [raw for raw in listed(sandbox) if not raw["is_archived"]]
    dearest = max(raw["cost"] for raw in active)
    page = page_of(many, f"{LIST}?sort=-price")
    prices = [cell.text for cell in page.all("td", data_label="Price")]
    assert prices[0] == f"{dearest:,.2f} €".replace(".00", "")
    heading = page.one("th", aria_sort="descending")
    assert heading.text == "Price"
    ascending = page.one("a", text="Price").attrs["href"]
    cheapest = page_of(many, ascending).all("td", data_label="Price")[0]
    assert cheapest.text == "0 €"


def test_filter_keeps_what_fits_and_is_shown(sandbox: Sandbox, loaded: Client) -> None:
    expected = {
        raw["title"]
        for raw in listed(sandbox)
        if not raw["is_archived"]
        and raw["is_online_sale_enabled"]
        and raw["abonements_count"]
        and 501 in raw["attached_location_ids"]
    }
    page = page_of(loaded, f"{LIST}?online=on&sold=yes&location=501&size=100")
    assert set(page.titles()) == expected
    assert expected
    shown = page.form(id="filters").values
    assert (shown["online"], shown["sold"], shown["location"]) == (["on"], ["yes"], ["501"])


def test_archived_types_have_a_tab_of_their_own(sandbox: Sandbox, loaded: Client) -> None:
    archived = {raw["title"] for raw in listed(sandbox) if raw["is_archived"]}
    page = page_of(loaded, f"{LIST}?tab=archived")
    assert set(page.titles()) == archived
    page.one("a", aria_current="page", href=f"{LIST}?tab=archived")
    # They cannot be changed before they are unarchived.
    assert len(menus(page)) == len(archived)
    assert not [a for a in page.all("a") if a.attrs.get("href", "").endswith("/edit/")]


def test_address_is_canonical(loaded: Client) -> None:
    url = f"{LIST}?q=&location=&online=on&freezing=&sort=title&size=50&tab=active&page=1&x=y"
    response = loaded.get(url, headers=HTMX)
    assert response["HX-Push-Url"] == f"{LIST}?online=on"
    assert "HX-Request" in response["Vary"]
    # The same page comes of the shared address, whole.
    assert Page(response).titles() == page_of(loaded, response["HX-Push-Url"]).titles()


def test_nonsense_in_the_address_is_left_out(loaded: Client) -> None:
    for nonsense in (
        "page=1000000000", "size=1000000", "sort=-", "location=" + "9" * 400, "q=%00",
        "q=" + "x" * 10_000,
    ):  # fmt: skip
        assert len(page_of(loaded, f"{LIST}?{nonsense}").titles()) <= 50


def test_page_beyond_the_last_has_the_address_of_the_last(many: Client) -> None:
    assert many.get(f"{LIST}?page=2", headers=HTMX)["HX-Push-Url"] == f"{LIST}?page=2"
    response = many.get(f"{LIST}?page=999", headers=HTMX)
    assert "page=999" not in response["HX-Push-Url"]
    assert Page(response).titles() == page_of(many, response["HX-Push-Url"]).titles()


def test_nothing_found_offers_a_way_out(loaded: Client) -> None:
    page = page_of(loaded, f"{LIST}?q=no+such+title")
    assert not page.titles()
    assert [a for a in page.all("a", href=LIST) if "button" in a.attrs.get("class", "")]


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


def test_hostile_search_is_inert(loaded: Client) -> None:
    asked = "\"><script>alert(1)</script>'"
    response = loaded.get(LIST, {"q": asked})
    page = Page(response)
    assert page.one("input", id="search").attrs["value"] == asked
    assert "<script>alert" not in page.html
    pushed = loaded.get(LIST, {"q": asked + "\r\nX-Evil: 1"}, headers=HTMX)
    assert "X-Evil" not in pushed.headers
    assert "\n" not in pushed["HX-Push-Url"]


def test_viewer_sees_everything_and_is_offered_nothing(vera: Client) -> None:
    page = page_of(vera, f"{LIST}loaded/")
    assert "Manicure × 5" in page.titles()
    assert not page.all("a", href=f"{LIST}new/")
    assert not menus(page)
    assert not [a for a in page.all("a") if "/edit/" in a.attrs.get("href", "")]


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


def test_looking_writes_nothing_down(loaded: Client, editor: User) -> None:
    page_of(loaded, LIST)
    assert not Entry.objects.exists()
