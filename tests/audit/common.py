"""Entries of the journal."""

from __future__ import annotations

from typing import Any

from loyalty_admin.accounts.models import User
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.audit.services import new_form_id
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import CHAINS


def written(connection: Connection, person: User, /, **fields: Any) -> Entry:
    """The person's edit of a type in the first chain, which went well unless told otherwise."""
    values: dict[str, Any] = {
        "submission": new_form_id(),
        "person": person,
        "person_name": str(person),
        "connection": connection,
        "connection_name": connection.name,
        "api_url": connection.api_url,
        "chain_id": CHAINS[0],
        "chain_title": "Aurora Salons & Spa",
        "action": "membership_type.edited",
        "object_id": 11023,
        "object_title": "Beard club",
        "outcome": Outcome.DONE,
    }
    return Entry.objects.create(**values | fields)
