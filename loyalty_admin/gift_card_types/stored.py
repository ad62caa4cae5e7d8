"""Terms of gift card types as plain JSON: for the journal, and signed inside forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from loyalty_admin.altegio.gift_card_terms import TERM_NAMES, Terms, differing_terms
from loyalty_admin.catalog import stored
from loyalty_admin.catalog.resource import TermsTable

SALT = "gift_card_types.opened_on"


def dump(terms: Terms, names: Iterable[str] = TERM_NAMES) -> dict[str, Any]:
    """The named terms as JSON."""
    return stored.dump(terms, names)


def load(stored: dict[str, Any]) -> dict[str, Any]:
    """The terms that `dump` wrote, by name."""
    return {name: _LOADED[name](value) if name in _LOADED and value is not None else value
            for name, value in stored.items()}  # fmt: skip


_LOADED: Mapping[str, Callable[[Any], Any]] = {
    "face_value": Decimal,
    "online_price": Decimal,
    "location_ids": tuple,
    "service_ids": tuple,
    "expires_at": datetime.fromisoformat,
}


def sign(terms: Terms, type_id: int, names: Iterable[str] = TERM_NAMES) -> str:
    """The terms a form was opened on, so that only the dashboard can have written them."""
    return stored.sign(terms, type_id, names, salt=SALT)


def unsign(signed: str, type_id: int, names: Iterable[str] = TERM_NAMES) -> dict[str, Any] | None:
    """The terms by name; None where `sign` did not write them for this type and form."""
    return stored.unsign(signed, type_id, names, load, salt=SALT)


TABLE = TermsTable(differing=differing_terms, dump=dump, load=load)
