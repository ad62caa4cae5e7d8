"""A write that ended badly: sent once, told truly, and settled by reading back alone."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.endings import a_while_ago, assert_no_secrets, check, left_during_the_call, reconcile
from tests.faults.classes import BUSY, ENDINGS, NAMES, UNKNOWN, FaultClass
from tests.membership_types.common import CHAIN, LIST, named, writes
from tests.membership_types.submitting import (
    EACH,
    edit,
    edit_form,
    newest,
    said,
    shown,
    submission,
)
from tests.pages import page_of

TIMEOUT = 3.0  # seconds
SLACK = 6.0
# Each is settled in its own way: by its title, its terms, whether it is listed, its switch.
SETTLED = ["create", "edit of a sold type", "delete", "archive"]
# A read that meets it is not tried again, so nobody waits.
GONE: dict[str, Any] = {
    "kind": "status", "status": 302, "headers": {"Location": "https://elsewhere.example/"},
}  # fmt: skip
each = pytest.mark.parametrize(
    "what",
    [what if what in SETTLED else pytest.param(what, marks=pytest.mark.long) for what in EACH],
)


@pytest.fixture(autouse=True)
def short_of_time(settings: Any) -> None:
    settings.ALTEGIO_TIMEOUT = TIMEOUT


def states(sandbox: Sandbox) -> dict[int, Any]:
    """Everything a person can tell about the chain's types."""
    return {raw["id"]: raw | {"date_archived": None} for raw in sandbox.types_of(CHAIN)}


def send(sandbox: Sandbox, client: Client, what: str, **fault: Any) -> tuple[Any, dict[str, Any]]:
    """Send one submission, of which the write meets the fault: the answer, and what was sent."""
    url, data, method = submission(client, what)
    count, before = len(writes(sandbox)), states(sandbox)
    sandbox.fault(match={"method": method}, **fault)
    response = client.post(url, data)
    sandbox.clear_faults()
    assert len(writes(sandbox)) == count + 1, "one write, whatever happens"
    entry = newest()
    assert (states(sandbox) == before) == (not writes(sandbox)[-1]["applied"])
    assert len(entry.attempts) == 1 and entry.attempts[0]["outcome"] != "sent"
    assert_no_secrets(entry, response)
    return response, data


@pytest.mark.parametrize("what", [what for what in EACH if what != "edit of a sold type"])
@pytest.mark.parametrize(("ending", "is_applied"), ENDINGS, ids=NAMES)
def test_outcome_is_told_truly(
    sandbox: Sandbox, edith: Client, ending: FaultClass, is_applied: bool, what: str
) -> None:
    response, sent = send(sandbox, edith, what, **ending.fault, apply=is_applied)
    entry = newest()
    if is_applied:
        assert entry.outcome == Outcome.DONE
    else:
        assert entry.outcome == (Outcome.UNKNOWN if ending is UNKNOWN else Outcome.REFUSED)
    page = shown(edith, response)
    assert said(page)
    if entry.outcome == Outcome.UNKNOWN:
        leads_to = {link.attrs.get("href", "") for link in page.all("a")}
        assert f"/activity/{entry.pk}/" in {response.get("Location", ""), *leads_to}
    elif entry.outcome == Outcome.REFUSED:
        assert entry.reason
        assert response.status_code == (503 if ending is BUSY else 422)
        assert page.all("div", role="alert") or page.all("section", role="alert")
        if what in ("create", "edit", "create again"):
            # Nothing typed is lost, and it can be sent again.
            form = page.form(id="type-form")
            assert form.values["title"] == sent["title"]
            assert form.values["form_id"] != sent["form_id"]


@pytest.mark.parametrize("fault", [{"kind": "empty"}, {"kind": "null_data"}], ids=["empty", "null"])
def test_success_that_carried_no_edit_out_is_done_with_everything_not_applied(
    sandbox: Sandbox, edith: Client, fault: dict[str, Any]
) -> None:
    send(sandbox, edith, "edit", **fault, apply=False)
    entry = newest()
    assert entry.outcome == Outcome.DONE
    assert len(entry.kept) == len(entry.changes) > 0


def test_list_shows_what_altegio_has_after_an_unknown_write(
    sandbox: Sandbox, edith: Client
) -> None:
    send(sandbox, edith, "edit", **UNKNOWN.fault, apply=True)
    titles = set(page_of(edith, f"{LIST}loaded/?size=100").titles())
    active = [raw for raw in states(sandbox).values() if not raw["is_archived"]]
    assert titles == {" ".join(x["title"].split()) for x in active if not x["is_deleted"]}
    assert "Beards" in titles


