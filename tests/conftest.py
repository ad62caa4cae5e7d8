"""The cast of the tests: three people, a stand-in for Altegio over real HTTP, a linked account."""

from __future__ import annotations

import gc
import logging
import os
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from django.core.cache import cache
from django.db import connection as database
from django.template import Template
from django.test import Client
from django.test.utils import _TestState

from loyalty_admin.accounts.models import Role, User
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import CHAINS, Sandbox
from loyalty_admin.sandbox.state import Profile
from tests import leaks
from tests.leaks import Lines

if TYPE_CHECKING:
    from loyalty_admin.chains.services import ChainContext

# Sync Playwright keeps an event loop in this thread.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

# Every run draws the same examples, and a busy machine never makes one fail. `make explore` draws
# new ones; what it finds becomes an @example of its test.
hypothesis.settings.register_profile(
    "same",
    derandomize=True,
    max_examples=50,
    deadline=None,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile(
    "explore", hypothesis.settings.get_profile("same"), derandomize=False, max_examples=10_000
)
hypothesis.settings.load_profile("same")

PASSWORD = "a long enough password"
PROFILES: tuple[Profile, ...] = ("documented", "observed")


@pytest.fixture(scope="session")
def sandboxes() -> Iterator[dict[str, Sandbox]]:
    """One running stand-in of each profile."""
    running: dict[str, Sandbox] = {
        profile: Sandbox(profile=profile, partner_token="partner-of-the-tests", password=PASSWORD)
        for profile in PROFILES
    }
    for sandbox in running.values():
        sandbox.start()
    yield running
    for sandbox in running.values():
        sandbox.stop()


@pytest.fixture(params=["documented", pytest.param("observed", marks=pytest.mark.long)])
def profile(request: pytest.FixtureRequest) -> str:
    """Ask for this fixture (before `sandbox`) to run a test over both profiles of the stand-in in
    `make test-long`, and over the documented one in `make test`.

    A test about a difference on the wire sets it to run over both every time:

        @pytest.mark.parametrize("profile", PROFILES, indirect=True)
    """
    return str(request.param)


@pytest.fixture
def sandbox(
    request: pytest.FixtureRequest, sandboxes: dict[str, Sandbox], settings: object
) -> Sandbox:
    """A freshly reset stand-in, and the deployment pointed at it."""
    name = request.getfixturevalue("profile") if "profile" in request.fixturenames else "documented"
    sandbox = sandboxes[name]
    sandbox.reset()
    settings.ALTEGIO_API_URL = sandbox.api_url  # type: ignore[attr-defined]
    return sandbox


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The limiter has connections of its own to the database that is dropped in the end."""
    yield
    from loyalty_admin.connections import services

    services._limiter.cache_clear()
    gc.collect()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """A third of their time tests wait, for answers and for deadlines: half as many processes again
    as there are cores keep these busy."""
    return max(1, (os.cpu_count() or 1) * 3 // 2)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--long-share", type=int, default=100, help="how many of a hundred tests marked `long` run"
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not of the share, by name, so that every process leaves out the same. The
    files that take longest come first: at the end no process waits for another."""
    share = config.getoption("--long-share")
    left_out = [
        item
        for item in items
        if item.get_closest_marker("long") and zlib.crc32(item.nodeid.encode()) % 100 >= share
    ]
    config.hook.pytest_deselected(items=left_out)
    weights = Counter[Path]()
    for item in items:
        takes_long = item.get_closest_marker("browser") or item.get_closest_marker("slow")
        weights[item.path] += 15 if takes_long else 1
    chosen = set(items) - set(left_out)
    items[:] = [item for item in items if item in chosen]
    items.sort(key=lambda item: -weights[item.path])


def uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or {"db", "transactional_db"} & fixtures)


@pytest.fixture(scope="session", autouse=True)
def templates_as_deployed(django_test_environment: None) -> None:
    """Django's test mode copies the context of every template that is drawn, also of each part of
    a page. Nothing here looks at the copies, and they take a tenth of the time."""
    Template._render = _TestState.saved_data.template_render  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def empty_cache(request: pytest.FixtureRequest) -> None:
    if uses_database(request.node):
        request.getfixturevalue("db")
        cache.clear()


