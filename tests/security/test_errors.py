"""What somebody learns and does who sends what no browser sends."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import django
import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.jobs.workers import ROOT
from tests.leaks import Lines
from tests.memberships.common import CHAIN
from tests.pages import HTMX, Page
from tests.security.urls import site_urls

pytestmark = pytest.mark.slow

SignIn = Callable[[User], Client]
TYPES = f"/chains/{CHAIN}/membership-types/"
# Of a traceback, a settings page, a server's greeting.
TELLING = re.compile(
    r"Traceback|File &quot;|File \"|\.py\b|site-packages|Exception|Error:|Django Version|"
    r"SECRET_KEY|SELECT |sqlite|psycopg|gunicorn/|WSGIServer|Python/",
)
LIMIT = 2_621_440


@pytest.fixture
def edith(editor: User, connection: Connection, sign_in: SignIn) -> Client:
    """An editor's browser, which is shown faults instead of failing on them."""
    client = sign_in(editor)
    client.raise_request_exception = False
    return client


def says_nothing_but_a_number(response: Any) -> bool:
    text = response.content.decode()
    assert not TELLING.search(text), TELLING.search(text)
    assert django.get_version() not in text
    return f"support: {response['X-Request-ID']}" in Page(response).text


@pytest.mark.django_db
class TestForcedFault:
    """Attack 38: a 500 that is provoked, probes for DEBUG, a wrong Host."""

    PROBES = (
        "/?debug=1", "/login/?__debugger__=yes&cmd=resource&f=debugger.js", "/__debug__/",
        "/admin/", "/console/", "/.env", "/.git/config", "/static/",
        "/static/../config/settings.py", "/static/..%2f..%2fconfig/settings.py",
        "/static/%2e%2e/%2e%2e/db.sqlite3", "/favicon.ico", "/phpinfo.php", "/server-status",
        "/actuator/env", "/graphql",
    )  # fmt: skip
    WRONG_HOSTS = (
        "evil.example", "evil.example:80", "testserver.evil.example", "testserver@evil.example",
        "testserver/evil", "169.254.169.254", "[::1]", "", "testserver:8000:80", "<script>",
    )  # fmt: skip

    def test_is_a_general_page_with_a_number(self, edith: Client, settings: Any) -> None:
        settings.ALTEGIO_RATE_PER_SECOND = "many"
        for method, headers in (("get", {}), ("get", HTMX), ("post", {})):
            path = f"{TYPES}11002/edit/"
            response = getattr(edith, method)(path, {"title": "x"}, headers=headers)
            assert response.status_code == 500
            assert says_nothing_but_a_number(response)
            assert "many" not in response.content.decode()

    def test_probes_find_nothing(self, client: Client) -> None:
        wrong = []
        for probe in self.PROBES:
            response = client.get(probe, headers={"x-debug": "1", "cookie": "debug=1; XDEBUG=1"})
            is_quiet = not TELLING.search(response.content.decode())
            if response.status_code == 404:
                is_quiet = says_nothing_but_a_number(response)
            if response.status_code not in (200, 302, 404) or not is_quiet:
                wrong.append(probe)
        assert wrong == []

    def test_a_wrong_host_is_refused(self, client: Client, log_lines: Lines) -> None:
        wrong = []
        for host in self.WRONG_HOSTS:
            log_lines.lines.clear()
            response = client.get("/login/", HTTP_HOST=host, HTTP_X_FORWARDED_HOST="testserver")
            is_logged = any("HTTP_HOST" in line["event"] for line in log_lines.parsed())
            is_bare = says_nothing_but_a_number(response) and b"evil" not in response.content
            if response.status_code != 400 or not is_logged or not is_bare:
                wrong.append(host)
        assert wrong == []

    def test_a_forwarded_host_is_not_believed(self, client: Client) -> None:
        response = client.get("/login/", headers={"x-forwarded-host": "evil.example"})
        assert response.status_code == 200
        assert "evil.example" not in response.content.decode()

    def test_what_altegio_breaks_off_is_told_without_its_inside(
        self, edith: Client, sandbox: Sandbox
    ) -> None:
        sandbox.fault(kind="html", times=None)
        response = edith.get(f"{TYPES}11002/")
        assert response.status_code == 502
        assert says_nothing_but_a_number(response)


