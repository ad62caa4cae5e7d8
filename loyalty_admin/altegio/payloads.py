"""The JSON of requests and answers: exact numbers, strict UTF-8, with or without an envelope."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from loyalty_admin.altegio.values import read_bool, read_str

MOST_MESSAGE = 1_000


@dataclass(frozen=True)
class Payload:
    """`message` and `fields` are what a refusal says, for a person and per field."""

    data: Any = None
    meta: dict[str, Any] = field(default_factory=dict)
    success: bool | None = None
    message: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)


def encode(value: Any) -> bytes:
    """JSON in ASCII; a Decimal becomes a number with its very digits."""
    return _encode(value).encode("ascii")


def _encode(value: Any) -> str:
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("JSON has no such number.")
        return format(value, "f") if abs(value.adjusted()) < 20 else str(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(str(k))}:{_encode(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_encode, value)) + "]"
    return json.dumps(value, allow_nan=False)


def decode(body: bytes) -> Payload | None:
    """What an answer says; None when it is not JSON. An empty one says nothing."""
    if not body.strip():
        return Payload()
    try:
        text = body.decode("utf-8")
        raw = json.loads(text, parse_float=_number, parse_constant=lambda _: None)
        if _UNSTORABLE.search(text):
            raw = _storable(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(raw, dict) or not ("success" in raw or {"data", "meta"} == raw.keys()):
        return Payload(data=raw)
    meta = raw.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    errors = meta.get("errors")
    said = _plain(read_str(meta.get("message")) or "")
    return Payload(
        data=raw.get("data"),
        meta=meta,
        success=read_bool(raw.get("success")),
        message=said or " ".join([] if isinstance(errors, dict) else _texts(errors)),
        fields=_fields(errors),
    )


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent without measure
        return None


# Half characters and NUL: legal in JSON, but neither UTF-8 nor a database takes them.
_UNSTORABLE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return whole.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return value


def _fields(errors: Any) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for key, value in errors.items() if isinstance(errors, dict) else ():
        # "[is_archived]" is is_archived, and "[expiration][date]" is expiration.date.
        name = ".".join(re.findall(r"[^\[\]]+", key)) or key
        fields.setdefault(name, []).extend(_texts(value))
    return fields


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    text = _plain(read_str(value) or "")
    return [text] if text else []


def _plain(text: str) -> str:
    """One line without control characters, of a length that a page can show."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text[:MOST_MESSAGE])
    return " ".join(printable.split())
