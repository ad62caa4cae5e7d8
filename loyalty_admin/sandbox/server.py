"""The stand-in as a server of its own: HTTP, faults, and the control at /_sandbox/.

`/_sandbox/…` answers loopback callers only, and asks for no sign-in:

- GET /_sandbox/calls: every call since the last reset (see `Sandbox.calls`)
- PUT /_sandbox/faults: add one fault (see `faults.Fault`); DELETE: clear them
- POST /_sandbox/reset `{"types": N, "gift_card_types": N, "promotions": N, "memberships": N,
  "transactions": N}`: everything as at the start
"""

from __future__ import annotations

import copy
import errno
import logging
import secrets
import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from loyalty_admin.sandbox import (
    auth,
    certificate_types,
    chains,
    membership_changes,
    membership_types,
    memberships,
    programs,
    seed,
    templates,
    transactions,
)
from loyalty_admin.sandbox.direct import Direct
from loyalty_admin.sandbox.faults import Answer, Fault, Unreliable
from loyalty_admin.sandbox.listener import PREFIX, Asked, Server
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
    auth.ROUTES,
    chains.ROUTES,
    membership_types.ROUTES,
    certificate_types.ROUTES,
    programs.ROUTES,
    templates.ROUTES,
    memberships.ROUTES,
    membership_changes.ROUTES,
    transactions.ROUTES,
)

logger = logging.getLogger("loyalty_admin.sandbox")


class PortTaken(Exception):
    """Another process listens at the address."""


class Sandbox(Direct):
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
        promotions: int = 18,
        memberships: int = 60,
        transactions: int = 2000,
        now: datetime | None = None,
        latency: float = 0.0,
        partner_token: str = "",
        password: str = "",
    ) -> None:
        """`latency` in seconds for every call. `now` stops the clock of sold memberships and is
        when the latest transactions are of. Without `partner_token` any is accepted, without
        `password` one is made up. PortTaken when `port` is in use."""
        self.profile = profile
        self.latency = latency
        self.partner_token = partner_token
        self.password = password or secrets.token_urlsafe(16)
        self._counts = seed.Counts(types, certificate_types, promotions, memberships, transactions)
        self._now = now
        self._release = threading.Event()
        self._unreliable: Unreliable | None = None
        self._is_unplugged = False
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
        self._server.serve()

    def stop(self) -> None:
        """End serving and every open connection; the port is free then."""
        self._release.set()
        self._server.stop()

    def unplug(self) -> None:
        """Pull the cable: open connections end, and connecting is refused until `plug_in`."""
        self._server.unplug()
        self._is_unplugged = True

    def plug_in(self) -> None:
        """Be reachable again, at the same address; nothing happens where it was not unplugged."""
        if self._is_unplugged:
            self._server.plug_in()
            self._is_unplugged = False

    def close(self) -> None:
        """Free the port of a stand-in that was never started."""
        self._release.set()
        self._server.close_everything()

    def reset(self, *, now: datetime | None = None, **counts: int) -> None:
        """Everything as at the start; `counts` (see `seed.Counts`) are of the first chain, for
        this once. `now` stops the clock until the next reset. An unplugged one is plugged in."""
        self.state: State = seed.build_state(
            profile=self.profile,
            password=self.password,
            counts=self._counts._replace(**counts),
            now=now or self._now,
        )
        self.clear_faults()
        self.plug_in()

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

    def be_unreliable(self, *faults: Mapping[str, Any], seed: int, share: float) -> None:
        """Let calls meet one of these faults so often: see `faults.Unreliable`."""
        chosen = [Fault.from_raw(fault) for fault in faults]
        with self.state.lock:
            self._unreliable = Unreliable(seed=seed, share=share, faults=chosen)

    def clear_faults(self) -> None:
        """Remove all faults and let go of the calls that wait in one."""
        self._unreliable = None
        self.faults: list[Fault] = []
        self._release.set()
        self._release = threading.Event()

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
            for fault in self.faults:
                if fault.takes(method, path):
                    return fault
            return self._unreliable.fault_for(method, path) if self._unreliable else None

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self._release.wait(seconds)
