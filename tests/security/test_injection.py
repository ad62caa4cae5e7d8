"""Text that Altegio, or a person, made to run: on every page, in every answer, in every file."""

from __future__ import annotations

import copy
import csv
import io
import re
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.utils.html import escape

from loyalty_admin.accounts.models import User
from loyalty_admin.chains.services import context_for
from loyalty_admin.sandbox.server import Sandbox
from tests.memberships.common import CHAIN, put
from tests.pages import HTMX, Page, page_of
from tests.security.urls import GIFT_CARD_TYPE, MEMBERSHIP_TYPE, PROMOTION, World, site_urls

pytestmark = pytest.mark.django_db
URLS = site_urls()
# Each breaks out of something: a format, an element, an attribute, a template, a script, a header.
EVIL = (
    "%(n)s%s{0.x}<script>alert(1)</script>\"><img src=x onerror=alert(2)>' onmouseover=alert(3) "
    "{{7*7}}{% load evil %}</title></textarea></script><a hx-get=/evil/ hx-trigger=load>x</a>"
    "\r\nHX-Redirect: //evil.example\r\nX-Evil: 1"
)
LINKS = ("javascript:alert(1)", "data:text/html,<script>alert(1)</script>", " JaVaScRiPt:alert(1)")
# What a text of Altegio stands in.
TEXTS = re.compile(
    r"title|name|message|comment|number|address|phone|text|unit|currency|symbol|extended|description",
)
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def evil(value: Any, name: str = "") -> Any:
    """The object with every text of people's in it made hostile."""
    if isinstance(value, dict):
        return {key: evil(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [evil(one, name) for one in value]
    if not isinstance(value, str) or value.isdecimal() or "zone" in name:
        return value
    return EVIL if TEXTS.search(name) else value


@pytest.fixture
def world(sandbox: Sandbox) -> World:
    """Altegio is hostile in everything that it says; so is the person's own name."""
    with sandbox.state.lock:
        chain = sandbox.state.chains[CHAIN]
        chain.title = EVIL
        for name in ("locations", "categories", "card_types", "program_templates"):
            setattr(chain, name, evil(getattr(chain, name)))
        for raws in (chain.abonement_types, chain.certificate_types, chain.programs):
            for number, raw in raws.items():
                raws[number] = evil(copy.deepcopy(raw))
    raw = put(sandbox)
    sandbox.put_membership(CHAIN, evil(raw) | {"status": raw["status"]})
    for number, link in enumerate(LINKS):
        fields = {"id": 91_000 + number, "title": EVIL, "image_url": link, "url": link}
        sandbox.put_certificate_type(CHAIN, fields)
    sandbox.alter_certificate_type(CHAIN, GIFT_CARD_TYPE, image_url=LINKS[0])
    world = World(sandbox)
    world.enter("manager")
    User.objects.filter(pk__in=[world.person.pk, world.maker.pk]).update(name=EVIL[:120])
    for what in ("membership-types", "gift-card-types", "promotions"):
        world.client.get(f"/chains/{CHAIN}/{what}/loaded/")
    return world


def harmful(page: Page) -> list[str]:
    """What a browser would do because of a text in the page."""
    found = []
    for element in page.elements:
        names = {name.lower() for name in element.attrs}
        about = f"<{element.tag} {element.attrs}>"
        if any(name.startswith("on") for name in names):
            found.append(f"runs: {about}")
        if element.tag == "script" and not element.attrs.get("src", "").startswith("/static/"):
            found.append(f"runs: {about}")
        if "evil" in element.attrs.get("hx-get", "") or element.attrs.get("src") == "x":
            found.append(f"loads: {about}")
        for name in ("href", "src", "action", "formaction", "hx-get", "hx-post"):
            if re.match(r"\s*(javascript|data|vbscript):", element.attrs.get(name, ""), re.I):
                found.append(f"leads to a script: {about}")
    return found


class TestHostileTexts:
    """Attacks 27 to 29: in HTML, attributes, titles, JSON and links."""

    @pytest.mark.parametrize("name", URLS)
    def test_are_only_text_at_every_address(self, world: World, name: str) -> None:
        url = world.address(name, URLS[name])
        for headers in ({}, HTMX):
            answer = world.client.get(url, {"q": EVIL[:60]}, headers=headers)
            if answer.streaming or not answer.get("Content-Type", "").startswith("text/html"):
                continue
            page = Page(answer)
            assert harmful(page) == []
            assert "49{%" not in page.html  # {{7*7}} was not reckoned

    def test_stand_on_the_pages_that_are_looked_at(self, world: World) -> None:
        """Else the others would prove nothing."""
        for path in (
            "membership-types/", f"membership-types/{MEMBERSHIP_TYPE}/",
            f"gift-card-types/{GIFT_CARD_TYPE}/edit/", f"promotions/{PROMOTION}/",
            "notification-templates/loaded/",
        ):  # fmt: skip
            html = world.client.get(f"/chains/{CHAIN}/{path}").content.decode()
            assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html, path


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


class TestFieldsThatNobodyAskedFor:
    """What Altegio sends besides what a page is for."""

    BESIDES = "for the inside only"

    def test_are_sent_and_shown_nowhere(self, sandbox: Sandbox) -> None:
        with sandbox.state.lock:
            chain = sandbox.state.chains[CHAIN]
            for what in ("locations", "categories", "card_types", "program_templates"):
                setattr(chain, what, self.more(getattr(chain, what)))
            for raws in (chain.abonement_types, chain.certificate_types, chain.programs):
                raws.update(self.more(dict(raws)))
        world = World(sandbox)
        world.enter("manager")
        ctx = context_for(CHAIN, person=world.person)
        assert ctx
        raw = ctx.transport().get(f"/chain/{CHAIN}/loyalty/abonement_types", [("page", 1)]).data
        assert self.BESIDES in str(raw)
        for name, takes in URLS.items():
            answer: Any = world.client.get(world.address(name, takes))
            text = b"".join(answer.streaming_content if answer.streaming else [answer.content])
            assert self.BESIDES.encode() not in text, name

    def more(self, value: Any) -> Any:
        """The same with one field more in every object."""
        if isinstance(value, list):
            return [self.more(one) for one in value]
        if not isinstance(value, dict):
            return value
        inside = {key: self.more(one) for key, one in value.items()}
        return (
            inside
            if all(isinstance(key, int) for key in value)
            else inside | {"secret": self.BESIDES}
        )


class TestHeaderInjection:
    """Attack 30: a line break in a text, and behind it a header."""

    def test_words_of_altegio_make_no_header(self, world: World) -> None:
        for fault in (
            {"kind": "success_false", "message": EVIL, "errors": {"title": [EVIL]}},
            {"kind": "status", "status": 400, "message": EVIL},
        ):
            world.sandbox.fault(**fault, times=None, match={"method": "POST"})
            url = f"/chains/{CHAIN}/membership-types/{MEMBERSHIP_TYPE}/clone/"
            for headers in ({}, HTMX):
                answer = world.client.post(url, {"form_id": "x" * 20}, headers=headers)
                assert "X-Evil" not in answer.headers
                assert "evil" not in answer.headers.get("HX-Redirect", "")
                assert not any("\n" in value or "\r" in value for value in answer.headers.values())
            world.sandbox.clear_faults()

    def test_titles_make_no_header(self, world: World) -> None:
        page = Page(world.client.get(f"/chains/{CHAIN}/membership-types/{MEMBERSHIP_TYPE}/"))
        data = page.form(id="type-actions").data()
        url = f"/chains/{CHAIN}/membership-types/{MEMBERSHIP_TYPE}/clone/"
        answer = world.client.post(url, data, headers=HTMX)
        assert answer["HX-Redirect"].startswith(f"/chains/{CHAIN}/membership-types/")
        assert "X-Evil" not in answer.headers

    @pytest.mark.parametrize("header", ["HX-Current-URL", "HX-Target", "HX-Trigger", "Referer"])
    def test_headers_of_the_browser_are_not_sent_back(self, world: World, header: str) -> None:
        hostile = {**HTMX, header: "http://testserver/x\r\nX-Evil: 1"}
        for client in (world.client, Client()):
            answer = client.get(f"/chains/{CHAIN}/membership-types/", headers=hostile)
            assert "X-Evil" not in answer.headers
            assert not any("\n" in value for value in answer.headers.values())


class TestFormulas:
    """Attack 32. The cells themselves: tests/exports/test_tables.py."""

    @pytest.mark.parametrize("start", FORMULAS)
    @pytest.mark.parametrize("what", ["membership-types", "gift-card-types", "promotions"])
    def test_titles_are_no_formulas_in_any_export(
        self, sandbox: Sandbox, what: str, start: str
    ) -> None:
        formula = f"{start}cmd|' /C calc'!A0"
        sandbox.alter_type(CHAIN, MEMBERSHIP_TYPE, title=formula)
        sandbox.alter_certificate_type(CHAIN, GIFT_CARD_TYPE, title=formula)
        sandbox.alter_promotion(CHAIN, PROMOTION, title=formula)
        world = World(sandbox)
        answer: Any = world.browser.get(f"/chains/{CHAIN}/{what}/export/?format=csv")
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
        assert any("cmd|" in cell for cell in cells)
        assert not [cell for cell in cells if cell.startswith(start) and "cmd" in cell]


class TestStatements:
    """SQL that is typed."""

    TYPED = "needle' OR 1=1; --"
    PARAMETERS = ("q", "again", "chain", "person", "action", "outcome", "page", "sort", "state")

    def test_what_is_typed_is_in_no_statement(self, sandbox: Sandbox) -> None:
        world = World(sandbox)
        world.enter("manager")
        for name, takes in URLS.items():
            sent = self.statements(world.client, world.address(name, takes))
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
