"""People at the membership types of the stand-in's first chain."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.membership_types.common import LIST


@pytest.fixture
def loaded(edith: Client) -> Client:
    """The editor's browser after the list was read."""
    assert edith.get(f"{LIST}loaded/").status_code == 200
    return edith
