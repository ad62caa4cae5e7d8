from __future__ import annotations

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

FOR = "HTTP_X_FORWARDED_FOR"
PROTO = "HTTP_X_FORWARDED_PROTO"


class ProxyMiddleware:
    """Believes X-Forwarded-For and -Proto as far as TRUSTED_PROXIES proxies wrote them.

    Each proxy appends on the right, so what stands further left came from the client and
    may be anything. Without trusted proxies both headers go, and with them a client's
    claim to have come over https (settings.SECURE_PROXY_SSL_HEADER reads the second).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        addresses = request.META.pop(FOR, "")
        protocols = request.META.pop(PROTO, "")
        if settings.TRUSTED_PROXIES:
            if address := _as_address(_written_by_proxies(addresses)):
                request.META["REMOTE_ADDR"] = address
            if protocol := _written_by_proxies(protocols):
                request.META[PROTO] = protocol.lower()
        return self.get_response(request)


def _written_by_proxies(header: str) -> str:
    """The entry of the outermost trusted proxy: what it saw of the client."""
    entries = [entry.strip() for entry in header.split(",")]
    return entries[-settings.TRUSTED_PROXIES :][0]


def _as_address(entry: str) -> str | None:
    """The address of an entry, which may carry a port; None when it is no address."""
    if entry.startswith("["):
        entry = entry[1:].partition("]")[0]
    elif entry.count(":") == 1:
        entry = entry.partition(":")[0]
    try:
        return str(ipaddress.ip_address(entry.partition("%")[0]))
    except ValueError:
        return None
