"""Deleted types: the journal knows them, as they were last known."""

from __future__ import annotations

from django.test import Client

from loyalty_admin.audit.models import Entry
from loyalty_admin.connections import services as connections
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, LIST, OTHER_CHAIN
from tests.membership_types.submitting import at, delete
from tests.pages import page_of


def test_empty_trash_says_what_it_is_for(edith: Client) -> None:
    assert page_of(edith, f"{LIST}trash/").one("div", class_="empty").text.strip()


def test_deleted_type_waits_as_last_known(sandbox: Sandbox, edith: Client) -> None:
    sandbox.alter_type(CHAIN, 11006, title="Morning spa, last known")
    delete(edith, 11006)
    page = page_of(edith, f"{LIST}trash/")
    assert page.titles() == ["Morning spa, last known"]
    assert "144 €" in page.text
    assert "Edith Editor" in page.text
    form = page.form("11006/restore/")
    assert form.values["title"] == ["Morning spa, last known"]
    entry = Entry.objects.get()
    assert page.all("a", href=f"{LIST}trash/{entry.pk}/again/")
    assert page.all("a", href=f"/activity/{entry.pk}/")
    assert page.one("a", aria_current="page", href=f"{LIST}trash/").text.split() == ["Deleted", "1"]


def test_trash_asks_altegio_nothing(sandbox: Sandbox, edith: Client) -> None:
    delete(edith, 11006)
    before = len(sandbox.calls())
    page_of(edith, f"{LIST}trash/")
    assert len(sandbox.calls()) == before


def test_trash_belongs_to_its_chain(edith: Client) -> None:
    delete(edith, 11006)
    assert not page_of(edith, at(OTHER_CHAIN, "trash/")).titles()


def test_trash_belongs_to_its_address(edith: Client) -> None:
    delete(edith, 11006)
    Entry.objects.update(api_url="https://api.example/api/v1")
    assert not page_of(edith, f"{LIST}trash/").titles()


def test_viewer_sees_it_and_is_offered_nothing(edith: Client, vera: Client) -> None:
    delete(edith, 11006)
    page = page_of(vera, f"{LIST}trash/")
    assert page.titles() == ["Morning spa"]
    assert not page.all("button", text="Restore")
    assert not [a for a in page.all("a") if a.attrs.get("href", "").endswith("/again/")]


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


def test_many_deletions_come_in_pages(edith: Client) -> None:
    delete(edith, 11006)
    entry = Entry.objects.get()
    for number in range(60):
        entry.pk = None
        entry.submission = str(number)
        entry.save(force_insert=True)
    page = page_of(edith, f"{LIST}trash/")
    assert len(page.titles()) == 50
    second = page.one("a", rel="next").attrs["href"]
    assert len(page_of(edith, f"{LIST}trash/{second}").titles()) == 11
