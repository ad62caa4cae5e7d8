"""Refusals of fields as Altegio words them: 400 with `meta.errors`, their keys as sent."""

from __future__ import annotations

from typing import Any

from loyalty_admin.sandbox.server import Sandbox
from tests.pages import Page

MESSAGE = "An <error> has occurred"
# A key of each kind, and the field that it is about.
FIELD_OF = {
    "balance": "face_value",
    "salon_ids.0": "location_ids",
    "expiration.timeout": "validity",
    "expiration.date": "expires_at",
    "online_sale.price": "online_price",
}
ELSEWHERE = "something_else"


def bracketed(key: str) -> str:
    """ "expiration.timeout" as "[expiration][timeout]"."""
    return "".join(f"[{part}]" for part in key.split("."))


def refuse(sandbox: Sandbox, method: str) -> None:
    """The next write is refused; each key has a message of its own."""
    keys = [*FIELD_OF, ELSEWHERE]
    named = {key: bracketed(key) if sandbox.profile == "observed" else key for key in keys}
    errors = {named[key]: [f"No <b>{key}</b>."] for key in keys}
    body: dict[str, Any] = {"success": False, "data": None}
    body["meta"] = {"message": MESSAGE, "errors": errors}
    match = {"method": method, "path": "certificate_types"}
    sandbox.fault(kind="status", status=400, body=body, match=match)


def check_refused(page: Page) -> None:
    """Each message stands at its field, the others above the form; none of them is HTML."""
    for key, field in FIELD_OF.items():
        assert f"No <b>{key}</b>." in page.one("ul", id=f"id_{field}_error").text, field
    above = page.one("div", class_="notice bad whole", role="alert").text
    assert f"{ELSEWHERE}" in above
    assert MESSAGE in above
    for name in FIELD_OF:
        assert name not in above
    assert "<b>" not in page.html
