"""Requests that another site makes a person's browser send, and addresses that only look."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.memberships.common import writes
from tests.pages import HTMX
from tests.security.urls import World, site_urls

pytestmark = pytest.mark.django_db
URLS = site_urls()
# What may change by looking: when a browser was last seen, where a person was last, what is kept.
BY_LOOKING = {
    *("StaffSession", "User", "ChainChoice", "Session", "Connection", "KeptListVersion"),
    "CachedValue",
}


class TestForgedPosts:
    """Attack 15: a POST without a token, with another browser's, or from another site."""

    @pytest.mark.parametrize("name", URLS)
    def test_are_refused_at_every_address(self, sandbox: Sandbox, name: str) -> None:
        world = World(sandbox)
        world.enter("manager")
        url = world.address(name, URLS[name])
        client = Client(enforce_csrf_checks=True)
        client.cookies = world.client.cookies
        client.get("/account/")
        own = client.cookies["csrftoken"].value
        stranger = Client()
        stranger.get("/login/")
        foreign = stranger.cookies["csrftoken"].value
        before, asked = everything(), len(sandbox.calls())

        def post(token: str, **headers: str) -> Any:
            return client.post(
                url, {"csrfmiddlewaretoken": token} if token else {}, headers=headers
            )

        for answer in (
            post(""),
            post(foreign),
            post(own, origin="https://evil.example"),
            post(own, origin="null"),
            post("", **HTMX),
        ):
            assert answer.status_code == 403
        assert everything() == before
        assert len(sandbox.calls()) == asked

    def test_own_token_is_taken(self, sandbox: Sandbox) -> None:
        world = World(sandbox)
        world.enter("manager")
        client = Client(enforce_csrf_checks=True)
        client.cookies = world.client.cookies
        client.get("/account/")
        sent = {"name": "Paula", "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
        origin = {"origin": "http://testserver"}
        assert client.post("/account/", sent, headers=origin).status_code == 302


class TestLooking:
    """Attack 16: something that changes by GET, HEAD or OPTIONS, as an image or a link could."""

    @pytest.mark.parametrize("name", URLS)
    def test_changes_nothing_at_any_address(self, sandbox: Sandbox, name: str) -> None:
        world = World(sandbox)
        world.enter("manager")
        url = world.address(name, URLS[name])
        before, written = everything(), len(writes(sandbox))
        for method in ("get", "head", "options"):
            for headers in ({}, HTMX):
                answer = getattr(world.client, method)(f"{url}?format=csv", headers=headers)
                b"".join(answer) if answer.streaming else answer.content
        assert everything() == before
        assert len(writes(sandbox)) == written

    @pytest.mark.parametrize("name", URLS)
    def test_trace_is_refused_at_every_address(self, sandbox: Sandbox, name: str) -> None:
        world = World(sandbox)
        world.enter("manager")
        # Who is signed in is led away from the sign-in page, whatever the method.
        refused = 302 if name == "accounts:login" else 405
        assert world.client.trace(world.address(name, URLS[name])).status_code == refused


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row that looking must not change."""
    return {
        model.__name__: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models()
        if model.__name__ not in BY_LOOKING
    }
