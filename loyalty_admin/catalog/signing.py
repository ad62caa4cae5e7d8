"""What a form was opened on, signed, so that only the dashboard can have written it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from loyalty_admin.web import signed


def sign(stored: dict[str, Any], object_id: int, *, of: str) -> str:
    """`stored`: terms as JSON; `of`: whose they are."""
    return signed.write([object_id, stored], salt=_salt(of))


def unsign(text: str, object_id: int, names: Iterable[str], *, of: str) -> dict[str, Any] | None:
    """None where it is not signed by us, or holds another object's or another form's terms."""
    signed_id, stored = signed.read(text, salt=_salt(of)) or (None, {})
    return stored if signed_id == object_id and stored.keys() == set(names) else None


def _salt(of: str) -> str:
    return f"{of}.opened_on"
