"""A write of which nobody knows what became: settled later, by reading back alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.gift_card_types.models import ArchivedType
from loyalty_admin.sandbox.server import Sandbox
from tests.endings import a_while_ago, check, left_pending, reconcile
from tests.gift_card_types.common import CHAIN, DATED, LIST, ONLINE, PLAIN, named, writes
from tests.gift_card_types.ending import (
    DUPLICATE,
    KINDS,
    ORIGINAL,
    OTHERS,
    REFUSED,
    TIMEOUT,
    UNKNOWN,
    away,
    check_settled,
    cut_off,
    gone_after_write,
    unanswered,
)
from tests.gift_card_types.submitting import edit, edit_form, newest, press, said, shown
from tests.gift_card_types.writing import submission, switch_plainly
from tests.pages import page_of

both = pytest.mark.parametrize("is_applied", [False, True], ids=["lost", "applied"])
each = pytest.mark.parametrize("what", [*KINDS, *OTHERS])


@pytest.fixture(autouse=True)
def short_of_time(settings: Any) -> None:
    settings.ALTEGIO_TIMEOUT = TIMEOUT


@each
@both
def test_answered_but_not_understood_is_settled_by_checking(
    sandbox: Sandbox, edith: Client, is_applied: bool, what: str
) -> None:
    entry = gone_after_write(sandbox, edith, what, is_applied=is_applied, kind="bad_json")
    count, before = len(writes(sandbox)), away()
    page = page_of(edith, f"/activity/{entry.pk}/")
    assert away() == before, "nothing is archived, or no more, before it is known"
    answer = edith.post(f"/activity/{entry.pk}/check/", page.form("check/").data())
    assert said(shown(edith, answer))
    check_settled(sandbox, edith, entry, is_applied)
    assert len(writes(sandbox)) == count


@pytest.mark.parametrize("what", ["create", "archive"])
def test_reconcile_settles_what_was_carried_out(sandbox: Sandbox, edith: Client, what: str) -> None:
    entry = unanswered(sandbox, edith, what, is_applied=True)
    count = len(writes(sandbox))
    assert f"{entry.pk} {entry.action}" in reconcile()
    check_settled(sandbox, edith, entry, True)
    assert len(writes(sandbox)) == count
    assert reconcile() == ""


@pytest.mark.parametrize("what", ["create", "edit", "archive", "delete"])
def test_unanswered_write_that_is_not_there_is_not_called_refused_too_soon(
    sandbox: Sandbox, edith: Client, what: str
) -> None:
    """Without an answer Altegio may still be at work."""
    entry = unanswered(sandbox, edith, what, is_applied=False)
    check(edith, entry)
    assert entry.outcome == UNKNOWN
    reconcile()
    entry.refresh_from_db()
    assert entry.outcome == UNKNOWN
    a_while_ago(entry)
    check(edith, entry)
    check_settled(sandbox, edith, entry, False)


def test_edit_that_was_edited_back_since_is_not_called_refused(
    sandbox: Sandbox, edith: Client
) -> None:
    before = edit_form(edith, PLAIN).values
    entry = unanswered(sandbox, edith, "edit", is_applied=True)
    edit(edith, PLAIN, {name: before[name] for name in ("title", "face_value")})
    assert newest().outcome == Outcome.DONE
    a_while_ago(entry)
    check(edith, entry)
    assert entry.outcome == UNKNOWN


def test_edit_of_something_else_since_does_not_matter(sandbox: Sandbox, edith: Client) -> None:
    entry = unanswered(sandbox, edith, "edit", is_applied=False)
    edit(edith, PLAIN, {"location_ids": ["503"]})
    assert newest().outcome == Outcome.DONE
    a_while_ago(entry)
    check(edith, entry)
    assert entry.outcome == REFUSED


def test_duplicate_that_was_made_since_does_not_matter(sandbox: Sandbox, edith: Client) -> None:
    entry = unanswered(sandbox, edith, "edit", is_applied=False)
    url, data, _method = submission(edith, "clone")
    edith.post(url, data)
    assert (newest().object_id, newest().outcome) == (entry.object_id, Outcome.DONE)
    a_while_ago(entry)
    check(edith, entry)
    assert entry.outcome == REFUSED


def test_write_that_arrives_late_is_found(sandbox: Sandbox, edith: Client) -> None:
    entry = unanswered(sandbox, edith, "edit", is_applied=False)
    sandbox.alter_certificate_type(CHAIN, PLAIN, title="For her", balance=130)
    check(edith, entry)
    assert (entry.outcome, entry.kept) == (Outcome.DONE, [])


def test_part_of_an_edit_that_took_is_done_and_the_rest_is_named(
    sandbox: Sandbox, edith: Client
) -> None:
    entry = unanswered(sandbox, edith, "edit", is_applied=True)
    sandbox.alter_certificate_type(CHAIN, PLAIN, balance=120)
    check(edith, entry)
    assert entry.outcome == Outcome.DONE
    assert [kept["field"] for kept in entry.kept] == ["Face value"]


def test_another_kind_of_validity_is_settled_both_ways(sandbox: Sandbox, edith: Client) -> None:
    """What the change made meaningless counts for nothing."""
    for is_applied in (False, True):
        url = f"{LIST}{DATED}/edit/"
        data = page_of(edith, url).form(id="type-form").data({"validity_kind": "0"})
        sandbox.fault(kind="bad_json", apply=is_applied, match={"method": "PUT"})
        edith.post(url, data)
        assert newest().outcome == (Outcome.DONE if is_applied else REFUSED)
        assert newest().kept == []


def test_check_shows_the_settled_row_in_the_list(sandbox: Sandbox, loaded: Client) -> None:
    entry = unanswered(sandbox, loaded, "edit", is_applied=True)
    check(loaded, entry)
    start = len(sandbox.calls())
    assert "For her" in page_of(loaded, LIST).titles()
    assert len(sandbox.calls()) == start


def test_check_while_altegio_is_still_gone_says_so(sandbox: Sandbox, edith: Client) -> None:
    entry = unanswered(sandbox, edith, "archive", is_applied=True)
    sandbox.fault(kind="bad_json", times=None)
    page = check(edith, entry)
    assert entry.outcome == UNKNOWN
    assert said(page)
    assert reconcile().count("unknown") == 1
    assert not away()


def test_settled_entry_is_checked_no_more(sandbox: Sandbox, edith: Client) -> None:
    entry = unanswered(sandbox, edith, "archive", is_applied=True)
    check(edith, entry)
    ArchivedType.objects.all().delete()
    start = len(sandbox.calls())
    check(edith, entry)
    assert entry.outcome == Outcome.DONE
    assert len(sandbox.calls()) == start
    assert not away()
    page = page_of(edith, f"/activity/{entry.pk}/")
    assert not page.all("form", action=f"/activity/{entry.pk}/check/")


def test_archiving_settled_late_does_not_undo_what_was_done_since(
    sandbox: Sandbox, edith: Client
) -> None:
    entry = unanswered(sandbox, edith, "archive", is_applied=True)
    switch_plainly(edith, ONLINE, "archive")
    press(edith, ONLINE, "unarchive")
    assert sandbox.certificate_type_of(CHAIN, ONLINE)["online_sale_is_enabled"]
    sandbox.alter_certificate_type(CHAIN, ONLINE, online_sale_is_enabled=False)
    reconcile()
    entry.refresh_from_db()
    assert (entry.outcome, away()) == (Outcome.DONE, set())


def test_archiving_settled_late_knows_that_it_took_the_type_off_sale(
    sandbox: Sandbox, edith: Client
) -> None:
    """Archived again meanwhile, when it was off sale already."""
    unanswered(sandbox, edith, "archive", is_applied=True)
    switch_plainly(edith, ONLINE, "archive")
    reconcile()
    assert ArchivedType.objects.get().took_off_sale


def two_candidates(sandbox: Sandbox, client: Client) -> tuple[Entry, int, int]:
    """A duplicate of unknown outcome, and two types that may have come of it."""
    entry = unanswered(sandbox, client, "clone", is_applied=True)
    mine = named(sandbox, DUPLICATE)["id"]
    other = sandbox.put_certificate_type(CHAIN, {**named(sandbox, DUPLICATE), "id": 0})["id"]
    return entry, mine, int(other)


def test_person_decides_among_several(sandbox: Sandbox, edith: Client) -> None:
    entry, mine, other = two_candidates(sandbox, edith)
    page = check(edith, entry)
    assert entry.outcome == UNKNOWN
    choices = {box.attrs["value"] for box in page.all("input", name="object")}
    assert choices == {str(mine), str(other)}
    count = len(writes(sandbox))
    form = page.form("decide/")
    edith.post(form.attrs["action"], form.data({"object": str(mine)}))
    entry.refresh_from_db()
    assert (entry.outcome, entry.result_id) == (Outcome.DONE, mine)
    assert len(writes(sandbox)) == count


def test_what_is_no_candidate_is_not_taken(sandbox: Sandbox, edith: Client) -> None:
    entry, _mine, _other = two_candidates(sandbox, edith)
    for chosen in (str(PLAIN), "25001", "", "²", "9" * 40):
        answer = edith.post(f"/activity/{entry.pk}/decide/", {"object": chosen})
        assert answer.status_code == 302
        entry.refresh_from_db()
        assert (entry.outcome, entry.result_id) == (UNKNOWN, None)
        assert said(shown(edith, answer))


def test_reconcile_leaves_the_choice_to_the_person(sandbox: Sandbox, edith: Client) -> None:
    entry, _mine, _other = two_candidates(sandbox, edith)
    assert "one of 2" in reconcile()
    entry.refresh_from_db()
    assert entry.outcome == UNKNOWN


def test_type_that_another_entry_made_is_no_candidate(sandbox: Sandbox, edith: Client) -> None:
    """Two duplicates, of which one went well: what remains is the other's."""
    entry = unanswered(sandbox, edith, "clone", is_applied=True)
    mine = named(sandbox, DUPLICATE)["id"]
    url, data, _method = submission(edith, "clone")
    edith.post(url, data)
    check(edith, entry)
    assert (entry.outcome, entry.result_id) == (Outcome.DONE, mine)


