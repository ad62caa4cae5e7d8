"""The five ways in which a call to Altegio ends badly, and one fault that stands for each.

- not sent: no connection came about, nothing left this machine. A write is refused.
- refused: Altegio, or something on the way, said no. A write is refused.
- busy: Altegio counts too many requests. A write is refused.
- unknown: it was sent, and no answer came; Altegio may still be at work on it. A write is unknown
  until it is read back.
- unreadable: it was sent, and the answer says nothing; Altegio has finished. A write is what
  reading back shows.

Which fault belongs to which class is decided by the transport, and tested there for all of them
(tests/altegio/test_reads.py, test_writes.py). What follows from a class, for a page or for a write
of a slice, is tested with these. Every single fault meets every write in `make test-long`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db.models.signals import post_save

from loyalty_admin.audit.models import Entry
from loyalty_admin.sandbox.server import Sandbox


@dataclass(frozen=True)
class FaultClass:
    """`fault`: of `Sandbox.fault`. `endings`: whether a write that meets it was carried out."""

    name: str
    fault: dict[str, Any]
    endings: tuple[bool, ...]


# The four in which Altegio was reached: each has a fault of the stand-in.
REFUSED = FaultClass("refused", {"kind": "success_false", "message": "No <b>way</b>."}, (False,))
BUSY = FaultClass(
    "busy", {"kind": "status", "status": 429, "headers": {"Retry-After": "86400"}}, (False,)
)
UNKNOWN = FaultClass("unknown", {"kind": "reset"}, (False, True))
UNREADABLE = FaultClass("unreadable", {"kind": "bad_json"}, (False, True))

CLASSES = (REFUSED, BUSY, UNKNOWN, UNREADABLE)
# Each class of a write with how it ended at Altegio.
ENDINGS = [(one, applied) for one in CLASSES for applied in one.endings]
NAMES = [f"{one.name}, {'carried out' if applied else 'lost'}" for one, applied in ENDINGS]


# The fifth has no fault, because nothing reaches the stand-in. A page meets it between
# `Sandbox.unplug()` and `plug_in()`, a write in `not_sent`.
@contextmanager
def not_sent(sandbox: Sandbox) -> Iterator[None]:
    """The cable is pulled when the first write is about to leave: what is read before it comes,
    and the write itself is not sent. In the end Altegio can be reached again."""

    def unplug(instance: Entry, **kwargs: Any) -> None:
        # The journal has each attempt as "sent" just before it leaves.
        if instance.attempts and instance.attempts[-1]["outcome"] == "sent":
            sandbox.unplug()

    post_save.connect(unplug, sender=Entry, weak=False)
    try:
        yield
    finally:
        post_save.disconnect(unplug, sender=Entry)
        sandbox.plug_in()
