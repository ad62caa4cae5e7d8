"""The dashboard talks with those whom its settings name, and with nobody else."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.db import connection as database

from loyalty_admin.sandbox.server import Sandbox
from tests.jobs.workers import database_url
from tests.security.code import is_of, modules, used
from tests.security.reach import MAIL_SERVER, PROXY, day_of_deployment

pytestmark = pytest.mark.slow

# Whoever uses one of these can talk with somebody outside of the process.
TALKING = [
    *("requests", "urllib3", "httpx", "aiohttp", "socket", "socketserver", "ssl", "asyncio"),
    *("http.client", "http.server", "urllib.request", "xmlrpc", "ftplib", "smtplib", "imaplib"),
    *("poplib", "telnetlib", "webbrowser", "subprocess", "multiprocessing", "pty", "os.system"),
    *("os.popen", "django.core.mail", "psycopg", "psycopg_pool", "sqlite3", "redis"),
    *("prometheus_client", "pyrate_limiter"),
]
TALKERS = {
    *("accounts.mail", "altegio.exchange", "altegio.limits", "connections.services"),
    *("operations.doctor", "operations.metrics", "sandbox.faults", "sandbox.listener"),
    *("scripts.bench.attacks", "scripts.bench.browser", "scripts.bench.export"),
    *("scripts.bench.load", "scripts.bench.servers", "scripts.image_check", "scripts.mutate"),
    *("scripts.pictures", "scripts.run", "scripts.with_postgres"),
}


def test_only_a_few_modules_can_talk_with_others() -> None:
    talking = {
        name for name in modules() if any(is_of(one, of) for one in used(name) for of in TALKING)
    }
    assert talking == TALKERS


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_deployment_at_work_reaches_what_its_settings_name_and_nobody_else(
    sandbox: Sandbox,
) -> None:
    told = day_of_deployment(sandbox, database_url())
    stand_in = urlsplit(sandbox.api_url).netloc
    reached: dict[str, set[str]] = {}
    for event, whereto in told["seen"]:
        reached.setdefault(event, set()).add(whereto)
    databases = reached.pop("sqlite3.connect", set())
    assert reached == {
        "socket.connect": {stand_in, MAIL_SERVER, PROXY},
        "socket.getaddrinfo": {"127.0.0.1"},
    }
    if database.vendor == "sqlite":
        name = str(database.settings_dict["NAME"])
        assert databases == {name, f"{name}-limiter"}
        assert set(told["others"]) == {stand_in}
    else:
        assert not databases
        assert set(told["others"]) == {stand_in, where_postgresql_listens()}
    assert set(told["answers"].values()) == {200, 302}
    assert told["outcomes"] == ["done"]


def where_postgresql_listens() -> str:
    """Its socket in the folder that the URL names, or its address."""
    parameters = database.get_connection_params()
    host, port = str(parameters["host"]), parameters.get("port") or 5432
    return f"{host}/.s.PGSQL.{port}" if host.startswith("/") else f"{host}:{port}"
