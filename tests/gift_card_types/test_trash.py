"""Deleted types: the journal knows them, as they were last known."""

from __future__ import annotations

from django.test import Client

from loyalty_admin.audit.models import Entry
from loyalty_admin.connections import services as connections
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import (
    CHAIN,
    DATED,
    HOSTILE,
    LIST,
    OTHER_CHAIN,
    PLAIN,
    named,
)
from tests.gift_card_types.submitting import at, delete, newest
from tests.membership_types.submitting import delete as delete_membership_type
from tests.pages import page_of


def test_empty_trash_says_what_it_is_for(edith: Client) -> None:
    page = page_of(edith, f"{LIST}trash/")
    assert page.one("div", class_="empty").text.strip()
    assert not page.titles()


def test_deleted_type_waits_as_last_known(sandbox: Sandbox, edith: Client) -> None:
    sandbox.alter_certificate_type(CHAIN, DATED, title="Last known")
    delete(edith, DATED)
    before = len(sandbox.calls())
    page = page_of(edith, f"{LIST}trash/")
    assert page.titles() == ["Last known"]
    for text in ("75 €", "everything", "until 31 Dec 2030", "Edith Editor"):
        assert text in page.text
    assert page.form(f"{DATED}/restore/").values["title"] == ["Last known"]
    assert page.all("a", href=f"{LIST}trash/{newest().pk}/again/")
    assert page.all("a", href=f"/activity/{newest().pk}/")
    assert page.one("a", aria_current="page", href=f"{LIST}trash/").text.split() == ["Deleted", "1"]
    assert len(sandbox.calls()) == before


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


def test_viewer_sees_it_and_is_offered_nothing(edith: Client, vera: Client) -> None:
    delete(edith, PLAIN)
    page = page_of(vera, f"{LIST}trash/")
    assert page.titles() == ["Подарок для мамы"]
    assert not page.all("button", text="Restore")
    assert not [a for a in page.all("a") if a.attrs.get("href", "").endswith("/again/")]


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


def test_many_deletions_come_in_pages(edith: Client) -> None:
    delete(edith, PLAIN)
    entry = Entry.objects.get()
    for number in range(60):
        entry.pk = None
        entry.submission = str(number)
        entry.save(force_insert=True)
    page = page_of(edith, f"{LIST}trash/")
    assert len(page.titles()) == 50
    second = page.one("a", rel="next").attrs["href"]
    assert len(page_of(edith, f"{LIST}trash/{second}").titles()) == 11
