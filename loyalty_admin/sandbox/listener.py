"""HTTP: connections kept alive, calls taken in, answers and faults sent, control at /_sandbox/."""

from __future__ import annotations

import ipaddress
import json
import logging
import socket
import sys
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from loyalty_admin.sandbox.faults import JSON_TYPE, Answer, Fault
from loyalty_admin.sandbox.state import Raw, State

PREFIX = "/api/v1"
LARGEST_BODY = 2 * 1024 * 1024
IDLE_SECONDS = 120

logger = logging.getLogger("loyalty_admin.sandbox")


class Served(Protocol):
    """What is served: see `server.Sandbox`."""

    state: State
    latency: float

    def carry_out(self, state: State, call: Raw, asked: Asked) -> Answer: ...
    def take_fault(self, method: str, path: str) -> Fault | None: ...
    def sleep(self, seconds: float) -> None: ...
    def calls(self) -> list[Raw]: ...
    def fault(self, **fault: Any) -> None: ...
    def clear_faults(self) -> None: ...
    def reset(self, **counts: Any) -> None: ...


class Asked:
    """A call as it came in; `path` is relative to /api/v1."""

    def __init__(self, handler: Handler, body: bytes) -> None:
        address = urlsplit(handler.path)
        self.method = handler.command
        self.path = address.path.removeprefix(PREFIX)
        self.query = parse_qs(address.query, keep_blank_values=True)
        self.headers = handler.headers
        self.body = body

    def as_call(self) -> Raw:
        body: Any = None
        if self.body:
            try:
                body = json.loads(self.body)
            except (ValueError, RecursionError):
                body = "(not JSON)"
        if isinstance(body, dict) and "password" in body:
            body["password"] = "***"
        return {
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "body": body,
            "status": None,
            "applied": False,
        }


class Handler(BaseHTTPRequestHandler):
    """One connection, kept alive over many calls."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "AltegioStandIn"
    sys_version = ""
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True

    def answer(self) -> None:
        self.call: Raw = {}
        sandbox = self.server.sandbox
        body = self._take_body()
        if body is None:
            return
        address = urlsplit(self.path).path
        if address.startswith("/_sandbox/"):
            self._control(sandbox, address, body)
            return
        if not address.startswith(PREFIX + "/"):
            self.send(404, b"")
            return
        asked, state = Asked(self, body), sandbox.state
        self.call = call = asked.as_call()
        with state.lock:
            state.calls.append(call)
        sandbox.sleep(sandbox.latency)
        fault = sandbox.take_fault(asked.method, asked.path)
        if fault is None:
            self.send(*sandbox.carry_out(state, call, asked))
            return
        if fault.kind == "latency":
            sandbox.sleep(fault.seconds)
        answer = None
        if fault.apply or asked.method == "GET":
            answer = sandbox.carry_out(state, call, asked)
        call["status"] = 0  # until something is sent
        fault.play(self, answer, sandbox.sleep)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def _take_body(self) -> bytes | None:
        """The body, or None where its length is not one that can be read."""
        length = self.headers.get("Content-Length") or "0"
        if "Transfer-Encoding" in self.headers or not length.isdecimal():
            self.close_connection = True
            self.send(411, b"")
            return None
        if int(length) > LARGEST_BODY:
            self.close_connection = True
            self.send(413, b"")
            return None
        return self.rfile.read(int(length))

    def _control(self, sandbox: Served, path: str, body: bytes) -> None:
        if not ipaddress.ip_address(self.client_address[0]).is_loopback:
            self.send(404, b"")
            return
        try:
            asked = json.loads(body) if body else {}
            match self.command, path:
                case "GET", "/_sandbox/calls":
                    self.send(200, json.dumps(sandbox.calls(), ensure_ascii=False).encode())
                    return
                case "PUT", "/_sandbox/faults":
                    sandbox.fault(**asked)
                case "DELETE", "/_sandbox/faults":
                    sandbox.clear_faults()
                case "POST", "/_sandbox/reset":
                    sandbox.reset(**_sizes(**asked))
                case _:
                    self.send(404, b"")
                    return
        except (ValueError, TypeError) as problem:
            self.send(400, str(problem).encode(), content_type="text/plain; charset=utf-8")
            return
        self.send(204, b"")

    def send(
        self,
        status: int,
        body: bytes,
        *,
        content_type: str = JSON_TYPE,
        headers: Mapping[str, str] | None = None,
        length: int | None = None,
    ) -> None:
        """Send an answer; `length` overrides Content-Length, -1 leaves it out."""
        # Before it is sent: who has the answer sees the call complete.
        self.call["status"] = status
        self.send_response(status)
        length = len(body) if length is None else length
        if status != 204:
            headers = {"Content-Type": content_type, **(headers or {})}
            if length >= 0:
                self.send_header("Content-Length", str(length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if self.close_connection or length < 0:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        logger.debug(format, *args)


def _sizes(
    *,
    types: int | None = None,
    gift_card_types: int | None = None,
    promotions: int | None = None,
    memberships: int | None = None,
    transactions: int | None = None,
) -> dict[str, int]:
    """What the control is told of a reset, in the words of `Served.reset`; TypeError for a size
    that is no number."""
    sizes = {
        "types": types,
        "certificate_types": gift_card_types,
        "promotions": promotions,
        "memberships": memberships,
        "transactions": transactions,
    }
    given = {name: size for name, size in sizes.items() if size is not None}
    # Not all of them are used at once, and then it would be too late to refuse.
    if not all(type(size) is int for size in given.values()):
        raise TypeError("A size must be a whole number.")
    return given


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], sandbox: Served) -> None:
        self.sandbox = sandbox
        self._open: set[socket.socket] = set()
        self._serving: threading.Thread | None = None
        super().__init__(address, Handler)

    def server_bind(self) -> None:
        # Without HTTPServer's own look-up of the host's name, which may ask a name server.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def serve(self) -> None:
        """Serve in a thread of its own."""
        self._serving = threading.Thread(
            target=self.serve_forever, args=(0.05,), name="sandbox", daemon=True
        )
        self._serving.start()

    def stop(self) -> None:
        """End serving and every open connection."""
        if self._serving is not None:
            self.shutdown()
            self._serving.join()
            self._serving = None
        self.close_everything()

    def unplug(self) -> None:
        """Refuse connections, and end those that are open, until `plug_in`."""
        self.stop()
        # Bound to the port but not listening: nobody else gets it meanwhile.
        self.socket = socket.socket(self.address_family, self.socket_type)
        self.server_bind()

    def plug_in(self) -> None:
        """Listen and serve again, on the same port."""
        self.server_activate()
        self.serve()

    def close_everything(self) -> None:
        self.server_close()
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # its own thread was quicker

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A caller that hung up is no event.
        if not isinstance(sys.exception(), OSError):
            logger.exception("Could not answer %s", client_address)
