"""A browser as far as the measurement needs one: cookies, forms, one connection kept alive."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode

HOST = "127.0.0.1"
SECONDS = 60


@dataclass(frozen=True)
class Got:
    """`size`: bytes of the body on the wire, compressed where the server compressed it."""

    status: int
    text: str
    size: int


class Browser:
    def __init__(self, port: int) -> None:
        self.port = port
        self._line = HTTPConnection(HOST, port, timeout=SECONDS)
        self._cookies: dict[str, str] = {}

    def headers(self) -> dict[str, str]:
        """What every request of the person carries."""
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return {"Accept-Encoding": "gzip", "Cookie": cookies}

    def get(self, path: str, *, htmx: bool = False) -> Got:
        return self._ask("GET", path, htmx=htmx)

    def post(self, path: str, *, htmx: bool = False, **form: str | list[str]) -> Got:
        """Send a form, with the token of the newest page."""
        form["csrfmiddlewaretoken"] = self._cookies["csrftoken"]
        return self._ask("POST", path, urlencode(form, doseq=True), htmx=htmx)

    def sign_in(self, path: str, *, username: str, password: str) -> None:
        self.get(path)
        answer = self.post(path, username=username, password=password)
        if answer.status != 302:
            raise RuntimeError(f"{path} answered {answer.status} to the sign-in.")

    def _ask(self, method: str, path: str, body: str | None = None, *, htmx: bool) -> Got:
        headers = self.headers()
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if htmx:
            headers["HX-Request"] = "true"
        self._line.close()  # a server ends an idle connection when it likes
        self._line.request(method, path, body, headers)
        response = self._line.getresponse()
        content = response.read()
        for header in response.headers.get_all("Set-Cookie", []):
            self._cookies |= {name: item.value for name, item in SimpleCookie(header).items()}
        is_packed = response.headers.get("Content-Encoding") == "gzip"
        plain = gzip.decompress(content) if is_packed else content
        return Got(response.status, plain.decode("utf-8", "replace"), len(content))


def files_of(page: str) -> set[str]:
    """Every file that a browser fetches to show the page, without fragments."""
    found = re.findall(r'(?:src|href)="(/static/[^"#]+)', page)
    return set(found)
