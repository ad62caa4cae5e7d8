"""The looks of signing in with two steps, of one-time links for passwords, and of one person."""

from __future__ import annotations

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from loyalty_admin.accounts import resets
from loyalty_admin.accounts.models import User
from loyalty_admin.connections import services as connections
from tests.accounts.app import App, with_two_step
from tests.browser.stage import Stage, look
from tests.conftest import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"


def first_step(stage: Stage) -> Page:
    with_two_step(stage.viewer)
    page = stage.open("/login/")
    page.locator("[name=username]").fill(stage.viewer.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("[name=code]")).to_be_visible()
    return page


@look
def code(stage: Stage) -> Page:
    return first_step(stage)


@look
def code_refused(stage: Stage) -> Page:
    stage.windows.expected.append("422 POST")
    page = first_step(stage)
    page.locator("summary").last.click()
    page.locator("[name=recovery_code]").fill("none of them")
    page.get_by_role("button", name="recovery code").click()
    expect(page.locator("[aria-invalid=true]")).to_be_visible()
    return page


@look
def too_many_tries(stage: Stage) -> Page:
    stage.windows.expected.append("429 POST")
    page = stage.open("/login/")
    client = Client()
    for _ in range(settings.THROTTLES["account"][0]):
        client.post("/login/", {"username": stage.viewer.email, "password": "wrong"})
    page.locator("[name=username]").fill(stage.viewer.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Too many tries")).to_be_visible()
    return page


@look
def two_step_start(stage: Stage) -> Page:
    return stage.open("/account/two-step/", stage.viewer)


@look
def two_step_set_up(stage: Stage) -> Page:
    page = two_step_start(stage)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("svg.qr")).to_be_visible()
    page.locator("summary").last.click()
    return page


@look
def two_step_on(stage: Stage) -> Page:
    page = two_step_set_up(stage)
    page.locator("[name=code]").fill(App(page.locator("#seed").inner_text()).code())
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("#recovery-codes")).to_be_visible()
    return page


@look
def account_with_two_step(stage: Stage) -> Page:
    with_two_step(stage.manager)
    return stage.open("/account/", stage.manager)


def account_in_two_browsers(stage: Stage) -> Page:
    client = Client(headers={"user-agent": FIREFOX})
    client.post("/login/", {"username": stage.viewer.email, "password": PASSWORD})
    return stage.open("/account/", stage.viewer)


@look
def account_with_sessions(stage: Stage) -> Page:
    return account_in_two_browsers(stage)


@look
def account_end_refused(stage: Stage) -> Page:
    stage.windows.expected.append("422 POST")
    page = account_in_two_browsers(stage)
    page.locator("#end-sessions [name=password]").fill("not my password")
    page.get_by_role("button", name="Sign out Firefox").click()
    expect(page.locator("[name=password][aria-invalid=true]")).to_be_focused()
    return page


@look
def recovery_codes(stage: Stage) -> Page:
    with_two_step(stage.viewer)
    return stage.open("/account/two-step/recovery-codes/", stage.viewer)


@look
def two_step_off(stage: Stage) -> Page:
    with_two_step(stage.viewer)
    return stage.open("/account/two-step/off/", stage.viewer)


@look
def forgot(stage: Stage) -> Page:
    return stage.open("/reset/")


@look
def reset(stage: Stage) -> Page:
    _reset, token = resets.make_reset(person=stage.viewer)
    return stage.open(f"/reset/{token}/")


@look
def reset_ended(stage: Stage) -> Page:
    stage.windows.expected.append("404 GET")
    return stage.open("/reset/of-another-time/")


def signed_in_person(stage: Stage) -> User:
    with_two_step(stage.viewer)
    client = Client(headers={"user-agent": FIREFOX})
    client.force_login(stage.viewer)
    Client().login(username=stage.viewer.email, password=PASSWORD)
    return stage.viewer


@look
def person(stage: Stage) -> Page:
    return stage.open(f"/staff/{signed_in_person(stage).pk}/", stage.manager)


@look
def person_device_lost(stage: Stage) -> Page:
    page = person(stage)
    page.get_by_text("Device lost?").click()
    return page


@look
def reset_link(stage: Stage) -> Page:
    page = person(stage)
    page.get_by_role("button", name="Make a link").click()
    expect(page.locator(".copyable")).to_be_visible()
    return page


@look
def connection_people(stage: Stage) -> Page:
    connections.limit(connection=stage.connection, actor=stage.manager, people=[stage.viewer])
    return stage.open(f"/connections/{stage.connection.pk}/people/", stage.manager)


@look
def connections_limited(stage: Stage) -> Page:
    connections.limit(connection=stage.connection, actor=stage.manager, people=[stage.viewer])
    return stage.open("/connections/", stage.manager)
