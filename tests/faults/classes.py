"""The five ways in which a call to Altegio ends badly, each with one fault that stands for it.

Which of all faults belongs to which class is decided, and tested, in the transport
(tests/altegio/test_reads.py, test_writes.py). What follows from a class, for a page or for a write
of a slice, is tested with these. Every single fault meets every write in `make test-long`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FaultClass:
    """`fault`: of `Sandbox.fault`. `endings`: whether a write that meets it was carried out."""

    name: str
    fault: dict[str, Any]
    endings: tuple[bool, ...]


REFUSED = FaultClass("refused", {"kind": "success_false", "message": "No <b>way</b>."}, (False,))
BUSY = FaultClass(
    "busy", {"kind": "status", "status": 429, "headers": {"Retry-After": "86400"}}, (False,)
)
# No answer came: Altegio may still be at work on it.
UNKNOWN = FaultClass("unknown", {"kind": "reset"}, (False, True))
# An answer came that says nothing: Altegio has finished, and reading back is final.
UNREADABLE = FaultClass("unreadable", {"kind": "bad_json"}, (False, True))

CLASSES = (REFUSED, BUSY, UNKNOWN, UNREADABLE)
# Each class of a write with how it ended at Altegio.
ENDINGS = [(one, applied) for one in CLASSES for applied in one.endings]
NAMES = [f"{one.name}, {'carried out' if applied else 'lost'}" for one, applied in ENDINGS]
