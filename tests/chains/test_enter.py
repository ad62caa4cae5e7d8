"""Where a person lands after signing in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_admin.accounts.models import User
from loyalty_admin.connections import services as connections
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PASSWORD
from tests.connections.common import CHAIN, OTHER_CHAIN, allow, link_assistant
from tests.pages import page_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FIRST, SECOND = (f"/chains/{number}/" for number in (CHAIN, OTHER_CHAIN))
SignIn = Callable[[User], Client]


def landing(client: Client) -> str:
    """Where the way from / ends."""
    path: str = client.get("/", follow=True).request["PATH_INFO"]
    return path


def test_first_time_leads_to_the_choice(
    connection: Connection, viewer: User, sign_in: SignIn
) -> None:
    assert landing(sign_in(viewer)) == "/chains/"


def test_one_chain_is_entered_at_once(
    sandbox: Sandbox, manager: User, viewer: User, sign_in: SignIn
) -> None:
    link_assistant(sandbox, manager)
    assert landing(sign_in(viewer)) == FIRST


@pytest.mark.parametrize("last", [FIRST, SECOND])
def test_last_chain_is_remembered_over_a_sign_in(
    connection: Connection, viewer: User, editor: User, sign_in: SignIn, last: str
) -> None:
    client = sign_in(viewer)
    for url in (FIRST, SECOND, last):
        page_of(client, url)
    again = Client()
    response = again.post("/login/", {"username": viewer.email, "password": PASSWORD}, follow=True)
    assert response.request["PATH_INFO"] == last
    assert landing(sign_in(editor)) == "/chains/"


def test_last_chain_that_is_reached_no_more_is_let_go(
    sandbox: Sandbox, connection: Connection, viewer: User, manager: User, sign_in: SignIn
) -> None:
    client = sign_in(viewer)
    page_of(client, SECOND)
    assert landing(client) == SECOND
    link_assistant(sandbox, manager)
    connections.remove(connection=connection, person=manager)
    assert landing(client) == FIRST


def test_last_chain_that_was_taken_away_at_altegio_is_let_go(
    sandbox: Sandbox, connection: Connection, viewer: User, sign_in: SignIn
) -> None:
    client = sign_in(viewer)
    page_of(client, SECOND)
    allow(sandbox, sandbox.director, {CHAIN: {}})
    Connection.objects.update(chains_read_at=timezone.now() - timedelta(minutes=11))
    assert landing(client) == FIRST


def test_chain_that_is_new_at_altegio_is_found(
    sandbox: Sandbox, manager: User, viewer: User, sign_in: SignIn
) -> None:
    link_assistant(sandbox, manager)
    allow(sandbox, sandbox.assistant, {CHAIN: {}, OTHER_CHAIN: {}})
    Connection.objects.update(chains_read_at=timezone.now() - timedelta(minutes=11))
    assert landing(sign_in(viewer)) == "/chains/"


def test_outage_does_not_keep_a_person_out(
    sandbox: Sandbox, connection: Connection, viewer: User, sign_in: SignIn
) -> None:
    client = sign_in(viewer)
    page_of(client, SECOND)
    Connection.objects.update(chains_read_at=timezone.now() - timedelta(minutes=11))
    sandbox.fault(kind="reset", times=None)
    assert landing(client) == SECOND
