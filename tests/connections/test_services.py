"""Linked accounts: made once, signed in again, removed; their chains read and kept."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from loyalty_admin.accounts.models import User
from loyalty_admin.altegio.errors import AltegioError, Refused, SignInNeeded, UnreadableAnswer
from loyalty_admin.altegio.transport import Secret
from loyalty_admin.connections import services
from loyalty_admin.connections.models import Connection
from loyalty_admin.crypto import tokens
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PASSWORD
from tests.connections.common import (
    ASSISTANT,
    CHAIN,
    DIRECTOR,
    OTHER_CHAIN,
    allow,
    everything_stored,
    link_assistant,
    paths,
    token_at_altegio,
)

pytestmark = pytest.mark.django_db


def test_connecting_signs_in_once_and_reads_the_chains(
    profile: str, sandbox: Sandbox, manager: User
) -> None:
    began = timezone.now()
    made = services.connect(person=manager, login=sandbox.director, password=PASSWORD)
    assert paths(sandbox) == ["POST /auth", "GET /groups"]
    stored = Connection.objects.get()
    assert stored == made
    assert (stored.name, stored.altegio_user_id) == (DIRECTOR, 901)
    assert stored.api_url == sandbox.api_url
    assert stored.made_by == manager
    assert began <= stored.made_at <= timezone.now()
    assert [chain["id"] for chain in stored.chains] == [CHAIN, OTHER_CHAIN]
    assert tokens.decrypt(stored.token) == Secret(token_at_altegio(sandbox, stored))


def test_phone_number_is_a_login_too(profile: str, sandbox: Sandbox, manager: User) -> None:
    made = services.connect(person=manager, login="+371 2000 0001", password=PASSWORD)
    assert made.name == DIRECTOR


def test_neither_password_nor_token_is_stored_or_logged(
    profile: str, sandbox: Sandbox, manager: User, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    settings.DEBUG = True  # SQL is logged as well then
    with caplog.at_level(logging.DEBUG):
        made = services.connect(person=manager, login=sandbox.director, password=PASSWORD)
        services.sign_in_again(
            connection=made, person=manager, login=sandbox.director, password=PASSWORD
        )
        with pytest.raises(Refused):
            services.connect(person=manager, login=sandbox.director, password=f"{PASSWORD}!")
    assert DIRECTOR in everything_stored()
    for secret in (PASSWORD, token_at_altegio(sandbox, made)):
        assert secret not in everything_stored()
        assert secret not in caplog.text
        assert secret not in "".join(str(vars(record)) for record in caplog.records)


def test_same_account_again_is_the_same_connection(
    sandbox: Sandbox, connection: Connection, editor: User, manager: User
) -> None:
    sandbox.revoke_tokens()
    services.refresh_all_chains(force=True)
    again = services.connect(person=editor, login=sandbox.director, password=PASSWORD)
    assert again.pk == connection.pk
    assert Connection.objects.count() == 1
    assert not again.needs_sign_in
    assert (again.made_by, again.made_at) == (manager, connection.made_at)
    assert services.transport_for(again).get("/groups").data


def test_same_account_at_another_address_is_another_connection(
    sandboxes: dict[str, Sandbox], connection: Connection, manager: User, settings: Any
) -> None:
    other = sandboxes["observed"]
    other.reset()
    settings.ALTEGIO_API_URL = other.api_url
    made = services.connect(person=manager, login=other.director, password=PASSWORD)
    assert made.pk != connection.pk
    assert list(services.usable_connections()) == [made]


def test_account_connected_after_its_removal_is_new(
    sandbox: Sandbox, connection: Connection, editor: User, manager: User
) -> None:
    old = Connection.objects.get().made_at
    services.remove(connection=connection, person=manager)
    again = services.connect(person=editor, login=sandbox.director, password=PASSWORD)
    assert again.removed_at is None
    assert again.made_by == editor
    assert again.made_at > old
    assert len(again.chains) == 2


def test_connection_stands_when_its_chains_cannot_be_read(sandbox: Sandbox, manager: User) -> None:
    sandbox.fault(kind="status", status=500, match={"path": "/groups"}, times=None)
    made = services.connect(person=manager, login=sandbox.director, password=PASSWORD)
    assert made.chains_read_at is None
    sandbox.clear_faults()
    assert services.refresh_all_chains() == []
    made.refresh_from_db()
    assert len(made.chains) == 2


def test_account_without_a_name_is_called_by_its_login(sandbox: Sandbox, manager: User) -> None:
    body = {"success": True, "data": {"id": 77, "user_token": "abc", "name": None}}
    sandbox.fault(kind="status", status=201, body=body, match={"path": "/auth"})
    made = services.connect(person=manager, login="owner@example.com", password=PASSWORD)
    assert made.name == "owner@example.com"


def test_token_that_cannot_be_sent_is_not_kept(
    sandbox: Sandbox, manager: User, subtests: pytest.Subtests
) -> None:
    for token in [None, "", "two words", "with,User other", "\u00fc"]:
        with subtests.test(token=token):
            body = {"success": True, "data": {"id": 77, "user_token": token, "name": "X"}}
            sandbox.fault(kind="status", status=201, body=body, match={"path": "/auth"})
            with pytest.raises(UnreadableAnswer):
                services.connect(person=manager, login="owner@example.com", password=PASSWORD)
            assert not Connection.objects.exists()


def test_signing_in_again_brings_a_new_token(
    sandbox: Sandbox, connection: Connection, manager: User
) -> None:
    sandbox.revoke_tokens()
    services.refresh_all_chains(force=True)
    connection.refresh_from_db()
    assert connection.needs_sign_in
    services.sign_in_again(
        connection=connection, person=manager, login=sandbox.director, password=PASSWORD
    )
    connection.refresh_from_db()
    assert not services.needs_sign_in(connection)
    assert services.transport_for(connection).get("/groups").data


def test_another_account_cannot_take_a_connections_place(
    sandbox: Sandbox, connection: Connection, manager: User
) -> None:
    with pytest.raises(services.OtherAltegioUser) as caught:
        services.sign_in_again(
            connection=connection, person=manager, login=sandbox.assistant, password=PASSWORD
        )
    assert caught.value.name == ASSISTANT
    kept = Connection.objects.get()
    assert (kept.name, bytes(kept.token)) == (DIRECTOR, bytes(connection.token))


def test_signing_in_does_not_bring_back_a_removed_connection(
    sandbox: Sandbox, connection: Connection, manager: User
) -> None:
    services.remove(connection=Connection.objects.get(), person=manager)
    with pytest.raises(Connection.DoesNotExist):
        services.sign_in_again(
            connection=connection, person=manager, login=sandbox.director, password=PASSWORD
        )
    assert bytes(Connection.objects.get().token) == b""


def test_removing_wipes_token_and_chains(
    sandbox: Sandbox, connection: Connection, manager: User
) -> None:
    before = len(sandbox.calls())
    encrypted = bytes(connection.token).decode("latin-1")
    services.remove(connection=connection, person=manager)
    kept = Connection.objects.get()
    assert bytes(kept.token) == b""
    assert kept.chains == []
    assert kept.removed_at is not None
    assert encrypted not in everything_stored()
    assert not services.usable_connections().exists()
    assert len(sandbox.calls()) == before


def test_usable_connections_come_oldest_first(
    sandbox: Sandbox, connection: Connection, manager: User
) -> None:
    assistant = link_assistant(sandbox, manager)
    assert list(services.usable_connections()) == [connection, assistant]
    Connection.objects.filter(pk=assistant.pk).update(
        made_at=connection.made_at - timedelta(days=1)
    )
    # One that has to sign in again stays: what is known through it still shows.
    Connection.objects.filter(pk=assistant.pk).update(needs_sign_in=True)
    assert list(services.usable_connections()) == [assistant, connection]


def test_chains_read_meanwhile_do_not_come_back_to_a_removed_connection(
    sandbox: Sandbox, connection: Connection, manager: User
) -> None:
    services.remove(connection=Connection.objects.get(), person=manager)
    services.refresh_chains(connection, force=True)
    assert Connection.objects.get().chains == []


def test_rights_change_with_the_chains(
    profile: str, sandbox: Sandbox, connection: Connection
) -> None:
    allow(sandbox, sandbox.director, {CHAIN: {"loyalty_access": 0}})
    services.refresh_chains(connection, force=True)
    (chain,) = Connection.objects.get().chains
    assert (chain["id"], chain["access"]) == (CHAIN, {"loyalty_access": False})


def test_failed_reading_keeps_what_was_known(sandbox: Sandbox, connection: Connection) -> None:
    sandbox.fault(kind="status", status=500, times=None)
    with pytest.raises(AltegioError):
        services.refresh_chains(connection, force=True)
    assert len(Connection.objects.get().chains) == 2


def test_garbled_chains_do_not_replace_the_known(sandbox: Sandbox, connection: Connection) -> None:
    sandbox.fault(kind="status", status=200, body={"success": True, "data": {"a": 1}})
    with pytest.raises(UnreadableAnswer):
        services.refresh_chains(connection, force=True)
    assert len(Connection.objects.get().chains) == 2


def test_connection_signed_out_reads_nothing(sandbox: Sandbox, connection: Connection) -> None:
    Connection.objects.update(needs_sign_in=True, chains_read_at=None)
    before = len(sandbox.calls())
    assert services.refresh_all_chains(force=True) == []
    with pytest.raises(SignInNeeded):
        services.refresh_chains(Connection.objects.get(), force=True)
    assert len(sandbox.calls()) == before
