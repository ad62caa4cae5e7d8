"""What the tests of notification templates share: the page, and what it says by occasion."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.test import Client

from tests.pages import Page
from tests.promotions.common import CHAIN

TEXTS = f"/chains/{CHAIN}/notification-templates/"
TEMPLATES = "notification_message_templates/programs"


@dataclass
class Text:
    """One text as the page shows it; `promotions` are the titles of those that send it."""

    size: str
    body: str = ""
    promotions: list[str] = field(default_factory=list)


def texts(page: Page) -> dict[str, list[Text]]:
    """The texts by occasion, in the order of the page."""
    found: dict[str, list[Text]] = {}
    for element in page.elements:
        if element.tag == "h2":
            found[" ".join(element.text.split())] = []
        elif element.attrs.get("class") == "chip" and found:
            found[list(found)[-1]].append(Text(element.text))
        elif element.tag == "a" and element.attrs["href"].count("/promotions/") and found:
            found[list(found)[-1]][-1].promotions.append(element.text)
        elif element.tag == "blockquote":
            found[list(found)[-1]][-1].body = element.text
    return {title: rows for title, rows in found.items() if rows}


def at(chain_id: int, path: str = "") -> str:
    return f"/chains/{chain_id}/notification-templates/{path}"


def read(client: Client) -> Client:
    """The same browser, after the texts and the promotions were read."""
    assert client.get(f"{TEXTS}loaded/").status_code == 200
    return client
