"""What a page is looked at with: who is there, what is set up, and how each look is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.test import Client
from playwright.sync_api import Page, ViewportSize, expect

from loyalty_admin.accounts import services as accounts
from loyalty_admin.accounts.models import Role, User
from loyalty_admin.audit.models import Entry
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.browser.windows import LIST, Windows

PLAIN = 11002
FORM_ID = "a form id of the tests"
DESKTOP: ViewportSize = {"width": 1280, "height": 800}


@dataclass(kw_only=True)
class Stage:
    """What a page is set up with."""

    windows: Windows
    sandbox: Sandbox
    manager: User
    viewer: User
    connection: Connection

    def open(self, path: str, person: User | None = None) -> Page:
        page = self.windows.open(person, viewport=DESKTOP)
        page.goto(path)
        return page

    def opened_list(self, query: str = "", *, at: str = LIST) -> Page:
        page = self.open(f"{at}{query}", self.manager)
        expect(page.locator("#results .table, #results .empty h2").first).to_be_visible()
        return page

    def editing_row(self) -> Page:
        page = self.opened_list()
        page.locator(f"#edit-row-{PLAIN}").click()
        expect(page.locator(f"#type-row-{PLAIN} [name=title]")).to_be_focused()
        return page

    def post(self, path: str, **fields: str) -> None:
        client = Client()
        client.force_login(self.manager)
        client.post(path, {"form_id": FORM_ID, **fields})

    def delete(self, type_id: int) -> None:
        self.post(f"{LIST}{type_id}/delete/")

    def unknown_entry(self) -> Entry:
        self.sandbox.fault(kind="reset_after", match={"path": "archive$"})
        self.sandbox.fault(
            kind="reset", times=None, after=1, match={"method": "GET", "path": f"/{PLAIN}$"}
        )
        self.post(f"{LIST}{PLAIN}/archive/")
        self.sandbox.clear_faults()
        return Entry.objects.latest("pk")

    def invitation(self, email: str = "new@example.com") -> str:
        _made, token = accounts.invite_person(actor=self.manager, email=email, role=Role.EDITOR)
        return token


Look = Callable[[Stage], Page]
LOOKS: dict[str, Look] = {}


def look(make: Look) -> Look:
    LOOKS[make.__name__] = make
    return make
