from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from loyalty_admin.accounts.models import Session, User

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

OPEN = {f"accounts:{name}" for name in ("login", "code", "logout", "join", "forgot", "reset")}
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/staff/?page=2"}


def routes(resolver: URLResolver, prefix: str = "", app: str = "") -> list[tuple[str, str]]:
    """Every route of the site as (name, a path that it matches)."""
    found = []
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += routes(entry, path, f"{entry.app_name}:" if entry.app_name else app)
        else:
            assert isinstance(entry, URLPattern)
            path = re.sub(r"<int:\w+>", "1", re.sub(r"<(str|slug):\w+>", "x", path))
            found.append((app + str(entry.name), "/" + path))
    return found


def test_every_page_but_the_open_ones_needs_a_sign_in(client: Client) -> None:
    seen = set()
    for name, path in routes(get_resolver()):
        assert "<" not in path, path
        seen.add(name)
        for method in ("get", "post", "head", "put", "delete"):
            response = getattr(client, method)(path)
            if name in OPEN:
                assert "/login/?next" not in response.get("Location", ""), path
            else:
                assert response.status_code == 302, (method, path)
                assert response["Location"].startswith("/login/?next="), (method, path)
    assert seen > OPEN


def test_the_way_back_is_the_page_asked_for(client: Client) -> None:
    assert client.get("/account/?a=1&b=2")["Location"] == "/login/?next=/account/%3Fa%3D1%26b%3D2"


def test_the_way_back_of_a_sent_form_is_the_page_it_stood_on(client: Client) -> None:
    url = "/account/sessions/1/end/"
    sent = client.post(url, headers={"referer": "http://testserver/account/?a=1"})
    assert sent["Location"] == "/login/?next=/account/%3Fa%3D1"
    assert client.post(url)["Location"] == "/login/?next=/"
    elsewhere = client.post(url, headers={"referer": "http://evil.example/account/"})
    assert elsewhere["Location"] == "/login/?next=/"


def test_htmx_read_after_the_session_sends_the_whole_browser_to_sign_in(client: Client) -> None:
    response = client.get("/staff/", headers=HTMX)
    assert response.status_code == 200
    assert response["HX-Redirect"] == "/login/?next=%2Fstaff%2F%3Fpage%3D2"
    assert "Location" not in response
    assert response.content == b""


def test_htmx_write_after_the_session_keeps_the_form(client: Client) -> None:
    response = client.post("/staff/1/", headers=HTMX)
    assert response.status_code == 401
    assert json.loads(response["HX-Trigger"]) == {
        "session-ended": {"url": "/login/?next=%2Fstaff%2F%3Fpage%3D2"}
    }
    assert response["HX-Reswap"] == "none"
    assert response.content == b""


def test_htmx_from_elsewhere_has_no_way_back(client: Client, subtests: pytest.Subtests) -> None:
    for page in ["http://evil.example/x", "", "javascript:alert(1)"]:
        with subtests.test(page=page):
            response = client.get("/staff/", headers=HTMX | {"HX-Current-URL": page})
            assert response["HX-Redirect"] == "/login/"


def test_a_signed_in_session_needs_its_row(sign_in: Callable[[User], Client], viewer: User) -> None:
    client = sign_in(viewer)
    Session.objects.all().delete()
    assert client.get("/account/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_the_row_of_another_person_is_none(
    sign_in: Callable[[User], Client], viewer: User, editor: User
) -> None:
    client = sign_in(viewer)
    Session.objects.update(person=editor)
    assert client.get("/account/").status_code == 302


def test_last_seen_is_written_at_most_once_a_minute(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    client = sign_in(viewer)
    seen = timezone.now() - timedelta(seconds=50)
    Session.objects.update(last_seen=seen)
    client.get("/account/", REMOTE_ADDR="192.0.2.7")
    session = Session.objects.get()
    assert (session.last_seen, session.address) == (seen, None)

    Session.objects.update(last_seen=timezone.now() - timedelta(seconds=61))
    User.objects.update(last_seen_at=None)
    client.get("/account/", REMOTE_ADDR="192.0.2.7")
    session = Session.objects.get()
    assert timezone.now() - session.last_seen < timedelta(seconds=30)
    assert session.address == "192.0.2.7"
    assert User.objects.get().last_seen_at == session.last_seen


def test_an_odd_address_is_no_fault(viewer: User, subtests: pytest.Subtests) -> None:
    for address in ["", "unix:", "fe80::1%eth0", "not an address"]:
        with subtests.test(address=address):
            client = Client(REMOTE_ADDR=address)
            client.post("/login/", {"username": viewer.email, "password": "a long enough password"})
            assert client.get("/account/").status_code == 200
