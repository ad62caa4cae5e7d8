"""People at the journal, and entries in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.audit.models import Entry
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import CHAINS
from tests.audit.common import written

CHAIN, OTHER_CHAIN = CHAINS
SignIn = Callable[[User], Client]
Note = Callable[..., Entry]


@pytest.fixture
def note(connection: Connection, editor: User) -> Note:
    """Writes down what the editor did through the connection."""
    return partial(written, connection, editor)
