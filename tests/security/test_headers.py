"""The heads of every kind of answer, by the rules of the MDN HTTP Observatory behind TLS."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PASSWORD
from tests.memberships.common import CHAIN
from tests.pages import HTMX
from tests.security.visits import body_of, wrong_headers
from tests.test_settings import OF_HTTPS, PRODUCTION, setting

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
TYPES = f"/chains/{CHAIN}/membership-types/"
A_YEAR = 31_536_000


@pytest.fixture
def deployed(settings: Any, tmp_path: Path) -> None:
    """As behind TLS, with the files that a deployment collects."""
    for name, value in setting(*OF_HTTPS, **PRODUCTION).items():
        setattr(settings, name, value)
    (tmp_path / "app.css").write_text("a { color: red }")
    settings.STATIC_ROOT = tmp_path


def answer(kind: str, people: dict[str, Client], sandbox: Sandbox, settings: Any) -> Any:
    """One answer of each kind, over https."""
    stranger, viewer, editor = people["stranger"], people["viewer"], people["editor"]

    def get(client: Client, path: str, **more: Any) -> Any:
        return client.get(path, secure=True, **more)

    match kind:
        case "page":
            return get(viewer, TYPES)
        case "sign-in":
            return get(stranger, "/login/")
        case "part of a page":
            return get(viewer, f"{TYPES}?q=a", headers=HTMX)
        case "to the sign-in":
            return get(stranger, TYPES)
        case "file":
            return get(stranger, "/static/app.css")
        case "download":
            return get(viewer, f"{TYPES}export/?format=csv")
        case "400":
            return get(stranger, "/login/", headers={"host": "evil.example"})
        case "403":
            return viewer.post(f"{TYPES}new/", secure=True)
        case "403 csrf":
            strict = Client(enforce_csrf_checks=True)
            return strict.post("/login/", {"username": "x"}, secure=True)
        case "404":
            return get(viewer, "/chains/9/membership-types/")
        case "405":
            return get(viewer, "/logout/")
        case "500":
            settings.ALTEGIO_RATE_PER_SECOND = "many"
            return get(viewer, f"{TYPES}11001/")
        case "502":
            sandbox.fault(kind="status", status=500, times=None)
            return get(editor, f"{TYPES}11001/")
        case "healthz" | "readyz":
            return get(stranger, f"/{kind}")
    raise AssertionError(kind)


STATUS = {
    "page": 200,
    "sign-in": 200,
    "part of a page": 200,
    "to the sign-in": 302,
    "file": 200,
    "download": 200,
    "400": 400,
    "403": 403,
    "403 csrf": 403,
    "404": 404,
    "405": 405,
    "healthz": 200,
    "readyz": 200,
    "502": 502,
    "500": 500,
}


@pytest.mark.slow
def test_every_kind_of_answer_has_the_headers_that_browsers_go_by(
    deployed: None,
    sandbox: Sandbox,
    connection: Connection,
    viewer: User,
    editor: User,
    sign_in: SignIn,
    settings: Any,
) -> None:
    people = {"stranger": Client(), "viewer": sign_in(viewer), "editor": sign_in(editor)}
    wrong = []
    for kind, status in STATUS.items():
        for client in people.values():
            client.raise_request_exception = False
        got = answer(kind, people, sandbox, settings)
        if got.status_code != status:
            wrong.append(f"{kind} is {got.status_code}")
        found = [*wrong_headers(got), *wrong_transport(got)]
        wrong += [f"{kind}: {one}" for one in found]
        body_of(got)  # which closes a file
    assert wrong == []


def wrong_transport(response: Any) -> list[str]:
    """Whether browsers stay with HTTPS for a year, at every subdomain."""
    said = response.get("Strict-Transport-Security", "")
    age = re.match(r"max-age=(\d+)", said)
    stays = age and int(age[1]) >= A_YEAR and "includeSubDomains" in said and "preload" in said
    return [] if stays else [f"Strict-Transport-Security is {said!r}"]


def test_cookies_are_for_https_and_this_site_only(deployed: None, viewer: User) -> None:
    client = Client()
    client.get("/login/", secure=True)
    signed_in = {"username": viewer.email, "password": PASSWORD}
    assert client.post("/login/", signed_in, secure=True).status_code == 302
    assert len(client.cookies) >= 2
    for name, cookie in client.cookies.items():
        if not cookie.value:
            continue  # one that is taken back
        assert name.startswith("__Host-"), name
        assert cookie["secure"], name
        assert cookie["samesite"] in ("Lax", "Strict"), name
        assert not cookie["domain"] and cookie["path"] == "/", name
        assert cookie["httponly"] or "csrf" in name, name


def test_plain_requests_go_to_the_same_page_over_https(deployed: None, client: Client) -> None:
    response = client.get("/login/?next=/activity/")
    assert response.status_code == 301
    assert response["Location"] == "https://testserver/login/?next=/activity/"
