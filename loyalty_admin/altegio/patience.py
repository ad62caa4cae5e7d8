"""How long a person waits for one page, whatever number of calls to Altegio it takes.

Without it each call has its own time, and a page that makes several adds them up.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

# Of the whole: what stays after a write to read back what came of it.
KEPT_TO_READ_BACK = 0.3
# Of the whole: with less before it a write is not begun, because its answer might not be heard.
LEAST_FOR_A_WRITE = 0.15


@dataclass(frozen=True)
class Patience:
    """`until` on the clock of `time.monotonic`, for a page that has `seconds` in all."""

    until: float
    seconds: float

    @property
    def until_for_writes(self) -> float:
        return self.until - KEPT_TO_READ_BACK * self.seconds

    @property
    def least_for_a_write(self) -> float:
        return LEAST_FOR_A_WRITE * self.seconds


_present: ContextVar[Patience | None] = ContextVar("patience", default=None)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Whatever is asked of Altegio inside has to end within this time, all together.

    Inside another one it is a part of that: what it does not use up is left to the rest.
    """
    until, around = time.monotonic() + seconds, _present.get()
    token = _present.set(Patience(min(until, around.until) if around else until, seconds))
    try:
        yield
    finally:
        _present.reset(token)


def present() -> Patience | None:
    """What is left of the page being made; None where nobody waits for a page."""
    return _present.get()
