from __future__ import annotations

from collections.abc import Iterator

import pytest

from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PROFILES
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


@pytest.fixture(params=PROFILES)
def either(request: pytest.FixtureRequest, sandboxes: dict[str, Sandbox]) -> Iterator[Api]:
    """The director, once in each profile: for what has to hold although they answer differently."""
    yield from _api(sandboxes[request.param], Sandbox.director)


@pytest.fixture
def assistant(sandboxes: dict[str, Sandbox]) -> Iterator[Api]:
    """The assistant at a fresh stand-in of the documented profile."""
    yield from _api(sandboxes["documented"], Sandbox.assistant)


@pytest.fixture
def observed_assistant(sandboxes: dict[str, Sandbox]) -> Iterator[Api]:
    yield from _api(sandboxes["observed"], Sandbox.assistant)
