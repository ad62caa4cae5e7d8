"""Deleted promotions: the journal knows them, as they were last known."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry
from loyalty_admin.connections import services as connections
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.submitting import delete as delete_gift_card_type
from tests.pages import page_of
from tests.promotions.common import (
    LIST,
    OTHER_CHAIN,
    PACKAGE,
    STATIC,
)
from tests.promotions.looking import at, delete

pytestmark = pytest.mark.slow


def test_services_of_a_deleted_package_are_named(edith: Client) -> None:
    delete(edith, PACKAGE)
    assert "Pedicure" in page_of(edith, f"{LIST}trash/").one("tbody").text


def test_trash_belongs_to_its_chain_its_address_and_its_kind(edith: Client) -> None:
    delete_gift_card_type(edith, 31003)
    assert not page_of(edith, f"{LIST}trash/").titles()
    delete(edith, STATIC)
    assert page_of(edith, f"{LIST}trash/").titles() == ["Welcome, 10% off"]
    assert not page_of(edith, at(OTHER_CHAIN, "trash/")).titles()
    Entry.objects.update(api_url="https://api.example/api/v1")
    assert not page_of(edith, f"{LIST}trash/").titles()


def test_missing_right_gives_its_reason(
    edith: Client, sandbox: Sandbox, connection: Connection
) -> None:
    delete(edith, STATIC)
    maker = connection.made_by
    assert maker
    connection.delete()
    connections.connect(person=maker, login=sandbox.assistant, password=sandbox.password)
    page = page_of(edith, f"{LIST}trash/")
    assert page.titles() == ["Welcome, 10% off"]
    assert not [a for a in page.all("a") if a.attrs.get("href", "").endswith("/again/")]
    # The reason stands where the link would be.
    (row,) = (row for row in page.all("tr") if row.node.css("th.title"))
    (said,) = row.node.css("td:last-child .muted")
    assert said.text().strip()