class _NeverRead:
    """The body of a request that must be refused before anybody reads it."""

    def read(self, *sizes: int) -> bytes:
        raise AssertionError("the body was read")

    readline = read


@pytest.mark.django_db
class TestOverlongRequest:
    """Attack 39: 10 MB, 100,000 fields, a cookie of 1 MB, a search of 10,000 letters. What holds is
    that each is refused before it is read, or cut before it is used."""

    def test_a_large_body_is_refused_unread(self, edith: Client) -> None:
        for path, kind in (
            ("/login/", "application/x-www-form-urlencoded"),
            (f"{TYPES}new/", "multipart/form-data; boundary=x"),
            ("/there-is-no-such-page/", "text/xml"),
        ):
            large: dict[str, Any] = {
                "CONTENT_LENGTH": str(10 * 1024 * 1024),
                "CONTENT_TYPE": kind,
                "wsgi.input": _NeverRead(),
            }
            response = edith.generic("POST", path, **large)
            assert response.status_code == 413
            assert says_nothing_but_a_number(response)

    def test_the_limit_is_what_forms_may_have(self, edith: Client, settings: Any) -> None:
        assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE == LIMIT
        for length, status in ((LIMIT, 403), (LIMIT + 1, 413)):
            strict = Client(enforce_csrf_checks=True)
            body = b"a=" + b"x" * (length - 2)
            kind = "application/x-www-form-urlencoded"
            assert strict.post("/login/", body, content_type=kind).status_code == status

    def test_a_length_that_is_no_number_is_refused(self, client: Client) -> None:
        lengths = ("-1", "many", "1e3", "²")
        answers = {one: client.generic("POST", "/login/", CONTENT_LENGTH=one) for one in lengths}
        assert {one: answer.status_code for one, answer in answers.items()} == dict.fromkeys(
            lengths, 413
        )

    def test_a_hundred_thousand_fields_are_refused(self, edith: Client) -> None:
        body = "&".join(f"f{number}=" for number in range(100_000))
        assert len(body) < LIMIT
        response = edith.post(
            f"{TYPES}new/", body, content_type="application/x-www-form-urlencoded"
        )
        assert response.status_code == 400
        assert says_nothing_but_a_number(response)

    def test_a_long_search_is_cut_or_finds_nothing(
        self, manager: User, connection: Connection, sign_in: SignIn
    ) -> None:
        chain = f"/chains/{CHAIN}/"
        lists = ("membership-types", "gift-card-types", "promotions", "memberships")
        paths = [f"{chain}{name}/" for name in (*lists, "transactions", "notification-templates")]
        client, sent = sign_in(manager), {"q": "x" * 10_000, "search": "y" * 10_000}
        found = {
            path: client.get(path, sent).status_code
            for path in (*paths, "/activity/", "/chains/", "/staff/")
        }
        assert {path for path, status in found.items() if status not in (200, 302, 400)} == set()

    def test_a_long_phone_is_refused_by_its_form(self, edith: Client, sandbox: Sandbox) -> None:
        before = len(sandbox.calls())
        response = edith.post(f"/chains/{CHAIN}/memberships/", {"phone": "1" * 10_000})
        assert response.status_code in (200, 400, 405, 422)
        assert len(sandbox.calls()) == before