@each
@pytest.mark.parametrize("is_applied", [False, True], ids=["lost", "applied"])
def test_altegio_gone_after_the_write_leaves_it_unknown_until_it_is_checked(
    sandbox: Sandbox, edith: Client, is_applied: bool, what: str
) -> None:
    url, data, method = submission(edith, what)
    count = len(writes(sandbox))
    sandbox.fault(kind="bad_json", apply=is_applied, match={"method": method})
    gone_after_write(sandbox, edith, url, data, method)
    entry = newest()
    assert entry.outcome == Outcome.UNKNOWN
    assert len(writes(sandbox)) == count + 1

    sandbox.clear_faults()
    page = page_of(edith, f"/activity/{entry.pk}/")
    answer = edith.post(f"/activity/{entry.pk}/check/", page.form("check/").data())
    entry.refresh_from_db()
    assert entry.outcome == (Outcome.DONE if is_applied else Outcome.REFUSED)
    assert said(shown(edith, answer))
    assert len(writes(sandbox)) == count + 1
    if is_applied and what != "delete":
        assert entry.result_id in states(sandbox)


def gone_after_write(
    sandbox: Sandbox, client: Client, url: str, data: dict[str, Any], method: str
) -> Any:
    """Send it; every read after its write meets an Altegio that does not answer usably."""
    reads = reads_before_write(sandbox, client, url, method)
    sandbox.fault(**GONE, after=reads, times=None, match={"method": "GET"})
    return client.post(url, data)


def reads_before_write(sandbox: Sandbox, client: Client, url: str, method: str) -> int:
    """How many reads such a submission makes before its write."""
    if url.endswith(("restore/",)):
        return 0
    if url.endswith(("new/", "again/")):
        return 2  # active and archived types of the title
    return 3 if url.endswith("clone/") else 1


# Settled later


def unknown(sandbox: Sandbox, client: Client, what: str, *, is_applied: bool) -> Entry:
    """An entry whose write went unanswered, and could not be read back at once."""
    url, data, method = submission(client, what)
    sandbox.fault(kind="reset", apply=is_applied, match={"method": method})
    gone_after_write(sandbox, client, url, data, method)
    sandbox.clear_faults()
    entry = newest()
    assert entry.outcome == Outcome.UNKNOWN
    return entry


@each
def test_reconcile_settles_what_was_carried_out(sandbox: Sandbox, edith: Client, what: str) -> None:
    entry = unknown(sandbox, edith, what, is_applied=True)
    count = len(writes(sandbox))
    assert f"{entry.pk} {entry.action}" in reconcile()
    entry.refresh_from_db()
    assert entry.outcome == Outcome.DONE
    assert len(writes(sandbox)) == count
    assert reconcile() == ""


@each
def test_unanswered_write_that_is_not_there_is_not_called_refused_too_soon(
    sandbox: Sandbox, edith: Client, what: str
) -> None:
    """Without an answer Altegio may still be at work."""
    entry = unknown(sandbox, edith, what, is_applied=False)
    check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN
    reconcile()
    entry.refresh_from_db()
    assert entry.outcome == Outcome.UNKNOWN
    a_while_ago(entry)
    check(edith, entry)
    assert entry.outcome == Outcome.REFUSED


@pytest.mark.parametrize(
    ("what", "undo"),
    [
        ("archive", "unarchived"),
        ("unarchive", "archived"),
        ("delete", "restored"),
        ("restore", "deleted"),
    ],
)
def test_what_was_undone_since_had_been_carried_out(
    sandbox: Sandbox, edith: Client, what: str, undo: str
) -> None:
    entry = unknown(sandbox, edith, what, is_applied=True)
    # The journal alone tells: reading shows what it was before.
    number = entry.object_id or 0
    Entry.objects.create(
        submission=f"undone {number}", action=f"membership_type.{undo}",
        object_id=number, api_url=entry.api_url, chain_id=entry.chain_id, outcome=Outcome.DONE,
    )  # fmt: skip
    sandbox.alter_type(
        CHAIN,
        number,
        is_archived=what == "unarchive",
        is_deleted=what == "restore",
    )
    a_while_ago(entry)
    check(edith, entry)
    assert entry.outcome == Outcome.DONE
    assert entry.reason


