"""Text that Altegio, or a person, made to run. The sweep of tests/security/test_permissions.py
visits every address while Altegio is hostile in everything that it sends."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.utils.html import escape

from loyalty_admin.sandbox.server import Sandbox
from tests.memberships.common import CHAIN
from tests.pages import HTMX, Page, page_of
from tests.security.urls import GIFT_CARD_TYPE, MEMBERSHIP_TYPE, PROMOTION, World
from tests.security.visits import EVIL, hostile_world, wrong_headers

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def world(sandbox: Sandbox) -> World:
    """Altegio is hostile in everything that it sends; so are people's names."""
    return hostile_world(sandbox, "manager")


class TestDecoding:
    """Text that was encoded once, twice, or only looks like it."""

    ODD = "&amp;lt;b&amp;gt; %253Cb%253E %3Cb%3E a+b \\u003cb\\x3e &#60;b&#x3e; \\\\n"

    def test_a_title_is_what_was_typed_however_it_looks(self, sandbox: Sandbox) -> None:
        browser = World(sandbox).browser
        address = f"/chains/{CHAIN}/membership-types/{MEMBERSHIP_TYPE}/"
        form = page_of(browser, f"{address}edit/").form(id="type-form")
        answer = browser.post(f"{address}edit/", form.data({"title": self.ODD}))
        assert answer.status_code == 302
        assert sandbox.state.chains[CHAIN].abonement_types[MEMBERSHIP_TYPE]["title"] == self.ODD
        assert escape(self.ODD) in browser.get(address).content.decode()


class TestHeaderInjection:
    """Attack 30: a line break in a text, and behind it a header."""

    CLONE = f"/chains/{CHAIN}/membership-types/{MEMBERSHIP_TYPE}/clone/"

    def test_words_of_altegio_make_no_header(self, world: World) -> None:
        for fault in (
            {"kind": "success_false", "message": EVIL, "errors": {"title": [EVIL]}},
            {"kind": "status", "status": 400, "message": EVIL},
        ):
            world.sandbox.fault(**fault, times=None, match={"method": "POST"})
            for headers in ({}, HTMX):
                answer = world.client.post(self.CLONE, {"form_id": "x" * 20}, headers=headers)
                assert wrong_headers(answer) == []
            world.sandbox.clear_faults()

    def test_titles_make_no_header(self, world: World) -> None:
        page = Page(world.client.get(f"/chains/{CHAIN}/membership-types/{MEMBERSHIP_TYPE}/"))
        data = page.form(id="type-actions").data()
        answer = world.client.post(self.CLONE, data, headers=HTMX)
        assert answer["HX-Redirect"].startswith(f"/chains/{CHAIN}/membership-types/")
        assert "X-Evil" not in answer.headers

    def test_headers_of_the_browser_are_not_sent_back(self, world: World) -> None:
        for header in ("HX-Current-URL", "HX-Target", "HX-Trigger", "Referer"):
            hostile = {**HTMX, header: "http://testserver/x\r\nX-Evil: 1"}
            for client in (world.client, Client()):
                answer = client.get(f"/chains/{CHAIN}/membership-types/", headers=hostile)
                assert "X-Evil" not in answer.headers
                assert not any("\n" in value for value in answer.headers.values())


class TestFormulas:
    """Attack 32. The cells themselves: tests/exports/test_tables.py."""

    def test_titles_are_no_formulas_in_any_export(self, sandbox: Sandbox) -> None:
        world = World(sandbox)
        formula = "=cmd|' /C calc'!A0"
        sandbox.alter_type(CHAIN, MEMBERSHIP_TYPE, title=formula)
        sandbox.alter_certificate_type(CHAIN, GIFT_CARD_TYPE, title=formula)
        sandbox.alter_promotion(CHAIN, PROMOTION, title=formula)
        for what in ("membership-types", "gift-card-types", "promotions"):
            answer: Any = world.browser.get(f"/chains/{CHAIN}/{what}/export/?format=csv")
            text = b"".join(answer.streaming_content).decode("utf-8-sig")
            cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
            assert [cell[0] == "=" for cell in cells if "cmd|" in cell] == [False]


class TestStatements:
    """SQL that is typed."""

    TYPED = "needle' OR 1=1; --"
    PARAMETERS = ("q", "again", "chain", "person", "action", "outcome", "page", "sort", "state")

    @pytest.mark.slow
    def test_what_is_typed_is_in_no_statement(self, sandbox: Sandbox) -> None:
        world = World(sandbox)
        world.enter("manager")
        for name, url in world.addresses().items():
            sent = self.statements(world.client, url)
            assert sent, name
            assert not [sql for sql, _ in sent if "needle" in sql], name
            if name == "audit:index":  # the search that the database itself answers
                assert any("needle" in str(parameters) for _, parameters in sent)

    def statements(self, client: Client, url: str) -> list[tuple[str, Any]]:
        """What the database is asked because of a request with all parameters."""
        sent: list[tuple[str, Any]] = []

        def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
            sent.append((sql, parameters))
            return execute(sql, parameters, many, context)

        with database.execute_wrapper(note):
            client.get(url, dict.fromkeys(self.PARAMETERS, self.TYPED), headers=HTMX)
        return sent
