"""Forms of membership types, sent as a person sends them: the page is read, filled in, posted."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests.endings import newest
from tests.membership_types.common import CHAIN, LIST
from tests.pages import HTMX, Form, Page, Typed, page_of, said, shown

__all__ = ["newest", "said", "shown"]


def at(chain_id: int, path: str = "") -> str:
    """An address of the chain's membership types."""
    return f"/chains/{chain_id}/membership-types/{path}"


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
    "title": "Ten baths",
    "price": "140",
    "sold_without_code": "False",
    "balance_editing": "0",
    "is_pooled": "False",
    "services": ["s710503"],
    "services-visits-s710503": "10",
    "validity": "6",
    "validity_unit": "3",
    "activation": "1",
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
    """Press clone, archive or unarchive on the type's page, without JavaScript."""
    data = {"form_id": form_id(client, type_id, chain_id=chain_id)}
    return client.post(at(chain_id, f"{type_id}/{button}/"), data)


def delete(client: Client, type_id: int, *, chain_id: int = CHAIN) -> Any:
    url = at(chain_id, f"{type_id}/delete/")
    return client.post(url, page_of(client, url).form("delete/").data())


def restore(client: Client, type_id: int, typed: Typed | None = None) -> Any:
    url = at(CHAIN, f"{type_id}/restore/")
    return client.post(url, page_of(client, at(CHAIN, "trash/")).form(url).data(typed))


def menu_of(client: Client, type_id: int) -> Page:
    """The menu of the type's row as it is loaded when it is opened."""
    return page_of(client, at(CHAIN, f"{type_id}/menu/"), htmx=True)


def submission(client: Client, what: str) -> tuple[str, dict[str, Any], str]:
    """One submission: its address, its data, and the method of the write that it leads to."""
    match what:
        case "create":
            return f"{LIST}new/", new_form(client).data(FILLED), "POST"
        case "edit":
            data = edit_form(client, 11023).data({"title": "Beards", "price": "150"})
            return f"{LIST}11023/edit/", data, "PUT"
        case "edit of a sold type":
            # Altegio keeps its price: what is read back is neither what was, nor what was asked.
            data = edit_form(client, 11001).data({"title": " Nails × 5 ", "price": "1"})
            return f"{LIST}11001/edit/", data, "PUT"
        case "delete":
            url = f"{LIST}11023/delete/"
            return url, page_of(client, url).form("delete/").data(), "DELETE"
        case "restore":
            delete(client, 11023)
            url = f"{LIST}11023/restore/"
            return url, page_of(client, f"{LIST}trash/").form(url).data(), "POST"
        case "create again":
            delete(client, 11023)
            url = f"{LIST}trash/{newest().pk}/again/"
            data = page_of(client, url).form(id="type-form").data({"location_ids": ["501"]})
            return url, data, "POST"
        case _:
            number = 11010 if what == "unarchive" else 11023
            button = {"form_id": form_id(client, number)}
            return f"{LIST}{number}/{what}/", button, "POST" if what == "clone" else "PATCH"


EACH = [
    "create", "clone", "edit", "edit of a sold type", "archive", "unarchive", "delete", "restore",
    "create again",
]  # fmt: skip
