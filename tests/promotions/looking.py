"""Pages of promotions, as a person looks at them and does the little that needs no form."""

from __future__ import annotations

from typing import Any

from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.endings import newest
from tests.pages import Page, page_of, said, shown
from tests.promotions.common import CHAIN, LIST

__all__ = ["newest", "said", "shown"]


def at(chain_id: int, path: str = "") -> str:
    """An address of the chain's promotions."""
    return f"/chains/{chain_id}/promotions/{path}"


def row_texts(page: Page) -> dict[int, str]:
    """Each row's text in one line, by the id of its promotion."""
    start = "promotion-row-"
    found = [row for row in page.all("tr") if row.attrs.get("id", "").startswith(start)]
    return {int(row.attrs["id"].removeprefix(start)): " ".join(row.text.split()) for row in found}


def rows_now(client: Client) -> dict[int, str]:
    """The rows after the list was read anew."""
    assert client.post(f"{LIST}refresh/").status_code == 302
    return row_texts(page_of(client, LIST))


def facts(page: Page) -> dict[str, str]:
    """What a promotion's page says, by its labels."""
    pairs = zip(page.all("dt"), page.all("dd"), strict=True)
    return {dt.text.strip(): dd.text.strip() for dt, dd in pairs}


def warnings(page: Page) -> str:
    """What the page warns of, in one line."""
    found = [e for e in page.elements if e.attrs.get("class", "").startswith("notice warn")]
    return " ".join(" ".join(e.text for e in found).split())


def menu_of(client: Client, promotion_id: int) -> Page:
    """The menu of the promotion's row as it is loaded when it is opened."""
    return page_of(client, f"{LIST}{promotion_id}/menu/", htmx=True)


def duplicate(client: Client, promotion_id: int) -> int:
    """Make a duplicate as the form comes; its id."""
    url = f"{LIST}{promotion_id}/clone/"
    shown(client, client.post(url, page_of(client, url).form(id="promotion-form").data()))
    made = newest().result_id
    assert made is not None
    return made


def delete(client: Client, promotion_id: int, *, chain_id: int = CHAIN) -> Any:
    url = at(chain_id, f"{promotion_id}/delete/")
    return client.post(url, page_of(client, url).form("delete/").data())


def only_in(sandbox: Sandbox, promotion_id: int, *location_ids: int) -> None:
    """As if someone else had made it valid there only, at Altegio."""
    titles = {one["id"]: one["title"] for raw in sandbox.promotions_of(CHAIN)
              for one in raw["companies"]}  # fmt: skip
    companies = [{"id": number, "title": titles[number]} for number in location_ids]
    sandbox.alter_promotion(CHAIN, promotion_id, companies=companies)