def test_type_that_was_there_before_is_no_candidate(sandbox: Sandbox, edith: Client) -> None:
    sandbox.put_certificate_type(CHAIN, {**named(sandbox, ORIGINAL), "id": 0, "title": DUPLICATE})
    entry = unanswered(sandbox, edith, "clone", is_applied=False)
    a_while_ago(entry)
    check(edith, entry)
    assert entry.outcome == REFUSED


def test_type_that_somebody_makes_meanwhile_is_told_from_one_of_a_longer_title(
    sandbox: Sandbox, edith: Client
) -> None:
    """Altegio's search finds a part of a title."""
    entry = unanswered(sandbox, edith, "clone", is_applied=True)
    mine = named(sandbox, DUPLICATE)["id"]
    longer = {**named(sandbox, DUPLICATE), "id": 0, "title": f"{DUPLICATE} (2)"}
    sandbox.put_certificate_type(CHAIN, longer)
    check(edith, entry)
    assert (entry.outcome, entry.result_id) == (Outcome.DONE, mine)


@pytest.mark.parametrize(
    ("what", "is_applied"),
    [("create", True), ("edit", True), ("edit", False), ("archive", True), ("delete", False)],
)
def test_write_cut_off_by_a_crash_is_settled(
    sandbox: Sandbox, edith: Client, what: str, is_applied: bool
) -> None:
    entry = cut_off(sandbox, edith, what, is_applied=is_applied)
    count = len(writes(sandbox))
    reconcile()
    check_settled(sandbox, edith, entry, is_applied)
    assert len(writes(sandbox)) == count


