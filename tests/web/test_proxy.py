from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from loyalty_admin.web.middleware import ProxyMiddleware

INNER = "10.0.0.2"


def through(**headers: str) -> HttpRequest:
    """The request as the rest of the site sees it."""
    seen: list[HttpRequest] = []

    def rest(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    ProxyMiddleware(rest)(RequestFactory().get("/", REMOTE_ADDR=INNER, headers=headers))
    return seen[0]


ADDRESSES = [
    (0, "203.0.113.9", INNER),
    (1, "203.0.113.9", "203.0.113.9"),
    (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
    (2, "6.6.6.6, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
    (2, "203.0.113.9", "203.0.113.9"),
    (1, " 203.0.113.9:51234 ", "203.0.113.9"),
    (1, "[2001:db8::1]:443", "2001:db8::1"),
    (1, "2001:db8::1", "2001:db8::1"),
    (1, "unknown", INNER),
    (1, "6.6.6.6, ", INNER),
    (1, "", INNER),
]


def test_address_is_what_the_outermost_trusted_proxy_saw(settings: Any) -> None:
    wrong = []
    for proxies, header, address in ADDRESSES:
        settings.TRUSTED_PROXIES = proxies
        found = through(**{"X-Forwarded-For": header}).META["REMOTE_ADDR"]
        if found != address:
            wrong.append((proxies, header, found))
    assert wrong == []


PROTOCOLS = [
    (0, "https", False),
    (1, "https", True),
    (1, "HTTPS", True),
    (1, "http", False),
    (1, "https, http", False),
    (2, "http, https, http", True),
    (2, "https, http, http", False),
    (2, "https", True),
    (1, "", False),
]


def test_https_is_what_the_outermost_trusted_proxy_says(settings: Any) -> None:
    wrong = []
    for proxies, header, secure in PROTOCOLS:
        settings.TRUSTED_PROXIES = proxies
        if through(**{"X-Forwarded-Proto": header}).is_secure() is not secure:
            wrong.append((proxies, header))
    assert wrong == []


def test_without_proxies_both_headers_are_gone(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 0
    request = through(**{"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https"})
    assert not [name for name in request.META if name.startswith("HTTP_X_FORWARDED")]


def test_a_client_cannot_talk_its_way_past_the_redirect(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    forged = {"X-Forwarded-Proto": "https"}
    settings.TRUSTED_PROXIES = 0
    response = client.get("/login/", headers=forged)
    assert (response.status_code, response["Location"]) == (301, "https://testserver/login/")


@pytest.mark.django_db
def test_behind_a_trusted_proxy_https_is_not_redirected(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.TRUSTED_PROXIES = 1
    assert client.get("/login/", headers={"X-Forwarded-Proto": "https"}).status_code == 200


@pytest.mark.django_db
def test_the_session_list_shows_the_address_behind_the_proxy(viewer: Any, settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    client = Client(headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.9"})
    client.post("/login/", {"username": viewer.email, "password": "a long enough password"})
    assert viewer.sessions.get().address == "203.0.113.9"
