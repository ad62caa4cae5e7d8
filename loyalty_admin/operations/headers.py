"""The headers of a page as a browser gets them: as they are sent, and by way of the proxy."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from io import BytesIO

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.urls import reverse

from loyalty_admin.altegio.exchange import NoReply, exchange

SECONDS_FOR_A_PAGE = 5.0
BROWSERS_GO_BY = (
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
)


def headers_of_a_page() -> Iterator[tuple[str, str]]:
    """Pairs: what was found, and how to mend it ("" where it is well)."""
    wanted = [*BROWSERS_GO_BY, *(["Strict-Transport-Security"] if settings.HTTPS else [])]
    sent = _sent()
    missing = [name for name in wanted if name not in sent]
    if missing:
        yield (
            f"A page is sent without {', '.join(missing)}",
            "Put back what config/settings.py has for it.",
        )
    else:
        yield "A page is sent with all that browsers go by", ""
    if settings.PUBLIC_URL:
        yield _by_the_proxy({name: sent.get(name) for name in wanted})


def _sent() -> Mapping[str, str]:
    """Of the page to sign in, through all the middleware and past whatever stands in front."""
    # `.example.com` and `*` stand for many; any of them will do.
    host = next(iter(settings.ALLOWED_HOSTS), "localhost").lstrip("*.") or "localhost"
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": reverse("accounts:login"),
            "HTTP_HOST": host,
            "wsgi.url_scheme": "https" if settings.HTTPS else "http",
            "wsgi.input": BytesIO(),
        }
    )
    return WSGIHandler().get_response(request).headers


def _by_the_proxy(sent: Mapping[str, str | None]) -> tuple[str, str]:
    url = f"{settings.PUBLIC_URL}{reverse('accounts:login')}"
    deadline = time.monotonic() + SECONDS_FOR_A_PAGE
    got = exchange("GET", url, headers={}, body=None, deadline=deadline)
    if isinstance(got, NoReply) and got.flaw == "SSLError":
        return (
            f"{url} shows a certificate that is not to be trusted",
            "Give the proxy one for that name, from an authority that browsers know.",
        )
    if isinstance(got, NoReply):  # many a network lets nobody in by the way that leads out
        return f"{url} cannot be asked from here ({got.flaw}): look at it in a browser", ""
    if got.status != 200:
        return (
            f"{url} answers {got.status}, and not with the page to sign in",
            "Look at PUBLIC_URL, ALLOWED_HOSTS, HTTPS, and what the proxy passes on.",
        )
    changed = [name for name, value in sent.items() if got.headers.get(name) != value]
    if changed:
        return (
            f"{', '.join(changed)} of {url} did not arrive as sent",
            "Let the proxy pass headers on as they are, and add none a second time.",
        )
    return f"{url} arrives as it was sent", ""
