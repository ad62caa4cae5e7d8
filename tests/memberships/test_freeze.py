"""Freezing: a day is chosen, what comes of it is shown, one request freezes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.memberships.common import (
    FREEZES_FOR_EVER,
    HOSTILE,
    MANICURES,
    NO_FREEZING,
    begun_days,
    end_of_day,
    kept,
    moment,
    put,
    said_day,
    sent,
    status,
    writes,
)
from tests.memberships.conftest import Doors
from tests.memberships.submitting import (
    at,
    change,
    change_form,
    confirmation,
    diff,
    form_of,
    in_days,
    newest,
    previewed,
    said,
    shown,
)
from tests.pages import Page, page_of


def test_only_an_editor_with_the_right_to_validity_freezes(doors: Doors) -> None:
    doors("freeze", "loyalty_abonement_period_edit_access", "no right to freeze memberships")


def test_form_says_how_many_days_of_freezing_are_left(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, freeze_period=9)
    page = page_of(edith, at(raw, "freeze"))
    assert "Freezing5 days left" in page.text
    assert f"Expires{said_day(raw['expiration_date'])}" in page.text
    page = page_of(edith, at(put(sandbox, FREEZES_FOR_EVER), "freeze"))
    assert "Freezingwithout a limit" in page.text
    page = page_of(edith, at(put(sandbox, NO_FREEZING)))
    assert "Freezingits type does not allow it" in page.text


def test_preview_sends_nothing_and_says_what_comes_of_it(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    raw = put(sandbox)
    rows = diff(previewed(edith, raw, "freeze", {"until": in_days(4), "note": "In hospital"}))
    assert not writes(sandbox)
    assert not Entry.objects.exists()
    until, days = said_day(moment(4)), begun_days(end_of_day(4))
    assert rows["Frozen"] == ("no", f"until {until} ({days} days)")
    assert rows["Expires"] == (said_day(moment(100)), said_day(moment(100 + days)))
    assert rows["Days of freezing left"] == ("14 days", f"{14 - days} days")


def test_confirmation_freezes_once_with_the_documented_body(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    raw = put(sandbox)
    answer = change(edith, raw, "freeze", {"until": in_days(4), "note": "In hospital"})
    assert sent(sandbox) == [("freeze", {"freeze_till": end_of_day(4).isoformat()})]
    assert kept(sandbox, raw)["is_frozen"]
    page = shown(edith, answer)
    assert answer["Location"] == at(raw)
    assert "Frozen: \u2068MC-77\u2069." in said(page)
    assert "frozen" in page.one("p", class_="lead inline").text
    entry = newest()
    assert (entry.outcome, entry.note, entry.kept) == (Outcome.DONE, "In hospital", [])
    assert (entry.object_id, entry.object_title) == (raw["id"], "MC-77")


@pytest.mark.parametrize(
    ("type_id", "frozen_before", "days"),
    [(MANICURES, 0, 0), (MANICURES, 0, 13), (MANICURES, 13, 0), (FREEZES_FOR_EVER, 400, 900)],
)
def test_expiry_that_was_shown_is_the_one_that_altegio_then_has(
    profile: str, sandbox: Sandbox, edith: Client, type_id: int, frozen_before: int, days: int
) -> None:
    raw = put(sandbox, type_id, freeze_period=frozen_before)
    page = previewed(edith, raw, "freeze", {"until": in_days(days)})
    _before, after = diff(page)["Expires"]
    edith.post(at(raw, "freeze"), confirmation(page))
    now = kept(sandbox, raw)
    assert after == said_day(now["expiration_date"])
    assert now["freeze_period"] == frozen_before + begun_days(end_of_day(days))


def test_what_never_expires_is_frozen_all_the_same(sandbox: Sandbox, edith: Client) -> None:
    for raw in (
        put(sandbox, FREEZES_FOR_EVER, period=0, expiration_date=None),
        put(sandbox, status=status("created"), activated_date=None, expiration_date=None),
        put(sandbox, FREEZES_FOR_EVER, expiration_date="9999-12-31T23:59:59+02:00"),
    ):
        rows = diff(previewed(edith, raw, "freeze", {"until": in_days(3)}))
        assert rows["Expires"][0] == rows["Expires"][1]


def too_late() -> str:
    """The first day until the end of which fourteen days are not enough."""
    return next(in_days(days) for days in count(13) if begun_days(end_of_day(days)) > 14)


@pytest.mark.parametrize(
    ("until", "reason"),
    [
        (lambda: in_days(-1), "Choose a day that is still to come."),
        (lambda: "0001-01-01", "Choose a day that is still to come."),
        (too_late, "Its type allows 14 days more of freezing."),
        (lambda: "9999-12-31", "Choose a date that comes."),
        (lambda: "", "This field is required."),
        (lambda: "31st of June", "Enter a valid date."),
    ],
    ids=["past", "long past", "too late", "beyond all years", "nothing", "no day"],
)
def test_day_that_altegio_would_refuse_is_explained_and_stays_typed(
    sandbox: Sandbox, edith: Client, until: Callable[[], str], reason: str
) -> None:
    raw, typed = put(sandbox), until()
    data = change_form(edith, raw, "freeze").data({"until": typed, "note": "A long holiday"})
    answer = edith.post(at(raw, "freeze"), data)
    page = Page(answer)
    assert answer.status_code == 422
    assert reason in page.text
    assert form_of(page).values["until"] == [typed]
    assert form_of(page).values["note"] == ["A long holiday"]
    assert not writes(sandbox)


CANNOT: list[tuple[int, dict[str, Any], str]] = [
    (NO_FREEZING, {}, "Its type does not allow freezing."),
    (MANICURES, {"is_frozen": True, "freeze_period": 2}, "It is frozen already."),
    (MANICURES, {"freeze_period": 14}, "All the days of freezing that its type allows are used"),
    (MANICURES, {"status": status("expired")}, "Only an issued or active membership"),
    (MANICURES, {"status": status("wasted")}, "Only an issued or active membership"),
]


@pytest.mark.parametrize(("type_id", "fields", "reason"), CANNOT)
def test_what_cannot_be_frozen_says_why_and_is_never_sent(
    profile: str,
    sandbox: Sandbox,
    edith: Client,
    type_id: int,
    fields: dict[str, Any],
    reason: str,
) -> None:
    raw = put(sandbox, type_id, **fields)
    page = page_of(edith, at(raw, "freeze"))
    assert reason in page.text
    assert not page.all("button", class_="button primary")
    data = {**form_of(page).values, "until": in_days(1), "confirmed": "yes", "seen": "x"}
    answer = edith.post(at(raw, "freeze"), {**data, "form_id": "f" * 20})
    assert answer.status_code == 409
    assert reason in Page(answer).text
    assert not writes(sandbox)


def test_changing_what_was_typed_keeps_it(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox)
    page = previewed(edith, raw, "freeze", {"until": in_days(6), "note": f"{HOSTILE}\r\nand so on"})
    assert HOSTILE in page.text
    back = Page(edith.post(at(raw, "freeze"), form_of(page).data({"back": "yes"})))
    assert form_of(back).values["until"] == [in_days(6)]
    assert form_of(back).values["note"] == [f"{HOSTILE}\r\nand so on"]
    assert not back.all("button", name="confirmed")
    assert not writes(sandbox)


def test_freezing_that_did_not_take_is_named(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox)
    sandbox.fault(kind="null_data", match={"method": "POST", "path": "freeze$"})
    page = shown(edith, change(edith, raw, "freeze", {"until": in_days(4)}))
    assert "Altegio accepted it" in said(page)
    assert "Frozen stays “no”" in said(page)
    assert [each["field"] for each in newest().kept] == [each["field"] for each in newest().changes]


def test_day_ends_at_the_clock_of_the_chain(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox)
    change(edith, raw, "freeze", {"until": in_days(2)})
    [(_path, body)] = sent(sandbox)
    until = datetime.fromisoformat(body["freeze_till"])
    assert (until.hour, until.minute, until.second) == (23, 59, 59)
    assert until.isoformat()[:10] == in_days(2)
