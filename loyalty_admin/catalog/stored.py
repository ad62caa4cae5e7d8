"""Terms as plain JSON: for the journal, and signed inside forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from loyalty_admin.web import signed

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def dump(terms: DataclassInstance, names: Iterable[str]) -> dict[str, Any]:
    """The named terms as JSON; decimals, dates and moments as strings."""
    values = asdict(terms)
    return {name: _plain(values[name]) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def sign(terms: DataclassInstance, object_id: int, names: Iterable[str], *, salt: str) -> str:
    """The terms a form was opened on, so that only the dashboard can have written them."""
    return signed.write([object_id, dump(terms, names)], salt=salt)


def unsign(
    text: str,
    object_id: int,
    names: Iterable[str],
    load: Callable[[dict[str, Any]], dict[str, Any]],
    *,
    salt: str,
) -> dict[str, Any] | None:
    """None where it is not signed by us, or holds another object's or another form's terms."""
    signed_id, stored = signed.read(text, salt=salt) or (None, {})
    if signed_id != object_id or stored.keys() != set(names):
        return None
    return load(stored)
