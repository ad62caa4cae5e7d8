"""The resource that a test runs over, and an editor at it."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.catalog.catalog import Catalog
from tests.catalog.resources import RESOURCES, Described


@pytest.fixture(params=RESOURCES, ids=str)
def resource(request: pytest.FixtureRequest) -> Described:
    found: Described = request.param
    return found


@pytest.fixture
def catalog(resource: Described, sandbox: Sandbox, edith: Client) -> Catalog:
    return Catalog(resource, sandbox, edith)
