"""Whether Altegio can be reached at all, asked without anybody's token."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from loyalty_admin.altegio import payloads
from loyalty_admin.altegio.exchange import NoReply, exchange
from loyalty_admin.altegio.limits import Limiter


@dataclass(frozen=True)
class Probe:
    """`status` is None where no answer came, `flaw` says why; `is_api`: whether it was one of the
    API and not of something on the way. `clock_ahead`: how far its clock is before ours, give or
    take a second; None where it did not say. `seconds`: until the answer.
    """

    status: int | None
    flaw: str
    is_api: bool
    clock_ahead: timedelta | None
    seconds: float


def probe(*, base_url: str, limiter: Limiter, timeout: float) -> Probe:
    """Ask once. The API answers that a sign-in is needed, which is all that is wanted.

    Raises TooManyRequests or Unreachable where the limiter gives no turn. API: GET /groups.
    """
    limiter.take(within=timeout)
    started, deadline = time.monotonic(), time.monotonic() + timeout
    headers = {"Accept": "application/vnd.api.v2+json", "User-Agent": "loyalty-admin"}
    got = exchange("GET", f"{base_url}/groups", headers=headers, body=None, deadline=deadline)
    seconds = time.monotonic() - started
    if isinstance(got, NoReply):
        return Probe(None, got.flaw, is_api=False, clock_ahead=None, seconds=seconds)
    is_api = got.body is not None and payloads.decode(got.body) is not None
    ahead = _ahead(got.headers.get("Date", ""), seconds)
    return Probe(got.status, got.flaw, is_api=is_api, clock_ahead=ahead, seconds=seconds)


def _ahead(date: str, seconds: float) -> timedelta | None:
    try:
        theirs = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    # It was written somewhere on the way, and without its fraction of a second.
    half_way = datetime.now(UTC) - timedelta(seconds=seconds / 2)
    return theirs.replace(tzinfo=theirs.tzinfo or UTC) + timedelta(seconds=0.5) - half_way
