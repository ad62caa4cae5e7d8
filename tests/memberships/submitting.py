"""Changes of sold memberships, made as a person makes them: typed, looked at, confirmed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.submitting import newest, said, shown
from tests.memberships.common import LIST, MANICURES, POOL, TWO_ROWS, put, today
from tests.pages import HTMX, Form, Page, Typed, page_of

__all__ = ["newest", "said", "shown"]

# Each ends in one request to Altegio.
EACH = ["freeze", "unfreeze", "pool", "balance", "validity"]
PATHS = {
    "freeze": "freeze",
    "unfreeze": "unfreeze",
    "pool": "set_balance",
    "balance": "set_balance",
    "validity": "set_period",
}


def at(raw: dict[str, Any], name: str = "") -> str:
    """The address of the membership's page, or of a change of it."""
    return f"{LIST}{raw['id']}/{name}/" if name else f"{LIST}{raw['id']}/"


def form_of(page: Page) -> Form:
    return page.form(id="change-form")


def change_form(client: Client, raw: dict[str, Any], name: str) -> Form:
    return form_of(page_of(client, at(raw, name)))


def previewed(
    client: Client, raw: dict[str, Any], name: str, typed: Typed, *, htmx: bool = False
) -> Page:
    """The preview of what is typed into the form."""
    data = change_form(client, raw, name).data(typed)
    answer = client.post(at(raw, name), data, headers=HTMX if htmx else {})
    assert answer.status_code == 200, Page(answer).text
    return Page(answer)


def diff(page: Page) -> dict[str, tuple[str, str]]:
    """What the preview says: each field, as it is now and as it will be then."""
    rows = [row.node.css("th, td") for row in page.all("tr")]
    texts = [[cell.text().strip() for cell in cells] for cells in rows if cells[0].tag == "th"]
    return {field: (before, after) for field, before, after in texts[1:]}


def confirmation(page: Page, typed: Typed | None = None) -> dict[str, Any]:
    """What the browser sends when the preview's first button is pressed."""
    button = page.one("button", name="confirmed")
    return form_of(page).data({**(typed or {}), "confirmed": button.attrs["value"]})


def change(client: Client, raw: dict[str, Any], name: str, typed: Typed) -> Any:
    """Type, look, confirm: the answer to the confirmation."""
    page = previewed(client, raw, name, typed)
    return client.post(at(raw, name), confirmation(page))


def in_days(days: int) -> str:
    """A day as the browser sends it."""
    return (today() + timedelta(days)).isoformat()


def submission(client: Client, sandbox: Sandbox, what: str) -> tuple[str, dict[str, Any], int]:
    """One confirmation: its address, its data, and the number of its membership."""
    if what == "freeze":
        raw = put(sandbox)
        return _confirmed(client, raw, "freeze", {"until": in_days(5)})
    if what == "unfreeze":
        raw = put(sandbox, is_frozen=True, freeze_period=3)
        data = confirmation(page_of(client, at(raw, "unfreeze")))
        return at(raw, "unfreeze"), data, raw["id"]
    if what == "pool":
        return _confirmed(client, put(sandbox, POOL), "balance", {"left": "11"})
    if what == "balance":
        raw = put(sandbox, TWO_ROWS)
        return _confirmed(client, raw, "balance", {first_row(raw): "7"})
    raw = put(sandbox, MANICURES)
    return _confirmed(client, raw, "validity", {"number": "9", "unit": "3"})


def _confirmed(
    client: Client, raw: dict[str, Any], name: str, typed: Typed
) -> tuple[str, dict[str, Any], int]:
    return at(raw, name), confirmation(previewed(client, raw, name, typed)), raw["id"]


def row_ids(raw: dict[str, Any]) -> list[int]:
    rows = raw["balance_container"]["links"]
    return [(row.get("service") or row["category"])["id"] for row in rows]


def first_row(raw: dict[str, Any]) -> str:
    """The field of the first service of a membership that is counted per service."""
    return f"left-{row_ids(raw)[0]}"
