"""Acting as a connection's Altegio user: when it is possible, and what a 401 means."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import transaction
from django.utils import timezone

from loyalty_admin.accounts.models import User
from loyalty_admin.altegio.errors import AltegioError, Refused, SignInNeeded
from loyalty_admin.connections import services
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PASSWORD
from tests.connections.common import (
    everything_stored,
    link_assistant,
    paths,
    spoil_token,
    token_at_altegio,
)

pytestmark = pytest.mark.django_db


def test_acts_as_the_user_of_the_connection(
    sandbox: Sandbox, connection: Connection, manager: User
) -> None:
    assistant = link_assistant(sandbox, manager)
    reached = [
        len(services.transport_for(linked).get("/groups").data)
        for linked in (connection, assistant)
    ]
    assert reached == [2, 1]


def test_token_is_nowhere_in_clear(sandbox: Sandbox, connection: Connection) -> None:
    token = token_at_altegio(sandbox, connection)
    services.transport_for(connection).get("/groups")
    assert token not in everything_stored()
    assert token.encode() not in bytes(connection.token)
    assert token not in repr(vars(services.transport_for(connection)))


def test_keys_can_be_rotated(settings: Any, connection: Connection) -> None:
    settings.TOKEN_KEYS = [Fernet.generate_key().decode(), *settings.TOKEN_KEYS]
    connection.refresh_from_db()
    assert services.transport_for(connection).get("/groups").data
    assert not services.needs_sign_in(connection)


def test_token_that_no_key_opens_asks_for_a_sign_in(
    sandbox: Sandbox, settings: Any, connection: Connection
) -> None:
    settings.TOKEN_KEYS = [Fernet.generate_key().decode()]
    before = len(sandbox.calls())
    assert services.needs_sign_in(connection)
    with pytest.raises(SignInNeeded):
        services.transport_for(connection)
    assert len(sandbox.calls()) == before


def test_token_never_goes_to_another_address(
    sandboxes: dict[str, Sandbox], sandbox: Sandbox, settings: Any, connection: Connection
) -> None:
    other = sandboxes["observed"]
    other.reset()
    settings.ALTEGIO_API_URL = other.api_url
    assert not services.usable_connections().exists()
    with pytest.raises(SignInNeeded):
        services.transport_for(connection)
    with pytest.raises(SignInNeeded):
        services.refresh_chains(connection, force=True)
    assert services.refresh_all_chains(force=True) == []
    assert other.calls() == []
    # Back at its own address it works as before.
    settings.ALTEGIO_API_URL = sandbox.api_url
    assert services.transport_for(connection).get("/groups").data


def test_removed_connection_does_not_act(
    sandbox: Sandbox, connection: Connection, manager: User
) -> None:
    before = len(sandbox.calls())
    services.remove(connection=connection, person=manager)
    with pytest.raises(SignInNeeded):
        services.transport_for(connection)
    assert len(sandbox.calls()) == before


def test_refused_token_marks_its_connection_only(
    sandbox: Sandbox, connection: Connection, manager: User
) -> None:
    assistant = link_assistant(sandbox, manager)
    spoil_token(assistant)
    with pytest.raises(SignInNeeded):
        services.transport_for(assistant).get("/groups")
    assert assistant.needs_sign_in
    for linked, marked in ((assistant, True), (connection, False)):
        linked.refresh_from_db()
        assert linked.needs_sign_in is marked
    before = len(sandbox.calls())
    with pytest.raises(SignInNeeded):
        services.transport_for(assistant)
    assert len(sandbox.calls()) == before


def test_refused_write_marks_too(sandbox: Sandbox, connection: Connection) -> None:
    sandbox.revoke_tokens()
    with pytest.raises(SignInNeeded):
        services.transport_for(connection).send("DELETE", "/chain/1101/loyalty/abonement_types/1")
    connection.refresh_from_db()
    assert connection.needs_sign_in


def test_token_that_came_meanwhile_is_not_blamed(
    sandbox: Sandbox, connection: Connection, manager: User
) -> None:
    transport = services.transport_for(connection)
    sandbox.revoke_tokens()
    services.connect(person=manager, login=sandbox.director, password=PASSWORD)
    with pytest.raises(SignInNeeded):
        transport.get("/groups")
    connection.refresh_from_db()
    assert not connection.needs_sign_in
    assert services.transport_for(connection).get("/groups").data


@pytest.mark.parametrize("status", [403, 500])
def test_other_refusals_do_not_mark(sandbox: Sandbox, connection: Connection, status: int) -> None:
    sandbox.fault(kind="status", status=status, times=None)
    with pytest.raises(AltegioError):
        services.transport_for(connection).get("/groups")
    connection.refresh_from_db()
    assert not connection.needs_sign_in


def test_wrong_password_marks_nothing(
    sandbox: Sandbox, connection: Connection, manager: User
) -> None:
    with pytest.raises(Refused):
        services.connect(person=manager, login=sandbox.director, password="another one")
    connection.refresh_from_db()
    assert not connection.needs_sign_in


def test_no_call_inside_a_transaction(
    sandbox: Sandbox, connection: Connection, manager: User
) -> None:
    before = len(sandbox.calls())
    transport = services.transport_for(connection)
    Connection.objects.update(chains_read_at=timezone.now() - timedelta(hours=1))
    attempts: list[Callable[[], object]] = [
        lambda: transport.get("/groups"),
        lambda: transport.send("DELETE", "/chain/1101/loyalty/abonement_types/11001"),
        lambda: services.connect(person=manager, login=sandbox.director, password=PASSWORD),
        lambda: services.refresh_all_chains(),
    ]
    for attempt in attempts:
        with transaction.atomic(), pytest.raises(RuntimeError, match="transaction"):
            attempt()
    assert len(sandbox.calls()) == before
    transport.get("/groups")
    assert paths(sandbox)[before:] == ["GET /groups"]


def test_log_names_the_connection_and_no_token(
    sandbox: Sandbox, connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    token = token_at_altegio(sandbox, connection)
    sandbox.revoke_tokens()
    with caplog.at_level(logging.DEBUG), pytest.raises(SignInNeeded):
        services.transport_for(connection).get("/groups")
    assert f"connection {connection.pk} has to sign in" in caplog.text
    assert token not in caplog.text
    assert "partner-of-the-tests" not in caplog.text
