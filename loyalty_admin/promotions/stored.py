"""Terms of promotions as plain JSON: for the journal, and signed inside forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from loyalty_admin.altegio.notification_templates import Notification
from loyalty_admin.altegio.promotion_terms import TERM_NAMES, Rule, Terms, differing_terms
from loyalty_admin.catalog import stored
from loyalty_admin.catalog.resource import TermsTable

SALT = "promotions.opened_on"


def dump(terms: Terms, names: Iterable[str] = TERM_NAMES) -> dict[str, Any]:
    """The named terms as JSON."""
    return stored.dump(terms, names)


def load(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The terms that `dump` wrote, by name."""
    return {
        name: _LOADED[name](value) if name in _LOADED and value is not None else value
        for name, value in stored.items()
    }


def _rules(rows: list[dict[str, Any]]) -> tuple[Rule, ...]:
    return tuple(Rule(row["threshold"], Decimal(row["value"]), row["service_id"]) for row in rows)


def _notification(raw: dict[str, str]) -> Notification:
    return Notification(**raw)


_LOADED: Mapping[str, Callable[[Any], Any]] = {
    "location_ids": tuple,
    "service_ids": tuple,
    "product_ids": tuple,
    "product_category_ids": tuple,
    "card_type_ids": tuple,
    "rules": _rules,
    "history_from": date.fromisoformat,
    "on_changed": _notification,
    "on_expiration": _notification,
}


def sign(terms: Terms, promotion_id: int) -> str:
    """The terms a form was opened on, so that only the dashboard can have written them."""
    return stored.sign(terms, promotion_id, TERM_NAMES, salt=SALT)


def unsign(signed: str, promotion_id: int) -> dict[str, Any] | None:
    """The terms by name; None where `sign` did not write them for this promotion."""
    return stored.unsign(signed, promotion_id, TERM_NAMES, load, salt=SALT)


TABLE = TermsTable(differing=differing_terms, dump=dump, load=load)
