"""docs/data.md gives every table a level, and what is secret is kept as it says."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.hashers import identify_hasher
from django.core.management import load_command_class
from django.db import connection as database
from django.test import Client

from loyalty_admin.accounts import resets, services, throttling, two_step
from loyalty_admin.accounts.models import User
from loyalty_admin.chains.kept_lists import KEPT_FOR
from loyalty_admin.connections import services as connections
from loyalty_admin.connections import tokens
from loyalty_admin.connections.models import Connection
from loyalty_admin.jobs.tasks import FOUND_STAYS
from loyalty_admin.membership_types.services import SERVICES_FORM_KEPT
from tests.accounts.app import with_two_step
from tests.conftest import PASSWORD
from tests.documents import rows
from tests.security.inventories import named, quoted
from tests.security.test_keys import SECRETS

LEVELS = rows(
    "level", "what it is", "encrypted", "kept whole by", "in logs", "read by", "in a backup"
)
ROWS = rows("rows", "of", "level", "kept", "taken away by")
LEVEL_OF = {name: row[2] for row in ROWS for name in quoted(row[1])}
# Who somebody is, or where they are.
OF_PEOPLE = {"email", "address", "user_agent", "person_name", "person_id", "user_id", "made_by_id"}
ONLY_BESIDE_POSTGRESQL = "ratelimit___"

pytestmark = pytest.mark.django_db


def models() -> dict[str, Any]:
    return {model._meta.label: model for model in apps.get_models(include_auto_created=True)}


def test_every_model_and_every_other_table_has_its_level_and_no_other() -> None:
    connections.job_limiter().take(within=20)  # makes its tables where they are in the database
    with database.cursor() as cursor:
        tables = set(database.introspection.table_names(cursor))
    others = tables - {model._meta.db_table for model in models().values()}
    on_page = named(row[1] for row in ROWS)
    if database.vendor != "postgresql":
        on_page = {name for name in on_page if not name.startswith(ONLY_BESIDE_POSTGRESQL)}
    assert on_page == models().keys() | others


def test_levels_are_those_that_are_explained() -> None:
    assert set(LEVEL_OF.values()) == {row[0] for row in LEVELS}


def test_who_holds_a_secret_is_secret_and_nobody_else() -> None:
    columns = [name for row in SECRETS for name in quoted(row[0]) if "." in name]
    secret = {name for name, level in LEVEL_OF.items() if level == "secret"}
    assert secret == {name.rpartition(".")[0] for name in columns}


def test_who_holds_something_of_people_is_personal_at_least() -> None:
    of_people = {
        label
        for label, model in models().items()
        if OF_PEOPLE & {column.attname for column in model._meta.concrete_fields}
    }
    assert "audit.Entry" in of_people
    assert {LEVEL_OF[label] for label in of_people} == {"secret", "personal"}


def test_times_on_the_page_are_those_of_the_code() -> None:
    kept = {name: row[3] for row in ROWS for name in quoted(row[1])}
    prune = load_command_class("django_tasks_db", "prune_db_task_results")
    days = prune.create_parser("manage.py", "prune_db_task_results").get_default("min_age_days")
    assert f"{days} days after" in kept["django_tasks_database.DBTaskResult"]
    assert timedelta(days=1) == FOUND_STAYS and "a day after" in kept["jobs.Portion"]
    assert timedelta(days=1) == throttling.KEPT and kept["accounts.Tries"] == "a day"
    assert f"until {services.ENDED_LINKS_KEPT.days} days after" in kept["accounts.Invitation"]
    assert KEPT_FOR == 60 * 60 and "an hour at most" in kept["web.CachedValue"]
    services_form_kept = f"services for {SERVICES_FORM_KEPT // (24 * 60 * 60)} days"
    assert services_form_kept in kept["web.CachedValue"]


@pytest.fixture
def lived_in(connection: Connection, manager: User, viewer: User, settings: Any) -> None:
    """Something secret in every column that is meant for it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    for person in (manager, viewer):
        person.set_password(PASSWORD)
        person.save()
    Client().post("/login/", {"username": manager.email, "password": PASSWORD})
    with_two_step(viewer)
    two_step.begin_set_up(person=viewer)
    services.invite_person(actor=manager, email="nina@example.com", role="viewer")
    resets.make_reset(person=viewer)


def stored(model: Any, column: str) -> list[Any]:
    """What stands in the column, as the database has it."""
    with database.cursor() as cursor:
        quote = database.ops.quote_name
        cursor.execute(f"SELECT {quote(column)} FROM {quote(model._meta.db_table)}")
        return [value for (value,) in cursor.fetchall() if value]


def is_as_said(value: Any, how: str) -> bool:
    """Whether it is what `made by, and held by` says of it."""
    if how.endswith("encrypted"):
        return bool(tokens.state_of(value) == "current")
    if how.endswith("as argon2id"):
        return identify_hasher(value).algorithm == "argon2" and "$argon2id$" in value
    letters = {"SHA-256": 64, "BLAKE2b": 40}[how.rpartition(" as ")[2]]
    return bool(re.fullmatch(rf"[0-9a-f]{{{letters}}}", value))


def test_every_secret_column_is_kept_as_the_page_says(lived_in: None) -> None:
    for row in SECRETS:
        for name in quoted(row[0]):
            label, _, column = name.rpartition(".")
            if label:
                found = stored(models()[label], column)
                assert found, name
                assert all(is_as_said(value, row[2]) for value in found), name
