"""A server on a raw socket that answers as it is told, also as no HTTP library would."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.client import responses
from types import TracebackType
from typing import Any, Self

from loyalty_admin.altegio.limits import Unlimited
from loyalty_admin.altegio.transport import Secret, Transport

PARTNER_TOKEN = "partner-token-of-the-wire"
USER_TOKEN = "user-token-of-the-wire"


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Step = Callable[[socket.socket], bool]
"""Answers one request; False ends the connection."""


def raw(data: bytes, *, keep: bool = False) -> Step:
    """These very bytes."""

    def step(sock: socket.socket) -> bool:
        sock.sendall(data)
        return keep

    return step


def reply(
    status: int = 200,
    body: bytes | str | None = None,
    *,
    json_body: Any = None,
    headers: dict[str, str] | None = None,
    length: int | None = None,
) -> Step:
    """A whole answer; `length` lies about how long it is."""
    if json_body is not None:
        body = json.dumps(json_body)
    content = body.encode() if isinstance(body, str) else body or b""
    lines = [f"HTTP/1.1 {status} {responses.get(status, 'Odd')}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if status != 204:
        lines.append(f"Content-Length: {len(content) if length is None else length}")
    return raw("\r\n".join([*lines, "", ""]).encode() + content, keep=length is None)


def ok(data: Any = None, meta: Any = None) -> Step:
    """A success in Altegio's envelope."""
    return reply(json_body={"success": True, "data": data, "meta": [] if meta is None else meta})


def refusal(status: int, message: str = "", errors: Any = None, **headers: str) -> Step:
    """A refusal in Altegio's envelope."""
    meta = {"message": message, **({} if errors is None else {"errors": errors})}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return reply(status, json_body={"success": False, "data": None, "meta": meta}, headers=named)


def until_closed(data: bytes) -> Step:
    """An answer whose end is the end of the connection."""
    return raw(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + data)


def hang_up(_: socket.socket) -> bool:
    """Close without a word."""
    return False


def reset(sock: socket.socket) -> bool:
    """End the connection with a reset."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def reset_after(data: bytes) -> Step:
    """Some bytes, then a reset."""

    def step(sock: socket.socket) -> bool:
        sock.sendall(data)
        time.sleep(0.05)
        return reset(sock)

    return step


def silence(sock: socket.socket) -> bool:
    """Never answer; leave when the other side has."""
    while sock.recv(1024):
        pass
    return False


def trickle(head: bytes, drop: bytes, *, every: float = 0.05) -> Step:
    """`head` at once, then `drop` again and again until the other side has left."""

    def step(sock: socket.socket) -> bool:
        sock.sendall(head)
        while True:
            sock.sendall(drop)
            time.sleep(every)

    return step


def after(seconds: float, step: Step) -> Step:
    """The same, late."""

    def late(sock: socket.socket) -> bool:
        time.sleep(seconds)
        return step(sock)

    return late


class WireServer:
    """Answers each request with the next of `steps`, then with the last one for ever."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.requests: list[Request] = []
        self.connections = 0
        self.context: ssl.SSLContext | None = None
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.base_url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/api/v1"
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self.drop_connections()
        for thread in self._threads:
            thread.join(5)

    def drop_connections(self) -> None:
        """Close whatever is open, as a server does with idle connections."""
        with self._lock:
            for sock in self._open:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def _start(self, work: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._socket.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._open.add(sock)
            self._start(self._serve, sock)

    def _serve(self, sock: socket.socket) -> None:
        try:
            if self.context is not None:
                sock = self._encrypted(sock)
            stream = sock.makefile("rb")
        except OSError:
            sock.close()
            return
        try:
            while (request := _read_request(stream)) is not None:
                with self._lock:
                    self.requests.append(request)
                    step = self.steps[min(len(self.requests), len(self.steps)) - 1]
                if not step(sock):
                    break
        except OSError:
            pass
        finally:
            with self._lock:
                self._open.discard(sock)
            stream.close()
            sock.close()

    def _encrypted(self, sock: socket.socket) -> socket.socket:
        assert self.context is not None
        encrypted = self.context.wrap_socket(sock, server_side=True)
        with self._lock:
            self._open.discard(sock)
            self._open.add(encrypted)
        return encrypted


def _read_request(stream: Any) -> Request | None:
    first = stream.readline().decode("latin-1").split()
    if len(first) != 3:
        return None
    headers = {}
    while line := stream.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.title()] = value.strip()
    body = stream.read(int(headers.get("Content-Length", "0")))
    return Request(first[0], first[1], headers, body)


def transport_to(server: WireServer | str, **changes: Any) -> Transport:
    """A transport to the server (or to a base URL) as a signed-in user."""
    options: dict[str, Any] = {
        "base_url": server if isinstance(server, str) else server.base_url,
        "partner_token": Secret(PARTNER_TOKEN),
        "user_token": Secret(USER_TOKEN),
        "limiter": Unlimited(),
        "timeout": 3.0,
    }
    return Transport(**{**options, **changes})


def closed_port() -> str:
    """The base URL of a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return f"http://127.0.0.1:{sock.getsockname()[1]}/api/v1"
