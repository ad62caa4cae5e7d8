from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, identify_hasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from loyalty_admin.accounts.models import Session, User
from loyalty_admin.accounts.passwords import DressedUpValidator
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PASSWORD
from tests.pages import Page
from tests.security.urls import World, site_urls

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NEW = "quite another passphrase"


def change(client: Client, old: str = PASSWORD, new: str = NEW, again: str | None = None) -> Any:
    return client.post(
        "/account/password/",
        {"old_password": old, "new_password1": new, "new_password2": again or new},
    )


def test_changes_the_password_and_stays_signed_in_here_only(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    here, there = sign_in(viewer), sign_in(viewer)
    before = here.session.session_key
    assert change(here)["Location"] == "/account/"
    assert here.session.session_key != before
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302
    assert Session.objects.count() == 1
    viewer.refresh_from_db()
    assert viewer.check_password(NEW)


def test_the_key_from_before_the_change_is_dead(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    here = sign_in(viewer)
    stolen = here.cookies["sessionid"].value
    change(here)
    thief = Client()
    thief.cookies["sessionid"] = stolen
    assert thief.get("/account/").status_code == 302


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"old": "not her password"}, "id_old_password_error"),
        ({"new": "short"}, "too short"),
        ({"new": "password12345"}, "too common"),
        ({"new": "vera@example.com"}, "too similar"),
        ({"again": "something different"}, "id_new_password2_error"),
        ({"new": "a long one " * 91}, "at most 1000 characters"),
        ({"old": "x" * 1001}, "at most 1000 characters"),
    ],
)
def test_refuses(
    sign_in: Callable[[User], Client], viewer: User, wrong: dict[str, str], says: str
) -> None:
    here, there = sign_in(viewer), sign_in(viewer)
    response = change(here, **wrong)
    assert response.status_code == 422
    text = response.content.decode()
    assert says in text
    assert NEW not in text
    assert PASSWORD not in text
    viewer.refresh_from_db()
    assert viewer.check_password(PASSWORD)
    assert there.get("/account/").status_code == 200


def test_a_very_short_one_is_not_refused_for_its_words() -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password("abc")
    codes = {error.code for error in refused.value.error_list}
    assert "password_too_short" in codes
    assert "password_of_own_words" not in codes


def test_a_password_changed_on_the_server_ends_every_session(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    client = sign_in(viewer)
    viewer.set_password(NEW)
    viewer.save()
    assert client.get("/account/").status_code == 302


@pytest.mark.parametrize("length", [64, 128, 900])
def test_a_long_passphrase_is_taken_whole(
    sign_in: Callable[[User], Client], viewer: User, length: int
) -> None:
    phrase = ("correct horse, битва и ß " * 40)[:length].strip()
    assert change(sign_in(viewer), new=phrase)["Location"] == "/account/"
    viewer.refresh_from_db()
    assert viewer.check_password(phrase)
    assert not viewer.check_password(phrase[:-1])


def test_a_password_is_compared_as_it_was_typed(
    sign_in: Callable[[User], Client], viewer: User, subtests: pytest.Subtests
) -> None:
    """No space, case, sign or end of it is left out or made alike."""
    for near in [
        "Straße  KIOSK ıİ ",
        " straße  kiosk ıi",
        " Straße  KIOSK ıİ",
        " Strasse  KIOSK ıİ ",
        " Straße KIOSK ıİ ",
        " Straße  KIOSK",
        " Straße  KIOSK ıİ x",
    ]:
        with subtests.test(near=near):
            exact = " Straße  KIOSK ıİ "
            change(sign_in(viewer), new=exact)
            for typed, status in ((near, 200), (exact, 302)):
                given = {"username": viewer.email, "password": typed}
                assert Client().post("/login/", given).status_code == status


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("accounts:login", {"password": "current-password"}),
        ("accounts:join", {"password": "new-password", "password_again": "new-password"}),
        ("accounts:reset", {"new_password1": "new-password", "new_password2": "new-password"}),
        (
            "accounts:password",
            {
                "old_password": "current-password",
                "new_password1": "new-password",
                "new_password2": "new-password",
            },
        ),
        ("accounts:account", {"password": "current-password"}),
        ("accounts:two_step_start", {"password": "current-password"}),
    ],
)
def test_fields_for_passwords_hide_them_and_are_known_to_password_managers(
    sandbox: Sandbox, name: str, fields: dict[str, str]
) -> None:
    """Nothing hinders pasting: no field is closed to it, and no script hears it."""
    world = World(sandbox)
    signed_in = name in ("accounts:password", "accounts:account", "accounts:two_step_start")
    world.enter("viewer" if signed_in else "out")
    world.session()  # another browser, which they may sign out
    page = Page(world.client.get(world.address(name, site_urls()[name])))
    found = [one.attrs for one in page.all("input", type="password")]
    assert {one["name"]: one["autocomplete"] for one in found} == fields
    assert not [one for one in found if {"readonly", "onpaste"} & one.keys()]


def test_common_passwords_of_twelve_characters_are_refused() -> None:
    common = [
        *("qwertyuiop123", "Administrator", "iloveyou1234", "1!Princess2026", "princessprincess"),
        *("aaaaaaaaaaaaa", "1q1q1q1q1q1q", "abcdefghijkl", "123456789012"),
    ]
    assert [one for one in common if is_taken(one)] == []


def test_the_three_thousand_first_common_ones_are_refused_as_long_as_they_must_be() -> None:
    validator = DressedUpValidator()
    dressed = {f"{one}{'2026!123'[: 12 - len(one)]}" for one in validator.passwords if one[3:]}
    assert len(dressed) > 3_000
    assert {len(one) for one in dressed} >= {12}
    for one in dressed:
        with pytest.raises(ValidationError, match="too common"):
            validator.validate(one)


def test_what_is_not_common_is_taken(subtests: pytest.Subtests) -> None:
    for own in ["48f-2290-7731-5502", "monkey4829104857", "velvet orchard 77"]:
        with subtests.test(own=own):
            assert is_taken(own)


def is_taken(password: str) -> bool:
    try:
        validate_password(password)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    "own", ["LoyaltyAdmin2026!", "altegio-altegio", "Aurora Salons & Spa 1", "manager.password"]
)
def test_words_of_the_product_and_the_chain_make_no_password(
    sign_in: Callable[[User], Client], connection: Connection, viewer: User, own: str
) -> None:
    response = change(sign_in(viewer), new=own)
    assert response.status_code == 422
    assert "the chain&#x27;s words" in response.content.decode()
    beside = change(sign_in(viewer), new=f"{own} tangerine kettle")
    assert beside.status_code == 302


def test_no_mixture_of_kinds_of_characters_is_asked_for(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    assert change(sign_in(viewer), new="onlylowercase")["Location"] == "/account/"


class Quick(PBKDF2PasswordHasher):
    """As an older version of the dashboard encoded passwords, but quick."""

    iterations = 1


DEPLOYED = ["django.contrib.auth.hashers.Argon2PasswordHasher", f"{__name__}.Quick"]


def test_an_older_hash_becomes_argon2_at_the_next_sign_in(
    client: Client, viewer: User, settings: Any
) -> None:
    settings.PASSWORD_HASHERS = DEPLOYED
    User.objects.update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))
    client.post("/login/", {"username": viewer.email, "password": PASSWORD})
    assert client.get("/account/").status_code == 200
    viewer.refresh_from_db()
    assert identify_hasher(viewer.password).algorithm == "argon2"
    assert viewer.check_password(PASSWORD)
