"""Terms of membership types as plain JSON: for the journal, and signed inside forms."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from loyalty_admin.altegio.membership_terms import (
    TERM_NAMES,
    CoveredService,
    Terms,
    UsableTime,
    differing_terms,
)
from loyalty_admin.catalog import stored
from loyalty_admin.catalog.resource import TermsTable

SALT = "membership_types.opened_on"


def dump(terms: Terms, names: Iterable[str] = TERM_NAMES) -> dict[str, Any]:
    """The named terms as JSON."""
    return stored.dump(terms, names)


def load(stored: dict[str, Any]) -> dict[str, Any]:
    """The terms that `dump` wrote, by name."""
    values = dict(stored)
    for name in ("price", "online_price"):
        if values.get(name) is not None:
            values[name] = Decimal(values[name])
    if "location_ids" in values:
        values["location_ids"] = tuple(values["location_ids"])
    if "services" in values:
        values["services"] = tuple(CoveredService(**row) for row in values["services"])
    if "usable_times" in values:
        values["usable_times"] = tuple(
            UsableTime(
                days=tuple(time["days"]),
                intervals=tuple((start, end) for start, end in time["intervals"]),
            )
            for time in values["usable_times"]
        )
    return values


def sign(terms: Terms, type_id: int, names: Iterable[str] = TERM_NAMES) -> str:
    """The terms a form was opened on, so that only the dashboard can have written them."""
    return stored.sign(terms, type_id, names, salt=SALT)


def unsign(signed: str, type_id: int, names: Iterable[str] = TERM_NAMES) -> dict[str, Any] | None:
    """The terms by name; None where `sign` did not write them for this type and form."""
    return stored.unsign(signed, type_id, names, load, salt=SALT)


TABLE = TermsTable(differing=differing_terms, dump=dump, load=load)
