"""Where a link for a new password leads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from loyalty_admin.accounts import resets
from loyalty_admin.accounts.models import PasswordReset, Role, User
from tests.accounts.app import with_two_step
from tests.conftest import PASSWORD

NEW = "quite another passphrase"


@pytest.fixture
def link(viewer: User) -> str:
    _reset, token = resets.make_reset(person=viewer)
    return f"/reset/{token}/"


def choose(client: Client, link: str, new: str = NEW, again: str = "") -> Any:
    return client.post(link, {"new_password1": new, "new_password2": again or new})


@pytest.mark.django_db
def test_the_new_password_counts_and_every_session_ends(
    sign_in: Callable[[User], Client], client: Client, viewer: User, link: str
) -> None:
    theirs = sign_in(viewer)
    page = client.get(link)
    assert "vera@example.com" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert choose(client, link)["Location"] == "/login/"
    viewer.refresh_from_db()
    assert viewer.check_password(NEW)
    assert theirs.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 302


@pytest.mark.django_db
def test_the_second_step_stays(client: Client, viewer: User, link: str) -> None:
    app, _codes = with_two_step(viewer)
    choose(client, link)
    answer = client.post("/login/", {"username": viewer.email, "password": NEW})
    assert answer["Location"] == "/login/code/"
    assert client.get("/account/").status_code == 302
    client.post("/login/code/", {"code": app.code()})
    assert client.get("/account/").status_code == 200


@pytest.mark.django_db
def test_works_once(client: Client, viewer: User, link: str) -> None:
    choose(client, link)
    assert client.get(link).status_code == 404
    assert choose(client, link, "and yet another one").status_code == 404
    viewer.refresh_from_db()
    assert viewer.check_password(NEW)


@pytest.mark.django_db
def test_looking_at_it_does_not_use_it(client: Client, link: str) -> None:
    client.get(link)
    client.head(link)
    assert choose(client, link, "short").status_code == 422
    assert choose(client, link).status_code == 302


@pytest.mark.django_db
def test_ends_after_an_hour(client: Client, link: str) -> None:
    left = PasswordReset.objects.get().expires_at - timezone.now()
    assert timedelta(minutes=59) < left <= timedelta(hours=1)
    PasswordReset.objects.update(expires_at=timezone.now())
    response = choose(client, link)
    assert response.status_code == 404
    assert 'href="/reset/"' in response.content.decode()


@pytest.mark.django_db
def test_ends_with_the_next_one_of_the_same_way(
    client: Client, viewer: User, manager: User, link: str
) -> None:
    resets.make_reset(person=viewer, actor=manager)
    assert client.get(link).status_code == 200
    resets.make_reset(person=viewer)
    assert client.get(link).status_code == 404
    assert PasswordReset.objects.count() == 2


@pytest.mark.django_db
def test_ends_with_a_new_password(
    sign_in: Callable[[User], Client], client: Client, viewer: User, manager: User, link: str
) -> None:
    _reset, other = resets.make_reset(person=viewer, actor=manager)
    data = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert sign_in(viewer).post("/account/password/", data).status_code == 302
    assert client.get(link).status_code == 404
    assert client.get(f"/reset/{other}/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.EDITOR}])
def test_ends_with_the_rights_of_the_manager_who_made_it(
    client: Client, viewer: User, manager: User, change: dict[str, Any]
) -> None:
    _reset, token = resets.make_reset(person=viewer, actor=manager)
    assert client.get(f"/reset/{token}/").status_code == 200
    User.objects.filter(pk=manager.pk).update(**change)
    assert choose(client, f"/reset/{token}/").status_code == 404


@pytest.mark.django_db
def test_is_nothing_for_the_deactivated(client: Client, viewer: User, link: str) -> None:
    User.objects.filter(pk=viewer.pk).update(is_active=False)
    assert choose(client, link).status_code == 404
    viewer.refresh_from_db()
    assert viewer.check_password(PASSWORD)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("new", "again", "says"),
    [
        ("short", "", "too short"),
        ("administrator", "", "too common"),
        ("vera@example.com", "", "too similar"),
        (NEW, "something different", "match"),
    ],
)
def test_refuses_without_using_the_link(
    client: Client, viewer: User, link: str, new: str, again: str, says: str
) -> None:
    response = choose(client, link, new, again)
    assert response.status_code == 422
    assert says in response.content.decode()
    viewer.refresh_from_db()
    assert viewer.check_password(PASSWORD)
    assert choose(client, link).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_gets_through(viewer: User, link: str) -> None:
    token = link.split("/")[2]
    outcome: list[object] = []

    def second() -> None:
        try:
            outcome.append(resets.use_reset(token=token, password="of the second one"))
        except resets.ResetEnded as error:
            outcome.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        resets.use_reset(token=token, password=NEW)
        thread.start()
        thread.join(0.5)
        assert not outcome  # it waits for the first to end
    thread.join(30)
    assert [type(one) for one in outcome] == [resets.ResetEnded]
    viewer.refresh_from_db()
    assert viewer.check_password(NEW)


@pytest.mark.django_db
def test_the_token_is_kept_nowhere_and_in_no_log(
    client: Client, link: str, caplog: pytest.LogCaptureFixture
) -> None:
    token = link.split("/")[2]
    with caplog.at_level("DEBUG"):
        choose(client, link, "short")
        choose(client, link)
        client.get("/reset/")
    assert token not in str(list(PasswordReset.objects.values()))
    shown = [r for r in caplog.records if r.name.startswith("loyalty_admin")]
    assert shown
    assert not any(token in record.getMessage() for record in shown)
