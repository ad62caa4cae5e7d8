"""Guessing is slowed down, and nobody can keep a person out from elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.utils import timezone

from loyalty_admin.accounts import throttling
from loyalty_admin.accounts.models import Tries, User
from loyalty_admin.accounts.throttling import Counter, TooManyTries
from tests.accounts.hashers import COUNTING, Counting
from tests.conftest import PASSWORD

pytestmark = pytest.mark.slow

HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


def guess(
    email: str, password: str = "a wrong passphrase", *, address: str = HERE, **headers: str
) -> Any:
    return Client(REMOTE_ADDR=address, headers=headers).post(
        "/login/", {"username": email, "password": password}
    )


@pytest.mark.django_db
def test_ten_wrong_passwords_of_one_account_then_429(viewer: User) -> None:
    answers = [guess(viewer.email).status_code for _ in range(12)]
    assert answers == [200] * 10 + [429] * 2


@pytest.mark.django_db
def test_the_right_password_does_not_help_where_too_many_were_wrong(viewer: User) -> None:
    for _ in range(10):
        guess(viewer.email)
    assert guess(viewer.email, PASSWORD).status_code == 429
    assert guess(viewer.email, PASSWORD, address=ELSEWHERE).status_code == 302


@pytest.mark.django_db
def test_the_page_says_in_words_when_to_try_again(viewer: User, settings: Any) -> None:
    settings.THROTTLES = settings.THROTTLES | {"account": (1, 15 * 60)}
    guess(viewer.email)
    response = guess(viewer.email)
    assert "15 minutes" in response.content.decode()
    assert 890 < int(response["Retry-After"]) <= 900
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_it_is_over_after_a_quarter_of_an_hour(viewer: User) -> None:
    for _ in range(11):
        guess(viewer.email)
    Tries.objects.update(since=timezone.now() - timedelta(minutes=15, seconds=1))
    assert guess(viewer.email, PASSWORD).status_code == 302


@pytest.mark.django_db
def test_a_right_password_forgets_the_wrong_ones_before_it(viewer: User) -> None:
    for _ in range(3):
        for _ in range(6):
            assert guess(viewer.email).status_code == 200
        assert guess(viewer.email, PASSWORD).status_code == 302
        Tries.objects.filter(key=Counter("address", HERE).key).delete()


@pytest.mark.django_db
def test_right_passwords_are_not_counted_for_an_office(viewer: User) -> None:
    for _ in range(25):
        assert guess(viewer.email, PASSWORD).status_code == 302


@pytest.mark.django_db
def test_one_account_is_counted_once_however_it_is_spelt(viewer: User) -> None:
    spellings = ["vera@example.com", " VERA@example.com ", "Vera@EXAMPLE.com", "ｖera@example.com"]
    answers = [guess(spellings[n % 4]).status_code for n in range(12)]
    assert answers == [200] * 10 + [429] * 2


@pytest.mark.django_db
def test_an_ipv6_network_is_one_address(viewer: User) -> None:
    answers = [
        guess(f"{n}@example.com", address=f"2001:db8:1:2::{n:x}").status_code for n in range(22)
    ]
    assert answers == [200] * 20 + [429] * 2
    assert guess("x@example.com", address="2001:db8:1:3::1").status_code == 200


@pytest.mark.django_db
def test_whom_an_address_stands_for(subtests: pytest.Subtests) -> None:
    for given, counted in [
        ("192.0.2.9", "192.0.2.9"),
        ("::ffff:192.0.2.9", "192.0.2.9"),
        ("2001:db8::1%eth0", "2001:db8::/64"),
        ("", ""),
        ("unix:", ""),
    ]:
        with subtests.test(given=given, counted=counted):
            assert throttling.network_of(RequestFactory().get("/", REMOTE_ADDR=given)) == counted


@pytest.mark.django_db
def test_what_was_typed_is_not_in_the_table(viewer: User) -> None:
    guess("a password typed into the wrong field")
    rows = str(list(Tries.objects.values()))
    assert "password" not in rows
    assert HERE not in rows


@pytest.mark.django_db
def test_old_counters_go() -> None:
    throttling.count([Counter("code", "1")])
    Tries.objects.update(since=timezone.now() - timedelta(days=2))
    throttling.count([Counter("code", "2")])
    assert Tries.objects.count() == 1


@pytest.mark.django_db
def test_a_full_counter_leaves_the_others_as_they_were(settings: Any) -> None:
    settings.THROTTLES = {"account": (5, 60), "address": (1, 60)}
    counters = [Counter("account", "a"), Counter("address", "b")]
    throttling.count(counters)
    for _ in range(3):
        with pytest.raises(TooManyTries):
            throttling.count(counters)
    assert Tries.objects.get(key=counters[0].key).count == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_tries_at_the_same_moment_ten_are_looked_at(viewer: User, settings: Any) -> None:
    settings.PASSWORD_HASHERS = COUNTING
    Counting.encoded.clear()
    together = threading.Barrier(24)
    answers: list[int] = []

    def guess_at_once() -> None:
        try:
            together.wait(30)
            answers.append(guess(viewer.email).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=guess_at_once) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == [200] * 10 + [429] * 14
    assert len(Counting.encoded) == 10


@pytest.mark.django_db(transaction=True)
def test_of_two_last_tries_at_the_same_moment_one_is_allowed(settings: Any) -> None:
    settings.THROTTLES = {"code": (1, 60)}
    counters = [Counter("code", "somebody")]
    outcome: list[object] = []

    def second() -> None:
        try:
            throttling.count(counters)
            outcome.append("allowed")
        except TooManyTries as error:
            outcome.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        throttling.count(counters)
        thread.start()
        thread.join(0.5)
        assert not outcome  # it waits for the first to end
    thread.join(30)
    assert [type(one) for one in outcome] == [TooManyTries]


@pytest.mark.django_db
def test_the_own_password_cannot_be_guessed_at_by_who_found_the_browser_open(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    client = sign_in(viewer)
    data = {"old_password": "?", "new_password1": "x" * 20, "new_password2": "x" * 20}
    answers = [client.post("/account/password/", data).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert client.get("/account/").status_code == 200
