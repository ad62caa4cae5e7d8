"""Reading the list anew because a person asks for it."""

from __future__ import annotations

from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.pages import HTMX, Page, page_of
from tests.promotions.common import CHAIN, LIST, LOCATIONS, STATIC, asked_of, listed
from tests.promotions.looking import only_in, row_texts, rows_now


def test_refresh_reads_what_changed_at_altegio(sandbox: Sandbox, loaded: Client) -> None:
    sandbox.alter_promotion(CHAIN, STATIC, title="Hello again")
    only_in(sandbox, STATIC, 502, 505)
    assert "Hello again" not in page_of(loaded, LIST).titles()
    address = f"http://testserver{LIST}?q=again&sort=-gives"
    response = loaded.post(f"{LIST}refresh/?", headers=HTMX | {"HX-Current-URL": address})
    page = Page(response)
    assert page.titles() == ["Hello again"]
    assert "Aurora Cádiz" in row_texts(page)[STATIC]
    # What the person searched for and sorted by stays, and so does the address.
    assert page.all("input", name="sort", value="-gives")
    assert "HX-Push-Url" not in response


def test_refresh_asks_every_location_again(sandbox: Sandbox, loaded: Client) -> None:
    before = len(sandbox.calls())
    loaded.post(f"{LIST}refresh/")
    asked = asked_of(sandbox.calls()[before:])
    assert sorted(asked[:5]) == [f"GET in {number}" for number in LOCATIONS]
    # And for every promotion, however lately it was read.
    assert {*asked[5:]} == {f"GET /{raw['id']}" for raw in listed(sandbox)}


def test_promotion_made_at_altegio_comes_and_a_deleted_one_goes(
    sandbox: Sandbox, loaded: Client
) -> None:
    raw = sandbox.promotion_of(CHAIN, STATIC)
    made = sandbox.put_promotion(CHAIN, {**raw, "id": None, "title": "Made there"})["id"]
    sandbox.alter_promotion(CHAIN, STATIC, is_deleted=True)
    rows = rows_now(loaded)
    assert "Made there" in rows[made]
    assert STATIC not in rows
