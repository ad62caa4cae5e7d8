"""People at the transactions of the stand-in's first chain."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.chains.services import ChainContext, context_for
from loyalty_admin.connections.models import Connection
from tests.transactions.common import CHAIN

SignIn = Callable[[User], Client]


@pytest.fixture
def edith(editor: User, connection: Connection, sign_in: SignIn) -> Client:
    """An editor's browser."""
    return sign_in(editor)


@pytest.fixture
def vera(viewer: User, connection: Connection, sign_in: SignIn) -> Client:
    """A viewer's browser."""
    return sign_in(viewer)


@pytest.fixture
def ctx(viewer: User, connection: Connection) -> ChainContext:
    """The first chain as a viewer works in it."""
    found = context_for(CHAIN, person=viewer)
    assert found is not None
    return found
