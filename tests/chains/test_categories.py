"""The services of a chain, kept apart for each connection."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from loyalty_admin.accounts.models import User
from loyalty_admin.altegio.chains import Category
from loyalty_admin.chains import services
from loyalty_admin.connections import services as connections
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.connections.common import CHAIN, OTHER_CHAIN, link_assistant, paths

pytestmark = pytest.mark.django_db


def context(person: User, chain_id: int = CHAIN) -> services.ChainContext:
    found = services.context_for(chain_id, person=person)
    assert found is not None
    return found


def learned(person: User, chain_id: int = CHAIN) -> tuple[Category, ...]:
    ctx = context(person, chain_id)
    services.learn(ctx, services.CATEGORIES)
    return services.kept_categories(ctx)


def calls_for_categories(sandbox: Sandbox) -> int:
    return len([path for path in paths(sandbox) if path.endswith("/service_categories")])


def rename(sandbox: Sandbox, title: str) -> None:
    """Call the first category of the first chain otherwise."""
    categories = sandbox.state.chains[CHAIN].categories
    categories[0] = {**categories[0], "title": title}


def test_come_with_their_services(profile: str, connection: Connection, manager: User) -> None:
    found = learned(manager)
    assert [category.title for category in found][:2] == ["Hair", "Nails"]
    assert [service.title for service in found[0].services][:2] == ["Haircut", "Balayage"]
    assert found[0].services[0].id == 710101


def test_are_kept_and_asked_for_once(
    profile: str, sandbox: Sandbox, connection: Connection, manager: User
) -> None:
    first = learned(manager)
    rename(sandbox, "Renamed")
    assert learned(manager) == first
    assert calls_for_categories(sandbox) == 1
    cache.clear()
    assert learned(manager)[0].title == "Renamed"
    assert calls_for_categories(sandbox) == 2


def test_never_cross_connections(sandbox: Sandbox, connection: Connection, manager: User) -> None:
    learned(manager)
    assistant = link_assistant(sandbox, manager)
    services.choose_connection(person=manager, chain_id=CHAIN, connection=assistant)
    sandbox.fault(kind="status", status=403, match={"path": "/service_categories"})
    assert learned(manager) == ()
    rename(sandbox, "As the assistant sees it")
    assert learned(manager)[0].title == "As the assistant sees it"
    services.choose_connection(person=manager, chain_id=CHAIN, connection=connection)
    assert learned(manager)[0].title == "Hair"


def test_never_cross_chains(connection: Connection, manager: User) -> None:
    of_salon = learned(manager)
    of_gym = learned(manager, OTHER_CHAIN)
    assert not {category.id for category in of_salon} & {category.id for category in of_gym}


def test_failure_is_not_kept(sandbox: Sandbox, connection: Connection, manager: User) -> None:
    sandbox.fault(kind="status", status=403, match={"path": "/service_categories"})
    assert learned(manager) == ()
    assert learned(manager)


def test_chain_without_services_is_asked_once(
    sandbox: Sandbox, connection: Connection, manager: User
) -> None:
    sandbox.state.chains[CHAIN].categories = []
    assert learned(manager) == ()
    assert learned(manager) == ()
    assert calls_for_categories(sandbox) == 1


def test_ended_token_marks_the_connection(
    sandbox: Sandbox, connection: Connection, manager: User
) -> None:
    sandbox.revoke_tokens()
    assert learned(manager) == ()
    connection.refresh_from_db()
    assert connections.needs_sign_in(connection)
