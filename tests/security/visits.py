"""What must be true of every answer of the dashboard, and what a visit may change."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.db import connection as database
from django.db import transaction
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.memberships.common import CHAIN, put
from tests.pages import Page
from tests.security.urls import GIFT_CARD_TYPE, World

# Each breaks out of something: a format, an element, an attribute, a template, a script, a header.
EVIL = (
    "%(n)s%s{0.x}<script>alert(1)</script>\"><img src=x onerror=alert(2)>' onmouseover=alert(3) "
    "{{7*7}}{% load evil %}</title></textarea></script><a hx-get=/evil/ hx-trigger=load>x</a>"
    "\r\nHX-Redirect: //evil.example\r\nX-Evil: 1"
)
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"
LINKS = ("javascript:alert(1)", "data:text/html,<script>alert(1)</script>", " JaVaScRiPt:alert(1)")
# The fields of Altegio's objects that hold a text of people's.
TEXTS = re.compile(
    r"title|name|message|comment|number|address|phone|text|unit|currency|symbol|extended|description",
)
# In a field that Altegio sends with every object and that no page is for.
BESIDES = "for the inside only"


def make_hostile(sandbox: Sandbox) -> None:
    """Altegio sends hostile text wherever it sends any, and in every object one field too many."""
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


def hostile_world(sandbox: Sandbox, who: str) -> World:
    """Hostile texts of Altegio and of people; `who` is there to ask."""
    make_hostile(sandbox)
    world = World(sandbox)
    world.enter(who)
    for person in (world.person, world.maker, world.manager):
        person.name = EVIL[:120]
        person.save()
    return world


def evil(value: Any, name: str = "") -> Any:
    """The object with every text of people's in it made hostile, and a field more."""
    if isinstance(value, dict):
        more = {} if all(isinstance(key, int) for key in value) else {"secret": BESIDES}
        return {key: evil(one, key) for key, one in value.items()} | more
    if isinstance(value, list):
        return [evil(one, name) for one in value]
    if not isinstance(value, str) or value.isdecimal() or "zone" in name:
        return value
    return EVIL if TEXTS.search(name) else value


# What an answer holds


def body_of(response: Any) -> str:
    """The whole body, also of a streamed file."""
    parts = response.streaming_content if response.streaming else [response.content]
    return b"".join(parts).decode("utf-8", "replace")


def wrong_headers(response: Any) -> list[str]:
    """Where the headers are not what the rules of the MDN HTTP Observatory ask for."""
    exact = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    found = [
        f"{name} is {response.get(name)!r}"
        for name, value in exact.items()
        if response.get(name) != value
    ]
    found += [
        f"{name} is sent"
        for name in ("Access-Control-Allow-Origin", "Server", "X-Powered-By", "X-Evil")
        if name in response
    ]
    if not response.get("X-Request-ID"):
        found.append("no X-Request-ID")
    if any("\n" in value or "\r" in value for value in response.headers.values()):
        found.append("a header with a line break")
    if "evil" in response.get("HX-Redirect", "") + response.get("Location", ""):
        found.append("leads to another site")
    kind = response.get("Content-Type", "")
    if response.status_code != 302 and not re.fullmatch(
        r'text/(html|css|csv|plain); charset="?utf-8"?', kind
    ):
        found.append(f"Content-Type is {kind!r}")
    if response.status_code == 302 and response.content:
        found.append("a redirect with a body")
    return found + _wrong_policy(response) + _wrong_permissions(response)


def _wrong_policy(response: Any) -> list[str]:
    parts = [part.split() for part in response.get("Content-Security-Policy", "").split(";")]
    policy = {name: values for name, *values in filter(None, parts)}
    # What is not named (objects, frames, workers, media, manifests) falls to 'none'.
    closed = {name: ["'none'"] for name in ("default-src", "base-uri", "frame-ancestors")}
    ours = ("script-src", "style-src", "img-src", "font-src", "connect-src", "form-action")
    expected = closed | {name: ["'self'"] for name in ours}
    return [] if policy == expected else [f"Content-Security-Policy is {policy}"]


def _wrong_permissions(response: Any) -> list[str]:
    parts = response.get("Permissions-Policy", "").split(", ")
    given = dict(part.partition("=")[::2] for part in parts)
    closed = {feature for feature, who in given.items() if who == "()"}
    is_right = {"camera", "geolocation", "microphone", "payment"} <= closed
    is_right = is_right and given.keys() - closed == {"clipboard-write"}
    return [] if is_right else [f"Permissions-Policy is {given}"]


def wrong_in_page(page: Page) -> list[str]:
    """What a browser would run or load because of a text in the page, and a missing title."""
    found = []
    for element in page.elements:
        attrs = element.attrs
        about = f"<{element.tag} {attrs}>"
        if any(name.lower().startswith("on") for name in attrs):
            found.append(f"runs: {about}")
        if element.tag == "script" and not attrs.get("src", "").startswith("/static/"):
            found.append(f"runs: {about}")
        if "evil" in attrs.get("hx-get", "") or attrs.get("src") == "x":
            found.append(f"loads: {about}")
        for name in ("href", "src", "action", "formaction", "hx-get", "hx-post"):
            url = attrs.get(name, "")
            if re.match(r"\s*(javascript|data|vbscript):", url, re.I):
                found.append(f"leads to a script: {about}")
            elif urlsplit(url).netloc:
                found.append(f"leads to another site: {about}")
    if "49{%" in page.html:
        found.append("calculates {{7*7}}")
    if page.html.lstrip()[:9].lower() == "<!doctype":
        titles = [one.text.partition(" · ")[0].strip() for one in page.all("title")]
        if not (titles and titles[0]):
            found.append("has no title")
        if len(page.all("h1")) != 1:
            found.append(f"has {len(page.all('h1'))} headings of the first level")
    return found


def wrong_in(response: Any, private: tuple[str, ...] = ()) -> list[str]:
    """Everything that is wrong in the answer. `private`: texts that this person must not see."""
    found = wrong_headers(response)
    body = body_of(response)
    found += [f"shows {text!r}" for text in (*private, BESIDES) if text in body]
    if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
        found += wrong_in_page(Page(response))
    return found


# What a visit changes

# When a browser was last seen, where a person was last, what the cache has: looking may change it.
BY_LOOKING = {
    *("User", "ChainChoice", "Session", "Connection", "KeptListVersion"),
    "CachedValue",
}
WRITES = re.compile(r'(INSERT|UPDATE|DELETE)(?: OR IGNORE)?(?: INTO| FROM)? "(\w+)"')


@contextmanager
def changes() -> Iterator[set[str]]:
    """The tables of which rows are written meanwhile, but for those that looking may change."""
    allowed = {m._meta.db_table for m in apps.get_models() if m.__name__ in BY_LOOKING}
    found: set[str] = set()

    def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        result = execute(sql, parameters, many, context)
        # SQLite counts the rows of an INSERT … RETURNING only once they are fetched.
        if (match := WRITES.match(sql)) and (match[1] == "INSERT" or context["cursor"].rowcount):
            found.update({match[2]} - allowed)
        return result

    with database.execute_wrapper(note):
        yield found


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row that looking must not change."""
    return {
        model.__name__: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models()
        if model.__name__ not in BY_LOOKING
    }


@contextmanager
def undone(*clients: Client) -> Iterator[None]:
    """Whatever is done to the database and to the cookies of these browsers meanwhile."""
    before = transaction.savepoint_create()
    cookies = [{name: one.value for name, one in client.cookies.items()} for client in clients]
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)
        for client, had in zip(clients, cookies, strict=True):
            client.cookies = SimpleCookie(had)
