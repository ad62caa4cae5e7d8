"""The stand-in as a server of its own: HTTP, faults, and the control at /_sandbox/.

`/_sandbox/…` answers loopback callers only, and asks for no sign-in:

- GET /_sandbox/calls: every call since the last reset (see `Sandbox.calls`)
- PUT /_sandbox/faults: add one fault (see `faults.Fault`); DELETE: clear them
- POST /_sandbox/reset `{"types": N, "gift_card_types": N}`: everything as at the start
"""

from __future__ import annotations

import copy
import errno
import logging
import secrets
import threading
from collections.abc import Callable, Mapping
from typing import Any

from loyalty_admin.sandbox import (
    auth,
    certificate_type_fields,
    certificate_types,
    chains,
    membership_types,
    seed,
)
from loyalty_admin.sandbox.faults import Answer, Fault
from loyalty_admin.sandbox.listener import PREFIX, Asked, Server
from loyalty_admin.sandbox.membership_type_fields import blank_type, refresh_derived
from loyalty_admin.sandbox.state import Profile, Raw, State
from loyalty_admin.sandbox.wire import (
    ACCEPT,
    Refusal,
    Request,
    compile_routes,
    encode_refusal,
    encode_reply,
    find_handler,
    identify,
    read_body,
)

CHAINS = seed.CHAINS
ROUTES = compile_routes(
    auth.ROUTES, chains.ROUTES, membership_types.ROUTES, certificate_types.ROUTES
)

logger = logging.getLogger("loyalty_admin.sandbox")


class PortTaken(Exception):
    """Another process listens at the address."""