def test_edit_that_was_edited_back_since_is_not_called_refused(
    sandbox: Sandbox, edith: Client
) -> None:
    before = edit_form(edith, 11023).values
    entry = unknown(sandbox, edith, "edit", is_applied=True)
    edit(edith, 11023, {name: before[name] for name in ("title", "price")})
    assert newest().outcome == Outcome.DONE
    a_while_ago(entry)
    check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN


def test_what_was_perhaps_undone_since_is_not_called_refused(
    sandbox: Sandbox, edith: Client
) -> None:
    """Neither of the two is known, and the second hides the first."""
    entry = unknown(sandbox, edith, "archive", is_applied=True)
    Entry.objects.create(
        submission="perhaps undone", action="membership_type.unarchived", object_id=entry.object_id,
        api_url=entry.api_url, chain_id=entry.chain_id, outcome=Outcome.UNKNOWN,
    )  # fmt: skip
    sandbox.alter_type(CHAIN, entry.object_id or 0, is_archived=False)
    a_while_ago(entry)
    check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN


def test_what_was_made_and_renamed_since_is_not_called_refused(
    sandbox: Sandbox, edith: Client
) -> None:
    """Its title finds it no more: a person has the say."""
    entry = unknown(sandbox, edith, "create", is_applied=True)
    made = named(sandbox, entry.object_title)["id"]
    edit(edith, made, {"title": "Quite another"})
    a_while_ago(entry)
    check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN
    a_while_ago(entry, minutes=60)
    reconcile()
    entry.refresh_from_db()
    assert entry.outcome == Outcome.UNKNOWN


def test_write_that_arrives_late_is_found(sandbox: Sandbox, edith: Client) -> None:
    entry = unknown(sandbox, edith, "edit", is_applied=False)
    sandbox.alter_type(CHAIN, 11023, title="Beards", cost=150)
    check(edith, entry)
    assert (entry.outcome, entry.kept) == (Outcome.DONE, [])


def test_part_of_an_edit_that_took_is_done_and_the_rest_is_named(
    sandbox: Sandbox, edith: Client
) -> None:
    entry = unknown(sandbox, edith, "edit of a sold type", is_applied=True)
    check(edith, entry)
    assert entry.outcome == Outcome.DONE
    assert [kept["field"] for kept in entry.kept] == ["Price"]


def test_check_shows_the_settled_row_in_the_list(sandbox: Sandbox, loaded: Client) -> None:
    entry = unknown(sandbox, loaded, "edit", is_applied=True)
    check(loaded, entry)
    start = len(sandbox.calls())
    assert "Beards" in page_of(loaded, LIST).titles()
    assert len(sandbox.calls()) == start


def test_check_while_altegio_is_still_gone_says_so(sandbox: Sandbox, edith: Client) -> None:
    entry = unknown(sandbox, edith, "edit", is_applied=True)
    sandbox.fault(**GONE, times=None)
    page = check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN
    assert said(page)
    assert reconcile().count("unknown") == 1


def test_settled_entry_is_checked_no_more(sandbox: Sandbox, edith: Client) -> None:
    entry = unknown(sandbox, edith, "edit", is_applied=True)
    check(edith, entry)
    start = len(sandbox.calls())
    check(edith, entry)
    assert entry.outcome == Outcome.DONE
    assert len(sandbox.calls()) == start
    assert not page_of(edith, f"/activity/{entry.pk}/").all(
        "form", action=f"/activity/{entry.pk}/check/"
    )


# Several could be the one


def two_candidates(sandbox: Sandbox, client: Client) -> tuple[Entry, int, int]:
    """A clone of unknown outcome, and two types that may have come of it."""
    entry = unknown(sandbox, client, "clone", is_applied=True)
    mine = named(sandbox, "Beard club (2)")["id"]
    other = sandbox.put_type(CHAIN, {**named(sandbox, "Beard club"), "id": 0})["id"]
    return entry, mine, int(other)


def test_person_decides_among_several(sandbox: Sandbox, edith: Client) -> None:
    entry, mine, other = two_candidates(sandbox, edith)
    page = check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN
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
    for chosen in ("11023", "11001", "5003", "0", "", "x", "²", "-1", "9" * 40):
        answer = edith.post(f"/activity/{entry.pk}/decide/", {"object": chosen})
        assert answer.status_code == 302, chosen
        entry.refresh_from_db()
        assert (entry.outcome, entry.result_id) == (Outcome.UNKNOWN, None), chosen
        assert said(shown(edith, answer)), chosen


