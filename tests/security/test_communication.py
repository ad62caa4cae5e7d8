"""docs/operations.md says with whom the dashboard talks, and it talks with nobody else."""

from __future__ import annotations

import re
import runpy
from urllib.parse import urlsplit

import pytest
from django.db import connection as database

from loyalty_admin.altegio import exchange
from loyalty_admin.sandbox.server import Sandbox
from tests.documents import ROOT, rows
from tests.jobs.workers import database_url
from tests.security.inventories import is_of, modules, named, quoted, used
from tests.security.reach import MAIL_SERVER, PROXY, day_of_deployment
from tests.test_settings import PRODUCTION, names_read_by_settings, setting

OTHERS = rows(
    "with",
    "who opens it",
    "named by",
    "protected by",
    "limits",
    "while it is away",
    "modules",
)
# Whoever uses one of these can talk with somebody outside of the process.
TALKING = [
    *("requests", "urllib3", "httpx", "aiohttp", "socket", "socketserver", "ssl", "asyncio"),
    *("http.client", "http.server", "urllib.request", "xmlrpc", "ftplib", "smtplib", "imaplib"),
    *("poplib", "telnetlib", "webbrowser", "subprocess", "multiprocessing", "pty", "os.system"),
    *("os.popen", "django.core.mail", "psycopg", "psycopg_pool", "sqlite3", "redis"),
    *("prometheus_client", "pyrate_limiter"),
]
ADDRESS = re.compile(r"_(URL|HOSTS|ORIGINS|PROXIES)$|^METRICS_TOKEN$")


def test_only_the_modules_on_the_page_can_talk() -> None:
    talking = {
        name for name in modules() if any(is_of(one, of) for one in used(name) for of in TALKING)
    }
    assert named(row[6] for row in OTHERS) == talking


def test_every_setting_that_names_another_side_is_on_the_page() -> None:
    on_page = named(row[2] for row in OTHERS)
    assert on_page == {name for name in names_read_by_settings() if ADDRESS.search(name)}


def test_limits_on_the_page_are_those_of_the_code() -> None:
    limits = {row[0]: row[4] for row in OTHERS}
    gunicorn = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    body = setting("DATA_UPLOAD_MAX_MEMORY_SIZE", **PRODUCTION)["DATA_UPLOAD_MAX_MEMORY_SIZE"]
    assert isinstance(body, int)
    mailing = {"EMAIL_URL": "smtp+tls://u:p@mail.example.com:587", "EMAIL_FROM": "a@example.com"}
    mailers = setting("MAILERS", **PRODUCTION, **mailing, PUBLIC_URL="https://loyalty.example.com")[
        "MAILERS"
    ]
    assert isinstance(mailers, dict)
    assert f"{gunicorn['threads']} threads a process" in limits["the database"]
    assert f"{exchange.POOL_SIZE} connections a process" in limits["Altegio"]
    assert f"{exchange.CONNECT_TIMEOUT} s to connect" in limits["Altegio"]
    assert f"{exchange.MOST_BYTES // 2**20} MB an answer" in limits["Altegio"]
    assert f"{mailers['default']['OPTIONS']['timeout']} s" in limits["the mail server"]
    assert f"{gunicorn['threads']} threads a process" in limits["browsers, by the proxy"]
    assert f"{gunicorn['keepalive']} s for an idle" in limits["browsers, by the proxy"]
    assert f"{body / 2**20:.1f} MB a request" in limits["browsers, by the proxy"]
    assert set(quoted(limits["Altegio"])) <= names_read_by_settings()


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
