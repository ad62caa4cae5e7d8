"""Faults on demand: what a call gets in place of, or after, its proper answer."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import socket
import struct
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

from loyalty_admin.sandbox.state import Raw

Answer = tuple[int, bytes]
JSON_TYPE = "application/json; charset=utf-8"
# Long enough that a half of it is plainly cut.
FILLER: Raw = {"success": True, "data": {"title": "x" * 200}, "meta": {}}
HTML = b"<!doctype html><html><body><h1>Bad gateway</h1></body></html>"


class Line(Protocol):
    """The connection that a fault plays on."""

    connection: socket.socket
    close_connection: bool

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


@dataclass
class Fault:
    """One rule. `times` None: until cleared. `after`: so many matching calls go by first.

    `apply`: whether the request is carried out before the faulty answer.
    `status`, `headers`, `body`: of kinds status and html. `seconds`: latency and hang in all,
    trickled for each byte. `message`, `errors`: of success_false.
    `close_delimited`: truncated without a Content-Length. `body` of altered: what stands under
    these names in the proper answer, however deep; `missing`: names that are left out.
    """

    kind: str
    match: Mapping[str, str] = field(default_factory=dict)
    times: int | None = 1
    after: int = 0
    apply: bool | None = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    seconds: float = 1.0
    message: str = "This cannot be done now."
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    close_delimited: bool = False
    missing: Sequence[str] = ()

    @classmethod
    def from_raw(cls, raw: Mapping[str, Any]) -> Fault:
        """The fault of a JSON object; ValueError says what is wrong with it."""
        try:
            fault = cls(**raw)
        except TypeError as problem:
            raise ValueError(str(problem)) from None
        if fault.kind not in KINDS:
            raise ValueError(f"Unknown kind {fault.kind!r}: one of {', '.join(sorted(KINDS))}.")
        if unknown := set(fault.match) - {"method", "path"}:
            raise ValueError(f"A fault matches by method and path, not {sorted(unknown)}.")
        try:
            re.compile(fault.match.get("path", ""))
        except re.error as problem:
            raise ValueError(f"The path of a fault is a regular expression: {problem}.") from None
        if fault.apply is None:
            fault.apply = fault.kind in CARRIED_OUT
        return fault

    def matches(self, method: str, path: str) -> bool:
        """Whether it is about such calls."""
        if self.match.get("method", method) != method:
            return False
        return re.search(self.match.get("path", ""), path) is not None

    def takes(self, method: str, path: str) -> bool:
        """Whether this call gets the fault; counts the call when it matches."""
        if self.times == 0 or not self.matches(method, path):
            return False
        if self.after:
            self.after -= 1
            return False
        if self.times:
            self.times -= 1
        return True

    def play(self, line: Line, answer: Answer | None, sleep: Callable[[float], object]) -> None:
        """Answer faultily; `answer` is the proper one where the request was carried out."""
        if answer is None or (not answer[1] and self.kind in CUT):
            answer = 200, _json(FILLER)
        KINDS[self.kind](self, line, answer, sleep)


def _json(content: Any) -> bytes:
    return json.dumps(content).encode()


Sleep = Callable[[float], object]
Play = Callable[[Fault, Line, Answer, Sleep], None]


def _latency(fault: Fault, line: Line, answer: Answer, sleep: Sleep) -> None:
    line.send(*answer)


def _status(fault: Fault, line: Line, answer: Answer, sleep: Sleep) -> None:
    status = fault.status or 500
    if isinstance(fault.body, str):
        line.send(status, fault.body.encode(), content_type="text/plain", headers=fault.headers)
    else:
        body = fault.body
        if body is None:
            body = {"success": False, "data": None, "meta": {"message": fault.message}}
        line.send(status, _json(body), headers=fault.headers)


def _reset(fault: Fault, line: Line, answer: Answer, sleep: Sleep) -> None:
    # Closed with nothing to linger for, a connection ends in RST. The file descriptor is
    # closed under the socket object, which the server would first shut down with a FIN.
    option = struct.pack("ii", 1, 0)
    line.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, option)
    os.close(line.connection.detach())
    line.close_connection = True


def _truncated(fault: Fault, line: Line, answer: Answer, sleep: Sleep) -> None:
    status, body = answer
    length = -1 if fault.close_delimited else len(body)
    line.send(status, body[: len(body) // 2], length=length)
    line.close_connection = True


def _broken_off(fault: Fault, line: Line, answer: Answer, sleep: Sleep) -> None:
    status, body = answer
    line.send(status, body[: len(body) // 2], length=len(body))
    _reset(fault, line, answer, sleep)


def _trickled(fault: Fault, line: Line, answer: Answer, sleep: Sleep) -> None:
    status, body = answer
    line.send(status, b"", length=len(body))
    for place in range(len(body)):
        sleep(fault.seconds)
        line.connection.sendall(body[place : place + 1])


def _html(fault: Fault, line: Line, answer: Answer, sleep: Sleep) -> None:
    status = fault.status or 200
    line.send(status, HTML, content_type="text/html; charset=utf-8", headers=fault.headers)


def _body(content: bytes) -> Play:
    def play(fault: Fault, line: Line, answer: Answer, sleep: Sleep) -> None:
        line.send(fault.status or 200, content, headers=fault.headers)

    return play


def _success_false(fault: Fault, line: Line, answer: Answer, sleep: Sleep) -> None:
    meta: Raw = {"message": fault.message}
    if fault.errors:
        meta["errors"] = fault.errors
    line.send(200, _json({"success": False, "data": None, "meta": meta}))


def _altered(fault: Fault, line: Line, answer: Answer, sleep: Sleep) -> None:
    def alter(value: Any) -> Any:
        if isinstance(value, list):
            return [alter(one) for one in value]
        if not isinstance(value, dict):
            return value
        kept = {name: alter(one) for name, one in value.items() if name not in fault.missing}
        return {name: (fault.body or {}).get(name, one) for name, one in kept.items()}

    status, body = answer
    line.send(status, _json(alter(json.loads(body))) if body else body)


def _repeated(fault: Fault, line: Line, answer: Answer, sleep: Sleep) -> None:
    """The rows moved while they were read: the first comes twice, and the last is missing."""
    status, body = answer
    content = json.loads(body)
    rows = content["data"] if isinstance(content, dict) else content
    if isinstance(rows, list) and rows:
        rows[:] = [rows[0], *rows[:-1]]
    line.send(status, _json(content))


def _gzip_bomb(fault: Fault, line: Line, answer: Answer, sleep: Sleep) -> None:
    line.send(200, _bomb(), headers={"Content-Encoding": "gzip"})


@cache
def _bomb() -> bytes:
    return gzip.compress(b'{"data": "' + b" " * 100_000_000, compresslevel=1)


def _big_header(fault: Fault, line: Line, answer: Answer, sleep: Sleep) -> None:
    line.close_connection = True
    line.send(*answer, headers={"X-Big": "x" * 70_000})


def _hang(fault: Fault, line: Line, answer: Answer, sleep: Sleep) -> None:
    sleep(fault.seconds)
    line.close_connection = True


KINDS: dict[str, Play] = {
    "latency": _latency,
    "status": _status,
    "reset": _reset,
    "reset_after": _reset,
    "truncated": _truncated,
    "broken_off": _broken_off,
    "trickled": _trickled,
    "html": _html,
    "bad_json": _body(b'{"success": true, "data": [{"id": 1,'),
    "bad_utf8": _body(b'{"success": true, "data": {"title": "\xff\xfe"}, "meta": {}}'),
    "success_false": _success_false,
    "empty": _body(b""),
    "null_data": _body(_json({"success": True, "data": None, "meta": {}})),
    "hang": _hang,
    "altered": _altered,
    "repeated": _repeated,
    "gzip_bomb": _gzip_bomb,
    "big_header": _big_header,
}
# These have no sense without a body.
CUT = {"truncated", "broken_off", "trickled"}
# Of these the request is carried out where nothing else is said.
CARRIED_OUT = {"reset_after", "latency", "altered", "repeated", "big_header"}


class Unreliable:
    """Calls meet, so often (`share`, of 1), one of some faults; a seed decides which do.

    It goes by the method, the path and how often both came, never by the order in which calls
    made side by side arrive: the same seed gives the same faults.
    """

    def __init__(self, *, seed: int, share: float, faults: Sequence[Fault]) -> None:
        self._seed, self._share, self._faults = seed, share, faults
        self._seen = Counter[tuple[str, str]]()

    def fault_for(self, method: str, path: str) -> Fault | None:
        """The fault of this call; counts it."""
        self._seen[method, path] += 1
        # What it decides is of no value to anybody who could guess it.
        dice = random.Random(f"{self._seed} {method} {path} {self._seen[method, path]}")
        if dice.random() >= self._share:
            return None
        fitting = [fault for fault in self._faults if fault.matches(method, path)]
        return dice.choice(fitting) if fitting else None
