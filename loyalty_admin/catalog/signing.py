"""Signs the terms that a form was opened on, so that only the dashboard can have written them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from loyalty_admin.altegio.schema import Schema
from loyalty_admin.web import signed


def sign(
    schema: Schema[Any],
    terms: Any,
    object_id: int,
    names: Iterable[str] | None = None,
    *,
    salt: str,
) -> str:
    """Sign the named terms of one object, or all of them, as a form was opened on them."""
    return signed.write([object_id, schema.dump(terms, names)], salt=salt)


def unsign(
    schema: Schema[Any], text: str, object_id: int, names: Iterable[str] | None = None, *, salt: str
) -> dict[str, Any] | None:
    """Return the terms by name; None where `sign` did not write them for this object and form."""
    signed_id, stored = signed.read(text, salt=salt) or (None, {})
    if signed_id != object_id or stored.keys() != set(schema.names if names is None else names):
        return None
    return schema.load(stored)
