"""A person at the transactions of the stand-in's first chain."""

from __future__ import annotations

import pytest

from loyalty_admin.accounts.models import User
from loyalty_admin.chains.services import ChainContext, context_for
from loyalty_admin.connections.models import Connection
from tests.transactions.common import CHAIN


@pytest.fixture
def ctx(viewer: User, connection: Connection) -> ChainContext:
    """The first chain as a viewer works in it."""
    found = context_for(CHAIN, person=viewer)
    assert found is not None
    return found
