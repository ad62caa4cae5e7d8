"""The second step of signing in."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.accounts import two_step
from loyalty_admin.accounts.models import Session, User
from loyalty_admin.accounts.session_store import SessionStore
from tests.accounts.app import with_two_step
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def first_step(client: Client, person: User, **more: str) -> Any:
    return client.post("/login/", {"username": person.email, "password": PASSWORD, **more})


def test_the_password_alone_opens_nothing(client: Client, viewer: User) -> None:
    with_two_step(viewer)
    assert first_step(client, viewer)["Location"] == "/login/code/"
    assert client.get("/account/").status_code == 302
    assert not Session.objects.exclude(person=None).exists()


def test_the_code_signs_in_and_goes_where_the_person_wanted(client: Client, viewer: User) -> None:
    app, _codes = with_two_step(viewer)
    first_step(client, viewer, next="/account/?a=1")
    page = client.get("/login/code/")
    assert 'autocomplete="one-time-code"' in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    response = client.post("/login/code/", {"code": app.code()})
    assert response["Location"] == "/account/?a=1"
    assert client.get("/account/").status_code == 200


def test_a_next_that_leads_elsewhere_is_dropped(client: Client, viewer: User) -> None:
    app, _codes = with_two_step(viewer)
    first_step(client, viewer, next="https://evil.example/")
    assert client.post("/login/code/", {"code": app.code()})["Location"] == "/"


def test_a_recovery_code_signs_in_once_and_says_how_many_are_left(
    client: Client, viewer: User
) -> None:
    _app, codes = with_two_step(viewer)
    first_step(client, viewer, next="/account/")
    response = client.post("/login/code/", {"recovery_code": codes[0]}, follow=True)
    assert "Left: 9." in response.content.decode()
    again = Client()
    first_step(again, viewer)
    assert again.post("/login/code/", {"recovery_code": codes[0]}).status_code == 422
    assert again.get("/account/").status_code == 302


@pytest.mark.parametrize("data", [{"code": "000000"}, {"code": ""}, {"recovery_code": "x"}, {}])
def test_a_wrong_code_is_refused(client: Client, viewer: User, data: dict[str, str]) -> None:
    app, _codes = with_two_step(viewer)
    if data.get("code") == app.code():
        data = {"code": "000001"}
    first_step(client, viewer)
    assert client.post("/login/code/", data).status_code == 422
    assert client.get("/account/").status_code == 302
    assert client.post("/login/code/", {"code": app.code()}).status_code == 302


def test_without_the_first_step_there_is_no_second(client: Client, viewer: User) -> None:
    app, _codes = with_two_step(viewer)
    assert client.get("/login/code/")["Location"] == "/login/"
    assert client.post("/login/code/", {"code": app.code()})["Location"] == "/login/"
    assert client.get("/account/").status_code == 302


def age_first_step(client: Client, seconds: float) -> None:
    session = client.session
    session["password_was_right"]["at"] -= seconds
    session.save()


def test_the_first_step_counts_for_ten_minutes(client: Client, viewer: User) -> None:
    app, _codes = with_two_step(viewer)
    first_step(client, viewer)
    age_first_step(client, 9 * 60)
    assert client.get("/login/code/").status_code == 200
    age_first_step(client, 61)
    assert client.post("/login/code/", {"code": app.code()})["Location"] == "/login/"


@pytest.mark.parametrize("change", ["password", "deactivated"])
def test_the_first_step_falls_with_what_it_stood_on(
    client: Client, viewer: User, change: str
) -> None:
    app, _codes = with_two_step(viewer)
    first_step(client, viewer)
    if change == "password":
        viewer.set_password("quite another passphrase")
    else:
        viewer.is_active = False
    viewer.save()
    assert client.post("/login/code/", {"code": app.code()})["Location"] == "/login/"
    assert client.get("/account/").status_code == 302


def test_each_step_gives_the_session_a_new_id(client: Client, viewer: User) -> None:
    app, _codes = with_two_step(viewer)
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    keys = [session.session_key]
    client.cookies["sessionid"] = str(session.session_key)
    first_step(client, viewer)
    keys.append(client.session.session_key)
    client.post("/login/code/", {"code": app.code()})
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3
    assert not any(SessionStore(key).items() for key in keys[:2])
    assert SessionStore(keys[2])["planted"] == "by somebody else"
    assert "password_was_right" not in client.session


def test_guessing_codes_ends_at_ten_wherever_it_comes_from(viewer: User) -> None:
    app, codes = with_two_step(viewer)
    answers = []
    for n in range(12):
        client = Client(REMOTE_ADDR=f"192.0.2.{n}")
        first_step(client, viewer)
        answers.append(client.post("/login/code/", {"code": "12345x"}).status_code)
    assert answers == [422] * 10 + [429] * 2
    # Not even what is right is looked at now.
    refused = client.post("/login/code/", {"code": app.code()})
    assert refused.status_code == 429
    assert "60 minutes" in refused.content.decode()
    # But a recovery code is: nobody elsewhere keeps the owner out. Then codes are again.
    answer = client.post("/login/code/", {"recovery_code": codes[0]})
    assert answer.status_code == 302
    again = Client()
    first_step(again, viewer)
    assert again.post("/login/code/", {"code": app.code()}).status_code == 302


def test_guessing_recovery_codes_ends_at_ten_where_it_comes_from(viewer: User) -> None:
    _app, codes = with_two_step(viewer)
    there, here = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="198.51.100.7")
    first_step(there, viewer)
    wrong = {"recovery_code": f"{codes[0]}x"}
    answers = [there.post("/login/code/", wrong).status_code for _ in range(12)]
    assert answers == [422] * 10 + [429] * 2
    assert there.post("/login/code/", {"recovery_code": codes[0]}).status_code == 429
    assert two_step.recovery_codes_left(person=viewer) == 10
    first_step(here, viewer)
    assert here.post("/login/code/", {"recovery_code": codes[0]}).status_code == 302


def test_codes_are_in_no_log(
    client: Client, viewer: User, caplog: pytest.LogCaptureFixture
) -> None:
    app, codes = with_two_step(viewer)
    code = app.code()
    with caplog.at_level("DEBUG"):
        first_step(client, viewer)
        client.post("/login/code/", {"recovery_code": codes[0] + "x"})
        client.post("/login/code/", {"code": code})
    assert f"A wrong code for person {viewer.pk}" in caplog.text
    # Not the bare digits: they may be part of a time or a number.
    assert f"'{code}'" not in caplog.text
    assert f"={code}" not in caplog.text
    assert codes[0] not in caplog.text
    assert app.seed not in caplog.text


def test_needs_the_csrf_token(viewer: User) -> None:
    with_two_step(viewer)
    client = Client(enforce_csrf_checks=True)
    assert client.post("/login/code/", {"code": "123456"}).status_code == 403
