"""The doctor asks for a page by way of the proxy, and says what becomes of its headers there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler

from loyalty_admin.operations.headers import headers_of_a_page
from tests.altegio.test_transport import encrypt, self_signed
from tests.altegio.wire import WireServer, ok
from tests.test_settings import OF_HTTPS, PRODUCTION, setting

pytestmark = pytest.mark.slow

HOST = PRODUCTION["ALLOWED_HOSTS"]
Headers = list[tuple[str, str]]
Proxy = Callable[..., str]


@pytest.fixture
def deployed(settings: Any) -> Any:
    for name, value in setting(*OF_HTTPS, **PRODUCTION).items():
        setattr(settings, name, value)
    settings.ALLOWED_HOSTS = [HOST]
    settings.TRUSTED_PROXIES = 1
    return settings


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass  # the tests' output is not its place


@pytest.fixture
def proxy(deployed: Any, db: None) -> Iterator[Proxy]:
    """Puts one before the dashboard: what it does to headers, and which host it asks for."""
    started: list[WSGIServer] = []

    def start(change: Callable[[Headers], Headers] = list, host: str = HOST) -> str:
        dashboard = WSGIHandler()

        def between(environ: dict[str, Any], answer: Any) -> Any:
            def changed(status: str, headers: Headers, error: Any = None, /) -> Any:
                return answer(status, change(headers), error)

            environ |= {"HTTP_HOST": host, "HTTP_X_FORWARDED_PROTO": "https"}
            return dashboard(environ, changed)

        server = make_server("127.0.0.1", 0, between, handler_class=Quiet)
        started.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


def without(name: str) -> Callable[[Headers], Headers]:
    return lambda headers: [pair for pair in headers if pair[0] != name]


def with_one_more(name: str, value: str) -> Callable[[Headers], Headers]:
    return lambda headers: [*headers, (name, value)]


def test_a_proxy_that_passes_them_on_is_well(deployed: Any, proxy: Proxy) -> None:
    deployed.PUBLIC_URL = proxy()
    assert list(headers_of_a_page()) == [
        ("A page is sent with all that browsers go by", ""),
        (f"{deployed.PUBLIC_URL}/login/ arrives as it was sent", ""),
    ]


def test_a_proxy_that_takes_or_adds_one_is_named(
    deployed: Any, proxy: Proxy, subtests: pytest.Subtests
) -> None:
    for change, name in [
        (without("Content-Security-Policy"), "Content-Security-Policy"),
        (without("Strict-Transport-Security"), "Strict-Transport-Security"),
        (
            with_one_more("Strict-Transport-Security", "max-age=1"),
            "Strict-Transport-Security",
        ),
        (with_one_more("X-Frame-Options", "SAMEORIGIN"), "X-Frame-Options"),
    ]:
        with subtests.test(change=change, name=name):
            deployed.PUBLIC_URL = proxy(change)
            says, mend = list(headers_of_a_page())[-1]
            assert says == f"{name} of {deployed.PUBLIC_URL}/login/ did not arrive as sent"
            assert mend.startswith("Let the proxy pass headers on")


def test_a_proxy_that_asks_for_another_host_is_named(deployed: Any, proxy: Proxy) -> None:
    deployed.PUBLIC_URL = proxy(host="elsewhere.example.com")
    says, mend = list(headers_of_a_page())[-1]
    assert says.endswith("answers 400, and not with the page to sign in")
    assert "ALLOWED_HOSTS" in mend


@pytest.mark.django_db
def test_a_certificate_of_nobody_is_a_fault(deployed: Any, tmp_path: Path) -> None:
    with WireServer(ok()) as server:
        encrypt(server, self_signed(tmp_path))
        deployed.PUBLIC_URL = server.base_url.partition("/api")[0]
        says, mend = list(headers_of_a_page())[-1]
        assert says.endswith("shows a certificate that is not to be trusted")
        assert mend
        assert server.requests == []


@pytest.mark.django_db
def test_an_address_that_does_not_lead_back_here_is_said_and_no_fault(deployed: Any) -> None:
    deployed.PUBLIC_URL = "http://127.0.0.1:9"
    says, mend = list(headers_of_a_page())[-1]
    assert says.startswith("http://127.0.0.1:9/login/ cannot be asked from here")
    assert mend == ""


@pytest.mark.django_db
def test_without_an_address_only_what_is_sent_is_looked_at(
    deployed: Any, subtests: pytest.Subtests
) -> None:
    for hosts in [[], ["*"], [".example.com"], ["loyalty.example.com"]]:
        with subtests.test(hosts=hosts):
            deployed.ALLOWED_HOSTS = hosts
            assert list(headers_of_a_page()) == [
                ("A page is sent with all that browsers go by", "")
            ]
