from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.signals import request_finished
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from structlog.contextvars import bind_contextvars, clear_contextvars

REQUEST_ID = "X-Request-ID"
SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}", re.ASCII)
# Nothing of what a browser could lend a page, but for writing what somebody copies.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
        "xr-spatial-tracking",
    )
)
HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": f"{PERMISSIONS}, clipboard-write=(self)",
}
FOR = "HTTP_X_FORWARDED_FOR"
PROTO = "HTTP_X_FORWARDED_PROTO"


class RequestIdMiddleware:
    """Gives each request an id, which stands in all of its lines of the log, in its answer's head
    and on pages about a fault. A proxy's own id is kept, where there is a trusted one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        said = request.headers.get(REQUEST_ID, "") if settings.TRUSTED_PROXIES else ""
        request_id = said if SAFE_ID.fullmatch(said) else secrets.token_hex(8)
        clear_contextvars()
        bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response.headers[REQUEST_ID] = request_id
        return response


@receiver(request_finished)
def _forget_request(**kwargs: Any) -> None:
    # Not sooner: Django writes of a refused request, and a download its rows, after the middleware.
    clear_contextvars()


class HeadersMiddleware:
    """What Django has no setting for, on every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response


class SizeMiddleware:
    """Refuses a body that is too large before any of it is read: no page takes a file."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        said = request.META.get("CONTENT_LENGTH") or "0"
        if not said.isdecimal() or int(said) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return render(request, "413.html", status=413)
        return self.get_response(request)


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
