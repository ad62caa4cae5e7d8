"""What the tests of connections and chains share: linking accounts, and looking everywhere."""

from __future__ import annotations

from dataclasses import replace

from django.db import connection as database

from loyalty_admin.accounts.models import User
from loyalty_admin.altegio.transport import Secret
from loyalty_admin.connections import services
from loyalty_admin.connections.models import Connection
from loyalty_admin.crypto import tokens
from loyalty_admin.sandbox.server import CHAINS, Sandbox
from tests.conftest import PASSWORD

CHAIN, OTHER_CHAIN = CHAINS
DIRECTOR, ASSISTANT = "Daina Ozola", "Álvaro Núñez"
EDIT_RIGHT = "loyalty_abonement_types_access"


def link_assistant(sandbox: Sandbox, manager: User) -> Connection:
    """The stand-in's assistant (the first chain only, to look at), linked by the manager."""
    return services.connect(person=manager, login=sandbox.assistant, password=PASSWORD)


def allow(sandbox: Sandbox, login: str, rights: dict[int, dict[str, int]]) -> None:
    """Give somebody exactly these rights at the stand-in: chain -> right -> 1 or 0."""
    sandbox.state.people = [
        replace(person, access=rights) if person.login == login else person
        for person in sandbox.state.people
    ]


def token_at_altegio(sandbox: Sandbox, connection: Connection) -> str:
    """The user token as the stand-in gave it away."""
    (person,) = [p for p in sandbox.state.people if p.id == connection.altegio_user_id]
    return sandbox.state.token_of(person)


def spoil_token(connection: Connection) -> None:
    """Keep a token that Altegio does not accept."""
    connection.token = tokens.encrypt(Secret("of-another-time"))
    connection.save()


def paths(sandbox: Sandbox) -> list[str]:
    """The calls that arrived, as "GET /groups"."""
    return [f"{call['method']} {call['path']}" for call in sandbox.calls()]


def everything_stored() -> str:
    """Every value of every table."""
    found = []
    with database.cursor() as cursor:
        for table in database.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {database.ops.quote_name(table)}")
            for row in cursor.fetchall():
                for value in row:
                    is_binary = isinstance(value, bytes | memoryview)
                    found.append(bytes(value).decode("latin-1") if is_binary else str(value))
    return "\n".join(found)
