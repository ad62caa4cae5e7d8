"""What each change of a membership keeps to: once, truly told, and about what the person saw."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.threads import at_once
from tests.memberships.common import (
    CHAIN,
    HOSTILE,
    POOL,
    TWO_ROWS,
    kept,
    moment,
    put,
    said_day,
    sent,
    writes,
)
from tests.memberships.submitting import (
    EACH,
    PATHS,
    at,
    change,
    confirmation,
    diff,
    form_of,
    in_days,
    newest,
    previewed,
    row_ids,
    said,
    shown,
    submission,
)
from tests.pages import HTMX, Page, page_of

each = pytest.mark.parametrize("what", EACH)
# Ways in which Altegio, or something before it, says that it did nothing.
DENIALS: list[dict[str, Any]] = [
    {"kind": "status", "status": 400, "message": "<b>No</b>, not today."},
    {"kind": "status", "status": 422, "message": "<b>No</b>, not today."},
    {"kind": "status", "status": 403, "message": "<b>No</b>, not today."},
    {"kind": "success_false", "message": "<b>No</b>, not today."},
    {"kind": "status", "status": 429, "headers": {"Retry-After": "2"}},
    {"kind": "status", "status": 401},
]
PAGES = {"pool": "balance", "validity": "validity"}
# What each has typed, by the start of the name of the field that tells it from others.
TYPED: dict[str, tuple[str, Callable[[], str]]] = {
    "freeze": ("until", lambda: in_days(5)),
    "pool": ("left", lambda: "11"),
    "balance": ("left-", lambda: "7"),
    "validity": ("number", lambda: "9"),
}


def stays_typed(page: Page, what: str) -> bool:
    name, value = TYPED[what]
    values = form_of(page).values
    return values[next(field for field in values if field.startswith(name))] == [value()]


def alter(sandbox: Sandbox, number: int, what: str) -> None:
    """Somebody else changes what such a change is decided by."""
    if what in ("pool", "balance"):
        sandbox.use_membership(CHAIN, number, timezone.now())
    else:
        sandbox.alter_membership(CHAIN, number, expiration_date=moment(33))


def alter_otherwise(sandbox: Sandbox, number: int, what: str) -> None:
    """Something happens that does not matter to it."""
    alter(sandbox, number, "validity" if what in ("pool", "balance") else "pool")


# Refusals


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
@pytest.mark.parametrize("fault", DENIALS, ids=lambda fault: " ".join(map(str, fault.values())))
@each
def test_refusal_says_why_and_keeps_what_was_typed(
    sandbox: Sandbox, edith: Client, what: str, fault: dict[str, Any], htmx: bool
) -> None:
    url, data, number = submission(edith, sandbox, what)
    before = sandbox.membership_of(CHAIN, number)
    sandbox.fault(**fault, match={"method": "POST"})
    answer = edith.post(url, {**data, "note": "Why & <how>"}, headers=HTMX if htmx else {})
    page = Page(answer)
    assert answer.status_code in (422, 503)
    assert page.one("div", class_="notice bad whole", role="alert").text.strip()
    if "message" in fault:
        assert "<b>No</b>, not today." in page.text
        assert "<b>No</b>" not in page.html
    if what != "unfreeze":
        assert stays_typed(page, what)
    assert form_of(page).values["note"] == ["Why & <how>"]
    assert not page.all("button", name="confirmed")
    assert len(writes(sandbox)) == 1
    assert sandbox.membership_of(CHAIN, number) == before
    assert newest().outcome == Outcome.REFUSED


@each
def test_refusal_can_be_sent_again_from_its_form(
    sandbox: Sandbox, edith: Client, what: str
) -> None:
    url, data, number = submission(edith, sandbox, what)
    before = sandbox.membership_of(CHAIN, number)
    sandbox.fault(kind="status", status=422, match={"method": "POST"})
    page = Page(edith.post(url, data))
    page = Page(edith.post(url, form_of(page).data()))
    assert edith.post(url, confirmation(page)).status_code == 302
    assert newest().outcome == Outcome.DONE
    assert sandbox.membership_of(CHAIN, number) != before


# Changed meanwhile


@each
def test_what_does_not_matter_to_a_change_is_in_nobodys_way(
    profile: str, sandbox: Sandbox, edith: Client, what: str
) -> None:
    url, data, number = submission(edith, sandbox, what)
    alter_otherwise(sandbox, number, what)
    assert edith.post(url, data).status_code == 302
    assert newest().outcome == Outcome.DONE


@each
def test_what_changed_meanwhile_is_looked_at_once_more(
    profile: str, sandbox: Sandbox, edith: Client, what: str
) -> None:
    url, data, number = submission(edith, sandbox, what)
    alter(sandbox, number, what)
    before = sandbox.membership_of(CHAIN, number)
    answer = edith.post(url, data)
    page = Page(answer)
    assert answer.status_code == 409
    assert "It changed at Altegio since you looked." in page.text
    assert not writes(sandbox) and not Entry.objects.exists()
    assert diff(page)
    assert edith.post(url, confirmation(page)).status_code == 302
    assert len(writes(sandbox)) == 1
    assert sandbox.membership_of(CHAIN, number) != before


@pytest.mark.parametrize("what", ["freeze", "unfreeze", "validity"])
def test_end_that_is_another_than_was_shown_before_is_said(
    profile: str, sandbox: Sandbox, edith: Client, what: str
) -> None:
    """How Altegio reckons is not known for certain: what it then has counts."""
    url, data, _number = submission(edith, sandbox, what)
    # It is read for the page and before it is changed, and then again.
    reckoned = {"expiration_date": moment(400)}
    sandbox.fault(kind="altered", after=2, times=None, body=reckoned, match={"method": "GET"})
    page = shown(edith, edith.post(url, data))
    ends = said_day(moment(400))
    assert f"Otherwise than asked: Expires is now “{ends}”." in page.text
    entry = newest()
    (kept_otherwise,) = entry.kept
    assert (kept_otherwise["field"], kept_otherwise["kept"]) == ("Expires", ends)
    assert kept_otherwise["asked"] == entry.asked["expires"]


@pytest.mark.parametrize(
    ("what", "fields", "reason"),
    [
        ("freeze", {"is_frozen": True}, "It is frozen already."),
        ("freeze", {"freeze_period": 12}, "Its type allows 2 days more of freezing."),
        ("unfreeze", {"is_frozen": False}, "It is not frozen."),
        ("pool", {"is_united_balance_unlimited": True}, "What is unlimited cannot be changed."),
        ("validity", {"period": 9}, "It lasts that long already."),
    ],
)
def test_what_cannot_be_done_any_more_is_said_and_not_offered(
    profile: str, sandbox: Sandbox, edith: Client, what: str, fields: dict[str, Any], reason: str
) -> None:
    url, data, number = submission(edith, sandbox, what)
    sandbox.alter_membership(CHAIN, number, **fields)
    answer = edith.post(url, data)
    page = Page(answer)
    assert answer.status_code == 409
    assert reason in page.text
    assert not page.all("button", name="confirmed")
    assert not writes(sandbox)
    if what in TYPED:
        assert stays_typed(page, what)


@each
def test_gone_meanwhile_is_not_found(sandbox: Sandbox, edith: Client, what: str) -> None:
    url, data, number = submission(edith, sandbox, what)
    sandbox.state.chains[CHAIN].abonements.pop(number)
    assert edith.post(url, data).status_code == 404
    assert not writes(sandbox)


# Once


@each
def test_repeated_confirmation_is_sent_once_and_shows_the_same_result(
    profile: str, sandbox: Sandbox, edith: Client, what: str
) -> None:
    url, data, _number = submission(edith, sandbox, what)
    first, second = edith.post(url, data), edith.post(url, data)
    assert len(writes(sandbox)) == 1
    assert Entry.objects.count() == 1
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]


@pytest.mark.django_db(transaction=True)
@each
def test_double_click_is_sent_once(sandbox: Sandbox, edith: Client, what: str) -> None:
    url, data, _number = submission(edith, sandbox, what)
    sandbox.fault(kind="latency", seconds=0.3, match={"method": "POST"})
    twins = []
    for _ in range(4):
        twin = Client()
        twin.cookies = edith.cookies
        twins.append(twin)
    answers = at_once([partial(twin.post, url, data) for twin in twins])
    assert len(writes(sandbox)) == 1
    assert Entry.objects.count() == 1
    assert {answer.status_code for answer in answers} == {302}


@each
def test_late_repetition_sends_nothing_and_asks(sandbox: Sandbox, edith: Client, what: str) -> None:
    url, data, _number = submission(edith, sandbox, what)
    edith.post(url, data)
    Entry.objects.update(finished_at=timezone.now() - timedelta(minutes=5))
    answer = edith.post(url, data)
    assert answer.status_code == 409
    assert "This form was sent before, and that went through" in Page(answer).text
    assert len(writes(sandbox)) == 1


def test_confirmation_without_its_id_is_not_sent(sandbox: Sandbox, edith: Client) -> None:
    url, data, _number = submission(edith, sandbox, "pool")
    assert edith.post(url, {**data, "form_id": ""}).status_code == 400
    assert not writes(sandbox)


@each
def test_confirmation_that_was_never_looked_at_is_looked_at_first(
    sandbox: Sandbox, edith: Client, what: str
) -> None:
    url, data, _number = submission(edith, sandbox, what)
    answer = edith.post(url, {**data, "seen": ""})
    assert answer.status_code == 409
    assert len(Page(answer).all("button", name="confirmed")) == 1
    assert not writes(sandbox)


# Unknown outcomes


def lost(
    sandbox: Sandbox, client: Client, what: str, *, is_applied: bool, kind: str = "reset"
) -> tuple[Entry, int]:
    """A change whose answer never came, and that could not be read back at once."""
    url, data, number = submission(client, sandbox, what)
    sandbox.fault(kind=kind, apply=is_applied, match={"method": "POST", "path": PATHS[what]})
    # Read when the page is asked for, and when it is sent.
    sandbox.fault(kind="bad_json", after=2, times=None, match={"method": "GET"})
    answer = client.post(url, data)
    sandbox.clear_faults()
    entry = newest()
    assert entry.outcome == Outcome.UNKNOWN
    assert answer["Location"] == f"/activity/{entry.pk}/"
    assert len(writes(sandbox)) == 1
    return entry, number


def check(client: Client, entry: Entry) -> Page:
    answer = client.post(f"/activity/{entry.pk}/check/")
    entry.refresh_from_db()
    return shown(client, answer)


@each
@pytest.mark.parametrize("is_applied", [False, True], ids=["lost", "applied"])
@pytest.mark.parametrize("kind", ["reset", "bad_json", "status"])
def test_unclear_answer_is_settled_by_reading_back_at_once(
    profile: str, sandbox: Sandbox, edith: Client, what: str, is_applied: bool, kind: str
) -> None:
    url, data, number = submission(edith, sandbox, what)
    before = sandbox.membership_of(CHAIN, number)
    sandbox.fault(kind=kind, status=500, apply=is_applied, match={"method": "POST"})
    page = shown(edith, edith.post(url, data))
    assert len(writes(sandbox)) == 1
    assert (sandbox.membership_of(CHAIN, number) != before) == is_applied
    # Without an answer Altegio may still be at work on what is not there yet.
    not_applied = Outcome.UNKNOWN if kind == "reset" else Outcome.REFUSED
    assert newest().outcome == (Outcome.DONE if is_applied else not_applied)
    assert said(page)


@each
@pytest.mark.parametrize("is_applied", [False, True], ids=["lost", "applied"])
def test_unknown_change_is_settled_by_checking_and_never_sent_again(
    profile: str, sandbox: Sandbox, edith: Client, what: str, is_applied: bool
) -> None:
    entry, _number = lost(sandbox, edith, what, is_applied=is_applied)
    a_while_ago()
    check(edith, entry)
    # More visits may have been used up again since.
    not_applied = Outcome.UNKNOWN if what == "balance" else Outcome.REFUSED
    assert entry.outcome == (Outcome.DONE if is_applied else not_applied)
    assert entry.kept == []
    assert len(writes(sandbox)) == 1


@each
def test_unanswered_change_that_is_not_there_is_not_called_refused_too_soon(
    sandbox: Sandbox, edith: Client, what: str
) -> None:
    entry, _number = lost(sandbox, edith, what, is_applied=False)
    check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN


@each
def test_what_something_else_changed_since_stays_unknown(
    profile: str, sandbox: Sandbox, edith: Client, what: str
) -> None:
    entry, number = lost(sandbox, edith, what, is_applied=False)
    alter(sandbox, number, what)
    a_while_ago()
    check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN


def a_while_ago() -> None:
    Entry.objects.update(started_at=timezone.now() - timedelta(minutes=2))


@pytest.mark.parametrize(("what", "undo"), [("freeze", "unfreeze"), ("unfreeze", "freeze")])
def test_what_was_undone_here_since_had_been_carried_out(
    sandbox: Sandbox, edith: Client, what: str, undo: str
) -> None:
    entry, number = lost(sandbox, edith, what, is_applied=True)
    raw = {"id": number}
    if undo == "freeze":
        change(edith, raw, undo, {"until": in_days(5)})
    else:
        edith.post(at(raw, undo), confirmation(page_of(edith, at(raw, undo))))
    assert newest().action == f"membership.{undo.replace('freeze', 'frozen')}"
    assert newest().outcome == Outcome.DONE
    a_while_ago()
    check(edith, entry)
    assert entry.outcome == Outcome.DONE
    assert "undone since" in entry.reason


def test_what_may_have_been_done_by_another_like_it_is_not_called_carried_out(
    sandbox: Sandbox, edith: Client
) -> None:
    entry, number = lost(sandbox, edith, "freeze", is_applied=False)
    raw = {"id": number}
    change(edith, raw, "freeze", {"until": in_days(5)})
    edith.post(at(raw, "unfreeze"), confirmation(page_of(edith, at(raw, "unfreeze"))))
    assert (newest().action, newest().outcome) == ("membership.unfrozen", Outcome.DONE)
    a_while_ago()
    check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("what", "back"), [("pool", {"left": "20"}), ("validity", {"number": "6", "unit": "3"})]
)
def test_what_was_changed_back_here_since_is_not_called_refused(
    sandbox: Sandbox, edith: Client, what: str, back: dict[str, str]
) -> None:
    entry, number = lost(sandbox, edith, what, is_applied=True)
    as_before = sandbox.membership_of(CHAIN, number)
    change(edith, {"id": number}, PAGES[what], back)
    assert newest().outcome == Outcome.DONE
    assert sandbox.membership_of(CHAIN, number) != as_before
    a_while_ago()
    check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN


def test_visits_that_may_have_been_used_up_since_are_not_called_refused(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    """One more, and one visit: as many are left as before."""
    raw = put(sandbox, POOL, united_balance_services_count=5)
    preview = previewed(edith, raw, "balance", {"left": "6"})
    sandbox.fault(kind="reset", match={"method": "POST"}, apply=True)
    sandbox.fault(kind="bad_json", after=2, times=None, match={"method": "GET"})
    edith.post(at(raw, "balance"), confirmation(preview))
    sandbox.clear_faults()
    sandbox.use_membership(CHAIN, raw["id"], timezone.now())
    assert kept(sandbox, raw)["united_balance_services_count"] == 5
    entry = newest()
    assert entry.outcome == Outcome.UNKNOWN
    a_while_ago()
    check(edith, entry)
    assert entry.outcome == Outcome.UNKNOWN


def test_what_may_have_been_undone_at_altegio_is_not_told_as_a_fact(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    entry, number = lost(sandbox, edith, "validity", is_applied=False)
    before = sandbox.membership_of(CHAIN, number)
    sandbox.alter_membership(CHAIN, number, period=9)
    sandbox.alter_membership(CHAIN, number, **before)
    a_while_ago()
    page = check(edith, entry)
    assert "Altegio did not carry it out, or somebody undid it there since." in page.text
    assert "Nothing was changed" not in page.text


def test_unknown_change_is_checked_from_the_page_of_the_membership(
    sandbox: Sandbox, edith: Client, vera: Client
) -> None:
    entry, number = lost(sandbox, edith, "pool", is_applied=True)
    page = page_of(edith, at({"id": number}))
    edith.post(f"/activity/{entry.pk}/check/", page.form(f"/activity/{entry.pk}/check/").data())
    entry.refresh_from_db()
    assert entry.outcome == Outcome.DONE
    Entry.objects.update(outcome=Outcome.UNKNOWN)
    assert not page_of(vera, at({"id": number})).all("form", action=f"/activity/{entry.pk}/check/")


# The journal


@each
def test_journal_says_what_was_asked_and_why(
    profile: str, sandbox: Sandbox, edith: Client, what: str
) -> None:
    url, data, number = submission(edith, sandbox, what)
    preview = Page(edith.post(url, {key: data[key] for key in data if key != "confirmed"}))
    edith.post(url, {**data, "note": HOSTILE})
    entry = newest()
    assert entry.note == HOSTILE
    changes = {each["field"]: (each["before"], each["after"]) for each in entry.changes}
    assert changes == diff(preview)
    page = page_of(edith, f"/activity/{entry.pk}/")
    assert HOSTILE in page.text and "<script>alert" not in page.html
    assert page.one("a", text="MC-77").attrs["href"] == at({"id": number})
    assert page_of(edith, "/activity/").all("a", text="MC-77")


def test_journal_keeps_nothing_of_the_client(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, TWO_ROWS, client={"name": "Anna", "phone": "371 29 990 000"})
    change(edith, raw, "balance", {f"left-{row_ids(raw)[0]}": "5"})
    entry = newest()
    assert "Anna" not in str(vars(entry)) and "29 990" not in str(vars(entry))


# With scripts


@each
def test_htmx_gets_the_part_and_is_led_to_the_result(
    sandbox: Sandbox, edith: Client, what: str
) -> None:
    url, data, number = submission(edith, sandbox, what)
    back = {key: data[key] for key in data if key not in ("confirmed", "note")}
    part = Page(edith.post(url, back, headers=HTMX))
    assert not part.all("h1")
    assert form_of(part).attrs["hx-post"] == url
    answer = edith.post(url, data, headers=HTMX)
    assert answer["HX-Redirect"] == at({"id": number})
    assert len(writes(sandbox)) == 1


def test_reading_fails_before_anything_is_sent(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, POOL)
    page = previewed(edith, raw, "balance", {"left": "11", "note": "Counted"})
    sandbox.fault(kind="bad_json", after=1, times=None, match={"method": "GET"})
    answer = edith.post(at(raw, "balance"), confirmation(page))
    assert answer.status_code == 503
    assert form_of(Page(answer)).values["left"] == ["11"]
    assert form_of(Page(answer)).values["note"] == ["Counted"]
    assert not writes(sandbox)
    assert kept(sandbox, raw)["united_balance_services_count"] == 20
    assert sent(sandbox) == []
