"""One HTTP exchange: under a deadline, of limited size, and honest about whether it was sent."""

from __future__ import annotations

import http.client
import io
import logging
import os
import socket
import threading
import time
from collections.abc import Buffer, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

# Its warnings hold whole addresses, and with them what people searched for.
logging.getLogger("urllib3").setLevel(logging.ERROR)

CONNECT_TIMEOUT = 3.05
MOST_BYTES = 8 * 1024 * 1024
# Enough for eight threads that serve people and every thread of `parallel.side_by_side`.
POOL_SIZE = 32
# Seconds. The other side may close an idle connection just when it is used again: a read is
# then simply repeated, but of a write nobody would know whether it arrived.
IDLE_BEFORE_WRITE = 1.0


@dataclass(frozen=True)
class Reply:
    """A status line came. `body` (decoded) is None when it broke off, was late or too large."""

    status: int
    headers: Mapping[str, str]
    body: bytes | None
    flaw: str = ""


@dataclass(frozen=True)
class NoReply:
    """No status line came. `sent` is False only when certainly nothing left this machine."""

    sent: bool
    flaw: str


def exchange(
    method: str, url: str, *, headers: Mapping[str, str], body: bytes | None, deadline: float
) -> Reply | NoReply:
    """Send one request once and read its whole answer until `deadline` (time.monotonic())."""
    left = deadline - time.monotonic()
    if left <= 0:
        return NoReply(sent=False, flaw="deadline")
    _this.deadline, _this.connecting = deadline, False
    try:
        response = _session.request(
            method,
            url,
            headers=headers,
            data=body,
            timeout=(min(CONNECT_TIMEOUT, left), left),
            stream=True,
            allow_redirects=False,
        )
    except _FAILURES as error:
        unsent = _this.connecting or isinstance(error, requests.ConnectTimeout)
        return NoReply(sent=not unsent, flaw=type(error).__name__)
    try:
        content, flaw = _read(response.raw, deadline)
    finally:
        response.close()
    return Reply(response.status_code, response.headers, content, flaw)


def _read(raw: Any, deadline: float) -> tuple[bytes | None, str]:
    parts: list[bytes] = []
    size = 0
    try:
        while part := raw.read1(65_536, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES:
                return None, "too large"
            if time.monotonic() > deadline:
                return None, "deadline"
    except _FAILURES as error:
        return None, type(error).__name__
    return b"".join(parts), ""


_FAILURES = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
)


class _This(threading.local):
    """What the connection of this thread's present exchange is to know, and to tell."""

    deadline = 0.0
    connecting = False


_this = _This()


class _UntilDeadline(io.RawIOBase):
    """Reads a socket until the deadline: a timeout of the socket's own starts anew each byte."""

    def __init__(self, raw: Any, sock: socket.socket) -> None:
        self._raw = raw
        self._sock = sock
        self._deadline = _this.deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("The deadline has passed.")
        self._sock.settimeout(left)
        read: int | None = self._raw.readinto(buffer)
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_UntilDeadline(self.fp.detach(), sock))


class _Connection(HTTPConnection):
    response_class = _Response
    _used_at = 0.0

    def connect(self) -> None:
        _this.connecting = True
        super().connect()
        _this.connecting = False
        self._used_at = time.monotonic()

    def request(self, method: str, *args: Any, **kwargs: Any) -> None:
        if method != "GET" and time.monotonic() - self._used_at > IDLE_BEFORE_WRITE:
            self.close()  # it opens again by itself
        super().request(method, *args, **kwargs)

    def getresponse(self) -> Any:
        response = super().getresponse()
        self._used_at = time.monotonic()
        return response


class _TlsConnection(_Connection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        # Following is off; without this the body of a redirect would be read all the same,
        # without limit or deadline.
        return None


def _new_session() -> _Session:
    session = _Session()
    session.trust_env = False
    session.headers.clear()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter(pool_connections=4, pool_maxsize=POOL_SIZE, max_retries=0))
    return session


_session = _new_session()


def _after_fork() -> None:
    # Two processes must not talk over the same connections.
    global _session
    _session = _new_session()


os.register_at_fork(after_in_child=_after_fork)
