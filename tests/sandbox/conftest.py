from __future__ import annotations

from collections.abc import Iterator

import pytest

from loyalty_admin.sandbox.server import Sandbox
from tests.sandbox.api import Api


def _api(sandbox: Sandbox, login: str) -> Iterator[Api]:
    sandbox.reset()
    api = Api(sandbox, login)
    yield api
    api.session.close()


@pytest.fixture
def documented(sandboxes: dict[str, Sandbox]) -> Iterator[Api]:
    """The director at a fresh stand-in of the documented profile."""
    yield from _api(sandboxes["documented"], Sandbox.director)


@pytest.fixture
def observed(sandboxes: dict[str, Sandbox]) -> Iterator[Api]:
    yield from _api(sandboxes["observed"], Sandbox.director)


@pytest.fixture
def either(profile: str, sandboxes: dict[str, Sandbox]) -> Iterator[Api]:
    """The director, once in each profile."""
    yield from _api(sandboxes[profile], Sandbox.director)


@pytest.fixture
def assistant(profile: str, sandboxes: dict[str, Sandbox]) -> Iterator[Api]:
    yield from _api(sandboxes[profile], Sandbox.assistant)