def test_archiving_cut_off_before_it_was_noted_is_made_up_for(
    sandbox: Sandbox, edith: Client
) -> None:
    """It sends nothing to Altegio: that it was meant is all there is to know."""
    switch_plainly(edith, PLAIN, "archive")
    ArchivedType.objects.all().delete()
    left_pending(newest())
    reconcile()
    assert (newest().outcome, away()) == (Outcome.DONE, {PLAIN})
    assert not ArchivedType.objects.get().took_off_sale
    assert not writes(sandbox)


def test_abandoned_write_is_unknown_wherever_it_shows(sandbox: Sandbox, edith: Client) -> None:
    entry = cut_off(sandbox, edith, "edit", is_applied=True)
    for url in ("/activity/", f"/activity/{entry.pk}/", f"{LIST}{PLAIN}/", f"{LIST}trash/"):
        left_pending(entry)
        page_of(edith, url)
        entry.refresh_from_db()
        assert entry.outcome == UNKNOWN, url


def test_write_that_may_still_be_under_way_is_not_abandoned(
    sandbox: Sandbox, edith: Client
) -> None:
    entry = cut_off(sandbox, edith, "edit", is_applied=False)
    Entry.objects.update(started_at=timezone.now())
    reconcile()
    page = page_of(edith, f"/activity/{entry.pk}/")
    entry.refresh_from_db()
    assert entry.outcome == Outcome.PENDING
    assert not page.all("form", action=f"/activity/{entry.pk}/check/")
