"""What somebody gets who has a copy of the database, and what a wrong or new key does."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection as database
from django.db.models import BinaryField
from django.test import Client

from loyalty_admin.accounts import resets, two_step
from loyalty_admin.accounts.models import Session, TwoStep, User
from loyalty_admin.altegio.transport import Secret
from loyalty_admin.chains.services import context_for
from loyalty_admin.connections import services
from loyalty_admin.connections.models import Connection
from loyalty_admin.crypto import encrypted, tokens
from loyalty_admin.sandbox.server import Sandbox
from tests.accounts.app import with_two_step
from tests.conftest import PASSWORD
from tests.connections.common import everything_stored, link_assistant, token_at_altegio
from tests.jobs.common import begun, done, put_many
from tests.memberships.common import CHAIN
from tests.pages import HTMX
from tests.security.urls import World
from tests.security.visits import body_of, undone

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
NEW_KEY = Fernet.generate_key().decode()


def rotate() -> str:
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    return said.getvalue()


def counted(said: str) -> tuple[int, int]:
    """How many secrets were encrypted again, and how many had the first key already."""
    again, already = re.findall(r"\d+", said)[:2]
    return int(again), int(already)


def many(count: int) -> list[Connection]:
    """Connections with a token each."""
    return Connection.objects.bulk_create(
        Connection(
            name=f"Account {number}",
            api_url="https://other.example",
            altegio_user_id=number,
            token=tokens.encrypt(Secret(f"token-{number}")),
        )
        for number in range(count)
    )


class TestDatabaseDump:
    """Attack 34."""

    def test_holds_no_token_no_password_and_no_link(
        self, sandbox: Sandbox, connection: Connection, manager: User, sign_in: SignIn
    ) -> None:
        client = Client()
        client.post("/login/", {"username": manager.email, "password": PASSWORD})
        invited = client.post(
            "/staff/invite/", {"email": "nina@example.com", "role": "editor"}, follow=True
        )
        link = re.search(r"/join/([\w-]+)/", invited.content.decode())
        assert link
        _reset, resetting = resets.make_reset(person=manager)
        dump = everything_stored()
        assert connection.name in dump and "nina@example.com" in dump
        for secret in (token_at_altegio(sandbox, connection), PASSWORD, link[1], resetting):
            assert secret not in dump

    def test_holds_no_seed_of_codes_and_no_recovery_code(self, viewer: User) -> None:
        app, codes = with_two_step(viewer)
        two_step.begin_set_up(person=viewer)  # another one waits for its first code
        waiting = two_step.new_seed(person=viewer)
        assert waiting is not None
        dump = everything_stored()
        assert codes
        for secret in (app.seed, waiting.reveal(), *codes):
            assert secret not in dump
            assert secret.replace("-", "") not in dump

    def test_holds_no_key_of_a_session(self, viewer: User, client: Client) -> None:
        client.post("/login/", {"username": viewer.email, "password": PASSWORD})
        key = client.cookies["sessionid"].value
        assert Session.objects.count() == 1
        assert key not in everything_stored()

    def test_what_stands_in_place_of_a_key_signs_nobody_in(
        self, viewer: User, client: Client
    ) -> None:
        client.post("/login/", {"username": viewer.email, "password": PASSWORD})
        assert client.get("/account/").status_code == 200
        thief = Client()
        thief.cookies["sessionid"] = Session.objects.get().session_key
        assert thief.get("/account/").status_code == 302

    def test_a_session_that_was_left_is_gone(self, viewer: User, client: Client) -> None:
        client.post("/login/", {"username": viewer.email, "password": PASSWORD})
        client.post("/logout/")
        assert not Session.objects.exists()


class TestRotatedKey:
    """Attack 35, the planned one."""

    def test_rotation_encrypts_everything_anew(self, settings: Any) -> None:
        settings.TOKEN_KEYS = old = [Fernet.generate_key().decode()]
        linked = many(encrypted.BATCH + 7)
        settings.TOKEN_KEYS = [NEW_KEY, *old]
        assert counted(rotate()) == (len(linked), 0)
        settings.TOKEN_KEYS = [NEW_KEY]
        read = [tokens.decrypt(one.token).reveal() for one in Connection.objects.order_by("pk")]
        assert read == [f"token-{number}" for number in range(len(linked))]

    def test_begun_again_it_does_what_is_left(self, settings: Any) -> None:
        settings.TOKEN_KEYS = old = [Fernet.generate_key().decode()]
        linked = many(5)
        settings.TOKEN_KEYS = [NEW_KEY, *old]
        # As it was left when it was stopped after two.
        for one in linked[:2]:
            Connection.objects.filter(pk=one.pk).update(token=tokens.renew(one.token))
        assert counted(rotate()) == (3, 2)
        assert counted(rotate()) == (0, 5)

    @pytest.mark.parametrize("put", ["signed in again", "removed"])
    def test_what_changes_under_its_hands_is_not_overwritten(self, settings: Any, put: str) -> None:
        settings.TOKEN_KEYS = old = [Fernet.generate_key().decode()]
        (linked,) = many(1)
        newer = tokens.encrypt(Secret("newer")) if put == "signed in again" else b""
        settings.TOKEN_KEYS = [NEW_KEY, *old]

        def between(execute: Any, sql: str, *rest: Any) -> Any:
            if sql.startswith("UPDATE") and not seen:
                seen.append(sql)
                Connection.objects.update(token=newer)
            return execute(sql, *rest)

        seen: list[str] = []
        with database.execute_wrapper(between):
            rotate()
        assert seen
        linked.refresh_from_db()
        settings.TOKEN_KEYS = [NEW_KEY]
        if newer:
            assert tokens.decrypt(linked.token) == Secret("newer")
        else:
            assert bytes(linked.token) == b""

    def test_what_no_key_reads_is_named_and_left(self, settings: Any) -> None:
        settings.TOKEN_KEYS = [Fernet.generate_key().decode()]
        (lost,) = many(1)
        settings.TOKEN_KEYS = old = [Fernet.generate_key().decode()]
        Connection.objects.create(
            name="Good", api_url="x", altegio_user_id=9, token=tokens.encrypt(Secret("good"))
        )
        settings.TOKEN_KEYS = [NEW_KEY, *old]
        before = bytes(lost.token)
        with pytest.raises(CommandError, match=rf"connection {lost.pk} \(Account 0\)"):
            rotate()
        lost.refresh_from_db()
        assert bytes(lost.token) == before
        assert tokens.state_of(Connection.objects.get(name="Good").token) == "current"

    def test_rotation_finds_every_column_of_encrypted_bytes(self) -> None:
        """Whoever adds a column of bytes that holds a secret declares it as what it is."""
        columns = {(Connection, "token"), (TwoStep, "seed"), (TwoStep, "new_seed")}
        assert columns <= set(encrypted.encrypted_fields())
        of_bytes = {
            (model, column.attname)
            for model in apps.get_models()
            for column in model._meta.concrete_fields
            if isinstance(column, BinaryField)
        }
        assert of_bytes == set(encrypted.encrypted_fields())


# The pages of signing in, which show a person nothing of the dashboard.
WITHOUT_CONNECTIONS = {"accounts:join", "accounts:forgot", "accounts:reset"}


class TestWrongKey:
    """Attack 35, the accident: nothing is readable, and nothing but a sign-in is asked for."""

    @pytest.fixture
    def unreadable(self, sandbox: Sandbox, connection: Connection, settings: Any) -> Connection:
        settings.TOKEN_KEYS = [NEW_KEY]
        return connection

    @pytest.mark.slow
    def test_no_page_fails_and_each_leads_to_the_sign_in(
        self, sandbox: Sandbox, settings: Any
    ) -> None:
        world = World(sandbox)
        world.enter("manager")
        addresses = world.addresses()
        settings.TOKEN_KEYS = [NEW_KEY]
        sign_in = f'href="/connections/{world.connection.pk}/sign-in/"'
        before, wrong, asking = len(sandbox.calls()), [], []
        for name, url in addresses.items():
            for method in ("get", "post"):
                for headers in ({}, HTMX):
                    with undone(world.client):
                        answer = getattr(world.client, method)(url, headers=headers)
                        html = body_of(answer)
                    asking += [name] * (answer.status_code == 502)
                    is_page = "<main" in html and name not in WITHOUT_CONNECTIONS
                    if answer.status_code >= 500 and answer.status_code != 502:
                        wrong.append(f"{name}: {method} is {answer.status_code}")
                    if is_page and answer.status_code in (200, 502) and sign_in not in html:
                        wrong.append(f"{name}: {method} leads to no sign-in")
        assert wrong == []
        assert len(sandbox.calls()) == before
        asked = {"membership_types:detail", "gift_card_types:detail", "memberships:detail"}
        assert asked <= set(asking)

    def test_a_job_ends_and_says_why(
        self,
        sandbox: Sandbox,
        connection: Connection,
        editor: User,
        settings: Any,
    ) -> None:
        ctx = context_for(CHAIN, person=editor)
        assert ctx is not None
        job = begun(ctx, put_many(sandbox, 2))
        settings.TOKEN_KEYS = [NEW_KEY]
        before = len(sandbox.calls())
        done(job)
        items = list(job.items.all())
        assert [item.state for item in items] == ["refused", "refused"]
        assert all(item.reason for item in items)
        assert len(sandbox.calls()) == before

    def test_a_second_step_that_cannot_be_read_leaves_the_recovery_codes(
        self, viewer: User, client: Client, settings: Any
    ) -> None:
        app, codes = with_two_step(viewer)
        settings.TOKEN_KEYS = [NEW_KEY]
        client.post("/login/", {"username": viewer.email, "password": PASSWORD})
        assert client.get("/login/code/").status_code == 200
        assert client.post("/login/code/", {"code": app.code()}).status_code == 422
        used = client.post("/login/code/", {"recovery_code": codes[0]})
        assert used.status_code == 302
        for path in ("/account/", "/account/two-step/", "/account/two-step/off/"):
            assert client.get(path, follow=True).status_code == 200

    def test_signing_in_again_is_all_it_takes(
        self, unreadable: Connection, sandbox: Sandbox, manager: User, sign_in: SignIn
    ) -> None:
        client = sign_in(manager)
        url = f"/connections/{unreadable.pk}/sign-in/"
        client.post(url, {"login": sandbox.director, "password": PASSWORD})
        unreadable.refresh_from_db()
        assert not services.needs_sign_in(unreadable)
        assert client.get(f"/chains/{CHAIN}/membership-types/11001/").status_code == 200

    def test_of_two_connections_the_readable_one_acts(
        self, sandbox: Sandbox, connection: Connection, manager: User, settings: Any
    ) -> None:
        settings.TOKEN_KEYS = [NEW_KEY]
        readable = link_assistant(sandbox, manager)
        ctx = context_for(CHAIN, person=manager)
        assert ctx is not None and ctx.connection == readable
