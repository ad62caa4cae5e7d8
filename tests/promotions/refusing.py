"""Refusals of fields as Altegio words them: 422 with `meta.errors`, their keys as sent."""

from __future__ import annotations

from typing import Any

from loyalty_admin.sandbox.server import Sandbox
from tests.pages import Page

MESSAGE = "An <error> has occurred"
# A key of each kind, and the field that it is about.
FIELD_OF = {
    "title": "title",
    "rules": "rules",
    "rules.0.value": "rules",
    "company_ids": "location_ids",
    "loyalty_card_type_ids.0": "card_type_ids",
    "allowed_service_ids": "service_ids",
    "allowed_good_ids.1": "product_ids",
    "allowed_good_category_ids": "product_category_ids",
    "expiration_timeout": "expiration",
    "expiration_timeout_unit": "expiration_unit",
    "expiration_notification_timeout": "expiration_notice",
    "on_changed_notification_template.body": "on_changed",
    "on_expiration_notification_template.type": "on_expiration",
}
ELSEWHERE = "something_else"


def bracketed(key: str) -> str:
    """ "rules.0.value" as "[rules][0][value]"."""
    return "".join(f"[{part}]" for part in key.split("."))


def refuse(sandbox: Sandbox, profile: str, method: str) -> None:
    """The next write is refused; each key has a message of its own."""
    keys = [*FIELD_OF, ELSEWHERE]
    named = {key: bracketed(key) if profile == "observed" else key for key in keys}
    errors = {named[key]: [f"No <b>{key}</b>."] for key in keys}
    body: dict[str, Any] = {"success": False, "data": None}
    body["meta"] = {"message": MESSAGE, "errors": errors}
    match = {"method": method, "path": "loyalty/programs"}
    sandbox.fault(kind="status", status=422, body=body, match=match)


def check_refused(page: Page) -> None:
    """Each message stands at its field, the others above the form; none of them is HTML."""
    for key, field in FIELD_OF.items():
        assert f"No <b>{key}</b>." in page.one("ul", id=f"id_{field}_error").text, field
    above = page.one("div", class_="notice bad whole", role="alert").text
    assert ELSEWHERE in above
    assert MESSAGE in above
    for name in FIELD_OF:
        assert f"No <b>{name}" not in above
    assert "<b>No" not in page.html and "No <b>" not in page.html
