"""Requests that another site makes a person's browser send, and addresses that only look."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.memberships.common import writes
from tests.pages import HTMX
from tests.security.urls import World
from tests.security.visits import everything

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


class TestForgedPosts:
    """Attack 15: a POST without a token, with another browser's, or from another site."""

    def test_are_refused_at_every_address(self, sandbox: Sandbox) -> None:
        world = World(sandbox)
        world.enter("manager")
        addresses = world.addresses()
        client, own = with_token(world)
        stranger = Client()
        stranger.get("/login/")
        foreign = stranger.cookies["csrftoken"].value
        forged: dict[str, tuple[str, dict[str, str]]] = {
            "no token": ("", {}),
            "another browser's token": (foreign, {}),
            "another site": (own, {"origin": "https://evil.example"}),
            "no site": (own, {"origin": "null"}),
            "no token, by htmx": ("", HTMX),
        }
        before, asked = everything(), len(sandbox.calls())
        taken = []
        for name, url in addresses.items():
            for kind, (token, headers) in forged.items():
                sent = {"csrfmiddlewaretoken": token} if token else {}
                if client.post(url, sent, headers=headers).status_code != 403:
                    taken.append(f"{name}: {kind}")
        assert taken == []
        assert everything() == before
        assert len(sandbox.calls()) == asked

    def test_own_token_is_taken(self, sandbox: Sandbox) -> None:
        world = World(sandbox)
        world.enter("manager")
        client, own = with_token(world)
        sent = {"name": "Paula", "csrfmiddlewaretoken": own}
        origin = {"origin": "http://testserver"}
        assert client.post("/account/", sent, headers=origin).status_code == 302


class TestLooking:
    """Attack 16: something that changes by HEAD or OPTIONS. By GET: test_permissions.py."""

    def test_changes_nothing_and_trace_is_refused_at_every_address(self, sandbox: Sandbox) -> None:
        world = World(sandbox)
        world.enter("manager")
        addresses = world.addresses()
        before, written = everything(), len(writes(sandbox))
        traced = []
        for name, url in addresses.items():
            for method in ("head", "options"):
                answer: Any = getattr(world.client, method)(f"{url}?format=csv")
                b"".join(answer) if answer.streaming else answer.content
            # Who is signed in is led away from the sign-in page, whatever the method.
            expected = 302 if name == "accounts:login" else 405
            if world.client.trace(url).status_code != expected:
                traced.append(name)
        assert traced == []
        assert everything() == before
        assert len(writes(sandbox)) == written


def with_token(world: World) -> tuple[Client, str]:
    """The person's browser at a site that checks tokens, and its token."""
    client = Client(enforce_csrf_checks=True)
    client.cookies = world.client.cookies
    client.get("/account/")
    return client, client.cookies["csrftoken"].value