class Sandbox:
    """A stand-in for the Altegio API; its methods act on it directly, calls come over HTTP."""

    director = "director@sandbox.example"  # reaches both chains; few rights in the second
    assistant = "assistant@sandbox.example"  # reaches the first chain, may not write types

    def __init__(
        self,
        *,
        profile: Profile = "documented",
        host: str = "127.0.0.1",
        port: int = 0,
        types: int = 30,
        certificate_types: int = 24,
        latency: float = 0.0,
        partner_token: str = "",
        password: str = "",
    ) -> None:
        """`latency` in seconds for every call. Without `partner_token` any is accepted, without
        `password` one is made up. PortTaken when `port` is in use."""
        self.profile = profile
        self.latency = latency
        self.partner_token = partner_token
        self.password = password or secrets.token_urlsafe(12)
        self._types, self._certificate_types = types, certificate_types
        self._release = threading.Event()
        self.reset()
        try:
            self._server = Server((host, port), self)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise PortTaken(f"Port {port} is taken.") from error
        self.api_url = f"http://{host}:{self._server.server_address[1]}{PREFIX}"

    def start(self) -> None:
        """Serve in a thread until `stop`."""
        threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="sandbox", daemon=True
        ).start()

    def stop(self) -> None:
        """End serving and every open connection; the port is free then."""
        self._server.shutdown()
        self.close()

    def close(self) -> None:
        """Free the port of a stand-in that was never started."""
        self._release.set()
        self._server.close_everything()

    def reset(self, *, types: int | None = None, certificate_types: int | None = None) -> None:
        """Everything as at the start, with so many types of each kind in the first chain."""
        self.state: State = seed.build_state(
            profile=self.profile,
            password=self.password,
            types=self._types if types is None else types,
            certificate_types=(
                self._certificate_types if certificate_types is None else certificate_types
            ),
        )
        self.clear_faults()

    def calls(self) -> list[Raw]:
        """Calls since the last reset, in order of arrival: method, path (relative to /api/v1),
        query (name -> values), body (passwords masked), status (0: none was sent, None: not
        answered yet), applied (whether the request was carried out)."""
        with self.state.lock:
            return copy.deepcopy(self.state.calls)

    def fault(self, **fault: Any) -> None:
        """Add one fault: see `faults.Fault`. ValueError for one that makes no sense."""
        added = Fault.from_raw(fault)
        with self.state.lock:
            self.faults.append(added)

    def clear_faults(self) -> None:
        """Remove all faults and let go of the calls that wait in one."""
        self.faults: list[Fault] = []
        self._release.set()
        self._release = threading.Event()

    def revoke_tokens(self) -> None:
        """Make every user token invalid, as new passwords at Altegio do; signing in still works."""
        with self.state.lock:
            self.state.revoke_tokens()

    def types_of(self, chain_id: int) -> list[Raw]:
        """Every type of the chain as a read by id gives it in the documented profile, plus
        `is_deleted`; deleted ones included."""
        with self.state.lock:
            return copy.deepcopy(list(self.state.chains[chain_id].abonement_types.values()))

    def type_of(self, chain_id: int, type_id: int) -> Raw:
        with self.state.lock:
            return copy.deepcopy(self.state.chains[chain_id].abonement_types[type_id])

    def put_type(self, chain_id: int, raw: Mapping[str, Any]) -> Raw:
        """Replace the type `raw["id"]` by exactly `raw`, as if changed by someone else; a missing
        key is missing in answers then. An id that is unknown or absent makes a new one, in
        which every other field has its default."""
        with self.state.lock:
            types = self.state.chains[chain_id].abonement_types
            given = raw if raw.get("id") in types else _with_both_names(raw)
            put = self._whole(given, types, lambda type_id: blank_type(chain_id, type_id))
            refresh_derived(put, self.profile)
            types[put["id"]] = put
            return copy.deepcopy(put)

    def alter_type(self, chain_id: int, type_id: int, **fields: Any) -> Raw:
        """Change some fields of a type, as if someone else did at Altegio."""
        return self.put_type(chain_id, self.type_of(chain_id, type_id) | _with_both_names(fields))

    def sell(self, chain_id: int, type_id: int, count: int = 1) -> None:
        with self.state.lock:
            raw = self.state.chains[chain_id].abonement_types[type_id]
            raw["abonements_count"] = raw.get("abonements_count", 0) + count

    def certificate_types_of(self, chain_id: int) -> list[Raw]:
        """Every certificate type of the chain as a read by id gives it in the documented profile,
        plus `is_deleted`; deleted ones included."""
        with self.state.lock:
            return copy.deepcopy(list(self.state.chains[chain_id].certificate_types.values()))

    def certificate_type_of(self, chain_id: int, type_id: int) -> Raw:
        with self.state.lock:
            return copy.deepcopy(self.state.chains[chain_id].certificate_types[type_id])

    def put_certificate_type(self, chain_id: int, raw: Mapping[str, Any]) -> Raw:
        """As `put_type`; the fields are those of an answer, the flat ones."""
        with self.state.lock:
            types = self.state.chains[chain_id].certificate_types
            put = self._whole(
                raw, types, lambda type_id: certificate_type_fields.blank_type(chain_id, type_id)
            )
            types[put["id"]] = put
            return copy.deepcopy(put)

    def alter_certificate_type(self, chain_id: int, type_id: int, **fields: Any) -> Raw:
        return self.put_certificate_type(
            chain_id, self.certificate_type_of(chain_id, type_id) | fields
        )

    def issue(self, chain_id: int, type_id: int, count: int = 1) -> None:
        """Issue certificates of the type."""
        with self.state.lock:
            raw = self.state.chains[chain_id].certificate_types[type_id]
            raw["released_total"] = raw.get("released_total", 0) + count

    def _whole(
        self, raw: Mapping[str, Any], types: Mapping[int, Raw], blank: Callable[[int], Raw]
    ) -> Raw:
        """`raw` as it is kept: with an id, and where that is new with defaults as well."""
        put = {"is_deleted": False, **copy.deepcopy(dict(raw))}
        if put.get("id") in types:
            return put
        type_id = put.get("id") or self.state.take_id()
        self.state.next_id = max(self.state.next_id, type_id + 1)
        return blank(type_id) | put | {"id": type_id}

    def carry_out(self, state: State, call: Raw, asked: Asked) -> Answer:
        """Do what a call asks for and note in `call` what came of it."""
        with state.lock:
            try:
                request = self._understand(state, asked)
                reply = find_handler(ROUTES, request)()
                status, body = reply.status, encode_reply(state, reply)
                call["applied"] = True
            except Refusal as refusal:
                status, body = refusal.status, encode_refusal(state, refusal)
            except Exception:
                logger.exception("%s %s failed", asked.method, asked.path)
                status, body = 500, encode_refusal(state, Refusal(500, "Internal error."))
        return status, body

    def _understand(self, state: State, asked: Asked) -> Request:
        if asked.headers.get("Accept") != ACCEPT:
            raise Refusal(400, f"Accept must be {ACCEPT}.")
        caller = identify(
            state,
            asked.headers.get("Authorization", ""),
            partner_token=self.partner_token,
            user=asked.path != "/auth",
        )
        body = read_body(asked.body, asked.headers.get("Content-Type", ""))
        return Request(state, asked.method, asked.path, asked.query, body, caller)

    def take_fault(self, method: str, path: str) -> Fault | None:
        with self.state.lock:
            return next((fault for fault in self.faults if fault.takes(method, path)), None)

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self._release.wait(seconds)


def _with_both_names(fields: Mapping[str, Any]) -> Raw:
    """The API reads locations under two names; given under one, they are under both."""
    names = ("attached_location_ids", "attached_salon_ids")
    given = [name for name in names if name in fields]
    return {**{name: fields[given[0]] for name in names if given}, **fields}
