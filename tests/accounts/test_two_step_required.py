"""TWO_STEP_REQUIRED: nobody gets anywhere before it is set up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.models import Connection
from tests.accounts.app import App, with_two_step
from tests.accounts.test_middleware import OPEN, routes
from tests.conftest import PASSWORD
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

START, SET_UP = "/account/two-step/", "/account/two-step/set-up/"


@pytest.fixture(autouse=True)
def required(settings: Any) -> None:
    settings.TWO_STEP_REQUIRED = True


def test_signing_in_leads_to_setting_it_up_and_then_onwards(client: Client, viewer: User) -> None:
    data = {"username": viewer.email, "password": PASSWORD}
    response = client.post("/login/", data, follow=True)
    assert response.redirect_chain[-1] == (START, 302)
    assert Page(response).all("div", class_="notice info")
    client.post(START, {"password": PASSWORD})
    app = App(Page(client.get(SET_UP)).one(id="seed").text)
    assert client.post(SET_UP, {"code": app.code()}).status_code == 200
    assert client.get("/account/").status_code == 200


def test_every_other_page_leads_to_setting_it_up(
    sign_in: Callable[[User], Client], manager: User
) -> None:
    client = sign_in(manager)
    free = OPEN | {"accounts:two_step_start", "accounts:two_step_set_up"}
    seen = 0
    for name, path in routes(get_resolver()):
        if name in free:
            continue
        seen += 1
        for method in ("get", "post"):
            response = getattr(client, method)(path)
            assert (response.status_code, response["Location"]) == (302, START), path
        htmx = client.get(path, headers={"HX-Request": "true"})
        assert htmx["HX-Redirect"] == START
        assert htmx.content == b""
    assert seen > 20


def test_nothing_of_the_deployment_shows_on_the_way(
    sign_in: Callable[[User], Client], viewer: User, connection: Connection
) -> None:
    Connection.objects.update(needs_sign_in=True)
    assert connection.name not in sign_in(viewer).get(START).content.decode()


def test_signing_out_stays_possible(sign_in: Callable[[User], Client], viewer: User) -> None:
    assert sign_in(viewer).post("/logout/")["Location"] == "/login/"


def test_nobody_turns_it_off_for_themselves(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    with_two_step(viewer)
    client = sign_in(viewer)
    for answer in (
        client.get("/account/two-step/off/"),
        client.post("/account/two-step/off/", {"password": PASSWORD}),
    ):
        assert answer.status_code == 403
    assert viewer.has_two_step
    assert "/account/two-step/off/" not in client.get("/account/").content.decode()