@dataclass(frozen=True)
class Watch:
    """Everything that is written to the log while tests run, and what must not stand in it."""

    lines: leaks.Lines
    secrets: set[str]
    phones: set[str]

    def look(self) -> None:
        """Fails where a secret or a person's data was written; then the lines go."""
        written = "\n".join(self.lines.lines)
        assert leaks.leaks_in(written, self.secrets | self.phones) == []
        assert leaks.personal_in(written) == []
        assert leaks.leaks_in("\n".join(leaks.pages), self.secrets) == []
        self.lines.lines.clear()
        leaks.pages.clear()


@pytest.fixture(scope="session")
def watch(sandboxes: dict[str, Sandbox]) -> Iterator[Watch]:
    lines = leaks.Lines()
    logging.getLogger().addHandler(lines)
    known = leaks.secrets_of_the_tests(PASSWORD, sandboxes.values())
    watch = Watch(lines, known, leaks.phones_of(sandboxes.values()))
    yield watch
    logging.getLogger().removeHandler(lines)
    watch.look()  # at what a server in another thread wrote last


@pytest.fixture(autouse=True)
def log_lines(request: pytest.FixtureRequest, empty_cache: None, watch: Watch) -> Iterator[Lines]:
    """The lines that this test wrote. No test may leave a secret or a person's data in the log, in
    the journal or on a page about a fault: every test of the suite looks for them in its end."""
    watch.look()  # at what was written between the tests
    has_database = "db" in request.fixturenames
    yield watch.lines
    watch.look()
    if has_database and not database.needs_rollback:
        assert leaks.leaks_in(leaks.journal(), watch.secrets | watch.phones) == []


@pytest.fixture
def viewer(db: None) -> User:
    return User.objects.create_user("vera@example.com", PASSWORD, name="Vera Viewer")


@pytest.fixture
def editor(db: None) -> User:
    return User.objects.create_user(
        "edith@example.com", PASSWORD, name="Edith Editor", role=Role.EDITOR
    )


@pytest.fixture
def manager(db: None) -> User:
    return User.objects.create_user(
        "maria@example.com", PASSWORD, name="Maria Manager", role=Role.MANAGER
    )


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """A browser in which the person is signed in."""

    def signed_in(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return signed_in


@pytest.fixture
def connection(sandbox: Sandbox, manager: User) -> Connection:
    """The stand-in's director (both chains, every right), linked by the manager."""
    from loyalty_admin.connections import services

    return services.connect(person=manager, login=sandbox.director, password=PASSWORD)


@pytest.fixture
def edith(editor: User, connection: Connection, sign_in: Callable[[User], Client]) -> Client:
    """An editor's browser; the linked account has every right in the first chain."""
    return sign_in(editor)


@pytest.fixture
def vera(viewer: User, connection: Connection, sign_in: Callable[[User], Client]) -> Client:
    """A viewer's browser."""
    return sign_in(viewer)


@pytest.fixture
def assisted(
    editor: User, sandbox: Sandbox, manager: User, sign_in: Callable[[User], Client]
) -> Client:
    """An editor's browser; the linked account may look, and change next to nothing."""
    from loyalty_admin.connections import services

    services.connect(person=manager, login=sandbox.assistant, password=PASSWORD)
    return sign_in(editor)


@pytest.fixture
def ctx(editor: User, connection: Connection) -> ChainContext:
    """The first chain as the editor works in it."""
    return _context(CHAINS[0], editor)


@pytest.fixture
def other_ctx(editor: User, connection: Connection) -> ChainContext:
    """The second chain, as well."""
    return _context(CHAINS[1], editor)


def _context(chain_id: int, person: User) -> ChainContext:
    from loyalty_admin.chains.services import context_for

    found = context_for(chain_id, person=person)
    assert found is not None
    return found
