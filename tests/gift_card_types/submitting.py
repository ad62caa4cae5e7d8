"""Forms of gift card types, sent as a person sends them: the page is read, filled in, posted."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests.endings import newest
from tests.gift_card_types.common import CHAIN
from tests.pages import HTMX, Form, Page, Typed, page_of, said, shown

__all__ = ["newest", "said", "shown"]


def at(chain_id: int, path: str = "") -> str:
    """An address of the chain's gift card types."""
    return f"/chains/{chain_id}/gift-card-types/{path}"


def edit_form(client: Client, type_id: int, *, chain_id: int = CHAIN) -> Form:
    return page_of(client, at(chain_id, f"{type_id}/edit/")).form(id="type-form")


def row_form(client: Client, type_id: int, *, chain_id: int = CHAIN) -> Form:
    return page_of(client, at(chain_id, f"{type_id}/row/edit/"), htmx=True).form("row/edit/")


def send_edit(
    client: Client, form: Form, type_id: int, typed: Typed, *, chain_id: int = CHAIN
) -> Any:
    """The answer to the full form, sent without JavaScript."""
    return client.post(at(chain_id, f"{type_id}/edit/"), form.data(typed))


def send_row(
    client: Client, form: Form, type_id: int, typed: Typed, *, chain_id: int = CHAIN
) -> Any:
    url = at(chain_id, f"{type_id}/row/edit/")
    return client.post(url, form.data(typed), headers=HTMX)


def edit(client: Client, type_id: int, typed: Typed, *, chain_id: int = CHAIN) -> Any:
    """Open the full form, fill in, send."""
    form = edit_form(client, type_id, chain_id=chain_id)
    return send_edit(client, form, type_id, typed, chain_id=chain_id)


def new_form(client: Client, *, chain_id: int = CHAIN) -> Form:
    return page_of(client, at(chain_id, "new/")).form(id="type-form")


# What makes an empty form a type that Altegio accepts, in the first chain.
FILLED: Typed = {
    "title": "Gift of baths",
    "face_value": "60",
    "several_uses": "True",
    "sold_without_code": "False",
    "balance_editing": "1",
    "covers": "0",
    "validity_kind": "2",
    "validity": "6",
    "validity_unit": "3",
    "location_ids": ["501"],
}


def create(client: Client, typed: Typed | None = None, *, chain_id: int = CHAIN) -> Any:
    """Open the form for a new type, fill it in whole, send."""
    form = new_form(client, chain_id=chain_id)
    return client.post(at(chain_id, "new/"), form.data({**FILLED, **(typed or {})}))


def form_id(client: Client, type_id: int, *, chain_id: int = CHAIN) -> str:
    """The id that the buttons of a type's page carry."""
    (one,) = page_of(client, at(chain_id, f"{type_id}/")).form(id="type-actions").values["form_id"]
    return one


def press(client: Client, type_id: int, button: str, *, chain_id: int = CHAIN) -> Any:
    """Archive or unarchive without JavaScript, told of an online sale that changes with it."""
    url = at(chain_id, f"{type_id}/{button}/")
    return client.post(url, page_of(client, url).form(f"{button}/").data())


def delete(client: Client, type_id: int, *, chain_id: int = CHAIN) -> Any:
    url = at(chain_id, f"{type_id}/delete/")
    return client.post(url, page_of(client, url).form("delete/").data())


def restore(client: Client, type_id: int, typed: Typed | None = None) -> Any:
    url = at(CHAIN, f"{type_id}/restore/")
    return client.post(url, page_of(client, at(CHAIN, "trash/")).form(url).data(typed))


def menu_of(client: Client, type_id: int) -> Page:
    """The menu of the type's row as it is loaded when it is opened."""
    return page_of(client, at(CHAIN, f"{type_id}/menu/"), htmx=True)
