"""docs/data.md says of every secret, algorithm and random number what the code does."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterable

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from loyalty_admin.accounts import resets, services, two_step
from loyalty_admin.accounts.models import User
from loyalty_admin.accounts.session_store import SessionStore
from loyalty_admin.audit.services import new_form_id
from loyalty_admin.connections.encrypted import EncryptedField
from scripts.prepare import fresh_keys
from tests.documents import DOCS, ROOT, rows
from tests.security.inventories import calls, is_of, modules, named, quoted, used
from tests.test_settings import PRODUCTION, names_read_by_settings, setting

SECRETS = rows(
    "secret",
    "for this, and for nothing else",
    "made by, and held by",
    "replaced",
    "when lost or stolen",
)
ALGORITHMS = rows(
    "algorithm", "in code", "for this, and for nothing else", "bits of security", "modules"
)
UNGUESSABLE = rows("what", "made by", "bits, at least")
# Whatever of these is used stands in the table, by this name or by that of something in it.
OF_CRYPTOGRAPHY = [
    *("hashlib", "hmac", "secrets", "cryptography", "argon2", "bcrypt", "ssl", "base64"),
    *("binascii", "random", "uuid", "os.urandom", "os.getrandom", "zlib.crc32", "crypt"),
    *("django.core.signing", "django.utils.crypto", "django.contrib.auth.hashers", "django_otp"),
]
OUR_SECRET = re.compile(r"(KEYS?|TOKEN|PASSWORD)$")
STRONG = 128  # bits


# Which secrets there are


def secret_fields() -> set[str]:
    """Every column that is encrypted or holds a hash of something that opens something."""
    return {
        f"{model._meta.label}.{column.attname}"
        for model in apps.get_models()
        for column in model._meta.concrete_fields
        if isinstance(column, EncryptedField)
        or re.search(r"password$|_hash$|^session_key$", column.attname)
    }


def secret_settings() -> set[str]:
    """Every variable whose name says so, or whose example has a password in it."""
    example = (ROOT / ".env.example").read_text()
    with_password = set(re.findall(r":password@.*\n#?(\w+)=", example))
    read = names_read_by_settings() | set(re.findall(r'"(DJANGO_\w+)"', source("scripts.prepare")))
    return {name for name in read if OUR_SECRET.search(name)} | with_password


def source(module: str) -> str:
    return modules()[module].read_text()


def test_every_secret_stands_in_the_table_and_no_other() -> None:
    assert named(row[0] for row in SECRETS) == secret_settings() | secret_fields()


def test_every_secret_of_the_environment_is_named_with_its_file() -> None:
    page = (DOCS / "operations.md").read_text()
    section = page.partition("## Secrets in files\n")[2].partition("## ")[0]
    assert set(re.findall(r"`(\w+)_FILE`", section)) - {"NAME"} == secret_settings()


# Algorithms


def row_of(name: str) -> str:
    """The longest name in the table that the used one is of; "" for none."""
    listed = [each for row in ALGORITHMS for each in quoted(row[1])]
    return max((each for each in listed if is_of(name, each)), key=len, default="")


def used_of_cryptography() -> dict[str, set[str]]:
    """name in code -> the modules that use it"""
    found: dict[str, set[str]] = {}
    for module in modules():
        for name in used(module):
            is_of_it = any(is_of(name, one) for one in OF_CRYPTOGRAPHY)
            # An import says nothing yet where what is used of it stands here as well.
            if is_of_it and not any(other.startswith(f"{name}.") for other in used(module)):
                found.setdefault(name, set()).add(module)
    return found


def test_every_use_of_cryptography_has_its_row() -> None:
    assert {name for name in used_of_cryptography() if not row_of(name)} == set()


@pytest.mark.parametrize("row", ALGORITHMS, ids=[row[0] for row in ALGORITHMS])
def test_the_modules_of_an_algorithm_are_those_that_use_it(row: list[str]) -> None:
    using = {
        module
        for name, where in used_of_cryptography().items()
        if row_of(name) in quoted(row[1])
        for module in where
    }
    assert named([row[4]]) == using


def test_sha1_stays_where_a_standard_wants_it_and_md5_is_nowhere() -> None:
    where = {row[0].partition(",")[0]: named([row[4]]) for row in ALGORITHMS}
    assert where["HMAC-SHA-1"] == {"accounts.two_step"}
    assert where["SHA-1"] == {"accounts.passwords"}
    weak = re.compile(r"\b(md4|md5|sha1|des3?|rc4|ecb)\b|hashlib\.new", re.IGNORECASE)
    assert {module for module in modules() if weak.search(source(module))} == {"accounts.passwords"}
    assert "usedforsecurity=False" in source("accounts.passwords")


def test_passwords_are_hashed_by_argon2_and_what_is_older_by_pbkdf2() -> None:
    hashers = setting("PASSWORD_HASHERS", **PRODUCTION)["PASSWORD_HASHERS"]
    assert isinstance(hashers, list)
    assert [name.rpartition(".")[2] for name in hashers] == [
        "Argon2PasswordHasher",
        "PBKDF2PasswordHasher",
    ]


# Random numbers


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


def test_what_is_made_with_fewer_bits_is_no_secret_and_named() -> None:
    page = (DOCS / "data.md").read_text()
    after = page.partition("The last ones are made in ")[2].partition(";")[0]
    short = {name for name in modules() if any(8 * size < STRONG for size in sizes(name))}
    assert set(quoted(after)) == short
    shortest = min(8 * size for name in short for size in sizes(name))
    assert shortest == int(UNGUESSABLE[-1][2])


def bits(made: Iterable[str]) -> float:
    """What the shortest has room for, in the letters that show in any of them. That chance alone
    fills it is for the table of algorithms, which names who uses `secrets`."""
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


MAKE: dict[str, Callable[[User], str]] = {
    "`SECRET_KEY`": lambda _person: fresh_keys()["SECRET_KEY"],
    "a key of `TOKEN_KEYS`": lambda _person: fresh_keys()["TOKEN_KEYS"].rstrip("="),
    "the key of a session": session_key,
    "the secret of forms": secret_of_forms,
    "a link for joining": invited,
    "a link for a new password": lambda person: resets.make_reset(person=person)[1],
    "the seed of codes": seed_of,
    "the id of a form": lambda _person: new_form_id(),
    "a recovery code, which is typed, slowly hashed and counted": recovery_code,
}


def test_every_random_value_in_the_table_is_measured() -> None:
    assert {row[0] for row in UNGUESSABLE[:-1]} == MAKE.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("row", UNGUESSABLE[:-1], ids=[row[0] for row in UNGUESSABLE[:-1]])
def test_has_as_many_bits_as_the_page_says(row: list[str], manager: User) -> None:
    said = int(row[2])
    assert bits(MAKE[row[0]](manager) for _ in range(60)) >= said
    assert said >= STRONG or (row[0].startswith("a recovery code") and said >= 20)
