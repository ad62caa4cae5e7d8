"""What docs/operations.md gives a role of the database and a container is enough, and no more is
given."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection as database

from loyalty_admin.sandbox.server import Sandbox
from tests.documents import DOCS, ROOT
from tests.security.reach import day_of_deployment, manage

# In place of the page's `loyalty`: the server may be somebody's own.
ROLE = f"test_{secrets.token_hex(8)}"
OWNER = f"{ROLE}_owner"


def statements() -> tuple[list[str], list[str]]:
    """The page's SQL: what an administrator says, and what the owner says in the new database."""
    page = (DOCS / "operations.md").read_text()
    block = re.search(r"(^    CREATE ROLE.*\n(?:    .*\n)+)", page, re.MULTILINE)
    assert block
    named = re.sub(r"\bloyalty(?=\b|_owner\b)", ROLE, block[0])
    lines = [line.strip().rstrip(";") for line in named.splitlines()]
    border = next(place for place, line in enumerate(lines) if line.startswith("--"))
    return lines[:border], lines[border + 1 :]


def say(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as link:
        for statement in statements:
            link.execute(statement.encode())


@pytest.fixture
def urls() -> Iterator[dict[str, str]]:
    """The database that the page's SQL makes, by role; gone afterwards with the roles."""
    parameters = database.get_connection_params()
    host, port = parameters["host"], parameters.get("port") or 5432

    def url(role: str, name: str) -> str:
        return f"postgres://{role}@/{name}?host={host}&port={port}"

    administrator = url(str(parameters["user"]), "postgres")
    first, second = statements()
    try:
        say(administrator, *first)
        say(url(OWNER, ROLE), *second)
        yield {role: url(role, ROLE) for role in (OWNER, ROLE)}
    finally:
        say(
            administrator,
            f"DROP DATABASE IF EXISTS {ROLE} WITH (FORCE)",
            f"DROP ROLE IF EXISTS {ROLE}",
            f"DROP ROLE IF EXISTS {OWNER}",
        )


@pytest.mark.slow
@pytest.mark.postgresql
@pytest.mark.django_db
def test_the_roles_of_the_page_are_enough_and_may_no_more(
    sandbox: Sandbox, urls: dict[str, str], tmp_path: Path
) -> None:
    manage(urls[OWNER], "migrate")
    told = day_of_deployment(sandbox, urls[ROLE])
    assert set(told["answers"].values()) == {200, 302}
    assert told["outcomes"] == ["done"]
    assert not {"database", "keys", "cache", "limiter", "queue"} & told["mend"].keys()
    manage(urls[ROLE], "backup", str(tmp_path / "backup"))
    manage(urls[OWNER], "flush", "--no-input")
    manage(urls[ROLE], "restore", str(tmp_path / "backup"))
    for role in (OWNER, ROLE):
        for beyond in ("CREATE ROLE another", "CREATE DATABASE another", "SELECT pg_ls_dir('.')"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                say(urls[role], beyond)
    for beyond in (
        "DROP TABLE audit_entry",
        "ALTER TABLE audit_entry DROP COLUMN note",
        "TRUNCATE audit_entry",
        "CREATE TRIGGER quiet BEFORE DELETE ON audit_entry EXECUTE FUNCTION now()",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            say(urls[ROLE], beyond)


def services() -> dict[str, str]:
    """What compose.yaml says of each service."""
    text = (ROOT / "compose.yaml").read_text().partition("\nvolumes:")[0]
    parts = re.split(r"\n  (\w+):\n", text.partition("services:")[2])
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_containers_have_no_rights_but_their_own() -> None:
    wanted = (
        "image: loyalty-admin",
        "    read_only: true\n",
        "    tmpfs:\n      - /tmp\n",
        "    cap_drop: [ALL]\n",
        '    security_opt: ["no-new-privileges:true"]\n',
    )
    more = re.compile(r"^    (?:user|privileged|cap_add|devices|network_mode|pid):", re.MULTILINE)
    wrong = []
    for name in ("prepare", "web", "worker"):
        service = services()[name]
        wrong += [f"{name} lacks {one!r}" for one in wanted if one not in service]
        wrong += [f"{name} has {one!r}" for one in more.findall(service)]
    assert wrong == []
    assert re.findall(r"^USER ([1-9]\d*):\d+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)


def test_the_database_has_no_password_because_it_is_in_a_volume_and_on_no_network() -> None:
    service = services()["database"]
    assert 'command: ["postgres", "-c", "listen_addresses=127.0.0.1"]' in service
    assert "ports:" not in service
    assert "socket:/var/run/postgresql" in service
