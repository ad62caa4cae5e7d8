"""Requests, answers and refusals of the API, and the way from a path to its function."""

from __future__ import annotations

import hmac
import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from loyalty_admin.sandbox.state import Chain, Person, Raw, State

ACCEPT = "application/vnd.api.v2+json"


@dataclass(frozen=True)
class Request:
    """`path` is relative to /api/v1; `body` is a JSON object, empty where none was sent."""

    state: State
    method: str
    path: str
    query: Mapping[str, Sequence[str]]
    body: Raw
    caller: Person | None = None

    @property
    def person(self) -> Person:
        assert self.caller is not None
        return self.caller

    def text(self, name: str) -> str:
        """The last value of the query under `name`, or ""."""
        return self.query.get(name, [""])[-1]

    def number(self, name: str, default: int) -> int:
        """The same as a number from 0; `default` for anything else."""
        value = self.text(name)
        return int(value) if value.isdecimal() and len(value) < 10 else default


@dataclass(frozen=True)
class Reply:
    """`bare` leaves the envelope out; `empty` sends no body at all."""

    data: Any = None
    status: int = 200
    meta: Raw = field(default_factory=dict)
    bare: bool = False
    empty: bool = False


class Refusal(Exception):
    def __init__(
        self, status: int, message: str = "", errors: Mapping[str, list[str]] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = dict(errors or {})


Handler = Callable[..., Reply]
Routes = Sequence[tuple[str, str, Handler]]


def compile_routes(*modules: Routes) -> list[tuple[str, re.Pattern[str], Handler]]:
    return [
        (method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>\\d{1,18})", path)), handler)
        for routes in modules
        for method, path, handler in routes
    ]


def find_handler(
    routes: Sequence[tuple[str, re.Pattern[str], Handler]], request: Request
) -> Callable[[], Reply]:
    path = request.path
    if request.state.observed:
        path = re.sub(r"^/chains$", "/groups", re.sub(r"^/chains/", "/chain/", path))
    known = False
    for method, pattern, handler in routes:
        if match := pattern.fullmatch(path):
            known = True
            if method == request.method:
                ids = {name: int(value) for name, value in match.groupdict().items()}
                return lambda: handler(request, **ids)
    raise Refusal(405, "Method not allowed.") if known else Refusal(404)


def read_body(raw: bytes, content_type: str) -> Raw:
    """The body as the API reads it; Refusal(400) for anything but a JSON object."""
    if not raw:
        return {}
    if content_type.split(";")[0].strip().lower() != "application/json":
        raise Refusal(400, "Content-Type must be application/json.")
    try:
        body = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Refusal(400, "The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise Refusal(400, "The body must be a JSON object.")
    return body


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def identify(state: State, authorization: str, *, partner_token: str, user: bool) -> Person | None:
    """Who calls, by `Bearer <partner>, User <user>`; the second half only where `user`."""
    partner, _, rest = authorization.partition(",")
    bearer, _, sent = partner.strip().partition(" ")
    if (
        bearer != "Bearer"
        or not sent
        or (partner_token and not hmac.compare_digest(sent.encode(), partner_token.encode()))
    ):
        raise Refusal(401, "Authentication needed.")
    if not user:
        return None
    scheme, _, token = rest.strip().partition(" ")
    for person in state.people:
        if scheme == "User" and hmac.compare_digest(
            token.encode(), state.token_of(person).encode()
        ):
            return person
    raise Refusal(401, "Authentication needed.")


def chain_for(request: Request, chain_id: int, *, right: str = "") -> Chain:
    """The chain of the path; 404 unknown, 403 out of reach or (with `right`) not allowed."""
    chain = request.state.chains.get(chain_id)
    if chain is None:
        raise Refusal(404)
    access = request.person.access.get(chain_id)
    if access is None or (right and not access.get(right)):
        raise Refusal(403, "Access denied.")
    return chain


def encode_reply(state: State, reply: Reply) -> bytes:
    if reply.empty or reply.status == 204:
        return b""
    if reply.bare:
        return _encode(reply.data)
    meta: Any = reply.meta or ([] if state.observed else {})
    return _encode({"success": True, "data": reply.data, "meta": meta})


def encode_refusal(state: State, refusal: Refusal) -> bytes:
    meta: Any = {"message": refusal.message} if refusal.message else {}
    if refusal.errors:
        meta["errors"] = {
            _bracketed(name) if state.observed else name: messages
            for name, messages in refusal.errors.items()
        }
    if state.observed and not meta:
        meta = []
    return _encode({"success": False, "data": None, "meta": meta})


def _bracketed(name: str) -> str:
    return "".join(f"[{part}]" for part in name.split("."))


def _encode(content: Any) -> bytes:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=_marked)
    return MARKED.sub(r"\1", text).encode()


# json writes no Decimal as a number; as a float it would lose digits. The mark cannot be guessed,
# so no text that is put can stand for one.
MARK = secrets.token_hex(8)
MARKED = re.compile(rf'"{MARK}([-.0-9]+)"')


def _marked(value: Any) -> str:
    if isinstance(value, Decimal) and value.is_finite():
        return f"{MARK}{value:f}"
    raise TypeError(f"{value!r} is no JSON.")
