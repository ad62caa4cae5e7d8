"""People at the sold memberships of the stand-in's first chain."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.memberships.common import CHAIN, LIST, put, writes
from tests.pages import HTMX

SignIn = Callable[[User], Client]
Doors = Callable[[str, str], None]
OTHER_RIGHTS = {
    "loyalty_abonement_period_edit_access": "loyalty_abonement_balance_edit_access",
    "loyalty_abonement_balance_edit_access": "loyalty_abonement_period_edit_access",
}


@pytest.fixture
def doors(
    sandbox: Sandbox, connection: Connection, viewer: User, editor: User, sign_in: SignIn
) -> Doors:
    """Checks who may not come in to a change of a membership, and that none of them writes."""

    def check(name: str, right: str) -> None:
        url = f"{LIST}{put(sandbox)['id']}/{name}/"

        def statuses(client: Client, url: str) -> set[int]:
            answers = [
                getattr(client, method)(url, headers=headers)
                for method in ("get", "post")
                for headers in ({}, HTMX)
            ]
            return {answer.status_code for answer in answers}

        assert statuses(sign_in(viewer), url) == {403}
        assert statuses(sign_in(editor), url.replace(str(CHAIN), "9999")) == {404}
        assert statuses(sign_in(editor), f"{LIST}777/{name}/") == {404}
        assert Client().get(url)["Location"].startswith("/login/")
        assert Client().post(url)["Location"].startswith("/login/")
        # The right to the other kind of change does not open it; its own alone does.
        without_right(connection, right)
        assert statuses(sign_in(editor), url) == {403}
        assert not writes(sandbox)
        without_right(connection, OTHER_RIGHTS[right])
        assert sign_in(editor).get(url).status_code == 200

    return check


def without_right(connection: Connection, right: str) -> None:
    """The linked account has every right in the first chain but this one."""
    for chain in connection.chains:
        if chain["id"] == CHAIN:
            chain["access"] = dict.fromkeys([*chain["access"], *OTHER_RIGHTS], True)
            chain["access"][right] = False
    connection.save()
