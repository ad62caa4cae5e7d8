"""Choosing through which connection one acts in a chain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.chains.models import ChainChoice
from loyalty_admin.connections import services as connections
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.connections.common import ASSISTANT, CHAIN, DIRECTOR, OTHER_CHAIN, link_assistant
from tests.pages import Page, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
URL = f"/chains/{CHAIN}/acting-connection/"
HOME = f"/chains/{CHAIN}/"
LIST = f"/chains/{CHAIN}/membership-types/"
SignIn = Callable[[User], Client]


@pytest.fixture
def assistant(sandbox: Sandbox, connection: Connection, manager: User) -> Connection:
    return link_assistant(sandbox, manager)


@pytest.fixture
def vera(viewer: User, assistant: Connection, sign_in: SignIn) -> Client:
    """A viewer's browser; two connections reach the first chain."""
    return sign_in(viewer)


def acting(page: Page) -> str:
    """Whom the header names."""
    (named,) = [
        e
        for e in page.all()
        if " ".join(e.text.split()).startswith("Acting through ")
        and e.tag in ("summary", "span")
        and "visually-hidden" not in e.attrs.get("class", "")
    ]
    return " ".join(named.text.split()).removeprefix("Acting through ")


def test_header_offers_every_connection_that_reaches_the_chain(
    vera: Client, connection: Connection, assistant: Connection
) -> None:
    page = page_of(vera, LIST)
    assert acting(page) == DIRECTOR
    buttons = page.all("button", name="connection")
    assert [b.attrs["value"] for b in buttons] == [str(connection.pk), str(assistant.pk)]
    assert [b.attrs.get("aria-current") for b in buttons] == ["true", None]
    # In the other chain there is nothing to choose.
    page = page_of(vera, f"/chains/{OTHER_CHAIN}/membership-types/")
    assert acting(page) == DIRECTOR
    assert not page.all("button", name="connection")


def test_chosen_one_acts_and_is_named(vera: Client, assistant: Connection) -> None:
    form = page_of(vera, LIST).form(URL)
    response = vera.post(URL, form.data({"connection": str(assistant.pk)}))
    page = page_of(vera, response["Location"])
    assert acting(page) == ASSISTANT
    assert ASSISTANT in page.one("div", class_="notice good").text
    assert acting(page_of(vera, f"/chains/{OTHER_CHAIN}/membership-types/")) == DIRECTOR


def test_leads_back_to_the_page_and_nowhere_else(
    vera: Client, assistant: Connection, subtests: pytest.Subtests
) -> None:
    for referer, to in [
        (f"http://testserver{LIST}?q=spa", f"{LIST}?q=spa"),
        ("http://elsewhere.example/", HOME),
        ("http://testserver//elsewhere.example/", HOME),
        ("javascript:alert(1)", HOME),
        ("", HOME),
    ]:
        with subtests.test(referer=referer, to=to):
            headers = {"referer": referer}
            response = vera.post(URL, {"connection": assistant.pk}, headers=headers)
            assert response["Location"] == to


def test_page_that_a_button_was_posted_to_is_not_gone_back_to(
    sandbox: Sandbox, assistant: Connection, editor: User, sign_in: SignIn
) -> None:
    client = sign_in(editor)
    sandbox.fault(kind="status", status=403)
    refused = f"{LIST}11001/archive/"
    page = Page(client.post(refused, {"form_id": "0123456789abcdefgh"}))
    data = page.form(URL).data({"connection": str(assistant.pk)})
    response = client.post(URL, data, headers={"referer": f"http://testserver{refused}"})
    assert acting(page_of(client, response["Location"])) == ASSISTANT


def test_connection_that_is_not_there_is_not_chosen(
    vera: Client, subtests: pytest.Subtests
) -> None:
    for value in ["", "0", "999", "-1", "x", "²", "9" * 30, "9" * 5000]:
        with subtests.test(value=value):
            assert vera.post(URL, {"connection": value}).status_code == 404
            assert not ChainChoice.objects.exists()


def test_connection_that_does_not_reach_the_chain_is_not_chosen(
    vera: Client, assistant: Connection
) -> None:
    url = f"/chains/{OTHER_CHAIN}/acting-connection/"
    assert vera.post(url, {"connection": assistant.pk}).status_code == 404
    url = "/chains/9999/acting-connection/"
    assert vera.post(url, {"connection": assistant.pk}).status_code == 404
    assert not ChainChoice.objects.exists()


def test_removed_connection_is_not_chosen(
    vera: Client, assistant: Connection, manager: User
) -> None:
    connections.remove(connection=assistant, person=manager)
    assert vera.post(URL, {"connection": assistant.pk}).status_code == 404


def test_connection_of_another_address_is_not_chosen(
    vera: Client, assistant: Connection, settings: Any
) -> None:
    settings.ALTEGIO_API_URL = "http://127.0.0.1:9/api/v1"
    assert vera.post(URL, {"connection": assistant.pk}).status_code == 404


def test_choosing_asks_altegio_nothing(
    sandbox: Sandbox, vera: Client, assistant: Connection
) -> None:
    before = len(sandbox.calls())
    vera.post(URL, {"connection": assistant.pk})
    assert len(sandbox.calls()) == before


def test_reading_the_address_chooses_nothing(vera: Client, assistant: Connection) -> None:
    assert vera.get(URL, {"connection": assistant.pk}).status_code == 405
    assert Client().post(URL, {"connection": assistant.pk})["Location"].startswith("/login/")
    assert not ChainChoice.objects.exists()