@pytest.fixture(scope="module")
def gunicorn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The dashboard behind its real server, as gunicorn.conf.py has it; gives the port."""
    folder = tmp_path_factory.mktemp("gunicorn")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "WEB_CONCURRENCY": "1",
    }
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        wait_for_port(port, server, folder / "log")
        yield port
    finally:
        server.terminate()
        server.wait(20)


def wait_for_port(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())


def ask(port: int, path: str, headers: dict[str, str]) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, f"{response.headers}\n{response.read().decode()}"
    finally:
        connection.close()


@pytest.mark.slow
class TestOverlongRequestAtTheServer:
    """Attack 39, what never comes as far as Django."""

    def test_a_usual_request_is_answered(self, gunicorn: int) -> None:
        assert ask(gunicorn, "/healthz", {"Cookie": "a=b"})[0] == 200

    def test_a_large_cookie_is_refused(self, gunicorn: int) -> None:
        status, said = ask_raw(gunicorn, f"Cookie: a={'x' * 1_000_000}")
        assert status == 431
        assert not TELLING.search(said)

    def test_a_long_address_is_refused(self, gunicorn: int) -> None:
        status, said = ask(gunicorn, "/login/?q=" + "x" * 10_000, {})
        assert status == 414
        assert not TELLING.search(said)

    def test_a_thousand_heads_are_refused(self, gunicorn: int) -> None:
        heads = "\r\n".join(f"X-{number}: x" for number in range(1000))
        assert ask_raw(gunicorn, heads)[0] == 431

    TWO_LENGTHS = (
        "Content-Length: 6\r\nTransfer-Encoding: chunked",
        "Content-Length: 0\r\nContent-Length: 6",
        "Content-Length: 0, 6",
        "Content-Length: +0",
        "Content-Length : 0",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding:\r\n chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    )

    def test_no_second_request_hides_in_a_body_of_two_lengths(self, gunicorn: int) -> None:
        """Whoever stands in front may read another length than the server."""
        hidden = "0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: 127.0.0.1"
        answers = {
            heads: ask_raw(gunicorn, f"{heads}\r\n\r\n{hidden}") for heads in self.TWO_LENGTHS
        }
        assert {
            heads: said
            for heads, (status, said) in answers.items()
            if status not in (400, 501) or said.count("HTTP/1.1 ") != 1
        } == {}

    def test_it_serves_on_after_that(self, gunicorn: int) -> None:
        assert ask(gunicorn, "/healthz", {})[0] == 200


def ask_raw(port: int, heads: str) -> tuple[int, str]:
    """Send these heads as they are, and read what comes while the server may hang up."""
    with socket.create_connection(("127.0.0.1", port), 20) as line:
        request = f"GET /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n{heads}\r\n\r\n"
        received = b""
        # It may have answered already, and it may hang up on what it has not read.
        with suppress(BrokenPipeError, ConnectionResetError):
            line.sendall(request.encode())
        with suppress(ConnectionResetError):
            while part := line.recv(65_536):
                received += part
    match = re.match(rb"HTTP/1\.\d (\d+)", received)
    assert match, received[:200]
    return int(match[1]), received.decode()


@pytest.mark.django_db
class TestSandboxControlInProduction:
    """Attack 45: the stand-in's switch for faults, asked for at the dashboard."""

    @pytest.mark.slow
    def test_is_not_there(self, manager: User, sign_in: SignIn, sandbox: Sandbox) -> None:
        client = sign_in(manager)
        there = [
            f"{method} {path}{name}"
            for name in ("calls", "faults", "reset", "")
            for path in ("/_sandbox/", "/api/v1/_sandbox/", "/sandbox/")
            for method in ("get", "put", "post", "delete")
            if getattr(client, method)(path + name, content_type="application/json").status_code
            != 404
        ]
        assert there == []
        assert sandbox.calls() == []

    def test_no_address_of_the_site_leads_to_the_stand_in(self) -> None:
        for name in site_urls():
            assert "sandbox" not in name
        with pytest.raises(Resolver404):
            resolve("/_sandbox/calls")

    @pytest.mark.slow
    def test_a_deployment_starts_no_stand_in(self) -> None:
        for name in ("compose.yaml", "Dockerfile", "gunicorn.conf.py", "config/wsgi.py"):
            assert "sandbox" not in (ROOT / name).read_text()
        script = "import config.wsgi, sys; print([m for m in sys.modules if 'sandbox.' in m])"
        from tests.test_settings import PRODUCTION, python

        answer = python("-c", script, **PRODUCTION)
        assert answer.stdout.strip() == "[]", answer.stderr
