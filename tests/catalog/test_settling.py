"""What is not known of a write is settled by reading back alone, and nothing is sent twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from loyalty_admin.audit.models import Entry, Outcome
from tests.catalog.catalog import MAKING, Catalog, each_write, sends, with_archive
from tests.endings import a_while_ago, check, left_during_the_call, newest, reconcile
from tests.pages import page_of, said, shown

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def short_of_time(settings: Any) -> None:
    settings.ALTEGIO_TIMEOUT = 3.0


@each_write("create", "edit", "delete", "restore", sent=True)
def test_what_was_carried_out_is_found_and_listed(catalog: Catalog, what: str) -> None:
    entry = catalog.unknown(what, is_applied=True)
    count = len(catalog.writes())
    assert f"{entry.pk} {entry.action}" in reconcile()
    entry.refresh_from_db()
    assert (entry.outcome, entry.kept) == (Outcome.DONE, [])
    assert (entry.result_id is None) == (what == "delete")
    assert len(catalog.writes()) == count
    assert reconcile() == ""
    page = page_of(catalog.client, f"{catalog.url}loaded/?size=200")
    assert {*page.titles()} == {" ".join(raw["title"].split()) for raw in catalog.active()}


@each_write("create", "edit", "delete", sent=True)
def test_what_is_not_there_is_not_called_refused_too_soon(catalog: Catalog, what: str) -> None:
    """Without an answer Altegio may still be at work."""
    entry = catalog.unknown(what, is_applied=False)
    count = len(catalog.writes())
    check(catalog.client, entry)
    assert entry.outcome == Outcome.UNKNOWN
    reconcile()
    entry.refresh_from_db()
    assert entry.outcome == Outcome.UNKNOWN
    a_while_ago(entry)
    check(catalog.client, entry)
    if what in MAKING and catalog.resource.kind == "promotion":
        # A location may report a new one later: only a person closes it.
        assert entry.outcome == Outcome.UNKNOWN
        catalog.client.post(f"/activity/{entry.pk}/close/")
        entry.refresh_from_db()
    assert entry.outcome == Outcome.REFUSED
    assert len(catalog.writes()) == count


def test_settled_entry_is_checked_no_more_and_its_row_is_in_the_list(catalog: Catalog) -> None:
    catalog.load()
    entry = catalog.unknown("edit", is_applied=True)
    check(catalog.client, entry)
    assert entry.outcome == Outcome.DONE
    assert catalog.title.value in catalog.titles()
    start = len(catalog.sandbox.calls())
    check(catalog.client, entry)
    assert len(catalog.sandbox.calls()) == start
    page = page_of(catalog.client, f"/activity/{entry.pk}/")
    assert not page.all("form", action=f"/activity/{entry.pk}/check/")


def test_edit_is_settled_by_its_own_fields(catalog: Catalog) -> None:
    change, other = catalog.change, catalog.other
    # A part of it took: done, and the rest is named.
    entry = catalog.unknown("edit", is_applied=True)
    whole = catalog.resource.whole
    catalog.alter(entry.object_id or 0, **{change.key: whole[change.key]})
    check(catalog.client, entry)
    assert (entry.outcome, len(entry.kept)) == (Outcome.DONE, 1)
    # It arrives late.
    entry = catalog.unknown("edit", is_applied=False)
    catalog.alter(entry.object_id or 0, title=catalog.title.value, **{change.key: change.value})
    check(catalog.client, entry)
    assert (entry.outcome, entry.kept) == (Outcome.DONE, [])
    # Somebody else wrote over it: neither what was asked nor what was before.
    entry = catalog.unknown("edit", is_applied=True)
    third = change.value + 1
    catalog.alter(entry.object_id or 0, title="A third title", **{change.key: third})
    a_while_ago(entry)
    check(catalog.client, entry)
    assert entry.outcome == Outcome.UNKNOWN
    # It was edited back here: nobody can tell by reading.
    entry = catalog.unknown("edit", is_applied=True)
    number = entry.object_id or 0
    back = {one["field"]: one["before"] for one in entry.changes}
    assert len(back) == 2
    controls = (catalog.title.control, change.control)
    opened = catalog.edit_form(catalog.put()).values
    catalog.edit(number, {name: opened[name] for name in controls})
    assert newest().outcome == Outcome.DONE
    a_while_ago(entry)
    check(catalog.client, entry)
    assert entry.outcome == Outcome.UNKNOWN
    # An edit of something else, or a duplicate, does not matter.
    entry = catalog.unknown("edit", is_applied=False)
    number = entry.object_id or 0
    catalog.edit(number, {other.control: other.typed})
    catalog.submission("clone", number).send(catalog.client)
    assert newest().outcome == Outcome.DONE
    a_while_ago(entry)
    check(catalog.client, entry)
    assert entry.outcome == Outcome.REFUSED


# Several could be the one


def two_candidates(catalog: Catalog) -> tuple[Entry, int, int]:
    """A clone of unknown outcome, and two that may have come of it."""
    entry = catalog.unknown("clone", is_applied=True)
    mine = catalog.named("All of it (2)")["id"]
    return entry, mine, catalog.put(title="All of it (2)")


def test_person_decides_among_several(catalog: Catalog) -> None:
    entry, mine, other = two_candidates(catalog)
    foreign = catalog.named("All of it")["id"]
    count = len(catalog.writes())
    page = check(catalog.client, entry)
    assert entry.outcome == Outcome.UNKNOWN
    choices = {box.attrs["value"] for box in page.all("input", name="object")}
    assert choices == {str(mine), str(other)}
    assert "2" in reconcile().partition(entry.action)[2]
    # What is no candidate is not taken.
    for chosen in (str(foreign), "5003", "0", "", "x", "²", "-1", "9" * 40):
        answer = catalog.client.post(f"/activity/{entry.pk}/decide/", {"object": chosen})
        assert said(shown(catalog.client, answer)), chosen
        entry.refresh_from_db()
        assert (entry.outcome, entry.result_id) == (Outcome.UNKNOWN, None), chosen
    form = page.form("decide/")
    catalog.client.post(form.attrs["action"], form.data({"object": str(mine)}))
    entry.refresh_from_db()
    assert (entry.outcome, entry.result_id) == (Outcome.DONE, mine)
    assert len(catalog.writes()) == count


def test_foreign_object_is_no_candidate(catalog: Catalog) -> None:
    """What was there before, what another entry made, what has a longer title."""
    number = catalog.put()
    before = catalog.put(title="All of it (2)")
    submission = catalog.submission("clone", number)
    catalog.sandbox.fault(kind="reset", apply=True, match={"method": "POST"})
    submission.send(catalog.client)
    entry = newest()
    mine = {raw["id"] for raw in catalog.listed() if raw["title"] == "All of it (2)"} - {before}
    assert (entry.outcome, {entry.result_id}) == (Outcome.DONE, mine)
    # Another that is made and known is none either.
    entry = catalog.unknown("clone", is_applied=True)
    mine = {raw["id"] for raw in catalog.listed()}
    catalog.submission("clone", entry.object_id).send(catalog.client)
    made = newest().result_id
    if catalog.resource.clone == "form":  # else Altegio chooses the title
        catalog.put(title="All of it (2) (2)")
    check(catalog.client, entry)
    assert entry.result_id in mine and entry.result_id != made
    assert entry.outcome == Outcome.DONE
    # Lost: what was there before is not credited.
    entry = catalog.unknown("clone", is_applied=False)
    a_while_ago(entry)
    page = check(catalog.client, entry)
    assert entry.outcome != Outcome.DONE and entry.result_id is None
    assert not page.all("input", name="object")


def test_what_was_made_and_renamed_since_is_not_called_refused(catalog: Catalog) -> None:
    """Its title finds it no more: a person has the say."""
    entry = catalog.unknown("create", is_applied=True)
    made = catalog.named(entry.object_title)["id"]
    catalog.edit(made, {"title": "Quite another"})
    a_while_ago(entry)
    check(catalog.client, entry)
    assert entry.outcome == Outcome.UNKNOWN
    catalog.client.post(f"/activity/{entry.pk}/close/", {"carried_out": "yes"})
    entry.refresh_from_db()
    assert entry.outcome == Outcome.DONE


def undone(entry: Entry, action: str, outcome: Outcome) -> None:
    """The audit log has the opposite of the entry, too."""
    Entry.objects.create(
        submission=f"undone {entry.pk}", action=action, object_id=entry.object_id,
        api_url=entry.api_url, chain_id=entry.chain_id, outcome=outcome,
    )  # fmt: skip


@with_archive
def test_what_was_undone_since_had_been_carried_out(catalog: Catalog) -> None:
    if not sends(catalog.resource, "archive"):
        return
    kind = catalog.resource.kind
    for outcome in (Outcome.DONE, Outcome.UNKNOWN):
        entry = catalog.unknown("archive", is_applied=True)
        undone(entry, f"{kind}.unarchived", outcome)
        catalog.alter(entry.object_id or 0, is_archived=False)
        a_while_ago(entry)
        check(catalog.client, entry)
        assert entry.outcome == outcome


# A crash


def test_write_that_may_still_be_under_way_is_left_alone(catalog: Catalog) -> None:
    entry = catalog.unknown("edit", is_applied=False)
    left_during_the_call(entry)
    Entry.objects.update(lease_until=Now() + timedelta(minutes=1))
    reconcile()
    page = page_of(catalog.client, f"/activity/{entry.pk}/")
    entry.refresh_from_db()
    assert entry.outcome == Outcome.PENDING
    assert not page.all("form", action=f"/activity/{entry.pk}/check/")


@pytest.mark.parametrize("is_applied", [False, True], ids=["lost", "carried out"])
def test_write_cut_off_by_a_crash_is_settled(catalog: Catalog, is_applied: bool) -> None:
    for what in ("edit", "delete"):
        entry = catalog.unknown(what, is_applied=is_applied)
        left_during_the_call(entry)
        count = len(catalog.writes())
        reconcile()
        entry.refresh_from_db()
        assert entry.outcome == (Outcome.DONE if is_applied else Outcome.REFUSED), what
        assert len(catalog.writes()) == count


# What another entry explains


def test_delete_that_a_colleague_did_is_credited_once(catalog: Catalog) -> None:
    """Else both would offer to create it again, and two would come of one deletion."""
    number = catalog.put_in_list()
    unknown = catalog.unknown("delete", number, is_applied=False)
    catalog.delete(number)
    assert newest().outcome == Outcome.DONE
    a_while_ago(unknown)
    check(catalog.client, unknown)
    assert unknown.outcome == Outcome.UNKNOWN
    assert unknown.reason
    trash = page_of(catalog.client, f"{catalog.url}trash/")
    assert len(trash.titles()) == 1
    # Also where a person says that both were carried out.
    Entry.objects.filter(pk=unknown.pk).update(outcome=Outcome.DONE)
    assert len(page_of(catalog.client, f"{catalog.url}trash/").titles()) == 1


def test_deleted_object_is_created_again_once(catalog: Catalog) -> None:
    number = catalog.put_in_list()
    catalog.delete(number)
    deletion = newest()
    forms = [catalog.form_of(page_of(catalog.client, again(catalog, deletion))) for _ in range(2)]
    for form in forms:
        catalog.client.post(again(catalog, deletion), form.data())
    assert [call["method"] for call in catalog.writes()] == ["DELETE", "POST"]


def again(catalog: Catalog, deletion: Entry) -> str:
    return f"{catalog.url}trash/{deletion.pk}/again/"


def test_edit_that_a_repetition_did_is_not_credited(catalog: Catalog) -> None:
    number = catalog.put()
    unknown = catalog.unknown("edit", number, is_applied=False)
    catalog.submission("edit", number).send(catalog.client)
    assert newest().outcome == Outcome.DONE
    a_while_ago(unknown)
    check(catalog.client, unknown)
    assert unknown.outcome == Outcome.UNKNOWN
    assert unknown.reason


def test_creation_is_not_credited_with_an_old_object_of_a_new_title(catalog: Catalog) -> None:
    """Somebody gave it the title at Altegio since."""
    old = catalog.put_in_list()
    unknown = catalog.unknown("create", is_applied=False)
    catalog.alter(old, title=unknown.object_title)
    a_while_ago(unknown)
    check(catalog.client, unknown)
    assert unknown.outcome != Outcome.DONE
    assert unknown.result_id is None


def test_one_object_is_not_credited_to_two_creations(catalog: Catalog) -> None:
    one = catalog.unknown("create", is_applied=False)
    other = catalog.unknown("create", is_applied=True)
    for entry in (one, other):
        a_while_ago(entry)
        check(catalog.client, entry)
        assert entry.outcome == Outcome.UNKNOWN, "a person decides"
