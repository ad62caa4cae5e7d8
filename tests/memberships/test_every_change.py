"""What each change of a membership keeps to: once, truly told, and about what the person saw."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.faults.classes import BUSY, ENDINGS, NAMES, REFUSED, UNKNOWN, FaultClass
from tests.memberships.common import (
    CHAIN,
    HOSTILE,
    POOL,
    TWO_ROWS,
    kept,
    moment,
    put,
    said_day,
    writes,
)
from tests.memberships.submitting import (
    EACH,
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
from tests.threads import at_once

pytestmark = pytest.mark.slow

each = pytest.mark.parametrize("what", EACH)
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


# Bad endings


@pytest.mark.parametrize(("fault", "applied"), ENDINGS, ids=NAMES)
@each
def test_bad_ending_is_told_as_it_was_and_sent_once(
    sandbox: Sandbox, edith: Client, what: str, fault: FaultClass, applied: bool
) -> None:
    url, data, number = submission(edith, sandbox, what)
    before = sandbox.membership_of(CHAIN, number)
    sandbox.fault(**fault.fault, apply=applied, match={"method": "POST"})
    answer = edith.post(url, {**data, "note": "Why & <how>"})
    sandbox.clear_faults()
    assert len(writes(sandbox)) == 1
    assert (sandbox.membership_of(CHAIN, number) != before) == applied
    entry = newest()
    # Without an answer Altegio may still be at work on what is not there yet.
    not_applied = Outcome.UNKNOWN if fault is UNKNOWN else Outcome.REFUSED
    assert entry.outcome == (Outcome.DONE if applied else not_applied)
    assert (entry.note, entry.kept) == ("Why & <how>", [])
    if entry.outcome == Outcome.DONE:
        assert answer["Location"] == at({"id": number})
    elif entry.outcome == Outcome.UNKNOWN:
        assert answer["Location"] == f"/activity/{entry.pk}/"
    else:
        assert answer.status_code == (503 if fault is BUSY else 422)
        assert_keeps_what_was_typed(Page(answer), what)
    if fault is REFUSED:
        assert "No <b>way</b>." in Page(answer).text
        assert "<b>way</b>" not in Page(answer).html
    edith.post(url, data)  # the same form once more
    assert len(writes(sandbox)) == 1 and Entry.objects.count() == 1


def assert_keeps_what_was_typed(page: Page, what: str) -> None:
    assert page.one("div", class_="notice bad whole", role="alert").text.strip()
    assert what == "unfreeze" or stays_typed(page, what)
    assert form_of(page).values["note"] == ["Why & <how>"]
    assert not page.all("button", name="confirmed")


@pytest.mark.parametrize("what", ["validity", "unfreeze"])
def test_refusal_can_be_sent_again_from_its_form(
    sandbox: Sandbox, edith: Client, what: str
) -> None:
    url, data, number = submission(edith, sandbox, what)
    before = sandbox.membership_of(CHAIN, number)
    sandbox.fault(**REFUSED.fault, match={"method": "POST"})
    page = Page(edith.post(url, data))
    page = Page(edith.post(url, form_of(page).data()))
    assert edith.post(url, confirmation(page)).status_code == 302
    assert newest().outcome == Outcome.DONE
    assert sandbox.membership_of(CHAIN, number) != before


@pytest.mark.slow
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


# Changed meanwhile


@each
def test_what_matters_to_a_change_is_looked_at_once_more_and_nothing_else(
    sandbox: Sandbox, edith: Client, what: str
) -> None:
    url, data, number = submission(edith, sandbox, what)
    alter(sandbox, number, what)
    before = sandbox.membership_of(CHAIN, number)
    answer = edith.post(url, data)
    page = Page(answer)
    assert answer.status_code == 409
    assert page.one("div", class_="notice warn", role="alert").text.strip()
    assert not writes(sandbox) and not Entry.objects.exists()
    assert diff(page)
    alter_otherwise(sandbox, number, what)
    assert edith.post(url, confirmation(page)).status_code == 302
    assert newest().outcome == Outcome.DONE
    assert len(writes(sandbox)) == 1
    assert sandbox.membership_of(CHAIN, number) != before


def test_end_that_is_another_than_was_shown_before_is_said(sandbox: Sandbox, edith: Client) -> None:
    """How Altegio counts the days is not known for certain: what it then has counts."""
    url, data, _number = submission(edith, sandbox, "freeze")
    # It is read for the page and before it is changed, and then again.
    other = {"expiration_date": moment(400)}
    sandbox.fault(kind="altered", after=2, times=None, body=other, match={"method": "GET"})
    page = shown(edith, edith.post(url, data))
    assert said_day(moment(400)) in said(page)
    entry = newest()
    (otherwise,) = entry.kept
    assert otherwise["kept"] == said_day(moment(400))
    assert otherwise["asked"] == entry.asked["expires"] != otherwise["kept"]


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("freeze", {"is_frozen": True}),
        ("unfreeze", {"is_frozen": False}),
        ("pool", {"is_united_balance_unlimited": True}),
        ("validity", {"period": 9}),
    ],
)
def test_what_cannot_be_done_any_more_is_not_offered(
    sandbox: Sandbox, edith: Client, what: str, fields: dict[str, Any]
) -> None:
    url, data, number = submission(edith, sandbox, what)
    sandbox.alter_membership(CHAIN, number, **fields)
    answer = edith.post(url, data)
    page = Page(answer)
    assert answer.status_code == 409
    assert page.all("div", role="alert")
    assert not page.all("button", name="confirmed")
    assert not writes(sandbox)
    assert what == "unfreeze" or stays_typed(page, what)


def test_gone_meanwhile_is_not_found(sandbox: Sandbox, edith: Client) -> None:
    url, data, number = submission(edith, sandbox, "pool")
    sandbox.state.chains[CHAIN].abonements.pop(number)
    assert edith.post(url, data).status_code == 404
    assert not writes(sandbox)


# Once


def test_repeated_confirmation_is_sent_once_and_shows_the_same_result(
    sandbox: Sandbox, edith: Client
) -> None:
    url, data, _number = submission(edith, sandbox, "balance")
    first, second = edith.post(url, data), edith.post(url, data)
    assert len(writes(sandbox)) == 1
    assert Entry.objects.count() == 1
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["freeze", "pool"])
@pytest.mark.slow
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


def test_late_repetition_sends_nothing_and_asks(sandbox: Sandbox, edith: Client) -> None:
    url, data, number = submission(edith, sandbox, "validity")
    edith.post(url, data)
    Entry.objects.update(finished_at=Now() - timedelta(minutes=5))
    answer = edith.post(url, data)
    assert answer.status_code == 409
    earlier = Page(answer).one("div", class_="notice info whole", role="alert")
    assert "MC-77" in earlier.text
    assert Page(answer).all("a", text="MC-77", href=at({"id": number}))
    assert len(writes(sandbox)) == 1


def test_confirmation_without_its_id_is_not_sent(sandbox: Sandbox, edith: Client) -> None:
    url, data, _number = submission(edith, sandbox, "pool")
    assert edith.post(url, {**data, "form_id": ""}).status_code == 400
    assert not writes(sandbox)


@pytest.mark.parametrize("what", ["balance", "unfreeze"])
def test_confirmation_that_was_never_looked_at_is_looked_at_first(
    sandbox: Sandbox, edith: Client, what: str
) -> None:
    url, data, _number = submission(edith, sandbox, what)
    answer = edith.post(url, {**data, "seen": ""})
    assert answer.status_code == 409
    assert len(Page(answer).all("button", name="confirmed")) == 1
    assert not writes(sandbox)


# The journal


def test_journal_says_what_was_asked_and_why_and_leads_to_its_membership(
    sandbox: Sandbox, edith: Client
) -> None:
    url, data, number = submission(edith, sandbox, "pool")
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


def test_htmx_gets_the_part_and_is_led_to_the_result(sandbox: Sandbox, edith: Client) -> None:
    url, data, number = submission(edith, sandbox, "freeze")
    typed = {key: data[key] for key in data if key not in ("confirmed", "note")}
    sandbox.fault(**REFUSED.fault, match={"method": "POST"})
    refused = Page(edith.post(url, data, headers=HTMX))
    part = Page(edith.post(url, typed, headers=HTMX))
    for page in (refused, part):
        assert not page.all("h1")
        assert form_of(page).attrs["hx-post"] == url
    assert stays_typed(refused, "freeze") and refused.all("div", role="alert")
    answer = edith.post(url, confirmation(part), headers=HTMX)
    assert answer["HX-Redirect"] == at({"id": number})
    assert len(writes(sandbox)) == 2
