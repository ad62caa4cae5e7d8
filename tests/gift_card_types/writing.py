"""Every write of gift card types as a form that can be sent, and the faults that it may meet."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests.gift_card_types.common import LIST, ONLINE, PLAIN
from tests.gift_card_types.submitting import (
    FILLED,
    delete,
    edit_form,
    new_form,
    newest,
    press,
)
from tests.pages import page_of

# Each ends in one request to Altegio; those of a type that is not on sale online send none.
EACH = [
    "create", "clone", "edit", "archive", "unarchive", "delete", "restore", "create again",
]  # fmt: skip


def submission(client: Client, what: str) -> tuple[str, dict[str, Any], str]:
    """One submission: its address, its data, and the method of the write that it leads to."""
    match what:
        case "create":
            return f"{LIST}new/", new_form(client).data(FILLED), "POST"
        case "clone":
            url = f"{LIST}{PLAIN}/clone/"
            return url, page_of(client, url).form(id="type-form").data(), "POST"
        case "edit":
            data = edit_form(client, PLAIN).data({"title": "For her", "face_value": "130"})
            return f"{LIST}{PLAIN}/edit/", data, "PUT"
        case "delete":
            url = f"{LIST}{PLAIN}/delete/"
            return url, page_of(client, url).form("delete/").data(), "DELETE"
        case "restore":
            delete(client, PLAIN)
            url = f"{LIST}{PLAIN}/restore/"
            return url, page_of(client, f"{LIST}trash/").form(url).data(), "POST"
        case "create again":
            delete(client, PLAIN)
            url = f"{LIST}trash/{newest().pk}/again/"
            return url, page_of(client, url).form(id="type-form").data(), "POST"
        case _:
            if what == "unarchive":
                press(client, ONLINE, "archive")
            url = f"{LIST}{ONLINE}/{what}/"
            return url, page_of(client, url).form(f"{what}/").data(), "PUT"


def archive_plainly(client: Client, type_id: int = PLAIN) -> Any:
    """Archive as the button of a type's page does: nobody was told of an online sale."""
    return switch_plainly(client, type_id, "archive")


def switch_plainly(client: Client, type_id: int, verb: str, **headers: str) -> Any:
    data = page_of(client, f"{LIST}{type_id}/").form(id="type-actions").data()
    return client.post(f"{LIST}{type_id}/{verb}/", data, headers=headers)
