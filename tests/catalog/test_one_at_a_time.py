"""Two people at one object in the same second: both changes survive, or one hears of the other."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.accounts.models import Role, User
from loyalty_admin.audit.models import Entry, Outcome
from tests.catalog.catalog import Catalog
from tests.catalog.resources import Change
from tests.conftest import PASSWORD, Watch
from tests.faults.server import Server
from tests.pages import Page
from tests.threads import at_once

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROUNDS = 24


@pytest.fixture
def colleague(catalog: Catalog) -> Client:
    """Another editor, in another browser."""
    person = User.objects.create_user("carl@example.com", PASSWORD, name="Carl", role=Role.EDITOR)
    client = Client()
    client.force_login(person)
    return client


def both_save(catalog: Catalog, number: int, *saves: tuple[Client, Change]) -> list[Any]:
    """Each opens the form, and then all of them save one field at the same moment."""
    url, works = catalog.at(number, "edit/"), []
    for client, change in saves:
        form = Catalog(catalog.resource, catalog.sandbox, client).edit_form(number)
        works.append(partial(client.post, url, form.data({change.control: change.typed})))
    return at_once(works)


def is_there(catalog: Catalog, number: int, change: Change) -> bool:
    return bool(catalog.seen(number)[change.key] == change.value)


def test_different_fields_of_one_object_both_survive(catalog: Catalog, colleague: Client) -> None:
    for _ in range(2):
        number = catalog.put()
        catalog.sandbox.fault(kind="latency", seconds=0.03, times=None)
        both_save(catalog, number, (catalog.client, catalog.title), (colleague, catalog.other))
        catalog.sandbox.clear_faults()
        assert is_there(catalog, number, catalog.title)
        assert is_there(catalog, number, catalog.other)
        outcomes = Entry.objects.filter(object_id=number).values_list("outcome", flat=True)
        assert [*outcomes] == [Outcome.DONE, Outcome.DONE]


def test_second_change_of_the_same_field_is_a_conflict(catalog: Catalog, colleague: Client) -> None:
    number, other = catalog.put(), catalog.title._replace(typed="Something else")
    answers = both_save(catalog, number, (catalog.client, catalog.title), (colleague, other))
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert Page(refused).all("input", name="theirs")
    assert Entry.objects.filter(object_id=number).count() == 1
    assert len(catalog.writes()) == 1


@pytest.fixture
def servers(transactional_db: None, tmp_path: Path, watch: Watch) -> Iterator[list[Server]]:
    """Two web processes."""
    both = [Server(tmp_path / f"server-{number}") for number in range(2)]
    yield both
    for server in both:
        server.end(watch)


@pytest.mark.long
@pytest.mark.parametrize("latency", [0.0, 0.03, 0.2])
def test_no_change_is_lost_between_two_web_processes(
    catalog: Catalog, colleague: Client, servers: list[Server], latency: float
) -> None:
    for _ in range(ROUNDS):
        number = catalog.put()
        url = catalog.at(number, "edit/")
        works = []
        for server, client, change in zip(
            servers, (catalog.client, colleague), (catalog.title, catalog.other), strict=True
        ):
            form = Catalog(catalog.resource, catalog.sandbox, client).edit_form(number)
            data = form.data({change.control: change.typed})
            works.append(partial(server.post, url, data, of=client))
        catalog.sandbox.fault(kind="latency", seconds=latency, times=None)
        assert [answer.status_code for answer in at_once(works)] == [302, 302]
        catalog.sandbox.clear_faults()
        assert is_there(catalog, number, catalog.title)
        assert is_there(catalog, number, catalog.other)
