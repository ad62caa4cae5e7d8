"""People at the journal, and entries in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.audit.services import new_form_id
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import CHAINS

CHAIN, OTHER_CHAIN = CHAINS
SignIn = Callable[[User], Client]
Note = Callable[..., Entry]


@pytest.fixture
def note(connection: Connection, editor: User) -> Note:
    """Writes an entry down, as the editor's edit of a type that went well unless told."""

    def write_down(**fields: Any) -> Entry:
        values: dict[str, Any] = {
            "submission": new_form_id(),
            "person": editor,
            "person_name": str(editor),
            "connection": connection,
            "connection_name": connection.name,
            "api_url": connection.api_url,
            "chain_id": CHAIN,
            "chain_title": "Aurora Salons & Spa",
            "action": "membership_type.edited",
            "object_id": 11023,
            "object_title": "Beard club",
            "outcome": Outcome.DONE,
        }
        return Entry.objects.create(**values | fields)

    return write_down
