"""What an attacker would try at the door. A test here is named by its attack; where more is held
elsewhere, the table says where ("browser" is browser/test_session_ended).

| attack | here | besides |
| --- | --- | --- |
| every address without a sign-in | every_address_signed_out | test_middleware |
| htmx with a session that ended | htmx_after_the_session_ended | test_middleware, browser |
| a session id planted before the sign-in | session_fixation | test_login, test_code |
| a cookie from before signing out | replayed_cookie | test_logout |
| a page left open, asking by itself | idle_tab_that_polls | test_session_limits, browser |
| a stolen session after a new password | stolen_session_… | test_password, test_reset |
| a person dismissed while signed in | dismissed_person | test_person |
| ending somebody else's session | session_id_of_another | test_end_session, test_end_session_of |
| many passwords for one account | fifty_passwords_one_account | test_throttling |
| one password for many accounts | one_password_many_accounts | test_throttling |
| another forwarded address each time | forged_forwarded_addresses | test_throttling |
| finding out who has an account | existing_and_missing_people | test_login, test_forgot |
| codes used twice, guessed, of another time | codes_… | test_two_step, test_code |
| reset links used twice, at another host | reset_link_… | test_reset, test_forgot |
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import make_password
from django.contrib.staticfiles.finders import find
from django.core import mail
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from loyalty_admin.accounts.models import Session, User
from tests.accounts.app import with_two_step
from tests.accounts.hashers import COUNTING, Counting
from tests.accounts.test_middleware import OPEN, routes
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SignIn = Callable[[User], Client]
NEW = "quite another passphrase"
HTMX = {"HX-Request": "true"}


def sign_in_at(address: str, email: str, password: str = "wrong", **headers: str) -> Any:
    client = Client(REMOTE_ADDR=address, headers=headers)
    return client.post("/login/", {"username": email, "password": password})


def with_cookie(cookie: str) -> Client:
    client = Client()
    client.cookies[django_settings.SESSION_COOKIE_NAME] = cookie
    return client


def cookie_of(client: Client) -> str:
    return client.cookies[django_settings.SESSION_COOKIE_NAME].value


def test_every_address_signed_out(client: Client) -> None:
    seen = 0
    for name, path in routes(get_resolver()):
        if name in OPEN:
            continue
        seen += 1
        assert client.get(path)["Location"].startswith("/login/?next="), path
        read = client.get(path, headers=HTMX)
        assert (read["HX-Redirect"], read.content) == ("/login/", b""), path
        assert client.post(path, headers=HTMX).status_code == 401, path
    assert seen > 50
    for path in ("/healthz", "/readyz"):
        assert client.get(path).status_code == 200
    assert find("css/app.css")


def test_htmx_after_the_session_ended(sign_in: SignIn, viewer: User) -> None:
    client = sign_in(viewer)
    Session.objects.all().delete()
    at = HTMX | {"HX-Current-URL": "http://testserver/account/"}
    assert client.get("/activity/", headers=at)["HX-Redirect"] == "/login/?next=%2Faccount%2F"
    write = client.post("/account/", {"name": "X"}, headers=at)
    assert write.status_code == 401
    assert write.content == b""
    assert "session-ended" in write["HX-Trigger"]
    viewer.refresh_from_db()
    assert viewer.name == "Vera Viewer"


def test_session_fixation(client: Client, viewer: User) -> None:
    session = client.session
    session["planted"] = True
    session.save()
    planted = str(session.session_key)
    victim = with_cookie(planted)
    victim.post("/login/", {"username": viewer.email, "password": PASSWORD})
    assert cookie_of(victim) != planted
    assert with_cookie(planted).get("/account/").status_code == 302


def test_replayed_cookie_after_signing_out(sign_in: SignIn, viewer: User) -> None:
    client = sign_in(viewer)
    stolen = cookie_of(client)
    assert with_cookie(stolen).get("/account/").status_code == 200
    client.post("/logout/")
    assert with_cookie(stolen).get("/account/").status_code == 302


@pytest.mark.parametrize("limit", ["last_seen", "since"])
def test_idle_tab_that_polls(sign_in: SignIn, viewer: User, limit: str) -> None:
    client = sign_in(viewer)
    seconds = {
        "last_seen": django_settings.SESSION_IDLE_AGE,
        "since": django_settings.SESSION_COOKIE_AGE,
    }[limit]
    assert seconds == {"last_seen": 3600, "since": 12 * 3600}[limit]
    began = timezone.now()
    step = seconds // 12
    for passed in range(0, seconds + 2 * step, step):
        at = began - timedelta(seconds=passed)
        if limit == "since":
            Session.objects.update(since=at)
        elif passed:
            # Every poll of the time that passed is older by as much: none of them may have counted.
            assert Session.objects.get().last_seen <= began - timedelta(seconds=passed - step)
            Session.objects.update(last_seen=at)
        else:
            Session.objects.update(last_seen=at)
        answer = client.get("/account/", headers=HTMX | {"X-Background": "1"})
        assert ("HX-Redirect" in answer) == (passed >= seconds), passed
        if passed >= seconds:
            return
    raise AssertionError("it never ended")


def test_stolen_session_after_a_new_password(sign_in: SignIn, viewer: User) -> None:
    thief, owner = sign_in(viewer), sign_in(viewer)
    form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert owner.post("/account/password/", form).status_code == 302
    assert thief.get("/account/").status_code == 302
    assert owner.get("/account/").status_code == 200


def test_dismissed_person_with_a_page_open(sign_in: SignIn, manager: User, editor: User) -> None:
    theirs = sign_in(editor)
    sign_in(manager).post(f"/staff/{editor.pk}/", {"action": "deactivate"})
    assert theirs.post("/account/", {"name": "Still here"}).status_code == 302
    editor.refresh_from_db()
    assert editor.name == "Edith Editor"


def test_session_id_of_another_person(sign_in: SignIn, viewer: User, manager: User) -> None:
    own, other = sign_in(viewer), sign_in(viewer)
    theirs = sign_in(manager)
    foreign = Session.objects.get(person=manager)
    missing = own.post("/account/sessions/999999/end/", {"password": PASSWORD})
    answer = own.post(f"/account/sessions/{foreign.pk}/end/", {"password": PASSWORD})
    assert (answer.status_code, missing.status_code) == (404, 404)
    assert theirs.get("/account/").status_code == 200
    of_other = Session.objects.filter(person=viewer).latest("pk")
    own.post(f"/account/sessions/{of_other.pk}/end/", {"password": PASSWORD})
    assert other.get("/account/").status_code == 302


def test_fifty_passwords_one_account(viewer: User) -> None:
    answers = [sign_in_at("203.0.113.9", viewer.email, f"guess {n}").status_code for n in range(50)]
    assert answers == [200] * 10 + [429] * 40
    # The owner is elsewhere and notices nothing.
    assert sign_in_at("198.51.100.4", viewer.email, PASSWORD).status_code == 302


def test_one_password_many_accounts(viewer: User) -> None:
    emails = [f"person{n}@example.com" for n in range(59)] + [viewer.email]
    answers = [sign_in_at("203.0.113.9", email, PASSWORD).status_code for email in emails]
    assert answers == [200] * 20 + [429] * 40


@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_forged_forwarded_addresses(viewer: User, settings: Any, proxies: int) -> None:
    settings.TRUSTED_PROXIES = proxies
    written = ["203.0.113.9", "10.0.0.2"][:proxies]
    answers = []
    for n in range(12):
        forged = [f"192.0.2.{n}", *written]
        headers = {"x-forwarded-for": ", ".join(forged), "x-real-ip": f"192.0.2.{n}"}
        headers |= {"forwarded": f"for=192.0.2.{n}", "client-ip": f"192.0.2.{n}"}
        answers.append(sign_in_at("10.0.0.1", viewer.email, **headers).status_code)
    assert answers == [200] * 10 + [429] * 2


def test_existing_and_missing_people_read_and_work_alike(viewer: User, settings: Any) -> None:
    settings.PASSWORD_HASHERS = COUNTING
    gone = User.objects.create_user("gone@example.com", PASSWORD, is_active=False)
    User.objects.filter(pk=viewer.pk).update(password=make_password(PASSWORD))
    told = set()
    for email, password in [
        (viewer.email, "a wrong passphrase"),
        ("nobody@example.com", "a wrong passphrase"),
        (gone.email, "a wrong passphrase"),
        (gone.email, PASSWORD),
    ]:
        Counting.encoded.clear()
        answer = sign_in_at("198.51.100.4", email, password)
        text = re.sub(r'value="[^"]*"', "", answer.content.decode())
        told.add((answer.status_code, text, len(Counting.encoded)))
    assert len(told) == 1
    # What takes the time of a sign-in: one password encoded, whoever it is.
    assert told.pop()[2] == 1


def test_codes_used_again(viewer: User) -> None:
    app, _codes = with_two_step(viewer)
    code = app.code()
    for expected in (302, 422):
        client = Client()
        client.post("/login/", {"username": viewer.email, "password": PASSWORD})
        assert client.post("/login/code/", {"code": code}).status_code == expected


@pytest.mark.parametrize("steps", [-3, 3])
def test_codes_of_another_time(viewer: User, steps: int) -> None:
    app, _codes = with_two_step(viewer)
    client = Client()
    client.post("/login/", {"username": viewer.email, "password": PASSWORD})
    assert client.post("/login/code/", {"code": app.code(steps)}).status_code == 422


def test_codes_guessed_a_hundred_times(viewer: User) -> None:
    app, _codes = with_two_step(viewer)
    client = Client()
    client.post("/login/", {"username": viewer.email, "password": PASSWORD})
    right = {app.code(steps) for steps in (-2, -1, 0, 1, 2)}
    guesses = [f"{secrets.randbelow(10**6):06}" for _ in range(120)]
    wrong = [guess for guess in guesses if guess not in right][:100]
    answers = [client.post("/login/code/", {"code": guess}).status_code for guess in wrong]
    assert answers == [422] * 10 + [429] * 90
    assert client.get("/account/").status_code == 302


def test_reset_link_used_again(viewer: User, mail_server: list[mail.EmailMessage]) -> None:
    Client().post("/reset/", {"email": viewer.email})
    found = re.search(r"/reset/[\w-]+/", str(mail_server[0].body))
    assert found
    for password, expected in ((NEW, 302), ("one more passphrase", 404)):
        form = {"new_password1": password, "new_password2": password}
        assert Client().post(found[0], form).status_code == expected
    viewer.refresh_from_db()
    assert viewer.check_password(NEW)


def test_reset_link_at_another_host(viewer: User, mail_server: list[mail.EmailMessage]) -> None:
    for headers in (
        {"host": "evil.example"},
        {"x-forwarded-host": "evil.example"},
        {"host": "localhost:666"},
        {"host": "testserver@evil.example"},
    ):
        Client().post("/reset/", {"email": viewer.email}, headers=headers)
    assert mail_server
    for message in mail_server:
        links = re.findall(r"https?://\S+", str(message.body))
        assert [link.startswith("https://loyalty.example.com/reset/") for link in links] == [True]
