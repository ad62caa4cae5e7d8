"""People at the promotions of the stand-in's first chain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.chains.services import ChainContext, context_for
from loyalty_admin.connections import services as connections
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PASSWORD
from tests.pages import HTMX, Page
from tests.promotions.common import CHAIN, LIST, OTHER_CHAIN, writes

SignIn = Callable[[User], Client]
Doors = Callable[..., None]


@pytest.fixture
def loaded(edith: Client) -> Client:
    """The editor's browser after the list was read."""
    assert edith.get(f"{LIST}loaded/").status_code == 200
    return edith


@pytest.fixture
def doors(
    sandbox: Sandbox,
    connection: Connection,
    viewer: User,
    editor: User,
    manager: User,
    sign_in: SignIn,
) -> Doors:
    """Checks who may not come in at an address below the list, and that none of them writes."""

    def check(path: str, *methods: str, data: dict[str, Any] | None = None) -> None:
        def statuses(client: Client, url: str) -> set[int]:
            asked = [
                getattr(client, method)(url, data if method == "post" else None, headers=headers)
                for method in methods
                for headers in ({}, HTMX)
            ]
            return {response.status_code for response in asked}

        url = LIST + path
        assert statuses(sign_in(viewer), url) == {403}
        assert statuses(sign_in(editor), url.replace(str(CHAIN), "9999")) == {404}
        anonymous = [getattr(Client(), method)(url, data or None) for method in methods]
        assert all(response.url.startswith("/login/") for response in anonymous)
        Connection.objects.all().delete()
        connections.connect(person=manager, login=sandbox.assistant, password=PASSWORD)
        assert statuses(sign_in(editor), url) == {403}
        page = Page(getattr(sign_in(editor), methods[0])(url, data))
        assert "no right to change promotions" in page.text
        assert not writes(sandbox)

    return check


@pytest.fixture
def ctx(editor: User, connection: Connection) -> ChainContext:
    """The first chain as the editor works in it."""
    found = context_for(CHAIN, person=editor)
    assert found is not None
    return found


@pytest.fixture
def other_ctx(editor: User, connection: Connection) -> ChainContext:
    """The second chain, as well."""
    found = context_for(OTHER_CHAIN, person=editor)
    assert found is not None
    return found
