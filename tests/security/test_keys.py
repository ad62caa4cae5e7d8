"""How secrets are made, and how they are kept."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.hashers import identify_hasher
from django.db import connection as database
from django.test import Client
from django.urls import reverse

from loyalty_admin.accounts import resets, services, two_step
from loyalty_admin.accounts.models import User
from loyalty_admin.accounts.session_store import SessionStore
from loyalty_admin.audit.services import new_form_id
from loyalty_admin.connections.models import Connection
from loyalty_admin.crypto import tokens
from loyalty_admin.crypto.encrypted import EncryptedField
from scripts.prepare import fresh_keys
from tests.accounts.app import with_two_step
from tests.conftest import PASSWORD
from tests.security.code import calls, modules
from tests.test_settings import PRODUCTION, setting

pytestmark = pytest.mark.slow

STRONG = 128  # bits
# What these make at random is no secret: names of rows, of counters and of requests.
NOT_FOR_SECRETS = {
    "altegio.transport",
    "chains.kept_lists",
    "operations.doctor",
    "sandbox.wire",
    "web.middleware",
}


def sizes(module: str) -> list[int]:
    """The bytes of every `secrets.token_…` in the module."""
    found = []
    for name, call, constants in calls(module):
        if name.startswith("secrets.token_"):
            (size,) = call.args  # the default may change
            if isinstance(size, ast.Name):
                size = constants[size.id]
            assert isinstance(size, ast.Constant) and isinstance(size.value, int)
            found.append(size.value)
    return found


def test_random_numbers_of_fewer_bits_are_made_only_where_nothing_is_secret() -> None:
    short = {name for name in modules() if any(8 * size < STRONG for size in sizes(name))}
    assert short == NOT_FOR_SECRETS


def test_sha1_stays_where_a_standard_wants_it_and_md5_is_nowhere() -> None:
    weak = re.compile(r"\b(md4|md5|sha1|des3?|rc4|ecb)\b|hashlib\.new", re.IGNORECASE)
    source = {name: path.read_text() for name, path in modules().items()}
    assert {name for name, text in source.items() if weak.search(text)} == {"accounts.passwords"}
    assert "usedforsecurity=False" in source["accounts.passwords"]


def test_passwords_are_hashed_by_argon2_and_what_is_older_by_pbkdf2() -> None:
    hashers = setting("PASSWORD_HASHERS", **PRODUCTION)["PASSWORD_HASHERS"]
    assert isinstance(hashers, list)
    assert [name.rpartition(".")[2] for name in hashers] == [
        "Argon2PasswordHasher",
        "PBKDF2PasswordHasher",
    ]


# Random values


def bits(made: Iterable[str]) -> float:
    """What the shortest has room for, in the letters that show in any of them."""
    every = list(made)
    assert len(set(every)) == len(every)
    return min(map(len, every)) * math.log2(len(set("".join(every))))


def invited(manager: User) -> str:
    _invitation, token = services.invite_person(
        actor=manager, email="nina@example.com", role="viewer"
    )
    return token


def seed_of(person: User) -> str:
    two_step.begin_set_up(person=person)
    seed = two_step.new_seed(person=person)
    assert seed is not None
    return seed.reveal()


def session_key(_person: User) -> str:
    session = SessionStore()
    session.create()
    assert session.session_key is not None
    return session.session_key


def secret_of_forms(_person: User) -> str:
    client = Client()
    client.get(reverse("accounts:login"))
    return str(client.cookies["csrftoken"].value)


def recovery_code(person: User) -> str:
    # The first letter says which hash to look at.
    return two_step.make_recovery_codes(person=person)[0].replace("-", "")[1:]


# How each is made, and the bits that it has at least.
MAKE: dict[str, tuple[Callable[[User], str], int]] = {
    "SECRET_KEY": (lambda _person: fresh_keys()["SECRET_KEY"], 400),
    "a key of TOKEN_KEYS": (lambda _person: fresh_keys()["TOKEN_KEYS"].rstrip("="), 256),
    "the key of a session": (session_key, 165),
    "the secret of forms": (secret_of_forms, 190),
    "a link for joining": (invited, 256),
    "the token of a reset": (lambda person: resets.make_reset(person=person)[1], 256),
    "the seed of codes": (seed_of, 160),
    "the id of a form": (lambda _person: new_form_id(), STRONG),
    # It is typed, hashed slowly, and tries are counted.
    "a recovery code": (recovery_code, 54),
}


@pytest.mark.django_db
@pytest.mark.slow
def test_what_must_not_be_guessed_has_enough_bits(manager: User) -> None:
    found = {name: bits(make(manager) for _ in range(60)) for name, (make, _bits) in MAKE.items()}
    assert {name: had for name, had in found.items() if had < MAKE[name][1]} == {}


# Columns


# How the database keeps every column that opens something.
KEPT = {
    "connections.Connection.token": "encrypted",
    "accounts.TwoStep.seed": "encrypted",
    "accounts.TwoStep.new_seed": "encrypted",
    "accounts.User.password": "argon2id",
    "accounts.RecoveryCode.code_hash": "argon2id",
    "accounts.Invitation.token_hash": "SHA-256",
    "accounts.PasswordReset.token_hash": "SHA-256",
    "accounts.Session.session_key": "BLAKE2b",
}
LETTERS = {"SHA-256": 64, "BLAKE2b": 40}


def secret_columns() -> dict[str, tuple[Any, str]]:
    """Every column that is encrypted or holds a hash of something that opens something."""
    return {
        f"{model._meta.label}.{column.attname}": (model, column.attname)
        for model in apps.get_models()
        for column in model._meta.concrete_fields
        if isinstance(column, EncryptedField)
        or re.search(r"password$|_hash$|^session_key$", column.attname)
    }


def stored(model: Any, column: str) -> list[Any]:
    """What stands in the column, as the database has it."""
    with database.cursor() as cursor:
        quote = database.ops.quote_name
        cursor.execute(f"SELECT {quote(column)} FROM {quote(model._meta.db_table)}")
        return [value for (value,) in cursor.fetchall() if value]


def is_kept(value: Any, how: str) -> bool:
    if how == "encrypted":
        return bool(tokens.state_of(value) == "current")
    if how == "argon2id":
        return identify_hasher(value).algorithm == "argon2" and "$argon2id$" in value
    return bool(re.fullmatch(rf"[0-9a-f]{{{LETTERS[how]}}}", value))


@pytest.mark.slow
def test_every_secret_column_is_encrypted_or_hashed(
    connection: Connection, manager: User, viewer: User, settings: Any
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    for person in (manager, viewer):
        person.set_password(PASSWORD)
        person.save()
    Client().post("/login/", {"username": manager.email, "password": PASSWORD})
    with_two_step(viewer)
    two_step.begin_set_up(person=viewer)
    services.invite_person(actor=manager, email="nina@example.com", role="viewer")
    resets.make_reset(person=viewer)
    columns = secret_columns()
    assert columns.keys() == KEPT.keys()
    found = {name: stored(*columns[name]) for name in KEPT}
    assert [name for name, values in found.items() if not values] == []
    wrong = {name for name, how in KEPT.items() if not all(is_kept(v, how) for v in found[name])}
    assert wrong == set()
