"""Deleted types: the journal knows them, as they were last known."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry
from loyalty_admin.connections import services as connections
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import (
    HOSTILE,
    LIST,
    OTHER_CHAIN,
    PLAIN,
    named,
)
from tests.gift_card_types.submitting import at, delete, newest
from tests.membership_types.submitting import delete as delete_membership_type
from tests.pages import page_of

pytestmark = pytest.mark.slow


def test_trash_belongs_to_its_chain_its_address_and_its_kind(edith: Client) -> None:
    delete_membership_type(edith, 11006)
    assert not page_of(edith, f"{LIST}trash/").titles()
    delete(edith, PLAIN)
    assert not page_of(edith, at(OTHER_CHAIN, "trash/")).titles()
    Entry.objects.update(api_url="https://api.example/api/v1")
    assert not page_of(edith, f"{LIST}trash/").titles()


def test_hostile_title_is_inert(sandbox: Sandbox, edith: Client) -> None:
    delete(edith, named(sandbox, HOSTILE)["id"])
    page = page_of(edith, f"{LIST}trash/")
    assert page.titles() == [HOSTILE]
    assert page.form("restore/").values["title"] == [HOSTILE]
    assert "<script>alert" not in page.html


def test_missing_right_gives_its_reason(
    edith: Client, sandbox: Sandbox, connection: Connection
) -> None:
    delete(edith, PLAIN)
    maker = connection.made_by
    assert maker
    connection.delete()
    acting = connections.connect(person=maker, login=sandbox.assistant, password=sandbox.password)
    page = page_of(edith, f"{LIST}trash/")
    assert page.titles() == ["Подарок для мамы"]
    assert not page.all("form", action=f"{LIST}{PLAIN}/restore/")
    assert acting.name in page.one("tr", id=f"deletion-{newest().pk}").text
