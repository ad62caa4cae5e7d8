"""How a call goes to Altegio and what may come of it: retries, deadlines, errors, the log."""

from __future__ import annotations

import logging
import random
import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import urlencode

from loyalty_admin.altegio import patience, payloads
from loyalty_admin.altegio.errors import (
    AltegioError,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    Refused,
    SignInNeeded,
    StoppedOnTheWay,
    TooManyRequests,
    Unavailable,
    Unreachable,
    UnreadableAnswer,
)
from loyalty_admin.altegio.exchange import NoReply, Reply, exchange
from loyalty_admin.altegio.limits import Limiter
from loyalty_admin.altegio.parallel import in_callers_thread

logger = logging.getLogger("loyalty_admin.altegio")

Query = Sequence[tuple[str, str | int]]

MOST_RETRIES = 2
# Seconds that the pauses between a read's attempts may add up to; a longer one is for the
# person to wait, not for a thread.
MOST_PAUSE = 2.0
FIRST_PAUSE = 0.3
RETRIED_STATUSES = {500, 502, 503, 504}
# A gateway gave up waiting: what stands behind it may still be at work.
STILL_AT_WORK_STATUSES = {504, 524}
GUESSED_RETRY_AFTER = 1.0
LONGEST_RETRY_AFTER = 86_400.0