def test_reconcile_leaves_the_choice_to_the_person(sandbox: Sandbox, edith: Client) -> None:
    entry, _mine, _other = two_candidates(sandbox, edith)
    assert re.search(r"\b2\b", reconcile().partition(entry.action)[2])
    entry.refresh_from_db()
    assert entry.outcome == Outcome.UNKNOWN


def test_type_that_another_entry_made_is_no_candidate(sandbox: Sandbox, edith: Client) -> None:
    """Two clones, of which one went well: what remains is the other's."""
    entry = unknown(sandbox, edith, "clone", is_applied=True)
    mine = named(sandbox, "Beard club (2)")["id"]
    url, data, _method = submission(edith, "clone")
    edith.post(url, data)
    check(edith, entry)
    assert (entry.outcome, entry.result_id) == (Outcome.DONE, mine)


def test_type_that_was_there_before_is_no_candidate(sandbox: Sandbox, edith: Client) -> None:
    sandbox.put_type(CHAIN, {**named(sandbox, "Beard club"), "id": 0, "title": "Beard club (2)"})
    entry = unknown(sandbox, edith, "clone", is_applied=False)
    a_while_ago(entry)
    check(edith, entry)
    assert entry.outcome == Outcome.REFUSED


# A crash


def cut_off(sandbox: Sandbox, client: Client, what: str, *, is_applied: bool) -> Entry:
    """An entry as the dashboard left it when it was killed during the call."""
    entry = unknown(sandbox, client, what, is_applied=is_applied)
    left_during_the_call(entry)
    return entry


@each
@pytest.mark.parametrize("is_applied", [False, True], ids=["lost", "applied"])
def test_write_cut_off_by_a_crash_is_settled(
    sandbox: Sandbox, edith: Client, is_applied: bool, what: str
) -> None:
    entry = cut_off(sandbox, edith, what, is_applied=is_applied)
    count = len(writes(sandbox))
    reconcile()
    entry.refresh_from_db()
    assert entry.outcome == (Outcome.DONE if is_applied else Outcome.REFUSED)
    assert len(writes(sandbox)) == count


@pytest.mark.parametrize(
    "page", ["/activity/", "/activity/{pk}/", LIST + "11023/", LIST + "trash/"]
)
def test_abandoned_write_is_unknown_wherever_it_shows(
    sandbox: Sandbox, edith: Client, page: str
) -> None:
    entry = cut_off(sandbox, edith, "edit", is_applied=True)
    page_of(edith, page.format(pk=entry.pk))
    entry.refresh_from_db()
    assert entry.outcome == Outcome.UNKNOWN


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


def test_form_of_a_write_cut_off_does_not_write_again(sandbox: Sandbox, edith: Client) -> None:
    url, data, _method = submission(edith, "clone")
    edith.post(url, data)
    Entry.objects.update(
        outcome=Outcome.PENDING,
        finished_at=None,
        result_id=None,
        started_at=timezone.now() - timedelta(minutes=10),
    )
    began = time.monotonic()
    answer = edith.post(url, data)
    # Nobody is at work on it any more: there is nothing to wait for.
    assert time.monotonic() - began < SLACK
    assert len(writes(sandbox)) == 1
    assert answer["Location"] == f"/activity/{newest().pk}/"


@pytest.mark.slow
def test_page_ends_in_time_when_reading_back_hangs_too(
    sandbox: Sandbox, edith: Client, settings: Any
) -> None:
    url, data, _method = submission(edith, "edit")
    settings.ALTEGIO_TIMEOUT = 1.0
    sandbox.fault(kind="hang", seconds=30, match={"method": "PUT"})
    # The read before the write goes by.
    reads = {"method": "GET", "path": "/11023$"}
    sandbox.fault(kind="hang", seconds=30, match=reads, after=1, times=None)
    began = time.monotonic()
    edith.post(url, data)
    assert time.monotonic() - began < SLACK
    assert newest().outcome == Outcome.UNKNOWN
    sandbox.clear_faults()


def test_accepted_creation_that_made_nothing_is_settled_at_once(
    sandbox: Sandbox, edith: Client
) -> None:
    url, data, method = submission(edith, "create")
    sandbox.fault(kind="null_data", apply=False, match={"method": method})
    edith.post(url, data)
    assert newest().outcome == Outcome.REFUSED
