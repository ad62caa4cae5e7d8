"""What the tests of a chain's home share."""

from __future__ import annotations

from tests.pages import Element, Page
from tests.transactions.common import CHAIN

HOME = f"/chains/{CHAIN}/"
PANELS = ("month", "attention", "promotions", "activity")


def panel(page: Page, name: str) -> Element:
    return page.one("section", id=f"panel-{name}")


def panel_url(name: str) -> str:
    return f"{HOME}home/{name}/"


def is_loading(page: Page, name: str) -> bool:
    """Whether the panel comes by itself."""
    return panel(page, name).attrs.get("hx-trigger") == "load"