class Secret:
    """A token or password that does not show by accident: only `reveal` gives it away."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return secrets.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str:
        raise TypeError("A secret is not to be kept like this.")


@dataclass(frozen=True)
class Answer:
    """A successful answer. `data` is None and `meta` empty where the API sent none.

    Numbers with a fraction are Decimal; `request_id` names the request in the log.
    """

    status: int
    data: Any
    meta: dict[str, Any] = field(default_factory=dict)
    request_id: str = ""

    def read[T](self, reader: Callable[[Any], T]) -> T:
        """What `reader` makes of the data; where it cannot, the error names this request."""
        try:
            return reader(self.data)
        except UnreadableAnswer as error:
            error.request_id = self.request_id
            raise


class Send(Protocol):
    """Sends one request of a write, as `Transport.send` does; `form` names the form of its body
    where there are several."""

    def __call__(self, method: str, path: str, body: Any = None, *, form: str = "") -> Answer: ...


@dataclass(frozen=True)
class Attempt:
    """One request as it went. `outcome`: Altegio's status, or a word for why there was none.
    `waited`: seconds for the limiter; `seconds`: from then on, None where nothing was sent.
    """

    method: str
    outcome: str
    waited: float
    seconds: float | None


class Transport:
    """Calls Altegio as one user (or, without a user token, as the partner alone).

    `timeout`: seconds for a whole call with its retries and waits; less where the page it is
    made for has less left (`patience`). `forbid` is called before every request and may raise.
    `on_sign_in_needed` is called when Altegio answers 401, in the thread that made the call or that
    called `parallel.side_by_side`. `on_attempt` is told of every request, in any thread.
    """

    def __init__(
        self,
        *,
        base_url: str,
        partner_token: Secret,
        user_token: Secret | None = None,
        limiter: Limiter,
        timeout: float = 15.0,
        forbid: Callable[[], None] | None = None,
        on_sign_in_needed: Callable[[], None] | None = None,
        on_attempt: Callable[[Attempt], None] = lambda attempt: None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._partner_token = partner_token
        self._user_token = user_token
        self._limiter = limiter
        self._timeout = timeout
        # Taken here, because calls side by side run in threads that know of no page.
        self._patience = patience.present()
        self._forbid = forbid
        self._on_sign_in_needed = on_sign_in_needed
        self._on_attempt = on_attempt

    def get(self, path: str, query: Query = ()) -> Answer:
        """Read. Asked again, at most twice, where that may help.

        `path` is relative to the base URL and made of words and numbers.

        Raises Unreachable, Unavailable, TooManyRequests, or of the Refused family.
        """
        call = _Call("GET", _checked(path), query, None, self._deadline())
        retries, paused = 0, 0.0
        while True:
            outcome = self._attempt(call)
            if isinstance(outcome, Answer):
                return outcome
            if outcome.pause is None or retries == MOST_RETRIES:
                break
            pause = max(outcome.pause, FIRST_PAUSE * 2**retries * random.uniform(0.5, 1.0))
            retries, paused = retries + 1, paused + pause
            if paused > MOST_PAUSE or time.monotonic() + pause >= call.deadline:
                break
            time.sleep(pause)
        raise outcome.error

    def send(self, method: str, path: str, body: Any = None, *, form: str = "") -> Answer:
        """Write (POST, PUT, PATCH, DELETE): sent once and never again, whatever happens.

        `body` is anything JSON can say, with Decimal for exact numbers; None sends none. `form` is
        for who keeps a log.

        Raises Unreachable and TooManyRequests (nothing happened), of the Refused family
        (Altegio said no), or OutcomeUnknown (it may have happened).
        """
        if method not in {"POST", "PUT", "PATCH", "DELETE"}:
            raise ValueError(f"{method} is no write.")
        content = None if body is None else payloads.encode(body)
        call = _Call(method, _checked(path), (), content, self._deadline(write=True))
        outcome = self._attempt(call)
        if isinstance(outcome, Answer):
            return outcome
        raise outcome.error

    def _deadline(self, *, write: bool = False) -> float:
        deadline = time.monotonic() + self._timeout
        if self._patience is None:
            return deadline
        page = self._patience.until_for_writes if write else self._patience.until
        return min(deadline, page)

    def _attempt(self, call: _Call) -> Answer | _Trouble:
        if self._forbid is not None:
            self._forbid()
        started = time.monotonic()
        left = call.deadline - started
        least = 0.0 if call.is_read or not self._patience else self._patience.least_for_a_write
        if left <= least:
            return _too_late(call, started)
        try:
            # The other half is for the answer: a write must not start without time to hear of it.
            self._limiter.take(within=left / 2)
        except AltegioError as error:
            error.request_id = call.request_id
            _log(call, type(error).__name__, started)
            waited = time.monotonic() - started
            self._on_attempt(Attempt(call.method, type(error).__name__, waited, None))
            return _Trouble(error)
        sent = time.monotonic()
        got = exchange(
            call.method,
            self._base_url + call.path + ("?" + urlencode(call.query) if call.query else ""),
            headers=self._headers(call),
            body=call.body,
            deadline=call.deadline,
        )
        if isinstance(got, Reply):
            _log(call, f"{got.status} {got.flaw}".rstrip(), started)
        else:
            _log(call, got.flaw, started)
        status = str(got.status) if isinstance(got, Reply) else got.flaw
        seconds = time.monotonic() - sent
        self._on_attempt(Attempt(call.method, status, sent - started, seconds))
        outcome = _judge(call, got)
        if isinstance(outcome, _Trouble) and isinstance(outcome.error, SignInNeeded):
            in_callers_thread(self._on_sign_in_needed)
        return outcome

    def _headers(self, call: _Call) -> dict[str, str]:
        authorization = f"Bearer {self._partner_token.reveal()}"
        if self._user_token is not None:
            authorization += f", User {self._user_token.reveal()}"
        headers = {
            "Accept": "application/vnd.api.v2+json",
            "Accept-Encoding": "gzip",
            "Authorization": authorization,
            "User-Agent": "loyalty-admin",
        }
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        return headers


@dataclass(frozen=True)
class _Call:
    method: str
    path: str
    query: Query
    body: bytes | None = field(repr=False)
    deadline: float
    request_id: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def is_read(self) -> bool:
        return self.method == "GET"


@dataclass(frozen=True)
class _Trouble:
    """`pause`: seconds after which a read is worth another attempt; None when it is not."""

    error: AltegioError
    pause: float | None = None


def _too_late(call: _Call, started: float) -> _Trouble:
    """The page has waited for Altegio long enough: nothing is sent any more."""
    _log(call, "no time left", started)
    kind = Unavailable if call.is_read else Unreachable
    return _Trouble(kind(request_id=call.request_id))


def _checked(path: str) -> str:
    if not re.fullmatch(r"(/[a-z0-9_]+)+", path):
        raise ValueError("A path is made of words and numbers.")
    return path


def _log(call: _Call, outcome: str, started: float) -> None:
    level = logging.INFO if re.match(r"[24]\d\d$", outcome) else logging.WARNING
    milliseconds = (time.monotonic() - started) * 1000
    logger.log(
        level,
        "%s %s %s %.0f ms %s",
        call.method,
        call.path,
        outcome,
        milliseconds,
        call.request_id,
        extra={
            "method": call.method,
            "path": call.path,
            "outcome": outcome,
            "ms": round(milliseconds),
            "call": call.request_id,
        },
    )


def _judge(call: _Call, got: Reply | NoReply) -> Answer | _Trouble:
    if isinstance(got, NoReply):
        if not got.sent:
            return _Trouble(Unreachable(request_id=call.request_id), pause=0.0)
        if call.is_read:
            return _Trouble(Unavailable(request_id=call.request_id), pause=0.0)
        return _Trouble(OutcomeUnknown(answered=False, request_id=call.request_id))
    payload = None if got.body is None else payloads.decode(got.body)
    said = payload or payloads.Payload()
    about: dict[str, Any] = {
        "message": said.message,
        "status": got.status,
        "request_id": call.request_id,
    }
    if 200 <= got.status < 300 and payload is not None:
        if payload.success is False:
            return _Trouble(Refused(fields=said.fields, **about))
        return Answer(got.status, payload.data, payload.meta, call.request_id)
    if got.status == 429:
        retry_after = _retry_after(got.headers, said.message)
        return _Trouble(TooManyRequests(retry_after=retry_after, **about), pause=retry_after)
    if 400 <= got.status < 500:
        stranger = got.status == 403 and got.body is not None and payload is None
        if not stranger:
            kind = {401: SignInNeeded, 403: Forbidden, 404: NotFound}.get(got.status, Refused)
            return _Trouble(kind(fields=said.fields, **about))
        return _Trouble(Unavailable(**about) if call.is_read else StoppedOnTheWay(**about))
    if 300 <= got.status < 400:
        return _Trouble(Unavailable(**about) if call.is_read else StoppedOnTheWay(**about))
    if not call.is_read:
        answered = got.status >= 200 and got.status not in STILL_AT_WORK_STATUSES
        return _Trouble(OutcomeUnknown(answered=answered, **about))
    again = got.status in RETRIED_STATUSES or (
        200 <= got.status < 300 and got.flaw not in {"too large", "deadline"}
    )
    pause = _retry_after(got.headers, "", default=0.0) if again else None
    return _Trouble(Unavailable(**about), pause=pause)


def _retry_after(
    headers: Mapping[str, str], message: str, default: float = GUESSED_RETRY_AFTER
) -> float:
    """Seconds, from the header or from the words of the refusal ("… через 2 секунды")."""
    header = headers.get("Retry-After", "").strip()
    in_words = re.search(r"(\d{1,6})\s*(?:сек|sec|s\b)", message, re.IGNORECASE)
    if re.fullmatch(r"\d{1,9}", header, re.ASCII):
        seconds = float(header)
    elif header and (moment := _moment(header)) is not None:
        seconds = (moment - datetime.now(UTC)).total_seconds()
    elif in_words:
        seconds = float(in_words[1])
    else:
        seconds = default
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
