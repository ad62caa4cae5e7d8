"""The journal: who asked for what, through which account, and what came of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.connections import services as connections
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.audit.conftest import CHAIN, OTHER_CHAIN, Note, SignIn
from tests.conftest import PASSWORD
from tests.pages import HTMX, Page, page_of

pytestmark = pytest.mark.slow

HOSTILE = "<script>alert(1)</script> \"quoted\" & 'more'"


def numbers(page: Page) -> list[int]:
    """The entries that the page lists, in order."""
    links = [link.attrs.get("href", "") for link in page.all("a")]
    found = [link.strip("/").split("/") for link in links if link.startswith("/activity/")]
    return [int(parts[1]) for parts in found if len(parts) == 2 and parts[1].isdigit()]


def row(page: Page, entry: Entry) -> str:
    rows = [tr.text for tr in page.all("tr") if entry.object_title in tr.text]
    (only,) = rows
    return " ".join(only.split())


def test_row_says_who_what_where_and_how_it_ended(vera: Client, note: Note) -> None:
    entry = note()
    said = row(page_of(vera, "/activity/"), entry)
    for text in ("Edith Editor", "Beard club", "Aurora Salons & Spa", "done", "Daina Ozola"):
        assert text in said


def test_newest_comes_first(vera: Client, note: Note) -> None:
    first, second = note(), note()
    assert numbers(page_of(vera, "/activity/")) == [second.pk, first.pk]


def test_empty_journal_says_so(vera: Client) -> None:
    assert not numbers(page_of(vera, "/activity/"))


def test_filters(vera: Client, viewer: User, note: Note, subtests: pytest.Subtests) -> None:
    entries = {
        "edited": note(),
        "cloned": note(
            action="membership_type.cloned", object_title="Spa", result_title="Spa copy"
        ),
        "refused": note(outcome=Outcome.REFUSED),
        "elsewhere": note(
            chain_id=OTHER_CHAIN, person=viewer, person_name=str(viewer), object_title="Gym"
        ),
    }
    for address, found in [
        ("?q=beard", {"edited", "refused"}),
        ("?q=BEARD", {"edited", "refused"}),
        ("?q=copy", {"cloned"}),
        ("?q=zzz", set()),
        ("?person=Vera+Viewer", {"elsewhere"}),
        ("?person=Edith+Editor", {"edited", "cloned", "refused"}),
        ("?action=membership_type.cloned", {"cloned"}),
        ("?outcome=refused", {"refused"}),
        ("?outcome=unknown", set()),
        (f"?chain={OTHER_CHAIN}", {"elsewhere"}),
        ("?chain=9999", set()),
        ("?q=beard&outcome=done", {"edited"}),
    ]:
        for headers in [{}, HTMX]:
            with subtests.test(address=address, headers=headers):
                page = Page(vera.get(f"/activity/{address}", headers=headers))
                assert {*numbers(page)} == {entries[name].pk for name in found}


def test_address_that_makes_no_sense_is_no_error(
    vera: Client, note: Note, subtests: pytest.Subtests
) -> None:
    note()
    for address in [
        "?chain=x",
        "?chain=²",
        "?chain=" + "9" * 40,
        "?outcome=perhaps",
        "?action=x",
        "?page=x",
        "?page=-1",
        "?page=99999999999",
        "?q=%00",
        "?person=%00",
        "?q=" + "x" * 10_000,
        "?chain=-1",
    ]:
        with subtests.test(address=address):
            page_of(vera, f"/activity/{address}")


def test_filter_stays_on_the_next_page(vera: Client, note: Note) -> None:
    for _ in range(51):
        note()
    note(outcome=Outcome.REFUSED)
    page = page_of(vera, "/activity/?outcome=done")
    assert len(numbers(page)) == 50
    (following,) = {
        link.attrs["href"] for link in page.all("a") if "page=2" in link.attrs.get("href", "")
    }
    assert "outcome=done" in following
    assert len(numbers(page_of(vera, f"/activity/{following.removeprefix('/activity/')}"))) == 1


def test_part_is_only_the_entries(vera: Client, note: Note) -> None:
    note()
    page = page_of(vera, "/activity/", htmx=True)
    page.one(id="entries")
    assert not page.all("html")


def test_writes_of_chains_out_of_reach_are_not_shown(
    sandbox: Sandbox, manager: User, viewer: User, note: Note, sign_in: SignIn
) -> None:
    """The assistant's account reaches the first chain only."""
    mine, theirs = note(), note(chain_id=OTHER_CHAIN, object_title="Gym")
    connections.connect(person=manager, login=sandbox.assistant, password=PASSWORD)
    connections.remove(connection=Connection.objects.get(name__contains="Daina"), person=manager)
    vera = sign_in(viewer)
    assert numbers(page_of(vera, "/activity/")) == [mine.pk]
    assert numbers(page_of(vera, f"/activity/?chain={OTHER_CHAIN}")) == []
    page_of(vera, f"/activity/{theirs.pk}/", status=404)


def test_writes_at_another_api_address_are_not_shown(vera: Client, note: Note) -> None:
    elsewhere = note(api_url="https://api.example/api/v1")
    assert numbers(page_of(vera, "/activity/")) == []
    page_of(vera, f"/activity/{elsewhere.pk}/", status=404)


def test_without_any_connection_nothing_is_shown(
    vera: Client, note: Note, connection: Connection, manager: User
) -> None:
    entry = note()
    connections.remove(connection=connection, person=manager)
    assert numbers(page_of(vera, "/activity/")) == []
    page_of(vera, f"/activity/{entry.pk}/", status=404)


def test_names_stay_when_person_and_connection_are_gone(
    vera: Client, note: Note, editor: User
) -> None:
    entry = note()
    Entry.objects.update(person=None, connection=None)
    said = row(page_of(vera, "/activity/"), entry)
    assert "Edith Editor" in said and "Daina Ozola" in said


def test_hostile_names_are_inert(vera: Client, note: Note) -> None:
    note(
        object_title=HOSTILE,
        result_title=HOSTILE,
        person_name=HOSTILE,
        connection_name=HOSTILE,
        chain_title=HOSTILE,
    )
    for htmx in (False, True):
        page = page_of(vera, "/activity/", htmx=htmx)
        assert HOSTILE in page.text
        assert "<script>alert" not in page.html


def test_what_was_abandoned_is_shown_as_unknown(vera: Client, note: Note) -> None:
    entry = note(outcome=Outcome.PENDING, attempts=[{"request": "PUT", "outcome": "sent"}])
    long_ago = Now() - timedelta(minutes=10)
    Entry.objects.update(started_at=long_ago, lease_until=long_ago)
    assert "unknown" in row(page_of(vera, "/activity/"), entry)


def test_only_who_is_signed_in_sees_it(note: Note) -> None:
    entry = note()
    for path in ("", f"{entry.pk}/"):
        assert Client().get(f"/activity/{path}").headers["Location"].startswith("/login/")


def test_it_is_only_read(vera: Client, note: Note) -> None:
    entry = note()
    for path in ("", f"{entry.pk}/"):
        assert vera.post(f"/activity/{path}").status_code == 405


def test_chain_of_the_entry_is_offered_as_a_filter(vera: Client) -> None:
    page = page_of(vera, "/activity/")
    assert {str(CHAIN), str(OTHER_CHAIN)} <= {
        option.attrs.get("value", "") for option in page.all("option")
    }
