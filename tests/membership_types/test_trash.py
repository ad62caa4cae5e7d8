"""Deleted types: the journal knows them, as they were last known."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry
from loyalty_admin.connections import services as connections
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import LIST
from tests.membership_types.submitting import delete
from tests.pages import page_of

pytestmark = pytest.mark.slow


def test_trash_belongs_to_its_address(edith: Client) -> None:
    delete(edith, 11006)
    Entry.objects.update(api_url="https://api.example/api/v1")
    assert not page_of(edith, f"{LIST}trash/").titles()


def test_missing_right_gives_its_reason(
    edith: Client, sandbox: Sandbox, connection: Connection
) -> None:
    delete(edith, 11006)
    maker = connection.made_by
    assert maker
    connection.delete()
    connections.connect(person=maker, login=sandbox.assistant, password=sandbox.password)
    page = page_of(edith, f"{LIST}trash/")
    assert page.titles() == ["Morning spa"]
    assert not page.all("button", text="Restore")
    assert not page.all("form", method="post", action=f"{LIST}11006/restore/")
    assert [cell for cell in page.all("span", class_="muted") if cell.text != "Edith Editor"]
